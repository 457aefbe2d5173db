//! How many rows an entry takes, and which.
//!
//! Wrapping is done for what is visible only, and remembered by entry for one width. Nobody can see the memo but by its speed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use minicom_protocol::ids::FileId;

use super::entry::{Card, Entry, EntryKey, Kind};
use super::{Older, Transcript};
use crate::file_preview::FilePreview;
use crate::links::{self, Link};
use crate::preview::{self, Line};

/// Entries whose rows are remembered; a few screens full.
const MEMO_MAX: usize = 1_024;
/// Microseconds within which two lines of one sender are one group.
const GROUP_MICROS: i64 = 120_000_000;
/// Columns kept free at the right of an own line for its sign.
pub(super) const SIGN_COLUMNS: usize = 4;
/// Columns of a bar before a text, and of the blank behind it.
pub(super) const BAR_COLUMNS: usize = 2;
/// Columns of the rules around what happened.
pub(super) const SYSTEM_MARGIN: usize = 6;

/// The rows of an entry's text, and the addresses in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Laid {
    pub rows: Vec<Line>,
    pub links: Vec<Link>,
}

/// What was laid out, shared by those who look.
pub(super) type TextRows = Arc<Laid>;

/// Rows that were computed, for one width.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    columns: u16,
    rows: HashMap<EntryKey, TextRows>,
    files: HashMap<FileId, Arc<[Line]>>,
    #[cfg(test)]
    pub(super) wrapped: usize,
}

impl Memo {
    /// Something else is shown of a file.
    pub(super) fn forget_file(&mut self, id: FileId) {
        self.files.remove(&id);
    }
}

/// A row that stands above an entry's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Above {
    Older,
    Day,
    Divider,
    Quote,
}

/// All rows of one entry.
#[derive(Debug, Clone)]
pub(super) struct Block {
    above: [Option<Above>; 4],
    pub text: TextRows,
    /// Rows of files and of what is shown of them, below the text.
    pub files: Vec<OfFile>,
    /// Rows of cards, below those.
    pub cards: usize,
    /// The words of the mark stand below.
    pub words: bool,
}

/// One row of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockRow {
    Above(Above),
    Text(usize),
    /// A row of a file.
    File(OfFile),
    /// A row of a card, counted from the first card's title.
    Card(usize),
    Words,
}

/// A row of a file: of which one, and which row of what is shown below its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OfFile {
    pub file: usize,
    pub below: Option<usize>,
}

impl Block {
    pub(super) fn above(&self) -> usize {
        self.above.iter().flatten().count()
    }

    pub(super) fn rows(&self) -> usize {
        self.above() + self.text.rows.len() + self.files.len() + self.cards + usize::from(self.words)
    }

    /// The row at a place counted from the block's top.
    pub(super) fn row(&self, row: usize) -> BlockRow {
        let row = match self.above.iter().flatten().nth(row) {
            Some(above) => return BlockRow::Above(*above),
            None => row - self.above(),
        };
        match row.checked_sub(self.text.rows.len()) {
            None => BlockRow::Text(row),
            Some(below) => match (self.files.get(below), below.saturating_sub(self.files.len())) {
                (Some(file), _) => BlockRow::File(*file),
                (None, card) if card < self.cards => BlockRow::Card(card),
                _ => BlockRow::Words,
            },
        }
    }

    /// Whether a quote stands above the text, with the name.
    pub(super) fn has_quote(&self) -> bool {
        self.above.contains(&Some(Above::Quote))
    }
}

/// Columns of times and names before the text of a line.
pub(super) fn name_columns(columns: u16) -> usize {
    match columns {
        0..40 => 4,
        40..50 => 6,
        50..100 => 7,
        _ => 10,
    }
}

/// Columns before the text of a line.
pub(super) fn indent(columns: u16) -> usize {
    "14:02 ".len() + name_columns(columns) + 1
}

fn text_columns(entry: &Entry, columns: u16) -> usize {
    let all = usize::from(columns);
    match &entry.kind {
        Kind::Line { own, .. } => {
            let sign = if *own { SIGN_COLUMNS } else { 0 };
            let bar = if entry.is_note() { BAR_COLUMNS } else { 0 };
            all.saturating_sub(indent(columns) + sign + bar).max(1)
        }
        Kind::System => all.saturating_sub(SYSTEM_MARGIN).max(1),
    }
}

