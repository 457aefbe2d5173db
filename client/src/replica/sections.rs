//! The sections of an agent's list, and the order in each. A row's place is a value made of the row alone (and of the
//! queue's rules), so that a change moves one row and sorts nothing.

use std::cmp::Reverse;

use minicom_protocol::{
    ids::{AgentId, ConversationId, Rev, Time},
    queue::{Queue, QueueKey},
    stage::Stage,
    summary::Summary,
};

/// A section of an agent's list, in the order in which they are shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// A person is wanted; in the order of the queue.
    Waiting,
    /// One's own: where the customer spoke last first, the longest unanswered at the top; then the newest.
    Mine,
    /// One's own that were put aside: who comes back first at the top, those without a time last.
    Snoozed,
    /// The bot answers; the newest first.
    Bot,
    /// A colleague's, also those put aside; the newest first.
    Others,
    /// Closed; the last closed first.
    Done,
}

impl Section {
    /// All of them, as they are shown.
    pub const ALL: [Section; 6] = [
        Section::Waiting,
        Section::Mine,
        Section::Snoozed,
        Section::Bot,
        Section::Others,
        Section::Done,
    ];

    /// The section of a conversation, for an agent (`None` before the first welcome).
    pub fn of(summary: &Summary, me: Option<AgentId>) -> Section {
        match &summary.stage {
            Stage::Waiting { .. } => Section::Waiting,
            Stage::Active { agent, .. } if Some(agent.id) == me => Section::Mine,
            Stage::Snoozed { agent, .. } if Some(agent.id) == me => Section::Snoozed,
            Stage::Active { .. } | Stage::Snoozed { .. } => Section::Others,
            Stage::Bot => Section::Bot,
            Stage::Closed { .. } => Section::Done,
        }
    }
}

/// A place within a section: the smaller is first. Two places are only compared within one section.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Place {
    order: Order,
    pub conversation: ConversationId,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Order {
    Queue(QueueKey),
    Mine {
        answered: bool,
        unanswered_since: Option<Time>,
        newest: Reverse<(Time, Rev)>,
    },
    Snoozed {
        open_ended: bool,
        until: Option<Time>,
        newest: Reverse<(Time, Rev)>,
    },
    Newest(Reverse<(Time, Rev)>),
    Closed(Reverse<Rev>),
}

impl Place {
    /// The place of a row in its section.
    pub fn of(row: &Summary, section: Section, queue: &Queue<'_>) -> Place {
        let newest = Reverse((row.last_at, row.rev));
        let order = match (section, &row.stage) {
            (Section::Waiting, _) => Order::Queue(queue.key(row)),
            (Section::Mine, _) => Order::Mine {
                answered: row.unanswered_since.is_none(),
                unanswered_since: row.unanswered_since,
                newest,
            },
            (Section::Snoozed, Stage::Snoozed { until, .. }) => Order::Snoozed {
                open_ended: until.is_none(),
                until: *until,
                newest,
            },
            (Section::Snoozed | Section::Bot | Section::Others, _) => Order::Newest(newest),
            (Section::Done, _) => Order::Closed(Reverse(row.stage_rev)),
        };
        let conversation = row.conversation;
        Place { order, conversation }
    }
}

/// When a waiting row counts as one class more urgent, if that is still to come.
pub(crate) fn ages_at(row: &Summary, queue: &Queue<'_>) -> Option<Time> {
    let since = row.queued_since().filter(|_| row.stage.is_waiting())?;
    let minutes = i64::from(queue.settings.ageing_min);
    if minutes == 0 || row.intake.priority.raised() == row.intake.priority {
        return None;
    }
    let at = Time(since.0.saturating_add(minutes.saturating_mul(60_000_000)));
    (at > queue.now).then_some(at)
}
