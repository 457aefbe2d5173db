//! The text itself: lines, cursor, undo, cut and insert, all by whole graphemes.
//!
//! The library below steps by code point and has its own keys; it is given edits only, at places that stand between graphemes.

use std::ops::Range;

use ratatui_textarea::{CursorMove, TextArea};
use unicode_segmentation::UnicodeSegmentation;

use super::steps::Steps;
use super::typing::Typing;

/// Undo steps.
const UNDO_MAX: usize = 1_000;

/// What one of the editing keys did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// It is there to change the text; whether it did.
    Text(bool),
    /// It moved the cursor.
    Cursor,
}

/// A text with a cursor. Places inside a line are bytes.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    area: TextArea<'static>,
    bytes: usize,
    steps: Steps,
    typing: Typing,
    /// Behind which of them, and where, the last key cut something: a cut there goes on with it.
    cut_at: Option<(usize, (usize, usize))>,
}

impl Default for Editor {
    fn default() -> Editor {
        Editor::with_text("")
    }
}

impl Editor {
    pub(super) fn with_text(text: &str) -> Editor {
        let mut area = TextArea::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(UNDO_MAX);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Editor {
            area,
            bytes: text.len(),
            steps: Steps::default(),
            typing: Typing::default(),
            cut_at: None,
        }
    }

    pub(super) fn lines(&self) -> &[String] {
        self.area.lines()
    }

    pub(super) fn line(&self, index: usize) -> &str {
        &self.area.lines()[index]
    }

    pub(super) fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The line of the cursor and the byte in it.
    pub(super) fn cursor(&self) -> (usize, usize) {
        let at = self.area.cursor();
        let line = self.line(at.0);
        (at.0, line.char_indices().nth(at.1).map_or(line.len(), |(byte, _)| byte))
    }

    pub(super) fn jump(&mut self, line: usize, byte: usize) -> bool {
        let column = self.line(line)[..byte].chars().count();
        let limit = |value: usize| u16::try_from(value).unwrap_or(u16::MAX);
        let before = self.area.cursor();
        self.area.move_cursor(CursorMove::Jump(limit(line), limit(column)));
        self.area.cursor() != before
    }

    /// What a character that was typed puts into the text, once its neighbours are known.
    pub(super) fn typed(&mut self, c: char) -> String {
        let at = self.cursor();
        let (before, behind) = self.area.lines()[at.0].split_at(at.1);
        self.typing.goes_in(c, at, before, behind)
    }

    pub(super) fn insert(&mut self, text: &str) {
        let changed = self.area.insert_str(text);
        self.steps.make(changed);
        self.settle();
    }

    /// A character as it is typed: characters of one word, and the blanks behind it, are one step of undo.
    pub(super) fn type_in(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let blank = text.chars().all(char::is_whitespace);
        let (goes_on, before) = (self.steps.goes_on(self.cursor(), blank), self.steps.made());
        self.insert(text);
        if goes_on {
            self.steps.join(before);
        }
        self.steps.typed(self.cursor(), blank);
    }

    /// Puts a text in the place of bytes of a line, as one step; the cursor stands behind it. What was cut stays to be inserted.
    /// Whether the text is another one.
    pub(super) fn replace(&mut self, line: usize, bytes: Range<usize>, text: &str) -> bool {
        if &self.line(line)[bytes.clone()] == text {
            self.jump(line, bytes.end);
            return false;
        }
        self.remove((line, bytes.start), bytes.len(), false);
        let halfway = self.steps.made();
        // Cleaned of graphemes that are half there, the cursor may have moved.
        self.jump(line, bytes.start);
        self.insert(text);
        self.steps.join(halfway);
        true
    }

