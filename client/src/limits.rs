//! Every bound of the client, with its reason. Sizes are in bytes where the name says so; times are [`Duration`]s.

use std::time::Duration;

/// Commands that wait for an answer, on disk and in memory. A person never has so many; a runaway script is stopped.
pub const OUTBOX_MAX: usize = 1_000;
/// Commands on the wire without an answer. Enough to hide a round trip, few enough to send again after a cut.
pub const IN_FLIGHT_MAX: usize = 64;
/// Orders from the program that the connection has not taken up yet: [`OUTBOX_MAX`] commands, questions and the rest.
pub const ORDERS_MAX: usize = 4_096;
/// Events that the program has not taken yet. Above it the connection stops reading, and the server's cursor waits.
pub const EVENTS_MAX: usize = 1_024;
/// A frame that the server takes: its own bound, checked here so that no command can be stuck behind it.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// A message from the server. Batches and snapshot parts have 64 KiB; a single long event may be beyond it.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// What the socket buffers for reading. The default of the library is 128 KiB a connection.
pub const READ_BUFFER_BYTES: usize = 8 * 1024;
/// Frames not yet taken by the socket: beyond it the connection is given up as stuck.
pub const WRITE_BUFFER_BYTES_MAX: usize = 1024 * 1024;
/// Parts of one snapshot. At 64 KiB each more than any desk has open.
pub const SNAPSHOT_PARTS_MAX: usize = 4_096;
/// Questions without a reply on one connection.
pub const ASKED_MAX: usize = 256;

/// From the first byte to `welcome`.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(10);
/// Without any frame for so long the server is taken for dead: its own silence bound is 35 s.
pub const SILENCE_MAX: Duration = Duration::from_secs(40);
/// The server says when to ping; a bad value is kept within these bounds.
pub const PING_AFTER_MIN: Duration = Duration::from_secs(1);
/// See [`PING_AFTER_MIN`].
pub const PING_AFTER_MAX: Duration = Duration::from_secs(30);
/// The first wait before connecting again is between 0 and this.
pub const BACKOFF_FIRST: Duration = Duration::from_millis(500);
/// No wait before connecting again is longer, unless the server asks for it.
pub const BACKOFF_CAP: Duration = Duration::from_secs(30);
/// A connection that lasted so long resets the back-off. One that merely opened does not.
pub const STABLE_AFTER: Duration = Duration::from_secs(10);
/// The server may ask for longer waits than [`BACKOFF_CAP`], up to this.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(300);
/// A server that was not recognised is tried again so seldom: it has to be mended by a person.
pub const RETRY_UNTRUSTED: Duration = Duration::from_secs(30);
/// A file with certificates of authorities. A platform's own has about 300 KiB.
pub const CA_FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A retryable refusal that names no time.
pub const RETRY_DEFAULT: Duration = Duration::from_secs(1);
/// After so long without a connection the state is [`crate::ConnState::Offline`].
pub const OFFLINE_AFTER: Duration = Duration::from_secs(30);
/// A command older than this is not sent without asking: what was right yesterday may be wrong today.
pub const STALE_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// Read marks of one conversation: at most one in this time.
pub const MOMENTARY_EVERY: Duration = Duration::from_secs(1);
/// [`crate::Handle::viewing`] says the same again after this time at the earliest: it counts as a sign of life.
pub const VIEWING_AGAIN: Duration = Duration::from_secs(60);
/// So often a command is sent again that the server broke on. What breaks ten times breaks for ever; one at the front of
/// the outbox would hold all behind it.
pub const BROKEN_MAX: u32 = 10;
/// How long [`crate::Handle::shutdown`] waits for answers that are under way.
pub const SHUTDOWN_MAX: Duration = Duration::from_secs(2);
/// How long the close of the socket may take.
pub const GOODBYE_MAX: Duration = Duration::from_millis(500);
/// A call, from connect to the last byte; of a download, the longest silence.
pub const REST_TIMEOUT: Duration = Duration::from_secs(10);
/// What a call may answer: a page of a list has at most some hundred rows. Downloads are not kept, and have no bound.
pub const REST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The feed of events gives a sign of life every 15 s: silence for so long is a connection that is gone.
pub const FEED_SILENCE_MAX: Duration = Duration::from_secs(40);
/// One line of the feed: an event with the longest text, escaped at its worst. Anything longer is no line of ours.
pub const FEED_LINE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A file with a cursor: two short lines.
pub const CURSOR_FILE_BYTES_MAX: u64 = 1_024;
/// A file of the outbox: a frame and its frame around. Anything larger was not written by us.
pub const ENTRY_BYTES_MAX: u64 = 256 * 1024;
/// A file with a credential.
pub const CREDENTIAL_BYTES_MAX: u64 = 16 * 1024;

