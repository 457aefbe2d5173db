//! What the client knows of what the server knows. Pure: no clock, no input or output; the time comes with each event
//! and is only used for what ends by itself.

pub mod agent;
pub mod customer;
mod erased;
pub mod filter;
mod lines;
pub mod mentions;
pub mod pending;
pub mod sections;
pub mod thread;
pub mod tickets;
pub mod typing;

use std::time::Instant;

use minicom_protocol::ids::Time;

/// The server's clock, as far as it can be told from here: its time at the last welcome, and how long ago that was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ServerClock {
    time: Time,
    at: Instant,
}

impl ServerClock {
    pub fn new(time: Time, at: Instant) -> Self {
        Self { time, at }
    }

    pub fn now(&self, now: Instant) -> Time {
        let passed = now.saturating_duration_since(self.at).as_millis();
        self.time.plus_ms(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// When it is then on the server; at once if that is past. Never too early.
    pub fn instant(&self, then: Time) -> Option<Instant> {
        let ms = u64::try_from(then.since(self.time)).unwrap_or(0).div_ceil(1_000);
        self.at.checked_add(std::time::Duration::from_millis(ms))
    }
}

#[cfg(test)]
mod tests;
