//! TOML read strictly: what is not known is refused by name with the nearest that is, and every mistake has its file, line and
//! column. What is known is told by an example that has everything.

use std::{fmt, ops::Range};

use minicom_tui_kit::Shown;
pub use minicom_tui_kit::config::nearest;
use serde::de::DeserializeOwned;
use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

use super::unfit;
use crate::exit::{self, Failure};

/// A mistake in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as it was named.
    pub file: String,
    /// Line and column, from 1, if the mistake is at one place.
    pub at: Option<(usize, usize)>,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Mistake {
    /// Of a whole file.
    pub fn of(file: &str, what: impl Into<String>) -> Mistake {
        Mistake {
            file: file.to_owned(),
            at: None,
            what: what.into(),
        }
    }

    /// At a line and column.
    pub fn at(file: &str, at: (usize, usize), what: impl Into<String>) -> Mistake {
        Mistake {
            at: Some(at),
            ..Mistake::of(file, what)
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", Shown::line(&self.file))?;
        if let Some((line, column)) = self.at {
            write!(out, ":{line}:{column}")?;
        }
        write!(out, ": {}", Shown::line(&self.what))
    }
}

/// Mistakes as the end of the program.
pub fn failure(mistakes: &[Mistake], then: &str) -> Failure {
    let mut words: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    words.push(then.to_owned());
    Failure::new(exit::DATA, words.join("\n"))
}

/// A TOML text of a file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file, as it was named.
    pub file: &'a str,
    /// The text, which may be a part of the file.
    pub text: &'a str,
    /// Lines of the file before it.
    pub lines_before: usize,
}

impl Source<'_> {
    /// Line and column in the file of a place in the text.
    pub fn place(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1 + self.lines_before;
        (line, before[line_start..].chars().count() + 1)
    }

    fn mistake(&self, span: Option<Range<usize>>, what: impl Into<String>) -> Mistake {
        match span {
            Some(span) => Mistake::at(self.file, self.place(span.start), what),
            None => Mistake::of(self.file, what),
        }
    }

    /// Where a key of the outermost table stands.
    pub fn place_of(&self, name: &str) -> Option<(usize, usize)> {
        let table = DeTable::parse(self.text).ok()?;
        let (key, _) = table.get_ref().iter().find(|(key, _)| key.get_ref() == name)?;
        Some(self.place(key.span().start))
    }

    /// Reads it; `known` is an example with all keys.
    ///
    /// # Errors
    /// All unknown keys, or the first other mistake.
    pub fn read<T: DeserializeOwned>(&self, known: &Table) -> Result<T, Vec<Mistake>> {
        let table = DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let of_key =
                unfit::key_of_line(self.text, at).map_or(String::new(), |key| format!(", in the line of `{key}`"));
            let why = error.message().replace('\n', "; ");
            let what = format!("this is not TOML: {why}{of_key}; texts stand in quotes, as in name = \"x\"");
            vec![self.mistake(error.span(), what)]
        })?;
        let mut unknown = Vec::new();
        self.unknown(table.get_ref(), known, (known, ""), &mut unknown);
        if !unknown.is_empty() {
            return Err(unknown);
        }
        toml::from_str(self.text).map_err(|error| {
            let key = error.span().map(|span| unfit::key_at(table.get_ref(), &span));
            let what = unfit::words(&key.unwrap_or_default(), &error.message().replace('\n', "; "));
            vec![self.mistake(error.span(), what)]
        })
    }

    /// `all` is the outermost table of what is known, and the tables on the way to this one.
    fn unknown(&self, table: &DeTable<'_>, known: &Table, all: (&Table, &str), found: &mut Vec<Mistake>) {
        let (root, within) = all;
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match known.get(name) {
                Some(known) => self.unknown_in(value, known, (root, &format!("{within}{name}.")), found),
                None => {
                    let words: Vec<&str> = known.keys().map(String::as_str).collect();
                    let hint = match (elsewhere(root, name), nearest(name, words.iter().copied())) {
                        (Some(place), _) => format!("it belongs {place}"),
                        (None, Some(near)) => format!("did you mean `{within}{near}`?"),
                        (None, None) => format!("known are {}", words.join(", ")),
                    };
                    found.push(self.mistake(Some(key.span()), format!("there is no `{within}{name}`; {hint}")));
                }
            }
        }
    }

    fn unknown_in(&self, value: &Spanned<DeValue<'_>>, known: &Value, all: (&Table, &str), found: &mut Vec<Mistake>) {
        match (value.get_ref(), known) {
            (DeValue::Table(table), Value::Table(known)) => self.unknown(table, known, all, found),
            (DeValue::Array(items), Value::Array(known)) => {
                for item in items.iter() {
                    if let Some(known) = known.first() {
                        self.unknown_in(item, known, all, found);
                    }
                }
            }
            // It would be read as the fields in their order.
            (DeValue::Array(_), Value::Table(_)) => {
                let key = all.1.trim_end_matches('.');
                found.push(self.mistake(Some(value.span()), format!("`{key}` must be a table, and is a list")));
            }
            // Whether the kind of a value fits is seen when it is read.
            _ => {}
        }
    }
}

/// Where a key belongs that somebody wrote into another table.
fn elsewhere(root: &Table, name: &str) -> Option<String> {
    if root.contains_key(name) {
        return Some("at the top of the file, before the first [table]".to_owned());
    }
    root.iter().find_map(|(table, known)| match known {
        Value::Table(inner) if inner.contains_key(name) => Some(format!("under [{table}]")),
        Value::Array(items) => {
            let inner = items.first()?.as_table()?;
            inner.contains_key(name).then(|| format!("under [[{table}]]"))
        }
        _ => None,
    })
}

/// A text as a TOML string that can be shown as it is: what the gate would change is written by its number.
pub fn quoted(text: &str) -> String {
    let clean = Shown::line(text).as_str() == text;
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            _ if clean || Shown::line(c.encode_utf8(&mut [0; 4])).as_str().chars().eq([c]) => out.push(c),
            _ => out.push_str(&match u32::from(c) {
                code @ 0..=0xFFFF => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            }),
        }
    }
    out.push('"');
    out
}

/// A value on one line.
pub fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) if table.is_empty() => "{}".to_owned(),
        Value::Table(table) => {
            let pairs: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{} = {}", bare(key), inline(value)))
                .collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        other => other.to_string(),
    }
}

/// A key as it is written.
fn bare(key: &str) -> String {
    let plain = !key.is_empty()
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if plain { key.to_owned() } else { quoted(key) }
}

#[cfg(test)]
#[path = "strict_tests.rs"]
mod tests;
