//! What the line mode says of what happens.

use std::time::Duration;

use minicom_client::Section;
use minicom_protocol::{
    command::AgentCommand,
    event::{Author, Event, EventBody},
    ids::{ConversationId, CustomerId},
};
use minicom_tui_kit::{Now, Shown, plain, time};

use super::{PlainAgent, orders::goes_on};
use crate::{
    entries::Eyes,
    words::{self, Badge},
};

/// Events of a thread that are told when it is opened.
const THREAD_TOLD: usize = 50;

impl PlainAgent {
    /// Each event as a line. The replica knows them by now: the first line of somebody new comes together with the name.
    pub(super) fn tell_events(&mut self, events: &[Event]) {
        for event in events {
            let summary = event.subject.conversation().and_then(|it| self.replica.summary(it));
            let Some(name) = summary.map(|summary| summary.customer.name.shown()) else {
                continue;
            };
            self.follow(event);
            self.tell_event(event, name.clone());
            let by_customer = matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer);
            let conversation = event.subject.conversation();
            if by_customer && conversation.is_some_and(|it| goes_on(&mut self.closing, it)) {
                self.say(format!("{name} has written again: the chat was not ended."));
            }
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
            AgentCommand::Post { text, .. } => Shown::line(text).to_string(),
            _ => "an order".to_owned(),
        };
        let hours = words::count(age.as_secs() / 3_600, "hour", "hours");
        self.say(format!("Written {hours} ago and not sent: {what}"));
        self.say("/resend sends it, /discard throws it away.");
    }

    fn tell_event(&mut self, event: &Event, customer: Shown) {
        let eyes = Eyes {
            me: self.replica.me().map(|me| me.agent.id),
            customer: customer.clone(),
            zone: self.zone.clone(),
            dot: "-",
        };
        let clock = self.zone.clock(event.time.0);
        let line = match eyes.told(event) {
            Some((Some(name), text)) => plain::said(&clock, &name, &text),
            Some((None, words)) => plain::happened(&clock, &words),
            None => return,
        };
        self.say(format!("[{customer}] {line}"));
    }

    /// A thread that was asked for.
    pub(super) fn tell_thread(&mut self, customer: CustomerId) {
        let Some(thread) = self.replica.thread(customer) else {
            return;
        };
        let mut events: Vec<Event> = thread.events().rev().take(THREAD_TOLD).cloned().collect();
        events.reverse();
        let Some(name) = self
            .replica
            .newest_of(customer)
            .map(|summary| summary.customer.name.shown())
        else {
            return;
        };
        for event in &events {
            self.tell_event(event, name.clone());
        }
        self.tell_open();
    }

    pub(super) fn tell_beginning(&mut self) {
        let name = self.replica.me().map_or(Shown::fixed("?"), |me| me.agent.name.shown());
        let count = |section| self.replica.count(section);
        let (waiting, mine) = (count(Section::Waiting), count(Section::Mine));
        self.say(format!(
            "Signed in as {name}: {waiting} waiting, {mine} yours. /help tells the commands."
        ));
    }

    /// Which conversation lines go to, and what they do there.
    pub(super) fn tell_open(&mut self) {
        let Some(summary) = self.open.and_then(|open| self.replica.summary(open)) else {
            return;
        };
        let me = self.replica.me().map(|me| me.agent.id);
        let name = summary.customer.name.shown();
        let words = words::stage(&summary.stage, me, &self.zone);
        let more = match Badge::of(&summary.stage, me) {
            Badge::You | Badge::Aside => "Lines go to the customer.",
            Badge::Waiting | Badge::Bot => "/take takes it over.",
            Badge::Colleague(_) | Badge::Ended => "Lines are not sent.",
        };
        self.say(format!("Open: {name}, {words}. {more}"));
    }

    pub(super) fn tell_list(&mut self, now: Now) {
        let time = self.replica.server_time(self.instant(now));
        let me = self.replica.me().map(|me| me.agent.id);
        let mut lines = Vec::new();
        for section in [Section::Waiting, Section::Mine, Section::Bot, Section::Others] {
            for summary in self.replica.section(section) {
                let waited = time.and_then(|time| words::waited(summary, time));
                let waited = waited.map_or(String::new(), |waited| format!(", waiting {}", time::waiting(waited)));
                let unread = match summary.unread() {
                    0 => String::new(),
                    unread => format!(", {unread} unread"),
                };
                lines.push(format!(
                    "{} {}, {}, last {}{unread}{waited}",
                    Badge::of(&summary.stage, me).word(),
                    summary.customer.name.shown(),
                    words::count(summary.message_count, "message", "messages"),
                    self.zone.clock(summary.last_at.0),
                ));
            }
        }
        if lines.is_empty() {
            lines.push("Nobody is waiting.".to_owned());
        }
        for line in lines {
            self.say(line);
        }
    }

    /// The conversation of a customer's name: the open one, else the newest.
    pub(super) fn find(&self, name: &str) -> Option<ConversationId> {
        let named = self
            .replica
            .summaries()
            .filter(|row| row.customer.name.as_str() == name);
        let newest = named.max_by_key(|row| (row.stage.is_open(), row.number));
        newest.map(|row| row.conversation)
    }
}
