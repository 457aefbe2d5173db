//! Rows with columns and one of them selected: the workload, tickets, the queue, articles.
//!
//! Owns how the columns share the width, which of them give way, and the place in the list. It refuses to know what a row is: the
//! program gives rows with its own ids.

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::cursor::ListCursor;
use crate::key::Key;
use crate::overlay::frame;
use crate::text::{pad, truncate, width, wrap};
use crate::theme::Theme;

/// Columns of the screen between two columns of the table.
const GAP: usize = 2;
/// Columns of the screen before a row, for the marker.
const LEAD: usize = 1;
/// Rows of the screen besides the list: the rule with the title, and the titles of the columns.
pub const FRAME_ROWS: u16 = 2;

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Columns of the screen that it takes at least. Where they are not there, the last column that does not grow is left out, and so
    /// on.
    pub least: u16,
    /// It gets what is left.
    pub grows: bool,
    /// Its cells stand at its right side, as numbers do.
    pub right: bool,
}

impl Column {
    /// A column that is as wide as its widest cell, but at least so wide.
    pub const fn new(title: &'static str, least: u16) -> Column {
        Column {
            title,
            least,
            grows: false,
            right: false,
        }
    }

    /// The column that gets what is left, and is cut first.
    pub const fn growing(title: &'static str, least: u16) -> Column {
        Column {
            grows: true,
            ..Column::new(title, least)
        }
    }

