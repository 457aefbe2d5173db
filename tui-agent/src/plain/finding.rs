//! Who is meant by a name: conversations by their customers, agents, groups. A name that means several is asked about, and numbered, so
//! that the number can be written in its place.

use std::collections::HashMap;

use minicom_protocol::{
    ids::{AgentId, ConversationId, CustomerId},
    staff::{Group, StaffMember},
    summary::Summary,
};
use minicom_tui_kit::Shown;

use super::PlainAgent;
use crate::{exit, words::Badge};

/// Those that are told when a name means several.
const TOLD_MAX: usize = 9;

/// How well a name that is written out fits, whatever its case.
const WHOLE: u8 = 1;

/// How well a name fits what was written: the smaller the better. `None`: it does not.
fn fit(typed: &str, name: &str) -> Option<u8> {
    if name == typed {
        return Some(0);
    }
    let (typed, name) = (typed.to_lowercase(), name.to_lowercase());
    if name == typed {
        return Some(1);
    }
    if name.split_whitespace().next() == Some(typed.as_str()) {
        return Some(2);
    }
    name.starts_with(&typed).then_some(3)
}

/// Those that fit best.
fn best<T>(typed: &str, all: impl Iterator<Item = (T, String)>) -> Vec<T> {
    let mut best: (u8, Vec<T>) = (u8::MAX, Vec::new());
    for (it, name) in all {
        match fit(typed, &name) {
            Some(fits) if fits < best.0 => best = (fits, vec![it]),
            Some(fits) if fits == best.0 => best.1.push(it),
            _ => {}
        }
    }
    best.1
}

/// `#3` or `@3` as a place in a list.
fn place(typed: &str, sign: char) -> Option<usize> {
    let number = typed.strip_prefix(sign)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| number.parse::<usize>().ok())??.checked_sub(1)
}

impl PlainAgent {
    /// The conversation that is named, else the one that the word is about, else the open one. Says if there is none.
    pub(super) fn subject(&mut self, name: &str) -> Option<ConversationId> {
        if !name.is_empty() {
            return self.conversation_of(name);
        }
        let found = self.about.or(self.open);
        if found.is_none() {
            self.deny("No conversation is open: /open NAME or /next.");
        }
        found
    }

    /// A customer's open conversation, else the newest. Of an empty name the one that words are about.
    pub(super) fn customer_of(&mut self, name: &str) -> Option<(CustomerId, Shown)> {
        let conversation = self.subject(name)?;
        let customer = &self.replica.summary(conversation)?.customer;
        Some((customer.id, customer.name.shown()))
    }

    fn conversation_of(&mut self, name: &str) -> Option<ConversationId> {
        let mut newest: HashMap<CustomerId, &Summary> = HashMap::new();
        let key = |row: &Summary| (row.stage.is_open(), row.number);
        for row in self.replica.summaries() {
            let known = newest.entry(row.customer.id).or_insert(row);
            if key(row) > key(known) {
                *known = row;
            }
        }
        // A script that means one who is not there is not to write to the next one whose name begins so.
        let guesses = self.listener.person;
        let rows = newest
            .into_values()
            .map(|row| (row, row.customer.name.as_str().to_owned()))
            .filter(|(_, known)| guesses || fit(name, known).is_some_and(|fits| fits <= WHOLE));
        let mut found = best(name, rows);
        found.sort_by_key(|row| (row.customer.name.as_str(), row.conversation));
        let found: Vec<ConversationId> = found.iter().map(|row| row.conversation).collect();
        match (found[..].len(), place(name, '#')) {
            (1, _) => found.first().copied(),
            // A name that looks like a number is a name first.
            (0, Some(at)) if at < self.numbered.rows.len() => self.numbered.rows.get(at).copied(),
            (0, _) => {
                self.deny_as(
                    exit::NOTHING,
                    format!(
                        "There is no conversation with {}. /list tells them.",
                        Shown::line(name).cut(64)
                    ),
                );
                None
            }
            _ => {
                self.ask_which_conversation(name, found);
                None
            }
        }
    }

    fn ask_which_conversation(&mut self, name: &str, mut found: Vec<ConversationId>) {
        let all = found.len();
        found.truncate(TOLD_MAX);
        let me = self.me();
        let told = found.iter().zip(1..).filter_map(|(conversation, n)| {
            let row = self.replica.summary(*conversation)?;
            let badge = Badge::of(&row.stage, me);
            Some(format!("#{n} {} ({})", row.customer.name.shown(), badge.word()))
        });
        let told: Vec<String> = told.collect();
        self.numbered.rows = found;
        self.ask_which(name, &told, all, '#');
    }

    fn ask_which(&mut self, name: &str, told: &[String], all: usize, sign: char) {
        let more = if all > told.len() { ", ..." } else { "" };
        self.deny_as(
            exit::SEVERAL,
            format!(
                "Which {}: {}{more}? Write {sign}1 for the name. Nothing was done.",
                Shown::line(name).cut(64),
                told.join(", ")
            ),
        );
    }

