//! Words of a text, as far as it takes to compare what two texts are about: without small words, with endings cut off.

use std::{collections::HashSet, sync::LazyLock};

use super::super::language;

static SMALL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let more = [
        "also", "any", "so", "then", "if", "as", "just", "only", "will", "be", "you'll", "your", "yes", "within",
        "sie", "ihr",
    ];
    language::small_words().chain(more).collect()
});

/// Letters by which two words count as the same: "return", "returned", "returns".
const STEM_CHARS: usize = 5;

/// All words, in order.
pub fn all(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The words that say what a text is about.
pub fn stems(text: &str) -> Vec<String> {
    let words = all(text)
        .into_iter()
        .filter(|word| word.chars().count() > 2 || word.chars().any(|c| c.is_ascii_digit()));
    words
        .filter(|word| !SMALL.contains(word.as_str()))
        .map(|word| stem(&word))
        .collect()
}

fn stem(word: &str) -> String {
    let word = word.trim_end_matches("'s");
    let word = match word.chars().count() > 3 {
        true => word.trim_end_matches('s'),
        false => word,
    };
    word.chars().take(STEM_CHARS).collect()
}

/// Whether a sentence says no.
pub fn says_no(sentence: &str) -> bool {
    let says_no = |word: &String| {
        let word = word.as_str();
        word.ends_with("n't")
            || word.starts_with("kein")
            || matches!(
                word,
                "not"
                    | "no"
                    | "never"
                    | "cannot"
                    | "without"
                    | "none"
                    | "neither"
                    | "nor"
                    | "nicht"
                    | "nie"
                    | "niemals"
                    | "ohne"
                    | "weder"
            )
    };
    all(&sentence.replace('’', "'")).iter().any(says_no)
}

/// Numbers that are written as words become figures. "One" is left: it mostly counts nothing.
pub fn numbers(text: &str) -> String {
    const WORDS: [(&str, &str); 34] = [
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("eleven", "11"),
        ("twelve", "12"),
        ("fourteen", "14"),
        ("fifteen", "15"),
        ("twenty", "20"),
        ("thirty", "30"),
        ("sixty", "60"),
        ("ninety", "90"),
        ("hundred", "100"),
        ("zwei", "2"),
        ("drei", "3"),
        ("vier", "4"),
        ("fünf", "5"),
        ("sechs", "6"),
        ("sieben", "7"),
        ("acht", "8"),
        ("neun", "9"),
        ("zehn", "10"),
        ("elf", "11"),
        ("zwölf", "12"),
        ("vierzehn", "14"),
        ("zwanzig", "20"),
        ("dreißig", "30"),
        ("sechzig", "60"),
        ("hundert", "100"),
    ];
    let pieces = text.split_inclusive(|c: char| !c.is_alphanumeric());
    let mut out = String::with_capacity(text.len());
    for piece in pieces {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        match WORDS.iter().find(|(name, _)| *name == word) {
            Some((_, figure)) => {
                out.push_str(figure);
                out.push_str(&piece[word.len()..]);
            }
            None => out.push_str(piece),
        }
    }
    out
}

/// A word without the marks around it.
pub fn bare(word: &str) -> &str {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/')
}

/// Whether a word leads somewhere: a page, a file, somebody's mailbox, a number to call in a link.
pub fn is_address(word: &str) -> bool {
    let scheme = word.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphabetic())
    });
    // A name with a dot in it between letters: example.org, but neither 3.50 nor "e.g".
    let mut labels = word.split(['/', '?', '#', ':']).next().unwrap_or(word).split('.');
    let last = labels.next_back().unwrap_or_default();
    let is_name = labels
        .next_back()
        .is_some_and(|label| label.chars().any(char::is_alphanumeric))
        && last.chars().count() > 1
        && last.chars().all(char::is_alphabetic);
    scheme || is_name || word.contains('@') || word.contains("://")
}

/// Whether a character is not seen, or turns the direction of others.
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_seen_in_every_form() {
        for word in [
            "https://evil.example",
            "evil.example/path",
            "www.evil.example",
            "ada@example.org",
            "mailto:ada",
            "tel:0800",
            "evil.example:8080/x",
            "javascript:alert(1)",
        ] {
            assert!(is_address(word), "{word}");
        }
        for word in ["3.50", "e.g", "yes", "24/12/2025", "9:30", "1.", "a"] {
            assert!(!is_address(word), "{word}");
        }
    }

    #[test]
    fn words_are_compared_by_their_beginnings_and_numbers_by_figures() {
        assert_eq!(stems("The items were returned"), ["item", "retur"]);
        assert_eq!(stems("an item returns"), ["item", "retur"]);
        assert_eq!(numbers("within two weeks, ten-day"), "within 2 weeks, 10-day");
        assert!(says_no("You can’t return it") && says_no("Das geht nicht.") && !says_no("You can return it"));
    }

    proptest! {
        #[test]
        fn any_text_has_words(text in any::<String>()) {
            stems(&text);
            says_no(&text);
            numbers(&text);
            for word in text.split_whitespace() {
                is_address(bare(word));
            }
        }
    }
}
