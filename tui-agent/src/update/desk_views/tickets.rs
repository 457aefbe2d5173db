//! Tickets: making one of a conversation, and the list of all. The list is the replica's book, live.

use minicom_client::TicketFilter;
use minicom_protocol::{
    command::AgentCommand,
    ids::{ConversationId, TicketNo},
    ticket::{Ticket, TicketStatus},
    words::SubjectLine,
};
use minicom_tui_kit::{
    Now, Shown,
    prompt::Question,
    table::{Column, TableRow},
};

use super::Content;
use crate::{
    app::{App, Order},
    desk_view::{RowId, View, Wanted},
    facts,
    keys::Action,
    over::Over,
    update::about::NONE_CHOSEN,
};

const COLUMNS: &[Column] = &[
    Column::number("NO", 2),
    Column::new("STATUS", 7),
    Column::growing("TITLE", 12),
    Column::new("CUSTOMER", 8),
    Column::new("DONE BY", 7),
    Column::new("CHANGED", 7),
];

/// Why a title cannot be one.
pub(super) fn check_line(text: &str) -> Result<(), Shown> {
    match SubjectLine::parse(text) {
        Ok(_) => Ok(()),
        Err(refused) => Err(Shown::line(&refused.to_string())),
    }
}

impl App {
    /// Makes a ticket of the open conversation, or opens the one that was made of it.
    pub(crate) fn ticket(&mut self, now: Now) {
        let Some(summary) = self.subject().and_then(|it| self.replica.summary(it)) else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        if let Some(number) = summary.ticket {
            return self.show_ticket(number, now);
        }
        let conversation = summary.conversation;
        let title = format!("Ticket of the chat with {}", summary.customer.name.shown());
        // Whoever types says another one; who does not takes this.
        let question = Question::new(Shown::fixed("title"))
            .default(&self.title_for(conversation))
            .check(check_line);
        self.lay_question(View::NewTicket(conversation), &title, question, "Enter makes it", now);
    }

    /// The subject, else whose conversation it is. Nothing that a line said: a copy of it could not be blanked out.
    fn title_for(&self, conversation: ConversationId) -> String {
        let Some(summary) = self.replica.summary(conversation) else {
            return String::new();
        };
        match &summary.intake.subject {
            Some(subject) => subject.as_str().to_owned(),
            None => format!("Conversation {} with {}", summary.number, summary.customer.name),
        }
    }

    pub(super) fn ticket_titled(&mut self, conversation: ConversationId, title: &str, now: Now) {
        let title = SubjectLine::parse(title).ok();
        self.send_kept(AgentCommand::ConvertToTicket { conversation, title }, now);
    }

    /// Opens the list of tickets.
    pub(crate) fn tickets(&mut self, now: Now) {
        let filter = TicketFilter::default();
        self.ask_tickets(filter);
        self.lay_table(View::Tickets(filter), "Tickets", COLUMNS, now);
    }

    fn ask_tickets(&mut self, filter: TicketFilter) {
        if let Some(question) = self.replica.open_tickets(filter) {
            self.order(Order::Ask(question));
        }
    }

    pub(super) fn key_in_tickets(&mut self, mut filter: TicketFilter, key: &str, _: Now) -> bool {
        match key {
            "s" => {
                let next = filter.status.map_or(Some(0), |it| {
                    TicketStatus::ALL.iter().position(|at| *at == it).map(|at| at + 1)
                });
                filter.status = next.and_then(|at| TicketStatus::ALL.get(at)).copied();
            }
            "m" => filter.assignee = filter.assignee.xor(self.me()),
            _ => return false,
        }
        self.ask_tickets(filter);
        if let Some(Over::Desk(stack)) = &mut self.over
            && let Some(top) = stack.top_mut()
        {
            top.view = View::Tickets(filter);
        }
        true
    }

    pub(super) fn tickets_content(&self, filter: TicketFilter, now: Now) -> Content {
        let dot = self.theme.signs().dot;
        let mut title = "Tickets".to_owned();
        if let Some(status) = filter.status {
            title.push_str(&format!(" {dot} {}", status.word()));
        }
        if filter.assignee.is_some() {
            title.push_str(&format!(" {dot} mine"));
        }
        let book = self.replica.tickets().filter(|book| book.filter() == filter);
        let empty = match (book.is_some_and(|it| it.is_loaded()), self.is_live()) {
            (true, _) if filter == TicketFilter::default() => {
                let key = self.list_key_words(Action::Ticket);
                Shown::line(&format!("There is no ticket yet. {key} makes one of a chat"))
            }
            (true, _) => Shown::fixed("No ticket is so"),
            (false, true) => Shown::fixed("asking ..."),
            (false, false) => Shown::fixed("This needs a connection. It is asked for when there is one."),
        };
        let tickets = book.map(|book| book.tickets()).unwrap_or_default();
        Content::Rows {
            title,
            rows: tickets.iter().map(|ticket| self.ticket_row(ticket, now)).collect(),
            empty,
        }
    }

    fn ticket_row(&self, ticket: &Ticket, now: Now) -> TableRow<RowId> {
        let cells = vec![
            Shown::line(&ticket.number.to_string()),
            Shown::fixed(ticket.status.word()),
            ticket.title.shown(),
            ticket.customer.name.shown().cut(16),
            self.done_by(ticket),
            Shown::line(&facts::day(ticket.updated_at.0, now.wall, &self.zone)),
        ];
        let mut row = TableRow::new(RowId::Ticket(ticket.number), cells);
        if ticket.status == TicketStatus::Solved {
            row.style = self.theme.dim();
        }
        row
    }

    /// Who does it.
    pub(super) fn done_by(&self, ticket: &Ticket) -> Shown {
        match &ticket.assignee {
            Some(agent) if Some(agent.id) == self.me() => Shown::fixed("you"),
            Some(agent) => agent.name.shown().cut(16),
            None => Shown::fixed("nobody"),
        }
    }

    /// Opens a ticket.
    pub(super) fn show_ticket(&mut self, number: TicketNo, now: Now) {
        let told = Wanted::new();
        self.lay_reading(View::Ticket { number, told }, &format!("Ticket {number}"), now);
    }
}
