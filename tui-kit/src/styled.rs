//! Lines of words with styles, and their rows in a given width.
//!
//! Owns that every word has passed the gate, that rows break where words may break, and that a continued row is indented like its
//! first. It refuses to know where the words come from.

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::style::{Modifier, Style};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::{truncate, width, wrap};

/// One line: words, each with a style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StyledLine {
    spans: Vec<(Shown, Style)>,
    /// Columns before what goes on of it on a further row.
    hang: usize,
}

impl StyledLine {
    /// An empty one.
    pub fn new() -> StyledLine {
        StyledLine::default()
    }

    /// A line of one piece.
    pub fn of(words: Shown, style: Style) -> StyledLine {
        StyledLine::new().and(words, style)
    }

    /// The line with more words at its end.
    pub fn and(mut self, words: Shown, style: Style) -> StyledLine {
        self.push(words, style);
        self
    }

    /// More words at its end. Several lines are taken as one.
    pub fn push(&mut self, words: Shown, style: Style) {
        if words.is_empty() {
            return;
        }
        let words = match words.as_str().contains('\n') {
            true => Shown::line(&words.as_str().replace('\n', " ")),
            false => words,
        };
        self.spans.push((words, style));
    }

    /// All words of another line at its end.
    pub fn append(&mut self, other: StyledLine) {
        self.spans.extend(other.spans);
    }

    /// All of it with this weight too.
    pub fn with(mut self, modifier: Modifier) -> StyledLine {
        for (_, style) in &mut self.spans {
            *style = style.add_modifier(modifier);
        }
        self
    }

    /// The same line; what goes on of it on further rows is set in by so many columns, as the text of a point is.
    pub fn hanging(mut self, columns: usize) -> StyledLine {
        self.hang = columns;
        self
    }

    /// No words at all.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The words without styles. Each was gated by itself.
    pub fn text(&self) -> String {
        self.spans.iter().map(|(words, _)| words.as_str()).collect()
    }

    /// Columns that it takes.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|(words, _)| width(words.as_str())).sum()
    }

    /// Its rows, at most `columns` wide: the first begins with `first`, the others with `next`. At least one row.
    pub fn rows(&self, first: &StyledLine, next: &StyledLine, columns: usize) -> Vec<StyledLine> {
        let room = columns.saturating_sub(first.width().max(next.width())).max(1);
        let text = self.text();
        // A narrow column has no room to set anything in.
        let hang = if self.hang * 3 <= room { self.hang } else { 0 };
        let head = head_of(&text, hang);
        let mut rows = Vec::new();
        for range in wrap(&text[head..], room - hang) {
            let range = match rows.is_empty() {
                true => 0..range.end + head,
                false => range.start + head..range.end + head,
            };
            let mut row = if rows.is_empty() { first.clone() } else { next.clone() };
            if !rows.is_empty() && hang > 0 {
                row.push(Shown::line(&" ".repeat(hang)), Style::new());
            }
            let mut start = 0;
            for (words, style) in &self.spans {
                let end = start + words.as_str().len();
                let (from, to) = (range.start.max(start), range.end.min(end));
                if from < to {
                    // A piece of gated text between graphemes stays as it is when it is gated again.
                    row.push(Shown::line(&words.as_str()[from - start..to - start]), *style);
                }
                start = end;
            }
            rows.push(row);
        }
        rows
    }

    /// Its rows cut at the column where they are full, for code: blanks stay where they are. At least one row.
    pub fn cut_rows(&self, first: &StyledLine, next: &StyledLine, columns: usize) -> Vec<StyledLine> {
        let room = columns.saturating_sub(first.width().max(next.width())).max(1);
        let mut rows = vec![first.clone()];
        let mut used = 0;
        for (words, style) in &self.spans {
            let mut piece = String::new();
            for grapheme in words.as_str().graphemes(true) {
                let wide = width(grapheme);
                if used > 0 && used + wide > room {
                    push_onto(&mut rows, &mut piece, *style);
                    rows.push(next.clone());
                    used = 0;
                }
                piece.push_str(grapheme);
                used += wide;
            }
            push_onto(&mut rows, &mut piece, *style);
        }
        rows
    }

    /// At most so many columns of it; the sign of [`truncate`] stands where something was cut.
    pub fn cut(&self, columns: usize) -> StyledLine {
        let mut line = StyledLine::new();
        let mut room = columns;
        if self.width() <= columns {
            return self.clone();
        }
        for (words, style) in &self.spans {
            let columns = width(words.as_str());
            if columns >= room {
                // Something follows, here or in the next words.
                line.push(Shown::line(&truncate(&format!("{words} "), room)), *style);
                break;
            }
            line.push(words.clone(), *style);
            room -= columns;
        }
        line
    }

    /// Draws it at a cell, at most `columns` wide.
    pub fn draw(&self, buffer: &mut Buffer, x: u16, y: u16, columns: u16) {
        let (mut at, end) = (x, x.saturating_add(columns));
        for (words, style) in &self.spans {
            let room = usize::from(end.saturating_sub(at));
            if room == 0 {
                return;
            }
            (at, _) = buffer.set_stringn(at, y, words.as_str(), room, *style);
        }
    }
}

