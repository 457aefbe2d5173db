//! How lines end: what is on its way is waited for, what is left is told, and the exit code says which of the two it was.

use std::time::Duration;

use minicom_client::PendingMark;
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{Effects, Lines};
use crate::{entries, exit};

/// After the end of the input, what was sent is waited for this long; and so long again whenever some of it was answered, or the desk
/// says when it takes more.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

impl Lines {
    /// No more input comes.
    pub(super) fn input_ended(&mut self, now: Now, effects: &mut Effects) {
        self.end_asking(now, effects);
        self.ends_at = Some(now.elapsed + ANSWERS_WITHIN);
    }

    /// It must end now. What it leaves undone is told, and `code` is how it ends: a script must not take that for done.
    pub(super) fn terminated(&mut self, code: u8, now: Now, effects: &mut Effects) {
        // The line was given to be sent, and is kept.
        self.end_asking(now, effects);
        self.ends_at = None;
        if self.unsent() > 0 || self.asking.is_some() || self.has_more_to_do() {
            self.tell_unsent(now, effects);
            effects.push(PlainEffect::Quit(code));
        }
        self.held.clear();
    }

    /// A person leaves at once, and is told what has yet to be sent; a script's lines are sent first.
    pub(super) fn quit(&mut self, now: Now, effects: &mut Effects) {
        self.end_asking(now, effects);
        self.quitting = true;
        if !self.person {
            self.held.clear();
            self.ends_at = Some(now.elapsed + ANSWERS_WITHIN);
            return;
        }
        self.tell_unsent(now, effects);
        self.held.clear();
        effects.push(PlainEffect::Quit(exit::OK));
    }

    /// What becomes at the end of lines that are on the disk, and of those that waited for an answer to a word before them.
    fn tell_unsent(&self, now: Now, effects: &mut Effects) {
        let (kept, lost) = (self.unsent(), self.held.len());
        if let Some(asking) = self.asking.as_ref().filter(|asking| asking.consent.is_some()) {
            let words = format!("You have not agreed. Your line was not sent: {}", asking.line);
            self.tell(&words, now, effects);
        }
        if kept > 0 {
            let words = format!(
                "{kept} not sent yet: kept on this computer, sent by the next minicom-chat of this name (not by -m)"
            );
            self.tell(&words, now, effects);
        }
        if self.is_attaching() {
            self.tell("The file was not sent: attach it again", now, effects);
        }
        if lost > 0 {
            let words =
                format!("{lost} not done and not kept, from a word on that needs a connection: write them again");
            self.tell(&words, now, effects);
        }
    }

    /// What was written here and is only on this computer.
    fn unsent(&self) -> usize {
        let written = self
            .replica
            .pending_commands()
            .filter(|it| entries::is_written(&it.command));
        written.filter(|it| it.mark == PendingMark::Waiting).count()
    }

    /// Besides what was written: words that wait, files on their way, questions without an answer.
    fn has_more_to_do(&self) -> bool {
        !self.held.is_empty()
            || self.is_attaching()
            || self.files.is_moving()
            || self.wanted.is_some()
            || self.older_wanted
            || self.account_asked > 0
    }

    /// What waits goes on: it is waited for from here on.
    pub(super) fn goes_on(&mut self, after: Duration, now: Now) {
        let until = now.elapsed + after + ANSWERS_WITHIN;
        self.ends_at = self.ends_at.map(|ends_at| ends_at.max(until));
    }

    /// Without more input it ends when everything has been said and answered, or when that takes too long.
    pub(super) fn end_if_done(&mut self, now: Now, effects: &mut Effects) {
        let Some(ends_at) = self.ends_at else { return };
        if ends_at <= now.elapsed && self.files_go_on() {
            self.ends_at = Some(now.elapsed + ANSWERS_WITHIN);
            return;
        }
        if self.is_settled() && !self.has_more_to_do() {
            effects.push(PlainEffect::Quit(self.code));
        } else if ends_at <= now.elapsed {
            if self.unsent() == 0 && self.held.is_empty() {
                self.tell("there is no connection", now, effects);
            }
            self.tell_unsent(now, effects);
            effects.push(PlainEffect::Quit(exit::UNAVAILABLE));
        }
    }
}
