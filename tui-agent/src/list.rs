//! The list of conversations: sections, what is folded, the cursor, and the row that is held in its place. It refuses to know how a
//! row looks and what a key does.

use std::collections::HashSet;

use minicom_client::{AgentReplica, Section};
use minicom_protocol::{ids::ConversationId, stage::Stage, summary::Summary};

/// A line of the list, or two where rows are tall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// The title of a section.
    Title(Section),
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
    section: Section,
    index: usize,
}

/// The list.
#[derive(Debug, Clone)]
pub struct List {
    items: Vec<Item>,
    counts: [usize; Section::ALL.len()],
    cursor: Option<Spot>,
    hold: Option<Hold>,
    folded: HashSet<Section>,
    gaps: bool,
    /// Lines of a conversation.
    row_height: usize,
    /// The first line that is shown.
    top: usize,
    height: usize,
}

/// Sections that can be folded, and are at the start.
const FOLDABLE: [Section; 2] = [Section::Others, Section::Done];

impl Default for List {
    fn default() -> List {
        List {
            items: Vec::new(),
            counts: [0; Section::ALL.len()],
            cursor: None,
            hold: None,
            folded: FOLDABLE.into(),
            gaps: false,
            row_height: 1,
            top: 0,
            height: 24,
        }
    }
}

impl List {
    /// Makes the lines anew, after what is known has changed. A cursor whose conversation is not known any more is gone.
    pub fn rebuild(&mut self, replica: &AgentReplica) {
        if let Some(Spot::Row(conversation)) = self.cursor
            && replica.summary(conversation).is_none()
        {
            (self.cursor, self.hold) = (None, None);
        }
        let cursor_in_view = self.is_cursor_in_view();
        let me = replica.me().map(|me| me.agent.id);
        self.counts = [0; Section::ALL.len()];
        for summary in replica.summaries() {
            self.counts[Section::of(summary, me) as usize] += 1;
        }
        self.items.clear();
        for section in Section::ALL {
            self.push_section(section, replica);
        }
        if cursor_in_view {
            self.show_cursor();
        }
    }

    fn push_section(&mut self, section: Section, replica: &AgentReplica) {
        let held = self.hold.filter(|hold| hold.section == section);
        let always = matches!(section, Section::Waiting | Section::Mine);
        if self.count(section) == 0 && held.is_none() && !always {
            return;
        }
        let mut rows = Vec::new();
        if !self.is_folded(section) {
            let natural = replica.section(section);
            rows.extend(natural.iter().map(|summary: &&Summary| summary.conversation));
            rows.retain(|row| self.hold.is_none_or(|hold| hold.conversation != *row));
        }
        if let Some(hold) = held {
            rows.insert(hold.index.min(rows.len()), hold.conversation);
        }
        if self.gaps && !self.items.is_empty() {
            self.items.push(Item::Gap);
        }
        self.items.push(Item::Title(section));
        self.items.extend(rows.into_iter().map(Item::Row));
    }