/// Where the words of a line begin behind so many columns. Those are the sign of a point or blanks, so each is a grapheme of its own.
pub(crate) fn head_of(words: &str, columns: usize) -> usize {
    let found = words.grapheme_indices(true).nth(columns);
    found.map_or(0, |(at, _)| at)
}

fn push_onto(rows: &mut [StyledLine], piece: &mut String, style: Style) {
    let words = Shown::line(&std::mem::take(piece));
    if let Some(row) = rows.last_mut() {
        row.push(words, style);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(rows: &[StyledLine]) -> Vec<String> {
        rows.iter().map(StyledLine::text).collect()
    }

    #[test]
    fn what_goes_on_hangs_and_what_is_cut_says_so() {
        let none = StyledLine::new();
        let line = StyledLine::of(Shown::fixed("- one "), Style::new())
            .and(Shown::fixed("two three four"), Style::new())
            .hanging(2);
        assert_eq!(texts(&line.rows(&none, &none, 12)), ["- one two", "  three four"]);
        assert_eq!(texts(&line.rows(&none, &none, 5)), ["- one", "two", "three", "four"]);
        assert_eq!(line.cut(20).text(), "- one two three four");
        assert_eq!(line.cut(19).text(), "- one two three fo›");
        assert_eq!(line.cut(6).text(), "- one›");
        assert_eq!(line.cut(0).text(), "");
    }

    #[test]
    fn rows_keep_styles_and_indent() {
        let bold = Style::new().bold();
        let line = StyledLine::of(Shown::fixed("one two "), Style::new()).and(Shown::fixed("three four"), bold);
        let lead = |words| StyledLine::of(Shown::fixed(words), Style::new());
        let rows = line.rows(&lead("- "), &lead("  "), 10);
        assert_eq!(texts(&rows), ["- one two", "  three", "  four"]);
        assert_eq!(
            rows[1].spans,
            [(Shown::fixed("  "), Style::new()), (Shown::fixed("three"), bold)]
        );
        assert_eq!(StyledLine::new().rows(&lead("- "), &lead("  "), 10), [lead("- ")]);
        let code = StyledLine::of(Shown::fixed("a   b  日本"), Style::new());
        assert_eq!(
            texts(&code.cut_rows(&lead("  "), &lead("  "), 7)),
            ["  a   b", "    日", "  本"]
        );
    }

    #[test]
    fn several_lines_are_one() {
        assert_eq!(StyledLine::of(Shown::text("a\nb"), Style::new()).text(), "a b");
    }

    proptest! {
        #[test]
        fn rows_fit_and_keep_every_word(
            pieces in prop::collection::vec(
                prop::collection::vec(prop::sample::select(vec!["a", "bc", " ", "日", "🇩🇪", "👍🏽", "e\u{301}"]), 0..12)
                    .prop_map(|words| words.concat()),
                0..6,
            ),
            columns in 4usize..20,
        ) {
            let mut line = StyledLine::new();
            for piece in &pieces {
                line.push(Shown::line(piece), Style::new());
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            let wrapped = line.rows(&StyledLine::new(), &StyledLine::new(), columns);
            let cut = line.cut_rows(&StyledLine::new(), &StyledLine::new(), columns);
            prop_assert_eq!(letters(&texts(&wrapped).concat()), letters(&line.text()));
            prop_assert_eq!(texts(&cut).concat(), line.text());
            for row in cut {
                prop_assert!(row.width() <= columns);
            }
        }
    }
}
