//! Items, and on which line each stands: rows of one section have one height, so that an item is found by its line, and a line by
//! its item, without walking over the rows between. It refuses to know what is shown.

use std::ops::Range;

use minicom_client::Section;
use minicom_protocol::ids::ConversationId;

use super::{Item, List, Part, Spot, held::Place};

/// How the list is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Lines that there are.
    pub height: usize,
    /// Lines of a conversation.
    pub row: usize,
    /// Lines of a conversation in the queue.
    pub waiting_row: usize,
    /// Whether sections stand apart.
    pub gaps: bool,
}

impl Default for Shape {
    fn default() -> Shape {
        Shape {
            height: 24,
            row: 1,
            waiting_row: 1,
            gaps: false,
        }
    }
}

/// A line in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// What stands on it.
    pub item: Item,
    /// Which of its lines it is, from 0.
    pub line: usize,
    /// Whether the cursor stands on it.
    pub at_cursor: bool,
}

/// Items in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    items: Vec<Item>,
    /// Items that are no rows: a few, whatever the number of rows.
    breaks: Vec<Break>,
    pub shape: Shape,
}

#[derive(Debug, Clone, Copy)]
struct Break {
    item: usize,
    line: usize,
    /// Lines of each row that follows.
    row: usize,
}

impl Lines {
    pub fn clear(&mut self) {
        self.items.clear();
        self.breaks.clear();
    }

    /// Adds a title or a gap; the rows that follow are of this part.
    pub fn push_title(&mut self, item: Item, part: Option<Part>) {
        let row = match part {
            Some(Part::Section(Section::Waiting)) => self.shape.waiting_row,
            _ => self.shape.row,
        };
        self.breaks.push(Break {
            item: self.items.len(),
            line: self.line_of(self.items.len()),
            row,
        });
        self.items.push(item);
    }

    /// Adds a row.
    pub fn push_row(&mut self, conversation: ConversationId) {
        debug_assert!(!self.breaks.is_empty(), "rows stand below a title");
        self.items.push(Item::Row(conversation));
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn get(&self, at: usize) -> Option<Item> {
        self.items.get(at).copied()
    }

    /// Items that are no rows.
    pub fn titles(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.breaks.iter().map(|it| it.item)
    }

    /// Conversations among these items.
    pub fn rows(&self, among: Range<usize>) -> impl Iterator<Item = ConversationId> + '_ {
        self.items[among].iter().filter_map(|item| match item {
            Item::Row(conversation) => Some(*conversation),
            _ => None,
        })
    }

    /// Where a row stands under its title.
    pub fn place_of(&self, at: usize) -> Option<Place> {
        let Item::Row(_) = self.get(at)? else { return None };
        let before = self.breaks.partition_point(|it| it.item < at);
        let above = self.breaks[..before].last()?.item;
        let group = match self.get(above)? {
            Item::Group(priority) => Some(priority),
            _ => None,
        };
        let part = self.breaks[..before]
            .iter()
            .rev()
            .find_map(|it| match self.get(it.item) {
                Some(Item::Title(part)) => Some(part),
                _ => None,
            });
        Some(Place {
            part: part?,
            group,
            index: at - above - 1,
        })
    }

    /// The line on which an item begins; for the number of items, the number of lines.
    pub fn line_of(&self, at: usize) -> usize {
        let before = self.breaks.partition_point(|it| it.item <= at);
        match self.breaks[..before].last() {
            Some(it) if it.item == at => it.line,
            Some(it) => it.line + 1 + (at - it.item - 1) * it.row,
            None => 0,
        }
    }

    /// The item on a line, and which of its lines that is.
    pub fn item_at(&self, line: usize) -> (usize, usize) {
        let before = self.breaks.partition_point(|it| it.line <= line);
        match self.breaks[..before].last() {
            Some(it) if it.line == line => (it.item, 0),
            Some(it) => {
                let below = line - it.line - 1;
                (it.item + 1 + below / it.row, below % it.row)
            }
            None => (0, 0),
        }
    }

    fn height_of(&self, at: usize) -> usize {
        self.line_of(at + 1) - self.line_of(at)
    }
}

// What is in view.
impl List {
    /// Tells how it is drawn.
    pub fn set_shape(&mut self, shape: Shape, replica: &minicom_client::AgentReplica) {
        if self.lines.shape == shape {
            return;
        }
        let cursor_in_view = self.is_cursor_in_view();
        let same_lines = Shape {
            height: self.lines.shape.height,
            ..shape
        } == self.lines.shape;
        self.lines.shape = shape;
        if !same_lines {
            self.rebuild(replica);
        }
        if cursor_in_view {
            self.show_cursor();
        }
    }