    /// Puts the cursor on a conversation, in the place where it belongs, and holds it there.
    pub fn select(&mut self, conversation: ConversationId, replica: &AgentReplica) {
        let Some(summary) = replica.summary(conversation) else {
            return;
        };
        self.cursor = Some(Spot::Row(conversation));
        self.hold = None;
        let section = Section::of(summary, replica.me().map(|me| me.agent.id));
        self.folded.remove(&section);
        let place = replica
            .section(section)
            .iter()
            .position(|row| row.conversation == conversation);
        self.hold = Some(Hold {
            conversation,
            section,
            index: place.unwrap_or(0),
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
        self.cursor = Some(Spot::Title(section));
        self.hold = None;
        self.rebuild(replica);
        self.show_cursor();
    }

    /// Shows or hides the rows of a section. A cursor on a row that goes out of sight goes to the title.
    pub fn fold(&mut self, section: Section, replica: &AgentReplica) {
        if !FOLDABLE.contains(&section) {
            return;
        }
        if !self.folded.remove(&section) {
            self.folded.insert(section);
            if self.hold.is_some_and(|hold| hold.section == section) {
                return self.select_title(section, replica);
            }
        }
        self.rebuild(replica);
        self.show_cursor();
    }

    /// The section that the cursor is in.
    pub fn section_at_cursor(&self) -> Option<Section> {
        match self.cursor? {
            Spot::Title(section) => Some(section),
            Spot::Row(conversation) => {
                let at = self.items.iter().position(|item| *item == Item::Row(conversation))?;
                self.items[..at].iter().rev().find_map(|item| match item {
                    Item::Title(section) => Some(*section),
                    _ => None,
                })
            }
        }
    }

    /// Where the cursor can go, from the top to the bottom.
    fn stops(&self) -> Vec<Spot> {
        let stop = |item: &Item| match item {
            Item::Row(conversation) => Some(Spot::Row(*conversation)),
            Item::Title(section) if FOLDABLE.contains(section) => Some(Spot::Title(*section)),
            _ => None,
        };
        self.items.iter().filter_map(stop).collect()
    }

    /// Where the cursor would be after so many steps down (up, if negative); the ends stop it.
    pub fn step(&self, by: isize) -> Option<Spot> {
        let stops = self.stops();
        let last = stops.len().checked_sub(1)?;
        let at = self
            .cursor
            .and_then(|cursor| stops.iter().position(|stop| *stop == cursor));
        let to = match at {
            Some(at) => at.saturating_add_signed(by).min(last),
            None if by < 0 => last,
            None => 0,
        };
        stops.get(to).copied()
    }

    /// The first stop of the cursor.
    pub fn first(&self) -> Option<Spot> {
        self.stops().first().copied()
    }

    /// The last stop of the cursor.
    pub fn last(&self) -> Option<Spot> {
        self.stops().last().copied()
    }

    /// The conversation with a number, from 1.
    pub fn numbered(&self, number: usize) -> Option<ConversationId> {
        self.rows().nth(number.checked_sub(1)?)
    }

    /// Conversations in the order in which they are shown.
    pub fn rows(&self) -> impl Iterator<Item = ConversationId> + '_ {
        self.items.iter().filter_map(|item| match item {
            Item::Row(conversation) => Some(*conversation),
            _ => None,
        })
    }

    /// Of a section, the conversations in the order in which they are shown.
    pub fn rows_of(&self, section: Section) -> Vec<ConversationId> {
        let begin = self.items.iter().position(|item| *item == Item::Title(section));
        let rows = self.items.iter().skip(begin.map_or(self.items.len(), |at| at + 1));
        rows.map_while(|item| match item {
            Item::Row(conversation) => Some(*conversation),
            _ => None,
        })
        .collect()
    }

    /// The cursor.
    pub fn cursor(&self) -> Option<Spot> {
        self.cursor
    }

    /// How many conversations belong to a section, wherever they are shown.
    pub fn count(&self, section: Section) -> usize {
        self.counts[section as usize]
    }

    /// Whether a section's rows are hidden.
    pub fn is_folded(&self, section: Section) -> bool {
        self.folded.contains(&section)
    }

    /// Whether a section can be folded.
    pub fn is_foldable(&self, section: Section) -> bool {
        FOLDABLE.contains(&section)
    }

    /// Tells how it is drawn: lines that there are, lines of a conversation, and whether sections stand apart.
    pub fn set_size(&mut self, height: usize, row_height: usize, gaps: bool, replica: &AgentReplica) {
        if (self.height, self.row_height, self.gaps) == (height, row_height, gaps) {
            return;
        }
        (self.height, self.row_height, self.gaps) = (height, row_height, gaps);
        let cursor_in_view = self.is_cursor_in_view();
        self.rebuild(replica);
        if cursor_in_view {
            self.show_cursor();
        }
    }

    /// Moves the view without the cursor.
    pub fn scroll(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by).min(self.last_top());
    }

    /// The lines in view: an item, and which of its lines.
    pub fn visible(&self) -> impl Iterator<Item = (Item, usize)> + '_ {
        let lines = self
            .items
            .iter()
            .flat_map(|item| (0..self.lines_of(*item)).map(|line| (*item, line)));
        lines.skip(self.top.min(self.last_top())).take(self.height)
    }

    /// Whether nothing is known that could be shown.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    fn lines_of(&self, item: Item) -> usize {
        match item {
            Item::Row(_) => self.row_height,
            Item::Title(_) | Item::Gap => 1,
        }
    }

    fn last_top(&self) -> usize {
        let all: usize = self.items.iter().map(|item| self.lines_of(*item)).sum();
        all.saturating_sub(self.height)
    }

    /// Whether an item is the one under the cursor.
    pub fn is_at_cursor(&self, item: Item) -> bool {
        match self.cursor {
            Some(Spot::Row(conversation)) => item == Item::Row(conversation),
            Some(Spot::Title(section)) => item == Item::Title(section),
            None => false,
        }
    }

    fn is_cursor_in_view(&self) -> bool {
        self.visible().any(|(item, _)| self.is_at_cursor(item))
    }

    fn show_cursor(&mut self) {
        let Some(at) = self.items.iter().position(|item| self.is_at_cursor(*item)) else {
            return;
        };
        let line: usize = self.items[..at].iter().map(|item| self.lines_of(*item)).sum();
        let end = line + self.lines_of(self.items[at]);
        // The title above the first row is worth a line.
        let begin = if at > 0 && matches!(self.items[at - 1], Item::Title(_)) {
            line - 1
        } else {
            line
        };
        self.top = self
            .top
            .max(end.saturating_sub(self.height))
            .min(begin)
            .min(self.last_top());
    }
}

/// Whether somebody waits for an answer in this conversation in a way that the list counts: the queue, and what agents own.
pub fn counts_waiting(summary: &Summary) -> bool {
    matches!(summary.stage, Stage::Waiting { .. } | Stage::Active { .. })
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
