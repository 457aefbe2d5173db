//! Counts of what the writer and the bot have done since the start, for measurements and for who asks whether they live.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use minicom_protocol::ids::Time;
use tokio::sync::Notify;

use crate::{clock, telemetry};

/// How many commits carried how many pieces of work, and more of that kind.
#[derive(Default, Debug)]
pub struct Counts {
    /// Commits.
    pub commits: AtomicU64,
    /// Pieces of work in them.
    pub jobs: AtomicU64,
    /// Woken by each commit, for the one who looks after the write-ahead log.
    pub committed: Notify,
    /// Woken by each commit that has events in it, for the one who tells other programs.
    pub appended: Notify,
    /// Whether something was erased that the log may still hold.
    pub erased: AtomicBool,
    /// Woken when a tenant was disabled or enabled again.
    pub tenants_changed: Notify,
    /// What the bot did.
    pub bot: BotCounts,
    last_commit: AtomicI64,
}

/// What the bot did.
#[derive(Default, Debug)]
pub struct BotCounts {
    /// Turns that it took.
    pub turns: AtomicU64,
    /// Turns that broke, were refused or came too late.
    pub failures: AtomicU64,
    last_failed: AtomicBool,
}

impl Counts {
    /// Notes a commit.
    pub fn note_commit(&self, jobs: usize, took: Duration) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.last_commit.store(clock::now().0, Ordering::Relaxed);
        metrics::histogram!(telemetry::COMMIT_SECONDS).record(took);
        metrics::histogram!(telemetry::COMMIT_JOBS).record(u32::try_from(jobs).unwrap_or(u32::MAX));
    }

    /// Whether something was committed within this time.
    pub fn committed_within(&self, time: Duration) -> bool {
        let since = clock::now().since(Time(self.last_commit.load(Ordering::Relaxed)));
        u128::try_from(since).is_ok_and(|since| since <= time.as_micros())
    }
}

impl BotCounts {
    /// Notes a turn that took so long.
    pub fn took(&self, time: Duration) {
        self.turns.fetch_add(1, Ordering::Relaxed);
        self.last_failed.store(false, Ordering::Relaxed);
        metrics::histogram!(telemetry::BOT_SECONDS).record(time);
    }

    /// Notes a turn that failed.
    pub fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.last_failed.store(true, Ordering::Relaxed);
        metrics::counter!(telemetry::BOT_FAILURES).increment(1);
    }

    /// Whether the newest turn failed.
    pub fn last_failed(&self) -> bool {
        self.last_failed.load(Ordering::Relaxed)
    }
}
