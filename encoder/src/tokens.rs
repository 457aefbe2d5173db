//! From a text to the numbers of its word pieces, as the encoder was trained on: small letters without accents, punctuation apart,
//! each word cut into the longest pieces that the vocabulary has. A library for this was weighed and left (`docs/bot.md`);
//! that the numbers are the published tokeniser's is a test.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A longer word is no word of a language: it becomes "unknown" at once, and cutting it costs nothing.
const WORD_CHARS_MAX: usize = 100;
/// Characters of a text that are looked at: many times what fills all places of the encoder.
const TEXT_CHARS_MAX: usize = 8_192;

/// The word pieces, with their numbers.
#[derive(Debug)]
pub(crate) struct WordPieces {
    pieces: HashMap<String, u32>,
    count: usize,
    unknown: u32,
    begin: u32,
    end: u32,
}

impl WordPieces {
    /// Of a list with a piece a line, numbered from 0. `None` if one of the three marks that frame a text is missing.
    pub(crate) fn of(list: &str) -> Option<WordPieces> {
        let pieces: HashMap<String, u32> = list.lines().zip(0..).map(|(piece, n)| (piece.to_owned(), n)).collect();
        let mark = |name: &str| pieces.get(name).copied();
        let (unknown, begin, end) = (mark("[UNK]")?, mark("[CLS]")?, mark("[SEP]")?);
        Some(WordPieces {
            count: list.lines().count(),
            pieces,
            unknown,
            begin,
            end,
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether a word is one piece.
    pub(crate) fn knows(&self, word: &str) -> bool {
        words(word).iter().all(|word| self.pieces.contains_key(word))
    }

    /// The pieces of a text between the marks of its beginning and end, at most `most` of them (at least 2).
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = vec![self.begin];
        for word in words(text) {
            if tokens.len() + 1 >= most {
                break;
            }
            self.pieces_of(&word, &mut tokens);
        }
        tokens.truncate(most.saturating_sub(1).max(1));
        tokens.push(self.end);
        tokens
    }

    /// The longest piece that the word begins with, then the longest of the rest; one "unknown" if that does not come out even.
    fn pieces_of(&self, word: &str, tokens: &mut Vec<u32>) {
        let before = tokens.len();
        if word.chars().count() > WORD_CHARS_MAX {
            tokens.push(self.unknown);
            return;
        }
        let mut rest = word;
        let mut piece = String::new();
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
            let found = ends.rev().find_map(|end| {
                piece.clear();
                if rest.len() < word.len() {
                    piece.push_str("##");
                }
                piece.push_str(&rest[..end]);
                Some((end, *self.pieces.get(&piece)?))
            });
            let Some((end, number)) = found else {
                tokens.truncate(before);
                tokens.push(self.unknown);
                return;
            };
            tokens.push(number);
            rest = &rest[end..];
        }
    }
}

/// The words of a text, each mark of punctuation and each ideograph as a word of its own.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let plain = text.chars().take(TEXT_CHARS_MAX).filter(|c| !is_control(*c));
    for c in plain
        .nfd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
    {
        for c in c.to_lowercase() {
            if c.is_whitespace() {
                words.push(String::new());
            } else if is_punctuation(c) || is_ideograph(c) {
                words.extend([c.to_string(), String::new()]);
            } else if let Some(word) = words.last_mut() {
                word.push(c);
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_control(c: char) -> bool {
    let other = c.general_category_group() == GeneralCategoryGroup::Other;
    c == '\u{FFFD}' || (other && !matches!(c, '\t' | '\n' | '\r'))
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || c.general_category_group() == GeneralCategoryGroup::Punctuation
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{2A6DF}' | '\u{2A700}'..='\u{2B73F}'
        | '\u{2B740}'..='\u{2B81F}' | '\u{2B920}'..='\u{2CEAF}' | '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn small() -> WordPieces {
        WordPieces::of("[UNK]\n[CLS]\n[SEP]\nre\n##turn\n##s\nboot\n!\nreturn").expect("the marks are there")
    }

    #[test]
    fn a_word_is_cut_into_the_longest_pieces() {
        let vocabulary = small();
        assert_eq!(vocabulary.tokens("Returns BOOTS!", 99), [1, 8, 5, 6, 5, 7, 2]);
        assert_eq!(vocabulary.tokens("rebound réturn", 99), [1, 0, 8, 2]);
        assert_eq!(vocabulary.tokens(&"boot".repeat(26), 99), [1, 0, 2]);
    }

    #[test]
    fn a_long_text_is_cut_off_inside_its_marks() {
        assert_eq!(small().tokens(&"return ".repeat(50), 5), [1, 8, 8, 8, 2]);
        assert_eq!(small().tokens("returns", 3), [1, 8, 2]);
    }

    #[test]
    fn without_its_marks_it_is_no_vocabulary() {
        assert!(WordPieces::of("[UNK]\n[CLS]\nboot").is_none());
    }

    proptest! {
        #[test]
        fn any_text_has_tokens_within_the_bound(text in any::<String>(), most in 2_usize..40) {
            let tokens = small().tokens(&text, most);
            prop_assert!(tokens.len() >= 2 && tokens.len() <= most);
            prop_assert_eq!((tokens.first(), tokens.last()), (Some(&1), Some(&2)));
        }
    }
}