    /// An agent by name; `me` is the one who sits here. Says if there is none, or several.
    pub(super) fn agent_of(&mut self, name: &str) -> Option<AgentId> {
        if name == "me" {
            return self.me();
        }
        let staff = self.replica.desk().map_or(&[][..], |desk| &desk.staff.agents[..]);
        let enabled = staff.iter().filter(|member| member.enabled);
        let found = best(
            name,
            enabled.map(|member| (member, member.agent.name.as_str().to_owned())),
        );
        let found: Vec<AgentId> = found.iter().map(|member| member.agent.id).collect();
        match (found.len(), place(name, '@')) {
            (1, _) => found.first().copied(),
            (0, Some(at)) if at < self.numbered.agents.len() => self.numbered.agents.get(at).copied(),
            (0, _) => {
                self.deny_as(
                    exit::NOTHING,
                    format!(
                        "There is no agent {}. /agents tells them. Nothing was done.",
                        Shown::line(name).cut(64)
                    ),
                );
                None
            }
            (all, _) => {
                let told = found.iter().take(TOLD_MAX).zip(1..);
                let told: Vec<String> = told
                    .map(|(agent, n)| format!("@{n} {} ({})", self.agent_name(*agent), self.presence_word(*agent)))
                    .collect();
                self.numbered.agents = found;
                self.ask_which(name, &told, all, '@');
                None
            }
        }
    }

    /// Whether a name is that of one group and of no agent, so that it means the group without its sign.
    pub(super) fn names_a_group_only(&self, name: &str) -> bool {
        let Some(staff) = self.replica.desk().map(|desk| &desk.staff) else {
            return false;
        };
        let enabled = staff.agents.iter().filter(|member| member.enabled);
        let agents = enabled.map(|member| (member, member.agent.name.as_str().to_owned()));
        let groups = staff.groups.iter().map(|group| (group, group.name.as_str().to_owned()));
        name != "me" && best(name, agents).is_empty() && best(name, groups).len() == 1
    }

    /// A group by name. Says if there is none.
    pub(super) fn group_of(&mut self, name: &str) -> Option<Group> {
        let groups = self.replica.desk().map_or(&[][..], |desk| &desk.staff.groups[..]);
        let found = best(name, groups.iter().map(|group| (group, group.name.as_str().to_owned())));
        if let [only] = found[..] {
            return Some(only.clone());
        }
        let names: Vec<String> = found.iter().map(|group| group.name.shown().to_string()).collect();
        let name = Shown::line(name).cut(32);
        match names.is_empty() {
            true => self.deny_as(
                exit::NOTHING,
                format!("There is no group {name}. /groups tells them. Nothing was done."),
            ),
            false => self.deny_as(
                exit::SEVERAL,
                format!("Which group: {}? Nothing was done.", names.join(", ")),
            ),
        }
        None
    }

    /// An agent as the desk knows one.
    pub(super) fn member(&self, agent: AgentId) -> Option<&StaffMember> {
        self.replica.desk()?.staff.agent(agent)
    }

    /// An agent's name, as it is told.
    pub(super) fn agent_name(&self, agent: AgentId) -> Shown {
        self.member(agent)
            .map_or(Shown::fixed("somebody"), |member| member.agent.name.shown())
    }

    /// The same, but `you` for the one who sits here.
    pub(super) fn agent_or_you(&self, agent: AgentId) -> Shown {
        match self.me() == Some(agent) {
            true => Shown::fixed("you"),
            false => self.agent_name(agent),
        }
    }

    /// A customer's name, as it is told.
    pub(super) fn name_of(&self, conversation: ConversationId) -> Shown {
        let row = self.replica.summary(conversation);
        row.map_or(Shown::fixed("somebody"), |row| row.customer.name.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_fit_wins_and_equals_are_all_found() {
        let all = ["carol", "Carol", "Carol Smith", "carola", "bob"];
        let check = |typed: &str, expected: &[&str]| {
            assert_eq!(
                best(typed, all.iter().map(|name| (*name, (*name).to_owned()))),
                expected,
                "{typed}"
            );
        };
        check("carol", &["carol"]);
        check("CAROL", &["carol", "Carol"]);
        check("carola", &["carola"]);
        check("caro", &["carol", "Carol", "Carol Smith", "carola"]);
        check("carol s", &["Carol Smith"]);
        check("b", &["bob"]);
        check("x", &[]);
    }

    #[test]
    fn places_are_numbers_behind_their_sign() {
        assert_eq!((place("#1", '#'), place("@12", '@')), (Some(0), Some(11)));
        for none in ["#0", "#", "1", "@1", "#+1", "#99999999999999999999", "#x"] {
            assert_eq!(place(none, '#'), None, "{none}");
        }
    }
}
