//! The texts that people give: a message, a customer's name, an agent's name.
//!
//! Owns what is refused at the door, and the words that help. Nothing is cleaned here: a message is stored exactly as it was
//! sent, and goes through the gate on its way out. It refuses to know where a text comes from.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, ScriptExtension, UnicodeScript};
use unicode_width::UnicodeWidthChar;

use crate::gate::{Shown, is_invisible};

/// Bytes of UTF-8 in one message.
pub const MESSAGE_BYTES_MAX: usize = 16_384;
/// Characters (code points after NFC) in a name.
pub const NAME_CHARS_MAX: usize = 64;

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextRefused {
    /// No byte, or nothing that anybody could see.
    #[error("the message is empty: write something that can be seen")]
    Empty,
    /// Above [`MESSAGE_BYTES_MAX`].
    #[error("the message has {actual} bytes, {limit} is the most: shorten it or send it in parts")]
    TooLong {
        /// The most bytes that are taken.
        limit: usize,
        /// The bytes that were given.
        actual: usize,
    },
    /// A NUL byte, which text never has.
    #[error("the message contains a NUL character: send text, not binary data")]
    Nul,
}

/// A message's text as its author sent it: 1 to [`MESSAGE_BYTES_MAX`] bytes, no NUL, not only blank or invisible.
///
/// It may hold control characters: show it by [`Shown::text`] only.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageText(String);

impl MessageText {
    /// Takes a text exactly as it is, or says why not.
    pub fn parse(text: impl Into<String>) -> Result<MessageText, TextRefused> {
        let text = text.into();
        if text.len() > MESSAGE_BYTES_MAX {
            return Err(TextRefused::TooLong {
                limit: MESSAGE_BYTES_MAX,
                actual: text.len(),
            });
        }
        if text.contains('\0') {
            return Err(TextRefused::Nul);
        }
        if !text.chars().any(can_be_seen) {
            return Err(TextRefused::Empty);
        }
        Ok(MessageText(text))
    }

    /// The raw text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text as it may be shown.
    pub fn shown(&self) -> Shown {
        Shown::text(&self.0)
    }
}

/// A message's text belongs into no log: the debug form tells its length only.
impl fmt::Debug for MessageText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "MessageText({} bytes)", self.0.len())
    }
}

pub(crate) fn can_be_seen(c: char) -> bool {
    // The empty Braille cell is a symbol by its category and a blank by its looks.
    !c.is_whitespace() && !is_invisible(c) && c != '\u{2800}'
}

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameRefused {
    /// Nothing, or only blanks.
    #[error("the name is empty: give 1 to 64 letters or digits")]
    Empty,
    /// Above [`NAME_CHARS_MAX`].
    #[error("the name has {actual} characters, {limit} is the most")]
    TooLong {
        /// The most characters that are taken.
        limit: usize,
        /// The characters that were given.
        actual: usize,
    },
    /// A character that names do not have.
    #[error("the name contains {}: use letters, digits, dot, underscore and hyphen", code_point(*.0))]
    BadCharacter(char),
    /// An agent's name contains something that cannot be shown.
    #[error("the name contains {}, which cannot be shown: leave it out", code_point(*.0))]
    CannotBeShown(char),
    /// Only dots, underscores and hyphens.
    #[error("the name has no letter and no digit: add one")]
    NoLetter,
    /// Letters of scripts that are not written together, which look like somebody else's name.
    #[error("the name mixes letters of different scripts, such as Latin and Cyrillic: use one script")]
    MixedScripts,
}

/// Names the character by its number, and shows it only if it cannot do harm.
/// A character that is not taken, so that it can be found in what was typed.
pub(crate) fn code_point(c: char) -> String {
    if c == ' ' {
        return "a blank".to_owned();
    }
    let number = format!("U+{:04X}", u32::from(c));
    if c.is_ascii_graphic() {
        format!("{c:?} ({number})")
    } else {
        number
    }
}

/// A customer's name: NFC, letters, digits, `.`, `_` and `-`, 1 to [`NAME_CHARS_MAX`] characters, one script.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerName(String);

impl CustomerName {
    /// Normalises (NFC) and checks a name. Case is kept: `Alice` and `alice` are two customers.
    pub fn parse(name: impl AsRef<str>) -> Result<CustomerName, NameRefused> {
        let name = name.as_ref();
        // Names are checked wherever they are read, and most are as plain as that.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let has_letter = |name: &str| name.bytes().any(|byte| byte.is_ascii_alphanumeric());
        if name.len() <= NAME_CHARS_MAX && name.bytes().all(plain) && has_letter(name) {
            return Ok(CustomerName(name.to_owned()));
        }
        Self::parse_any(name)
    }

