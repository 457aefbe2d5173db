//! A mistake in a file that a person wrote: where it is, and what was probably meant. It refuses to know what stands in the file.

use std::fmt;

use minicom_protocol::gate::Shown;

/// Line and column, from 1.
pub type Place = (usize, usize);

/// A mistake in a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file, as it was named.
    pub file: String,
    /// Where in it, unless it is the whole file.
    pub at: Option<Place>,
    /// What is wrong, and what to do. Raw: it passes the gate when it is told.
    pub what: String,
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

/// The line and column of a byte of a text.
pub fn place(text: &str, at: usize) -> Place {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// Words for a name that there is not: the nearest, else all of them if they are few.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("; did you mean \"{near}\"?"),
        None if known.len() <= 8 => format!("; known are {}", known.join(", ")),
        None => String::new(),
    };
    format!("there is no {what} {name:?}{hint}")
}

/// What was probably meant: what differs by few letters, or begins so.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.trim().to_lowercase();
    let far_max = 1 + word.chars().count() / 4;
    let far = |it: &str| {
        let it = it.to_lowercase();
        match !word.is_empty() && it.starts_with(&word) {
            true => 1,
            false => strsim::damerau_levenshtein(&word, &it),
        }
    };
    let best = known.map(|it| (far(it), it)).min()?;
    (best.0 <= far_max).then_some(best.1)
}
