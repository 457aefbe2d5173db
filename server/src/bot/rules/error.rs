//! A mistake in a file of rules: where, what, and how to mend it.

use std::fmt;

use minicom_protocol::gate::Shown;

use crate::{
    exit::{ExitKind, Fatal},
    limits::EXCERPT_COLUMNS_MAX,
};

/// A file of rules that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulesError {
    /// What the program ends with, if this is found at its start.
    pub kind: ExitKind,
    /// The file.
    pub origin: String,
    /// The line, from 1; none if it is the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub fix: String,
}

impl RulesError {
    /// A mistake at a byte of the file.
    pub(super) fn at(
        origin: &str,
        text: &str,
        byte: usize,
        what: impl AsRef<str>,
        fix: impl Into<String>,
    ) -> RulesError {
        let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
        RulesError {
            line: Some(before.iter().filter(|b| **b == b'\n').count() + 1),
            ..RulesError::whole(ExitKind::Config, origin, what, fix)
        }
    }

    /// A mistake of the file as a whole.
    pub(in crate::bot) fn whole(
        kind: ExitKind,
        origin: &str,
        what: impl AsRef<str>,
        fix: impl Into<String>,
    ) -> RulesError {
        RulesError {
            kind,
            origin: Shown::line(origin).as_str().to_owned(),
            line: None,
            // Three excerpts' worth: the words around what was quoted from the file need room too.
            what: Shown::line(what.as_ref())
                .cut(3 * EXCERPT_COLUMNS_MAX)
                .as_str()
                .to_owned(),
            fix: fix.into(),
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(
                f,
                "The bot's rules, {} line {line}: {}.\n{}",
                self.origin, self.what, self.fix
            ),
            None => write!(f, "The bot's rules, {}: {}.\n{}", self.origin, self.what, self.fix),
        }
    }
}

impl std::error::Error for RulesError {}

impl From<RulesError> for Fatal {
    fn from(error: RulesError) -> Fatal {
        let all = error.to_string();
        let what = all.lines().next().unwrap_or_default().to_owned();
        Fatal::new(error.kind, what, error.fix)
    }
}
