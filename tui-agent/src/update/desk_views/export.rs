//! A conversation into a file, alone or with the ticket that was made of it. It is asked for page by page.

use minicom_protocol::{
    event::{Event, EventBody},
    frame::{AgentQuestion, AgentReply, Agents, Told},
    ids::{Rev, TicketNo},
    ticket::{Ticket, TicketComment},
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Order},
    desk_view::{Export, Exported, Wanted},
    manage::ticket_text,
    update::about::NONE_CHOSEN,
};

/// Events that are asked for at once.
const PAGE: u32 = 200;

fn page(what: &Exported, before: Option<Rev>) -> AgentQuestion {
    AgentQuestion::Thread {
        customer: what.conversation().0,
        before,
        limit: PAGE,
    }
}

impl App {
    pub(super) fn export_ticket(&mut self, number: TicketNo, told: &Wanted<(Ticket, Vec<TicketComment>)>, now: Now) {
        let Some((ticket, comments)) = told.value().cloned() else {
            return self.tell(Shown::fixed("It is not here yet."), now);
        };
        let is_it = |it: &Export| matches!(&it.what, Exported::Ticket(ticket, _) if ticket.number == number);
        if self.views.exports.iter().any(is_it) {
            return;
        }
        self.begin_export(Exported::Ticket(Box::new(ticket), comments), now);
    }

    /// Writes the conversation under the cursor to a file.
    pub(crate) fn export_chat(&mut self, now: Now) {
        let Some(row) = self.subject().and_then(|it| self.replica.summary(it)).cloned() else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        let is_it = |it: &Export| matches!(&it.what, Exported::Chat(other) if other.conversation == row.conversation);
        if !self.views.exports.iter().any(is_it) {
            self.begin_export(Exported::Chat(Box::new(row)), now);
        }
    }

    fn begin_export(&mut self, what: Exported, now: Now) {
        if !self.has_connection("Export") {
            return;
        }
        // The newest page of the thread is the program's own question too; a bound that nothing reaches tells them apart.
        let asked = page(&what, Some(self.replica.at().next()));
        self.order(Order::Ask(asked.clone()));
        self.tell(Shown::fixed("asking for the chat ..."), now);
        self.views.exports.push(Export {
            what,
            events: Vec::new(),
            asked,
        });
    }

    pub(super) fn export_told(&mut self, question: &AgentQuestion, told: &Told<Agents>) {
        let Some(at) = self.views.exports.iter().position(|it| it.asked == *question) else {
            return;
        };
        let mut export = self.views.exports.remove(at);
        let (events, more) = match told {
            Told::Reply(AgentReply::Thread { events, more, .. }) => (events, *more),
            Told::Reply(_) => return,
            Told::Refusal(refusal) => return self.trouble(Shown::line(&refusal.message()), Ends::Leaving),
        };
        let of_it = |event: &&Event| event.subject.conversation() == Some(export.what.conversation().1);
        let mut known: Vec<Event> = events.iter().filter(of_it).cloned().collect();
        known.append(&mut export.events);
        export.events = known;
        let begins = export
            .events
            .first()
            .is_some_and(|it| matches!(it.body, EventBody::Opened(_)));
        match events.first().filter(|_| more && !begins) {
            Some(oldest) => {
                export.asked = page(&export.what, Some(oldest.rev));
                self.order(Order::Ask(export.asked.clone()));
                self.views.exports.push(export);
            }
            None => self.write_export(&export),
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

    fn write_export(&mut self, export: &Export) {
        let (name, text) = match &export.what {
            Exported::Ticket(ticket, comments) => {
                let mut text = ticket_text::header(ticket, comments, &self.zone);
                text.push_str(&ticket_text::transcript(ticket, &export.events, true, &self.zone));
                (format!("ticket-{}", ticket.number), text)
            }
            Exported::Chat(row) => {
                let name = format!("chat-{}-{}", row.customer.name.as_str(), row.number);
                (name, ticket_text::chat(row, &export.events, &self.zone))
            }
        };
        self.order(Order::WriteFile { name, text });
    }
}