    /// The keys that edit and move within lines, by their names. `None`: not one of them, or nothing to do for it.
    pub(super) fn key(&mut self, name: &str) -> Option<Edit> {
        let changed = match name {
            "backspace" => self.backspace(),
            "delete" => self.delete(),
            "ctrl-d" if !self.is_empty() => self.delete(),
            "ctrl-w" | "alt-backspace" | "ctrl-backspace" => self.cut_word_back(),
            "alt-d" | "ctrl-delete" => self.cut_word_forward(),
            "ctrl-u" => self.cut_to_start(),
            "alt-k" => self.cut_to_end(),
            "ctrl-_" => self.undo(),
            "alt-z" => self.redo(),
            _ if self.is_empty() => return None,
            name => {
                let moved = match name {
                    "left" | "ctrl-b" => self.left(),
                    "right" => self.right(),
                    "ctrl-a" | "home" => self.line_start(),
                    "ctrl-e" | "end" => self.line_end(),
                    "ctrl-home" => self.text_start(),
                    "ctrl-end" => self.text_end(),
                    "alt-b" | "ctrl-left" | "alt-left" => self.word_back(),
                    "alt-f" | "ctrl-right" | "alt-right" => self.word_forward(),
                    _ => false,
                };
                return moved.then_some(Edit::Cursor);
            }
        };
        Some(Edit::Text(changed))
    }

    pub(super) fn backspace(&mut self) -> bool {
        self.remove_back(false)
    }

    pub(super) fn delete(&mut self) -> bool {
        self.remove_forward(false)
    }

    pub(super) fn remove_back(&mut self, keep: bool) -> bool {
        let (line, byte) = self.cursor();
        match self.grapheme_before() {
            Some(start) => self.remove((line, start), byte - start, keep),
            None if line > 0 => self.remove((line - 1, self.line(line - 1).len()), 1, keep),
            None => false,
        }
    }

    pub(super) fn remove_forward(&mut self, keep: bool) -> bool {
        let (line, byte) = self.cursor();
        match self.line(line)[byte..].graphemes(true).next().map(str::len) {
            Some(bytes) => self.remove((line, byte), bytes, keep),
            None if line + 1 < self.lines().len() => self.remove((line, byte), 1, keep),
            None => false,
        }
    }

    /// Puts a text in the place of all of it, as one step.
    pub(super) fn clear_for(&mut self, text: &str) {
        self.remove((0, 0), self.bytes, false);
        if !text.is_empty() {
            let halfway = self.steps.made();
            self.insert(text);
            self.steps.join(halfway);
        }
    }

    /// What [`Editor::yank`] would insert.
    pub(super) fn cut_last(&self) -> String {
        self.area.yank_text()
    }

    pub(super) fn yank(&mut self) -> bool {
        let changed = self.area.paste();
        self.steps.make(changed);
        self.settle();
        changed
    }

    pub(super) fn undo(&mut self) -> bool {
        let mut changed = false;
        while self.area.undo() {
            changed = true;
            if self.steps.undone() {
                break;
            }
        }
        self.settle();
        changed
    }

    /// What was undone is done again.
    pub(super) fn redo(&mut self) -> bool {
        let mut changed = false;
        while self.area.redo() {
            changed = true;
            if self.steps.redone() {
                break;
            }
        }
        self.settle();
        changed
    }

    pub(super) fn ends_with_backslash(&self) -> bool {
        let (line, byte) = self.cursor();
        byte == self.line(line).len() && self.line(line).ends_with('\\')
    }

    /// The backslash before the cursor becomes a line end.
    pub(super) fn replace_backslash(&mut self) -> bool {
        let (line, byte) = self.cursor();
        self.replace(line, byte - 1..byte, "\n")
    }

    pub(super) fn left(&mut self) -> bool {
        let (line, _) = self.cursor();
        match self.grapheme_before() {
            Some(start) => self.jump(line, start),
            None => line > 0 && self.jump(line - 1, self.line(line - 1).len()),
        }
    }

