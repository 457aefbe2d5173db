//! What changes the program: one input and the time in, effects out. No input or output happens here and no clock is asked.

pub(crate) mod about;
pub(crate) mod answers;
mod articles;
mod attaching;
pub(crate) mod attending;
pub(crate) mod available;
pub(crate) mod calling;
mod closing;
mod connection;
mod copying;
pub(crate) mod desk_views;
mod detailing;
mod drafting;
pub(crate) mod earlier;
mod fetching;
mod files;
mod filter;
pub(crate) mod finding;
mod finding_kept;
mod following;
mod hits;
pub(crate) mod keeping;
pub(crate) mod keeping_out;
mod keys;
pub(crate) mod leaving;
pub(crate) mod looking;
mod marking;
mod menu;
pub(crate) mod moving;
mod over;
mod ownership;
pub(crate) mod piping;
mod quitting;
mod reading;
mod recap;
mod saved_replies;
mod selecting;
mod sending;
mod slash;
mod snoozing;
pub(crate) mod suggesting;
mod ticking;
pub(crate) mod views;
mod writing_tools;

use std::time::Duration;

use minicom_tui_kit::{App as Program, Effect, Input, Now, Shown, transcript};
use ratatui::{
    Frame,
    layout::{Position, Size},
};

use crate::{
    app::{App, Ends, Focus, Msg, Order},
    layout::{self, Layout, Wishes, layout},
    list::{Shape, Spot},
    view::{fitting, with},
};

/// Rows of one notch of the wheel.
const WHEEL_ROWS: u16 = 3;

impl Program for App {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: Input<Msg>, now: Now) -> Vec<Effect<Order>> {
        self.pass_time(now);
        let by_hand = attending::is_by_hand(&input);
        if by_hand {
            self.attention.seen();
        }
        match input {
            Input::Key(key) => self.key(key, now),
            Input::FirstOfTwo(waits) => self.half_key = waits,
            Input::Paste(text) => self.paste(&text, now),
            Input::Wheel { up, at } => self.wheel(up, at, now),
            Input::Click { at, double } => self.click(at, double, now),
            Input::Resize(size) => self.resize(size),
            Input::Focus(focused) => {
                self.attention.focus(focused);
                self.mark_mentions(now);
            }
            Input::Message(Msg::Client(event)) => self.client(*event, now),
            Input::Message(Msg::Unsent { id, why }) => self.unsent_command(id, &why, now),
            Input::Message(Msg::Drafts(drafts)) => {
                for draft in &drafts {
                    self.writing.loaded(draft, now.elapsed);
                    self.files_loaded(draft, now);
                }
            }
            Input::Message(Msg::Kept(kept)) => self.restore(*kept, now),
            Input::Message(Msg::DiskTrouble(words)) => self.trouble_by_itself(words),
            Input::Message(Msg::Written(Ok(path))) => self.tell(Shown::line(&format!("Written to {path}")), now),
            Input::Message(Msg::Written(Err(words))) => self.trouble(words, Ends::Leaving),
            Input::Message(Msg::LookedInto { id, preview }) => self.looked_into(id, preview),
            Input::Message(Msg::FileRead { title, text }) => self.file_read(&title, text, now),
            Input::Message(Msg::Piped { id, ran }) => self.piped(id, ran, now),
            Input::Message(Msg::Commands(commands)) => self.piping.remember(commands),
            Input::Message(Msg::Files(told)) => self.files_told(told, now),
            Input::Message(Msg::View(told)) => self.saved_view_answered(told, now),
            Input::Message(Msg::Addresses(told)) => self.addresses_answered(told, now),
            Input::Message(Msg::Lessons(told)) => self.lessons_told(told, now),
            Input::Message(Msg::Settings(read)) => self.settings_read(read, now),
            Input::Edited(edited) => {
                self.look_again();
                self.edited(edited, now);
            }
            Input::Copied(copied) => self.copied(&copied, now),
            Input::Resumed => self.look_again(),
            Input::Deadline => {}
            Input::Terminate => self.store_all(now),
        }
        self.end_offers();
        self.settle();
        self.tell_where_led(now);
        self.ask_what_fits(now);
        self.show_coming(now);
        self.keep_files(now);
        self.attend(by_hand, now);
        std::mem::take(&mut self.out)
    }

    fn deadline(&self, now: Now) -> Option<Duration> {
        self.ticks_at(now)
    }

    fn view(&self, frame: &mut Frame<'_>, now: Now) {
        crate::view::draw(self, frame, now);
        self.theme.finish(frame.buffer_mut());
    }
}

impl App {
    pub(crate) fn order(&mut self, order: Order) {
        self.out.push(Effect::Program(order));
    }

    fn resize(&mut self, size: Size) {
        let was_one_pane = self.size.width < layout::TWO_PANES;
        self.size = size;
        // Nothing is open: there is only the list to look at.
        if was_one_pane && self.chat.is_none() {
            self.focus = Focus::List;
        }
    }

    pub(crate) fn save_drafts(&mut self) {
        for draft in self.writing.take_unsaved() {
            self.order(Order::SaveDraft(draft));
        }
    }

    /// The program ends: nothing that was written or wished may be lost.
    pub(crate) fn store_all(&mut self, now: Now) {
        self.send_all_closes(now.wall);
        self.keep_files(now);
        self.save_drafts();
        self.keep_now(now);
    }

