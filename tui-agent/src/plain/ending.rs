//! How the line mode ends: what is under way is waited for, what was left is told, and the code says which of the two it was.

use std::time::Duration;

use minicom_client::{ConnState, PendingMark};
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{FLUSH_MAX, PlainAgent};
use crate::{exit, update::keeping::Gone, words::count};

/// Why lines are left.
const NO_CONNECTION: &str = "there is no connection";

impl PlainAgent {
    /// Whether the connection is gone: then nobody who wants to leave waits for it.
    pub(super) fn is_lost(&self) -> bool {
        !matches!(self.state, ConnState::Connecting | ConnState::Live)
    }

    /// Ends as soon as all is answered, and then at the latest.
    pub(super) fn quit(&mut self, ends_at: Duration) {
        self.tell_left(NO_CONNECTION);
        self.lines.clear();
        self.awaiting = None;
        (self.began, self.quits) = (true, true);
        self.ends_at = Some(self.ends_at.map_or(ends_at, |earlier| earlier.min(ends_at)));
    }

    /// It must end now. What it leaves undone is told, and `code` is how it ends: a script must not take that for done.
    pub(super) fn terminated(&mut self, code: u8, now: Now) {
        self.send_closes(|_| true, now);
        self.keep_after(Gone::Text, now);
        let waits = |mark: &PendingMark| matches!(mark, PendingMark::Waiting);
        let unsent = self.replica.pending_commands().filter(|it| waits(&it.mark)).count();
        let files = self.attaching.is_some() || self.files.is_moving();
        if unsent > 0 || files || !self.lines.is_empty() {
            self.tell_under_way(unsent);
            self.tell_left("the program was ended");
            self.out.push(PlainEffect::Quit(code));
        }
        self.lines.clear();
        self.ends_at = None;
    }

    /// Commands of this program without a final answer, or whose events are not here yet.
    pub(super) fn under_way(&self) -> usize {
        let waiting = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
        self.replica.pending_commands().filter(|it| waiting(&it.mark)).count()
    }

    pub(super) fn end_if_done(&mut self, now: Now) {
        let Some(ends_at) = self.ends_at else { return };
        if self.lines.is_empty() && self.awaiting.is_none() {
            self.send_closes(|_| true, now);
        }
        // A line that is stored is still to be heard.
        let under_way = self.under_way();
        if ends_at <= now.elapsed && self.files_go_on() {
            self.ends_at = Some(now.elapsed + FLUSH_MAX);
            return;
        }
        let idle = !self.files.is_moving() && self.lines.is_empty() && self.awaiting.is_none() && under_way == 0;
        if idle && self.began {
            self.out.push(PlainEffect::Quit(self.code));
        } else if ends_at <= now.elapsed {
            self.tell_under_way(under_way);
            self.tell_left(NO_CONNECTION);
            // A person who leaves has read that; a script knows only the code.
            let knows = self.quits && self.listener.person;
            let code = match self.code {
                exit::OK if !knows => exit::UNAVAILABLE,
                code => code,
            };
            self.out.push(PlainEffect::Quit(code));
        }
    }

    fn tell_under_way(&mut self, under_way: usize) {
        if under_way > 0 {
            self.say(format!(
                "{} not answered yet; kept on this computer, sent when the program runs again.",
                count(under_way as u64, "order or line is", "orders and lines are")
            ));
        }
    }

    fn tell_left(&mut self, why: &str) {
        if !self.lines.is_empty() {
            let left = count(self.lines.len() as u64, "line was", "lines were");
            self.say(format!("{left} not dealt with: {why}."));
        }
    }
}
