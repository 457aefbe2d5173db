//! What is true of a text being written after every key, for storms.

use unicode_segmentation::UnicodeSegmentation;

use super::{Composer, HELD_BYTES_MAX};

impl Composer {
    /// Whether the cursor stands between two graphemes of its line, and the text is one that can be held.
    ///
    /// # Errors
    /// What is not so.
    pub fn valid(&self) -> Result<(), String> {
        let (at, byte) = self.editor.cursor();
        let Some(line) = self.editor.lines().get(at) else {
            return Err(format!("the cursor is on line {at} of {}", self.editor.lines().len()));
        };
        let between = byte == line.len() || line.grapheme_indices(true).any(|(start, _)| start == byte);
        if !between {
            return Err(format!("the cursor is inside a grapheme, at byte {byte} of {line:?}"));
        }
        if let Some(line) = self
            .editor
            .lines()
            .iter()
            .find(|line| line.contains(|c: char| c.is_control()))
        {
            return Err(format!("a control character is written: {line:?}"));
        }
        match self.bytes() {
            bytes if bytes > HELD_BYTES_MAX => Err(format!("{bytes} bytes are held")),
            _ => Ok(()),
        }
    }
}
