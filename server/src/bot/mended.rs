//! A line as the encoder understands it: short forms written out, and slips of the finger mended where they are near a word that the desk's
//! articles use and are no word otherwise. An encoder that meets "retrun" sees two words that have nothing to do with returning.

use std::collections::BTreeSet;

/// Short forms, and what they stand for.
const SHORT: &str = include_str!("languages/short.txt");
/// Letters that a word must have to be mended: shorter ones have too many neighbours.
const LETTERS_MIN: usize = 5;
/// A word of so many letters may have two slips.
const TWO_SLIPS_LETTERS_MIN: usize = 9;
/// Longer words are taken as they are.
const LETTERS_MAX: usize = 30;

/// The words of a desk's articles.
#[derive(Debug, Default)]
pub struct Words(BTreeSet<String>);

impl Words {
    /// Of these texts.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Words {
        let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
        let long = words.filter(|word| (LETTERS_MIN..=LETTERS_MAX).contains(&word.chars().count()));
        Words(long.map(str::to_lowercase).collect())
    }

    /// The line, mended; `is_word` says what is a word of the language.
    pub fn mended(&self, line: &str, is_word: impl Fn(&str) -> bool) -> String {
        let mut mended = String::with_capacity(line.len());
        for piece in line.split_inclusive(|c: char| !is_letter(c)) {
            let word = piece.trim_end_matches(|c: char| !is_letter(c));
            let small = word.to_lowercase();
            match self.meant(&small, &is_word) {
                Some(meant) => mended.push_str(meant),
                None => mended.push_str(word),
            }
            mended.push_str(&piece[word.len()..]);
        }
        mended
    }

    /// What is meant by a word, if that is another.
    fn meant(&self, word: &str, is_word: impl Fn(&str) -> bool) -> Option<&str> {
        if let Some(long) = written_out(word) {
            return Some(long);
        }
        let letters = word.chars().count();
        if !(LETTERS_MIN..=LETTERS_MAX).contains(&letters)
            || !word.chars().all(char::is_alphabetic)
            || self.0.contains(word)
            || is_word(word)
        {
            return None;
        }
        let slips_max = if letters >= TWO_SLIPS_LETTERS_MIN { 2 } else { 1 };
        let near = self.0.iter().filter_map(|known| {
            let begins_alike = known.chars().next() == word.chars().next();
            let about_as_long = known.chars().count().abs_diff(letters) <= slips_max;
            let slips = (begins_alike && about_as_long).then(|| strsim::osa_distance(word, known))?;
            (slips <= slips_max).then_some((slips, known))
        });
        near.min_by_key(|(slips, _)| *slips).map(|(_, known)| known.as_str())
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’')
}

fn written_out(word: &str) -> Option<&'static str> {
    let mut all = SHORT.lines().filter_map(|line| line.split_once(' '));
    all.find(|(short, _)| *short == word).map(|(_, long)| long)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_and_short_forms_are_mended_and_words_are_not() {
        let words = Words::of(["Return an item: forgot your password?"].into_iter());
        let is_word = |word: &str| ["returned", "jacket", "there"].contains(&word);
        for (line, mended) in [
            ("how do i retrun teh jacket?", "how do i return teh jacket?"),
            ("Forgto my PASWORD!", "forgot my password!"),
            ("do u have it", "do you have it"),
            ("it isnt there, pls", "it isn't there, please"),
            ("returned", "returned"),
            ("order 4711", "order 4711"),
        ] {
            assert_eq!(words.mended(line, is_word), mended);
        }
    }

    proptest! {
        #[test]
        fn a_line_of_known_words_stays_as_it_is(line in "[a-z0-9 .,!?ÄÖÜß☃-]{0,60}") {
            let none = Words::default();
            let known = line.split(|c: char| !is_letter(c)).all(|word| written_out(word).is_none());
            prop_assume!(known);
            prop_assert_eq!(none.mended(&line, |_| true), line);
        }
    }
}
