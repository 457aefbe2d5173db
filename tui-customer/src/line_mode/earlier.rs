//! What was said before: a page at a time, when it is asked for.

use minicom_client::ClientEvent;
use minicom_protocol::{
    customer_event::CustomerBody,
    frame::{CustomerQuestion, Customers},
    gate::Shown,
    ids::Seq,
};
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{Effects, Lines};
use crate::Order;

impl Lines {
    /// Asks for what was said before all that is known here.
    pub(super) fn older(&mut self, now: Now, effects: &mut Effects) {
        if !self.state.is_live() {
            return self.tell("Older messages need a connection.", now, effects);
        }
        match self.replica.older_events() {
            Some(question) => {
                self.older_wanted = true;
                effects.push(PlainEffect::Program(Order::Ask(question)));
            }
            None if self.older_wanted => self.tell("They are being fetched.", now, effects),
            None if self.replica.thread().has_more() => self.tell(
                "No more of them are kept here: /export tells how to get all.",
                now,
                effects,
            ),
            None => self.tell("This is the beginning of the chat.", now, effects),
        }
    }

    /// Says what a page brought that stands before the oldest that was known.
    pub(super) fn say_older(&mut self, before: Option<Seq>, now: Now, effects: &mut Effects) {
        let events = self.replica.thread().events();
        let older = events.take_while(|event| before.is_none_or(|before| event.seq < before));
        let (mut day, mut lines) = (None, Vec::new());
        for event in older {
            // Lines stand as they are now.
            let Some(told) = self
                .lines_of(event)
                .filter(|_| !matches!(event.body, CustomerBody::LineChanged(_)))
            else {
                continue;
            };
            let its = self.zone.day_number(event.time.0);
            if day.replace(its) != Some(its) {
                lines.push(Shown::line(&format!("-- {}", self.zone.day(event.time.0, now.wall))));
            }
            lines.extend(told);
        }
        if lines.is_empty() {
            return self.tell("The older messages were not fetched. Try again.", now, effects);
        }
        effects.extend(lines.into_iter().map(PlainEffect::Say));
        self.tell("end of the older messages", now, effects);
    }
}

/// Whether a page of the thread has come, or will not.
pub(super) fn is_page(event: &ClientEvent<Customers>) -> bool {
    let (ClientEvent::Reply { question, .. } | ClientEvent::AskFailed { question, .. }) = event else {
        return false;
    };
    matches!(question, CustomerQuestion::Thread { before: Some(_), .. })
}
