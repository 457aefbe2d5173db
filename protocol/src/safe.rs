//! Longer texts on their way out: everything of them, line by line through the gate. And Markdown in which strangers' words are
//! words and nothing else.

use crate::gate::Shown;

/// Characters that pass the gate at once; it cuts what is much longer.
const STRETCH_CHARS: usize = 4_000;

/// All lines of a text, each as it may be shown.
pub fn lines(raw: &str) -> Vec<String> {
    let text = raw.replace("\r\n", "\n");
    text.split('\n').map(line).collect()
}

/// A text as it may be shown: all of it, with a line end behind it.
pub fn text(raw: &str) -> String {
    let mut out = lines(raw.trim_end()).join("\n");
    out.push('\n');
    out
}

fn line(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while !rest.is_empty() {
        let end = rest.char_indices().nth(STRETCH_CHARS).map_or(rest.len(), |(at, _)| at);
        let (stretch, more) = rest.split_at(end);
        // Tabs and blanks are kept: they mean something in Markdown.
        match stretch.trim().is_empty() {
            true => out.push_str(
                &stretch
                    .replace(|c: char| c != ' ' && c != '\t', " ")
                    .replace('\t', "    "),
            ),
            false => out.push_str(Shown::text(stretch).as_str()),
        }
        rest = more;
    }
    out
}

/// One line of strangers' words inside Markdown: nothing in it is a mark.
pub fn markdown_words(raw: &str) -> String {
    let mut out = String::new();
    for c in Shown::line(raw).as_str().chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '!' | '|' | '~' | '$'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text as a block of Markdown in which nothing is a mark, whatever it says.
pub fn markdown_block(raw: &str) -> String {
    let mut out = String::new();
    for line in lines(raw.trim_end()) {
        let line = line.trim_end();
        if !line.is_empty() {
            out.push_str("    ");
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_raw_comes_out() {
        let long = format!("{}\n\n{}", "a".repeat(9_000), "b\n".repeat(500));
        assert_eq!(text(&long), long, "neither long lines nor many are cut");
        assert_eq!(text("x\u{1b}[2J\u{9b}\r\n\ty\u{7}"), "x␛[2J\\x9B\n    y␇\n");
        let hostile = format!("a\u{202e}b{}", "\u{301}".repeat(10_000));
        assert!(text(&hostile).len() < 4_000);
        assert!(!text(&hostile).contains('\u{202e}'));
    }

    #[test]
    fn markdown_of_strangers_is_no_markdown() {
        assert_eq!(
            markdown_words("# <b>*x*</b>\n[a](b)"),
            "\\# \\<b\\>\\*x\\*\\</b\\>␤\\[a\\](b)"
        );
        assert_eq!(markdown_block("# a\n\n```\n\tb\n"), "    # a\n\n    ```\n        b\n");
    }
}
