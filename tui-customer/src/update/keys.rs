//! Keys: the composer first, then the table of actions. Letters are always text.

use std::time::Duration;

use minicom_tui_kit::{
    Effect, Key, Now, Shown,
    composer::{Handled, is_for_text},
};

use super::{Effects, sending::Sent};
use crate::{
    actions::{Action, CHAT},
    model::{App, Ends, Order, Writing},
    slash::Word,
};

/// A second press within this time quits.
const AGAIN_WITHIN: Duration = Duration::from_secs(2);
/// Typing is told again after this long, and not before.
const TYPING_EVERY: Duration = Duration::from_secs(3);

impl App {
    pub(super) fn key(&mut self, key: Key, now: Now, effects: &mut Effects) {
        let action = self.keys.action(CHAT, key);
        self.key_ends_notice(action);
        if self.ended.is_some() {
            return self.key_after_end(action, key, effects);
        }
        if self.bare.is_some() {
            return self.key_in_bare(key, action, effects);
        }
        if self.over.is_some() && self.key_over(action, key, now, effects) {
            return;
        }
        let handled = match (self.composer.key(key), action) {
            (Handled::No, None) => self.composer.spare_key(key),
            (handled, _) => handled,
        };
        match handled {
            Handled::Changed => self.text_changed(now, effects),
            Handled::Moved => {}
            Handled::Submit => self.submit(now, effects),
            Handled::Refused(words) => self.notice(words, Ends::WithText),
            Handled::No => match action {
                Some(action) => self.act(action, now, effects),
                None if key.is_never_typed() => self.tell_unknown(key),
                None => {}
            },
        }
    }

    pub(super) fn paste(&mut self, text: &str, now: Now, effects: &mut Effects) {
        if self.ended.is_some() || self.bare.is_some() {
            return;
        }
        if self.paste_over(text) {
            return;
        }
        if self.writing_to_desk() && self.paste_large(text, effects) {
            return;
        }
        match self.composer.paste(text) {
            Handled::Changed => self.text_changed(now, effects),
            Handled::Refused(words) => {
                self.notice(words, Ends::WithText);
                self.keep_paste(text, effects);
            }
            Handled::Moved | Handled::No | Handled::Submit => {}
        }
    }

    /// Whoever tries a key by habit learns that it does nothing here, and where the keys are.
    fn tell_unknown(&mut self, key: Key) {
        // A key of a text that has nothing to do there is no mistake.
        if is_for_text(key, false).is_some() {
            return;
        }
        let (help, menu) = (self.key_hint(Action::Help), self.key_hint(Action::Menu));
        let words = format!(
            "{} does nothing here. {help} shows the keys, {menu} finds all by name.",
            key.hint()
        );
        self.tell(Shown::line(&words));
    }

    /// There will be no connection: what is left is to read why, and to go.
    fn key_after_end(&mut self, action: Option<Action>, key: Key, effects: &mut Effects) {
        match action {
            Some(Action::Clear | Action::Send | Action::Escape) => self.quit(effects),
            Some(Action::Redraw) => effects.push(Effect::Redraw),
            Some(Action::Suspend) => self.suspend(effects),
            _ if key.typed() == Some('q') => self.quit(effects),
            _ => {}
        }
    }

