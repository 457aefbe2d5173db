//! Bounds of the open port: accepting, TLS, proxies, and who is turned away.

use std::time::Duration;

/// After an accept failed for want of file descriptors: long enough for one to come free, short enough not to be noticed.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What waits in the system for one connection to be sent, in bytes, before a write has to wait too. Half of it must have
/// gone when the next write is taken, so it is also what [`WRITE_TIMEOUT`](super::WRITE_TIMEOUT) measures: who reads less than
/// about a kilobyte a second is too slow.
pub const UNSENT_BYTES_MAX: u32 = 16 * 1024;

/// From the first byte of TLS to its end of the handshake, counted from accept.
pub const TLS_HANDSHAKE_DEADLINE: Duration = Duration::from_secs(10);
/// A file with a chain or a key, in bytes. It is read whole.
pub const TLS_FILE_BYTES_MAX: u64 = 256 * 1024;
/// The files of the certificate are looked at so often: whoever renews it need not know how to tell the server.
pub const TLS_LOOK_EVERY: Duration = Duration::from_secs(5);
/// So long before its end a certificate is warned about: those who renew by themselves do it earlier.
pub const TLS_EXPIRY_WARNING: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// Between two lines of the log about clients that speak the wrong one of HTTP and HTTPS: strangers can send any number.
pub const MIX_UP_LOG_EVERY: Duration = Duration::from_secs(10);
/// Networks of proxies that are trusted. Each is looked at for each request.
pub const TRUSTED_PROXIES_MAX: usize = 64;

/// Connections that are told at once why they are turned away; more are closed without a word.
pub const TURNED_AWAY_MAX: usize = 64;
/// How long one that is turned away has for reading why.
pub const TURNED_AWAY_FOR: Duration = Duration::from_secs(1);
