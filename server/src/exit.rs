//! How the program ends when it cannot go on: the exit codes, and an error of two lines, what and where, then how to
//! fix it. It refuses to know what went wrong; whoever finds it out writes the words.

use std::{fmt, process::ExitCode};

/// Why the program ends. The numbers are those of `sysexits`, which service managers and scripts know.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExitKind {
    /// What was looked at is not as it should be.
    Unwell,
    /// The command line cannot be understood or is not allowed.
    Usage,
    /// The data is damaged, or is not ours.
    BadData,
    /// A file that was named is not there, or is no file.
    NoInput,
    /// Something that is needed cannot be had: an address in use, a server that does not answer.
    Unavailable,
    /// A mistake in the program.
    Bug,
    /// A file or folder cannot be made.
    CannotCreate,
    /// Reading or writing failed.
    Io,
    /// Somebody else holds it, or there is no room now: later it may work.
    TryLater,
    /// Not allowed.
    Permission,
    /// The configuration is wrong, or the data is of another version.
    Config,
}

impl ExitKind {
    /// All kinds.
    pub const ALL: [ExitKind; 11] = [
        ExitKind::Unwell,
        ExitKind::Usage,
        ExitKind::BadData,
        ExitKind::NoInput,
        ExitKind::Unavailable,
        ExitKind::Bug,
        ExitKind::CannotCreate,
        ExitKind::Io,
        ExitKind::TryLater,
        ExitKind::Permission,
        ExitKind::Config,
    ];

    /// The number that the program ends with.
    pub const fn code(self) -> u8 {
        match self {
            ExitKind::Unwell => 1,
            ExitKind::Usage => 2,
            ExitKind::BadData => 65,
            ExitKind::NoInput => 66,
            ExitKind::Unavailable => 69,
            ExitKind::Bug => 70,
            ExitKind::CannotCreate => 73,
            ExitKind::Io => 74,
            ExitKind::TryLater => 75,
            ExitKind::Permission => 77,
            ExitKind::Config => 78,
        }
    }
}

impl From<ExitKind> for ExitCode {
    fn from(kind: ExitKind) -> ExitCode {
        ExitCode::from(kind.code())
    }
}

/// The program cannot go on. Shown as at least two lines: what happened and where, perhaps the place in a file with a
/// caret below it, and how to fix it. It holds no secret and no raw text of a stranger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fatal {
    /// What the program ends with.
    pub kind: ExitKind,
    /// What happened, and where. One line.
    pub what: String,
    /// The offending place of a file, with a caret under it.
    pub excerpt: Option<String>,
    /// How to fix it. One line.
    pub fix: String,
}

impl Fatal {
    /// An error without an excerpt.
    pub fn new(kind: ExitKind, what: impl Into<String>, fix: impl Into<String>) -> Fatal {
        Fatal {
            kind,
            what: what.into(),
            excerpt: None,
            fix: fix.into(),
        }
    }

    /// The number that the program ends with.
    pub fn code(&self) -> u8 {
        self.kind.code()
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        if let Some(excerpt) = &self.excerpt {
            writeln!(f, "{excerpt}")?;
        }
        write!(f, "{}", self.fix)
    }
}

impl std::error::Error for Fatal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_number() {
        let mut codes: Vec<u8> = ExitKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes, [1, 2, 65, 66, 69, 70, 73, 74, 75, 77, 78]);
        codes.dedup();
        assert_eq!(codes.len(), ExitKind::ALL.len());
    }

    #[test]
    fn what_comes_first_and_the_fix_last() {
        let mut fatal = Fatal::new(
            ExitKind::TryLater,
            "Another server has /data.",
            "Stop it, or choose another --data.",
        );
        assert_eq!(
            fatal.to_string(),
            "Another server has /data.\nStop it, or choose another --data."
        );
        fatal.excerpt = Some("  listen = 7\n           ^".to_owned());
        assert_eq!(
            fatal.to_string().lines().collect::<Vec<_>>(),
            [
                "Another server has /data.",
                "  listen = 7",
                "           ^",
                "Stop it, or choose another --data."
            ]
        );
        assert_eq!(fatal.code(), 75);
    }
}