    pub(super) fn act(&mut self, action: Action, now: Now, effects: &mut Effects) {
        match action {
            Action::Send => self.submit(now, effects),
            Action::Older | Action::RowUp if !self.transcript.has_above() => self.tell_beginning(),
            Action::Older => self.transcript.page_up(),
            Action::Newer => self.transcript.page_down(),
            Action::RowUp => self.transcript.scroll_up(1),
            Action::RowDown => self.transcript.scroll_down(1),
            Action::Latest => self.transcript.to_end(),
            Action::Retry => {
                if !self.retry_files(effects) {
                    self.retry(now, effects);
                }
            }
            Action::Discard => {
                if !self.drop_file(now, effects) {
                    self.discard(now, effects);
                }
            }
            Action::Attach => self.ask_attach(),
            Action::Files => self.choose_file(None),
            Action::AsFile => self.paste_as_file(now, effects),
            Action::Reconnect => {
                if self.state.is_live() {
                    self.tell(Shown::fixed("There is a connection."));
                } else {
                    effects.push(Effect::Program(Order::Reconnect));
                }
            }
            Action::Find => self.say_word(Word::Find, now, effects),
            Action::Copy => self.copy_newest(now, effects),
            Action::Menu => self.offer_all(),
            Action::Bare => self.show_bare(effects),
            Action::Mouse => self.toggle_mouse(effects),
            Action::ReloadSettings => effects.push(Effect::Program(Order::ReadSettings)),
            Action::Editor => self.edit(effects),
            Action::Complete => self.complete(now, effects),
            Action::Clear => self.clear(now, effects),
            Action::Redraw => effects.push(Effect::Redraw),
            Action::Suspend => self.suspend(effects),
            Action::Escape => self.escape(now, effects),
            Action::Help => self.help(),
        }
    }

    /// The text is cleared first (undo brings it back); with nothing written the second press in a short time quits.
    fn clear(&mut self, now: Now, effects: &mut Effects) {
        if !self.composer.is_empty() {
            match std::mem::take(&mut self.writing) {
                Writing::Edit(_) => self.composer.give_up_changing(),
                Writing::Answer(_) | Writing::Line => self.composer.clear(),
            }
            self.text_changed(now, effects);
        } else if self.quits_when_pressed_again() {
            self.quit(effects);
        } else {
            let again = self.key_hint(Action::Clear);
            let words = match self.unsent() {
                _ if self.files.is_moving() => {
                    format!("A file is on its way and would be given up. {again} again to quit")
                }
                0 => format!("{again} again to quit"),
                1 => format!("1 message is not sent yet and is kept here. {again} again to quit"),
                n => format!("{n} messages are not sent yet and are kept here. {again} again to quit"),
            };
            self.notice(Shown::line(&words), Ends::Again(now.elapsed + AGAIN_WITHIN));
        }
    }

    pub(super) fn quit(&mut self, effects: &mut Effects) {
        self.keep_draft_now(effects);
        effects.push(Effect::Quit(self.end_code()));
    }

    pub(super) fn suspend(&mut self, effects: &mut Effects) {
        self.keep_draft_now(effects);
        effects.push(Effect::Suspend);
    }

    /// A word with a slash is written out as far as that is clear.
    fn complete(&mut self, now: Now, effects: &mut Effects) {
        if self.complete_path(effects) {
            return;
        }
        let Some(begun) = self.written_word() else { return };
        let mut fitting = Word::beginning_with(&begun);
        if let (Some(word), None) = (fitting.next(), fitting.next()) {
            self.composer.set_text(&format!("/{} ", word.name()));
            self.text_changed(now, effects);
        }
    }

    /// After every change of the text by its writer.
    pub(super) fn text_changed(&mut self, now: Now, effects: &mut Effects) {
        self.text_ends_notice();
        // Whoever goes on writing has not done with it.
        self.files.attached.sends = false;
        self.keep_draft_soon(now);
        self.tell_typing(now, effects);
    }

    /// A text for the desk is being written. Words with a slash are not for the desk.
    fn tell_typing(&mut self, now: Now, effects: &mut Effects) {
        let for_desk = self.is_for_desk();
        let told = self.told_typing.is_some_and(|at| now.elapsed < at + TYPING_EVERY);
        if for_desk && self.state.is_live() && !told {
            self.told_typing = Some(now.elapsed);
            effects.push(Effect::Program(Order::Typing(true)));
        } else if !for_desk && self.told_typing.take().is_some() {
            effects.push(Effect::Program(Order::Typing(false)));
        }
    }

    /// After a text has left the composer.
    pub(super) fn text_taken(&mut self, what: Sent, now: Now, effects: &mut Effects) {
        match what {
            // The line itself ends the typing on the other side.
            Sent::Line => self.told_typing = None,
            Sent::Word => self.tell_typing(now, effects),
        }
        self.notice = None;
        self.keep_draft_soon(now);
        self.keep_draft_now(effects);
    }
}
