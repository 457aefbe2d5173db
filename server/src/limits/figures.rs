//! Bounds of figures: how they are kept behind the journal, and how much of them is told at once.

use std::time::Duration;

/// From an event to the figures: a busy desk pays one commit for many, and who looks at a screen of figures sees them move.
pub const FIGURES_GATHER: Duration = Duration::from_millis(500);
/// Events that are counted at once: some milliseconds of the writer's time.
pub const FIGURES_PIECE_EVENTS: i64 = 256;
/// Rows of one answer: more agents, groups or tags than anybody reads at once.
pub const FIGURES_ROWS_MAX: usize = 500;
/// Conversations of a report that are read at a time.
pub const REPORT_PAGE_ROWS: usize = 200;
/// Bytes of the rows in an answer on a socket: what is left of one beside the days of a quarter.
pub const FIGURES_ROWS_BYTES_MAX: usize = 40 * 1024;
/// Events of a transcript that are read at a time: with the longest lines, less than two MiB.
pub const TRANSCRIPT_PAGE_EVENTS: i64 = 100;
/// Pages of a conversation that are read for its recap: 5,000 events, more than anybody reads. What comes later is not told of.
pub const RECAP_PAGES_MAX: usize = 50;