    /// The same for every kind of name.
    fn parse_any(name: &str) -> Result<CustomerName, NameRefused> {
        let name: String = name.nfc().collect();
        check_length(&name)?;
        let mut follows_letter = false;
        for c in name.chars() {
            let mark = follows_letter && is_combining_mark(c) && !is_invisible(c);
            let letter = is_letter_or_digit(c) || mark;
            if !letter && !matches!(c, '.' | '_' | '-') {
                return Err(NameRefused::BadCharacter(c));
            }
            follows_letter = letter;
        }
        // "." and ".." would be something else in a path.
        if !name.chars().any(is_letter_or_digit) {
            return Err(NameRefused::NoLetter);
        }
        if !is_one_script(&name) {
            return Err(NameRefused::MixedScripts);
        }
        Ok(CustomerName(name))
    }

    /// The name, normalised.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it may be shown.
    pub fn shown(&self) -> Shown {
        Shown::name(&self.0)
    }
}

/// An agent's name as others read it: trimmed, NFC, 1 to [`NAME_CHARS_MAX`] characters, nothing that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(String);

impl DisplayName {
    /// Trims, normalises (NFC) and checks a name.
    pub fn parse(name: impl AsRef<str>) -> Result<DisplayName, NameRefused> {
        let name = name.as_ref().trim();
        // As above.
        let plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if (1..=NAME_CHARS_MAX).contains(&name.len()) && name.bytes().all(plain) {
            return Ok(DisplayName(name.to_owned()));
        }
        Self::parse_any(name)
    }

    /// The same for every kind of name.
    fn parse_any(name: &str) -> Result<DisplayName, NameRefused> {
        let name: String = name.nfc().collect();
        check_length(&name)?;
        let hidden = |c: &char| {
            c.is_control() || is_invisible(*c) || c.script() == Script::Unknown || matches!(c, '\u{2028}' | '\u{2029}')
        };
        if let Some(c) = name.chars().find(hidden) {
            return Err(NameRefused::CannotBeShown(c));
        }
        if !name.chars().any(can_be_seen) {
            return Err(NameRefused::Empty);
        }
        Ok(DisplayName(name))
    }

    /// The name, normalised.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it may be shown.
    pub fn shown(&self) -> Shown {
        Shown::name(&self.0)
    }
}

fn check_length(name: &str) -> Result<(), NameRefused> {
    match name.chars().count() {
        0 => Err(NameRefused::Empty),
        actual if actual > NAME_CHARS_MAX => Err(NameRefused::TooLong {
            limit: NAME_CHARS_MAX,
            actual,
        }),
        _ => Ok(()),
    }
}

fn is_letter_or_digit(c: char) -> bool {
    // Parts of Hangul syllables that found no other part take no room and show nothing.
    let shows_alone = c.width() != Some(0);
    c.is_alphanumeric() && shows_alone && !is_combining_mark(c) && !is_invisible(c) && !is_look_alike(c)
}

/// Wide, raised, circled and mathematical forms look like the plain letter but would be another name. Two vowels of Thai and
/// Lao have such a mapping too, and are ordinary letters.
fn is_look_alike(c: char) -> bool {
    let plain = std::iter::once(c).nfkc();
    !matches!(c, '\u{0E33}' | '\u{0EB3}') && !plain.eq(std::iter::once(c).nfc())
}

/// Whether there is one way of writing that has all these characters. Japanese, Korean and Chinese with Bopomofo are each one
/// way of writing with several scripts (Unicode Technical Standard 39, augmented script sets).
fn is_one_script(name: &str) -> bool {
    let mut common = ScriptExtension::default();
    let (mut japanese, mut korean, mut chinese) = (true, true, true);
    for c in name.chars() {
        let scripts = c.script_extension();
        if scripts.is_common() || scripts.is_inherited() {
            continue;
        }
        let has = |script| scripts.contains_script(script);
        japanese &= has(Script::Han) || has(Script::Hiragana) || has(Script::Katakana);
        korean &= has(Script::Han) || has(Script::Hangul);
        chinese &= has(Script::Han) || has(Script::Bopomofo);
        common = common.intersection(scripts);
    }
    japanese || korean || chinese || !common.is_empty()
}

macro_rules! string_conversions {
    ($($name:ident refused by $refused:ident),* $(,)?) => {$(
        impl TryFrom<String> for $name {
            type Error = $refused;
            fn try_from(text: String) -> Result<Self, $refused> {
                $name::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $refused;
            fn from_str(text: &str) -> Result<Self, $refused> {
                $name::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
    )*};
}

/// Both kinds of names have passed a check that leaves nothing in them that could do harm in a line of text.
impl fmt::Display for CustomerName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

string_conversions!(MessageText refused by TextRefused, CustomerName refused by NameRefused, DisplayName refused by NameRefused);

impl From<NameRefused> for crate::refusal::Refusal {
    fn from(refused: NameRefused) -> crate::refusal::Refusal {
        crate::refusal::Refusal::BadName {
            why: refused.to_string(),
        }
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
