//! The list of conversations: sections, what is folded and marked, the cursor, and the row that is held in its place. It refuses to
//! know how a row looks and what a key does. Its lines are made when something has come from the desk, never by moving: a key
//! costs the same with ten conversations and with ten thousand.

mod build;
mod lines;
mod marks;
mod overview;

use std::collections::HashSet;

use minicom_client::{AgentReplica, ListFilter, Section};
use minicom_protocol::{
    ids::{ConversationId, Time},
    intake::Priority,
    stage::Stage,
    summary::Summary,
};

use self::lines::Lines;
pub use self::{lines::Shape, overview::Overview};

/// An item of the list: a line, or more where rows are tall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// By what rows are left out or put in another order.
    Filter,
    /// The title of a section.
    Title(Section),
    /// The title of a priority within a section.
    Group(Priority),
    /// A conversation.
    Row(ConversationId),
    /// An empty line between sections.
    Gap,
}

/// What the cursor can stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The title of a section that can be folded.
    Title(Section),
    /// A conversation.
    Row(ConversationId),
}

/// The cursor's row stays at this place of this section until the cursor leaves it, wherever it belongs by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hold {
    conversation: ConversationId,
    place: Place,
}

/// A place within the sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    section: Section,
    /// Of the priority's group, where the section has groups.
    group: Option<Priority>,
    index: usize,
}

/// The list.
#[derive(Debug, Clone)]
pub struct List {
    lines: Lines,
    /// The replica's version that the lines were made of.
    made_of: Option<u64>,
    overview: Overview,
    /// Of each section, the rows that fit the filter.
    fitting: [usize; Section::ALL.len()],
    cursor: Option<Spot>,
    /// The item under the cursor.
    at: Option<usize>,
    hold: Option<Hold>,
    /// Where the held row belongs.
    belongs: Option<Place>,
    folded: HashSet<Section>,
    marked: HashSet<ConversationId>,
    filter: ListFilter,
    /// The server's time by which rows are filtered.
    time: Time,
    /// When other rows fit the filter although nothing comes.
    changes_at: Option<Time>,
    /// The first line that is shown.
    top: usize,
    work: u64,
}

/// Sections that can be folded, and are at the start.
const FOLDABLE: [Section; 2] = [Section::Others, Section::Done];

impl Default for List {
    fn default() -> List {
        List {
            lines: Lines::default(),
            made_of: None,
            overview: Overview::default(),
            fitting: [0; Section::ALL.len()],
            cursor: None,
            at: None,
            hold: None,
            belongs: None,
            folded: FOLDABLE.into(),
            marked: HashSet::new(),
            filter: ListFilter::default(),
            time: Time(0),
            changes_at: None,
            top: 0,
            work: 0,
        }
    }
}

// The cursor.
impl List {
    /// Puts the cursor on a conversation, in the place where it belongs, and holds it there. One that does not fit the filter is
    /// shown for as long as the cursor stands on it.
    pub fn select(&mut self, conversation: ConversationId, replica: &AgentReplica) {
        let Some(summary) = replica.summary(conversation) else {
            return;
        };
        let stays = self.hold.is_none_or(|hold| Some(hold.place) == self.belongs);
        (self.cursor, self.hold) = (Some(Spot::Row(conversation)), None);
        self.at = self.find(conversation);
        if !stays || self.at.is_none() || self.made_of != Some(replica.version()) {
            let section = Section::of(summary, replica.me().map(|me| me.agent.id));
            self.folded.remove(&section);
            self.rebuild(replica);
            if self.at.is_none() {
                return self.select_hidden(summary, section, replica);
            }
        }
        let place = self.at.and_then(|at| self.lines.place_of(at));
        self.hold = place.map(|place| Hold { conversation, place });
        self.belongs = place;
        self.show_cursor();
    }

    /// The row does not fit the filter: it stands at the top of its section.
    fn select_hidden(&mut self, summary: &Summary, section: Section, replica: &AgentReplica) {
        let grouped = section == Section::Waiting && self.filter.group_by_priority;
        let priority = replica.queue(self.time).effective_priority(summary);
        self.hold = Some(Hold {
            conversation: summary.conversation,
            place: Place {
                section,
                group: grouped.then_some(priority),
                index: 0,
            },
        });
        self.rebuild(replica);
        self.show_cursor();
    }

    /// The conversation under the cursor has been moved by the agent's own wish: it goes where it belongs.
    pub fn place_anew(&mut self, conversation: ConversationId, replica: &AgentReplica) {
        if self.cursor == Some(Spot::Row(conversation)) {
            self.select(conversation, replica);
        }
    }

    /// Puts the cursor on the title of a section.
    pub fn select_title(&mut self, section: Section, replica: &AgentReplica) {
        let stays = self.hold.is_none_or(|hold| Some(hold.place) == self.belongs);
        (self.cursor, self.hold) = (Some(Spot::Title(section)), None);
        self.at = self
            .lines
            .titles()
            .find(|at| self.lines.get(*at) == Some(Item::Title(section)));
        if !stays || self.made_of != Some(replica.version()) {
            self.rebuild(replica);
        }
        self.show_cursor();
    }

    /// Shows or hides the rows of a section. A cursor on a row that goes out of sight goes to the title.
    pub fn fold(&mut self, section: Section, replica: &AgentReplica) {
        if !FOLDABLE.contains(&section) {
            return;
        }
        if !self.folded.remove(&section) {
            self.folded.insert(section);
            if self.hold.is_some_and(|hold| hold.place.section == section) {
                (self.cursor, self.hold) = (Some(Spot::Title(section)), None);
            }
        }
        self.rebuild(replica);
        self.show_cursor();
    }

