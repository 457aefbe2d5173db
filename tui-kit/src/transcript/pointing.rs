//! What stands under the pointer, beside the entry: an address, or the row that says that there is more above; and what stands on top.

use unicode_segmentation::UnicodeSegmentation;

use super::entry::Kind;
use super::layout::{Above, BAR_COLUMNS, BlockRow, indent};
use super::place::Place;
use super::{EntryKey, Transcript};
use crate::links;
use crate::preview::Words;
use crate::text::width;

/// What stands under the pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointed {
    /// An address, as it was written.
    Address(String),
    /// The row that says that there is more above.
    Older,
}

impl Transcript {
    /// What stands at a cell of the area, counted from its corner, if it is more than a part of an entry.
    pub fn pointed(&self, column: u16, row: u16) -> Option<Pointed> {
        let bar = self.place != Place::Follow && row + 1 >= self.rows;
        if bar || row >= self.rows {
            return None;
        }
        let (top, blank) = self.top();
        let mut below = usize::from(row).checked_sub(blank)? + top.row;
        for index in top.index..self.entries.len() {
            let block = self.block(index);
            if below >= block.rows() {
                below -= block.rows();
                continue;
            }
            return match block.row(below) {
                BlockRow::Above(Above::Older) => Some(Pointed::Older),
                BlockRow::Text(text) => self.address_at(index, text, usize::from(column)),
                _ => None,
            };
        }
        None
    }

    /// The entry on the top row, and from which byte of its words on it is shown; [`None`] while the end is followed.
    pub fn top_words(&self) -> Option<(EntryKey, usize)> {
        if self.place == Place::Follow {
            return None;
        }
        let (top, _) = self.top();
        let entry = self.entries.get(top.index)?;
        let rows = self.text_rows(entry);
        let row = usize::try_from(self.anchor_of(top).offset).unwrap_or(0);
        let byte = rows.rows.get(row).map_or(entry.words().len(), |row| row.at);
        Some((entry.key, byte))
    }

    /// The address in a row of an entry's text that covers a column of the area.
    fn address_at(&self, index: usize, row: usize, column: usize) -> Option<Pointed> {
        let entry = &self.entries[index];
        let Kind::Line { .. } = &entry.kind else { return None };
        let note = if entry.is_note() { BAR_COLUMNS } else { 0 };
        let column = column.checked_sub(indent(self.columns) + note)?;
        let all = entry.words();
        let rows = self.text_rows(entry);
        let Words::At(range) = &rows.rows.get(row)?.words else {
            return None;
        };
        let mut used = 0;
        let mut graphemes = all.get(range.clone())?.grapheme_indices(true);
        let at = graphemes.find_map(|(at, grapheme)| {
            used += width(grapheme);
            (used > column).then_some(range.start + at)
        })?;
        let found = links::find(&all);
        let link = found.iter().find(|link| link.at.contains(&at))?;
        Some(Pointed::Address(all[link.at.clone()].to_owned()))
    }

    /// Addresses in the lines that can be read, from the newest on the screen upwards, each once; at most so many.
    pub fn addresses_upwards(&self, most: usize) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for key in self.lines_upwards().collect::<Vec<EntryKey>>() {
            let Some(entry) = self.get(key) else { continue };
            let words = entry.words();
            for link in links::find(&words).iter().rev() {
                let address = &words[link.at.clone()];
                if !found.iter().any(|it| it == address) {
                    found.push(address.to_owned());
                }
                if found.len() >= most {
                    return found;
                }
            }
        }
        found
    }
}

#[cfg(test)]
#[path = "pointing_tests.rs"]
mod tests;
