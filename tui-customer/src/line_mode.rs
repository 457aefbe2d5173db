//! `--plain`: the chat as lines, for screen readers, scripts and pipes. Pure but for [`run`], which gives it its surroundings.

mod on_pipes;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use minicom_client::{ClientEvent, CommandIds, ConnState, CustomerReplica, PendingMark};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    customer_event::{CustomerBody, CustomerEvent},
    frame::Customers,
    gate::Shown,
    ids::{CommandId, LineNo, Seq},
    refusal::Refusal,
};
use minicom_tui_kit::{
    Now, Zone,
    plain::{self, PlainApp, PlainEffect, PlainInput},
};

pub(crate) use self::on_pipes::run;
use crate::{
    Msg, Order, entries, exit,
    slash::{self, Meaning, Wish, Word},
};

/// After the end of the input, what was sent is waited for this long.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);
/// Lines that wait, at most.
const HELD_MAX: usize = 1_000;
/// Words that only lines need, besides those of [`Word`].
const MORE_WORDS: &str = "/quit ends the program. A line that begins with // begins with a real slash.";

/// The chat as lines.
#[derive(Debug)]
pub struct Lines {
    replica: CustomerReplica,
    ids: CommandIds,
    zone: Zone,
    start: Instant,
    /// Whether a person reads what is said: then it counts as read.
    person: bool,
    state: ConnState,
    /// Up to where events were said.
    said: Seq,
    /// The day that was said last.
    day: Option<i64>,
    place: Option<u64>,
    told_seen: LineNo,
    code: u8,
    /// When it ends after the end of the input, at the latest.
    ends_at: Option<Duration>,
    /// Lines behind a word whose meaning depends on where the chat stands, until that is known.
    held: VecDeque<PlainInput<Msg>>,
}

type Effects = Vec<PlainEffect<Order>>;

impl Lines {
    /// Before the first word from the connection. `start` is the moment that `Now::elapsed` counts from.
    pub fn new(zone: Zone, ids: CommandIds, start: Instant, person: bool) -> Lines {
        Lines {
            replica: CustomerReplica::new(),
            ids,
            zone,
            start,
            person,
            state: ConnState::Connecting,
            said: Seq(0),
            day: None,
            place: None,
            told_seen: LineNo(0),
            code: exit::OK,
            ends_at: None,
            held: VecDeque::new(),
        }
    }
}

impl PlainApp for Lines {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: PlainInput<Msg>, now: Now) -> Effects {
        let mut effects = Vec::new();
        match input {
            line @ (PlainInput::Text(_) | PlainInput::Command { .. }) if self.is_held(&line) => {
                self.hold(line, now, &mut effects)
            }
            line => self.take(line, now, &mut effects),
        }
        while self.is_settled()
            && let Some(line) = self.held.pop_front()
        {
            self.take(line, now, &mut effects);
        }
        self.end_if_done(now, &mut effects);
        effects
    }

    fn deadline(&self, _: Now) -> Option<Duration> {
        self.ends_at
    }
}

impl Lines {
    fn take(&mut self, input: PlainInput<Msg>, now: Now, effects: &mut Effects) {
        match input {
            PlainInput::Text(text) => self.text(&text, now, effects),
            PlainInput::Command { name, rest } => self.command(&name, &rest, now, effects),
            PlainInput::TooLong => self.tell("The line is too long. It was not sent.", now, effects),
            PlainInput::Eof => self.ends_at = Some(now.elapsed + ANSWERS_WITHIN),
            PlainInput::Message(Msg::Client(event)) => self.news(event, now, effects),
            PlainInput::Message(Msg::Unsent { id, command, why }) => {
                let (code, message) = ("unsent".to_owned(), why);
                let refusal = Refusal::Unknown {
                    code,
                    message,
                    retryable: false,
                };
                let outcome = Outcome::Refused { refusal };
                self.news(ClientEvent::Answered { id, command, outcome }, now, effects);
            }
            PlainInput::Message(Msg::Trouble(words)) => self.tell(&words, now, effects),
            PlainInput::Deadline | PlainInput::Terminate => {}
        }
    }

    /// Whether where the chat stands is known, with all that was written here.
    fn is_settled(&self) -> bool {
        self.replica.thread().is_loaded() && self.waiting() == 0
    }

    fn waiting(&self) -> usize {
        let waits = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
        self.replica.pending_commands().filter(|it| waits(&it.mark)).count()
    }

