//! Cutting words and what stands before or behind the cursor. What is cut by keys that follow one another is inserted again together.

use super::edit::Editor;

impl Editor {
    pub(super) fn cut_word_back(&mut self) -> bool {
        let (line, byte) = self.cursor();
        let kept = self.line(line)[..byte].trim_end();
        let start = kept
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + kept[at..].chars().next().map_or(0, char::len_utf8));
        if start == byte {
            self.remove_back(self.goes_on_cutting())
        } else {
            self.remove((line, start), byte - start, true)
        }
    }

    pub(super) fn cut_word_forward(&mut self) -> bool {
        let (line, byte) = self.cursor();
        let end = self.word_end(line, byte);
        if end == byte {
            self.remove_forward(self.goes_on_cutting())
        } else {
            self.remove((line, byte), end - byte, true)
        }
    }

    /// At the start of a line it cuts the line end before it, so that pressing it again goes on.
    pub(super) fn cut_to_start(&mut self) -> bool {
        let (line, byte) = self.cursor();
        if byte == 0 {
            self.remove_back(self.goes_on_cutting())
        } else {
            self.remove((line, 0), byte, true)
        }
    }

    pub(super) fn cut_to_end(&mut self) -> bool {
        let (line, byte) = self.cursor();
        let rest = self.line(line).len() - byte;
        if rest == 0 {
            self.remove_forward(self.goes_on_cutting())
        } else {
            self.remove((line, byte), rest, true)
        }
    }
}
