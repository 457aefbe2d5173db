//! Bounds of the program that may stand in the bot's place.

use std::time::Duration;

/// Turns of the bot that are under way for one tenant. What comes beyond waits in the journal.
pub const BOT_TURNS_AT_ONCE: usize = 64;
/// Questions that the program has at a time: a simple one answers in order, and the last must be in time too.
pub const BOT_PROGRAM_IN_FLIGHT: usize = 32;
/// A line of its answers, in bytes: a message of the longest kind with every byte escaped.
pub const BOT_PROGRAM_LINE_BYTES_MAX: usize = 128 * 1024;
/// What is logged of a line of its complaints, in bytes.
pub const BOT_PROGRAM_STDERR_LINE_BYTES: usize = 500;
/// Lines of its complaints that are logged in a minute.
pub const BOT_PROGRAM_STDERR_LINES_PER_MIN: u32 = 30;
/// From its end to its next start; then twice as long each time.
pub const BOT_PROGRAM_REST_FIRST: Duration = Duration::from_millis(250);
/// The longest such pause: by then whoever mends it wants to see it start.
pub const BOT_PROGRAM_REST_MOST: Duration = Duration::from_secs(30);
/// Who ran for so long begins with the shortest pause again.
pub const BOT_PROGRAM_STABLE_AFTER: Duration = Duration::from_secs(60);
/// Questions in a row that it lets lie; then it is ended and started again.
pub const BOT_PROGRAM_SILENT_MAX: u32 = 3;
/// Without a question for so long it is ended, and started with the next.
pub const BOT_PROGRAM_IDLE: Duration = Duration::from_secs(600);
/// What it has to go after it was told to.
pub const BOT_PROGRAM_ENDS_WITHIN: Duration = Duration::from_secs(1);
/// Before the desk's own deadline an answer must be here, so that it can be written in time.
pub const BOT_PROGRAM_MARGIN: Duration = Duration::from_millis(1_000);
/// Lines of the conversation that it is told.
pub const BOT_PROGRAM_TURNS: usize = 20;