impl Transcript {
    /// The rows of the text of one entry.
    pub(super) fn text_rows(&self, entry: &Entry) -> TextRows {
        let mut memo = self.memo.borrow_mut();
        if memo.columns != self.columns || memo.rows.len() >= MEMO_MAX {
            memo.rows.clear();
            memo.files.clear();
            memo.columns = self.columns;
        }
        if let Some(rows) = memo.rows.get(&entry.key) {
            return Arc::clone(rows);
        }
        let words = entry.words();
        let columns = text_columns(entry, self.columns);
        let rows: TextRows = Arc::new(match entry.kind {
            Kind::Line { .. } => Laid {
                rows: preview::rows(&words, columns),
                links: if self.links { links::find(&words) } else { Vec::new() },
            },
            Kind::System => Laid {
                rows: preview::wrapped(&words, columns),
                links: Vec::new(),
            },
        });
        memo.rows.insert(entry.key, Arc::clone(&rows));
        #[cfg(test)]
        {
            memo.wrapped += 1;
        }
        rows
    }

    /// The rows of an entry's files, each with those of what is shown of it.
    fn files_of(&self, entry: &Entry) -> Vec<OfFile> {
        let mut rows = Vec::new();
        for (file, card) in entry.extras.files.iter().enumerate() {
            let below = match self.preview(card.id) {
                Some(FilePreview::Picture(picture)) => picture.rows(),
                Some(_) => self.file_rows(card.id).len(),
                None => 0,
            };
            rows.push(OfFile { file, below: None });
            rows.extend((0..below).map(|below| OfFile {
                file,
                below: Some(below),
            }));
        }
        rows
    }

    /// The rows of how a file begins.
    pub(super) fn file_rows(&self, id: FileId) -> Arc<[Line]> {
        let Some(preview) = self.preview(id) else {
            return Arc::new([]);
        };
        let columns = usize::from(self.columns)
            .saturating_sub(indent(self.columns) + BAR_COLUMNS)
            .max(1);
        let mut memo = self.memo.borrow_mut();
        if memo.columns != self.columns {
            memo.rows.clear();
            memo.files.clear();
            memo.columns = self.columns;
        }
        let rows = memo.files.entry(id).or_insert_with(|| preview.lines(columns).into());
        Arc::clone(rows)
    }

    pub(super) fn forget_rows(&self, key: EntryKey) {
        self.memo.borrow_mut().rows.remove(&key);
    }

    pub(super) fn block(&self, index: usize) -> Block {
        let entry = &self.entries[index];
        let older = (index == 0 && self.older != Older::None).then_some(Above::Older);
        let day = self.starts_day(index).then_some(Above::Day);
        let divider = self.has_divider(index).then_some(Above::Divider);
        let quote = entry.extras.quote.as_ref().map(|_| Above::Quote);
        let words = entry.mark.is_some() && (entry.has_failed() || self.last_own == Some(entry.key));
        Block {
            above: [older, day, divider, quote],
            text: self.text_rows(entry),
            files: self.files_of(entry),
            cards: entry.extras.cards.iter().flat_map(Card::rows).count(),
            words,
        }
    }

    /// True if the line belongs to the one above: name and time are not repeated.
    pub(super) fn is_grouped(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).map(|before| &self.entries[before]) else {
            return false;
        };
        let entry = &self.entries[index];
        entry.is_line()
            // Each note says that it is one.
            && !entry.is_note()
            && entry.kind == before.kind
            && (0..=GROUP_MICROS).contains(&(entry.time.saturating_sub(before.time)))
            && !self.has_divider(index)
            && !self.starts_day(index)
    }

    fn starts_day(&self, index: usize) -> bool {
        let time = self.entries[index].time;
        index
            .checked_sub(1)
            .is_none_or(|before| !self.zone.same_day(self.entries[before].time, time))
    }

    fn has_divider(&self, index: usize) -> bool {
        self.divider.as_ref().is_some_and(|divider| {
            self.entries[index].key >= divider.before
                && index
                    .checked_sub(1)
                    .is_none_or(|before| self.entries[before].key < divider.before)
        })
    }
}

/// An empty memo.
pub(super) fn memo() -> RefCell<Memo> {
    RefCell::default()
}
