//! What one input changes, and what it orders. Pure: no input or output, and the time comes as a value. Keys are in
//! `keys`, those of what lies over the screen in `over`, words in `words`, what is sent in `sending`, what the connection says in
//! `news`.

mod files;
mod help;
mod keys;
mod leaving;
pub(crate) mod looking;
mod news;
mod offering;
mod over;
mod rating;
mod selecting;
mod sending;
mod words;

use std::time::Duration;

use minicom_client::ConnState;
use minicom_tui_kit::{
    Effect, Input, Now, Shown,
    transcript::{EntryKey, Hit, Pointed},
};
use ratatui::{
    Frame,
    layout::{Position, Size},
};

use crate::{
    layout::{composer_rows_max, composer_rows_min},
    model::{App, Ends, Order},
    over::Over,
    view, wishes,
};

/// What an update leads to.
pub(crate) type Effects = Vec<Effect<Order>>;

/// Rows of one notch of the wheel.
const WHEEL_ROWS: u16 = 3;
/// What is written is on disk so long after it changed.
const DRAFT_AFTER: Duration = Duration::from_secs(1);

impl minicom_tui_kit::App for App {
    type Msg = crate::model::Msg;
    type Effect = Order;

    fn update(&mut self, input: Input<Self::Msg>, now: Now) -> Effects {
        let mut effects = Vec::new();
        self.changed = true;
        match input {
            Input::Key(key) => self.key(key, now, &mut effects),
            Input::FirstOfTwo(waits) => self.half_key = waits,
            Input::Paste(text) => self.paste(&text, now, &mut effects),
            Input::Wheel { up, .. } => self.wheel(up),
            Input::Click { at, double } => self.click(at, double, now, &mut effects),
            Input::Resize(size) => self.resize(size, now),
            Input::Focus(focused) => self.attention.focus(focused),
            Input::Message(message) => self.message(message, now, &mut effects),
            Input::Copied(copied) => self.copied(&copied),
            Input::Edited(edited) => {
                self.look_again();
                self.edited(edited, now, &mut effects);
            }
            Input::Resumed => self.look_again(),
            Input::Deadline => {}
            Input::Terminate => {
                self.rate_before_the_end(now, &mut effects);
                self.keep_draft_now(&mut effects);
            }
        }
        self.settle(now, &mut effects);
        effects
    }