    /// `/end` and `/human` mean what the chat's stage makes of them, so they wait for it, and what follows them with them.
    fn is_held(&self, line: &PlainInput<Msg>) -> bool {
        let asks_the_stage = match line {
            PlainInput::Command { name, .. } => matches!(Word::of(name), Some(Word::End | Word::Human)),
            _ => false,
        };
        !self.held.is_empty() || (asks_the_stage && !self.is_settled())
    }

    fn hold(&mut self, line: PlainInput<Msg>, now: Now, effects: &mut Effects) {
        if self.held.len() >= HELD_MAX {
            return self.tell("Too many lines wait already. This one was not taken.", now, effects);
        }
        if self.held.is_empty() && !matches!(self.state, ConnState::Live | ConnState::Connecting) {
            self.tell("waits for the connection", now, effects);
        }
        self.held.push_back(line);
    }

    fn text(&mut self, text: &str, now: Now, effects: &mut Effects) {
        // A slash in front is a real one by now: the loop has read the words.
        let escaped = if text.starts_with('/') {
            format!("/{text}")
        } else {
            text.to_owned()
        };
        match slash::meaning(&escaped) {
            Meaning::Text(text) => self.send(CustomerCommand::Post { text }, now, effects),
            Meaning::Refused(words) => self.tell(words.as_str(), now, effects),
            Meaning::Blank | Meaning::Word(_) => {}
        }
    }

    fn command(&mut self, name: &str, rest: &str, now: Now, effects: &mut Effects) {
        let word = Word::of(name);
        if !rest.is_empty() && (word.is_some() || matches!(name, "quit" | "resend" | "discard")) {
            return self.tell(&format!("/{name} stands alone. Nothing was done."), now, effects);
        }
        let wish = match (word, name) {
            (Some(Word::Human), _) => slash::human(self.replica.view().stage.as_ref()),
            (Some(Word::End), _) => slash::end(self.replica.view().stage.as_ref()),
            (Some(Word::Help), _) => return self.help(now, effects),
            (None, "quit") => return effects.push(PlainEffect::Quit(exit::OK)),
            (None, "resend") => return self.decide_stale(Order::Resend, now, effects),
            (None, "discard") => return self.decide_stale(Order::Discard, now, effects),
            (None, _) => {
                let words = format!(
                    "There is no /{}; /help shows the words. Not sent.",
                    Shown::line(name).cut(20)
                );
                return self.tell(&words, now, effects);
            }
        };
        match wish {
            Wish::Send(command) => self.send(command, now, effects),
            Wish::Told(words) => self.tell(words.as_str(), now, effects),
        }
    }

    fn help(&self, now: Now, effects: &mut Effects) {
        for word in Word::ALL {
            self.tell(&format!("/{}: {}", word.name(), word.title()), now, effects);
        }
        self.tell(MORE_WORDS, now, effects);
    }

    fn send(&mut self, command: CustomerCommand, now: Now, effects: &mut Effects) {
        let id = self.ids.next(now.wall);
        self.replica.pending(id, command.clone());
        effects.push(PlainEffect::Program(Order::Send { id, command }));
        let lost = !matches!(self.state, ConnState::Live | ConnState::Connecting);
        if lost {
            self.tell("kept on this computer, sent when the connection is back", now, effects);
        }
    }

    /// What is to become of the oldest line that is too old to be sent without asking.
    fn decide_stale(&mut self, order: fn(CommandId) -> Order, now: Now, effects: &mut Effects) {
        let stale = self.replica.pending_commands().find(|it| it.mark == PendingMark::Stale);
        let Some(id) = stale.map(|it| it.id) else {
            return self.tell("Nothing waits for a decision.", now, effects);
        };
        let order = order(id);
        match order {
            Order::Resend(_) => self.replica.confirm(id),
            _ => self.replica.forget(id),
        }
        effects.push(PlainEffect::Program(order));
    }

    fn news(&mut self, event: ClientEvent<Customers>, now: Now, effects: &mut Effects) {
        let mut events = Vec::new();
        match &event {
            ClientEvent::State(state) => self.state(state.clone(), now, effects),
            ClientEvent::Ended(why) => {
                self.code = exit::of_end(why);
                effects.push(PlainEffect::Quit(self.code));
            }
            ClientEvent::Fresh { parts, .. } => {
                events.extend(parts.iter().flat_map(|part| part.events.iter().cloned()));
            }
            ClientEvent::Batch { events: batch, .. } => events.clone_from(batch),
            ClientEvent::Stale { command, age, .. } => self.stale(command, *age, now, effects),
            ClientEvent::Answered {
                command,
                outcome: Outcome::Refused { refusal },
                ..
            } => {
                let text = entries::command_text(command).unwrap_or_default();
                self.tell(&format!("not sent: {} {text}", refusal.message()), now, effects);
            }
            ClientEvent::OutboxTrouble(words) => self.tell(words, now, effects),
            _ => {}
        }
        let refused = match &event {
            ClientEvent::Answered {
                id,
                outcome: Outcome::Refused { .. },
                ..
            } => Some(*id),
            _ => None,
        };
        for question in self.replica.apply(event, self.start + now.elapsed) {
            effects.push(PlainEffect::Program(Order::Ask(question)));
        }
        if let Some(id) = refused {
            // It was told, and stands above.
            self.replica.forget(id);
        }
        for event in &events {
            self.say(event, now, effects);
        }
        self.say_place(now, effects);
        self.tell_seen(effects);
    }

