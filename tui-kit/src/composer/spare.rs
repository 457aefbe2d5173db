//! What the shells' line editor does on keys that a program may have for its actions: letters and words that change places, and the case of
//! words. They are asked for last, so that an action on the same key wins.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::edit::Editor;
use super::{Composer, HELD_BYTES_MAX, Handled};
use crate::key::Key;

/// The keys and what they do, for the help: those of them that no action has.
pub const SPARE_KEYS: &[(&str, &str)] = &[
    ("ctrl-t", "the characters beside the cursor change places"),
    ("alt-t", "the words beside the cursor change places"),
    ("alt-u", "the word in capitals"),
    ("alt-l", "the word in small letters"),
    ("alt-c", "the word with a capital"),
];

impl Composer {
    /// One key that was neither [`Composer::key`]'s nor an action's.
    pub fn spare_key(&mut self, key: Key) -> Handled {
        if self.is_empty() {
            return Handled::No;
        }
        let changed = match key.to_string().as_str() {
            "ctrl-t" => self.editor.swap_graphemes(),
            "alt-t" => self.editor.swap_words(),
            "alt-u" => self.editor.change_word(str::to_uppercase),
            "alt-l" => self.editor.change_word(str::to_lowercase),
            "alt-c" => self.editor.change_word(capitalised),
            _ => return Handled::No,
        };
        self.after_edit(changed)
    }
}

fn capitalised(word: &str) -> String {
    let first = word.graphemes(true).next().map_or(0, str::len);
    word[..first].to_uppercase() + &word[first..].to_lowercase()
}

impl Editor {
    /// The grapheme before the cursor goes behind the one after it; at the end of the line the last two change places.
    fn swap_graphemes(&mut self) -> bool {
        let (line, byte) = self.cursor();
        let all: Vec<(usize, &str)> = self.line(line).grapheme_indices(true).collect();
        let after = all.iter().position(|(at, _)| *at >= byte);
        let after = after.unwrap_or(all.len().saturating_sub(1));
        let Some((first, second)) = after.checked_sub(1).and_then(|it| all.get(it)).zip(all.get(after)) else {
            return false;
        };
        let (from, to) = (first.0, second.0 + second.1.len());
        let swapped = format!("{}{}", second.1, first.1);
        self.replace(line, from..to, &swapped)
    }

    /// The word before the cursor goes behind the one at it; at the end of the line the last two change places.
    fn swap_words(&mut self) -> bool {
        let (line, byte) = self.cursor();
        let text = self.line(line);
        let words: Vec<Range<usize>> = words(text).collect();
        let second = words.iter().position(|word| word.end > byte);
        let second = second.unwrap_or(words.len().saturating_sub(1));
        let Some((first, second)) = second
            .checked_sub(1)
            .and_then(|it| words.get(it))
            .zip(words.get(second))
        else {
            return false;
        };
        let between = &text[first.end..second.start];
        let swapped = format!("{}{between}{}", &text[second.clone()], &text[first.clone()]);
        self.replace(line, first.start..second.end, &swapped)
    }

    /// Changes the letters from the cursor to the end of its word, or those of the next one.
    fn change_word(&mut self, change: impl Fn(&str) -> String) -> bool {
        let (line, byte) = self.cursor();
        let text = self.line(line);
        let Some(word) = words(text).find(|word| word.end > byte) else {
            return false;
        };
        let word = word.start.max(byte)..word.end;
        let changed = change(&text[word.clone()]);
        // A letter can have two capitals in its place.
        if self.bytes() + changed.len() - word.len() > HELD_BYTES_MAX {
            return false;
        }
        self.replace(line, word, &changed)
    }
}

fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.unicode_word_indices().map(|(at, word)| at..at + word.len())
}

#[cfg(test)]
#[path = "spare_tests.rs"]
mod tests;
