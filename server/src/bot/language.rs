//! In which language a customer writes: the one whose small words are found most often. A third language is a list of its small
//! words here and a file of rules.

/// Two letters of a language, and its small words.
const LANGUAGES: &[(&str, &str)] = &[
    ("en", include_str!("languages/en.txt")),
    ("de", include_str!("languages/de.txt")),
];

/// The small words of all languages: they say nothing of what a text is about.
pub fn small_words() -> impl Iterator<Item = &'static str> {
    LANGUAGES.iter().flat_map(|(_, small)| small.split_whitespace())
}

/// The language of some lines by one person, as two letters: English unless another is clearly there.
pub fn guess<'a>(lines: impl Iterator<Item = &'a str>) -> &'static str {
    let mut counts = vec![0; LANGUAGES.len()];
    for line in lines {
        let line = line.to_lowercase();
        for word in line
            .split(|c: char| !c.is_alphanumeric() && c != '\'')
            .filter(|word| !word.is_empty())
        {
            for (count, (_, small)) in counts.iter_mut().zip(LANGUAGES) {
                *count += usize::from(small.split_whitespace().any(|known| known == word));
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    // The first is the one to fall back on: another must have more of its own.
    let best = counts.iter().position(|count| *count == most).unwrap_or_default();
    LANGUAGES[best].0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_tell_the_language() {
        for (text, language) in [
            ("where is my order", "en"),
            ("Wo ist meine Bestellung?", "de"),
            ("ich möchte mit einem Menschen sprechen", "de"),
            ("I want to talk to a human", "en"),
            ("¿Dónde está mi pedido?", "en"),
            ("", "en"),
            ("die", "de"),
            ("4711", "en"),
        ] {
            assert_eq!(guess([text].into_iter()), language, "{text}");
        }
        // What was said before counts too.
        assert_eq!(guess(["Wo ist mein Paket?", "order 4711"].into_iter()), "de");
    }
}
