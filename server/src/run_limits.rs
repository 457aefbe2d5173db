//! The bounds of one run of the server: those of [`limits`], unless the operator moved one within its hard bounds, or a test
//! has no ten seconds to wait for a deadline. What nobody may move stays in [`limits`] alone.

use std::time::Duration;

use crate::limits::{self, Adjustable};

/// Bounds of sockets and of what travels on them, for one run.
#[derive(Clone, Debug)]
pub struct RunLimits {
    /// Connections in all.
    pub sockets_total: usize,
    /// Connections from one address (IPv6: one network of 64 bits).
    pub sockets_per_address: usize,
    /// Connections from one loopback address.
    pub sockets_per_loopback_address: usize,
    /// Connections of one customer.
    pub sockets_per_customer: usize,
    /// From accept to the end of the first head, and as long for each later head of the connection.
    pub head_deadline: Duration,
    /// From the upgrade to Hello.
    pub first_frame_deadline: Duration,
    /// What clients are told: ping when nothing was sent for so long.
    pub ping_after: Duration,
    /// The server closes after so long without a frame.
    pub silence_max: Duration,
    /// One write to a socket.
    pub write_timeout: Duration,
    /// From our close frame to the end of the connection; also how long plain requests may go on after the stop.
    pub close_linger: Duration,
    /// How long a stopping connection waits for the answers to what was submitted.
    pub answers_deadline: Duration,
    /// Clients are told to come back at random within this span after a restart.
    pub restart_retry_spread: Duration,
    /// Lines that a customer may send at once.
    pub customer_burst: u32,
    /// Lines a second that a customer gets back after that.
    pub customer_refill_per_s: u32,
    /// Frames a second on one connection.
    pub frames_per_s: u32,
    /// Between two values of one signal for one reader.
    pub signal_every: Duration,
    /// Between two passes over the queue.
    pub place_every: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            sockets_total: count(limits::SOCKETS_TOTAL),
            sockets_per_address: count(limits::SOCKETS_PER_ADDRESS),
            sockets_per_loopback_address: count(limits::SOCKETS_PER_LOOPBACK_ADDRESS),
            sockets_per_customer: count(limits::SOCKETS_PER_CUSTOMER),
            head_deadline: limits::HTTP_HEAD_DEADLINE,
            first_frame_deadline: limits::FIRST_FRAME_DEADLINE,
            ping_after: limits::PING_AFTER,
            silence_max: limits::SILENCE_MAX,
            write_timeout: limits::WRITE_TIMEOUT,
            close_linger: limits::CLOSE_LINGER,
            answers_deadline: limits::ANSWERS_DEADLINE,
            restart_retry_spread: limits::RESTART_RETRY_SPREAD,
            customer_burst: rate(limits::CUSTOMER_BURST),
            customer_refill_per_s: rate(limits::CUSTOMER_REFILL_PER_S),
            frames_per_s: limits::FRAMES_PER_S_MAX,
            signal_every: Duration::from_secs(1) / limits::SIGNALS_PER_S_MAX,
            place_every: limits::PLACE_EVERY,
        }
    }
}

impl RunLimits {
    /// A server that waits for ever: for the test that must catch it.
    pub fn endless() -> RunLimits {
        let ever = Duration::from_secs(24 * 60 * 60);
        RunLimits {
            head_deadline: ever,
            first_frame_deadline: ever,
            silence_max: ever,
            write_timeout: ever,
            ..RunLimits::default()
        }
    }
}

fn count(bound: Adjustable) -> usize {
    usize::try_from(bound.default).unwrap_or(usize::MAX)
}

fn rate(bound: Adjustable) -> u32 {
    u32::try_from(bound.default).unwrap_or(u32::MAX)
}