    pub(super) fn right(&mut self) -> bool {
        let (line, byte) = self.cursor();
        match self.line(line)[byte..].graphemes(true).next().map(str::len) {
            Some(bytes) => self.jump(line, byte + bytes),
            None => line + 1 < self.lines().len() && self.jump(line + 1, 0),
        }
    }

    /// True also if it stood there already: the key is the composer's.
    pub(super) fn line_start(&mut self) -> bool {
        self.jump(self.cursor().0, 0);
        true
    }

    pub(super) fn line_end(&mut self) -> bool {
        let line = self.cursor().0;
        self.jump(line, self.line(line).len());
        true
    }

    /// True also if it stood there already, as below.
    pub(super) fn text_start(&mut self) -> bool {
        self.jump(0, 0);
        true
    }

    pub(super) fn text_end(&mut self) -> bool {
        let last = self.lines().len() - 1;
        self.jump(last, self.line(last).len());
        true
    }

    pub(super) fn word_back(&mut self) -> bool {
        let (line, byte) = self.cursor();
        if byte == 0 {
            self.left();
            return true;
        }
        let words = self.line(line)[..byte].unicode_word_indices().next_back();
        self.jump(line, words.map_or(0, |(at, _)| at));
        true
    }

    pub(super) fn word_forward(&mut self) -> bool {
        let (line, byte) = self.cursor();
        if byte == self.line(line).len() {
            self.right();
            return true;
        }
        self.jump(line, self.word_end(line, byte));
        true
    }

    pub(super) fn word_end(&self, line: usize, byte: usize) -> usize {
        let rest = &self.line(line)[byte..];
        rest.unicode_word_indices()
            .next()
            .map_or(byte + rest.len(), |(at, word)| byte + at + word.len())
    }

    /// Where the grapheme before the cursor begins.
    fn grapheme_before(&self) -> Option<usize> {
        let (line, byte) = self.cursor();
        self.line(line)[..byte]
            .grapheme_indices(true)
            .next_back()
            .map(|(at, _)| at)
    }

    /// Removes bytes from a place on, line ends counted as one. Only what a cutting key removes can be inserted again; with what was cut
    /// right before, if nothing was done between.
    pub(super) fn remove(&mut self, from: (usize, usize), bytes: usize, keep: bool) -> bool {
        let (kept, joins) = (self.area.yank_text(), self.goes_on_cutting());
        let forward = self.cursor() == from;
        let chars = self.text_from(from, bytes).chars().count();
        self.jump(from.0, from.1);
        let changed = self.area.delete_str(chars);
        self.steps.make(changed);
        match (keep, joins) {
            (false, _) => self.area.set_yank_text(kept),
            (true, false) => {}
            (true, true) if forward => self.area.set_yank_text(kept + &self.area.yank_text()),
            (true, true) => self.area.set_yank_text(self.area.yank_text() + &kept),
        }
        self.settle();
        if keep && changed {
            self.cut_at = Some((self.steps.made(), self.cursor()));
        }
        changed
    }

    /// Whether the last thing that was done was a cut.
    pub(super) fn goes_on_cutting(&self) -> bool {
        self.cut_at == Some((self.steps.made(), self.cursor()))
    }

    fn text_from(&self, (line, byte): (usize, usize), bytes: usize) -> String {
        let mut text = self.lines()[line..].join("\n").split_off(byte);
        text.truncate(bytes);
        text
    }

    /// After each edit: the size, and a cursor between graphemes. Two that meet may have become one.
    fn settle(&mut self) {
        let lines = self.area.lines();
        self.bytes = lines.iter().map(String::len).sum::<usize>() + lines.len() - 1;
        let (line, byte) = self.cursor();
        let mut ends = self
            .line(line)
            .grapheme_indices(true)
            .map(|(at, grapheme)| at + grapheme.len());
        // No grapheme ends where the cursor stands: it is inside one.
        if let Some(end) = ends.find(|end| *end >= byte).filter(|end| *end > byte && byte > 0) {
            self.jump(line, end);
        }
    }
}
