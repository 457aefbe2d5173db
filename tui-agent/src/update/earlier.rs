//! An earlier conversation of the customer, read over the screen. Its part of the thread is asked for by itself: the thread that is
//! open stays where it is.

use minicom_client::ClientEvent;
use minicom_protocol::{
    event::{Event, EventBody},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    ids::{ConversationId, CustomerId, Rev},
    summary::Summary,
};
use minicom_tui_kit::{
    Now, Overlay, Picker, Shown,
    overlay::Body,
    picker::{Row, numbered},
    styled::StyledLine,
};
use ratatui::style::{Modifier, Style};

use crate::{
    app::{App, Order},
    entries::Eyes,
    facts,
    over::{Choice, Over, PickFor, ReadFor},
    words,
};

/// Events that are asked for at once.
const PAGE: u32 = 200;
/// Events of a conversation that are read here at most; the rest is in the thread.
const EVENTS_MAX: usize = 1_000;

/// An earlier conversation that is being read.
#[derive(Debug, Clone)]
pub struct Earlier {
    conversation: ConversationId,
    customer: CustomerId,
    eyes: Eyes,
    /// Oldest first.
    events: Vec<Event>,
    /// The page that was asked for.
    asking: Option<Rev>,
    /// Why there is no more, where more was wanted.
    trouble: Option<Shown>,
}

impl App {
    /// Lets the agent choose an earlier conversation of the customer.
    pub(crate) fn open_earlier(&mut self, now: Now) {
        let Some((open, customer)) = self.summary().map(|row| (row.conversation, row.customer.id)) else {
            return self.tell(Shown::fixed("No conversation is open."), now);
        };
        let Some(context) = self.replica.context(customer) else {
            return self.tell(Shown::fixed("No details from the server yet."), now);
        };
        let rows = context.newest.iter().filter(|row| row.conversation != open);
        let rows: Vec<Row<Choice>> = rows.map(|row| self.earlier_row(row, customer, now)).collect();
        let picker = Picker::new(Shown::fixed("Earlier chats"), numbered(rows))
            .verb(Shown::fixed("Enter reads"))
            .when_empty(Shown::fixed("This is the first chat of this customer"));
        self.open_picker(PickFor::Earlier, Vec::new(), picker);
    }

    fn earlier_row(&self, row: &Summary, customer: CustomerId, now: Now) -> Row<Choice> {
        let label = facts::day(row.opened_at.0, now.wall, &self.zone);
        let mut told = vec![words::stage(&row.stage, self.me(), &self.zone)];
        if row.customer.id != customer {
            told.push(format!("as {}", row.customer.name.shown()));
        }
        told.extend(row.intake.subject.as_ref().map(|it| it.shown().to_string()));
        let last = row
            .last_line
            .as_ref()
            .map(|last| Shown::line(&last.excerpt).to_string());
        told.extend(last);
        let detail = told.join(&format!(" {} ", self.theme.signs().dot));
        Row::new(
            Choice::Conversation(row.conversation),
            Shown::line(&label),
            Shown::line(&detail),
        )
    }

    /// An earlier conversation was chosen: one that is still open is opened, another is read.
    pub(crate) fn earlier_chosen(&mut self, choice: &Choice, now: Now) {
        let (Choice::Conversation(conversation), Some(open)) = (choice, self.summary()) else {
            return;
        };
        let listed = self.replica.context(open.customer.id);
        let row = listed.and_then(|context| context.newest.iter().find(|row| row.conversation == *conversation));
        let Some(row) = row.cloned() else {
            return self.tell(Shown::fixed("It is not in the list any more."), now);
        };
        if row.stage.is_open() && self.replica.summary(row.conversation).is_some() {
            return self.open_chat(row.conversation);
        }
        let eyes = Eyes {
            me: self.me(),
            customer: row.customer.name.shown(),
            zone: self.zone.clone(),
            dot: self.theme.signs().dot,
        };
        let mut earlier = Earlier {
            conversation: row.conversation,
            customer: row.customer.id,
            eyes,
            events: Vec::new(),
            asking: None,
            trouble: None,
        };
        // A rating or a note may come after the end.
        let question = earlier.ask(row.rev.next());
        let title = format!(
            "{} {dot} {} {dot} {}",
            row.customer.name.shown(),
            facts::day(row.opened_at.0, now.wall, &self.zone),
            words::stage(&row.stage, self.me(), &self.zone),
            dot = self.theme.signs().dot,
        );
        let overlay = Overlay::new(Shown::line(&title), earlier.body(), self.theme);
        self.open_reading(ReadFor::Earlier, overlay);
        self.earlier = Some(earlier);
        self.order(Order::Ask(question));
    }

