//! What stands behind a word: words with blanks between, `"` around what has blanks in it, `name=value`. Pure.

/// What is told where a quotation mark is left open.
pub(super) const UNCLOSED: &str = "A \" is missing at the end.";

/// The words of a line. Within quotation marks `\"` is one and `\\` is a backslash.
///
/// # Errors
/// [`UNCLOSED`].
pub(super) fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut found: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => {
                let mut ahead = chars.clone();
                let next = ahead.next().filter(|next| matches!(next, '"' | '\\'));
                if next.is_some() {
                    chars = ahead;
                }
                word.get_or_insert_default().push(next.unwrap_or('\\'));
            }
            c if c.is_whitespace() && !quoted => found.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word);
    if quoted { Err(UNCLOSED) } else { Ok(found) }
}

/// `name=value`, where it is that.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    word.split_once('=').filter(|(name, _)| !name.is_empty())
}

/// The first word and what stands behind it.
pub(super) fn first(line: &str) -> (&str, &str) {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (first, rest.trim())
}

/// What stands before and behind ` -- `; nothing behind it where there is none.
pub(super) fn apart(line: &str) -> (&str, Option<&str>) {
    if let Some(behind) = line.strip_prefix("-- ") {
        return ("", Some(behind.trim()));
    }
    match line.split_once(" -- ") {
        Some((before, behind)) => (before.trim(), Some(behind.trim())),
        None => (line.trim().trim_end_matches(" --").trim_end(), None),
    }
}

/// A text of several lines written on one: `\n` ends a line, `\\` is a backslash.
pub(super) fn text(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let mut ahead = chars.clone();
        match (c, ahead.next()) {
            ('\\', Some('n')) => {
                text.push('\n');
                chars = ahead;
            }
            ('\\', Some('\\')) => {
                text.push('\\');
                chars = ahead;
            }
            _ => text.push(c),
        }
    }
    text
}

/// The beginning of a text, for a line that tells which one is meant.
pub(super) fn beginning(text: &str) -> minicom_tui_kit::Shown {
    let mut words = String::new();
    // A few words are enough, however long the text is.
    for word in text.split_whitespace().take(12) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    minicom_tui_kit::Shown::line(&words).cut(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_blanks_between_or_quotation_marks_around() {
        let check = |line: &str, expected: &[&str]| assert_eq!(words(line).unwrap(), expected, "{line}");
        check("", &[]);
        check("  a  b ", &["a", "b"]);
        check(
            r#"name="Carol C" email=c@d "" x"#,
            &["name=Carol C", "email=c@d", "", "x"],
        );
        check(r#""a \"b\" \\ \n" c\d"#, &["a \"b\" \\ \\n", "c\\d"]);
        assert_eq!(words("a \"b"), Err(UNCLOSED));
        assert_eq!(words("\"\\"), Err(UNCLOSED));
    }

    #[test]
    fn parts_of_a_line() {
        assert_eq!(assignment("a=b=c"), Some(("a", "b=c")));
        assert_eq!((assignment("=b"), assignment("b")), (None, None));
        assert_eq!(first("12  to do"), ("12", "to do"));
        assert_eq!(first("12"), ("12", ""));
        assert_eq!(
            apart("Bo Smith -- she is -- angry"),
            ("Bo Smith", Some("she is -- angry"))
        );
        assert_eq!(apart("-- note"), ("", Some("note")));
        assert_eq!((apart("Bo"), apart("Bo --")), (("Bo", None), ("Bo", None)));
        assert_eq!(text(r"a\nb\\n\x\"), "a\nb\\n\\x\\");
        assert_eq!(beginning(&"a b\n".repeat(5_000)).as_str(), "a b a b a b a b a b a b");
    }
}
