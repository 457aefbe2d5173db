//! The list of conversations: sections, what is folded and marked, the cursor, and the row that is held in its place. It refuses to
//! know how a row looks and what a key does. Its lines are made when something has come from the desk, never by moving: a key
//! costs the same with ten conversations and with ten thousand.

mod build;
mod folding;
mod held;
mod lines;
mod marks;
mod overview;
mod views;

use std::collections::HashSet;

use minicom_client::{AgentReplica, ListFilter, Section};
use minicom_protocol::{
    ids::{ConversationId, Time},
    intake::Priority,
    stage::Stage,
    summary::Summary,
};

use self::{
    folding::FOLDABLE,
    held::{Hold, Place},
    lines::Lines,
};
pub use self::{
    held::Moving,
    lines::{Line, Shape},
    overview::Overview,
    views::{ListView, title},
};

/// An item of the list: a line, or more where rows are tall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// That all of it is as it was.
    AsOf,
    /// By what rows are left out or put in another order.
    Filter,
    /// The title of a section or a view.
    Title(Part),
    /// The title of a priority within a section.
    Group(Priority),
    /// A conversation.
    Row(ConversationId),
    /// An empty line between sections.
    Gap,
}

/// What stands under one title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A section: each conversation is in one.
    Section(Section),
    /// A view that the agent has saved, by its place: its conversations are in their sections too.
    View(usize),
}

impl Part {
    /// Which view, if it is one.
    fn view(self) -> Option<usize> {
        match self {
            Part::View(view) => Some(view),
            Part::Section(_) => None,
        }
    }
}

/// What the cursor can stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The title of something that can be folded.
    Title(Part),
    /// A conversation: in its section, or in this view.
    Row(ConversationId, Option<usize>),
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
    /// Of each priority, the rows that belong under its title, where the queue has such titles.
    grouped: [usize; Priority::ALL.len()],
    cursor: Option<Spot>,
    /// The item under the cursor.
    at: Option<usize>,
    hold: Option<Hold>,
    /// Where the held row belongs.
    belongs: Option<Place>,
    /// A title stands there for no other reason than that the cursor is on it.
    keeps_title: bool,
    folded: HashSet<Section>,
    views: Vec<ListView>,
    /// Names of views whose rows are hidden.
    folded_views: HashSet<String>,
    /// Another number with every choice of filter, order and what is folded.
    chosen: u64,
    marked: HashSet<ConversationId>,
    filter: ListFilter,
    /// Whether all of it is as it was.
    past: bool,
    /// The server's time by which rows are filtered.
    time: Time,
    /// When other rows fit the filter although nothing comes.
    changes_at: Option<Time>,
    /// The first line that is shown.
    top: usize,
    work: u64,
}

