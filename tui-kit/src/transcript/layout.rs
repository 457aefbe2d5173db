//! How many rows an entry takes, and which.
//!
//! Wrapping is done for what is visible only, and remembered by entry for one width. Nobody can see the memo but by its speed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::entry::{Entry, EntryKey, Kind};
use super::{Older, Transcript};
use crate::text::wrap;

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

/// Byte ranges of an entry's text, one for each row.
pub(super) type TextRows = Arc<[Range<usize>]>;

/// Rows that were computed, for one width.
#[derive(Debug, Clone, Default)]
pub(super) struct Memo {
    columns: u16,
    rows: HashMap<EntryKey, TextRows>,
    #[cfg(test)]
    pub(super) wrapped: usize,
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
    /// Rows of files, below the text.
    pub files: usize,
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
    /// A file's row.
    File(usize),
    /// A row of a card, counted from the first card's title.
    Card(usize),
    Words,
}

/// Rows of one card.
pub(super) const CARD_ROWS: usize = 2;

impl Block {
    pub(super) fn above(&self) -> usize {
        self.above.iter().flatten().count()
    }

    pub(super) fn rows(&self) -> usize {
        self.above() + self.text.len() + self.files + self.cards + usize::from(self.words)
    }

    /// The row at a place counted from the block's top.
    pub(super) fn row(&self, row: usize) -> BlockRow {
        let row = match self.above.iter().flatten().nth(row) {
            Some(above) => return BlockRow::Above(*above),
            None => row - self.above(),
        };
        match row.checked_sub(self.text.len()) {
            None => BlockRow::Text(row),
            Some(file) if file < self.files => BlockRow::File(file),
            Some(below) if below - self.files < self.cards => BlockRow::Card(below - self.files),
            Some(_) => BlockRow::Words,
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
        0..50 => 4,
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
            memo.columns = self.columns;
        }
        if let Some(rows) = memo.rows.get(&entry.key) {
            return Arc::clone(rows);
        }
        let rows: TextRows = wrap(&entry.words(), text_columns(entry, self.columns)).into();
        memo.rows.insert(entry.key, Arc::clone(&rows));
        #[cfg(test)]
        {
            memo.wrapped += 1;
        }
        rows
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
            files: entry.extras.files.len(),
            cards: entry.extras.cards.len() * CARD_ROWS,
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
