//! What is told of what is not on the screen, and how a person comes to it: by keys that may be the person's own.

use super::{Older, Transcript};

/// What a person does to come to what is not on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hints {
    /// The key to older lines; empty if there is none.
    pub older: String,
    /// The key to the latest line; empty if there is none now.
    pub latest: String,
    /// The key to newer lines, told where none leads to the latest at once. Not told if it is empty.
    pub newer: String,
    /// How all of what is folded is read: `l reads all`. Not told if it is empty.
    pub folded: String,
    /// How to read what is older than all that is held. Not told if it is empty.
    pub beyond: String,
    /// What can be done with a line that was not sent: `r retry  d discard`. Not told if it is empty.
    pub failed: String,
}

impl Default for Hints {
    fn default() -> Hints {
        Hints {
            older: "PgUp".to_owned(),
            latest: "End".to_owned(),
            newer: String::new(),
            folded: String::new(),
            beyond: String::new(),
            failed: String::new(),
        }
    }
}

impl Transcript {
    /// Whether something stands above what is on the screen, here or at the server.
    pub fn has_above(&self) -> bool {
        let (top, _) = self.top();
        (top.index, top.row) != (0, 0) || matches!(self.older, Older::More | Older::Loading)
    }
}

impl Hints {
    /// What stands above the first entry.
    pub(super) fn above(&self, older: Older, dot: &str) -> String {
        let key = self.older.as_str();
        match older {
            Older::Loading => "loading older messages".to_owned(),
            Older::Full if self.beyond.is_empty() => "older messages are not held here".to_owned(),
            Older::Full => format!("older messages are not held here {dot} {}", self.beyond),
            Older::None | Older::More if key.is_empty() => "older messages above".to_owned(),
            Older::None | Older::More => format!("{key} for older messages"),
        }
    }

    /// The bar on the last row, while the latest is below it.
    pub(super) fn below(&self, new: usize, dot: &str) -> String {
        let new = match new {
            0 => None,
            1 => Some("1 new message below".to_owned()),
            new => Some(format!("{new} new messages below")),
        };
        match (new, self.latest.as_str(), self.newer.as_str()) {
            (None, "", "") => "[ the latest is below ]".to_owned(),
            (None, "", newer) => format!("[ {newer} for newer messages ]"),
            (None, key, _) => format!("[ {key} to jump to the latest ]"),
            (Some(new), "", "") => format!("[ {new} ]"),
            (Some(new), "", newer) => format!("[ {new} {dot} {newer} scrolls ]"),
            (Some(new), key, _) => format!("[ {new} {dot} {key} to jump ]"),
        }
    }
}
