//! Bounds about webhooks: how many there are, how long their receivers may take, and for how long they are tried.

use std::time::Duration;

use super::Adjustable;

/// Webhooks of one tenant: each costs a row for every event that it wants.
pub const WEBHOOKS_MAX: usize = 20;
/// Requests to receivers that are under way at once, of all tenants.
pub const WEBHOOK_POSTS_MAX: usize = 32;
/// Of those, to one receiver; one that fails gets one at a time.
pub const WEBHOOK_POSTS_EACH_MAX: usize = 4;
/// From the connection's first packet to the connection.
pub const WEBHOOK_CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// From request to the end of the answer. A receiver takes the event in and works later.
pub const WEBHOOK_ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// What is read of an answer, in bytes. None of it is used or shown.
pub const WEBHOOK_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// The longest wait before the second try, in milliseconds; it doubles with each.
pub const WEBHOOK_RETRY_FIRST_MS: Adjustable = Adjustable::new(5_000, 1, 60_000);
/// The longest wait before any try, in milliseconds.
pub const WEBHOOK_RETRY_MOST_MS: i64 = 2 * 60 * 60 * 1_000;
/// How long an event is tried, in milliseconds: a day.
pub const WEBHOOK_RETRY_FOR_MS: i64 = 24 * 60 * 60 * 1_000;
/// A receiver that took nothing for so long is told no more, in milliseconds: three days, so that a weekend is none.
pub const WEBHOOK_FAILING_FOR_MS: i64 = 3 * 24 * 60 * 60 * 1_000;
/// Settled deliveries that are kept of each webhook, for the list.
pub const WEBHOOK_DELIVERIES_KEPT: usize = 10_000;
/// How long the secret from before a rotation signs beside the new one, in milliseconds: a day, in which a receiver learns the new one.
pub const WEBHOOK_OLD_SECRET_FOR_MS: i64 = 24 * 60 * 60 * 1_000;
