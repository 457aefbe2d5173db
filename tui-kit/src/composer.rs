//! The place where a person writes.
//!
//! Owns the keys of editing, graphemes, the history of what was sent, and that nothing typed is lost: not by a paste, a recall, a
//! limit or a refusal. It refuses to know where the text goes; Enter is told, and the program decides.

mod chips;
mod cut;
mod edit;
mod field;
mod history;
mod more;
mod reserved;
mod rows;
mod spare;
mod steps;
mod typing;
#[cfg(any(test, feature = "testing"))]
mod valid;

pub use field::{FIELD_BYTES_MAX, Field};
pub use reserved::{is_for_text, is_free, is_half_a_key, is_shared};
pub use spare::SPARE_KEYS;

use minicom_protocol::gate::{self, Shown};
use minicom_protocol::text::MESSAGE_BYTES_MAX;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use crate::composer::chips::{Chips, without_signs};
use crate::composer::edit::{Edit, Editor};
use crate::composer::history::Recalled;
use crate::composer::rows::{Rows, lay_out};
use crate::key::Key;
use crate::text::width;
use crate::theme::Theme;

/// Bytes that the composer holds: more than can be sent, so that a text that is too long can be shortened here. The library below
/// counts columns in 16 bits.
pub const HELD_BYTES_MAX: usize = 61_440;

/// The keys of editing, for the help.
pub const EDITING_KEYS: &[(&str, &str)] = &[
    ("alt-enter shift-enter ctrl-j", "new line (also \\ then Enter)"),
    ("ctrl-a ctrl-e", "start, end of the line"),
    ("alt-b alt-f", "a word back, forward"),
    ("ctrl-w ctrl-u alt-k", "cut the word, to the start, to the end"),
    ("ctrl-y", "insert what was cut"),
    ("ctrl-_ alt-z", "undo, redo"),
    ("alt-y", "show a large paste in full"),
    ("up down", "what I sent before, on the first and last line"),
];

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Handled {
    /// Not one of the composer's keys, or nothing to do for it: it is the program's.
    No,
    /// The cursor moved, or could not.
    Moved,
    /// The text changed.
    Changed,
    /// Enter was pressed. The text stays until [`Composer::take`].
    Submit,
    /// Nothing was inserted, for this reason.
    Refused(Shown),
}

/// A text being written, with its cursor, its undo steps and what was sent before.
#[derive(Debug, Clone)]
pub struct Composer {
    editor: Editor,
    /// Columns to write in; one more is kept free for the cursor.
    columns: usize,
    rows_max: usize,
    /// The first row that is shown.
    top: usize,
    /// Where Up and Down want to be.
    wanted_column: Option<usize>,
    sent: Vec<String>,
    recalled: Option<Recalled>,
    /// Large pastes that stand as one sign.
    chips: Chips,
}

impl Default for Composer {
    fn default() -> Composer {
        Composer {
            editor: Editor::default(),
            columns: 79,
            rows_max: 8,
            top: 0,
            wanted_column: None,
            sent: Vec::new(),
            recalled: None,
            chips: Chips::default(),
        }
    }
}

impl Composer {
    /// An empty one that starts with this text, such as a draft.
    pub fn with_text(text: &str) -> Composer {
        let mut composer = Composer::default();
        composer.set_text(text);
        composer
    }

    /// The width of the area that it is drawn in, and the most rows that it may take. Tell it at each new size.
    pub fn set_size(&mut self, columns: u16, rows_max: u16) {
        self.columns = usize::from(columns).saturating_sub(1).max(1);
        self.rows_max = usize::from(rows_max).max(1);
        self.keep_cursor_in_view();
    }

    /// Rows that it wants now: 1 to the most it may take.
    pub fn rows(&self) -> u16 {
        let rows = self.layout().rows.len().min(self.rows_max);
        u16::try_from(rows).unwrap_or(u16::MAX)
    }

    /// The text as it would be sent.
    pub fn text(&self) -> String {
        self.chips.expanded(self.editor.text())
    }

    /// Nothing is written, not even a blank.
    pub fn is_empty(&self) -> bool {
        self.editor.is_empty()
    }

    /// Replaces the text; the cursor stands at its end. Undo does not go back beyond it.
    pub fn set_text(&mut self, text: &str) {
        let clean = without_signs(&gate::written(text));
        self.chips = Chips::default();
        self.editor = Editor::with_text(&clean[..clean.floor_char_boundary(HELD_BYTES_MAX)]);
        self.wanted_column = None;
        self.keep_cursor_in_view();
    }

