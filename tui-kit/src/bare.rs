//! Nothing but what was said, for the terminal's own selection: no panes, no rules, no margins, so that what is selected is text.
//!
//! Owns which rows are shown and that they stay while new ones arrive. It refuses to know who says what: it shows a transcript's entries.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::key::Key;
use crate::preview;
use crate::theme::Theme;
use crate::time::Zone;
use crate::transcript::{Entry, EntryKey, Kind, Transcript};

/// Rows of one notch of the wheel, where it still comes.
const WHEEL_ROWS: usize = 3;

/// The view over a transcript.
#[derive(Debug, Clone, Default)]
pub struct Bare {
    columns: usize,
    height: usize,
    /// The last entry that is shown and so many of its rows that are below the edge; `None` at the end.
    last: Option<(EntryKey, usize)>,
}

impl Bare {
    /// At the end, which it follows.
    pub fn new() -> Bare {
        Bare::default()
    }

    /// Tells the size of the area that it is drawn in.
    pub fn set_size(&mut self, columns: u16, height: u16) {
        self.columns = usize::from(columns).max(1);
        self.height = usize::from(height).max(1);
    }

    /// Shows what the transcript shows: its top row is the first, and at its end the end is followed.
    pub fn begin_at(&mut self, transcript: &Transcript, zone: &Zone) {
        self.last = None;
        let Some((key, byte)) = transcript.top_words() else {
            return;
        };
        let entries = transcript.entries();
        let first = entries.partition_point(|entry| entry.key < key);
        let above = entries
            .get(first)
            .map_or(0, |entry| row_at(entry, byte, self.columns, zone));
        let mut below = self.height.saturating_add(above);
        for (index, entry) in entries.iter().enumerate().skip(first) {
            let rows = rows_of(entry, self.columns, zone).len();
            if rows >= below {
                let at_end = index + 1 == entries.len() && rows == below;
                self.last = (!at_end).then_some((entry.key, rows - below));
                return;
            }
            below -= rows;
        }
    }

    /// One key; whether it was one of those that scroll.
    pub fn key(&mut self, key: Key, transcript: &Transcript, zone: &Zone) -> bool {
        let page = self.height.saturating_sub(1).max(1);
        match key.to_string().as_str() {
            "up" | "k" | "shift-up" => self.up(1, transcript, zone),
            "down" | "j" | "shift-down" => self.down(1, transcript, zone),
            "pgup" | "ctrl-u" => self.up(page, transcript, zone),
            "pgdn" | "ctrl-d" | "space" => self.down(page, transcript, zone),
            "home" | "g" => self.up(usize::MAX, transcript, zone),
            "end" | "G" => self.last = None,
            _ => return false,
        }
        true
    }

    /// One notch of the wheel.
    pub fn wheel(&mut self, up: bool, transcript: &Transcript, zone: &Zone) {
        match up {
            true => self.up(WHEEL_ROWS, transcript, zone),
            false => self.down(WHEEL_ROWS, transcript, zone),
        }
    }

    /// Draws it: the last rows at the bottom.
    pub fn view(&self, transcript: &Transcript, area: Rect, buffer: &mut Buffer, theme: &Theme, zone: &Zone) {
        let (mut index, mut hidden) = self.place(transcript);
        let mut y = area.bottom();
        while y > area.y && index > 0 {
            let entry = &transcript.entries()[index - 1];
            let rows = rows_of(entry, self.columns, zone);
            for (row, words) in rows.iter().enumerate().rev().skip(hidden) {
                if y == area.y {
                    return;
                }
                y -= 1;
                let style = if is_quiet(entry, row, rows.len()) {
                    theme.dim()
                } else {
                    Style::new()
                };
                buffer.set_stringn(area.x, y, words, usize::from(area.width), style);
            }
            (index, hidden) = (index - 1, 0);
        }
    }

    /// How many entries are shown at most, and how many rows of the last are not.
    fn place(&self, transcript: &Transcript) -> (usize, usize) {
        let entries = transcript.entries();
        match self.last {
            None => (entries.len(), 0),
            Some((key, hidden)) => (entries.partition_point(|entry| entry.key <= key), hidden),
        }
    }

