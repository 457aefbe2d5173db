//! Front matter: a few keys in TOML between two lines of `+++`, then the text itself.

use super::strict::Mistake;

/// A line that begins and ends the front matter.
const FENCE: &str = "+++";

/// A file in its two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The front matter, if there is any. It begins in line 2.
    pub front: Option<&'a str>,
    /// The text, without empty lines before it and without blanks behind it.
    pub body: &'a str,
    /// Lines of the file before the text.
    pub lines_before: usize,
}

/// Takes a file apart.
///
/// # Errors
/// Front matter that does not end, or is none of ours.
pub fn split<'a>(file: &str, text: &'a str) -> Result<Parts<'a>, Mistake> {
    let first = text.lines().next().unwrap_or_default().trim_end();
    if first == "---" {
        let what = "front matter here is TOML between two lines of +++, not YAML between ---; if this is a rule, put an empty \
                    line before it";
        return Err(Mistake::at(file, (1, 1), what));
    }
    if first != FENCE {
        return Ok(parts(None, text, 0));
    }
    let begin = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut at = begin;
    for line in text[begin..].split_inclusive('\n') {
        if line.trim_end() == FENCE {
            let front = &text[begin..at];
            let before = text[..at].matches('\n').count() + 1;
            return Ok(parts(Some(front), &text[at + line.len()..], before));
        }
        at += line.len();
    }
    let what = "the front matter does not end: put a line of +++ behind its last key";
    Err(Mistake::at(file, (1, 1), what))
}

fn parts<'a>(front: Option<&'a str>, rest: &'a str, before: usize) -> Parts<'a> {
    let body = trimmed(rest);
    let skipped = rest[..rest.len() - from_first_line(rest).len()].matches('\n').count();
    Parts {
        front,
        body,
        lines_before: before + skipped,
    }
}

/// A text without empty lines before it and without blanks behind it: so it is compared, and so it is sent.
pub fn trimmed(text: &str) -> &str {
    from_first_line(text).trim_end()
}

/// The same without the empty lines at its beginning. The blanks of its first line mean something.
fn from_first_line(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, more)) = rest.split_once('\n') {
        if !line.trim().is_empty() {
            break;
        }
        rest = more;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_apart() {
        let check = |text: &str, front: Option<&str>, body: &str, lines_before: usize| {
            let expected = Parts {
                front,
                body,
                lines_before,
            };
            assert_eq!(split("f", text), Ok(expected), "{text:?}");
        };
        check("Hello\n", None, "Hello", 0);
        check("\n\n  Hello\n\n", None, "  Hello", 2);
        check(
            "+++\ncode = \"x\"\n+++\n\nHello\n\nyou\n",
            Some("code = \"x\"\n"),
            "Hello\n\nyou",
            4,
        );
        check("+++ \n+++\nHello", Some(""), "Hello", 2);
        check("+++\na = 1\n+++", Some("a = 1\n"), "", 3);
        check("", None, "", 0);
        check("Hello\n+++\n", None, "Hello\n+++", 0);
    }

    #[test]
    fn what_is_no_front_matter_is_refused() {
        for (text, what) in [("+++\na = 1\n", "does not end"), ("---\na: 1\n---\n", "not YAML")] {
            let mistake = split("f.md", text).unwrap_err();
            assert_eq!(mistake.at, Some((1, 1)));
            assert!(mistake.what.contains(what), "{mistake}");
        }
    }
}
