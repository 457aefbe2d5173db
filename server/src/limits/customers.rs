//! Bounds about customers: who they are, who is kept out, what is kept of them.

use std::time::Duration;

/// Bytes of what a tenant's site signed of a customer. Claims are few and short.
pub const IDENTITY_BYTES_MAX: usize = 4_096;
/// Seconds by which the clocks of a tenant's site and of this server may differ.
pub const IDENTITY_LEEWAY_S: i64 = 60;
/// Keys of a tenant's site that are good at once: one, and another while it is exchanged; some more for several sites.
pub const IDENTITY_KEYS_MAX: usize = 10;
/// The longest life of a token that is signed here for a trial, in hours: a week.
pub const TRIAL_IDENTITY_HOURS_MAX: u32 = 7 * 24;
/// How long a code for another device is good: to walk from one to the other.
pub const LINK_CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// Wrong tries after which such a code is good no more.
pub const LINK_CODE_TRIES_MAX: u32 = 5;
/// Tries of codes from one address in a minute.
pub const LINK_CODE_TRIES_PER_ADDRESS_PER_MIN: u32 = 5;
/// Devices of one customer.
pub const DEVICES_PER_CUSTOMER_MAX: usize = 20;
/// Networks that a tenant keeps out at once: each is looked at when a customer comes.
pub const BLOCKED_NETWORKS_MAX: usize = 500;
/// Old conversations that are erased in one transaction: others write in between.
pub const ERASED_AT_ONCE_MAX: usize = 100;
/// Events of threads in which that is done in one transaction: each is read, and each of an erased conversation is written. One
/// conversation is erased whole, and one thread folded whole, however long.
pub const ERASED_EVENTS_AT_ONCE_MAX: usize = 2_000;
/// How often is it looked for conversations whose time is over.
pub const RETENTION_EVERY: Duration = Duration::from_secs(10 * 60);
/// Bytes of one page of a customer's export, without its last row: it fits one reply with it.
pub const EXPORT_BYTES_MAX: usize = 160 * 1024;
/// Rows of one page of a customer's export; each is a line at most.
pub const EXPORT_ROWS_MAX: usize = 100;
