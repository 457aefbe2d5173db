//! Which rows fit what was typed, and which of their graphemes.
//!
//! Owns the order of what fits: the very label first, then the better match, then the given order. Only the beginning of a row is
//! looked at, so that a stranger's long text cannot slow a key down.

use std::cell::RefCell;
use std::cmp::Reverse;

use minicom_protocol::gate::Shown;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

/// Graphemes of a row that are looked at.
const GRAPHEMES_MAX: usize = 240;
/// Graphemes of them that the label may have, so that the rest of a row counts too.
const LABEL_GRAPHEMES_MAX: usize = 80;

/// The beginning of a row in the form that the matcher reads: one character for each grapheme.
#[derive(Debug, Clone)]
pub(super) struct Haystack {
    chars: Vec<char>,
    /// Graphemes of the label; one for a blank follows.
    label: usize,
}

impl Haystack {
    pub(super) fn new(label: &Shown, detail: &Shown) -> Haystack {
        let mut chars: Vec<char> = firsts(label.as_str()).take(LABEL_GRAPHEMES_MAX).collect();
        let label = chars.len();
        chars.push(' ');
        chars.extend(firsts(detail.as_str()).take(GRAPHEMES_MAX.saturating_sub(chars.len())));
        Haystack { chars, label }
    }

    fn label_is(&self, query: &str) -> bool {
        let lower = |c: char| c.to_lowercase().collect::<String>();
        let query = firsts(query).map(lower);
        self.chars[..self.label].iter().copied().map(lower).eq(query)
    }
}

fn firsts(text: &str) -> impl Iterator<Item = char> {
    text.graphemes(true).filter_map(|grapheme| grapheme.chars().next())
}

/// Graphemes that fit, by their number in the label and in the detail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub label: Vec<usize>,
    pub detail: Vec<usize>,
}

/// Finds rows. The scratch memory of the matcher is behind it; nobody can see it.
#[derive(Clone)]
pub(super) struct Finder {
    matcher: RefCell<Matcher>,
    pattern: Pattern,
    query: String,
}

impl Finder {
    pub(super) fn new(query: &str) -> Finder {
        let query = query.trim();
        Finder {
            matcher: RefCell::new(Matcher::new(Config::DEFAULT)),
            // The words as they are: a "!" or "^" in a query is a character like any other. A name is typed with a capital by habit,
            // whether or not it was given with one.
            pattern: Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy),
            query: query.to_owned(),
        }
    }

    /// The rows that fit, the best first; all of them, in their order, while nothing is asked.
    pub(super) fn order(&self, rows: &[Haystack]) -> Vec<usize> {
        if self.pattern.atoms.is_empty() {
            return (0..rows.len()).collect();
        }
        let matcher = &mut *self.matcher.borrow_mut();
        let mut fits: Vec<(Reverse<(bool, u32)>, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(index, row)| {
                let all = self.pattern.score(Utf32Str::Unicode(&row.chars), matcher)?;
                // What fits the label alone is meant more often than what fits somewhere.
                let label = self.pattern.score(Utf32Str::Unicode(&row.chars[..row.label]), matcher);
                let score = all.saturating_add(label.unwrap_or(0));
                Some((Reverse((row.label_is(&self.query), score)), index))
            })
            .collect();
        fits.sort_unstable();
        fits.into_iter().map(|(_, index)| index).collect()
    }

    pub(super) fn marks(&self, row: &Haystack) -> Marks {
        if self.pattern.atoms.is_empty() {
            return Marks::default();
        }
        let matcher = &mut *self.matcher.borrow_mut();
        let mut indices = Vec::new();
        let label = Utf32Str::Unicode(&row.chars[..row.label]);
        // What the eye looks for is in the label if it is there at all.
        if self.pattern.indices(label, matcher, &mut indices).is_none() {
            indices.clear();
            self.pattern
                .indices(Utf32Str::Unicode(&row.chars), matcher, &mut indices);
        }
        let mut marks = Marks::default();
        for index in indices.into_iter().filter_map(|index| usize::try_from(index).ok()) {
            match index.checked_sub(row.label + 1) {
                Some(index) => marks.detail.push(index),
                None if index < row.label => marks.label.push(index),
                None => {}
            }
        }
        marks
    }
}
