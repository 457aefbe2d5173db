//! Which rows fit what was typed, and which of their graphemes.
//!
//! Owns the order of what fits: the very label first, then words that begin as was typed, then the better match, then the given
//! order. Only the beginning of a row is looked at, so that a stranger's long text cannot slow a key down.

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
/// Graphemes from which on what was typed is looked for as the beginning of a word.
const WORD_GRAPHEMES_MIN: usize = 3;

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

    /// How plainly the row has what was typed.
    fn has(&self, query: &[char]) -> Plainly {
        let label = &self.chars[..self.label];
        if label.len() == query.len() && begins(label, query) {
            return Plainly::IsTheLabel;
        }
        // Fewer letters are an abbreviation as often as the beginning of a word.
        if query.len() < WORD_GRAPHEMES_MIN {
            return Plainly::Scattered;
        }
        let is_word = |at: usize| at == 0 || !self.chars[at - 1].is_alphanumeric();
        let word = (0..self.chars.len()).find(|at| is_word(*at) && begins(&self.chars[*at..], query));
        match word {
            Some(at) if at + query.len() <= self.label => Plainly::BeginsWordOfLabel,
            Some(_) => Plainly::BeginsWord,
            None => Plainly::Scattered,
        }
    }
}

/// Whether a text begins so, in capitals or not.
fn begins(text: &[char], query: &[char]) -> bool {
    let is = |(one, other): (&char, &char)| one == other || one.to_lowercase().eq(other.to_lowercase());
    text.len() >= query.len() && text.iter().zip(query).all(is)
}

/// How plainly a row has what was typed: whoever types a customer's name does not mean an order that has its letters somewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Plainly {
    Scattered,
    BeginsWord,
    BeginsWordOfLabel,
    IsTheLabel,
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
    query: Vec<char>,
}

impl Finder {
    pub(super) fn new(query: &str) -> Finder {
        let query = query.trim();
        Finder {
            matcher: RefCell::new(Matcher::new(Config::DEFAULT)),
            // The words as they are: a "!" or "^" in a query is a character like any other. A name is typed with a capital by habit,
            // whether or not it was given with one.
            pattern: Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy),
            query: firsts(query).collect(),
        }
    }

    /// The rows that fit, the best first; all of them, in their order, while nothing is asked.
    pub(super) fn order(&self, rows: &[Haystack]) -> Vec<usize> {
        if self.pattern.atoms.is_empty() {
            return (0..rows.len()).collect();
        }
        let matcher = &mut *self.matcher.borrow_mut();
        let mut fits: Vec<(Reverse<(Plainly, u32)>, usize)> = rows
            .iter()
            .enumerate()
            .filter_map(|(index, row)| {
                let all = self.pattern.score(Utf32Str::Unicode(&row.chars), matcher)?;
                // What fits the label alone is meant more often than what fits somewhere.
                let label = self.pattern.score(Utf32Str::Unicode(&row.chars[..row.label]), matcher);
                let score = all.saturating_add(label.unwrap_or(0));
                Some((Reverse((row.has(&self.query), score)), index))
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
