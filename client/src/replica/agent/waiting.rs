//! The queue in numbers, kept as rows come and go: with ten thousand who wait, a change of one must not walk over all.

use std::collections::BTreeSet;

use minicom_protocol::{
    ids::{ConversationId, Time},
    intake::Priority,
    queue::Queue,
    summary::Summary,
};

/// The rows of [`crate::Section::Waiting`] in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    by_priority: [usize; Priority::ALL.len()],
    since: BTreeSet<(Time, ConversationId)>,
    /// In microseconds.
    since_sum: i128,
}

/// What one row adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waits {
    priority: Priority,
    since: Option<Time>,
}

impl Waits {
    pub fn of(row: &Summary, queue: &Queue<'_>) -> Waits {
        Waits {
            priority: queue.effective_priority(row),
            since: row.queued_since(),
        }
    }
}

impl Waiting {
    /// How many count as how urgent by now, with ageing; the least urgent first.
    pub fn by_priority(&self) -> [usize; Priority::ALL.len()] {
        self.by_priority
    }

    /// Since when the one waits who has waited longest; `None` if nobody waits.
    pub fn oldest(&self) -> Option<Time> {
        self.since.first().map(|(since, _)| *since)
    }

    /// The sum of all moments since when somebody waits, in microseconds.
    pub fn since_sum(&self) -> i128 {
        self.since_sum
    }

    /// A row waits otherwise than it did.
    pub(super) fn change(&mut self, conversation: ConversationId, was: Option<Waits>, is: Option<Waits>) {
        if was == is {
            return;
        }
        if let Some(was) = was {
            self.by_priority[was.priority as usize] -= 1;
            if let Some(since) = was.since {
                self.since.remove(&(since, conversation));
                self.since_sum -= i128::from(since.0);
            }
        }
        if let Some(is) = is {
            self.by_priority[is.priority as usize] += 1;
            if let Some(since) = is.since {
                self.since.insert((since, conversation));
                self.since_sum += i128::from(since.0);
            }
        }
    }
}
