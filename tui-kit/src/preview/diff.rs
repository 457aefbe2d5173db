//! Changes of files as `diff -u` and git tell them. It reads the signs at the beginnings of lines and knows nothing of files.

use std::ops::Range;

use super::Paint;

/// Paints the lines of diffs in a text; the others stay as they are.
pub(super) fn paint(text: &str, lines: &[Range<usize>], paints: &mut [Paint]) {
    let line = |index: usize| lines.get(index).map_or("", |at| &text[at.clone()]);
    let mut at = 0;
    while at < lines.len() {
        if !begins(line(at), line(at + 1), line(at + 2)) {
            at += 1;
            continue;
        }
        // Lines of a change are known by their first sign only once its place was told.
        let mut placed = false;
        while at < lines.len()
            && let Some(paint) = of_line(line(at), &mut placed)
        {
            paints[at] = paint;
            at += 1;
        }
    }
}

/// Whether a diff begins here.
fn begins(line: &str, next: &str, after: &str) -> bool {
    line.starts_with("diff --git ") || is_place(line) || {
        line.starts_with("--- ") && next.starts_with("+++ ") && is_place(after)
    }
}

fn is_place(line: &str) -> bool {
    line.strip_prefix("@@ -")
        .is_some_and(|rest| rest.contains(" +") && rest.contains(" @@"))
}

/// What a line is; `None` for one that is no part of a diff.
fn of_line(line: &str, placed: &mut bool) -> Option<Paint> {
    let of_file = [
        "diff --git ",
        "index ",
        "new file mode ",
        "deleted file mode ",
        "old mode ",
        "new mode ",
        "similarity index ",
        "rename ",
        "Binary files ",
    ];
    let names = line.starts_with("--- ") || line.starts_with("+++ ");
    if of_file.iter().any(|begin| line.starts_with(begin)) || (names && !*placed) {
        *placed = false;
        return Some(Paint::Head);
    }
    if is_place(line) {
        *placed = true;
        return Some(Paint::Place);
    }
    match line.bytes().next() {
        _ if !*placed => None,
        Some(b'+') => Some(Paint::Added),
        Some(b'-') if line.starts_with("--- ") && !line.starts_with("--- a/") => Some(Paint::Removed),
        Some(b'-') if line.starts_with("--- ") => {
            *placed = false;
            Some(Paint::Head)
        }
        Some(b'-') => Some(Paint::Removed),
        // An empty line of the file has lost its blank on the way.
        Some(b' ') | None => Some(Paint::Plain),
        Some(b'\\') => Some(Paint::Less),
        Some(_) => None,
    }
}
