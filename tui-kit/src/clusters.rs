//! What is written of several characters and stands for several columns: an emoji with its parts, a syllable of an Indian script.
//!
//! Owns that nothing is left of what stood there before: a terminal that counts fewer columns for it than we do draws over some of them
//! only. It refuses to know how wide a terminal takes it.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::width;

/// A frame in which the columns of such a cluster are erased (`ECH`) before it is drawn.
pub(crate) fn erase_before(frame: Vec<u8>) -> Vec<u8> {
    // What is drawn is text; of anything else nothing is known.
    let Some(mut rest) = std::str::from_utf8(&frame).ok().filter(|frame| !frame.is_ascii()) else {
        return frame;
    };
    let mut out = String::with_capacity(rest.len());
    while !rest.is_empty() {
        let (text, behind) = rest.split_at(rest.find('\x1b').unwrap_or(rest.len()));
        for grapheme in text.graphemes(true) {
            let columns = width(grapheme);
            if columns > 1 && grapheme.chars().nth(1).is_some() {
                out.push_str(&format!("\x1b[{columns}X"));
            }
            out.push_str(grapheme);
        }
        let (sequence, after) = behind.split_at(length_of_sequence(behind));
        out.push_str(sequence);
        rest = after;
    }
    out.into_bytes()
}

/// Bytes of the escape sequence at the beginning of what follows a text; nothing if nothing follows.
fn length_of_sequence(behind: &str) -> usize {
    let Some(kind) = behind.chars().nth(1) else {
        return behind.len();
    };
    let (before, inside) = behind.split_at(1 + kind.len_utf8());
    let end = match kind {
        '[' => inside.find(|c| matches!(c, '@'..='~')).map(|at| at + 1),
        ']' | 'P' => inside.find("\x1b\\").map(|at| at + 2),
        _ => Some(0),
    };
    end.map_or(behind.len(), |end| before.len() + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erased(frame: &str) -> String {
        String::from_utf8(erase_before(frame.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn only_what_a_terminal_may_count_otherwise_is_erased_before() {
        assert_eq!(
            erased("a\u{1b}[1;2H\u{2764}\u{fe0f}b"),
            "a\u{1b}[1;2H\u{1b}[2X\u{2764}\u{fe0f}b"
        );
        for same in [
            "plain \u{1b}[2;3H text",
            "你好 é e\u{301}",
            "",
            "\u{1b}",
            "你\u{1b}[",
            "你\u{1b}]8;;x",
        ] {
            assert_eq!(erased(same), same);
        }
        let link = "\u{1b}]8;id=1;https://x.example/\u{1b}\\你\u{1b}]8;;\u{1b}\\";
        assert_eq!(erased(link), link);
    }
}
