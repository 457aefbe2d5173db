//! What a customer writes, without what could harm if it were read elsewhere: numbers of cards and accounts, addresses, telephone
//! numbers, secrets. For notes, logs and whatever leaves the program; the customer's own line stays as it was written.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

/// Characters of a line that the bot reads.
pub const READ_CHARS: usize = 2_000;

/// What is hidden, and what stands in its place. The order counts: an address before the numbers in it.
static HIDDEN: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let hidden = [
        (r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}", "[e-mail]"),
        (
            r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
            "[account]",
        ),
        (r"\b(?:\d[ -]?){12,18}\d\b", "[card]"),
        (
            r"(?:\+|\b00)\d[\d ()/-]{6,}\d|\b0\d{2,4}[ /-]\d[\d -]{4,}\d",
            "[telephone]",
        ),
        (r"\b(?:sk|pk|ghp|xox[bp]|eyJ)[A-Za-z0-9_.-]{16,}", "[secret]"),
        (r"\b[A-Za-z0-9_-]{32,}\b", "[secret]"),
    ];
    let compiled = hidden
        .into_iter()
        .map(|(pattern, name)| Some((Regex::new(pattern).ok()?, name)));
    compiled
        .collect::<Option<Vec<_>>>()
        .expect("these patterns are right (a test)")
});

/// The text with names in place of what is hidden.
pub fn masked(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for (pattern, name) in HIDDEN.iter() {
        if let Cow::Owned(hidden) = pattern.replace_all(&text, *name) {
            text = Cow::Owned(hidden);
        }
    }
    text.into_owned()
}

/// The beginning of a line, as far as the bot reads.
pub fn read(text: &str) -> &str {
    match text.char_indices().nth(READ_CHARS) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_could_harm_is_hidden_and_the_rest_stays() {
        for (text, shown) in [
            ("my card is 4111 1111 1111 1111 ok?", "my card is [card] ok?"),
            ("write to jane.doe@example.com please", "write to [e-mail] please"),
            ("call +49 170 1234567 today", "call [telephone] today"),
            ("DE89 3704 0044 0532 0130 00", "[account]"),
            ("key sk-abcdefghijklmnopqrstuvwx", "key [secret]"),
            ("order 4711 of 24/12/2025, 3 items", "order 4711 of 24/12/2025, 3 items"),
            ("it takes 3 to 5 days", "it takes 3 to 5 days"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_masked_and_read(text in any::<String>()) {
            masked(&text);
            prop_assert!(text.starts_with(read(&text)));
        }
    }
}
