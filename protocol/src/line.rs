//! Lines after they were written: named by side and number, changed, taken back, blanked out, quoted.

use serde::{Deserialize, Serialize};

use crate::{ids::LineNo, stage::Side, summary::may_go_on};

/// A line of a thread: its side, and its number on that side.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct LineRef {
    /// Which side.
    pub side: Side,
    /// Which number.
    pub line: LineNo,
}

/// What became of a line since it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// As it was written.
    #[default]
    Original,
    /// Its author has changed it.
    Edited,
    /// Its author has taken it back; its text is gone from every screen.
    Withdrawn,
    /// An agent has blanked it out; its text is erased.
    Blanked,
}

impl LineState {
    /// Whether nothing became of it.
    pub fn is_original(&self) -> bool {
        *self == LineState::Original
    }

    /// What stands in the line's place, where its text is gone.
    pub fn words(self) -> Option<&'static str> {
        match self {
            LineState::Original | LineState::Edited => None,
            LineState::Withdrawn => Some("(taken back)"),
            LineState::Blanked => Some("(blanked out)"),
        }
    }
}

/// A line that another line answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// Which.
    #[serde(flatten)]
    pub line: LineRef,
    /// Its beginning, as it stood when it was told: a line that was changed or taken back since is quoted as it stands now.
    pub excerpt: String,
}

impl Quote {
    /// Its beginning as it is shown: `…` stands where the line goes on, so that half an address is not taken for a whole one.
    pub fn words(&self) -> String {
        let sign = if may_go_on(&self.excerpt) { "…" } else { "" };
        format!("{}{sign}", self.excerpt)
    }
}

/// What a line of the desk itself is about, so that it is said once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Nobody is there now; when somebody is.
    Hours,
    /// The wait is longer than promised.
    WaitLimit,
    /// The conversation will be closed if the customer stays silent.
    Silence,
}