    /// What follows from every change: sizes, what has been seen, what is to be asked, the title.
    fn settle(&mut self) {
        self.list.set_past(self.shown_as_of().is_some(), &self.replica);
        self.tell_next_trouble();
        if self.notice.is_none() {
            self.tell_why_away();
        }
        self.lay_out();
        if let Some(chat) = &mut self.chat {
            chat.sync(&self.replica);
        }
        self.recall_replies();
        self.name_keys();
        self.show_files();
        self.go_on_opening();
        self.stand_as_before();
        self.read();
        self.look_into_files();
        self.ask_older();
        let chosen = (self.list.chosen(), self.suggesting.off);
        if self.choice_kept != chosen {
            self.choice_kept = chosen;
            let mut choice = self.list.choice();
            choice.no_suggestions = self.suggesting.off;
            self.order(Order::KeepChoice(choice));
        }
        // Before whatever calls: the person's own command is given the title too.
        let title = self.attention.title(self.wanting());
        self.out.splice(0..0, title);
    }

    /// Where everything stands now.
    pub(crate) fn layout(&self) -> Layout {
        let composer = self.conversation().and_then(|open| self.writing.get(open));
        let wishes = Wishes {
            // Of what a search has led to the chat is read, be it from hit to hit by the letters of the list.
            list: self.focus == Focus::List && !self.has_been_led(),
            details: self.details,
            composer: composer.map_or(1, |written| written.current().rows()),
            with: 0,
            fits: 0,
            status: self.notice.is_some(),
        };
        let bare = layout(self.size, wishes);
        let columns = bare.chat.map_or(0, |chat| chat.composer.width);
        let beside = bare.details.is_some() && !bare.details_over_chat;
        match (with::rows(self, columns), fitting::rows(self, beside)) {
            (0, 0) => bare,
            (with, fits) => layout(self.size, Wishes { with, fits, ..wishes }),
        }
    }

    fn lay_out(&mut self) {
        if let Some(chat) = self.layout().chat {
            let text = layout::composer_text(chat.composer);
            self.writing
                .set_size(text.width, layout::composer_rows_max(self.size.height));
        }
        self.lay_out_over();
        self.lay_out_bare();
        let layout = self.layout();
        if let (Some(parts), Some(chat)) = (layout.chat, &mut self.chat) {
            chat.transcript
                .set_size(parts.transcript.width, parts.transcript.height);
        }
        if let Some(area) = layout.list {
            let tall = self.size.width >= layout::TALL_ROWS;
            let shape = Shape {
                height: usize::from(area.height),
                row: if tall { 2 } else { 1 },
                waiting_row: match tall {
                    true if self.size.height >= layout::WISH_ROWS => 3,
                    true => 2,
                    false => 1,
                },
                gaps: self.size.height >= 30,
            };
            self.list.set_shape(shape, &self.replica);
        }
    }

    fn wheel(&mut self, up: bool, at: Position, now: Now) {
        if self.bare.is_some() {
            return self.wheel_in_bare(up);
        }
        let by = isize::from(WHEEL_ROWS.cast_signed());
        let by = if up { -by } else { by };
        if self.help.is_some() {
            return self.move_in_help(by);
        }
        if self.over.is_some() {
            return self.wheel_over(up);
        }
        let layout = self.layout();
        if layout.list.is_some_and(|area| area.contains(at)) {
            self.list.scroll(by);
        } else if layout.details.is_some_and(|area| area.contains(at)) {
            self.scroll_details(by, now);
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
        if self.bare.is_some() {
            return;
        }
        if self.help.take().is_some() {
            return;
        }
        if self.over.is_some() {
            return self.click_over(at, double, now);
        }
        let layout = self.layout();
        if layout.footer.contains(at) {
            return self.click_footer(at.x - layout.footer.x, now);
        }
        if let Some(area) = layout.list.filter(|area| area.contains(at)) {
            let line = usize::from(at.y - area.y);
            match self.list.spot_on(line) {
                Some(spot @ Spot::Row(..)) => {
                    self.go(Some(spot));
                    if double {
                        self.focus = Focus::Compose;
                    }
                }
                Some(Spot::Title(part)) => self.list.fold(part, &self.replica),
                None => {}
            }
            return;
        }
        let (Some(parts), Some(chat)) = (layout.chat, &mut self.chat) else {
            return;
        };
        if parts.transcript.contains(at) {
            let (column, row) = (at.x - parts.transcript.x, at.y - parts.transcript.y);
            match chat.transcript.pointed(column, row) {
                Some(transcript::Pointed::Address(address)) => return self.copy_text(address, "the address"),
                Some(transcript::Pointed::Older) => return chat.transcript.page_up(),
                None => {}
            }
            match chat.transcript.hit(at.y - parts.transcript.y) {
                Some(transcript::Hit::Bar) => chat.transcript.to_end(),
                Some(transcript::Hit::Entry(key)) if double && chat.transcript.is_folded(key) => self.read_whole(key),
                Some(transcript::Hit::Entry(key)) if double => self.open_card(key, now),
                _ => {}
            }
        } else if parts.composer.contains(at) || parts.title.contains(at) {
            self.focus = Focus::Compose;
        }
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
