//! Bounds about files that people send each other.

use std::time::Duration;

use super::Adjustable;

/// One file, in bytes: a long log, a picture of a screen. Larger things have better ways.
pub const UPLOAD_BYTES: Adjustable = Adjustable::new(10 * 1024 * 1024, 1_024, 1024 * 1024 * 1024);
/// A file's name, in bytes: what file systems take. A longer one is cut.
pub const FILE_NAME_BYTES_MAX: usize = 255;
/// Uploads that are under way at once. Each has a file open and a buffer.
pub const UPLOADS_AT_ONCE_MAX: usize = 32;
/// Of those, of one customer or one agent: nobody sends more at a time, and nobody holds all places by being slow.
pub const UPLOADS_AT_ONCE_EACH_MAX: usize = 4;
/// Of those, of one tenant: the others find a place.
pub const UPLOADS_AT_ONCE_PER_TENANT_MAX: usize = 16;
/// Files of one customer in an hour: each costs the disk as much as a hundred thousand lines.
pub const UPLOADS_PER_CUSTOMER_PER_HOUR: Adjustable = Adjustable::new(20, 1, 100_000);
/// What is read or written of a file at a time, in bytes. A file of any size goes through in this much memory.
pub const FILE_CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of an upload that have to come for each second in which it is waited for them: slower lines are none.
pub const UPLOAD_BYTES_PER_S_MIN: u64 = 1_024;
/// Seconds of waiting that every upload has beyond that.
pub const UPLOAD_PACE_GRACE: Duration = Duration::from_secs(5);
/// From one piece of an upload to the next. Who sends nothing for longer has gone.
pub const UPLOAD_STALLED_AFTER: Duration = Duration::from_secs(20);
/// From head to answer of one upload: the largest file over a slow line.
pub const UPLOAD_DEADLINE: Duration = Duration::from_secs(10 * 60);
/// Of a form that brings a file: all that is not its file, in bytes: boundaries, headers, fields. It is searched for boundaries.
pub const UPLOAD_FORM_BYTES_MAX: usize = 64 * 1024;
/// Of a form that brings a file: its other fields together, in bytes. They are ids.
pub const UPLOAD_FIELDS_BYTES_MAX: u64 = 4 * 1024;
/// A file that is not sent in a line for so long is removed: a day, so that a draft may wait until tomorrow.
pub const UPLOAD_NOT_SENT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How often is it looked for such files.
pub const UPLOADS_SWEPT_EVERY: Duration = Duration::from_secs(60 * 60);
/// After files could not be removed: somebody has to make the disk work again.
pub const UPLOADS_SWEPT_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// Files that are removed in one go, with one read of their rows.
pub const FILES_REMOVED_AT_ONCE_MAX: usize = 100;
