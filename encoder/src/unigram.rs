//! From a text to the numbers of its pieces by a unigram vocabulary, as multilingual encoders have it: each word, a mark of its
//! beginning before it, is cut so that the scores of its pieces sum to the most. Letters keep their case and accents.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::WeightsError;

/// Stands before each word, as its first letter.
const WORD_BEGINS: char = '\u{2581}';
/// Pieces that are no text: what people write is never read as one of them.
const MARKS: [&str; 5] = ["<s>", "</s>", "<unk>", "<pad>", "<mask>"];
/// How much worse than the worst piece a letter is that no piece has.
const UNKNOWN_WORSE_BY: f64 = 10.0;
/// Characters of a text that are looked at: what fills all places of the encoder with long pieces. In some languages they are one word.
const TEXT_CHARS_MAX: usize = 2_048;
/// Longer pieces are never found: with the bound of a text it bounds the work.
const PIECE_CHARS_MAX: usize = 64;

/// The pieces, with their numbers and scores.
#[derive(Debug)]
pub(crate) struct Unigram {
    pieces: HashMap<Box<str>, (u32, f32)>,
    count: usize,
    /// Characters of the longest piece.
    longest: usize,
    unknown: (u32, f64),
    begin: u32,
    end: u32,
}

impl Unigram {
    /// Of a list with `piece<TAB>score` a line, numbered from 0. A piece that stands there twice is the first of them.
    pub(crate) fn of(list: &str) -> Result<Unigram, WeightsError> {
        let mut pieces = HashMap::new();
        let (mut worst, mut count, mut longest) = (0.0_f32, 0, 0);
        let mut marks = [None; MARKS.len()];
        for (line, number) in list.lines().zip(0..) {
            count += 1;
            let parts = line.split_once('\t').and_then(|(piece, score)| {
                let score: f32 = score.parse().ok().filter(|score: &f32| score.is_finite())?;
                (!piece.is_empty()).then_some((piece, score))
            });
            let (piece, score) = parts.ok_or(WeightsError::Line(count))?;
            if let Some(mark) = MARKS.iter().position(|mark| *mark == piece) {
                marks[mark].get_or_insert(number);
                continue;
            }
            worst = worst.min(score);
            let chars = piece.chars().count();
            if chars <= PIECE_CHARS_MAX {
                longest = longest.max(chars);
                pieces.entry(piece.into()).or_insert((number, score));
            }
        }
        let [Some(begin), Some(end), Some(unknown), ..] = marks else {
            return Err(WeightsError::Vocabulary("one of <s>, </s> and <unk> is missing"));
        };
        Ok(Unigram {
            pieces,
            count,
            longest,
            unknown: (unknown, f64::from(worst) - UNKNOWN_WORSE_BY),
            begin,
            end,
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Whether each word is one piece.
    pub(crate) fn knows(&self, text: &str) -> bool {
        let text = plain(text);
        let mut words = text.split_whitespace();
        words.all(|word| self.pieces.contains_key(begun(word).as_str()))
    }

    /// The pieces of a text between the marks of its beginning and end, at most `most` of them (at least 2).
    pub(crate) fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        let mut tokens = vec![self.begin];
        for word in plain(text).split_whitespace() {
            if tokens.len() + 1 >= most {
                break;
            }
            self.pieces_of(&begun(word), &mut tokens);
        }
        tokens.truncate(most.saturating_sub(1).max(1));
        tokens.push(self.end);
        tokens
    }

    /// The best way through a word (Viterbi's): for each place the best of what ends there, of equals the one that began first. Letters
    /// that no piece has are one "unknown" together.
    fn pieces_of(&self, word: &str, tokens: &mut Vec<u32>) {
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        let places: Vec<usize> = [0].into_iter().chain(ends).collect();
        let last = places.len() - 1;
        // The score, where the piece began, and its number.
        let mut best: Vec<(f64, usize, u32)> = vec![(f64::NEG_INFINITY, 0, self.unknown.0); places.len()];
        best[0].0 = 0.0;
        for from in 0..last {
            let before = best[from].0;
            let mut has_letter = false;
            for to in from + 1..=last.min(from + self.longest) {
                let Some((number, score)) = self.pieces.get(&word[places[from]..places[to]]) else {
                    continue;
                };
                has_letter |= to == from + 1;
                if before + f64::from(*score) > best[to].0 {
                    best[to] = (before + f64::from(*score), from, *number);
                }
            }
            if !has_letter && before + self.unknown.1 > best[from + 1].0 {
                best[from + 1] = (before + self.unknown.1, from, self.unknown.0);
            }
        }
        let first = tokens.len();
        let mut at = last;
        while at > 0 {
            let (_, from, number) = best[at];
            if number != self.unknown.0 || tokens.len() == first || tokens.last() != Some(&number) {
                tokens.push(number);
            }
            at = from;
        }
        tokens[first..].reverse();
    }
}

fn begun(word: &str) -> String {
    format!("{WORD_BEGINS}{word}")
}

/// A text as such vocabularies are made of: controls left out, odd spaces as spaces, letters in their compatible form (NFKC).
fn plain(text: &str) -> String {
    let seen = text.chars().take(TEXT_CHARS_MAX).filter_map(|c| match c {
        '\u{0}'..='\u{8}' | '\u{B}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{8F}' | '\u{9F}' => None,
        '\t' | '\n' | '\u{C}' | '\r' | '\u{1680}' | '\u{200B}'..='\u{200F}' | '\u{2028}' | '\u{2029}' => Some(' '),
        WORD_BEGINS | '\u{FEFF}' | '\u{FFFD}' => Some(' '),
        c => Some(c),
    });
    // One character may become many.
    seen.nfkc().take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: &str = "<s>\t0\n<pad>\t0\n</s>\t0\n<unk>\t0\n▁\t-4\n▁re\t-3\nturn\t-3.5\n▁return\t-6\ns\t-2\n▁Stie\t-5\nfel\t-5\nf\t-3\ne\t-3\n\
                         l\t-3\n<mask>\t0\nré\t-9\n▁靴\t-5\nを\t-4\n返品\t-6\n返\t-7\n品\t-7";

    fn tokens(text: &str) -> Vec<u32> {
        let mut tokens = Unigram::of(SMALL).expect("it is whole").tokens(text, 99);
        assert_eq!((tokens.remove(0), tokens.pop()), (0, Some(2)));
        tokens
    }

    #[test]
    fn a_word_is_cut_so_that_the_scores_sum_to_the_most() {
        // -6 for the whole, -6.5 for the two.
        assert_eq!(tokens("return"), [7]);
        assert_eq!(tokens("  returns\treturn\n"), [7, 8, 7]);
        // fel: -5; f, e, l: -9.
        assert_eq!(tokens("Stiefel"), [9, 10]);
        // Case and accents are letters of their own, in one form however they are written.
        assert_eq!(tokens("re\u{301}"), [4, 15]);
        assert_eq!(tokens("ré"), [4, 15]);
        // Without spaces a text is one word, and wide letters are letters.
        assert_eq!(tokens("靴を返品ｓ"), [16, 17, 18, 8]);
        assert_eq!(tokens(""), [0; 0]);
    }

    #[test]
    fn of_equal_ways_the_piece_that_began_first_is_taken() {
        let list = "<s>\t0\n</s>\t0\n<unk>\t0\n▁\t-1\na\t-1\naa\t-2\n▁a\t-2";
        assert_eq!(Unigram::of(list).expect("whole").tokens("aa", 9), [0, 3, 5, 1]);
    }

    #[test]
    fn letters_that_no_piece_has_are_one_unknown_together() {
        assert_eq!(tokens("xyz"), [4, 3]);
        assert_eq!(tokens("xysz z"), [4, 3, 8, 3, 4, 3]);
    }

    #[test]
    fn a_mark_that_somebody_writes_is_text() {
        assert!(!tokens("</s> <s> <mask>").iter().any(|token| [0, 2, 14].contains(token)));
        assert_eq!(tokens("▁return"), tokens("return"));
        let unigram = Unigram::of(SMALL).expect("it is whole");
        assert!(
            unigram.knows("return")
                && unigram.knows("return re")
                && !unigram.knows("returns")
                && !unigram.knows("</s>")
        );
    }

    #[test]
    fn texts_become_the_tokens_of_the_published_tokeniser() {
        #[derive(serde::Deserialize)]
        struct Reference {
            pieces: Vec<String>,
            texts: Vec<Text>,
        }
        #[derive(serde::Deserialize)]
        struct Text {
            text: String,
            ids: Vec<u32>,
        }
        // Made by `model/convert.py --reference`.
        let reference = include_str!("../tests/unigram.json");
        let reference: Reference = serde_json::from_str(reference).expect("the references are JSON");
        let unigram = Unigram::of(&reference.pieces.join("\n")).expect("it is whole");
        for Text { text, ids } in &reference.texts {
            assert_eq!(unigram.tokens(text, 256), *ids, "{text:?}");
        }
        assert!(reference.texts.len() > 15);
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        let said = |list: &str| Unigram::of(list).expect_err("it is refused").to_string();
        assert!(said("<s>\t0\n</s>\t0\nboot\t-1").contains("<unk>"));
        for line in [
            "boot",
            "boot\t",
            "boot\tmuch",
            "boot\tinf",
            "boot\tNaN",
            "\t-1",
            "",
            "boot\t-1\t2",
        ] {
            assert!(
                said(&format!("<s>\t0\n</s>\t0\n{line}\n<unk>\t0")).contains("line 3"),
                "{line:?}"
            );
        }
    }

    #[test]
    fn a_long_text_is_cut_off_inside_its_marks() {
        let unigram = Unigram::of(SMALL).expect("it is whole");
        assert_eq!(unigram.tokens(&"return ".repeat(90), 5), [0, 7, 7, 7, 2]);
        assert_eq!(unigram.tokens(&"\u{FDFA}".repeat(1 << 20), 5).len(), 5);
        assert_eq!(
            unigram.tokens(&format!("return{}", "s".repeat(1 << 20)), 5),
            [0, 7, 8, 8, 2]
        );
    }

    proptest! {
        #[test]
        fn any_text_has_tokens_within_the_bound(text in "(?s)(\\PC|[\0-\u{1F}▁<>]|</?s>|return){0,60}", most in 2_usize..40) {
            let unigram = Unigram::of(SMALL).expect("it is whole");
            let tokens = unigram.tokens(&text, most);
            prop_assert!(tokens.len() >= 2 && tokens.len() <= most);
            prop_assert_eq!((tokens[0], tokens[tokens.len() - 1]), (0, 2));
            prop_assert!(tokens[1..tokens.len() - 1].iter().all(|token| ![0, 1, 2, 14].contains(token) && *token < 21));
        }
    }
}
