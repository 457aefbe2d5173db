//! How the program ends: a code for other programs, words for people.

use std::fmt;

use minicom_client::Ended;

/// The command line is wrong.
pub const USAGE: u8 = 2;
/// The server is away.
pub const UNAVAILABLE: u8 = 69;
/// A mistake in the program.
pub const BUG: u8 = 70;
/// A file cannot be read or written.
pub const IO: u8 = 74;
/// Not signed in, or a file that must be private is not.
pub const NO_PERMISSION: u8 = 77;
/// Versions do not fit.
pub const WRONG_VERSION: u8 = 78;

/// The code after a connection that has ended for good.
pub fn after(ended: &Ended) -> u8 {
    match ended {
        Ended::WrongVersion { .. } => WRONG_VERSION,
        Ended::SignedOut | Ended::WrongSecret | Ended::Refused(_) => NO_PERMISSION,
    }
}

/// Why the program ends with something else than 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For other programs.
    pub code: u8,
    /// For people: what happened and what to do. Gated.
    pub words: String,
}

impl Failure {
    /// A failure; the words may name what others have written only if it has passed the gate.
    pub fn new(code: u8, words: impl Into<String>) -> Failure {
        Failure {
            code,
            words: words.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.words)
    }
}

impl std::error::Error for Failure {}
