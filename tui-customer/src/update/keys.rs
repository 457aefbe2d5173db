//! Keys: the composer first, then the table of actions. Letters are always text.

use std::time::Duration;

use minicom_tui_kit::{Effect, Key, Now, Shown, composer::Handled};

use super::{Effects, sending::Sent};
use crate::{
    actions::{Action, CHAT},
    model::{App, Ends, Order},
    view,
};

/// A second press within this time quits.
const AGAIN_WITHIN: Duration = Duration::from_secs(2);
/// Typing is told again after this long, and not before.
const TYPING_EVERY: Duration = Duration::from_secs(3);

impl App {
    pub(super) fn key(&mut self, key: Key, now: Now, effects: &mut Effects) {
        let action = self.keys.action(CHAT, key);
        if action != Some(Action::Clear) && matches!(&self.notice, Some(it) if matches!(it.ends, Ends::At(_))) {
            self.notice = None;
        }
        if self.ended.is_some() {
            return self.key_after_end(action, key, effects);
        }
        if self.help.is_some() && self.key_in_help(action, key) {
            return;
        }
        match self.composer.key(key) {
            Handled::Changed => self.text_changed(now, effects),
            Handled::Moved => {}
            Handled::Submit => self.submit(now, effects),
            Handled::Refused(words) => self.notice(words, Ends::WithText),
            Handled::No => {
                if let Some(action) = action {
                    self.act(action, now, effects);
                }
            }
        }
    }

    pub(super) fn paste(&mut self, text: &str, now: Now, effects: &mut Effects) {
        if self.ended.is_some() {
            return;
        }
        self.help = None;
        match self.composer.paste(text) {
            Handled::Changed => self.text_changed(now, effects),
            Handled::Refused(words) => self.notice(words, Ends::WithText),
            Handled::Moved | Handled::No | Handled::Submit => {}
        }
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

    /// Returns whether the key was for the help. Any other key closes it and does what it always does: nothing that is
    /// typed gets lost behind a help that somebody forgot.
    fn key_in_help(&mut self, action: Option<Action>, key: Key) -> bool {
        let page = usize::from(view::help_area(self.size).height.saturating_sub(2)).max(1);
        let name = key.to_string();
        let top = self.help.unwrap_or(0);
        let scrolled = match (action, name.as_str()) {
            (Some(Action::Older), _) => top.saturating_sub(page),
            (Some(Action::Newer), _) => top + page,
            (Some(Action::RowUp), _) | (_, "up") => top.saturating_sub(1),
            (Some(Action::RowDown), _) | (_, "down") => top + 1,
            (Some(Action::Escape | Action::Help | Action::Clear), _) => {
                self.help = None;
                return true;
            }
            _ => {
                self.help = None;
                return false;
            }
        };
        self.help = Some(scrolled);
        self.clamp_help();
        true
    }

    fn act(&mut self, action: Action, now: Now, effects: &mut Effects) {
        match action {
            Action::Send => self.submit(now, effects),
            Action::Older => self.transcript.page_up(),
            Action::Newer => self.transcript.page_down(),
            Action::RowUp => self.transcript.scroll_up(1),
            Action::RowDown => self.transcript.scroll_down(1),
            Action::Latest => self.transcript.to_end(),
            Action::Retry => self.retry(now, effects),
            Action::Discard => self.discard(now, effects),
            Action::Reconnect => {
                if !self.state.is_live() {
                    effects.push(Effect::Program(Order::Reconnect));
                }
            }
            Action::Clear => self.clear(now, effects),
            Action::Redraw => effects.push(Effect::Redraw),
            Action::Suspend => self.suspend(effects),
            Action::Escape => self.escape(),
            Action::Help => self.help = Some(0),
        }
    }

    /// The text is cleared first (undo brings it back); with nothing written the second press in a short time quits.
    fn clear(&mut self, now: Now, effects: &mut Effects) {
        let asked = matches!(&self.notice, Some(it) if matches!(it.ends, Ends::At(_)));
        if !self.composer.is_empty() {
            self.composer.clear();
            self.text_changed(now, effects);
        } else if asked {
            self.quit(effects);
        } else {
            let again = self.key_hint(Action::Clear);
            let words = match self.unsent() {
                0 => format!("{again} again to quit"),
                1 => format!("1 message is not sent yet and is kept here. {again} again to quit"),
                n => format!("{n} messages are not sent yet and are kept here. {again} again to quit"),
            };
            self.notice(Shown::line(&words), Ends::At(now.elapsed + AGAIN_WITHIN));
        }
    }

    fn quit(&mut self, effects: &mut Effects) {
        self.keep_draft_now(effects);
        effects.push(Effect::Quit(self.end_code()));
    }

    fn suspend(&mut self, effects: &mut Effects) {
        self.keep_draft_now(effects);
        effects.push(Effect::Suspend);
    }

    /// Out of what is passing: a notice, then the place in the scrollback.
    fn escape(&mut self) {
        if self.notice.take().is_none() {
            self.transcript.to_end();
        }
    }

    /// After every change of the text by its writer.
    fn text_changed(&mut self, now: Now, effects: &mut Effects) {
        if matches!(&self.notice, Some(it) if it.ends == Ends::WithText) {
            self.notice = None;
        }
        self.keep_draft_soon(now);
        self.tell_typing(now, effects);
    }

    /// A text for the desk is being written. Words with a slash are not for the desk.
    fn tell_typing(&mut self, now: Now, effects: &mut Effects) {
        let text = self.composer.text();
        let for_desk = !text.trim().is_empty() && (!text.starts_with('/') || text.starts_with("//"));
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
