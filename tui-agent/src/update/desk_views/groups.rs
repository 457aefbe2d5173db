//! Groups: who is in them, what their members are good at, making and deleting them. Everybody looks, admins change.

use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, GroupId},
    staff::Group,
    words::{GroupName, Skill, as_set},
};
use minicom_tui_kit::{
    Now, Picker, Shown, picker,
    prompt::Question,
    table::{Column, TableRow},
};

use super::Content;
use crate::{
    app::{App, Ends},
    desk_view::{Layer, RowId, Surface, View},
};

const COLUMNS: &[Column] = &[
    Column::new("GROUP", 8),
    Column::growing("MEMBERS", 16),
    Column::new("SKILLS", 8),
];

fn check_name(text: &str) -> Result<(), Shown> {
    match GroupName::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

/// Words between blanks or commas as skills.
pub(super) fn skills_of(text: &str) -> Result<Vec<Skill>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let skills: Result<Vec<Skill>, String> = words
        .map(|word| Skill::parse(word).map_err(|why| why.to_string()))
        .collect();
    Ok(as_set(skills?))
}

pub(super) fn check_skills(text: &str) -> Result<(), Shown> {
    skills_of(text).map(drop).map_err(|wrong| Shown::line(&wrong))
}

pub(super) fn skill_words(skills: &[Skill]) -> String {
    let words: Vec<&str> = skills.iter().map(Skill::as_str).collect();
    words.join(", ")
}

impl App {
    /// Opens the groups.
    pub(crate) fn groups(&mut self, now: Now) {
        self.lay_table(View::Groups, "Groups", COLUMNS, now);
    }

    /// Whether the one who sits here may change such things; tells if not.
    pub(super) fn must_be_admin(&mut self) -> bool {
        let admin = self.is_admin();
        if !admin {
            self.trouble(Shown::fixed("Only admins change this."), Ends::Leaving);
        }
        admin
    }

    pub(super) fn groups_content(&self) -> Content {
        let Some(desk) = self.replica.desk() else {
            return Content::Same;
        };
        let rows = desk.staff.groups.iter().map(|group| {
            let members = group.members.iter().map(|it| self.name_of_agent(*it).to_string());
            let members = match group.members.len() {
                0 => "nobody yet".to_owned(),
                _ => members.collect::<Vec<_>>().join(", "),
            };
            let cells = vec![
                group.name.shown(),
                Shown::line(&members),
                Shown::line(&skill_words(&group.skills)).cut(32),
            ];
            TableRow::new(RowId::Group(group.id), cells)
        });
        let hint = if self.is_admin() {
            ""
        } else {
            ": only admins change them"
        };
        Content::Rows {
            title: format!("Groups{hint}"),
            rows: rows.collect(),
            empty: Shown::fixed(if self.is_admin() {
                "There are none yet. n makes one"
            } else {
                "There are none yet"
            }),
        }
    }

    fn group(&self, group: GroupId) -> Option<&Group> {
        self.replica.desk()?.staff.group(group)
    }

    pub(super) fn key_in_groups(&mut self, row: Option<&RowId>, key: &str, now: Now) -> bool {
        let known = match row {
            Some(RowId::Group(group)) => self.group(*group).cloned(),
            _ => None,
        };
        if !matches!(key, "n" | "s" | "r" | "d" | "m") {
            return false;
        }
        if !self.must_be_admin() {
            return true;
        }
        match (key, known) {
            ("n", _) => {
                let question = Question::new(Shown::fixed("name, such as billing")).check(check_name);
                self.lay_question(View::GroupName(None), "New group", question, "Enter makes it", now);
            }
            ("m", Some(group)) => self.choose_members(group.id, now),
            ("s", Some(group)) => {
                let title = format!("What the members of {} are good at", group.name.shown());
                let question = Question::new(Shown::fixed("skills"))
                    .starting_with(&skill_words(&group.skills))
                    .optional()
                    .check(check_skills);
                self.lay_question(View::GroupSkills(group.id), &title, question, "Enter saves it", now);
            }
            ("r", Some(group)) => {
                let question = Question::new(Shown::fixed("name"))
                    .starting_with(group.name.as_str())
                    .check(check_name);
                let title = format!("Another name for {}", group.name.shown());
                self.lay_question(
                    View::GroupName(Some(group.id)),
                    &title,
                    question,
                    "Enter renames it",
                    now,
                );
            }
            ("d", Some(group)) => {
                let title = format!("Delete the group {}", group.name.shown());
                let what = "what waits for it will wait for anybody";
                self.lay_confirmation(View::DeleteGroup(group.id), &title, what, "Enter deletes it", now);
            }
            _ => {}
        }
        true
    }

