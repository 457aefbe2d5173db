//! The beginning of a text, as a list shows it. It gates nothing: whoever shows it does.

use unicode_segmentation::UnicodeSegmentation;

/// Graphemes of the newest line that a summary keeps.
pub const EXCERPT_GRAPHEMES_MAX: usize = 80;

/// Bytes of it at most: a grapheme can be as long as the whole line.
const BYTES_MAX: usize = EXCERPT_GRAPHEMES_MAX * 8;

/// The beginning of a text on one line, at most [`EXCERPT_GRAPHEMES_MAX`] graphemes. As raw as the text itself.
pub fn excerpt(text: &str) -> String {
    // The cut in bytes comes first.
    let mut end = text.len().min(BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].graphemes(true).take(EXCERPT_GRAPHEMES_MAX);
    line.map(|g| if g == "\n" || g == "\r\n" { " " } else { g }).collect()
}

/// Whether an excerpt is as long as one can be, so that its text may go on behind it.
pub(crate) fn may_go_on(excerpt: &str) -> bool {
    // The cut in bytes stands at a character's beginning.
    excerpt.len() + 3 >= BYTES_MAX || excerpt.graphemes(true).count() >= EXCERPT_GRAPHEMES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_that_was_cut_is_known_by_its_length() {
        let family = "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        for text in ["a".repeat(81), "ä".repeat(200), family.repeat(60), "一".repeat(300)] {
            assert!(may_go_on(&excerpt(&text)), "{text}");
        }
        for text in ["", "a", &"ä".repeat(79), &family.repeat(30)] {
            assert_eq!((excerpt(text).as_str(), may_go_on(text)), (text, false));
        }
    }
}
