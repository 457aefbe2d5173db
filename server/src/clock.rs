//! The server's clock. Time is shown and sets deadlines; it never orders anything.

use minicom_protocol::ids::Time;
use tokio::time::{Instant, sleep_until};

/// The present time.
pub fn now() -> Time {
    Time(jiff::Timestamp::now().as_microsecond())
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
