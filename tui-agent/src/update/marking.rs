//! What is said of conversations: tags, how urgent they are, what they are about. Anybody may say it, and it may wait for a connection.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::AgentCommand,
    ids::ConversationId,
    intake::Priority,
    words::{SubjectLine, Tag, WordRefused, as_set},
};
use minicom_tui_kit::{
    Now, Picker, Prompt, Shown,
    picker::{Row, numbered},
    prompt::Question,
};

use crate::{
    app::App,
    over::{AskFor, Choice, Over, Pick, PickFor},
    update::about::NONE_CHOSEN,
};

impl App {
    /// The conversations that something is said of; tells if there is none.
    fn chosen_ones(&mut self, now: Now) -> Option<Vec<ConversationId>> {
        let about = self.targets();
        if about.is_empty() {
            self.tell(Shown::fixed(NONE_CHOSEN), now);
        }
        (!about.is_empty()).then_some(about)
    }

    // Tags.

    /// Opens the tags: each row puts one on or takes it off.
    pub(crate) fn tags(&mut self, now: Now) {
        let Some(about) = self.chosen_ones(now) else { return };
        let title = format!("Tags of {}", self.these(&about));
        let picker = Picker::new(Shown::line(&title), self.tag_rows(&about, ""))
            .verb(Shown::fixed("Enter puts on or takes off"))
            .hint(Shown::fixed("type a tag"))
            .by_name()
            .when_empty(Shown::fixed("There are no tags yet"));
        self.open_picker(PickFor::Tags, about, picker);
    }

    /// All tags that are known, and the one that is typed if it is new.
    fn tag_rows(&self, about: &[ConversationId], query: &str) -> Vec<Row<Choice>> {
        let mut known: BTreeMap<&Tag, usize> = BTreeMap::new();
        for tag in self.replica.summaries().flat_map(|row| &row.tags) {
            *known.entry(tag).or_insert(0) += 1;
        }
        let has: Vec<Vec<Tag>> = about.iter().map(|it| self.tags_of(*it)).collect();
        let typed = Tag::parse(query).ok();
        let new = typed.iter().chain(has.iter().flatten());
        let mut all: BTreeMap<Tag, usize> = known.into_iter().map(|(tag, uses)| (tag.clone(), uses)).collect();
        for tag in new {
            all.entry(tag.clone()).or_insert(0);
        }
        let rows = all.into_iter().map(|(tag, uses)| {
            let on = has.iter().filter(|tags| tags.contains(&tag)).count();
            let sign = match on {
                0 => "[ ]",
                on if on == about.len() => "[x]",
                _ => "[-]",
            };
            let detail = match (on, uses) {
                (0, 0) => "new".to_owned(),
                (_, 0) => String::new(),
                (on, _) if on > 0 && on < about.len() => format!("on {on} of {}", about.len()),
                (_, 1) => "1 chat".to_owned(),
                (_, uses) => format!("{uses} chats"),
            };
            let label = Shown::line(&format!("{sign} {}", tag.shown()));
            Row::new(Choice::Tag(tag), label, Shown::line(&detail))
        });
        rows.collect()
    }

    /// A conversation's tags as they will be when what is on its way has come.
    fn tags_of(&self, conversation: ConversationId) -> Vec<Tag> {
        let mut tags = self
            .replica
            .summary(conversation)
            .map_or(Vec::new(), |row| row.tags.clone());
        for pending in self.replica.pending_commands() {
            match &pending.command {
                AgentCommand::Tag {
                    conversation: whose,
                    add,
                    remove,
                } if *whose == conversation => {
                    tags.extend_from_slice(add);
                    tags.retain(|tag| !remove.contains(tag));
                }
                _ => {}
            }
        }
        as_set(tags)
    }

    pub(crate) fn refresh_tags(&mut self) {
        if let Some(Over::Picker(pick)) = &mut self.over {
            // Tags are in small letters: what is typed finds them, and is shown as it will be.
            let (query, small) = (pick.picker.query(), pick.picker.query().to_lowercase());
            if query != small {
                pick.picker.set_query(&small);
            }
        }
        let Some(Over::Picker(pick)) = &self.over else { return };
        let query = pick.picker.query();
        let rows = self.tag_rows(&pick.about, &query);
        self.set_picker_rows(rows);
        let Some(Over::Picker(pick)) = &mut self.over else {
            return;
        };
        match Tag::parse(&query) {
            // A tag that is typed whole is meant, whatever else fits it.
            Ok(typed) => pick.picker.select_where(|row| *row == Choice::Tag(typed.clone())),
            Err(why) => pick.picker.unfit(Some(unfit(&why))),
        }
    }