    /// The section that the cursor is in.
    pub fn section_at_cursor(&self) -> Option<Section> {
        match self.cursor? {
            Spot::Title(section) => Some(section),
            Spot::Row(_) => Some(self.lines.place_of(self.at?)?.section),
        }
    }

    fn spot(&self, at: usize) -> Option<Spot> {
        match self.lines.get(at)? {
            Item::Row(conversation) => Some(Spot::Row(conversation)),
            Item::Title(section) if FOLDABLE.contains(&section) => Some(Spot::Title(section)),
            _ => None,
        }
    }

    /// Where the cursor would be after so many steps down (up, if negative); the ends stop it.
    pub fn step(&self, by: isize) -> Option<Spot> {
        let Some(at) = self.at else {
            return if by < 0 { self.last() } else { self.first() };
        };
        let steps = by.unsigned_abs();
        let stops: &mut dyn Iterator<Item = Spot> = if by < 0 {
            &mut (0..at).rev().filter_map(|at| self.spot(at))
        } else {
            &mut (at + 1..self.lines.len()).filter_map(|at| self.spot(at))
        };
        stops.take(steps).last().or(self.cursor)
    }

    /// The first stop of the cursor.
    pub fn first(&self) -> Option<Spot> {
        (0..self.lines.len()).find_map(|at| self.spot(at))
    }

    /// The last stop of the cursor.
    pub fn last(&self) -> Option<Spot> {
        (0..self.lines.len()).rev().find_map(|at| self.spot(at))
    }

    /// The conversation with a number, from 1.
    pub fn numbered(&self, number: usize) -> Option<ConversationId> {
        self.rows().nth(number.checked_sub(1)?)
    }

    /// The cursor.
    pub fn cursor(&self) -> Option<Spot> {
        self.cursor
    }

    /// Whether an item is the one under the cursor.
    pub fn is_at_cursor(&self, item: Item) -> bool {
        match self.cursor {
            Some(Spot::Row(conversation)) => item == Item::Row(conversation),
            Some(Spot::Title(section)) => item == Item::Title(section),
            None => false,
        }
    }
}

// What is shown.
impl List {
    /// Conversations in the order in which they are shown.
    pub fn rows(&self) -> impl Iterator<Item = ConversationId> + '_ {
        self.lines.rows(0..self.lines.len())
    }

    /// Of a section, the conversations in the order in which they are shown.
    pub fn rows_of(&self, section: Section) -> Vec<ConversationId> {
        let begin = self
            .lines
            .titles()
            .find(|at| self.lines.get(*at) == Some(Item::Title(section)));
        let Some(begin) = begin else { return Vec::new() };
        let ends = |at: &usize| *at > begin && matches!(self.lines.get(*at), Some(Item::Title(_) | Item::Gap));
        let end = self.lines.titles().find(ends).unwrap_or(self.lines.len());
        self.lines.rows(begin..end).collect()
    }

    /// How many conversations belong to a section, wherever they are shown.
    pub fn count(&self, section: Section) -> usize {
        self.overview.counts[section as usize]
    }

    /// How many conversations of an unfolded section fit the filter.
    pub fn fitting(&self, section: Section) -> usize {
        self.fitting[section as usize]
    }

    /// The list in numbers, as of the last change.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// Whether a section's rows are hidden.
    pub fn is_folded(&self, section: Section) -> bool {
        self.folded.contains(&section)
    }

    /// Whether a section can be folded.
    pub fn is_foldable(&self, section: Section) -> bool {
        FOLDABLE.contains(&section)
    }

    /// What of the list is shown, and in which order.
    pub fn filter(&self) -> &ListFilter {
        &self.filter
    }

    /// The order without what is left out.
    pub fn order_only(&self) -> ListFilter {
        ListFilter {
            sort: self.filter.sort,
            group_by_priority: self.filter.group_by_priority,
            ..ListFilter::default()
        }
    }

    /// Shows something else of the list, or in another order. The cursor's row stays in sight.
    pub fn set_filter(&mut self, filter: ListFilter, replica: &AgentReplica) {
        self.filter = filter;
        self.hold = None;
        self.top = 0;
        self.rebuild(replica);
        match self.cursor {
            Some(Spot::Row(conversation)) => self.select(conversation, replica),
            _ => self.show_cursor(),
        }
    }

    /// Whether nothing is known that could be shown.
    pub fn is_empty(&self) -> bool {
        self.overview.counts.iter().all(|count| *count == 0)
    }

    /// How many rows were looked at in all to make the list: moving must not add to it.
    pub fn work(&self) -> u64 {
        self.work
    }

    /// The item of a conversation. Rows near the cursor and near both ends are found first: that is where keys go.
    fn find(&self, conversation: ConversationId) -> Option<usize> {
        let (here, end) = (self.at.unwrap_or(0), self.lines.len());
        let is_it = |at: &usize| self.lines.get(*at) == Some(Item::Row(conversation));
        (0..end).find_map(|by| {
            let near = [here.checked_add(by), here.checked_sub(by), Some(by), Some(end - 1 - by)];
            near.into_iter().flatten().find(is_it)
        })
    }
}

/// Whether somebody waits for an answer in this conversation in a way that the list counts: the queue, and what agents own.
pub fn counts_waiting(summary: &Summary) -> bool {
    matches!(summary.stage, Stage::Waiting { .. } | Stage::Active { .. })
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
