//! What is said: each thing that happens, once, on a line of its own.

use std::time::Duration;

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    customer_event::{CustomerBody, CustomerEvent, LineChanged, Posted},
    frame::{CustomerQuestion, CustomerReply, Customers, Told},
    gate::Shown,
    ids::{CommandId, Seq},
    line::LineState,
    refusal::Refusal,
    words::Tag,
};
use minicom_tui_kit::{
    Now, markdown,
    plain::{self, PlainEffect},
};

use super::{Effects, Lines, earlier::is_page};
use crate::{Order, account, entries, exit, told, wishes};

/// Columns of a line that is answered, before what answers it.
const QUOTE_COLUMNS: usize = 60;
/// No row ends where a line does: the longest form is what is said.
const COLUMNS: usize = 1_000;

impl Lines {
    pub(super) fn news(&mut self, event: ClientEvent<Customers>, now: Now, effects: &mut Effects) {
        let mut events = Vec::new();
        // What was said before this.
        let said = self.said;
        let is_fresh = matches!(event, ClientEvent::Fresh { .. });
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
            ClientEvent::Answered { id, command, outcome } => {
                self.goes_on(Duration::ZERO, now);
                self.answered(*id, command, outcome, now, effects);
            }
            ClientEvent::Reply {
                question: CustomerQuestion::Article { slug },
                told,
                ..
            } => self.article(slug, Some(told), now, effects),
            ClientEvent::AskFailed {
                question: CustomerQuestion::Article { slug },
                ..
            } => self.article(slug, None, now, effects),
            ClientEvent::Reply {
                question: CustomerQuestion::Link {} | CustomerQuestion::Devices {} | CustomerQuestion::Articles { .. },
                told,
                ..
            } => self.account(Some(told), now, effects),
            ClientEvent::AskFailed {
                question: CustomerQuestion::Link {} | CustomerQuestion::Devices {} | CustomerQuestion::Articles { .. },
                ..
            } => self.account(None, now, effects),
            ClientEvent::Deferred(refusal) => {
                self.goes_on(Duration::from_millis(refusal.retry_after_ms().unwrap_or_default()), now);
                if !std::mem::replace(&mut self.told_deferred, true) {
                    self.tell(minicom_client::deferred_words(refusal).as_str(), now, effects);
                }
            }
            ClientEvent::OutboxTrouble(words) => self.tell(words, now, effects),
            _ => {}
        }
        let gone = gone(&event);
        let page = is_page(&event);
        let oldest = self.replica.thread().events().next().map(|event| event.seq);
        for question in self.replica.apply(event, self.start + now.elapsed) {
            effects.push(PlainEffect::Program(Order::Ask(question)));
        }
        self.told_deferred &= self.waiting() > 0;
        if page && std::mem::take(&mut self.older_wanted) {
            self.say_older(oldest, now, effects);
        }
        match gone {
            // It was told, and stands above.
            Some(Gone::Refused(id)) => self.replica.forget(id),
            // Its line asks by itself, and begins a conversation by itself.
            Some(Gone::Stale(id)) => {
                self.replica.forget(id);
                effects.push(PlainEffect::Program(Order::Discard(id)));
            }
            None => {}
        }
        for event in &events {
            if !is_fresh || self.was_heard(event, said) {
                self.say(event, now, effects);
            }
        }
        if is_fresh {
            self.said = self.said.max(self.replica.at());
            self.meet(now, effects);
        }
        self.say_desk(now, effects);
        self.tell_marks(effects);
    }

    /// In a history lines stand as they are now: what became of them is news only to who has heard them before.
    fn was_heard(&self, event: &CustomerEvent, said: Seq) -> bool {
        match &event.body {
            CustomerBody::LineChanged(changed) => self
                .changed_line(changed)
                .is_some_and(|(line, _)| line.seq <= said && event.seq > said),
            _ => true,
        }
    }

    /// The line that was changed.
    fn changed_line(&self, changed: &LineChanged) -> Option<(&CustomerEvent, &Posted)> {
        let mut known = self.replica.thread().events().rev();
        known.find_map(|event| {
            let posted = wishes::posted(event)?;
            (wishes::line_of(posted) == changed.line).then_some((event, posted))
        })
    }

    /// How the thread stands is known: what it is to be told is told.
    fn meet(&mut self, now: Now, effects: &mut Effects) {
        let met = self.beginning.meet(&self.replica);
        for command in met.commands {
            self.send(command, now, effects);
        }
        if let Some(words) = met.told {
            self.tell(words.as_str(), now, effects);
        }
    }

    fn answered(
        &mut self,
        id: CommandId,
        command: &CustomerCommand,
        outcome: &Outcome,
        now: Now,
        effects: &mut Effects,
    ) {
        let asked = self.word_sent.take_if(|word| *word == id).is_some();
        match outcome {
            Outcome::Refused {
                refusal: Refusal::ConsentRequired,
            } if matches!(command, CustomerCommand::Start { .. }) => {
                // It is begun anew with the line behind it.
                self.replica.forget(id);
            }
            Outcome::Refused {
                refusal: Refusal::ConsentRequired,
            } if self.ask_consent_late(id, command, now, effects) => {}
            Outcome::Refused { refusal } => {
                let text = match entries::command_text(command) {
                    Some(text) => format!("not sent: {} {text}", refusal.message()),
                    None => format!("what the chat begins with was not taken: {}", refusal.message()),
                };
                self.not_done(exit::of_refusal(refusal), &text, now, effects);
            }
            Outcome::Done(_) => {
                if let Some(words) = entries::done_words(command).filter(|_| asked) {
                    self.tell(words.as_str(), now, effects);
                }
            }
        }
    }

    fn account(&mut self, told: Option<&Told<Customers>>, now: Now, effects: &mut Effects) {
        self.account_asked = self.account_asked.saturating_sub(1);
        for words in account::words(told, &self.command, &self.zone).unwrap_or_default() {
            self.tell(words.as_str(), now, effects);
        }
    }

    fn article(&mut self, asked: &Tag, told: Option<&Told<Customers>>, now: Now, effects: &mut Effects) {
        if self.wanted.take_if(|slug| slug == asked).is_none() {
            return;
        }
        match told {
            Some(Told::Reply(CustomerReply::Article { article })) => {
                self.tell(&format!("article: {}", article.title.shown()), now, effects);
                effects.extend(markdown::plain(&article.body).into_iter().map(PlainEffect::Say));
                self.tell("end of the article", now, effects);
            }
            Some(Told::Refusal(refusal)) => {
                let words = format!("/read {}: {}", Shown::line(asked.as_str()), refusal.message());
                self.not_done(exit::of_refusal(refusal), &words, now, effects);
            }
            Some(Told::Reply(_)) | None => {
                self.not_done(
                    exit::UNAVAILABLE,
                    "The article was not fetched. Try again.",
                    now,
                    effects,
                );
            }
        }
    }

    /// Says an event once, whatever comes twice.
    fn say(&mut self, event: &CustomerEvent, now: Now, effects: &mut Effects) {
        if event.seq <= self.said {
            return;
        }
        self.said = event.seq;
        let Some(lines) = self.lines_of(event) else { return };
        let day = self.zone.day_number(event.time.0);
        if self.day.unwrap_or_else(|| self.zone.day_number(now.wall)) != day {
            let words = format!("-- {}", self.zone.day(event.time.0, now.wall));
            effects.push(PlainEffect::Say(Shown::line(&words)));
        }
        self.day = Some(day);
        effects.extend(lines.into_iter().map(PlainEffect::Say));
    }

    /// What is said of an event; [`None`] if that is nothing.
    pub(super) fn lines_of(&self, event: &CustomerEvent) -> Option<Vec<Shown>> {
        let clock = self.zone.clock(event.time.0);
        Some(match &event.body {
            CustomerBody::Posted(posted) => {
                let there = posted.state.words().is_none();
                let parts = || posted.parts.iter().filter(|_| there);
                let more = parts()
                    .filter_map(entries::article_line)
                    .chain(parts().filter_map(entries::file_line));
                let more = more.map(|words| plain::happened(&clock, &words));
                [said(&clock, posted)].into_iter().chain(more).collect()
            }
            CustomerBody::LineChanged(changed) => vec![plain::happened(&clock, &self.changed(changed))],
            body => vec![plain::happened(&clock, &entries::happened_words(body)?)],
        })
    }

    /// What became of a line, in words.
    fn changed(&self, changed: &LineChanged) -> Shown {
        let known = self.changed_line(changed);
        let name = known.map_or(Shown::fixed("support"), |(_, posted)| entries::name(&posted.author));
        let words = match changed.state {
            LineState::Withdrawn => format!("{name} took a line back"),
            LineState::Blanked => "a line was blanked out".to_owned(),
            LineState::Original | LineState::Edited => {
                let text = Shown::text(&minicom_protocol::event::parts_text(&changed.parts));
                format!("{name} changed a line: {text}")
            }
        };
        Shown::line(&words)
    }

    /// Says what changed of the queue, of who is there, and that one is asked how it was.
    fn say_desk(&mut self, now: Now, effects: &mut Effects) {
        let place = self.replica.place();
        let place = place.map(|place| told::fitting(&told::queue(place, self.replica.estimate()), COLUMNS));
        if place != self.place {
            if let Some(words) = &place {
                self.tell(&format!("{words}."), now, effects);
            }
            self.place = place;
        }
        let open = told::availability(&self.replica, &self.zone, now.wall);
        let open = (!open.is_empty()).then(|| told::fitting(&open, COLUMNS));
        if open != self.open {
            if let Some(words) = &open {
                self.tell(words.as_str(), now, effects);
            }
            self.open = open;
        }
        let ended = self.replica.view().conversation.filter(|_| self.replica.ask_rating());
        if ended.is_some() && ended != self.rating_asked {
            self.rating_asked = ended;
            let words = "How was it? /rate 1 (bad) to 5 (good), with a comment if you like; /rate 0 for not now.";
            self.tell(words, now, effects);
        }
    }

    fn tell_marks(&mut self, effects: &mut Effects) {
        let view = self.replica.view();
        let newest = view.desk_lines;
        if !self.person || !self.state.is_live() {
            return;
        }
        if newest > self.told_delivered.max(view.customer_mark) {
            self.told_delivered = newest;
            effects.push(PlainEffect::Program(Order::Delivered(newest)));
        }
        if newest > self.told_seen.max(view.customer_mark) {
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
            ConnState::Untrusted { why, .. } if !same_kind(&state, &self.state) => {
                &format!("no connection: {}", Shown::line(why))
            }
            ConnState::Offline { .. } if !same_kind(&state, &self.state) => "offline, still trying",
            ConnState::Draining { .. } if !same_kind(&state, &self.state) => "the server restarts, back soon",
            _ => "",
        };
        if !words.is_empty() {
            self.tell(words, now, effects);
        }
        if !state.is_live() {
            (self.told_seen, self.told_delivered) = Default::default();
        }
        self.state = state;
    }

    fn stale(&self, command: &CustomerCommand, age: Duration, now: Now, effects: &mut Effects) {
        let Some(text) = entries::command_text(command) else {
            return;
        };
        let hours = age.as_secs() / 3_600;
        let words = format!("written {hours} hours ago and not sent: {text}");
        self.tell(&words, now, effects);
        self.tell("/resend sends it, /discard throws it away", now, effects);
    }
}

/// A line as it is said, with what it answers.
fn said(clock: &str, posted: &Posted) -> Shown {
    let name = entries::name(&posted.author);
    let there = posted.state.words().is_none();
    let name = match posted.quote.as_ref().filter(|_| there) {
        Some(quote) => Shown::line(&format!("{name} (to \"{}\")", entries::quote(quote).cut(QUOTE_COLUMNS))),
        None => name,
    };
    let text = entries::text(posted);
    match posted.state {
        LineState::Edited => plain::said(clock, &name, &Shown::text(&format!("{text} (edited)"))),
        _ => plain::said(clock, &name, &text),
    }
}

/// A command that nothing will come of here any more.
enum Gone {
    Refused(CommandId),
    Stale(CommandId),
}

fn gone(event: &ClientEvent<Customers>) -> Option<Gone> {
    match event {
        ClientEvent::Answered {
            id,
            outcome: Outcome::Refused { .. },
            ..
        } => Some(Gone::Refused(*id)),
        ClientEvent::Stale {
            id,
            command: CustomerCommand::Start { .. },
            ..
        } => Some(Gone::Stale(*id)),
        _ => None,
    }
}

fn same_kind(one: &ConnState, other: &ConnState) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
