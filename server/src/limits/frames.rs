//! Bounds of what a connection may send: requests of HTTP, frames, messages, lines.

use std::time::Duration;

/// One frame of a client, in bytes. A text of 16 KiB fits however its letters are escaped; of control characters alone, six
/// bytes each, about 10,000 do.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Fragments of one WebSocket message. Browsers and libraries send one; empty ones cost nothing of the bound on bytes.
pub const FRAGMENTS_MAX: u32 = 64;
/// One line of a person, in bytes. More is a file, not a line.
pub const TEXT_BYTES_MAX: usize = 16_384;
/// Depth of nested JSON in a frame or body. No shape of ours is deeper than 8; without a bound a parser's stack is at a
/// stranger's mercy.
pub const JSON_DEPTH_MAX: usize = 16;
/// Control frames (ping, pong) of a WebSocket a second. Each costs an answer.
pub const CONTROL_FRAMES_PER_S_MAX: u32 = 10;
/// Frames a second on one connection, besides the commands that are taken in: those are bounded by [`PIPELINE_MAX`](super::PIPELINE_MAX) and by
/// the customer's rate, and a program that empties its outbox may send many.
pub const FRAMES_PER_S_MAX: u32 = 200;
/// Frames in a row that cannot be understood. The next one ends the connection: that is no mistake of typing.
pub const BAD_FRAMES_MAX: u32 = 5;
/// Read buffer of a WebSocket, in bytes. The library's default costs 128 KiB for each idle customer.
pub const SOCKET_READ_BUFFER_BYTES: usize = 4 * 1024;
/// Write buffer of a WebSocket, in bytes: what waits for a slow reader before its feed stops reading on. At least one
/// whole part of a snapshot and one batch.
pub const SOCKET_WRITE_BUFFER_BYTES_MAX: usize = 256 * 1024;

/// The head of a request, in bytes.
pub const HTTP_HEAD_BYTES_MAX: usize = 16 * 1024;
/// Headers of a request.
pub const HTTP_HEADERS_MAX: usize = 64;
/// From accept to the end of the first head, also if no byte comes: a silent connection costs a place.
pub const HTTP_HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// A JSON body, in bytes.
pub const HTTP_BODY_BYTES_MAX: usize = 256 * 1024;
/// From head to answer of one request. Every answer is a few reads or one commit.
pub const HTTP_REQUEST_DEADLINE: Duration = Duration::from_secs(30);
