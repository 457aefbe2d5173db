//! Short texts that people type about a conversation: subjects, tags, skills, addresses. Each is checked where it comes in, so
//! that nothing behind the door has to ask again. They are strangers' words all the same: they are shown through the gate.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::{gate::Shown, text::code_point};

/// Characters that a subject may have.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Characters that a tag or a skill may have.
pub const WORD_CHARS_MAX: usize = 32;
/// Bytes that an e-mail address may have (RFC 5321, 4.5.3.1.3).
pub const EMAIL_BYTES_MAX: usize = 254;

/// Why a short text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordRefused {
    /// Nothing is there.
    #[error("{what} is empty")]
    Empty {
        /// What was to be given.
        what: &'static str,
    },
    /// Too many characters.
    #[error("{what} has {actual} characters; {limit} is the most")]
    TooLong {
        /// What was to be given.
        what: &'static str,
        /// The most.
        limit: usize,
        /// What was given.
        actual: usize,
    },
    /// A character that it cannot have.
    #[error("{what} cannot contain {}; {hint}", code_point(char::from_u32(*.code).unwrap_or_default()))]
    BadCharacter {
        /// What was to be given.
        what: &'static str,
        /// The character's number.
        code: u32,
        /// What it may have.
        hint: &'static str,
    },
    /// It is no address.
    #[error("this is not an e-mail address: it needs a name, one @ and a domain")]
    NotAnAddress,
}

macro_rules! checked {
    ($($(#[$doc:meta])* $name:ident by $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Normalises and checks.
            ///
            /// # Errors
            /// What is wrong with it.
            pub fn parse(text: impl AsRef<str>) -> Result<Self, WordRefused> {
                let check: fn(&str) -> Result<String, WordRefused> = $check;
                check(text.as_ref()).map(Self)
            }

            /// As text. It is a stranger's: show [`Self::shown`].
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// As it may be shown, on one line.
            pub fn shown(&self) -> Shown {
                Shown::line(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:?})"), self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = WordRefused;

            fn try_from(text: String) -> Result<Self, WordRefused> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = WordRefused;

            fn from_str(text: &str) -> Result<Self, WordRefused> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> String {
                it.0
            }
        }
    )*};
}

checked! {
    /// What a conversation is about, on one line: trimmed, NFC, 1 to [`SUBJECT_CHARS_MAX`] characters, no control characters.
    SubjectLine by |text| one_line("the subject", SUBJECT_CHARS_MAX, text);
    /// A tag on a conversation: see [`Skill`] for its form.
    Tag by |text| word("a tag", text);
    /// What an agent is good at and a conversation needs: NFC, lower case, letters, digits, `-`, `_`, `.`, 1 to
    /// [`WORD_CHARS_MAX`] characters.
    Skill by |text| word("a skill", text);
    /// A group's name, as a skill's.
    GroupName by |text| word("a group's name", text);
    /// An e-mail address as somebody gave it. Nobody has proven it.
    Email by email;
}

fn one_line(what: &'static str, limit: usize, text: &str) -> Result<String, WordRefused> {
    let text: String = text.trim().nfc().collect();
    let actual = text.chars().count();
    if actual == 0 {
        return Err(WordRefused::Empty { what });
    }
    if actual > limit {
        return Err(WordRefused::TooLong { what, limit, actual });
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(WordRefused::BadCharacter {
            what,
            code: c.into(),
            hint: "it is one line of text",
        }),
        None => Ok(text),
    }
}

fn word(what: &'static str, text: &str) -> Result<String, WordRefused> {
    let text = one_line(what, WORD_CHARS_MAX, &text.trim().to_lowercase())?;
    match text
        .chars()
        .find(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'))
    {
        Some(c) => Err(WordRefused::BadCharacter {
            what,
            code: c.into(),
            hint: "use letters, digits, hyphen, underscore and dot",
        }),
        None => Ok(text),
    }
}

fn email(text: &str) -> Result<String, WordRefused> {
    let text = one_line("the e-mail address", EMAIL_BYTES_MAX, text)?;
    if text.len() > EMAIL_BYTES_MAX {
        return Err(WordRefused::TooLong {
            what: "the e-mail address",
            limit: EMAIL_BYTES_MAX,
            actual: text.len(),
        });
    }
    let fits = text.split_once('@').is_some_and(|(name, domain)| {
        let clean = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace());
        clean(name) && clean(domain) && !domain.starts_with('.') && !domain.ends_with('.')
    });
    fits.then_some(text).ok_or(WordRefused::NotAnAddress)
}

/// Sorts, and leaves out what is there twice.
pub fn as_set<T: Ord>(mut words: Vec<T>) -> Vec<T> {
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_normalised_and_checked() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = Tag::parse(text);
            assert_eq!(
                found.as_ref().map(Tag::as_str).map_err(ToString::to_string),
                expected.map_err(str::to_owned),
                "{text:?}"
            );
        };
        check(" VIP ", Ok("vip"));
        check("größe-2", Ok("größe-2"));
        check("", Err("a tag is empty"));
        check(
            "two words",
            Err("a tag cannot contain a blank; use letters, digits, hyphen, underscore and dot"),
        );
        check(
            "a\u{202e}b",
            Err("a tag cannot contain U+202E; use letters, digits, hyphen, underscore and dot"),
        );
        assert!(Tag::parse("x".repeat(33)).is_err());
    }

    #[test]
    fn addresses_have_a_name_and_a_domain() {
        for good in ["a@b", "ada.l+x@example.test", " carol@example.test "] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@.c", "a@c.", "a@\u{1b}c"] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_subject_is_one_line() {
        assert!(SubjectLine::parse("late\nparcel").is_err());
        assert_eq!(SubjectLine::parse("  late parcel ").unwrap().as_str(), "late parcel");
        assert!(SubjectLine::parse("x".repeat(201)).is_err());
    }
}
