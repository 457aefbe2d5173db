//! The sections of an agent's list, and the order in each.

use std::cmp::Reverse;

use minicom_protocol::{
    ids::AgentId,
    stage::Stage,
    summary::{Summary, queue_order},
};

/// A section of an agent's list, in the order in which they are shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// A person is wanted; in the order of the queue.
    Waiting,
    /// One's own: where the customer spoke last first, the longest unanswered at the top; then the newest.
    Mine,
    /// The bot answers; the newest first.
    Bot,
    /// A colleague's; the newest first.
    Others,
    /// Closed; the last closed first.
    Done,
}

impl Section {
    /// All of them, as they are shown.
    pub const ALL: [Section; 5] = [
        Section::Waiting,
        Section::Mine,
        Section::Bot,
        Section::Others,
        Section::Done,
    ];

    /// The section of a conversation, for an agent (`None` before the first welcome).
    pub fn of(summary: &Summary, me: Option<AgentId>) -> Section {
        match &summary.stage {
            Stage::Waiting { .. } => Section::Waiting,
            Stage::Active { agent, .. } if Some(agent.id) == me => Section::Mine,
            Stage::Active { .. } => Section::Others,
            Stage::Bot => Section::Bot,
            Stage::Closed { .. } => Section::Done,
        }
    }

    /// Puts the conversations of this section in order.
    pub fn sort(self, rows: &mut [&Summary]) {
        match self {
            Section::Waiting => rows.sort_by_cached_key(|row| queue_order(row)),
            Section::Mine => rows.sort_by_key(|row| {
                let answered = row.unanswered_since.is_none();
                (answered, row.unanswered_since, Reverse((row.last_at, row.rev)))
            }),
            Section::Bot | Section::Others => rows.sort_by_key(|row| Reverse((row.last_at, row.rev))),
            Section::Done => rows.sort_by_key(|row| Reverse(row.stage_rev)),
        }
    }
}