    /// Puts a tag on all of them; takes it off if all have it. The list stays open.
    pub(crate) fn tag_chosen(&mut self, pick: Pick, tag: &Tag, now: Now) {
        let all_have_it = pick.about.iter().all(|it| self.tags_of(*it).contains(tag));
        let about = pick.about.clone();
        self.over = Some(Over::Picker(Box::new(pick)));
        let (add, remove) = match all_have_it {
            true => (vec![], vec![tag.clone()]),
            false => (vec![tag.clone()], vec![]),
        };
        let what = match all_have_it {
            true => format!("Tag {} taken off", tag.shown()),
            false => format!("Tagged {}", tag.shown()),
        };
        self.send_each(&what, &about, now, |conversation| AgentCommand::Tag {
            conversation,
            add: add.clone(),
            remove: remove.clone(),
        });
        if let Some(Over::Picker(pick)) = &mut self.over {
            pick.picker.set_query("");
        }
        self.refresh_tags();
    }

    // How urgent.

    /// Asks how urgent the conversations are.
    pub(crate) fn priority(&mut self, now: Now) {
        let Some(about) = self.chosen_ones(now) else { return };
        let current = match about[..] {
            [one] => self.replica.summary(one).map(|row| row.intake.priority),
            _ => None,
        };
        let rows = Priority::ALL.map(|priority| {
            let detail = if current == Some(priority) { "now" } else { "" };
            Row::new(
                Choice::Priority(priority),
                Shown::fixed(priority.word()),
                Shown::fixed(detail),
            )
        });
        let title = format!("Priority of {}", self.these(&about));
        let mut picker = Picker::new(Shown::line(&title), numbered(rows.to_vec())).by_name();
        // Enter right after the key changes nothing.
        picker.select_where(|row| current.is_some_and(|now| *row == Choice::Priority(now)));
        self.open_picker(PickFor::Priority, about, picker);
    }

    pub(crate) fn priority_chosen(&mut self, about: &[ConversationId], priority: Priority, now: Now) {
        let what = format!("Priority set to {}", priority.word());
        self.send_each(&what, about, now, |conversation| AgentCommand::SetPriority {
            conversation,
            priority,
        });
    }

    // What about.

    /// Asks what the conversations are about.
    pub(crate) fn subject_line(&mut self, now: Now) {
        let Some(about) = self.chosen_ones(now) else { return };
        let current = match about[..] {
            [one] => self.replica.summary(one).and_then(|row| row.intake.subject.as_ref()),
            _ => None,
        };
        let question = Question::new(Shown::fixed("subject"))
            .starting_with(current.map_or("", SubjectLine::as_str))
            .empty("Enter says nothing")
            .check(|text| match SubjectLine::parse(text) {
                Ok(_) => Ok(()),
                Err(refused) => Err(Shown::line(&refused.to_string())),
            });
        let title = format!("What {} is about; empty: nothing is said", self.these(&about));
        let prompt = Prompt::ask(Shown::line(&title), question).verb("Enter says it");
        self.open_prompt(AskFor::Subject, about, prompt);
    }

    pub(crate) fn subject_given(&mut self, about: &[ConversationId], text: &str, now: Now) {
        // What does not do was refused by the prompt.
        let subject = SubjectLine::parse(text).ok();
        let what = if subject.is_some() {
            "Subject set"
        } else {
            "Subject taken away"
        };
        self.send_each(what, about, now, |conversation| AgentCommand::SetSubject {
            conversation,
            subject: subject.clone(),
        });
    }
}

/// Why something is no tag, and what one consists of: in words that one row of the narrowest screen has room for.
fn unfit(why: &WordRefused) -> Shown {
    match why {
        WordRefused::TooLong { limit, .. } => Shown::line(&format!("A tag has at most {limit} characters")),
        _ => Shown::fixed("A tag has letters, digits, - _ . only"),
    }
}

#[cfg(test)]
#[path = "marking_tests.rs"]
mod tests;