    /// How it is drawn.
    pub fn shape(&self) -> Shape {
        self.lines.shape
    }

    /// Moves the view without the cursor.
    pub fn scroll(&mut self, by: isize) {
        self.top = self.top.saturating_add_signed(by).min(self.last_top());
    }

    /// The lines in view.
    pub fn visible(&self) -> impl Iterator<Item = Line> + '_ {
        let (first, skipped) = self.lines.item_at(self.top.min(self.last_top()));
        let lines = (first..self.lines.len()).flat_map(|at| {
            let (item, at_cursor) = (self.lines.items[at], self.at == Some(at));
            (0..self.lines.height_of(at)).map(move |line| Line { item, line, at_cursor })
        });
        lines.skip(skipped).take(self.lines.shape.height)
    }

    /// What the cursor can stand on, on a line in view.
    pub fn spot_on(&self, line: usize) -> Option<Spot> {
        let (at, _) = self.lines.item_at(self.top.min(self.last_top()) + line);
        self.spot(at)
    }

    /// The number of the first row in view, from 1; of those beyond nine only that they are.
    pub fn first_number(&self) -> usize {
        let (first, _) = self.lines.item_at(self.top.min(self.last_top()));
        self.lines.rows(0..first).take(10).count() + 1
    }

    fn last_top(&self) -> usize {
        self.lines
            .line_of(self.lines.len())
            .saturating_sub(self.lines.shape.height)
    }

    pub(super) fn is_cursor_in_view(&self) -> bool {
        let Some(at) = self.at else { return false };
        let (begin, end) = (self.lines.line_of(at), self.lines.line_of(at + 1));
        let top = self.top.min(self.last_top());
        end > top && begin < top + self.lines.shape.height
    }

    /// On which line in view the cursor's row begins; below 0 where its first lines are above it. `None` out of view.
    pub(super) fn cursor_line(&self) -> Option<isize> {
        let at = self.at.filter(|_| self.is_cursor_in_view())?;
        let (line, top) = (self.lines.line_of(at), self.top.min(self.last_top()));
        Some(line.cast_signed() - top.cast_signed())
    }

    /// The lines were made anew, and the cursor's row began on this line in view: there it stays, whatever came or went above it. At the
    /// top of the list it gives way for as long as it is in view: who comes there is seen, and so are the titles.
    pub(super) fn keep_cursor_on(&mut self, line: isize) {
        let Some(at) = self.at else { return };
        if self.top > 0 || !self.is_cursor_in_view() {
            let begin = self.lines.line_of(at).cast_signed();
            self.top = usize::try_from(begin - line).unwrap_or(0).min(self.last_top());
        }
        self.show_cursor();
    }

    pub(super) fn show_cursor(&mut self) {
        let Some(at) = self.at else { return };
        let (line, end) = (self.lines.line_of(at), self.lines.line_of(at + 1));
        // The titles above the first row are worth their lines.
        let titles = (0..at)
            .rev()
            .take_while(|at| matches!(self.lines.get(*at), Some(Item::Title(_) | Item::Group(_))));
        let begin = line - titles.count();
        self.top = self
            .top
            .max(end.saturating_sub(self.lines.shape.height))
            .min(begin)
            .min(self.last_top());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_and_lines_find_each_other() {
        let mut lines = Lines {
            shape: Shape {
                row: 2,
                waiting_row: 3,
                ..Shape::default()
            },
            ..Lines::default()
        };
        assert_eq!((lines.line_of(0), lines.item_at(7)), (0, (0, 0)));
        let row = |number| ConversationId::from_bytes([number; 16]);
        let (waiting, mine) = (Part::Section(Section::Waiting), Part::Section(Section::Mine));
        lines.push_title(Item::Title(waiting), Some(waiting));
        (0..4).for_each(|it| lines.push_row(row(it)));
        lines.push_title(Item::Gap, None);
        lines.push_title(Item::Title(mine), Some(mine));
        (4..6).for_each(|it| lines.push_row(row(it)));
        assert_eq!(lines.line_of(lines.len()), 1 + 4 * 3 + 2 + 2 * 2);
        let walked = (0..lines.len()).flat_map(|at| (0..lines.height_of(at)).map(move |line| (at, line)));
        for (line, found) in walked.enumerate() {
            assert_eq!(lines.item_at(line), found, "line {line}");
            assert_eq!(lines.line_of(found.0) + found.1, line);
        }
        let place = lines.place_of(8).unwrap();
        assert_eq!((place.part, place.group, place.index), (mine, None, 1));
        assert_eq!(lines.place_of(5), None);
    }
}