    /// Says an event once, whatever comes twice.
    fn say(&mut self, event: &CustomerEvent, now: Now, effects: &mut Effects) {
        if event.seq <= self.said {
            return;
        }
        self.said = event.seq;
        let clock = self.zone.clock(event.time.0);
        let words = match &event.body {
            CustomerBody::Posted(posted) => {
                let text = Shown::text(&posted.text());
                plain::said(&clock, &entries::name(&posted.author), &text)
            }
            body => match entries::happened_words(body) {
                Some(words) => plain::happened(&clock, &words),
                None => return,
            },
        };
        let day = self.zone.day_number(event.time.0);
        if self.day.unwrap_or_else(|| self.zone.day_number(now.wall)) != day {
            let words = format!("-- {}", self.zone.day(event.time.0, now.wall));
            effects.push(PlainEffect::Say(Shown::line(&words)));
        }
        self.day = Some(day);
        effects.push(PlainEffect::Say(words));
    }

    fn say_place(&mut self, now: Now, effects: &mut Effects) {
        let place = self.replica.place();
        if place != self.place {
            self.place = place;
            if let Some(place) = place {
                self.tell(&format!("You are number {place} in the queue."), now, effects);
            }
        }
    }

    fn tell_seen(&mut self, effects: &mut Effects) {
        let view = self.replica.view();
        let newest = view.desk_lines;
        if self.person && self.state.is_live() && newest > self.told_seen.max(view.customer_mark) {
            self.told_seen = newest;
            effects.push(PlainEffect::Program(Order::Seen(newest)));
        }
    }

    /// Says how the connection stands, when it stands differently.
    fn state(&mut self, state: ConnState, now: Now, effects: &mut Effects) {
        let words = match &state {
            ConnState::Live => "connected",
            ConnState::Reconnecting { why, .. } if !same_kind(&state, &self.state) => {
                &format!("no connection, trying again: {}", Shown::line(why))
            }
            ConnState::Offline { .. } if !same_kind(&state, &self.state) => "offline, still trying",
            ConnState::Draining { .. } if !same_kind(&state, &self.state) => "the server restarts, back soon",
            _ => "",
        };
        if !words.is_empty() {
            self.tell(words, now, effects);
        }
        if !state.is_live() {
            self.told_seen = LineNo(0);
        }
        self.state = state;
    }

    fn stale(&self, command: &CustomerCommand, age: Duration, now: Now, effects: &mut Effects) {
        let text = entries::command_text(command).unwrap_or_default();
        let hours = age.as_secs() / 3_600;
        let words = format!("written {hours} hours ago and not sent: {text}");
        self.tell(&words, now, effects);
        self.tell("/resend sends it, /discard throws it away", now, effects);
    }

    fn tell(&self, words: &str, now: Now, effects: &mut Effects) {
        let clock = self.zone.clock(now.wall);
        effects.push(PlainEffect::Say(plain::happened(&clock, &Shown::line(words))));
    }

    /// Without more input it ends when everything has been said and answered, or when that takes too long.
    fn end_if_done(&mut self, now: Now, effects: &mut Effects) {
        let Some(ends_at) = self.ends_at else { return };
        let waiting = self.waiting() + self.held.len();
        if self.is_settled() && waiting == 0 {
            effects.push(PlainEffect::Quit(exit::OK));
        } else if ends_at <= now.elapsed {
            let words = match waiting {
                0 => "there is no connection".to_owned(),
                n => format!("{n} not sent yet: kept on this computer, sent by the next minicom-chat of this name"),
            };
            self.tell(&words, now, effects);
            effects.push(PlainEffect::Quit(exit::UNAVAILABLE));
        }
    }
}

fn same_kind(one: &ConnState, other: &ConnState) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

#[cfg(test)]
#[path = "line_mode_tests.rs"]
mod tests;
