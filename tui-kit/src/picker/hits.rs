//! What somebody else has found in a row's detail, and the part of it that has room: around the first words that were looked for, so
//! that they are seen however narrow the row is.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::{truncate, width};

/// Columns of a text below which it is shown without what stands before it.
const TEXT_COLUMNS_MIN: usize = 14;

/// What was found in a row's detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    /// Where the text begins that was searched, in bytes. What stands before it, such as who said it, is kept while there is room.
    pub from: usize,
    /// The words, in bytes of the detail.
    pub parts: Vec<Range<usize>>,
}

impl Hits {
    /// As much of the detail as has room, and the numbers of its graphemes that are marked.
    pub(super) fn fit(&self, detail: &str, columns: usize, cut: &str) -> (String, Vec<usize>) {
        let first = self.parts.first().filter(|_| width(detail) > columns);
        let parts = first.and_then(|it| {
            let lead = detail.get(..self.from)?;
            Some((
                lead,
                detail.get(self.from..it.start)?,
                detail.get(it.clone())?,
                detail.get(it.end..)?,
            ))
        });
        let Some((lead, before, word, after)) = parts else {
            return shown(detail, &self.parts, columns);
        };
        let least = TEXT_COLUMNS_MIN.max(width(word) + 2 * width(cut));
        let lead = if width(lead) + least > columns { "" } else { lead };
        let room = columns - width(lead);
        // A column stays for the sign that the text goes on.
        let led = if width(before) + width(word) < room {
            before.len()
        } else {
            // A third of the room tells what led there; where little comes after the words, more of it does.
            let free = room.saturating_sub(width(word) + width(cut));
            last_words(before, (free / 3).max(free.saturating_sub(width(after))))
        };
        let from = self.from + before.len() - led;
        let cut = if led < before.len() { cut } else { "" };
        let to = lead.len() + cut.len();
        let moved = |it: &Range<usize>| Some(it.start.checked_sub(from)? + to..it.end.checked_sub(from)? + to);
        let parts: Vec<Range<usize>> = self.parts.iter().filter_map(moved).collect();
        shown(&format!("{lead}{cut}{}", &detail[from..]), &parts, columns)
    }
}

/// The bytes of the last whole words of a text that have room in so many columns; of one long word its last graphemes.
fn last_words(text: &str, columns: usize) -> usize {
    let mut used = 0;
    let fits = |grapheme: &&str| {
        used += width(grapheme);
        used <= columns
    };
    let bytes: usize = text.graphemes(true).rev().take_while(fits).map(str::len).sum();
    let (before, last) = text.split_at(text.len() - bytes);
    match last.find(' ') {
        Some(blank) if !before.ends_with(' ') => bytes - blank - 1,
        _ => bytes,
    }
}

/// The beginning of a text, and the numbers of the graphemes in it that stand in these parts.
fn shown(text: &str, parts: &[Range<usize>], columns: usize) -> (String, Vec<usize>) {
    let all = text.grapheme_indices(true).enumerate();
    let marked = all.filter(|(_, (at, _))| parts.iter().any(|part| part.contains(at)));
    let marked = marked.map(|(number, _)| number).collect();
    (truncate(text, columns), marked)
}
