//! What is looked for, in the syntax of FTS5.

use minicom_protocol::search::query::Term;

/// A term in the syntax of FTS5. A word has letters and digits only: within quotes nothing has a meaning.
pub fn of_term(term: &Term) -> String {
    let star = if term.prefix { " *" } else { "" };
    format!("\"{}\"{star}", term.words.join(" "))
}

/// Any of these words, or what is in brackets already.
pub fn any(words: impl IntoIterator<Item = String>) -> String {
    let each = words.into_iter().map(|it| match it.starts_with('(') {
        true => it,
        false => format!("\"{it}\""),
    });
    format!("({})", each.collect::<Vec<_>>().join(" OR "))
}