    /// A part of what is being read has come, if this is one.
    pub(crate) fn earlier_came(&mut self, event: &ClientEvent<Agents>) {
        let Some(earlier) = &mut self.earlier else { return };
        let reading = match &mut self.over {
            Some(Over::Reading(reading)) if reading.purpose == ReadFor::Earlier => reading,
            _ => {
                self.earlier = None;
                return;
            }
        };
        let next = match event {
            ClientEvent::Reply { question, told, .. } if earlier.asked(question) => earlier.page(told),
            ClientEvent::AskFailed { question, .. } if earlier.asked(question) => {
                earlier.asking = None;
                earlier.trouble = Some(Shown::fixed("This needs a connection."));
                None
            }
            _ => return,
        };
        reading.overlay.set_body(earlier.body());
        if let Some(question) = next {
            self.order(Order::Ask(question));
        }
    }
}

impl Earlier {
    fn ask(&mut self, before: Rev) -> AgentQuestion {
        self.asking = Some(before);
        AgentQuestion::Thread {
            customer: self.customer,
            before: Some(before),
            limit: PAGE,
        }
    }

    fn asked(&self, question: &AgentQuestion) -> bool {
        match question {
            AgentQuestion::Thread { customer, before, .. } => {
                *customer == self.customer && before.is_some() && *before == self.asking
            }
            _ => false,
        }
    }

    /// Takes a page in. Returns what is to be asked next, if the beginning is not here yet.
    fn page(&mut self, told: &Told<Agents>) -> Option<AgentQuestion> {
        self.asking = None;
        let (events, more) = match told {
            Told::Reply(AgentReply::Thread { events, more, .. }) => (events, *more),
            Told::Reply(_) => return None,
            Told::Refusal(refusal) => {
                self.trouble = Some(Shown::line(&refusal.message()));
                return None;
            }
        };
        let of_it = |event: &&Event| event.subject.conversation() == Some(self.conversation);
        let mut page: Vec<Event> = events.iter().filter(of_it).cloned().collect();
        page.append(&mut self.events);
        self.events = page;
        let begins = self
            .events
            .first()
            .is_some_and(|it| matches!(it.body, EventBody::Opened(_)));
        let oldest = events.first()?.rev;
        if begins || !more {
            return None;
        }
        if self.events.len() >= EVENTS_MAX {
            self.trouble = Some(Shown::fixed("What was said before is left out here."));
            return None;
        }
        Some(self.ask(oldest))
    }

    fn body(&self) -> Body {
        let mut lines: Vec<StyledLine> = Vec::new();
        let dim = Style::new().add_modifier(Modifier::DIM);
        if let Some(trouble) = &self.trouble {
            lines.push(StyledLine::of(trouble.clone(), dim));
        }
        if self.asking.is_some() {
            lines.push(StyledLine::of(Shown::fixed("loading"), dim));
        }
        for event in &self.events {
            let Some((name, text)) = self.eyes.told(event) else {
                continue;
            };
            let clock = Shown::line(&format!("{} ", self.eyes.zone.clock(event.time.0)));
            let mut first = StyledLine::of(clock, dim);
            let style = match name {
                Some(name) => {
                    first.push(
                        Shown::line(&format!("{name}: ")),
                        Style::new().add_modifier(Modifier::BOLD),
                    );
                    Style::new()
                }
                None => dim,
            };
            let mut told = text.as_str().lines();
            first.push(Shown::line(told.next().unwrap_or_default()), style);
            lines.push(first);
            lines.extend(told.map(|line| StyledLine::of(Shown::line(&format!("      {line}")), style)));
        }
        Body::Lines(lines)
    }
}

#[cfg(test)]
#[path = "earlier_tests.rs"]
mod tests;
