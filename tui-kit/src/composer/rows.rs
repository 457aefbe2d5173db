//! Soft wrapping of a text that is being written: every blank keeps its place, so that the cursor has one everywhere.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// One row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line of the text.
    pub line: usize,
    /// Its part of the line.
    pub bytes: Range<usize>,
}

/// All rows, and the row and column of the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rows {
    pub rows: Vec<Row>,
    pub cursor: (usize, usize),
}

impl Row {
    /// The byte of the line that stands at a column of this row, or the row's last place.
    pub(super) fn column_at(&self, line: &str, column: usize, width: Measure<'_>) -> usize {
        let mut used = 0;
        let mut last = self.bytes.start;
        for (at, grapheme) in line[self.bytes.clone()].grapheme_indices(true) {
            last = self.bytes.start + at;
            if used >= column {
                return last;
            }
            used += width(grapheme);
        }
        // The end of a row that goes on below is the start of the next one.
        if self.bytes.end == line.len() {
            self.bytes.end
        } else {
            last
        }
    }
}

/// The columns of a grapheme as it is shown.
pub(super) type Measure<'a> = &'a dyn Fn(&str) -> usize;

/// Lays out lines at most `columns` wide; `cursor` is a line and a byte in it.
pub(super) fn lay_out(lines: &[String], cursor: (usize, usize), columns: usize, width: Measure<'_>) -> Rows {
    let mut rows = Vec::new();
    let mut place = (0, 0);
    for (index, line) in lines.iter().enumerate() {
        let first = rows.len();
        rows.extend(
            break_line(line, columns, width)
                .into_iter()
                .map(|bytes| Row { line: index, bytes }),
        );
        if index == cursor.0 {
            let row = first
                + rows[first..]
                    .iter()
                    .rposition(|row| row.bytes.start <= cursor.1)
                    .unwrap_or(0);
            let before = &line[rows[row].bytes.start..cursor.1.min(line.len())];
            place = (row, before.graphemes(true).map(width).sum());
        }
    }
    Rows { rows, cursor: place }
}

/// Breaks behind the last blank that fits, or where the row is full.
fn break_line(line: &str, columns: usize, width: Measure<'_>) -> Vec<Range<usize>> {
    if line.is_ascii() && line.len() <= columns {
        return std::iter::once(0..line.len()).collect();
    }
    let mut rows = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Behind the last blank of this row: the byte, and the columns up to there.
    let mut blank: Option<(usize, usize)> = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let wide = width(grapheme);
        if used + wide > columns && at > start {
            let (end, end_columns) = blank.filter(|_| grapheme != " ").unwrap_or((at, used));
            rows.push(start..end);
            start = end;
            used -= end_columns;
            blank = None;
        }
        used += wide;
        if grapheme == " " {
            blank = Some((at + 1, used));
        }
    }
    rows.push(start..line.len());
    rows
}