impl Default for List {
    fn default() -> List {
        List {
            lines: Lines::default(),
            made_of: None,
            overview: Overview::default(),
            fitting: [0; Section::ALL.len()],
            grouped: [0; Priority::ALL.len()],
            cursor: None,
            at: None,
            hold: None,
            belongs: None,
            keeps_title: false,
            folded: FOLDABLE.into(),
            views: Vec::new(),
            folded_views: HashSet::new(),
            chosen: 0,
            marked: HashSet::new(),
            filter: ListFilter::default(),
            past: false,
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
    /// shown for as long as the cursor stands on it. A cursor that stands on it in a view stays there.
    pub fn select(&mut self, conversation: ConversationId, replica: &AgentReplica) {
        let view = match self.cursor {
            Some(Spot::Row(here, view)) if here == conversation => view,
            _ => None,
        };
        self.select_in(conversation, view, replica);
    }

    /// The same in this view, if the view has it, else in its section. A row that is held there already stays: who chooses it again,
    /// by a key or a second click, means the row that is seen.
    pub fn select_in(&mut self, conversation: ConversationId, view: Option<usize>, replica: &AgentReplica) {
        let Some(summary) = replica.summary(conversation) else {
            return;
        };
        if self.at.is_some() && self.hold.is_some() && self.cursor == Some(Spot::Row(conversation, view)) {
            return self.show_cursor();
        }
        let stays = self.is_same_without_cursor();
        (self.cursor, self.hold) = (Some(Spot::Row(conversation, view)), None);
        self.at = self.find(conversation, view);
        if !stays || self.at.is_none() || self.made_of != Some(replica.version()) {
            let section = Section::of(summary, replica.me().map(|me| me.agent.id));
            if view.is_none() {
                self.folded.remove(&section);
            }
            self.rebuild(replica);
            match (self.at, view) {
                (Some(_), _) => {}
                (None, Some(_)) => return self.select_in(conversation, None, replica),
                (None, None) => return self.select_hidden(summary, section, replica),
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
                part: Part::Section(section),
                group: grouped.then_some(priority),
                index: 0,
            },
        });
        self.rebuild(replica);
        self.show_cursor();
    }

    /// The conversation under the cursor has been moved by the agent's own wish: it goes where it belongs.
    pub fn place_anew(&mut self, conversation: ConversationId, replica: &AgentReplica) {
        if self.cursor == Some(Spot::Row(conversation, None)) {
            (self.hold, self.at) = (None, None);
            self.rebuild(replica);
            self.select(conversation, replica);
        }
    }

    /// Puts the cursor on a title.
    pub fn select_title(&mut self, part: Part, replica: &AgentReplica) {
        let stays = self.is_same_without_cursor();
        (self.cursor, self.hold) = (Some(Spot::Title(part)), None);
        self.at = self.title_of(part);
        if !stays || self.made_of != Some(replica.version()) {
            self.rebuild(replica);
        }
        self.show_cursor();
    }

    /// What the cursor is in.
    pub fn part_at_cursor(&self) -> Option<Part> {
        match self.cursor? {
            Spot::Title(part) => Some(part),
            Spot::Row(..) => Some(self.lines.place_of(self.at?)?.part),
        }
    }

    fn spot(&self, at: usize) -> Option<Spot> {
        match self.lines.get(at)? {
            Item::Row(conversation) => {
                let view = self.lines.place_of(at).and_then(|place| place.part.view());
                Some(Spot::Row(conversation, view))
            }
            Item::Title(part) if self.is_foldable(part) => Some(Spot::Title(part)),
            _ => None,
        }
    }

    fn title_of(&self, part: Part) -> Option<usize> {
        let mut titles = self.lines.titles();
        titles.find(|at| self.lines.get(*at) == Some(Item::Title(part)))
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

    /// The row with a number, from 1.
    pub fn numbered(&self, number: usize) -> Option<Spot> {
        let before = number.checked_sub(1)?;
        let is_row = |at: &usize| matches!(self.lines.get(*at), Some(Item::Row(_)));
        self.spot((0..self.lines.len()).filter(is_row).nth(before)?)
    }

    /// The cursor.
    pub fn cursor(&self) -> Option<Spot> {
        self.cursor
    }
}

// What is shown.
impl List {
    /// Conversations in the order in which they are shown.
    pub fn rows(&self) -> impl Iterator<Item = ConversationId> + '_ {
        self.lines.rows(0..self.lines.len())
    }

    /// The conversations under a title, in the order in which they are shown.
    pub fn rows_of(&self, part: Part) -> Vec<ConversationId> {
        let Some(begin) = self.title_of(part) else {
            return Vec::new();
        };
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

    /// How many conversations of the queue fit the filter and are of a priority, where the queue has titles for them.
    pub fn grouped(&self, priority: Priority) -> usize {
        self.grouped[priority as usize]
    }

    /// The list in numbers, as of the last change.
    pub fn overview(&self) -> &Overview {
        &self.overview
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
        self.chosen += 1;
        self.filter = filter;
        self.hold = None;
        self.top = 0;
        self.rebuild(replica);
        match self.cursor {
            Some(Spot::Row(conversation, _)) => self.select(conversation, replica),
            _ => self.show_cursor(),
        }
    }

    /// Says at the top whether all of it is as it was.
    pub fn set_past(&mut self, past: bool, replica: &AgentReplica) {
        if self.past != past {
            self.past = past;
            self.rebuild(replica);
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

    /// The item of a conversation in its section or in a view. Rows near the cursor and near both ends are found first: that is
    /// where keys go.
    fn find(&self, conversation: ConversationId, view: Option<usize>) -> Option<usize> {
        let (here, end) = (self.at.unwrap_or(0), self.lines.len());
        let is_it = |at: &usize| {
            self.lines.get(*at) == Some(Item::Row(conversation))
                && self.spot(*at) == Some(Spot::Row(conversation, view))
        };
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
