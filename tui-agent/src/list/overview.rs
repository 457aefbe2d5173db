//! The list in numbers: how many where, and how long the queue has waited. Made once for each change of the list, so that a clock on
//! the screen costs nothing.

use minicom_client::{AgentReplica, Section};
use minicom_protocol::{ids::Time, intake::Priority};

/// The list in numbers, as of the last change. What the queue has waited is told for any later time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// Of each section.
    pub(super) counts: [usize; Section::ALL.len()],
    /// Of the queue, by the priority that counts: low, medium, high, urgent.
    by_priority: [usize; Priority::ALL.len()],
    /// Since when the one waits who has waited longest.
    oldest: Option<Time>,
    /// The sum of all moments since when somebody waits, in microseconds.
    since_sum: i128,
}

impl Overview {
    pub(super) fn of(replica: &AgentReplica) -> Overview {
        let waiting = replica.waiting();
        Overview {
            counts: Section::ALL.map(|section| replica.count(section)),
            by_priority: waiting.by_priority(),
            oldest: waiting.oldest(),
            since_sum: waiting.since_sum(),
        }
    }

    /// How many wait in the queue.
    pub fn waiting(&self) -> usize {
        self.counts[Section::Waiting as usize]
    }

    /// How many of a priority wait in the queue, with ageing.
    pub fn of_priority(&self, priority: Priority) -> usize {
        self.by_priority[priority as usize]
    }

    /// The longest time that somebody has waited in the queue, in microseconds; `None` if nobody waits.
    pub fn longest(&self, now: Time) -> Option<i64> {
        self.oldest.map(|oldest| now.since(oldest))
    }

    /// The mean time of those who wait in the queue, in microseconds; `None` if nobody waits.
    pub fn average(&self, now: Time) -> Option<i64> {
        let waiting = i128::try_from(self.waiting()).ok().filter(|waiting| *waiting > 0)?;
        let waited = i128::from(now.0) - self.since_sum / waiting;
        Some(i64::try_from(waited.max(0)).unwrap_or(i64::MAX))
    }
}
