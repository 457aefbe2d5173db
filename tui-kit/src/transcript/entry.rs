//! What stands in a transcript: lines, what happened between them, and how far a line has come.

use minicom_protocol::gate::Shown;

use crate::theme::{Theme, Who};
use crate::time::Zone;

/// Where an entry stands. Entries are ordered by it: what the server has stored first, what still waits to be sent behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKey {
    /// Stored by the server, by its number.
    Stored(u64),
    /// Waits in the outbox, in the order of writing.
    Pending(u64),
}

/// One line, or one thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub key: EntryKey,
    /// A line or what happened.
    pub kind: Kind,
    /// The words.
    pub text: Shown,
    /// Microseconds since 1970, on the server's clock.
    pub time: i64,
    /// How far it has come; for own lines.
    pub mark: Option<DeliveryMark>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Somebody's line.
    Line {
        /// The role, told by colour.
        who: Who,
        /// The name or role, told by word: `carol`, `bot`, `you`.
        name: Shown,
        /// Written by the person who sits here.
        own: bool,
    },
    /// Something that happened, told in the middle of the row.
    System,
}

/// How far an own line has come. Each step includes the ones before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryMark {
    /// In the outbox.
    Waiting,
    /// The server has it.
    Stored,
    /// The other side's program has it.
    Shown,
    /// The other side has read it, at this time in microseconds.
    Read(i64),
    /// The server refused it, for this reason.
    Failed(Shown),
}

impl Entry {
    /// Written by the person who sits here.
    pub fn is_own(&self) -> bool {
        matches!(self.kind, Kind::Line { own: true, .. })
    }

    /// Somebody's line, not something that happened.
    pub fn is_line(&self) -> bool {
        matches!(self.kind, Kind::Line { .. })
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.mark, Some(DeliveryMark::Failed(_)))
    }
}

impl DeliveryMark {
    /// The sign alone.
    pub fn sign(&self, theme: &Theme) -> &'static str {
        match (self, theme.ascii) {
            (DeliveryMark::Waiting, false) => "...",
            (DeliveryMark::Stored, false) => "✓",
            (DeliveryMark::Shown | DeliveryMark::Read(_), false) => "✓✓",
            (DeliveryMark::Failed(_), false) => "✗",
            (DeliveryMark::Waiting, true) => ".",
            (DeliveryMark::Stored, true) => "+",
            (DeliveryMark::Shown | DeliveryMark::Read(_), true) => "++",
            (DeliveryMark::Failed(_), true) => "!",
        }
    }

    /// The sign and its meaning, for the last own line and for what failed.
    pub fn words(&self, theme: &Theme, zone: &Zone) -> String {
        let sign = self.sign(theme);
        match self {
            DeliveryMark::Waiting => format!("{sign} waiting to send"),
            DeliveryMark::Stored => format!("{sign} stored"),
            DeliveryMark::Shown => format!("{sign} shown"),
            DeliveryMark::Read(at) => format!("{sign} read {}", zone.clock(*at)),
            DeliveryMark::Failed(reason) => format!("{sign} not sent: {reason}"),
        }
    }
}
