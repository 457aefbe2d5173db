//! What the line mode says of what happens: every event a line, whom somebody waits for, and where lines go.

use std::time::Duration;

use minicom_client::Section;
use minicom_protocol::{
    command::AgentCommand,
    event::{Author, Event, EventBody, LineChanged, Part, Posted, Target},
    ids::{ConversationId, CustomerId},
    line::LineState,
    people::AgentRef,
    stage::Stage,
};
use minicom_tui_kit::{
    Now, Shown, notify,
    plain::{self, PlainEffect},
};

use super::{PlainAgent, arguments, lines::goes_on, listing::THREAD_TOLD};
use crate::{
    app::Order,
    entries::Eyes,
    words::{self, Badge},
};

impl PlainAgent {
    /// Each event as a line. The replica knows them by now: the first line of somebody new comes together with the name.
    pub(super) fn tell_events(&mut self, events: &[Event], now: Now) {
        for event in events {
            if let EventBody::TicketChanged(it) = &event.body {
                let words = self.ticket_words(it);
                let (clock, customer) = (self.zone.clock(event.time.0), it.ticket.customer.name.shown());
                if let Some(words) = words {
                    self.say(format!("[{customer}] {clock} -- {words}"));
                }
            }
            let conversation = event.subject.conversation();
            let summary = conversation.and_then(|it| self.replica.summary(it));
            let (Some(conversation), Some(summary)) = (conversation, summary) else {
                continue;
            };
            let name = summary.customer.name.shown();
            self.follow(event);
            if let Some(words) = self.told(event, &name) {
                self.say(format!("[{name}] {words}"));
            }
            if matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer) {
                if goes_on(&mut self.closing, conversation) {
                    self.say(format!("{name} has written again: the chat was not ended."));
                }
                self.on_screen(conversation);
            }
            if brings_into_queue(&event.body) {
                self.announce(conversation, now);
            }
        }
    }

    /// A line of somebody whose owner reads this is on the owner's screen.
    fn on_screen(&mut self, conversation: ConversationId) {
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let mine = self.me().is_some_and(|me| summary.stage.is_owned_by(me));
        if self.listener.person && mine && self.state.is_live() {
            let up_to = summary.customer_lines;
            self.order(Order::Delivered { conversation, up_to });
        }
    }

    /// Somebody waits from now on: who, how urgently, for what and why. It rings if the one who sits here may take it.
    fn announce(&mut self, conversation: ConversationId, now: Now) {
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let Stage::Waiting { reason, .. } = &summary.stage else {
            return;
        };
        let name = summary.customer.name.shown();
        let mut facts = vec![format!("{} priority", summary.intake.priority.word())];
        facts.extend(
            self.facts(summary)
                .into_iter()
                .filter(|fact| fact != summary.intake.priority.word()),
        );
        facts.push(reason.words().to_owned());
        let refused = self.replica.may_take(conversation).err();
        let what = match &refused {
            None => format!("/take {name} takes it over."),
            Some(because) => format!("You may not take it: {}.", words::why_not_you(because)),
        };
        self.say(format!("{name} waits: {}. {what}", facts.join(", ")));
        if refused.is_none() {
            self.ring(now);
        }
    }

    /// Rings where the output can, and not too often.
    fn ring(&mut self, now: Now) {
        let too_soon = self.rung.is_some_and(|rung| now.elapsed < rung + notify::BELL_GAP);
        if self.listener.rings && !too_soon {
            self.rung = Some(now.elapsed);
            self.out.push(PlainEffect::Bell);
        }
    }

    /// Whoever comes back to the open thread is in its new conversation.
    fn follow(&mut self, event: &Event) {
        let open = self.open.and_then(|open| self.replica.summary(open));
        let customer = open.map(|open| open.customer.id);
        if matches!(event.body, EventBody::Opened(_)) && customer.is_some() && event.subject.customer() == customer {
            self.open = event.subject.conversation();
        }
    }

    /// A command of an earlier program that is too old to be sent without asking.
    pub(super) fn tell_stale(&mut self, command: &AgentCommand, age: Duration) {
        let what = match command {
            AgentCommand::Post { text, .. } | AgentCommand::Note { text, .. } => Shown::line(text).to_string(),
            _ => "an order".to_owned(),
        };
        let hours = words::count(age.as_secs() / 3_600, "hour", "hours");
        self.say(format!("Written {hours} ago and not sent: {what}"));
        self.say("/resend sends it, /discard throws it away.");
    }

    // Events in words.

    /// An event as a line, without the customer's name before it; `None` where nothing is to be told.
    pub(super) fn told(&self, event: &Event, customer: &Shown) -> Option<Shown> {
        let clock = self.zone.clock(event.time.0);
        let eyes = Eyes {
            me: self.me(),
            customer: customer.clone(),
            zone: self.zone.clone(),
            dot: "-",
        };
        let happened = |words: String| plain::happened(&clock, &Shown::line(&words));
        Some(match &event.body {
            EventBody::Noted(note) => {
                let by = self.who(&note.agent);
                let next = if note.handover { " for whoever is next" } else { "" };
                let text = Shown::line(note.text.as_str());
                let mentions = self.told_mentions(&note.mentions);
                Shown::line(&format!("{clock} [note] {by}{next}: {text}{mentions}"))
            }
            EventBody::Posted(posted) if posted.author != Author::System => {
                plain::said(&clock, &eyes.name(&posted.author), &self.line_words(posted))
            }
            EventBody::LineChanged(it) => happened(self.change_words(it, customer)),
            EventBody::TagsChanged(it) => {
                let tags: Vec<String> = it.tags.iter().map(|tag| tag.shown().to_string()).collect();
                happened(match tags.is_empty() {
                    true => format!("{} took the tags off", self.who(&it.agent)),
                    false => format!("{} tagged it {}", self.who(&it.agent), tags.join(" ")),
                })
            }
            EventBody::SubjectChanged(it) => {
                let by = self.who_or(it.agent.as_ref(), customer);
                happened(match &it.subject {
                    Some(subject) => format!("{by} said that it is about {}", subject.shown()),
                    None => format!("{by} took the subject away"),
                })
            }
            EventBody::PriorityChanged(it) => happened(format!(
                "{} set the priority to {}",
                self.who(&it.agent),
                it.priority.word()
            )),
            EventBody::Ticketed(it) => happened(format!("{} made ticket {} of it", self.who(&it.agent), it.ticket)),
            EventBody::Rated(it) => happened(match (it.score, &it.comment) {
                (None, _) => format!("{customer} did not want to rate it"),
                (Some(score), None) => format!("{customer} rated it {score} of 5"),
                (Some(score), Some(comment)) => {
                    format!("{customer} rated it {score} of 5: {}", Shown::line(comment.as_str()))
                }
            }),
            _ => match eyes.told(event)? {
                (Some(name), text) => plain::said(&clock, &name, &text),
                (None, words) => plain::happened(&clock, &words),
            },
        })
    }

    fn who_or(&self, agent: Option<&AgentRef>, customer: &Shown) -> String {
        agent.map_or_else(|| customer.to_string(), |agent| self.who(agent))
    }

    /// What a line says, with the line that it answers and the articles that go with it.
    fn line_words(&self, posted: &Posted) -> Shown {
        if let Some(words) = posted.state.words() {
            return Shown::fixed(words);
        }
        let mut words = String::new();
        if let Some(quote) = &posted.quote {
            words.push_str(&format!("(to: {}) ", arguments::beginning(&quote.excerpt)));
        }
        let parts: Vec<String> = posted.parts.iter().map(part_words).collect();
        words.push_str(&parts.join("\n"));
        if posted.state == LineState::Edited {
            words.push_str(" (changed)");
        }
        Shown::text(&words)
    }

    fn change_words(&self, it: &LineChanged, customer: &Shown) -> String {
        let by = self.who_or(it.agent.as_ref(), customer);
        match it.state {
            LineState::Withdrawn => format!("{by} took a line back"),
            LineState::Blanked => format!("{by} blanked a line out"),
            LineState::Original | LineState::Edited => {
                let parts: Vec<String> = it.parts.iter().map(part_words).collect();
                format!("{by} changed a line: {}", Shown::line(&parts.join("\n")))
            }
        }
    }

    // Threads and the beginning.

    /// A thread that was asked for.
    pub(super) fn tell_thread(&mut self, customer: CustomerId) {
        let Some(thread) = self.replica.thread(customer) else {
            return;
        };
        let mut events: Vec<Event> = thread.events().rev().take(THREAD_TOLD).cloned().collect();
        events.reverse();
        let name = self
            .replica
            .newest_of(customer)
            .map(|summary| summary.customer.name.shown());
        let Some(name) = name else { return };
        self.told_from = events.first().map(|event| (customer, event.rev));
        for event in &events {
            self.tell_past(event, &name);
        }
        self.tell_open();
    }

    /// An event that happened before. Lines are told as they stand now, so what changed them is not told again.
    pub(super) fn tell_past(&mut self, event: &Event, customer: &Shown) {
        if matches!(event.body, EventBody::LineChanged(_)) {
            return;
        }
        if let Some(words) = self.told(event, customer) {
            self.say(format!("[{customer}] {words}"));
        }
    }

    /// Who sits here and what there is to do; again when everything is told afresh, for then something was missed.
    pub(super) fn tell_beginning(&mut self) {
        let name = self.replica.me().map_or(Shown::fixed("?"), |me| me.agent.name.shown());
        let count = |section| self.replica.count(section);
        let (waiting, mine) = (count(Section::Waiting), count(Section::Mine));
        let mentions = match self.replica.mentions().unread() {
            0 => String::new(),
            unread => format!(", {} unread", words::count(unread, "mention", "mentions")),
        };
        match std::mem::replace(&mut self.began, true) {
            false => self.say(format!(
                "Signed in as {name}: {waiting} waiting, {mine} yours{mentions}. /help tells the words."
            )),
            true => self.say(format!(
                "What happened meanwhile was not told: {waiting} waiting, {mine} yours{mentions}. /list and /open tell it."
            )),
        }
    }

    /// Which conversation lines go to, and what they do there.
    pub(super) fn tell_open(&mut self) {
        let Some(summary) = self.open.and_then(|open| self.replica.summary(open)) else {
            return;
        };
        let name = summary.customer.name.shown();
        let mut facts = vec![words::stage(&summary.stage, self.me(), &self.zone)];
        facts.extend(self.facts(summary));
        let more = match Badge::of(&summary.stage, self.me()) {
            Badge::You | Badge::Aside => "Lines go to the customer.".to_owned(),
            Badge::Waiting | Badge::Bot => match self.replica.may_take(summary.conversation) {
                Ok(()) => "/take takes it over.".to_owned(),
                Err(because) => format!("You may not take it: {}.", words::why_not_you(&because)),
            },
            Badge::Colleague(_) | Badge::Ended => "Lines are not sent.".to_owned(),
        };
        self.say(format!("Open: {name}, {}. {more}", facts.join(", ")));
    }
}

/// A part of a line in words. Of an article its short name is told: `/read` takes it.
fn part_words(part: &Part) -> String {
    match part {
        Part::Card(card) => format!("[article {}: {}]", card.slug.shown(), card.title.shown()),
        Part::Text(_) | Part::File(_) | Part::Choices(_) | Part::Unknown(_) => part.text().to_owned(),
    }
}

/// Whether somebody waits from such an event on, if the conversation stands there.
fn brings_into_queue(body: &EventBody) -> bool {
    match body {
        EventBody::HumanRequested(_) | EventBody::Requeued(_) => true,
        EventBody::Transferred(it) => matches!(it.to, Target::Group { .. } | Target::Queue),
        _ => false,
    }
}
