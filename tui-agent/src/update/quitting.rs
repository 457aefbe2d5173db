//! The ways out: clearing what is written, and the end of the program, which asks once if something would be left behind.

use std::time::Duration;

use minicom_tui_kit::{Effect, Now, Shown};

use crate::{
    app::{App, Ends, TOLD_FOR},
    exit,
    keys::Action,
    words,
};

/// For so long the second key quits.
const QUIT_TWICE: Duration = Duration::from_secs(2);
/// For so long `q` quits after it has told that something is unsent.
const QUIT_UNSENT: Duration = Duration::from_secs(5);

impl App {
    pub(super) fn interrupt(&mut self, now: Now) {
        if let Some(conversation) = self.conversation().filter(|_| self.is_composing())
            && self
                .writing
                .get(conversation)
                .is_some_and(|it| !it.current().is_empty())
        {
            self.writing.of(conversation).current_mut().clear();
            self.writing.changed(conversation, now.elapsed);
            self.say_typing(conversation, now);
            // The notice is gone at once where a text is there again: what was being written before a recall.
            self.tell(Shown::fixed("Cleared. ^_ brings it back."), now);
            if let Some(notice) = &mut self.notice {
                notice.ends = Ends::Cleared(now.elapsed + TOLD_FOR);
            }
            return;
        }
        if self.quits_until.is_some() {
            return self.quit(now);
        }
        self.quits_until = Some(now.elapsed + QUIT_TWICE);
        let unsent = match self.unsent() {
            Some(unsent) => format!("{} not sent yet, kept here. ", lines(unsent)),
            None => String::new(),
        };
        let again = self.key_words(Action::Interrupt);
        self.tell(Shown::line(&format!("{unsent}{again} again to quit.")), now);
        if let Some(notice) = &mut self.notice {
            notice.ends = Ends::Here(now.elapsed + QUIT_TWICE);
        }
    }

    /// Quits; asks once if something is unsent.
    pub(super) fn quit_unless_unsent(&mut self, now: Now) {
        match self.unsent() {
            Some(unsent) if self.quits_until.is_none() => {
                self.quits_until = Some(now.elapsed + QUIT_UNSENT);
                let again = self.quit_key();
                let words = format!("{} not sent yet, kept here. {again} again to quit.", lines(unsent));
                self.tell_here(Shown::line(&words), now);
            }
            None if self.files.is_moving() && self.quits_until.is_none() => {
                self.quits_until = Some(now.elapsed + QUIT_UNSENT);
                let again = self.quit_key();
                let words = format!("A file is on its way and would be given up. {again} again to quit.");
                self.tell_here(Shown::line(&words), now);
            }
            _ => self.quit(now),
        }
    }

    /// The key that quits where the keys go: while one writes a letter is text.
    fn quit_key(&self) -> String {
        match self.is_composing() {
            true => self.key_words(Action::Quit),
            false => self.list_key_words(Action::Quit),
        }
    }

    pub(super) fn quit(&mut self, now: Now) {
        self.store_all(now);
        let code = self.connection.ended.as_ref().map_or(0, exit::after);
        self.out.push(Effect::Quit(code));
    }
}

fn lines(count: u64) -> String {
    words::count(count, "line", "lines")
}
