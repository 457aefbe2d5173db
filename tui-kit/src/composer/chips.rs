//! Large pastes stand as one sign in what is written, so that the text around them can be seen and one key deletes them. What is sent,
//! kept and copied is the text.
//!
//! A sign is a character of a private plane that no text from outside gets in here with.

use minicom_protocol::event::size_words;

/// A paste of more lines than this is one sign.
const LINES_MAX: usize = 10;
/// The same for bytes.
const BYTES_MAX: usize = 1_000;
/// The first of the signs.
const FIRST: u32 = 0x10_F000;
/// Signs of one text. More pastes stay as they are.
const MOST: usize = 256;

/// What the signs of a text stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Chips {
    texts: Vec<String>,
}

impl Chips {
    /// Whether a paste is to stand as one sign.
    pub(super) fn is_large(text: &str) -> bool {
        text.len() > BYTES_MAX || text.lines().count() > LINES_MAX
    }

    /// The sign for a paste; `None` if there are too many.
    pub(super) fn fold(&mut self, text: &str) -> Option<char> {
        let index = self.texts.len();
        let sign = sign(index).filter(|_| index < MOST)?;
        self.texts.push(text.to_owned());
        Some(sign)
    }

    /// What a sign stands for.
    pub(super) fn of(&self, sign: char) -> Option<&str> {
        let index = usize::try_from(u32::from(sign).checked_sub(FIRST)?).ok()?;
        self.texts.get(index).map(String::as_str)
    }

    /// What is shown in the place of a grapheme that is one of the signs: `[48 lines, 2.1 KiB]`.
    pub(super) fn label(&self, grapheme: &str) -> Option<String> {
        let text = grapheme.chars().next().and_then(|sign| self.of(sign))?;
        let size = size_words(text.len() as u64);
        Some(match text.lines().count() {
            0 | 1 => format!("[1 line, {size}]"),
            lines => format!("[{lines} lines, {size}]"),
        })
    }

    /// A text with all that its signs stand for.
    pub(super) fn expanded(&self, text: String) -> String {
        if self.texts.is_empty() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.of(c) {
                Some(text) => out.push_str(text),
                None => out.push(c),
            }
        }
        out
    }
}

/// A text from outside, in which nothing is a sign.
pub(super) fn without_signs(text: &str) -> String {
    let is_sign = |c: char| (FIRST..FIRST + MOST as u32).contains(&u32::from(c));
    text.replace(is_sign, "\u{fffd}")
}

fn sign(index: usize) -> Option<char> {
    char::from_u32(FIRST + u32::try_from(index).ok()?)
}
