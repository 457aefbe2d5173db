//! A text in sentences, also one that still grows: only what has ended is taken.

/// The sentences of a whole text.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let all = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = ended(rest).unwrap_or(rest.len());
        let (sentence, after) = rest.split_at(end);
        rest = after;
        Some(sentence.trim())
    });
    all.filter(|it| it.chars().any(char::is_alphanumeric))
}

/// Where the first sentence of a text that still grows ends, in bytes; `None` if it has not ended. A mark ends it only with a blank after it:
/// what follows may be the rest of a number or an address.
pub fn ended(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    let mut begun = false;
    while let Some((at, c)) = chars.next() {
        begun |= c.is_alphanumeric();
        let end = at + c.len_utf8();
        let blank_next = chars.peek().is_some_and(|(_, next)| next.is_whitespace());
        if begun && (c == '\n' || (matches!(c, '.' | '!' | '?' | '…' | '。') && blank_next)) {
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sentence_ends_with_a_mark_and_a_blank() {
        let text = "It costs 3.50 EUR. See www.example.org. \n Is that all? Yes";
        let all: Vec<&str> = sentences(text).collect();
        assert_eq!(
            all,
            ["It costs 3.50 EUR.", "See www.example.org.", "Is that all?", "Yes"]
        );
        assert_eq!(ended("It costs 3."), None, "more of the number may come");
    }

    proptest! {
        #[test]
        fn a_growing_text_has_the_sentences_of_the_whole(text in "([a-z0-9]{1,4}|[.!? \n…])*", cut in 0_usize..60) {
            let at = text.char_indices().nth(cut).map_or(text.len(), |(at, _)| at);
            if let Some(end) = ended(&text[..at]) {
                prop_assert_eq!(ended(&text), Some(end));
            }
            prop_assert!(sentences(&text).all(|it| !it.is_empty()));
        }
    }
}
