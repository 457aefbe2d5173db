//! Bounds of finding: the index behind the journal, a search, and saved views.

use std::time::Duration;

/// From an event to the index of what can be found: long enough that a busy desk pays one commit for many, short enough that
/// nobody looks for what is not there yet.
pub const INDEX_GATHER: Duration = Duration::from_millis(300);
/// Events that come into the index at once: some milliseconds of the writer's time.
pub const INDEX_PIECE_EVENTS: i64 = 128;
/// Bytes of words that come into it at once; a piece ends with the event that reaches them.
pub const INDEX_PIECE_BYTES: usize = 64 * 1024;
/// A table of the index has two to this many positions of each journal: a quarter of a million, in which a search is a matter of
/// milliseconds, and of which a desk of a hundred million events has some hundreds. Tests have many tables at once.
pub const INDEX_PART_BITS: u32 = if cfg!(test) { 2 } else { 18 };
/// After so long a search looks for no further hit: the page is what there is, and goes on from there.
pub const SEARCH_WALK: Duration = Duration::from_millis(120);
/// After so long a search is interrupted wherever it is: no text that somebody types keeps a reader busy.
pub const SEARCH_STOP: Duration = Duration::from_millis(200);
/// What of a search was not understood and is told.
pub const SEARCH_UNCLEAR_MAX: usize = 8;
/// Views of one agent.
pub const VIEWS_MAX: usize = 20;
/// Characters of a view's filter: what the terminal reads.
pub const VIEW_FILTER_CHARS_MAX: usize = 500;