/// Events of one thread in memory; the oldest are dropped and can be asked for again.
pub const THREAD_EVENTS_MAX: usize = 5_000;
/// Threads in memory; the one opened longest ago is dropped and can be asked for again.
pub const THREADS_MAX: usize = 256;
/// Events or rows asked for at once.
pub const PAGE: u32 = 50;
/// Rows of a page of saved replies, tickets or mentions.
pub const LIBRARY_PAGE: u32 = 100;
/// Tickets and mentions in memory; no more pages are asked for beyond it.
pub const BOOK_MAX: usize = 1_000;
/// Customers whose context is in memory; the one opened longest ago is dropped and asked for again.
pub const CONTEXTS_MAX: usize = 32;
/// Typing that is not said again ends by itself.
pub const TYPING_LASTS: Duration = Duration::from_secs(6);
/// Closed conversations in the list; the oldest are dropped and can be asked for again.
pub const DONE_MAX: usize = 2_000;

/// Files on their way at the same time; more wait their turn. Two keep a line busy, and leave the server's places to others.
pub const TRANSFERS_AT_ONCE: usize = 2;
/// How often it is told how far a transfer is. Five times a second a bar moves smoothly enough.
pub const TRANSFER_TOLD_EVERY: Duration = Duration::from_millis(200);
/// A file, in bytes, where the server has not said what it takes: no server takes more.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// An upload of which the server takes no byte for so long has stalled: it is begun again. What a slow line has taken up before it
/// reaches the server comes out in pieces that are less far apart.
pub const UPLOAD_STALLED_AFTER: Duration = Duration::from_secs(40);
/// From the last byte of an upload that was taken to its answer: what lies on a slow line by then arrives, and is written to the disk.
pub const UPLOAD_ANSWER_MAX: Duration = Duration::from_secs(120);
/// A program that does nothing else gives up a transfer that has come no further for so long.
pub const TRANSFER_ALONE_WITHOUT_PROGRESS_MAX: Duration = Duration::from_secs(180);
/// If the server asks to wait longer than this, a transfer ends and says so: nobody sits in front of a bar for an hour.
pub const TRANSFER_WAIT_MAX: Duration = Duration::from_secs(120);
/// A file that was uploaded by an earlier run of the program, and not sent, is taken for uploaded for so long. The server keeps it for a
/// day.
pub const UPLOAD_READY_FOR: Duration = Duration::from_secs(20 * 60 * 60);
/// Files that wait beside one text. Each becomes a line of its own.
pub const ATTACHMENTS_MAX: usize = 10;
/// Names of a folder that are looked at to complete a path. Beyond it the folder is no place to complete in.
pub const COMPLETE_NAMES_MAX: usize = 20_000;
/// What is kept of the desk for a time without a connection is shown and stays for so long: a computer that never comes back to
/// the network does not learn what was erased there.
pub const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Open conversations of which a row is kept. On a larger desk the next connection starts afresh.
pub const KEPT_ROWS_MAX: usize = 1_000;
/// Closed conversations of which a row is kept: as many as a snapshot has.
pub const KEPT_CLOSED_MAX: usize = 50;
/// Threads that are kept, the last looked at.
pub const KEPT_THREADS_MAX: usize = 100;
/// Events of a thread that are kept, the newest.
pub const KEPT_EVENTS_MAX: usize = 200;
/// Bytes of all threads that are kept.
pub const KEPT_THREADS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of one file of what is kept. Anything larger was not written by us.
pub const KEPT_BYTES_MAX: u64 = 32 * 1024 * 1024;
