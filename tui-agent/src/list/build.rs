//! From what the replica knows to the items of the list, with what is folded, filtered and held. The only place that looks at all
//! rows; it is called when the replica's version is another one, or the agent wants to see something else.

use std::collections::HashSet;

use minicom_client::{AgentReplica, ListFilter, Section, WaitIs, view_of};
use minicom_protocol::{
    ids::{ConversationId, Time},
    intake::Priority,
    summary::Summary,
};

use super::{Item, List, Overview, Part, Spot};

/// Rows of a section under one title.
#[derive(Debug)]
pub(super) struct Group {
    pub priority: Option<Priority>,
    pub rows: Vec<ConversationId>,
}

impl List {
    /// The server's time is this. The lines are made anew if by now other rows fit the filter, or what is known has changed.
    pub fn pass_time(&mut self, time: Time, replica: &AgentReplica) {
        self.time = time;
        if self.changes_at.is_some_and(|at| at <= time) {
            self.rebuild(replica);
        }
        self.refresh(replica);
    }

    /// When other rows fit the filter although nothing comes.
    pub fn changes_at(&self) -> Option<Time> {
        self.changes_at
    }

    /// Makes the lines anew if what is known has changed since they were made.
    pub fn refresh(&mut self, replica: &AgentReplica) {
        if self.made_of != Some(replica.version()) {
            self.rebuild(replica);
        }
    }

    /// Makes the lines anew. A cursor whose conversation is not known any more is gone.
    pub fn rebuild(&mut self, replica: &AgentReplica) {
        if let Some(Spot::Row(conversation, _)) = self.cursor
            && replica.summary(conversation).is_none()
        {
            (self.cursor, self.hold) = (None, None);
        }
        let stood_on = self.cursor_line();
        self.made_of = Some(replica.version());
        self.overview = Overview::of(replica);
        self.lines.clear();
        (self.at, self.belongs, self.changes_at) = (None, None, None);
        self.keeps_title = false;
        self.fitting = [0; Section::ALL.len()];
        self.grouped = [0; Priority::ALL.len()];
        if self.past {
            self.lines.push_title(Item::AsOf, None);
        }
        if !self.filter.is_plain() {
            self.lines.push_title(Item::Filter, None);
        }
        for section in Section::ALL {
            self.push_section(section, replica);
        }
        // What is left out by a filter does not stand below it all the same.
        if self.order_only() == self.filter {
            self.push_views(replica);
        }
        if self.at.is_none() && matches!(self.cursor, Some(Spot::Title(_))) {
            self.leave_lost_title();
        }
        if !self.marked.is_empty() {
            let shown: HashSet<ConversationId> = self.rows().filter(|row| self.marked.contains(row)).collect();
            self.marked = shown;
        }
        if let Some(line) = stood_on {
            self.keep_cursor_on(line);
        }
    }

    /// The view under whose title the cursor was is not shown any more: the cursor goes to the last title that is. No row is taken for it,
    /// as that would be another conversation than the one that is open.
    fn leave_lost_title(&mut self) {
        let stop = |at: usize| matches!(self.spot(at), Some(Spot::Title(_)));
        self.at = self.lines.titles().rev().find(|at| stop(*at));
        self.cursor = self.at.and_then(|at| self.spot(at));
    }

    fn push_section(&mut self, section: Section, replica: &AgentReplica) {
        let part = Part::Section(section);
        let folded = self.is_folded(part);
        let mut groups = match folded {
            true => Vec::new(),
            false => self.groups(section, replica),
        };
        let fitting = groups.iter().map(|group| group.rows.len()).sum();
        for group in &groups {
            if let Some(priority) = group.priority {
                self.grouped[priority as usize] = group.rows.len();
            }
        }
        self.fitting[section as usize] = fitting;
        let held = self.put_held(part, &mut groups);
        let always = matches!(section, Section::Waiting | Section::Mine);
        let shows = fitting > 0 || folded && self.count(section) > 0;
        let stands = shows || held || always;
        // What the cursor is on does not go from under it.
        let keeps = !stands && self.cursor == Some(Spot::Title(part));
        self.keeps_title |= keeps;
        if stands || keeps {
            self.push_part(part, groups);
        }
    }

