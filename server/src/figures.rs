//! What is counted of a desk, and by which rules: pure. An event is folded into the story of its conversation and gives changes to
//! the figures of an hour: of the whole desk, of an agent, of a group, of a tag. It knows no database and no clock.
//!
//! The desk and its agents are counted as things happen. Groups and tags are counted by conversation, in the hour in which it ended
//! and with all that was ever counted of it: one that gets a tag after its end moves there with everything.

mod buckets;
mod story;
mod tally;

use std::collections::HashMap;

use minicom_protocol::{
    ids::{AgentId, GroupId, Time},
    words::Tag,
};

#[cfg(test)]
pub use self::tally::{REASONS, TimeOf, count_of_reason, count_of_stars};
pub use self::{
    story::{Kept, fold},
    tally::{Count, Tally},
};

/// An hour in microseconds.
pub const HOUR_US: i64 = 3_600_000_000;

/// Whose figures.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Of {
    /// The whole desk's.
    Desk,
    /// An agent's.
    Agent(AgentId),
    /// Of the conversations that ended and were last given to this group.
    Group(GroupId),
    /// Of the conversations that ended and have this tag.
    Tag(Tag),
}

/// Which figures there are one by one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// See [`Of::Desk`].
    Desk,
    /// See [`Of::Agent`].
    Agent,
    /// See [`Of::Group`].
    Group,
    /// See [`Of::Tag`].
    Tag,
}

impl Of {
    /// Which kind of figures.
    pub fn kind(&self) -> Kind {
        match self {
            Of::Desk => Kind::Desk,
            Of::Agent(_) => Kind::Agent,
            Of::Group(_) => Kind::Group,
            Of::Tag(_) => Kind::Tag,
        }
    }
}

/// An hour of UTC, counted from 1970.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hour(pub i64);

impl Hour {
    /// The hour that a time is in.
    pub fn of(time: Time) -> Hour {
        Hour(time.0.div_euclid(HOUR_US))
    }

    /// When it begins.
    pub fn begins(self) -> Time {
        Time(self.0.saturating_mul(HOUR_US))
    }
}

/// What some events change, by whose figures and which hour.
#[derive(Clone, Debug, Default)]
pub struct Changes(HashMap<(Of, Hour), Tally>);

impl Changes {
    /// The figures of an hour, to be changed.
    fn at(&mut self, of: Of, hour: Hour) -> &mut Tally {
        self.0.entry((of, hour)).or_default()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&(Of, Hour), &Tally)> {
        self.0.iter()
    }
}

#[cfg(test)]
#[path = "figures/tests.rs"]
mod tests;