    fn deadline(&self, now: Now) -> Option<Duration> {
        let typing = self.replica.typing_ends_at(self.instant(now));
        [
            typing.map(|at| at.saturating_duration_since(self.start)),
            self.until_retry(now).map(|left| now.elapsed + whole_second(left)),
            self.notice.as_ref().and_then(|notice| notice.ends.at()),
            self.keep_draft_at,
            // Days of lines, and "tomorrow".
            (!self.transcript.is_empty() || self.replica.open().is_some())
                .then(|| now.elapsed + self.zone.until_midnight(now.wall)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn view(&self, frame: &mut Frame<'_>, now: Now) {
        view::draw(self, frame, now);
        self.theme.finish(frame.buffer_mut());
    }

    fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }
}

/// How long until a countdown that shows whole seconds says something else.
fn whole_second(left: Duration) -> Duration {
    match left.subsec_nanos() {
        0 => Duration::from_secs(1),
        nanos => Duration::from_nanos(u64::from(nanos)),
    }
}

impl App {
    /// What holds after every input, whatever it was.
    fn settle(&mut self, now: Now, effects: &mut Effects) {
        self.pass_notice(now);
        self.fit();
        if self.transcript.wants_latest() {
            self.show_all(now);
        }
        self.show_coming(now);
        if self.transcript.wants_older() && self.state.is_live() {
            effects.extend(
                self.replica
                    .older_events()
                    .map(|question| Effect::Program(Order::Ask(question))),
            );
            self.transcript.set_older(self.older());
        }
        self.look_into_files(effects);
        self.keep_files(now, effects);
        self.tell_delivered(effects);
        self.tell_seen(effects);
        effects.extend(
            self.attention
                .title(usize::try_from(self.replica.view().unread()).unwrap_or(0)),
        );
        if self.keep_draft_at.is_some_and(|at| at <= now.elapsed) {
            self.keep_draft_now(effects);
        }
        self.name_keys();
    }

    /// What this program shows has come.
    fn tell_delivered(&mut self, effects: &mut Effects) {
        let newest = self.replica.view().desk_lines;
        let known = self.told_delivered.max(self.replica.view().customer_mark);
        if self.state.is_live() && newest > known {
            self.told_delivered = newest;
            effects.push(Effect::Program(Order::Delivered(newest)));
        }
    }

    /// Whether the newest line can be read.
    pub(crate) fn shows_newest(&self) -> bool {
        self.transcript.is_at_end() && !self.over.as_ref().is_some_and(Over::covers)
    }

    /// What is on the screen in front of somebody is read.
    fn tell_seen(&mut self, effects: &mut Effects) {
        let newest = self.replica.view().desk_lines;
        let on_screen = self.shows_newest();
        let told = newest <= self.told_seen || newest <= self.replica.view().customer_mark;
        if on_screen && self.attention.is_focused() && self.state.is_live() && !told {
            self.told_seen = newest;
            effects.push(Effect::Program(Order::Seen(newest)));
        }
    }

    fn resize(&mut self, size: Size, now: Now) {
        self.size = size;
        self.fit();
        // Words of failures are cut to the width.
        self.show_pending(now);
    }

    /// Tells the parts their sizes.
    pub(crate) fn fit(&mut self) {
        let rows_max = composer_rows_max(self.size).max(composer_rows_min(self.size));
        let width = self.areas().text().width;
        self.composer.set_size(width, rows_max);
        let chat = self.areas().chat;
        self.transcript.set_size(chat.width, chat.height);
        self.fit_over();
        self.fit_bare();
    }

    fn wheel(&mut self, up: bool) {
        if let Some(bare) = &mut self.bare {
            return bare.wheel(up, &self.transcript, &self.zone);
        }
        match (&mut self.over, up) {
            (Some(Over::Help { .. }), up) => {
                let rows = isize::from(WHEEL_ROWS.cast_signed());
                self.move_in_help(if up { -rows } else { rows });
            }
            (Some(Over::Reading(reading) | Over::Consent { reading, .. }), up) => reading.wheel(up),
            (_, true) => self.transcript.scroll_up(WHEEL_ROWS),
            (_, false) => self.transcript.scroll_down(WHEEL_ROWS),
        }
        self.fit_over();
    }

    fn click(&mut self, at: Position, double: bool, now: Now, effects: &mut Effects) {
        if self.bare.is_some() {
            return;
        }
        if let Some(Over::Quotes(_) | Over::Files(_) | Over::Menu(_)) = &self.over {
            return self.click_in_quotes(at, double, now, effects);
        }
        let areas = self.areas();
        if self.over.is_none() && areas.footer.contains(at) {
            let action = view::footer::action_at(self, areas.footer, at.x - areas.footer.x);
            return action.into_iter().for_each(|action| self.act(action, now, effects));
        }
        let chat = areas.chat;
        if self.over.is_some() || !chat.contains(at) {
            return;
        }
        match self.transcript.pointed(at.x - chat.x, at.y - chat.y) {
            Some(Pointed::Address(address)) => return self.copy_text(address, "the address", effects),
            Some(Pointed::Older) => return self.transcript.page_up(),
            None => {}
        }
        match self.transcript.hit(at.y - chat.y) {
            Some(Hit::Bar) => self.transcript.to_end(),
            Some(Hit::Entry(EntryKey::Stored(seq))) => {
                let event = self.replica.thread().event(seq);
                let file = self
                    .transcript
                    .get(EntryKey::Stored(seq))
                    .and_then(|it| it.extras.files.first());
                let file = file.map(|it| it.id);
                match event.and_then(wishes::posted).and_then(wishes::article) {
                    Some(slug) => self.want(slug, effects),
                    None if self.transcript.is_folded(EntryKey::Stored(seq)) => {
                        self.show_folded(Some(EntryKey::Stored(seq)), effects);
                    }
                    None if file.is_some() => self.choose_file(file),
                    None => {}
                }
            }
            _ => {}
        }
    }

    /// The text changed: it is to be on disk soon.
    pub(crate) fn keep_draft_soon(&mut self, now: Now) {
        self.keep_draft_at.get_or_insert(now.elapsed + DRAFT_AFTER);
    }

    /// What is written goes to disk now, if it is not there.
    pub(crate) fn keep_draft_now(&mut self, effects: &mut Effects) {
        if self.keep_draft_at.take().is_some() {
            effects.push(Effect::Program(Order::KeepDraft(self.composer.draft())));
        }
    }

    /// A connection that is made anew knows nothing of what was told to the one before.
    pub(crate) fn new_state(&mut self, state: ConnState) {
        if !state.is_live() {
            self.told_seen = self.replica.view().customer_mark;
            self.told_delivered = self.told_seen;
            self.told_typing = None;
        }
        if let ConnState::Untrusted { why, .. } = &state {
            self.notice(Shown::line(why), Ends::WithSending);
        } else if matches!(self.state, ConnState::Untrusted { .. }) {
            self.notice = None;
        }
        self.state = state;
    }
}