    /// What is to be told while the text is too long to send; it can still be shortened.
    pub fn too_long(&self) -> Option<Shown> {
        let over = self.bytes().checked_sub(MESSAGE_BYTES_MAX).filter(|over| *over > 0)?;
        Some(Shown::line(&format!(
            "{over} bytes too long to send ({MESSAGE_BYTES_MAX} is the most): shorten it"
        )))
    }

    /// Bytes of the text as it would be sent.
    fn bytes(&self) -> usize {
        self.text().len()
    }

    /// A paste: inserted as it is, never sends. A large one stands as one sign until it is sent or shown in full.
    pub fn paste(&mut self, text: &str) -> Handled {
        let clean = without_signs(&gate::written(text));
        if Chips::is_large(&clean)
            && self.bytes() + clean.len() <= HELD_BYTES_MAX
            && let Some(sign) = self.chips.fold(&clean)
        {
            self.editor.insert(sign.encode_utf8(&mut [0; 4]));
            return self.after_edit(true);
        }
        self.insert(&clean)
    }

    /// Shows the large paste beside the cursor in full, or else the first one.
    fn unfold(&mut self) -> Handled {
        let (line, byte) = self.editor.cursor();
        let all = self.editor.lines().iter().enumerate().flat_map(|(line, text)| {
            let signs = text.char_indices().filter(|(_, sign)| self.chips.of(*sign).is_some());
            signs.map(move |(at, sign)| (line, at, sign))
        });
        let beside = |it: &(usize, usize, char)| it.0 == line && (it.1 + it.2.len_utf8() == byte || it.1 == byte);
        // The first is taken where none is beside.
        let found = all.clone().find(beside).or_else(|| all.clone().next());
        let Some((line, at, sign)) = found else {
            return Handled::No;
        };
        let text = self.chips.of(sign).unwrap_or_default().to_owned();
        self.editor.replace(line, at..at + sign.len_utf8(), &text);
        self.after_edit(true)
    }

    /// Text that the program inserts where the cursor stands.
    pub fn insert(&mut self, text: &str) -> Handled {
        if let Some(refused) = self.refuses(text) {
            return refused;
        }
        self.editor.insert(&without_signs(text));
        self.after_edit(true)
    }

    /// Text as it is typed.
    fn type_in(&mut self, text: &str) -> Handled {
        if let Some(refused) = self.refuses(text) {
            return refused;
        }
        self.editor.type_in(&without_signs(text));
        self.after_edit(true)
    }

    /// Why there is no room for so much more.
    fn refuses(&self, text: &str) -> Option<Handled> {
        let bytes = text.len();
        let words = || format!("not inserted: {bytes} bytes are too many, {HELD_BYTES_MAX} is the most");
        (self.bytes() + bytes > HELD_BYTES_MAX).then(|| Handled::Refused(Shown::line(&words())))
    }

    /// What was cut last.
    fn yank(&mut self) -> Handled {
        if let Some(refused) = self.refuses(&self.chips.expanded(self.editor.cut_last())) {
            return refused;
        }
        let changed = self.editor.yank();
        self.after_edit(changed)
    }

    /// Text that the program puts behind what is written, on lines of its own; the cursor stands at its end. One undo takes it away.
    pub fn append(&mut self, text: &str) -> Handled {
        let clean = gate::written(text);
        if self.is_empty() {
            return self.insert(&clean);
        }
        let last = self.editor.lines().len() - 1;
        self.editor.jump(last, self.editor.line(last).len());
        let gap = if self.editor.line(last).is_empty() { "" } else { "\n" };
        self.insert(&format!("{gap}{clean}"))
    }

    /// What stands before the cursor on its line: for completing a name.
    pub fn before_cursor(&self) -> &str {
        let (line, byte) = self.editor.cursor();
        &self.editor.line(line)[..byte]
    }

    /// Puts a text in the place of so many bytes before the cursor, on its line. Bytes that do not begin at a character are
    /// rounded down to one that does.
    pub fn replace_before(&mut self, bytes: usize, text: &str) -> Handled {
        let (line, byte) = self.editor.cursor();
        let from = self.editor.line(line).ceil_char_boundary(byte.saturating_sub(bytes));
        if self.bytes() + text.len() > HELD_BYTES_MAX {
            return self.insert(text);
        }
        self.editor
            .replace(line, from..byte, &without_signs(&gate::written(text)));
        self.after_edit(true)
    }

