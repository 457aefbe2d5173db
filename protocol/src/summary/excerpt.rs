//! The beginning of a text, as a list shows it. It gates nothing: whoever shows it does.

/// Graphemes of the newest line that a summary keeps.
pub const EXCERPT_GRAPHEMES_MAX: usize = 80;

/// The beginning of a text on one line, at most [`EXCERPT_GRAPHEMES_MAX`] graphemes. As raw as the text itself.
pub fn excerpt(text: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    // The cut in bytes comes first: a grapheme can be as long as the whole line.
    let mut end = text.len().min(EXCERPT_GRAPHEMES_MAX * 8);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text[..end].graphemes(true).take(EXCERPT_GRAPHEMES_MAX);
    line.map(|g| if g == "\n" || g == "\r\n" { " " } else { g }).collect()
}
