//! One line being written: a query, an answer, a subject.
//!
//! The composer's keys without line ends, rows and history. A text that is longer than its place moves sideways, half a place at a
//! time, so that the cursor runs over a text that stands still.

use minicom_protocol::gate::{self, Shown};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::Handled;
use super::edit::{Edit, Editor};
use crate::key::Key;
use crate::text::width;
use crate::theme::Theme;

/// Bytes that a field can hold at most; fewer if it was made with fewer.
pub const FIELD_BYTES_MAX: usize = 4_096;

/// One line with a cursor. Steps are graphemes.
#[derive(Debug, Clone)]
pub struct Field {
    editor: Editor,
    bytes_max: usize,
}

impl Default for Field {
    fn default() -> Field {
        Field::new(FIELD_BYTES_MAX)
    }
}

impl Field {
    /// An empty one that holds so many bytes, [`FIELD_BYTES_MAX`] at most.
    pub fn new(bytes_max: usize) -> Field {
        Field {
            editor: Editor::default(),
            bytes_max: bytes_max.min(FIELD_BYTES_MAX),
        }
    }

    /// The text as it was written.
    pub fn text(&self) -> String {
        self.editor.text()
    }

    /// Nothing is written, not even a blank.
    pub fn is_empty(&self) -> bool {
        self.editor.is_empty()
    }

    /// Replaces the text, as much of it as the field holds; the cursor stands at its end.
    pub fn set_text(&mut self, text: &str) {
        let line = one_line(text);
        self.editor = Editor::with_text(&line[..line.floor_char_boundary(self.bytes_max)]);
    }

    /// A paste: line ends become blanks, and it never sends.
    pub fn paste(&mut self, text: &str) -> Handled {
        self.insert(&one_line(text), Editor::insert)
    }

    fn insert(&mut self, line: &str, into: fn(&mut Editor, &str)) -> Handled {
        if self.editor.bytes() + line.len() > self.bytes_max {
            return Handled::Refused(Shown::line(&format!(
                "not inserted: this line holds {} bytes at most",
                self.bytes_max
            )));
        }
        into(&mut self.editor, line);
        Handled::Changed
    }

    /// One key. Up, Down and whatever is no editing key are the program's.
    pub fn key(&mut self, key: Key) -> Handled {
        if let Some(c) = key.typed() {
            // Some keys are line ends elsewhere.
            let text = self.editor.typed(c).replace('\n', " ");
            return self.insert(&text, Editor::type_in);
        }
        match key.to_string().as_str() {
            "enter" => Handled::Submit,
            name => match self.editor.key(name) {
                Some(Edit::Text(true)) => Handled::Changed,
                Some(Edit::Text(false) | Edit::Cursor) => Handled::Moved,
                None => Handled::No,
            },
        }
    }

    /// Draws it on the first row of an area, and tells where the terminal's cursor belongs. `placeholder` is shown while nothing
    /// is written.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, placeholder: &Shown) -> Position {
        let columns = usize::from(area.width);
        if area.is_empty() {
            return area.as_position();
        }
        if self.is_empty() {
            let words = placeholder.cut(columns);
            buffer.set_stringn(area.x, area.y, words.as_str(), columns, theme.dim());
            return area.as_position();
        }
        let line = self.editor.line(0);
        let cursor = width(&line[..self.editor.cursor().1]);
        let start = first_column(cursor, columns);
        let mut cursor_x = area.x;
        let mut x = area.x;
        if start > 0 {
            (x, _) = buffer.set_stringn(x, area.y, theme.signs().more_left, columns, theme.dim());
        }
        let mut column = 0;
        for grapheme in line.graphemes(true) {
            let wide = width(grapheme);
            // The sign of what is hidden on the left stands on the first column.
            if column >= start + usize::from(start > 0) {
                if column == cursor {
                    cursor_x = x;
                }
                let room = usize::from(area.right().saturating_sub(x));
                if wide > room {
                    break;
                }
                // A pile of marks is kept as it was written, but one cell shows no more than the gate lets through.
                let shown = Shown::line(grapheme);
                (x, _) = buffer.set_stringn(x, area.y, shown.as_str(), room.min(wide.max(1)), Style::new());
            }
            column += wide;
        }
        if column == cursor {
            cursor_x = x;
        }
        Position {
            x: cursor_x.min(area.right() - 1),
            y: area.y,
        }
    }
}

/// The first column of the text that is shown, for a cursor at a column: one column is left for the cursor at the end.
fn first_column(cursor: usize, columns: usize) -> usize {
    let step = (columns / 2).max(1);
    (cursor + 1).saturating_sub(columns).div_ceil(step) * step
}

fn one_line(text: &str) -> String {
    gate::written(text).replace('\n', " ")
}

#[cfg(test)]
#[path = "field_tests.rs"]
mod tests;
