//! What changes the program: one input and the time in, effects out. No input or output happens here and no clock is asked.

pub(crate) mod answers;
pub(crate) mod attending;
mod available;
mod closing;
mod connection;
mod keys;
mod marking;
mod menu;
mod moving;
mod over;
mod ownership;
mod reading;
mod sending;
mod snoozing;

use std::time::Duration;

use minicom_client::Section;
use minicom_tui_kit::{App as Program, Effect, Input, Now, Shown, time, transcript};
use ratatui::{
    Frame,
    layout::{Position, Size},
};

use crate::{
    app::{App, Ends, Focus, Msg, Notice, Order},
    layout::{self, Layout, Wishes, layout},
    list::Item,
    words,
};

/// How long a notice stays that only tells what was done.
const TOLD_FOR: Duration = Duration::from_secs(5);
/// Rows of one notch of the wheel.
const WHEEL_ROWS: u16 = 3;

impl Program for App {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: Input<Msg>, now: Now) -> Vec<Effect<Order>> {
        self.pass_time(now);
        let by_hand = attending::is_by_hand(&input);
        match input {
            Input::Key(key) => self.key(key, now),
            Input::Paste(text) => self.paste(&text, now),
            Input::Wheel { up, at } => self.wheel(up, at),
            Input::Click { at, double } => self.click(at, double, now),
            Input::Resize(size) => self.resize(size),
            Input::Focus(focused) => self.attention.focus(focused),
            Input::Message(Msg::Client(event)) => self.client(*event, now),
            Input::Message(Msg::Unsent { id, why }) => self.unsent_command(id, &why, now),
            Input::Message(Msg::Drafts(drafts)) => {
                for (conversation, text) in drafts {
                    self.writing.loaded(conversation, &text, now.elapsed);
                }
            }
            Input::Message(Msg::DraftTrouble(words)) => self.trouble(words, Ends::Leaving),
            Input::Edited(edited) => self.edited(edited, now),
            Input::Resumed | Input::Deadline => {}
            Input::Terminate => self.store_all(now),
        }
        self.settle();
        self.attend(by_hand, now);
        std::mem::take(&mut self.out)
    }

    fn deadline(&self, now: Now) -> Option<Duration> {
        let instant = self.instant(now);
        let notice = self.notice.as_ref().and_then(|notice| match notice.ends {
            Ends::At(at) => Some(at),
            _ => None,
        });
        let typing = self.replica.typing_ends_at(instant);
        let typing = typing.map(|at| at.saturating_duration_since(self.start) + Duration::from_millis(1));
        [
            notice,
            typing,
            self.quits_until,
            self.writing.save_at(),
            self.closing_changes_at(now),
            self.countdown_changes_at(now),
            self.waiting_changes_at(now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn view(&self, frame: &mut Frame<'_>, now: Now) {
        crate::view::draw(self, frame, now);
    }
}

impl App {
    pub(crate) fn order(&mut self, order: Order) {
        self.out.push(Effect::Program(order));
    }

    /// Something was refused or went wrong.
    pub(crate) fn trouble(&mut self, words: Shown, ends: Ends) {
        let error = true;
        self.notice = Some(Notice { words, error, ends });
    }

    /// Something was done, or cannot be and need not.
    pub(crate) fn tell(&mut self, words: Shown, now: Now) {
        self.notice = Some(Notice {
            words,
            error: false,
            ends: Ends::At(now.elapsed + TOLD_FOR),
        });
    }

    fn resize(&mut self, size: Size) {
        let was_one_pane = self.size.width < layout::TWO_PANES;
        self.size = size;
        // Nothing is open: there is only the list to look at.
        if was_one_pane && self.chat.is_none() {
            self.focus = Focus::List;
        }
    }

    /// Ends what has come to its end by now.
    fn pass_time(&mut self, now: Now) {
        let over = |notice: &Notice| matches!(notice.ends, Ends::At(at) if at <= now.elapsed);
        if self.notice.as_ref().is_some_and(over) {
            self.notice = None;
        }
        if self.quits_until.is_some_and(|until| until <= now.elapsed) {
            self.quits_until = None;
        }
        self.send_due_closes(now);
        if self.writing.save_at().is_some_and(|at| at <= now.elapsed) {
            self.save_drafts();
        }
    }

    pub(crate) fn save_drafts(&mut self) {
        for (conversation, text) in self.writing.take_unsaved() {
            self.order(Order::SaveDraft { conversation, text });
        }
    }

    /// The program ends: nothing that was written or wished may be lost.
    pub(crate) fn store_all(&mut self, now: Now) {
        self.send_all_closes(now.wall);
        self.save_drafts();
    }

    /// What follows from every change: sizes, what has been seen, what is to be asked, the title.
    fn settle(&mut self) {
        self.lay_out();
        if let Some(chat) = &mut self.chat {
            chat.sync(&self.replica);
        }
        self.read();
        self.ask_older();
        let title = self.attention.title(self.wanting());
        self.out.extend(title);
    }

    /// Where everything stands now.
    pub(crate) fn layout(&self) -> Layout {
        let composer = self.conversation().and_then(|open| self.writing.get(open));
        let wishes = Wishes {
            list: self.focus == Focus::List,
            details: self.details,
            composer: composer.map_or(1, |written| written.composer.rows()),
            status: self.notice.is_some(),
        };
        layout(self.size, wishes)
    }

    fn lay_out(&mut self) {
        if let Some(chat) = self.layout().chat {
            let text = layout::composer_text(chat.composer);
            self.writing
                .set_size(text.width, layout::composer_rows_max(self.size.height));
        }
        self.lay_out_over();
        let layout = self.layout();
        if let (Some(parts), Some(chat)) = (layout.chat, &mut self.chat) {
            chat.transcript
                .set_size(parts.transcript.width, parts.transcript.height);
        }
        if let Some(area) = layout.list {
            let row_height = if self.size.width >= layout::TALL_ROWS { 2 } else { 1 };
            let gaps = self.size.height >= 30;
            self.list
                .set_size(usize::from(area.height), row_height, gaps, &self.replica);
        }
    }

    fn wheel(&mut self, up: bool, at: Position) {
        if let Some(top) = self.help {
            let by = usize::from(WHEEL_ROWS);
            self.help = Some(if up { top.saturating_sub(by) } else { top + by });
            return;
        }
        if self.over.is_some() {
            return self.wheel_over(up);
        }
        let layout = self.layout();
        if layout.list.is_some_and(|area| area.contains(at)) {
            let by = isize::from(WHEEL_ROWS.cast_signed());
            self.list.scroll(if up { -by } else { by });
        } else if let Some(chat) = &mut self.chat {
            let transcript = &mut chat.transcript;
            if up {
                transcript.scroll_up(WHEEL_ROWS);
            } else {
                transcript.scroll_down(WHEEL_ROWS);
            }
        }
    }

    fn click(&mut self, at: Position, double: bool, now: Now) {
        if self.help.take().is_some() {
            return;
        }
        if self.over.is_some() {
            return self.click_over(at, double, now);
        }
        let layout = self.layout();
        if let Some(area) = layout.list.filter(|area| area.contains(at)) {
            let line = usize::from(at.y - area.y);
            let item = self.list.visible().nth(line).map(|(item, _)| item);
            match item {
                Some(Item::Row(conversation)) => {
                    self.open_chat(conversation);
                    if double {
                        self.focus = Focus::Compose;
                    }
                }
                Some(Item::Title(section)) => self.list.fold(section, &self.replica),
                Some(Item::Gap) | None => {}
            }
            return;
        }
        let (Some(parts), Some(chat)) = (layout.chat, &mut self.chat) else {
            return;
        };
        if parts.transcript.contains(at) {
            if chat.transcript.hit(at.y - parts.transcript.y) == Some(transcript::Hit::Bar) {
                chat.transcript.to_end();
            }
        } else if parts.composer.contains(at) || parts.title.contains(at) {
            self.focus = Focus::Compose;
        }
    }

    /// When a waiting time that is on the screen says something else.
    fn waiting_changes_at(&self, now: Now) -> Option<Duration> {
        let server = self.server_time(now);
        let waited = |summary| words::waited(summary, server);
        // The header tells the oldest of the queue, wherever its row is.
        let oldest = words::oldest(self.replica.section(Section::Waiting), server);
        let layout = self.layout();
        let rows = self
            .list
            .visible()
            .filter(|_| layout.list.is_some())
            .filter_map(|(item, _)| match item {
                Item::Row(conversation) => self.replica.summary(conversation).and_then(waited),
                _ => None,
            });
        let open = self.summary().and_then(waited);
        let next = self.next().and_then(waited);
        let changes = rows
            .chain(oldest)
            .chain(open)
            .chain(next)
            .map(time::waiting_changes_in)
            .min()?;
        // The server's time is known by the millisecond.
        Some(now.elapsed + changes + Duration::from_millis(1))
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
