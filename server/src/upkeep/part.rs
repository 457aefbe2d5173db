//! A part of a server and how it does, in the words that `doctor` and `/readyz` say to admins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a part does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warn,
    /// It does not work.
    Fail,
}

/// One part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Part {
    /// Its name: a word or two that stay the same.
    pub part: String,
    /// How it does.
    pub state: State,
    /// What was seen.
    pub says: String,
    /// What to do about it; nothing where all is well.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
}

impl Part {
    /// All is well.
    pub fn ok(part: &str, says: impl Into<String>) -> Part {
        Part::new(part, State::Ok, says, "")
    }

    /// Somebody should look at it.
    pub fn warn(part: &str, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part::new(part, State::Warn, says, fix)
    }

    /// It does not work.
    pub fn fail(part: &str, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part::new(part, State::Fail, says, fix)
    }

    fn new(part: &str, state: State, says: impl Into<String>, fix: impl Into<String>) -> Part {
        Part {
            part: part.to_owned(),
            state,
            says: says.into(),
            fix: fix.into(),
        }
    }
}
