//! Who has how much to do, as of this moment, and the conversations of each. Told from what is known here, so that it is live.

use std::collections::HashMap;

use minicom_client::Section;
use minicom_protocol::{
    ids::{AgentId, Time},
    staff::{PresenceState, StaffMember},
    stage::Stage,
    summary::Summary,
};
use minicom_tui_kit::{
    Now, Shown, bars,
    picker::{self, numbered},
    table::{Column, TableRow},
};

use super::Content;
use crate::{
    app::App,
    desk_view::{RowId, View},
    words,
};

const COLUMNS: &[Column] = &[
    Column::growing("AGENT", 8),
    Column::new("IS", 9),
    Column::new("LOAD", 11),
    Column::number("FREE", 4),
    Column::number("USED", 4),
    Column::number("ASIDE", 5),
];

/// Columns of a bar.
const BAR: usize = 6;

impl App {
    /// Opens who has how much to do.
    pub(crate) fn workload(&mut self, now: Now) {
        self.lay_table(View::Workload, "Workload", COLUMNS, now);
    }

    pub(super) fn workload_content(&self) -> Content {
        let Some(desk) = self.replica.desk() else {
            return Content::Same;
        };
        let (loads, aside) = (self.loads(), self.put_aside());
        let here = |member: &&StaffMember| member.enabled || loads.contains_key(&member.agent.id);
        let members: Vec<&StaffMember> = desk.staff.agents.iter().filter(here).collect();
        let active: u32 = loads.values().sum();
        let there = members.iter().filter(|it| self.is_there(it.agent.id)).count();
        let dot = self.theme.signs().dot;
        let chats = words::count(u64::from(active), "chat", "chats");
        let mut title = format!("Workload {dot} {chats}, {there} there");
        if !self.is_live() {
            title.push_str(&format!(" {dot} no connection"));
        }
        let rows = members.into_iter().map(|member| {
            let of = |counts: &HashMap<AgentId, u32>| counts.get(&member.agent.id).copied().unwrap_or(0);
            self.workload_row(member, of(&loads), of(&aside))
        });
        Content::Rows {
            title,
            rows: rows.collect(),
            empty: Shown::fixed("There are no agents"),
        }
    }

    fn is_there(&self, agent: AgentId) -> bool {
        let presence = self.replica.presence_of(agent);
        presence.is_some_and(|it| it.state != PresenceState::Offline)
    }

    /// How many conversations each agent has put aside.
    fn put_aside(&self) -> HashMap<AgentId, u32> {
        let mut counts = HashMap::new();
        let rows = [Section::Mine, Section::Others].map(|section| self.replica.section(section));
        for row in rows.into_iter().flatten() {
            if let Stage::Snoozed { agent, .. } = &row.stage {
                *counts.entry(agent.id).or_insert(0) += 1;
            }
        }
        counts
    }

    fn workload_row(&self, member: &StaffMember, active: u32, aside: u32) -> TableRow<RowId> {
        let agent = member.agent.id;
        let state = self
            .replica
            .presence_of(agent)
            .map_or(PresenceState::Offline, |it| it.state);
        let capacity = self.replica.queue(Time(0)).capacity(member);
        let (load, free, used) = match capacity {
            Some(capacity) => (
                bars::bar(u64::from(active), u64::from(capacity), BAR, &self.theme),
                capacity.saturating_sub(active).to_string(),
                u64::from(active) * 100 / u64::from(capacity.max(1)),
            ),
            None => (format!("{active}, no limit"), String::new(), 0),
        };
        let used = capacity.map_or(String::new(), |_| format!("{used}%"));
        let state = match member.enabled {
            true => state.word(),
            false => "disabled",
        };
        let cells = [load, free, used, aside.to_string()].map(|cell| Shown::line(&cell));
        let mut row = TableRow::new(
            RowId::Agent(agent),
            [self.called_agent(member), Shown::fixed(state)]
                .into_iter()
                .chain(cells)
                .collect(),
        );
        row.style = match capacity.is_some_and(|capacity| active > capacity) {
            true => self.theme.warning(),
            false if !self.is_there(agent) => self.theme.dim(),
            false => row.style,
        };
        row
    }

    /// `Ada (you)`.
    pub(super) fn called_agent(&self, member: &StaffMember) -> Shown {
        match Some(member.agent.id) == self.me() {
            true => Shown::line(&format!("{} (you)", member.agent.name.shown())),
            false => member.agent.name.shown(),
        }
    }

    fn chats_owned(&self, agent: AgentId) -> impl Iterator<Item = &Summary> {
        let rows = [Section::Mine, Section::Others].map(|section| self.replica.section(section));
        rows.into_iter()
            .flatten()
            .filter(move |row| row.stage.is_owned_by(agent))
    }

    /// Lets one choose a conversation of an agent.
    pub(super) fn chats_of(&mut self, agent: AgentId, now: Now) {
        let title = format!("Chats of {}", self.name_of_agent(agent));
        let picker = minicom_tui_kit::Picker::new(Shown::line(&title), Vec::new())
            .verb(Shown::fixed("Enter opens"))
            .when_empty(Shown::fixed("None"));
        self.lay(View::ChatsOf(agent), crate::desk_view::Surface::Picker(picker), now);
    }

    pub(super) fn chats_content(&self, agent: AgentId) -> Content {
        let rows = self.chats_owned(agent).map(|row| {
            let stage = words::stage(&row.stage, self.me(), &self.zone);
            let subject = row
                .intake
                .subject
                .as_ref()
                .map(|it| format!(" {} {}", self.theme.signs().dot, it.shown()));
            let detail = Shown::line(&format!("{stage}{}", subject.unwrap_or_default()));
            picker::Row::new(RowId::Chat(row.conversation), row.customer.name.shown(), detail)
        });
        Content::Choices(numbered(rows.collect()))
    }
}
