//! What of a text can be searched for: its words. The index, a query and the marks on a screen are made by this one function, so
//! that what is found is what is marked. Whoever changes it has every index made afresh: it forgets a text by its words.
//!
//! A word is letters and digits, in lower case and without accents. Scripts that are written without spaces have no words to
//! look for: there each two signs that stand together are one, and so every part of such a text is found as a phrase.

use std::{collections::BTreeSet, ops::Range};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters of a word that count. What is longer is no word but data, and its beginning finds it.
pub const WORD_CHARS_MAX: usize = 40;

/// A word of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// As it is looked for.
    pub word: String,
    /// Where it stands in the text, in bytes.
    pub at: Range<usize>,
    /// Whether it is signs of a script without spaces.
    pub signs: bool,
}

/// The words of a text, in order.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some(&(from, first)) = chars.peek() {
        if is_sign(first) {
            let mut signs = Vec::new();
            while let Some((at, c)) = chars.next_if(|(_, c)| is_sign(*c) || is_voiced_mark(*c)) {
                sign(&mut signs, at, c);
            }
            pairs(&signs, &mut found);
        } else if first.is_alphanumeric() {
            let mut word = String::new();
            let mut to = from;
            while let Some((at, c)) =
                chars.next_if(|(_, c)| (c.is_alphanumeric() || is_combining_mark(*c)) && !is_sign(*c))
            {
                to = at + c.len_utf8();
                fold(c, &mut word);
            }
            if !word.is_empty() {
                let word = word.chars().take(WORD_CHARS_MAX).collect();
                found.push(Word {
                    word,
                    at: from..to,
                    signs: false,
                });
            }
        } else {
            chars.next();
        }
    }
    found
}

/// The words of a text for an index, with spaces between: all in their order, so that phrases are found, then each sign alone.
pub fn for_index(text: &str) -> String {
    let found = words(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut alone = BTreeSet::new();
    for it in &found {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&it.word);
        if it.signs {
            alone.extend(it.word.chars());
        }
    }
    for c in alone {
        out.push(' ');
        out.push(c);
    }
    out
}

/// Lower case, without accents. What Unicode calls compatible (ligatures, wide letters) is the same.
fn fold(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    let plain = c.nfkd().flat_map(char::to_lowercase).nfkd();
    out.extend(plain.filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)));
}

/// A sign and where it stands.
struct Sign {
    c: char,
    at: Range<usize>,
}

fn sign(signs: &mut Vec<Sign>, at: usize, c: char) {
    let end = at + c.len_utf8();
    // A half-width sign is the same as the whole one.
    let c = c.nfkc().next().filter(|_| c.nfkc().count() == 1).unwrap_or(c);
    if is_voiced_mark(c)
        && let Some(last) = signs.last_mut()
        && let Some(both) = [last.c, c].into_iter().nfc().next()
    {
        (last.c, last.at.end) = (both, end);
        return;
    }
    signs.push(Sign { c, at: at..end });
}

/// Each two signs that stand together; one that stands alone.
fn pairs(signs: &[Sign], found: &mut Vec<Word>) {
    if let [one] = signs {
        found.push(Word {
            word: one.c.to_string(),
            at: one.at.clone(),
            signs: true,
        });
    }
    found.extend(signs.array_windows().map(|[a, b]| Word {
        word: String::from_iter([a.c, b.c]),
        at: a.at.start..b.at.end,
        signs: true,
    }));
}

/// The two marks that make another kana of the one before them.
fn is_voiced_mark(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309A}' | '\u{FF9E}' | '\u{FF9F}')
}

/// Thai to Khmer, kana, Hangul (with spaces, but its words grow endings), and the ideographs.
pub(super) fn is_sign(c: char) -> bool {
    let script = matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}' | '\u{20000}'..='\u{3FFFF}');
    script && (c.is_alphanumeric() || is_combining_mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        let check = |text: &str, expected: &str| assert_eq!(for_index(text), expected, "{text:?}");
        check("", "");
        check("  -- \u{1b}[31m ", "31m");
        check("Refund, please!", "refund please");
        check("foo@Bar.example", "foo bar example");
        check("Crème BRÛLÉE", "creme brulee");
        check("Cre\u{301}me İstanbul", "creme istanbul");
        check("ﬁne Ｗｉｄｅ", "fine wide");
        check("Привет Ёлка", "привет елка");
        check("返金", "返金 返 金");
        check("返金処理", "返金 金処 処理 処 理 返 金");
        check("a返b", "a 返 b 返");
        check("が か\u{3099}", "が が が");
        check("배송은", "배송 송은 배 송 은");
    }

    #[test]
    fn every_word_says_where_it_stands() {
        for text in ["Crème für 返金処理 \u{1F600} x", "ｶﾞ a\u{301}\u{301}b", "\u{301}x"] {
            for it in words(text) {
                assert!(
                    text.get(it.at.clone()).is_some_and(|part| !part.is_empty()),
                    "{text:?} {it:?}"
                );
            }
        }
    }

    #[test]
    fn data_is_cut() {
        let long = "x".repeat(10_000);
        assert_eq!(words(&long)[0].word.len(), WORD_CHARS_MAX);
        assert_eq!(words(&long)[0].at, 0..10_000);
    }
}