    /// Opens the members of a group: each row puts one in or takes one out.
    pub(super) fn choose_members(&mut self, group: GroupId, now: Now) {
        if !self.must_be_admin() {
            return;
        }
        let Some(known) = self.group(group) else { return };
        let title = format!("Members of {}", known.name.shown());
        let picker = Picker::new(Shown::line(&title), Vec::new()).verb(Shown::fixed("Enter puts in or takes out"));
        self.lay(View::GroupMembers(group), Surface::Picker(picker), now);
    }

    /// A group as it will be when what is on its way has come.
    fn group_to_be(&self, id: GroupId) -> Option<Group> {
        let pending = self.replica.pending_commands().filter_map(|it| match &it.command {
            AgentCommand::SaveGroup { group } if group.id == id => Some(group.clone()),
            _ => None,
        });
        pending.last().or_else(|| self.group(id).cloned())
    }

    pub(super) fn members_content(&self, group: GroupId) -> Content {
        let (Some(desk), Some(group)) = (self.replica.desk(), self.group_to_be(group)) else {
            return Content::Choices(Vec::new());
        };
        let here = |agent: &AgentId| group.members.contains(agent);
        let members = desk.staff.agents.iter().filter(|it| it.enabled || here(&it.agent.id));
        let rows = members.map(|member| {
            let sign = if here(&member.agent.id) { "[x]" } else { "[ ]" };
            let label = Shown::line(&format!("{sign} {}", self.called_agent(member)));
            picker::Row::new(
                RowId::Agent(member.agent.id),
                label,
                Shown::line(&skill_words(&member.skills)),
            )
        });
        Content::Choices(rows.collect())
    }

    pub(super) fn member_toggled(&mut self, group: GroupId, agent: AgentId, now: Now) {
        let Some(mut group) = self.group_to_be(group) else {
            return;
        };
        match group.members.iter().position(|it| *it == agent) {
            Some(at) => drop(group.members.remove(at)),
            None => group.members.push(agent),
        }
        self.send_kept(AgentCommand::SaveGroup { group }, now);
    }

    pub(super) fn group_skills_given(&mut self, group: GroupId, text: &str, now: Now) {
        if let (Some(group), Ok(skills)) = (self.group_to_be(group), skills_of(text)) {
            self.send_kept(
                AgentCommand::SaveGroup {
                    group: Group { skills, ..group },
                },
                now,
            );
        }
    }

    pub(super) fn group_named(&mut self, layer: Layer, group: Option<GroupId>, text: &str, now: Now) {
        let Ok(name) = GroupName::parse(text) else { return };
        let groups = self.replica.desk().map(|desk| &desk.staff.groups);
        if groups.is_some_and(|all| all.iter().any(|it| it.name == name && Some(it.id) != group)) {
            return self.lay_again(layer, "there is a group by this name", now);
        }
        let changed = match group {
            Some(group) => self.group_to_be(group).map(|known| Group { name, ..known }),
            None => Some(Group {
                id: GroupId::from_bytes(*self.ids.next(now.wall).as_bytes()),
                name,
                members: Vec::new(),
                skills: Vec::new(),
            }),
        };
        if let Some(group) = changed {
            self.send_kept(AgentCommand::SaveGroup { group }, now);
        }
    }

    pub(super) fn delete_group(&mut self, group: GroupId, now: Now) {
        self.send_kept(AgentCommand::DeleteGroup { group }, now);
    }
}
