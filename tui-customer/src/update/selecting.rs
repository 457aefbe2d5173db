//! What is selected with the mouse, and by whom: wheel and clicks come here or stay the terminal's, and the bare view has nothing but the
//! chat, for the terminal's own selection.

use minicom_tui_kit::{Effect, Key, Shown, bare::Bare, config};

use super::Effects;
use crate::{
    actions::Action,
    model::{App, Ends, SettingsRead},
};

impl App {
    /// Only the chat, with the mouse left to the terminal.
    pub(super) fn show_bare(&mut self, effects: &mut Effects) {
        self.bare = Some(Bare::new());
        self.fit_bare();
        // What was found by scrolling is what is to be selected.
        if let Some(bare) = &mut self.bare {
            bare.begin_at(&self.transcript, &self.zone);
        }
        effects.push(Effect::Mouse(false));
    }

    /// A key while only the chat is shown. Whatever does not scroll leaves.
    pub(super) fn key_in_bare(&mut self, key: Key, action: Option<Action>, effects: &mut Effects) {
        match action {
            Some(Action::Redraw) => return effects.push(Effect::Redraw),
            Some(Action::Suspend) => return self.suspend(effects),
            _ => {}
        }
        let scrolls = self
            .bare
            .as_mut()
            .is_some_and(|bare| bare.key(key, &self.transcript, &self.zone));
        if !scrolls {
            self.bare = None;
            effects.push(Effect::Mouse(self.mouse));
        }
    }

    /// All but the last row, which says how to leave.
    pub(super) fn fit_bare(&mut self) {
        let size = self.size;
        if let Some(bare) = &mut self.bare {
            bare.set_size(size.width, size.height.saturating_sub(1));
        }
    }

    /// What the file of settings says by now holds from here on; if something is wrong in it, nothing of it does.
    pub(super) fn settings_read(&mut self, read: SettingsRead, effects: &mut Effects) {
        let words = config::told(&read);
        let Ok(own) = read else {
            return self.notice(words, Ends::WithText);
        };
        self.tell(words);
        (self.keys, self.theme, self.mouse) = (own.keymap, own.theme, own.mouse);
        effects.push(Effect::Notifier(own.notifier));
        if self.bare.is_none() {
            effects.push(Effect::Mouse(self.mouse));
        }
    }

    /// Wheel and clicks come here, or stay the terminal's.
    pub(super) fn toggle_mouse(&mut self, effects: &mut Effects) {
        self.mouse = !self.mouse;
        effects.push(Effect::Mouse(self.mouse));
        let words = match self.mouse {
            true => "Clicks and wheel come here again.",
            false => "The mouse is the terminal's: it selects text as in a shell.",
        };
        self.tell(Shown::fixed(words));
    }

    pub(super) fn copy_text(&mut self, text: String, what: &'static str, effects: &mut Effects) {
        self.copying = what;
        effects.push(Effect::Copy(text));
    }
}
