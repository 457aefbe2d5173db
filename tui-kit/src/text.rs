//! Width and wrapping by grapheme.
//!
//! Owns where a text may break. It refuses to know what the text says; what it is given must have passed the gate.

use std::ops::Range;

use ratatui::buffer::CellWidth;
use textwrap::WordSeparator;
use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_segmentation::UnicodeSegmentation;

use crate::links;

/// Columns that a text takes, measured by whole graphemes as the buffer of the screen does.
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.graphemes(true).map(grapheme_width).sum()
    }
}

/// As the buffer counts it, which is not always as the library below both does: of a half-width katakana with its sound mark, say.
/// Whatever was put behind a text by another count would stand in its last column, or leave one free.
fn grapheme_width(grapheme: &str) -> usize {
    match grapheme.len() {
        // The buffer takes no control characters.
        1 => 1,
        _ => usize::from(grapheme.cell_width()),
    }
}

/// A piece that is kept together, with the blanks behind it.
#[derive(Debug)]
struct Piece {
    bytes: Range<usize>,
    blanks: usize,
    columns: usize,
    blank_columns: usize,
}

impl Piece {
    /// An empty one, to grow.
    fn at(start: usize) -> Piece {
        Piece {
            bytes: start..start,
            blanks: 0,
            columns: 0,
            blank_columns: 0,
        }
    }
}

impl Fragment for Piece {
    fn width(&self) -> f64 {
        self.columns as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.blank_columns as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}

/// The rows of a text at most `columns` wide (at least 1), as byte ranges. Blanks at a break belong to no row; LF ends a row. A
/// single grapheme that is wider than all columns gets a row of its own. An address that fits a row is never broken.
pub fn wrap(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        wrap_line(line, start, columns, &mut rows);
        start += line.len() + 1;
    }
    rows
}

fn wrap_line(line: &str, start: usize, columns: usize, rows: &mut Vec<Range<usize>>) {
    if line.len() <= columns && line.is_ascii() {
        rows.push(start..start + line.len());
        return;
    }
    // Line breaking knows words, not graphemes: a mark on a blank would be torn off.
    let mut whole_until = boundaries(line);
    let addresses = addresses_within(line, columns);
    let (mut tears, mut cuts) = (inside(&addresses), inside(&addresses));
    let mut pieces = Vec::new();
    let (mut first, mut at) = (0, 0);
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        let blank = at + word.word.len();
        at = blank + word.whitespace.len();
        let blank_is_apart = whole_until(blank);
        if whole_until(at) && !tears(at) {
            let end = if blank_is_apart { blank } else { at };
            push_pieces(line, first..end, at - end, columns, &mut cuts, &mut pieces);
            first = at;
        }
    }
    if pieces.is_empty() {
        rows.push(start..start);
        return;
    }
    for row in wrap_first_fit(&pieces, &[columns as f64]) {
        if let (Some(first), Some(last)) = (row.first(), row.last()) {
            rows.push(start + first.bytes.start..start + last.bytes.end);
        }
    }
}

/// The addresses that have room in a row. Words break behind each of their slashes, so that the host stood below its `https://`.
fn addresses_within(line: &str, columns: usize) -> Vec<Range<usize>> {
    if !line.contains("://") {
        return Vec::new();
    }
    let mut whole_until = boundaries(line);
    let fits = |at: &Range<usize>| {
        let between_graphemes = whole_until(at.start) && whole_until(at.end);
        between_graphemes && width(&line[at.clone()]) <= columns
    };
    links::addresses(line).filter(fits).collect()
}

/// Tells of growing offsets whether they stand within one of these ranges, which follow each other.
fn inside(ranges: &[Range<usize>]) -> impl FnMut(usize) -> bool {
    let mut ranges = ranges.iter().peekable();
    move |offset| {
        while ranges.next_if(|range| range.end <= offset).is_some() {}
        ranges.peek().is_some_and(|range| range.start < offset)
    }
}

/// Tells of growing offsets whether they stand between two graphemes.
fn boundaries(line: &str) -> impl FnMut(usize) -> bool {
    let mut ends = line.grapheme_indices(true).map(|(at, grapheme)| at + grapheme.len());
    let mut end = 0;
    move |offset| {
        while end < offset {
            match ends.next() {
                Some(next) => end = next,
                None => break,
            }
        }
        end == offset
    }
}

/// A word that is wider than a row is cut between graphemes, but for the places that `kept` names: in an address that fits.
fn push_pieces(
    line: &str,
    word: Range<usize>,
    blanks: usize,
    columns: usize,
    mut kept: impl FnMut(usize) -> bool,
    pieces: &mut Vec<Piece>,
) {
    let mut piece = Piece::at(word.start);
    let starts = line[word.clone()].grapheme_indices(true).map(|(at, _)| word.start + at);
    let mut starts = starts.filter(|at| !kept(*at)).peekable();
    while let Some(start) = starts.next() {
        let end = starts.peek().copied().unwrap_or(word.end);
        let unit_columns = width(&line[start..end]);
        if piece.columns > 0 && piece.columns + unit_columns > columns {
            pieces.push(std::mem::replace(&mut piece, Piece::at(start)));
        }
        piece.columns += unit_columns;
        piece.bytes.end = end;
    }
    piece.blanks = blanks;
    piece.blank_columns = width(&line[piece.bytes.end..piece.bytes.end + piece.blanks]);
    pieces.push(piece);
}

/// At most `columns` columns of the program's own or gated words; `›` stands where something was cut.
pub fn truncate(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += width(grapheme);
        if used >= columns {
            break;
        }
        kept.push_str(grapheme);
    }
    if columns > 0 {
        kept.push('›');
    }
    kept
}

/// Exactly `columns` columns: cut, or filled with blanks on the right.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = truncate(text, columns);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&out))));
    out
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
