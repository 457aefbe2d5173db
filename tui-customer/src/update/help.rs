//! The help over everything: where it is read, and what comes back behind it.

use minicom_tui_kit::{Key, Now, help::Place};

use super::Effects;
use crate::{actions::Action, model::App, over::Over, view};

impl App {
    /// The keys and words, over everything.
    pub(super) fn help(&mut self) {
        let under = self.over.take().map(Box::new);
        self.over = Some(Over::Help {
            at: Place::default(),
            under,
        });
    }

    /// So many lines further down in the help, or up.
    pub(super) fn move_in_help(&mut self, by: isize) {
        let Some(Over::Help { at, .. }) = &self.over else {
            return;
        };
        let moved = self.shown_help().moved(*at, by);
        if let Some(Over::Help { at, .. }) = &mut self.over {
            *at = moved;
        }
    }

    /// Any other key closes the help and does what it always does: nothing that is typed gets lost behind a help that somebody
    /// forgot.
    pub(super) fn key_in_help(&mut self, action: Option<Action>, key: Key, now: Now, effects: &mut Effects) -> bool {
        let page = isize::from(view::help_area(self.size).height.cast_signed())
            .saturating_sub(2)
            .max(1);
        let by = match (action, key.to_string().as_str()) {
            (Some(Action::Older), _) => -page,
            (Some(Action::Newer), _) => page,
            (_, "home") => isize::MIN,
            (Some(Action::Latest), _) | (_, "end") => isize::MAX,
            (Some(Action::RowUp), _) | (_, "up") => -1,
            (Some(Action::RowDown), _) | (_, "down") => 1,
            (Some(Action::Escape | Action::Help | Action::Clear), _) => {
                self.close_help();
                return true;
            }
            (_, "q") if self.q_closes() => {
                self.close_help();
                return true;
            }
            _ => {
                self.close_help();
                return self.key_over(action, key, now, effects);
            }
        };
        self.move_in_help(by);
        true
    }

    /// What it was asked for in is there again.
    pub(super) fn close_help(&mut self) {
        if let Some(Over::Help { under, .. }) = &mut self.over {
            self.over = under.take().map(|under| *under);
        }
    }
}
