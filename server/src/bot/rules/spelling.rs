//! From what people type to plain words: one case, one kind of quote, no decoration, short forms written out, slips of the
//! finger mended where the rules name the word. Made to be read by patterns, never shown.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use crate::limits::RULES_READ_CHARS;

/// Letters that a word must have to be recognised although misspelt: shorter ones have too many neighbours.
const FUZZY_LETTERS_MIN: usize = 5;
/// A word of so many letters may have two slips.
const TWO_SLIPS_LETTERS_MIN: usize = 11;
/// So many single letters in a row are a word written apart: no sentence has them.
const SPACED_LETTERS_MIN: usize = 4;
/// Longer words are taken as they are.
const WORD_LETTERS_MAX: usize = 40;

/// Which words are known, and what stands for what.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelling {
    known: BTreeSet<String>,
    fuzzy: Vec<String>,
    alias: BTreeMap<String, String>,
}

impl Spelling {
    pub(super) fn new(words: Vec<String>, keep: Vec<String>, alias: BTreeMap<String, String>) -> Spelling {
        let fuzzy = words.iter().filter(|word| word.chars().count() >= FUZZY_LETTERS_MIN);
        Spelling {
            fuzzy: fuzzy.cloned().collect(),
            known: words.iter().chain(&keep).cloned().collect(),
            alias,
        }
    }

    /// Knows the words of these phrases too, so that none of them is taken for a slip of another one, and slips of theirs are mended.
    /// A phrase that ends in `*` has a beginning of a word there, which is only kept as it is.
    pub(super) fn learn(&mut self, phrases: &[String]) {
        for phrase in phrases {
            let words = self.plain(phrase);
            let words: Vec<&str> = words.split_whitespace().collect();
            let whole = words.len() - usize::from(phrase.ends_with('*') && !words.is_empty());
            for (at, word) in words.into_iter().enumerate() {
                let new = self.known.insert(word.to_owned());
                if new && at < whole && word.chars().count() >= FUZZY_LETTERS_MIN {
                    self.fuzzy.push(word.to_owned());
                }
            }
        }
    }

    /// A phrase as it stands in the clauses of a text that has it. `None` if nothing of it is a word.
    pub(super) fn phrase(&self, phrase: &str) -> Option<String> {
        let begins = phrase.ends_with('*');
        let plain = self.plain(phrase).replace('\n', " ");
        let words = joined_letters(&plain);
        let last = words.len().checked_sub(1)?;
        let mended = words.iter().enumerate().map(|(at, word)| {
            // The beginning of a word is no word: nothing stands for it.
            if begins && at == last {
                word.clone()
            } else {
                self.mend(word)
            }
        });
        Some(mended.collect::<Vec<_>>().join(" "))
    }

    /// The clauses of a text: what stands between two marks of punctuation, as words with one space between. Empty ones are
    /// left out.
    pub(super) fn clauses(&self, text: &str) -> Vec<String> {
        self.clauses_by(text, |word| self.mend(&word))
    }

    /// The same with every word as it was written.
    pub(super) fn clauses_as_written(&self, text: &str) -> Vec<String> {
        self.clauses_by(text, |word| self.alias.get(&word).cloned().unwrap_or(word))
    }

    fn clauses_by(&self, text: &str, mend: impl Fn(String) -> String) -> Vec<String> {
        let plain = self.plain(&ends(text));
        let clauses = plain.split('\n').map(|clause| {
            let words = joined_letters(clause).into_iter().map(&mend);
            words.collect::<Vec<_>>().join(" ")
        });
        clauses.filter(|clause| !clause.is_empty()).collect()
    }

    /// Words and spaces, with a line end where a clause ends.
    fn plain(&self, text: &str) -> String {
        let chars: Vec<char> = text
            .nfkc()
            .flat_map(char::to_lowercase)
            .filter(|c| !is_decoration(*c))
            .collect();
        let mut plain = String::with_capacity(text.len());
        for (at, &c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied().unwrap_or(' ');
            let after = chars.get(at + 1).copied().unwrap_or(' ');
            match c {
                _ if c.is_alphanumeric() => plain.push(c),
                // "don't" and "dont" are one word, however the apostrophe is written.
                '\'' | '’' | '‘' | 'ʼ' | '´' | '`' | '＇' => {}
                '&' => plain.push_str(" and "),
                '.' if before.is_alphanumeric() && after.is_alphanumeric() => plain.push(' '),
                '-' | '–' | '—' | '‐' | '‑' if before.is_whitespace() && after.is_whitespace() => {
                    plain.push('\n')
                }
                '\n' | '\r' | '.' | ',' | ';' | ':' | '!' | '?' | '…' | '—' | '(' | ')' | '[' | ']' | '{' | '}'
                | '"' | '“' | '”' | '„' | '«' | '»' | '<' | '>' | '|' | '。' | '、' | '¿' | '¡' => {
                    plain.push('\n')
                }
                _ => match self.alias.get(c.encode_utf8(&mut [0; 4]) as &str) {
                    Some(words) => plain.extend([" ", words, " "]),
                    None => plain.push(' '),
                },
            }
        }
        plain
    }