    fn up(&mut self, by: usize, transcript: &Transcript, zone: &Zone) {
        let (mut index, mut hidden) = self.place(transcript);
        let rows = |index: usize| rows_of(&transcript.entries()[index - 1], self.columns, zone).len();
        // So many rows are above what is shown: no more can be gone up.
        let mut above = self.rows_above(transcript, zone, by);
        while above > 0 && index > 0 {
            let left = rows(index).saturating_sub(hidden);
            if above < left {
                hidden += above;
                break;
            }
            above -= left;
            (index, hidden) = (index - 1, 0);
        }
        self.last = index
            .checked_sub(1)
            .map(|last| (transcript.entries()[last].key, hidden));
    }

    fn down(&mut self, mut by: usize, transcript: &Transcript, zone: &Zone) {
        let (mut index, mut hidden) = self.place(transcript);
        while by > hidden {
            by -= hidden;
            if index >= transcript.entries().len() {
                self.last = None;
                return;
            }
            index += 1;
            hidden = rows_of(&transcript.entries()[index - 1], self.columns, zone).len();
        }
        hidden -= by;
        let at_end = index == transcript.entries().len() && hidden == 0;
        self.last = (!at_end)
            .then(|| {
                index
                    .checked_sub(1)
                    .map(|last| (transcript.entries()[last].key, hidden))
            })
            .flatten();
    }

    /// Rows above the first that is shown, as far as they are asked for.
    fn rows_above(&self, transcript: &Transcript, zone: &Zone, most: usize) -> usize {
        let (index, hidden) = self.place(transcript);
        let wanted = self.height.saturating_add(hidden).saturating_add(most);
        let mut rows = 0;
        for entry in transcript.entries()[..index].iter().rev() {
            rows += rows_of(entry, self.columns, zone).len();
            if rows >= wanted {
                break;
            }
        }
        rows.saturating_sub(self.height.saturating_add(hidden)).min(most)
    }
}

/// What an entry says, on rows without margins. Who says it stands on the row of a short text, and above one of several lines, so that
/// those can be selected by themselves.
fn rows_of(entry: &Entry, columns: usize, zone: &Zone) -> Vec<String> {
    let (before, words) = head_and_words(entry, zone);
    let files = entry.extras.files.iter().map(|card| card.file.name.to_string());
    let wrap = |part: String| {
        let rows = preview::wrapped(&part, columns);
        rows.iter().map(|row| row.text(&part).to_owned()).collect::<Vec<_>>()
    };
    before.into_iter().chain([words]).chain(files).flat_map(wrap).collect()
}

/// Who says it, where that has rows of its own, and what is said, behind who says it where it has not.
fn head_and_words(entry: &Entry, zone: &Zone) -> (Option<String>, String) {
    let words = entry.words();
    match &entry.kind {
        Kind::Line { name, .. } => {
            let head = format!("{} {name}:", zone.clock(entry.time));
            match words.contains('\n') {
                true => (Some(head), words.to_string()),
                false => (None, format!("{head} {words}")),
            }
        }
        Kind::System => (None, words.to_string()),
    }
}

/// The row on which a byte of its words stands. The first has who says it, in however many rows.
fn row_at(entry: &Entry, byte: usize, columns: usize, zone: &Zone) -> usize {
    if byte == 0 {
        return 0;
    }
    let (before, words) = head_and_words(entry, zone);
    let before = before.map_or(0, |head| preview::wrapped(&head, columns).len());
    let byte = byte.saturating_add(words.len().saturating_sub(entry.words().len()));
    let rows = preview::wrapped(&words, columns);
    before + rows.iter().rposition(|row| row.at <= byte).unwrap_or(0)
}

/// What happened, and who speaks where that has a row of its own.
fn is_quiet(entry: &Entry, row: usize, rows: usize) -> bool {
    match entry.kind {
        Kind::System => true,
        Kind::Line { .. } => row == 0 && rows > 1 && entry.words().contains('\n'),
    }
}

#[cfg(test)]
#[path = "bare_tests.rs"]
mod tests;
