//! Lines that could not be done. A person reads why and goes on. A script reads nothing: it ends at the first such line, with that line's
//! exit code, so that nothing that follows is done on a ground that is not there, and no line goes to somebody else than was meant.

use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::Now;

use super::{FLUSH_MAX, PlainAgent};
use crate::exit;

impl PlainAgent {
    /// Says why a line was not done: it was written wrongly, or cannot be said here.
    pub(super) fn deny(&mut self, words: impl AsRef<str>) {
        self.deny_as(exit::USAGE, words);
    }

    /// The same, with the code by which a script ends.
    pub(super) fn deny_as(&mut self, code: u8, words: impl AsRef<str>) {
        self.say(words);
        if !self.listener.person {
            self.denied = true;
            if self.code == exit::OK {
                self.code = code;
            }
        }
    }

    /// Ends a script at a line that could not be done. What was sent before is waited for.
    pub(super) fn end_script(&mut self, now: Now) {
        if !self.denied || self.quits {
            return;
        }
        self.say("The script ends here: what follows this line was not dealt with.");
        self.lines.clear();
        self.awaiting = None;
        (self.began, self.quits) = (true, true);
        self.ends_at.get_or_insert(now.elapsed + FLUSH_MAX);
    }

    /// More lines wait than are kept. What a script wrote before is dealt with, and nothing that comes after the gap.
    pub(super) fn overflown(&mut self) {
        self.say("Too many lines wait already. This one was dropped; nothing was sent.");
        if !self.listener.person {
            (self.overflows, self.code) = (true, exit::USAGE);
        }
    }

    /// The conversation that is to be opened. If there is none of that name, none is open: what is written next is for somebody else
    /// than the one before.
    pub(super) fn named(&mut self, name: &str) -> Option<ConversationId> {
        let found = self.subject(name);
        if found.is_none() {
            self.close_thread();
        }
        found
    }

    /// No conversation is open from now on.
    pub(super) fn close_thread(&mut self) {
        if self.open.take().is_some() {
            self.numbered.lines = None;
            self.say("No conversation is open now: lines go to nobody.");
        }
    }
}

#[cfg(test)]
#[path = "denied_tests.rs"]
mod tests;
