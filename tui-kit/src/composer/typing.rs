//! Characters that come as keys of their own and mean something only together.
//!
//! An emoji picker, an input method or the keyboard of a Persian types a joiner or a selector as a key. Whether it may stand there is
//! known from both its neighbours, and the one behind it is often typed after it.

use minicom_protocol::gate;
use unicode_segmentation::UnicodeSegmentation;

/// Bytes that wait for the next key: more than any picture has between two characters that are seen.
const WAITING_BYTES_MAX: usize = 12;

/// What was typed and is not in the text yet, for its neighbour has not come.
#[derive(Debug, Clone, Default)]
pub(super) struct Typing {
    waiting: String,
    /// Line and byte where it was typed. Whoever goes on elsewhere has given it up.
    at: (usize, usize),
}

impl Typing {
    /// What goes in at a place of a line, between these texts of it, now that `c` was typed there.
    pub(super) fn goes_in(&mut self, c: char, at: (usize, usize), before: &str, behind: &str) -> String {
        let waited = std::mem::take(&mut self.waiting);
        let mut typed = if self.at == at { waited } else { String::new() };
        typed.push(c);
        let last = before.graphemes(true).next_back().unwrap_or_default();
        let next = behind.chars().next().map(String::from).unwrap_or_default();
        let whole = gate::written(&[last, &typed, &next].concat());
        // A large paste stands there as a sign, which the gate lets nowhere through.
        let between = whole.strip_prefix(last).and_then(|rest| rest.strip_suffix(&next));
        let goes_in = between.map_or_else(|| gate::written(&typed), str::to_owned);
        if goes_in.is_empty() && typed.len() <= WAITING_BYTES_MAX {
            (self.waiting, self.at) = (typed, at);
        }
        goes_in
    }
}
