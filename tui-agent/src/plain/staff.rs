//! Agents and groups: who is there, who is good at what, and changing that. The server lets admins only.

use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, GroupId},
    people::{AgentRef, Role},
    staff::{Group, StaffMember},
    words::{GroupName, Skill},
};

use super::{PlainAgent, arguments, words::Given};

impl PlainAgent {
    /// An agent as others are told of one: `you`, or the name.
    pub(super) fn who(&self, agent: &AgentRef) -> String {
        match self.me() == Some(agent.id) {
            true => "you".to_owned(),
            false => agent.name.shown().to_string(),
        }
    }

    /// How an agent stands, in a word. Who is not told of is not connected.
    pub(super) fn presence_word(&self, agent: AgentId) -> &'static str {
        self.replica
            .presence_of(agent)
            .map_or("offline", |presence| presence.state.word())
    }

    pub(super) fn agents(&mut self, _: Given<'_>) {
        let staff = self.replica.desk().map_or(&[][..], |desk| &desk.staff.agents[..]);
        let lines: Vec<String> = staff
            .iter()
            .filter(|member| member.enabled)
            .map(|it| self.agent_line(it))
            .collect();
        for line in lines {
            self.say(line);
        }
    }

    fn agent_line(&self, member: &StaffMember) -> String {
        let agent = member.agent.id;
        let you = if self.me() == Some(agent) { " (you)" } else { "" };
        let mut facts = vec![self.presence_word(agent).to_owned()];
        if member.role == Role::Admin {
            facts.push("admin".to_owned());
        }
        if !member.skills.is_empty() {
            facts.push(format!("skills {}", told_skills(&member.skills)));
        }
        if let Some(capacity) = member.capacity {
            facts.push(format!("at most {capacity}"));
        }
        let presence = self.replica.presence_of(agent);
        if let Some(gone) = presence.and_then(|it| it.gone_since) {
            facts.push(format!("gone since {}", self.zone.clock(gone.0)));
        }
        let looks = presence
            .and_then(|it| it.viewing)
            .and_then(|it| self.replica.summary(it));
        if let Some(row) = looks {
            facts.push(format!("looks at {}", row.customer.name.shown()));
        }
        format!("{}{you}: {}", member.agent.name.shown(), facts.join(", "))
    }

    pub(super) fn change_agent(&mut self, given: Given<'_>) {
        let words = match arguments::words(given.rest) {
            Ok(words) => words,
            Err(why) => return self.deny(why),
        };
        let is_change = |word: &&String| word.starts_with(['+', '-']) || word.contains('=');
        let name: Vec<&str> = words
            .iter()
            .take_while(|word| !is_change(word))
            .map(String::as_str)
            .collect();
        let changes = &words[name.len()..];
        if name.is_empty() || changes.is_empty() {
            return self.usage(given);
        }
        let Some(agent) = self.agent_of(&name.join(" ")) else {
            return;
        };
        let Some(member) = self.member(agent).cloned() else {
            return;
        };
        let (mut skills, mut capacity) = (member.skills, member.capacity);
        for change in changes {
            let refused = match (change.split_at_checked(1), arguments::assignment(change)) {
                (_, Some(("capacity", "none"))) => {
                    capacity = None;
                    None
                }
                (_, Some(("capacity", number))) => match number.parse() {
                    Ok(number) => {
                        capacity = Some(number);
                        None
                    }
                    Err(_) => Some("the capacity is a number, or none".to_owned()),
                },
                (Some((sign @ ("+" | "-"), skill)), None) => change_skills(&mut skills, sign == "+", skill).err(),
                _ => Some(format!(
                    "{} is none of +skill, -skill, capacity=N",
                    arguments::beginning(change)
                )),
            };
            if let Some(why) = refused {
                return self.refuse_word(&why);
            }
        }
        self.wish(
            AgentCommand::SetAgent {
                agent,
                skills,
                capacity,
            },
            given.now,
        );
    }

    // Groups.

    pub(super) fn groups(&mut self, _: Given<'_>) {
        let groups = self.replica.desk().map_or(&[][..], |desk| &desk.staff.groups[..]);
        let lines: Vec<String> = groups.iter().map(|group| self.group_line(group)).collect();
        if lines.is_empty() {
            return self.say("There are no groups. /group NAME new makes one.");
        }
        for line in lines {
            self.say(line);
        }
    }

    fn group_line(&self, group: &Group) -> String {
        let names: Vec<String> = group
            .members
            .iter()
            .map(|it| self.agent_or_you(*it).to_string())
            .collect();
        let members = if names.is_empty() {
            "nobody".to_owned()
        } else {
            names.join(", ")
        };
        let skills = match group.skills.is_empty() {
            true => String::new(),
            false => format!("; skills {}", told_skills(&group.skills)),
        };
        format!("#{}: {members}{skills}", group.name.shown())
    }

    pub(super) fn change_group(&mut self, given: Given<'_>) {
        let words = match arguments::words(given.rest) {
            Ok(words) => words,
            Err(why) => return self.deny(why),
        };
        let Some((name, changes)) = words.split_first() else {
            return self.usage(given);
        };
        let name = name.trim_start_matches('#');
        let (first, rest) = (
            changes.first().map(String::as_str),
            changes.get(1..).unwrap_or_default(),
        );
        let (mut group, changes) = match first {
            Some("new") => match GroupName::parse(name) {
                Ok(name) => (self.new_group(name, given), rest),
                Err(refused) => return self.refuse_word(&refused),
            },
            _ => match self.group_of(name) {
                Some(group) => (group, changes),
                None => return,
            },
        };
        match first {
            None => {
                let line = self.group_line(&group);
                return self.say(line);
            }
            Some("delete") => {
                let word = format!("/group {} delete", group.name.shown());
                if self.is_sure(rest.first().map_or("", String::as_str), &word) {
                    self.wish(AgentCommand::DeleteGroup { group: group.id }, given.now);
                }
                return;
            }
            Some(_) => {}
        }
        for change in changes {
            if !self.change_of_group(&mut group, change) {
                return;
            }
        }
        self.wish(AgentCommand::SaveGroup { group }, given.now);
    }

    fn new_group(&mut self, name: GroupName, given: Given<'_>) -> Group {
        Group {
            id: GroupId(self.ids.next(given.now.wall).0),
            name,
            members: Vec::new(),
            skills: Vec::new(),
        }
    }

    /// `+ada`, `-ada`, `+skill:german`. Says what is wrong with it; whether nothing is.
    fn change_of_group(&mut self, group: &mut Group, change: &str) -> bool {
        let (sign, what) = match change.split_at_checked(1) {
            Some((sign @ ("+" | "-"), what)) => (sign == "+", what),
            _ => {
                let change = arguments::beginning(change);
                self.refuse_word(&format!("{change} is none of +name, -name, +skill:S, -skill:S"));
                return false;
            }
        };
        if let Some(skill) = what.strip_prefix("skill:") {
            let refused = change_skills(&mut group.skills, sign, skill).err();
            if let Some(why) = &refused {
                self.refuse_word(why);
            }
            return refused.is_none();
        }
        let Some(agent) = self.agent_of(what) else { return false };
        group.members.retain(|member| *member != agent);
        if sign {
            group.members.push(agent);
        }
        true
    }
}

fn change_skills(skills: &mut Vec<Skill>, add: bool, skill: &str) -> Result<(), String> {
    let skill = Skill::parse(skill).map_err(|why| why.to_string())?;
    skills.retain(|known| *known != skill);
    if add {
        skills.push(skill);
    }
    Ok(())
}

fn told_skills(skills: &[Skill]) -> String {
    let skills: Vec<String> = skills.iter().map(|it| it.shown().to_string()).collect();
    skills.join(" ")
}
