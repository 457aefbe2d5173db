//! Why a value of TOML does not fit, in words for who wrote the file: the key, what stands there, what is expected, and what was
//! probably meant. It takes the reader's reasons apart and refuses to know which file and which keys there are.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::strict::nearest;

/// The key at a place of a text, with the tables that it is in; empty if it is of no key.
pub fn key_at(table: &DeTable<'_>, at: &Range<usize>) -> String {
    let mut best = None;
    of_table(table, at, "", &mut best);
    best.map(|(_, key)| key).unwrap_or_default()
}

/// The smallest value so far that has the place, by its length.
type Best = Option<(usize, String)>;

fn of_table(table: &DeTable<'_>, at: &Range<usize>, within: &str, best: &mut Best) {
    for (key, value) in table {
        let path = format!("{within}{}", key.get_ref());
        of_value(value.get_ref(), value.span(), at, &path, best);
    }
}

fn of_value(value: &DeValue<'_>, span: Range<usize>, at: &Range<usize>, path: &str, best: &mut Best) {
    let nearer = best.as_ref().is_none_or(|(len, _)| span.len() <= *len);
    if span.start <= at.start && at.end <= span.end && nearer {
        *best = Some((span.len(), path.to_owned()));
    }
    match value {
        // What a table has may stand outside of where it begins.
        DeValue::Table(inner) => of_table(inner, at, &format!("{path}."), best),
        DeValue::Array(items) => {
            for item in items.iter() {
                of_value(item.get_ref(), item.span(), at, path, best);
            }
        }
        _ => {}
    }
}

/// The key of the line that a place is in, if it begins with one.
pub fn key_of_line(text: &str, at: usize) -> Option<&str> {
    let at = text.floor_char_boundary(at);
    let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let (key, _) = text[start..].lines().next()?.split_once('=')?;
    let key = key.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

/// The reader's reason in words.
pub fn words(key: &str, reason: &str) -> String {
    let taken_apart = missing(key, reason)
        .or_else(|| variant(key, reason))
        .or_else(|| other_kind(key, reason));
    let (within, last) = key.rsplit_once('.').unwrap_or(("", key));
    taken_apart.unwrap_or_else(|| match (within, last) {
        (_, "") => reason.to_owned(),
        // A reason that says the rest of the key itself.
        ("", last) if reason.starts_with(&format!("{last}.")) => reason.to_owned(),
        (within, last) if reason.starts_with(&format!("{last}.")) => format!("{within}.{reason}"),
        _ => format!("`{key}`: {reason}"),
    })
}

fn missing(key: &str, reason: &str) -> Option<String> {
    let field = reason.strip_prefix("missing field `")?.strip_suffix('`')?;
    Some(match key {
        "" => format!("`{field}` is missing"),
        key => format!("`{key}` is without `{field}`, which it must have"),
    })
}

fn variant(key: &str, reason: &str) -> Option<String> {
    let (word, expected) = reason.strip_prefix("unknown variant `")?.split_once("`, expected ")?;
    // What stands between backticks.
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let hint = match nearest(word, known.iter().copied()) {
        Some(near) => format!("; did you mean \"{near}\"?"),
        None => String::new(),
    };
    let known: Vec<String> = known.iter().map(|it| format!("\"{it}\"")).collect();
    Some(format!(
        "`{key}` cannot be \"{word}\"; it is {}{hint}",
        known.join(" or ")
    ))
}

fn other_kind(key: &str, reason: &str) -> Option<String> {
    if let Some(rest) = reason.strip_prefix("invalid type: ") {
        let (found, expected) = rest.rsplit_once(", expected ")?;
        return Some(format!(
            "`{key}` must be {}, and is {}",
            kind(expected),
            found_kind(found)
        ));
    }
    let (found, expected) = reason.strip_prefix("invalid value: ")?.rsplit_once(", expected ")?;
    let found = found.split('`').nth(1).unwrap_or(found);
    Some(format!("`{key}` must be {}, and is {found}", kind(expected)))
}

/// What the reader calls a kind, as it is written in a file.
fn kind(expected: &str) -> &str {
    match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "a nonzero u32" => "a whole number, 1 or more",
        "a boolean" | "bool" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list, as in [\"a\", \"b\"]",
        "a map" => "a table",
        it if it.starts_with("struct ") => "a table",
        other => other,
    }
}

fn found_kind(found: &str) -> String {
    let kinds = [
        ("string", "a text"),
        ("integer", "a whole number"),
        ("floating point", "a number with a fraction"),
        ("boolean", "true or false"),
        ("sequence", "a list"),
        ("map", "a table"),
    ];
    let known = kinds.iter().find(|(name, _)| found.starts_with(name));
    let value = found.split_once(' ').map(|(_, value)| value.trim_matches('`'));
    match (known, value) {
        (Some((name @ ("string" | "integer" | "boolean"), _)), Some(value)) if name.len() < found.len() => {
            value.to_owned()
        }
        (Some((_, words)), _) => (*words).to_owned(),
        (None, _) => found.to_owned(),
    }
}
