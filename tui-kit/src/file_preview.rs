//! What is shown of a file below its row: how a text begins, or a picture.
//!
//! Owns which files are looked into, how much of one is asked for, and how many rows it takes. What comes is bounded, passes the gate,
//! and is decoded here, never on the server. It refuses to know where files are.

use std::sync::Arc;

use minicom_protocol::gate::Shown;

use crate::pictures::{Picture, Pictures, size_words};
use crate::preview::{Line, Paint, Words, first_rows};

/// Bytes of a text that are fetched to show how it begins.
pub const TEXT_BYTES: u64 = 16 * 1_024;
/// Bytes of a text that are fetched to be read.
pub const READ_BYTES: u64 = 512 * 1_024;
/// Bytes of a picture; a larger one is fetched by whoever wants it.
pub const PICTURE_BYTES: u64 = 4 * 1_024 * 1_024;
/// Rows of a text.
const ROWS_MAX: usize = 8;

/// What a file is looked into for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// How its text begins.
    Text,
    /// To be seen.
    Picture,
}

/// What is shown of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum FilePreview {
    /// How its text begins.
    Text {
        /// As much of it as was fetched.
        text: Shown,
        /// Whether that is all.
        whole: bool,
    },
    /// A picture that the terminal can show.
    Picture(Arc<Picture>),
    /// Words in the place of a picture: its size, or why it is not shown.
    Words(Shown),
}

impl Kind {
    /// What a file of this media type and size is looked into for; `None` if it is not.
    pub fn of(mime: &str, size: u64) -> Option<Kind> {
        let is_text = mime.starts_with("text/") || mime == "application/json";
        let is_picture = matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp");
        match (is_text, is_picture) {
            (true, _) if size > 0 => Some(Kind::Text),
            (_, true) if size > 0 && size <= PICTURE_BYTES => Some(Kind::Picture),
            _ => None,
        }
    }

    /// How many bytes of it are asked for, from its beginning. Of a picture that cannot be shown, that says how large it is.
    pub fn bytes(self, shows_pictures: bool) -> u64 {
        match self {
            Kind::Picture if shows_pictures => PICTURE_BYTES,
            Kind::Picture | Kind::Text => TEXT_BYTES,
        }
    }
}

impl FilePreview {
    /// The beginning of a text of so many bytes in all.
    pub fn of_text(bytes: &[u8], size: u64) -> FilePreview {
        FilePreview::Text {
            text: Shown::text(text(bytes).trim_end()),
            whole: bytes.len() as u64 >= size,
        }
    }

    /// What is shown of the first bytes of a file that has so many in all. A picture is made ready in a thread of its own.
    pub async fn of(kind: Kind, bytes: Vec<u8>, size: u64, pictures: Option<&Pictures>) -> FilePreview {
        match (kind, pictures) {
            (Kind::Text, _) => FilePreview::of_text(&bytes, size),
            (Kind::Picture, None) => FilePreview::Words(size_words(&bytes).unwrap_or_default()),
            (Kind::Picture, Some(pictures)) => match pictures.ready(bytes).await {
                Ok(picture) => FilePreview::Picture(Arc::new(picture)),
                Err(words) => FilePreview::Words(words),
            },
        }
    }

    /// Rows of a text or of words, at most so wide.
    pub(crate) fn lines(&self, columns: usize) -> Vec<Line> {
        let (text, whole) = match self {
            FilePreview::Text { text, whole } => (text, *whole),
            FilePreview::Words(words) => (words, true),
            FilePreview::Picture(_) => return Vec::new(),
        };
        if text.is_empty() {
            return Vec::new();
        }
        let mut rows = first_rows(text.as_str(), columns, ROWS_MAX);
        let more = rows.last().is_some_and(|last| last.hides > 0);
        if !whole {
            // How many lines there are nobody has counted.
            if more {
                rows.pop();
            }
            let words = "… more".to_owned();
            rows.push(Line {
                at: text.as_str().len(),
                paints: vec![(0..words.len(), Paint::Less)],
                words: Words::Made(words),
                hides: 1,
                hang: 0,
                indent: 0,
            });
        }
        rows
    }

    /// The text that its lines are parts of.
    pub(crate) fn text(&self) -> &str {
        match self {
            FilePreview::Text { text, .. } => text.as_str(),
            FilePreview::Words(words) => words.as_str(),
            FilePreview::Picture(_) => "",
        }
    }
}

/// Bytes as a text; one that was cut inside a character loses that one.
pub fn text(bytes: &[u8]) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(preview: &FilePreview, columns: usize) -> Vec<String> {
        let lines = preview.lines(columns);
        lines.iter().map(|line| line.text(preview.text()).to_owned()).collect()
    }

    #[test]
    fn texts_and_small_pictures_are_looked_into() {
        assert_eq!(Kind::of("text/x-diff", 1 << 40), Some(Kind::Text));
        assert_eq!(Kind::of("application/json", 5), Some(Kind::Text));
        assert_eq!(Kind::of("image/png", 5), Some(Kind::Picture));
        for (mime, size) in [
            ("image/png", PICTURE_BYTES + 1),
            ("text/plain", 0),
            ("image/svg+xml", 5),
            ("application/pdf", 5),
        ] {
            assert_eq!(Kind::of(mime, size), None, "{mime}");
        }
    }

    #[test]
    fn a_text_begins_and_says_that_it_goes_on() {
        let log: String = (1..=50).map(|n| format!("line {n}\n")).collect();
        let whole = FilePreview::of_text(log.as_bytes(), log.len() as u64);
        let rows = told(&whole, 40);
        assert_eq!(rows.len(), ROWS_MAX);
        assert_eq!(rows[ROWS_MAX - 1], "… 43 more lines");
        let part = FilePreview::of_text(log.as_bytes(), 1 << 30);
        assert_eq!(told(&part, 40)[ROWS_MAX - 1], "… more");
        let short = FilePreview::of_text(b"one\x1b[2J\n", 8);
        assert_eq!(told(&short, 40), ["one␛[2J"]);
        assert_eq!(
            told(&FilePreview::of_text("né".as_bytes().split_at(2).0, 100), 40),
            ["n", "… more"]
        );
    }
}