    /// The word that is meant.
    fn mend(&self, word: &str) -> String {
        let word = self.without_stutter(word);
        if let Some(words) = self.alias.get(&word) {
            return words.clone();
        }
        if self.known.contains(&word) {
            return word;
        }
        self.nearest(&word).map_or(word, str::to_owned)
    }

    /// "pleeeease" is "please", "hellooo" is "hello": a letter three times in a row stands for one or for two.
    fn without_stutter(&self, word: &str) -> String {
        let mut runs: Vec<(char, usize)> = Vec::new();
        for c in word.chars() {
            match runs.last_mut() {
                Some((last, count)) if *last == c && c.is_alphabetic() => *count += 1,
                _ => runs.push((c, 1)),
            }
        }
        if runs.iter().all(|(_, count)| *count < 3) {
            return word.to_owned();
        }
        let with = |most: usize| -> String {
            let letters = runs
                .iter()
                .map(|(c, count)| (c, if *count < 3 { *count } else { most }));
            letters.flat_map(|(c, count)| std::iter::repeat_n(*c, count)).collect()
        };
        let (one, two) = (with(1), with(2));
        let knows = |word: &String| self.known.contains(word) || self.alias.contains_key(word);
        if !knows(&one) && knows(&two) { two } else { one }
    }

    /// A known word that is one slip away (two for a long one): a letter too few, too many, another, or two swapped.
    fn nearest(&self, word: &str) -> Option<&str> {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() + 1 < FUZZY_LETTERS_MIN
            || letters.len() > WORD_LETTERS_MAX
            || !word.chars().all(char::is_alphabetic)
        {
            return None;
        }
        let near = self.fuzzy.iter().filter_map(|known| {
            let mut begins = known.chars();
            let (first, second) = (begins.next()?, begins.next()?);
            // People hardly ever miss the first letter, and most wrong guesses differ in it.
            if letters[0] != first && (letters[0], letters[1]) != (second, first) {
                return None;
            }
            let length = known.chars().count();
            let slips_max = if length >= TWO_SLIPS_LETTERS_MIN { 2 } else { 1 };
            if length.abs_diff(letters.len()) > slips_max {
                return None;
            }
            let slips = strsim::osa_distance(word, known);
            (slips <= slips_max).then_some((slips, known))
        });
        near.min_by_key(|(slips, _)| *slips).map(|(_, known)| known.as_str())
    }
}

/// The words of a clause. Letters that stand apart are one word: "h u m a n".
fn joined_letters(clause: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut letters = String::new();
    for word in clause.split_whitespace().chain([""]) {
        let mut chars = word.chars();
        if let (Some(letter), None) = (chars.next(), chars.next()) {
            letters.push(letter);
            continue;
        }
        if letters.chars().count() >= SPACED_LETTERS_MIN {
            words.push(std::mem::take(&mut letters));
        } else {
            words.extend(letters.drain(..).map(String::from));
        }
        words.extend((!word.is_empty()).then(|| word.to_owned()));
    }
    words
}

/// The beginning and the end of a long text: what people want stands there, and reading has a bound.
fn ends(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * RULES_READ_CHARS {
        return text.to_owned();
    }
    let head = text.chars().take(RULES_READ_CHARS);
    let tail = text.chars().skip(count - RULES_READ_CHARS);
    head.chain(['\n']).chain(tail).collect()
}

/// Invisible, or laid over a letter: it hides a word from patterns, not from a reader.
fn is_decoration(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{AD}' | '\u{1F3FB}'..='\u{1F3FF}')
}

#[cfg(test)]
#[path = "spelling_tests.rs"]
mod tests;