    /// One key. The composer is asked before the program's own table; what it does not know is [`Handled::No`].
    pub fn key(&mut self, key: Key) -> Handled {
        if let Some(c) = key.typed() {
            let text = self.editor.typed(c);
            return self.type_in(&text);
        }
        let name = key.to_string();
        match name.as_str() {
            "enter" if self.editor.ends_with_backslash() => {
                self.editor.replace_backslash();
                self.after_edit(true)
            }
            "enter" => Handled::Submit,
            "alt-enter" | "shift-enter" | "ctrl-j" => self.insert("\n"),
            "up" => self.up(),
            "down" => self.down(),
            "alt-y" => self.unfold(),
            "ctrl-y" => self.yank(),
            name => match self.editor.key(name) {
                Some(Edit::Text(changed)) => self.after_edit(changed),
                Some(Edit::Cursor) => self.after_edit(false),
                None => Handled::No,
            },
        }
    }

    fn after_edit(&mut self, changed: bool) -> Handled {
        self.wanted_column = None;
        self.keep_cursor_in_view();
        if changed { Handled::Changed } else { Handled::Moved }
    }

    fn up(&mut self) -> Handled {
        if self.move_rows(-1) {
            Handled::Moved
        } else {
            self.recall(true)
        }
    }

    fn down(&mut self) -> Handled {
        if self.move_rows(1) {
            Handled::Moved
        } else {
            self.recall(false)
        }
    }

    /// Moves by rows as they are shown, keeping the column as well as it can.
    fn move_rows(&mut self, by: isize) -> bool {
        let layout = self.layout();
        let (row, column) = layout.cursor;
        let Some(target) = row.checked_add_signed(by).and_then(|target| layout.rows.get(target)) else {
            return false;
        };
        let wanted = self.wanted_column.unwrap_or(column);
        let byte = target.column_at(self.editor.line(target.line), wanted, &|it| self.shown_width(it));
        self.editor.jump(target.line, byte);
        self.wanted_column = Some(wanted);
        self.keep_cursor_in_view();
        true
    }

    fn layout(&self) -> Rows {
        let measure = |grapheme: &str| self.shown_width(grapheme);
        lay_out(self.editor.lines(), self.editor.cursor(), self.columns, &measure)
    }

    /// Columns of a grapheme as it is shown.
    fn shown_width(&self, grapheme: &str) -> usize {
        let label = self.chips.label(grapheme);
        label.map_or_else(|| width(grapheme), |label| width(&label).min(self.columns))
    }

    fn keep_cursor_in_view(&mut self) {
        let layout = self.layout();
        let last_top = layout.rows.len().saturating_sub(self.rows_max);
        let (row, _) = layout.cursor;
        self.top = self
            .top
            .clamp((row + 1).saturating_sub(self.rows_max), row)
            .min(last_top);
    }

    /// Draws it, and tells where the terminal's cursor belongs. `placeholder` is shown while nothing is written.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, placeholder: &Shown) -> Position {
        if area.is_empty() {
            return area.as_position();
        }
        if self.is_empty() {
            let words = placeholder.cut(usize::from(area.width));
            buffer.set_stringn(area.x, area.y, words.as_str(), usize::from(area.width), theme.dim());
            return area.as_position();
        }
        let layout = self.layout();
        let top = self.top_in(usize::from(area.height), layout.cursor.0);
        for (y, row) in (area.y..area.bottom()).zip(layout.rows.iter().skip(top)) {
            let mut x = area.x;
            for grapheme in self.editor.line(row.line)[row.bytes.clone()].graphemes(true) {
                // A pile of marks is kept as it was written, but one cell shows no more than the gate lets through.
                let room = usize::from(area.right().saturating_sub(x));
                let (shown, style) = match self.chips.label(grapheme) {
                    Some(label) => (Shown::line(&label).cut(room), theme.title()),
                    None => (Shown::line(grapheme), Style::new()),
                };
                let most = room.min(self.shown_width(grapheme).max(1));
                (x, _) = buffer.set_stringn(x, y, shown.as_str(), most, style);
            }
        }
        let (row, column) = layout.cursor;
        let limit = |value: usize, most: u16| u16::try_from(value).unwrap_or(u16::MAX).min(most.saturating_sub(1));
        Position {
            x: area.x + limit(column, area.width),
            y: area.y + limit(row - top, area.height),
        }
    }
}

#[cfg(test)]
#[path = "composer_tests.rs"]
mod tests;
