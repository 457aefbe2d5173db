//! The way out: what Esc does, one thing at a time, and which keys lead back to the latest message. Footer and bar name them from here,
//! so that they cannot promise another.

use minicom_tui_kit::{
    Key, Now, Shown, composer,
    transcript::{Hints, Older},
};

use super::Effects;
use crate::{
    actions::{Action, CHAT},
    model::{App, Writing},
};

/// Where Esc leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WayOut {
    /// A notice goes.
    Notice,
    /// Another text for a line that was sent is given up.
    Change,
    /// What is written answers no line any more.
    Quote,
    /// What waits for its files waits for Enter again.
    Files,
    /// The question how it was goes.
    Rating,
    /// To the latest message. From there it does nothing.
    Latest,
}

impl App {
    /// Where Esc leads from the chat.
    pub(crate) fn way_out(&self) -> WayOut {
        match self.writing {
            _ if self.notice.is_some() => WayOut::Notice,
            Writing::Edit(_) => WayOut::Change,
            Writing::Answer(_) => WayOut::Quote,
            Writing::Line if self.files.attached.sends => WayOut::Files,
            Writing::Line if self.asks_rating() => WayOut::Rating,
            Writing::Line => WayOut::Latest,
        }
    }

    /// Out of what is passing.
    pub(super) fn escape(&mut self, now: Now, effects: &mut Effects) {
        match self.way_out() {
            WayOut::Notice => self.notice = None,
            WayOut::Change => {
                self.writing = Writing::Line;
                // It is a text that was sent already.
                self.composer.give_up_changing();
                self.text_changed(now, effects);
            }
            WayOut::Quote => self.writing = Writing::Line,
            WayOut::Files => self.files.attached.sends = false,
            WayOut::Rating => self.rating_hidden = self.replica.view().conversation,
            WayOut::Latest => self.transcript.to_end(),
        }
    }

    /// A key towards older messages, where none is older. It takes the place of nothing that is told.
    pub(super) fn tell_beginning(&mut self) {
        let is_all = !self.transcript.is_empty() && self.transcript.older() == Older::None;
        if is_all && self.notice.is_none() {
            self.tell(Shown::fixed("This is the beginning: there is nothing older."));
        }
    }

    /// The thread tells the keys that there are now.
    pub(super) fn name_keys(&mut self) {
        let hint = |key: Option<Key>| key.map(|key| key.hint()).unwrap_or_default();
        self.transcript.set_hints(Hints {
            older: hint(self.key_beside_text(Action::Older)),
            latest: hint(self.key_to_latest()),
            newer: hint(self.key_beside_text(Action::Newer)),
            folded: "/show reads all".to_owned(),
            beyond: "/export tells how to get all".to_owned(),
            failed: String::new(),
        });
    }

    /// A key of an action that does it whatever is written.
    fn key_beside_text(&self, action: Action) -> Option<Key> {
        let keys = self.keys.keys(CHAT, action);
        keys.into_iter()
            .find(|key| self.composer.is_empty() || composer::is_free(*key))
    }

    /// The key that leads to the latest message from here, and whose it is: of the action itself, or Esc if that is where it leads. What lies
    /// over the chat leaves none.
    pub(crate) fn leads_to_latest(&self) -> Option<(Action, Key)> {
        let leads = |action| match action {
            Action::Escape => self.way_out() == WayOut::Latest,
            _ => true,
        };
        let ways = [Action::Latest, Action::Escape].into_iter();
        ways.filter(|action| self.over.is_none() && leads(*action))
            .find_map(|action| Some((action, self.key_beside_text(action)?)))
    }

    fn key_to_latest(&self) -> Option<Key> {
        self.leads_to_latest().map(|(_, key)| key)
    }
}