    fn push_part(&mut self, part: Part, groups: Vec<Group>) {
        if self.lines.shape.gaps && self.lines.len() > 0 {
            self.lines.push_title(Item::Gap, None);
        }
        self.push_title(Item::Title(part), part);
        for group in groups.into_iter().filter(|group| !group.rows.is_empty()) {
            if let Some(priority) = group.priority {
                self.push_title(Item::Group(priority), part);
            }
            for row in group.rows {
                if self.cursor == Some(Spot::Row(row, part.view())) {
                    self.at = Some(self.lines.len());
                }
                self.lines.push_row(row);
            }
        }
    }

    /// The views that were saved, below the sections: what they show, and how many that are.
    fn push_views(&mut self, replica: &AgentReplica) {
        for at in 0..self.views.len() {
            let part = Part::View(at);
            let rows = self.rows_of_view(at, replica);
            self.views[at].count = rows.len();
            let mut groups = vec![Group { priority: None, rows }];
            if self.is_folded(part) {
                groups.clear();
            } else {
                self.put_held(part, &mut groups);
            }
            self.push_part(part, groups);
        }
    }

    fn rows_of_view(&mut self, at: usize, replica: &AgentReplica) -> Vec<ConversationId> {
        let Some(filter) = self.views[at].filter.clone() else {
            return Vec::new();
        };
        let sections = Section::ALL.into_iter().filter(|section| filter.looks_into(*section));
        let rows = || sections.clone().flat_map(|section| replica.section(section));
        self.work += sections
            .clone()
            .map(|section| replica.count(section) as u64)
            .sum::<u64>();
        self.note_changes(rows(), &filter);
        let me = replica.me().map(|me| me.agent.id);
        let shown = view_of(rows(), &filter, &replica.queue(self.time), me);
        let rows = shown.into_iter().flat_map(|group| group.rows);
        rows.map(|row| row.conversation).collect()
    }

    /// Notes when rows begin or end to fit although nothing comes.
    fn note_changes<'a>(&mut self, rows: impl Iterator<Item = &'a Summary>, filter: &ListFilter) {
        if filter.waits.is_empty() {
            return;
        }
        let next = rows.filter_map(|row| fits_otherwise_at(row, filter, self.time)).min();
        self.changes_at = self.changes_at.into_iter().chain(next).min();
    }

    fn push_title(&mut self, item: Item, part: Part) {
        if self.cursor == Some(Spot::Title(part)) && item == Item::Title(part) {
            self.at = Some(self.lines.len());
        }
        self.lines.push_title(item, Some(part));
    }

    /// The rows of a section that fit, in their order.
    fn groups(&mut self, section: Section, replica: &AgentReplica) -> Vec<Group> {
        self.work += replica.count(section) as u64;
        let filter = ListFilter {
            group_by_priority: self.filter.group_by_priority && section == Section::Waiting,
            ..self.filter.clone()
        };
        if filter.is_plain() {
            let rows = replica.order(section).collect();
            return vec![Group { priority: None, rows }];
        }
        let rows = replica.section(section);
        self.note_changes(rows.clone(), &filter);
        let me = replica.me().map(|me| me.agent.id);
        let groups = view_of(rows, &filter, &replica.queue(self.time), me);
        let group = |it: minicom_client::ListGroup<'_>| Group {
            priority: it.priority,
            rows: it.rows.into_iter().map(|row| row.conversation).collect(),
        };
        groups.into_iter().map(group).collect()
    }
}

/// When a row begins or ends to fit by having waited.
fn fits_otherwise_at(row: &Summary, filter: &ListFilter, now: Time) -> Option<Time> {
    let since = row.waiting_since()?;
    let at = |wait: &WaitIs| {
        // Longer than n seconds is from n + 1 whole ones on, shorter until n.
        let seconds = match wait {
            WaitIs::Longer(than) => than.saturating_add(1),
            WaitIs::Shorter(than) => *than,
        };
        let ms = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        since.plus_ms(ms)
    };
    filter.waits.iter().map(at).filter(|at| *at > now).min()
}
