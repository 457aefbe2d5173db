//! A ticket into a file: what it is, its comments, and its conversation, which is asked for page by page.

use minicom_protocol::{
    event::{Event, EventBody},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    ids::{Rev, TicketNo},
    ticket::{Ticket, TicketComment},
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Order},
    desk_view::{Export, Wanted},
    manage::ticket_text,
};

/// Events that are asked for at once.
const PAGE: u32 = 200;

fn page(ticket: &Ticket, before: Option<Rev>) -> AgentQuestion {
    AgentQuestion::Thread {
        customer: ticket.customer.id,
        before,
        limit: PAGE,
    }
}

impl App {
    pub(super) fn export_ticket(&mut self, number: TicketNo, told: &Wanted<(Ticket, Vec<TicketComment>)>, now: Now) {
        let Some((ticket, comments)) = told.value().cloned() else {
            return self.tell(Shown::fixed("It is not here yet."), now);
        };
        if self.views.exports.iter().any(|it| it.ticket.number == number) || !self.has_connection("Export") {
            return;
        }
        // The newest page of the thread is the program's own question too; a bound that nothing reaches tells them apart.
        let asked = page(&ticket, Some(self.replica.at().next()));
        self.order(Order::Ask(asked.clone()));
        self.tell(Shown::fixed("asking for the chat ..."), now);
        self.views.exports.push(Export {
            ticket,
            comments,
            events: Vec::new(),
            asked,
        });
    }

    pub(super) fn export_told(&mut self, question: &AgentQuestion, told: &Told<Agents>, now: Now) {
        let Some(at) = self.views.exports.iter().position(|it| it.asked == *question) else {
            return;
        };
        let mut export = self.views.exports.remove(at);
        let (events, more) = match told {
            Told::Reply(AgentReply::Thread { events, more, .. }) => (events, *more),
            Told::Reply(_) => return,
            Told::Refusal(refusal) => return self.trouble(Shown::line(&refusal.message()), Ends::Leaving),
        };
        let of_it = |event: &&Event| event.subject.conversation() == Some(export.ticket.conversation);
        let mut known: Vec<Event> = events.iter().filter(of_it).cloned().collect();
        known.append(&mut export.events);
        export.events = known;
        let begins = export
            .events
            .first()
            .is_some_and(|it| matches!(it.body, EventBody::Opened(_)));
        match events.first().filter(|_| more && !begins) {
            Some(oldest) => {
                export.asked = page(&export.ticket, Some(oldest.rev));
                self.order(Order::Ask(export.asked.clone()));
                self.views.exports.push(export);
            }
            None => self.write_ticket(&export, now),
        }
    }

    pub(super) fn export_failed(&mut self, question: &AgentQuestion) {
        let before = self.views.exports.len();
        self.views.exports.retain(|it| it.asked != *question);
        if self.views.exports.len() < before {
            let words = Shown::fixed("The connection is lost: nothing was exported.");
            self.trouble(words, Ends::Leaving);
        }
    }

    fn write_ticket(&mut self, export: &Export, _: Now) {
        let mut text = ticket_text::header(&export.ticket, &export.comments, &self.zone);
        text.push_str(&ticket_text::transcript(
            &export.ticket,
            &export.events,
            true,
            &self.zone,
        ));
        self.order(Order::WriteFile {
            name: format!("ticket-{}", export.ticket.number),
            text,
        });
    }
}