    /// A column of numbers.
    pub const fn number(title: &'static str, least: u16) -> Column {
        Column {
            right: true,
            ..Column::new(title, least)
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow<I> {
    /// What the program knows it by.
    pub id: I,
    /// One for each column; what is missing is empty.
    pub cells: Vec<Shown>,
    /// How it looks, besides its words.
    pub style: Style,
}

impl<I> TableRow<I> {
    /// A row that looks like most.
    pub fn new(id: I, cells: Vec<Shown>) -> TableRow<I> {
        TableRow {
            id,
            cells,
            style: Style::new(),
        }
    }
}

/// What became of a key or click.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Listed<I> {
    /// Not one of its keys: it is the program's.
    No,
    /// The selection moved, or could not.
    Moved,
    /// Enter was pressed on this row.
    Chosen(I),
    /// It is to be closed.
    Closed,
}

/// A table over the whole area.
#[derive(Debug, Clone)]
pub struct Table<I> {
    title: Shown,
    hint: Shown,
    empty: Shown,
    columns: &'static [Column],
    rows: Vec<TableRow<I>>,
    cursor: ListCursor,
}

impl<I: Clone + PartialEq> Table<I> {
    /// An empty one with this title.
    pub fn new(title: Shown, columns: &'static [Column]) -> Table<I> {
        Table {
            title,
            hint: Shown::fixed("Esc closes"),
            empty: Shown::fixed("There is nothing here"),
            columns,
            rows: Vec::new(),
            cursor: ListCursor::default(),
        }
    }

    /// What the keys of the program do here: `Enter opens, Esc closes`.
    pub fn hint(mut self, words: Shown) -> Table<I> {
        self.hint = words;
        self
    }

    /// What is told while there is no row.
    pub fn when_empty(mut self, words: Shown) -> Table<I> {
        self.empty = words;
        self
    }

    /// Another title, such as one with a sum.
    pub fn set_title(&mut self, title: Shown) {
        self.title = title;
    }

    /// Something else to tell while there is no row, such as that they are asked for.
    pub fn set_empty(&mut self, words: Shown) {
        self.empty = words;
    }

    /// Other rows. What was selected stays selected; if it is gone, the one that took its place.
    pub fn set_rows(&mut self, rows: Vec<TableRow<I>>) {
        let before = self.selected().map(|row| row.id.clone());
        self.rows = rows;
        let same = before.and_then(|id| self.rows.iter().position(|row| row.id == id));
        let row = same.unwrap_or(self.cursor.selected());
        self.cursor.select(row, self.rows.len());
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&TableRow<I>> {
        self.rows.get(self.cursor.selected())
    }

    /// Selects a row, if it is there.
    pub fn select(&mut self, id: &I) {
        if let Some(row) = self.rows.iter().position(|row| row.id == *id) {
            self.cursor.select(row, self.rows.len());
        }
    }

    /// Tells the rows of the area that it is drawn in, frame included.
    pub fn set_size(&mut self, rows: u16) {
        self.cursor.set_height(rows.saturating_sub(FRAME_ROWS), self.rows.len());
    }

    /// One key: arrows, j, k, PgUp, PgDn, Home, End, g, G move, Enter chooses, Esc and q close.
    pub fn key(&mut self, key: Key) -> Listed<I> {
        let rows = self.rows.len();
        match key.to_string().as_str() {
            "esc" | "q" => Listed::Closed,
            "enter" => match self.selected() {
                Some(row) => Listed::Chosen(row.id.clone()),
                None => Listed::Moved,
            },
            "j" => self.move_to(self.cursor.selected() + 1),
            "k" => self.move_to(self.cursor.selected().saturating_sub(1)),
            "g" => self.move_to(0),
            "G" => self.move_to(usize::MAX),
            _ if self.cursor.key(key, rows) => Listed::Moved,
            _ => Listed::No,
        }
    }

    fn move_to(&mut self, row: usize) -> Listed<I> {
        self.cursor.select(row, self.rows.len());
        Listed::Moved
    }

    /// The wheel: one row.
    pub fn wheel(&mut self, up: bool) {
        let row = self.cursor.selected();
        let row = if up { row.saturating_sub(1) } else { row + 1 };
        self.cursor.select(row, self.rows.len());
    }

    /// A click inside the area that it is drawn in: selects a row, twice chooses it.
    pub fn click(&mut self, area: Rect, at: Position, double: bool) -> Listed<I> {
        let first = area.y.saturating_add(FRAME_ROWS);
        let row = self.cursor.top() + usize::from(at.y.saturating_sub(first));
        match self.rows.get(row) {
            Some(found) if area.contains(at) && at.y >= first => {
                let id = found.id.clone();
                self.cursor.select(row, self.rows.len());
                if double { Listed::Chosen(id) } else { Listed::Moved }
            }
            _ => Listed::No,
        }
    }

    /// Draws it over an area, and tells where the terminal's cursor belongs: on the selected row.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Position {
        let place = match self.rows.len() {
            0 => String::new(),
            all => format!("{} of {all}", self.cursor.selected() + 1),
        };
        let inner = frame(&self.title, &place, &self.hint, area, buffer, theme);
        if inner.is_empty() {
            return area.as_position();
        }
        let columns = usize::from(inner.width);
        if self.rows.is_empty() {
            let words = self.empty.as_str();
            let lines = wrap(words, columns.saturating_sub(LEAD).max(1));
            for (y, line) in (inner.y..inner.bottom()).zip(lines) {
                buffer.set_stringn(inner.x, y, format!(" {}", &words[line]), columns, theme.dim());
            }
            return inner.as_position();
        }
        let height = usize::from(inner.height - 1).max(1);
        let (top, selected) = (self.cursor.top(), self.cursor.selected());
        let top = top.clamp((selected + 1).saturating_sub(height), selected);
        let shown = &self.rows[top..self.rows.len().min(top + height)];
        let widths = self.widths(shown, columns.saturating_sub(LEAD));
        let titles = self.columns.iter().map(|column| column.title);
        let head = format!(" {}", self.line(titles, &widths));
        buffer.set_stringn(inner.x, inner.y, head, columns, theme.dim());
        let mut cursor = inner.as_position();
        for (nth, (y, row)) in (inner.y + 1..inner.bottom()).zip(shown).enumerate() {
            let is_selected = top + nth == selected;
            let marker = if is_selected { theme.signs().marker } else { " " };
            let cells = row.cells.iter().map(Shown::as_str);
            let line = pad(&format!("{marker}{}", self.line(cells, &widths)), columns);
            let style = if is_selected {
                cursor.y = y;
                row.style.patch(theme.selected())
            } else {
                row.style
            };
            buffer.set_stringn(inner.x, y, line, columns, style);
        }
        cursor
    }

    /// The cells of one row at their places; a column without width is not there.
    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let cells = cells.chain(std::iter::repeat("")).zip(widths).zip(self.columns);
        let cells = cells.filter(|((_, wide), _)| **wide > 0).map(|((cell, wide), column)| {
            let cell = truncate(cell, *wide);
            let blanks = " ".repeat(wide.saturating_sub(width(&cell)));
            match column.right {
                true => format!("{blanks}{cell}"),
                false => format!("{cell}{blanks}"),
            }
        });
        cells.collect::<Vec<_>>().join(&" ".repeat(GAP))
    }

    /// The width of each column for the rows that are on the screen; 0 for those that are left out.
    fn widths(&self, rows: &[TableRow<I>], room: usize) -> Vec<usize> {
        let wanted = |index: usize, column: &Column| {
            let cells = rows.iter().filter_map(|row| row.cells.get(index));
            let widest = cells.map(|cell| width(cell.as_str())).max().unwrap_or(0);
            widest.max(width(column.title)).max(usize::from(column.least))
        };
        let grows = |index: usize| self.columns[index].grows;
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                if column.grows {
                    usize::from(column.least).max(1)
                } else {
                    wanted(index, column)
                }
            })
            .collect();
        let taken = |widths: &[usize]| {
            let there = widths.iter().filter(|wide| **wide > 0).count();
            widths.iter().sum::<usize>() + GAP * there.saturating_sub(1)
        };
        let least = |index: usize| usize::from(self.columns[index].least).max(1);
        let fixed = || (0..self.columns.len()).filter(|index| !grows(*index));
        loop {
            let over = taken(&widths).saturating_sub(room);
            let spare = |index: &usize| widths[*index].saturating_sub(least(*index));
            // What can spare most is cut first; when nothing can, the last column goes.
            match fixed().filter(|index| over > 0 && spare(index) > 0).max_by_key(spare) {
                Some(index) => widths[index] -= over.min(spare(&index)),
                None => match fixed().rfind(|index| over > 0 && widths[*index] > 0) {
                    Some(index) => widths[index] = 0,
                    None => break,
                },
            }
        }
        let left = room.saturating_sub(taken(&widths));
        if let Some(index) = (0..widths.len()).find(|index| grows(*index)) {
            widths[index] += left;
        }
        widths
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
