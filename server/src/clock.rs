//! The server's clock. Time is shown and sets deadlines; it never orders anything.

use std::sync::atomic::{AtomicI64, Ordering};

use minicom_protocol::ids::Time;
use tokio::time::{Instant, sleep_until};

/// By how much the clock of this process is set off, in microseconds.
static SET_OFF: AtomicI64 = AtomicI64::new(0);

/// The present time.
pub fn now() -> Time {
    Time(jiff::Timestamp::now().as_microsecond() + SET_OFF.load(Ordering::Relaxed))
}

/// Sets the clock of this process off by so many seconds, as if somebody had set the computer's: for tests, each of which is alone in
/// its process. Nothing else calls it.
#[doc(hidden)]
pub fn set_off(seconds: i32) {
    SET_OFF.store(i64::from(seconds) * 1_000_000, Ordering::Relaxed);
}

/// A time as HTTP answers have it: RFC 3339 in UTC, with microseconds.
pub fn rfc3339(time: Time) -> String {
    match jiff::Timestamp::from_microsecond(time.0) {
        Ok(timestamp) => format!("{timestamp:.6}"),
        Err(_) => String::new(),
    }
}

/// Sleeps until then; without a time, for ever.
pub(crate) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
