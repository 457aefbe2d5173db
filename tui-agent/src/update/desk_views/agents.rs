//! Agents: what each is good at, and how much each can have. Everybody looks, admins change.

use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, Time},
    people::Role,
    settings::DeskSettings,
    staff::{PresenceState, StaffMember},
    words::Skill,
};
use minicom_tui_kit::{
    Now, Prompt, Shown,
    prompt::Question,
    table::{Column, TableRow},
};

use super::{
    Content,
    groups::{check_skills, skill_words, skills_of},
};
use crate::{
    app::App,
    desk_view::{RowId, Surface, View},
};

const COLUMNS: &[Column] = &[
    Column::new("AGENT", 8),
    Column::new("ROLE", 5),
    Column::growing("SKILLS", 10),
    Column::number("HAS", 3),
    Column::number("CAN HAVE", 8),
    Column::new("IN GROUPS", 9),
    Column::new("IS", 9),
];

fn check_capacity(text: &str) -> Result<(), Shown> {
    match text {
        "none" => Ok(()),
        text => match text.parse::<u32>() {
            Ok(1..=DeskSettings::NUMBER_MAX) => Ok(()),
            _ => Err(Shown::fixed("a number above 0, or none for the desk's limit")),
        },
    }
}

impl App {
    /// Opens the agents.
    pub(crate) fn agents(&mut self, now: Now) {
        self.lay_table(View::Agents, "Agents", COLUMNS, now);
    }

    pub(super) fn agents_content(&self) -> Content {
        let Some(desk) = self.replica.desk() else {
            return Content::Same;
        };
        let loads = self.loads();
        let rows = desk.staff.agents.iter().map(|member| {
            let active = loads.get(&member.agent.id).copied().unwrap_or(0);
            self.agent_cells(member, active)
        });
        let hint = if self.is_admin() {
            ""
        } else {
            ": only admins change them"
        };
        Content::Rows {
            title: format!("Agents{hint}"),
            rows: rows.collect(),
            empty: Shown::fixed("There are none"),
        }
    }

    fn agent_cells(&self, member: &StaffMember, active: u32) -> TableRow<RowId> {
        let agent = member.agent.id;
        let groups = self
            .replica
            .desk()
            .map(|desk| desk.staff.groups.as_slice())
            .unwrap_or_default();
        let groups: Vec<&str> = groups
            .iter()
            .filter(|group| group.members.contains(&agent))
            .map(|group| group.name.as_str())
            .collect();
        let capacity = match (member.capacity, self.replica.queue(Time(0)).capacity(member)) {
            (Some(own), _) => own.to_string(),
            (None, Some(desk)) => format!("{desk} (desk)"),
            (None, None) => "no limit".to_owned(),
        };
        let presence = self.replica.presence_of(agent);
        let state = match member.enabled {
            true => presence.map_or(PresenceState::Offline, |it| it.state).word(),
            false => "disabled",
        };
        let cells = vec![
            self.called_agent(member),
            Shown::fixed(if member.role == Role::Admin { "admin" } else { "agent" }),
            Shown::line(&skill_words(&member.skills)),
            Shown::line(&active.to_string()),
            Shown::line(&capacity),
            Shown::line(&groups.join(", ")).cut(24),
            Shown::fixed(state),
        ];
        let mut row = TableRow::new(RowId::Agent(agent), cells);
        if !member.enabled {
            row.style = self.theme.dim();
        }
        row
    }

    pub(super) fn key_in_agents(&mut self, row: Option<&RowId>, key: &str, now: Now) -> bool {
        match (key, row) {
            ("e" | "s" | "c", Some(RowId::Agent(agent))) => self.ask_agent_fields(*agent, now),
            _ => return false,
        }
        true
    }

    pub(super) fn ask_agent_fields(&mut self, agent: AgentId, now: Now) {
        if !self.must_be_admin() {
            return;
        }
        let Some(member) = self.replica.desk().and_then(|desk| desk.staff.agent(agent)) else {
            return;
        };
        let capacity = member.capacity.map_or("none".to_owned(), |it| it.to_string());
        let questions = vec![
            Question::new(Shown::fixed("good at"))
                .starting_with(&skill_words(&member.skills))
                .optional()
                .check(check_skills),
            Question::new(Shown::fixed("how many chats at once; none: the desk's limit"))
                .default(&capacity)
                .check(check_capacity),
        ];
        let title = Shown::line(&format!("Agent {}", member.agent.name.shown()));
        if let Some(prompt) = Prompt::new(title, questions) {
            self.lay(
                View::AgentFields(agent),
                Surface::Prompt(prompt.verb("Enter saves it")),
                now,
            );
        }
    }

    pub(super) fn agent_fields_given(&mut self, agent: AgentId, answers: &[String], now: Now) {
        let [skills, capacity] = answers else { return };
        let skills: Vec<Skill> = skills_of(skills).unwrap_or_default();
        let capacity = capacity.parse().ok();
        self.send_kept(
            AgentCommand::SetAgent {
                agent,
                skills,
                capacity,
            },
            now,
        );
    }
}
