//! The queue in numbers: how many wait, by the priority that they were given and by what they count as now, and for how long.

use serde::{Deserialize, Serialize};

use crate::intake::Priority;

/// Conversations by their priority.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ByPriority {
    /// Urgent ones.
    pub urgent: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
}

impl ByPriority {
    /// One more of this priority.
    pub(super) fn count(&mut self, priority: Priority) {
        *match priority {
            Priority::Urgent => &mut self.urgent,
            Priority::High => &mut self.high,
            Priority::Medium => &mut self.medium,
            Priority::Low => &mut self.low,
        } += 1;
    }

    /// The number of each, the most urgent first.
    pub fn each(&self) -> [(Priority, u64); 4] {
        [
            (Priority::Urgent, self.urgent),
            (Priority::High, self.high),
            (Priority::Medium, self.medium),
            (Priority::Low, self.low),
        ]
    }

    /// Those that there are, in words: `1 high, 5 medium`.
    pub fn words(&self) -> String {
        let there = self.each().into_iter().filter(|(_, count)| *count > 0);
        let words: Vec<String> = there.map(|(it, count)| format!("{count} {}", it.word())).collect();
        words.join(", ")
    }
}

/// The queue in numbers. Only what waits counts; what the bot answers does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct QueueStats {
    /// How many wait.
    pub waiting: u64,
    /// Of those, urgent ones, without ageing.
    pub urgent: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// The longest wait of those, in milliseconds.
    pub longest_wait_ms: i64,
    /// Their mean wait, in milliseconds.
    pub average_wait_ms: i64,
    /// The same conversations by what they count as now: a long wait raises the priority by one class.
    #[serde(default)]
    pub effective: ByPriority,
}

impl QueueStats {
    /// The conversations by the priority that they were given.
    pub fn given(&self) -> ByPriority {
        ByPriority {
            urgent: self.urgent,
            high: self.high,
            medium: self.medium,
            low: self.low,
        }
    }

    /// Both in words, where they differ: `6 medium, counting as 5 high, 1 medium by their waits`.
    pub fn priority_words(&self) -> String {
        let (given, effective) = (self.given(), self.effective);
        match given == effective || effective == ByPriority::default() {
            true => given.words(),
            false => format!("{}, counting as {} by their waits", given.words(), effective.words()),
        }
    }
}
