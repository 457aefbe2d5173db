//! What is told above the composer: one thing at a time, and what ends it. What goes wrong by itself does not push away what went wrong
//! before: it is told after it.

use std::time::Duration;

use minicom_tui_kit::{Now, Shown};

use crate::{actions::Action, model::App};

/// How long a notice stays that only tells what was done, or that nothing was.
const TOLD_FOR: Duration = Duration::from_secs(5);
/// Troubles that wait to be told, behind the one that is. What makes more of them at once is told by the first ones.
const TROUBLES_MAX: usize = 2;

/// Words above the composer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// What it says.
    pub words: Shown,
    /// What ends it, besides Esc.
    pub ends: Ends,
}

/// What ends a notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ends {
    /// The next change of the text.
    WithText,
    /// Any key, or [`TOLD_FOR`] on the screen.
    Soon,
    /// Any key, or this moment.
    At(Duration),
    /// This moment, or any key but the one that clears: that one quits.
    Again(Duration),
    /// The next thing that is sent.
    WithSending,
    /// The large paste that it is about is not in the text any more, or is sent.
    WithPaste,
}

impl Ends {
    /// The moment at which it ends by itself.
    pub(crate) const fn at(self) -> Option<Duration> {
        match self {
            Ends::At(at) | Ends::Again(at) => Some(at),
            Ends::WithText | Ends::Soon | Ends::WithSending | Ends::WithPaste => None,
        }
    }
}

impl App {
    /// Says something.
    pub(crate) fn notice(&mut self, words: Shown, ends: Ends) {
        self.notice = Some(Notice { words, ends });
    }

    /// Says what was done, or cannot be and need not.
    pub(crate) fn tell(&mut self, words: Shown) {
        self.notice(words, Ends::Soon);
    }

    /// Something went wrong, and nobody has done anything for it: it waits until what went wrong before it has been seen.
    pub(crate) fn trouble(&mut self, words: Shown) {
        match &self.notice {
            Some(told) if told.words == words => {}
            Some(told) if told.ends == Ends::WithSending => {
                if self.troubles.len() < TROUBLES_MAX && !self.troubles.contains(&words) {
                    self.troubles.push_back(words);
                }
            }
            _ => self.notice(words, Ends::WithSending),
        }
    }

    /// Ends what has come to its end by now. The next trouble is told as soon as nothing else is.
    pub(crate) fn pass_notice(&mut self, now: Now) {
        let over = match self.notice.as_ref().map(|it| it.ends) {
            Some(Ends::At(at) | Ends::Again(at)) => at <= now.elapsed,
            Some(Ends::WithPaste) => !self.has_large_paste(),
            Some(Ends::Soon | Ends::WithText | Ends::WithSending) | None => false,
        };
        if over {
            self.notice = None;
        }
        if self.notice.is_none()
            && let Some(words) = self.troubles.pop_front()
        {
            self.notice(words, Ends::WithSending);
        }
        if let Some(notice) = &mut self.notice
            && notice.ends == Ends::Soon
        {
            notice.ends = Ends::At(now.elapsed + TOLD_FOR);
        }
    }

    /// What a key ends, whatever else it does. Where nothing lies over the screen Esc takes a notice away itself, and does nothing else.
    pub(crate) fn key_ends_notice(&mut self, action: Option<Action>) {
        let by_hand = action == Some(Action::Escape) && self.over.is_none();
        let over = match self.notice.as_ref().map(|it| it.ends) {
            Some(Ends::Soon | Ends::At(_)) => !by_hand,
            Some(Ends::Again(_)) => !by_hand && action != Some(Action::Clear),
            Some(Ends::WithText | Ends::WithSending | Ends::WithPaste) | None => false,
        };
        if over {
            self.notice = None;
        }
    }

    /// What a change of the text ends.
    pub(crate) fn text_ends_notice(&mut self) {
        let stays = |it: &Notice| matches!(it.ends, Ends::WithSending | Ends::WithPaste);
        self.notice = self.notice.take().filter(stays);
    }

    /// Whether the key that clears was pressed just now with nothing written.
    pub(crate) fn quits_when_pressed_again(&self) -> bool {
        self.notice.as_ref().is_some_and(|it| matches!(it.ends, Ends::Again(_)))
    }
}
