//! What is selected with the mouse, and by whom: wheel and clicks come here or stay the terminal's, and the bare view has nothing but the
//! chat, for the terminal's own selection.

use minicom_tui_kit::{Effect, Key, Now, Shown, bare::Bare, config};

use crate::{
    app::{App, Ends, SettingsRead},
    keys::{Action, contexts},
    view::bars,
};

impl App {
    /// Only the chat, with the mouse left to the terminal.
    pub(crate) fn show_bare(&mut self, now: Now) {
        if self.chat.is_none() {
            return self.tell(Shown::fixed("No conversation is open."), now);
        }
        self.bare = Some(Bare::new());
        self.lay_out_bare();
        // What was found by scrolling is what is to be selected.
        if let (Some(bare), Some(chat)) = (&mut self.bare, &self.chat) {
            bare.begin_at(&chat.transcript, &self.zone);
        }
        self.out.push(Effect::Mouse(false));
    }

    /// A key while only the chat is shown. Whatever does not scroll leaves.
    pub(super) fn key_in_bare(&mut self, key: Key) {
        match self.keymap.action(contexts(false), key) {
            Some(Action::Redraw) => return self.out.push(Effect::Redraw),
            Some(Action::Suspend) => {
                self.save_drafts();
                return self.out.push(Effect::Suspend);
            }
            _ => {}
        }
        let scrolls = match (&mut self.bare, &self.chat) {
            (Some(bare), Some(chat)) => bare.key(key, &chat.transcript, &self.zone),
            _ => false,
        };
        if !scrolls {
            self.bare = None;
            self.out.push(Effect::Mouse(self.mouse));
        }
    }

    pub(super) fn wheel_in_bare(&mut self, up: bool) {
        if let (Some(bare), Some(chat)) = (&mut self.bare, &self.chat) {
            bare.wheel(up, &chat.transcript, &self.zone);
        }
    }

    /// All but the last row, which says how to leave.
    pub(super) fn lay_out_bare(&mut self) {
        let size = self.size;
        if let Some(bare) = &mut self.bare {
            bare.set_size(size.width, size.height.saturating_sub(1));
        }
    }

    /// A click on a hint does what it tells.
    pub(super) fn click_footer(&mut self, column: u16, now: Now) {
        let area = self.layout().footer;
        if let Some(action) = bars::footer_action(self, area, column, now) {
            self.act(action, 0, now);
        }
    }

    /// What the file of settings says by now holds from here on; if something is wrong in it, nothing of it does.
    pub(super) fn settings_read(&mut self, read: SettingsRead, now: Now) {
        let words = config::told(&read);
        match read {
            Ok(own) => {
                (self.keymap, self.theme, self.mouse) = (own.keymap, own.theme, own.mouse);
                self.habits = own.habits;
                self.out.push(Effect::Notifier(own.notifier));
                if self.bare.is_none() {
                    self.out.push(Effect::Mouse(self.mouse));
                }
                self.tell(words, now);
            }
            Err(_) => self.trouble(words, Ends::Leaving),
        }
    }

    /// Wheel and clicks come here, or stay the terminal's.
    pub(crate) fn toggle_mouse(&mut self, now: Now) {
        self.mouse = !self.mouse;
        self.out.push(Effect::Mouse(self.mouse));
        let words = match self.mouse {
            true => "Clicks and wheel come here again.",
            false => "The mouse is the terminal's: it selects text as in a shell.",
        };
        self.tell(Shown::fixed(words), now);
    }
}

#[cfg(test)]
#[path = "selecting_tests.rs"]
mod tests;
