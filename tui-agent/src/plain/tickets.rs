//! Tickets: made of conversations, listed, told, commented, given to somebody.

use minicom_protocol::{
    command::{AgentCommand, Assignee},
    event::TicketChanged,
    frame::{AgentQuestion, AgentReply},
    ids::TicketNo,
    ticket::{Ticket, TicketChange, TicketComment, TicketStatus},
    words::SubjectLine,
};
use minicom_tui_kit::{Now, Shown};

use super::{PlainAgent, arguments, words::Given};

/// Tickets that are asked for at once.
const TICKETS_TOLD: u32 = 50;

impl PlainAgent {
    pub(super) fn make_ticket(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        if let Some(number) = self.replica.summary(conversation).and_then(|row| row.ticket) {
            return self.say(format!("It is ticket {number} already: /ticket-show {number}."));
        }
        let title = match given.rest {
            "" => None,
            text => match self.title(text) {
                Some(title) => Some(title),
                None => return,
            },
        };
        self.wish(AgentCommand::ConvertToTicket { conversation, title }, given.now);
    }

    /// A title as it was written. Says what is wrong with it.
    fn title(&mut self, text: &str) -> Option<SubjectLine> {
        match SubjectLine::parse(text) {
            Ok(title) => Some(title),
            Err(refused) => {
                self.refuse_word(&format!("title: {refused}"));
                None
            }
        }
    }

    pub(super) fn tickets(&mut self, given: Given<'_>) {
        let (mut status, mut assignee) = (None, None);
        for word in given.rest.split_whitespace() {
            match (word, word.parse::<TicketStatus>()) {
                ("mine", _) => assignee = self.me(),
                (_, Ok(known)) => status = Some(known),
                (_, Err(_)) => return self.usage(given),
            }
        }
        self.ask(AgentQuestion::Tickets {
            status,
            assignee,
            before: None,
            limit: TICKETS_TOLD,
        });
    }

    pub(super) fn show_ticket(&mut self, given: Given<'_>) {
        match number(given.rest) {
            Some(number) => self.ask(AgentQuestion::Ticket { number }),
            None => self.usage(given),
        }
    }

    /// The reply to a question of this file.
    pub(super) fn tell_tickets(&mut self, reply: AgentReply, now: Now) {
        match reply {
            AgentReply::Tickets { tickets, more } => {
                if tickets.is_empty() {
                    self.say("There is no such ticket.");
                }
                for ticket in &tickets {
                    self.tell_ticket(ticket);
                }
                if more {
                    self.say("... and older ones: /tickets STATUS tells fewer.");
                }
            }
            AgentReply::Ticket { ticket, comments } => {
                self.tell_ticket(&ticket);
                let (opened, by) = (self.when(ticket.opened_at, now), self.who(&ticket.opened_by));
                let customer = ticket.customer.name.shown();
                self.say(format!(
                    "Made {opened} by {by} of the conversation with {customer}: /open {customer}"
                ));
                for comment in &comments {
                    self.tell_comment(comment, now);
                }
            }
            _ => {}
        }
    }

    /// A ticket as a line.
    pub(super) fn tell_ticket(&mut self, ticket: &Ticket) {
        let whose = match &ticket.assignee {
            Some(agent) => self.who(agent),
            None => "nobody".to_owned(),
        };
        let (number, title, status) = (ticket.number, ticket.title.shown(), ticket.status.word());
        let comments = match ticket.comments {
            0 => String::new(),
            count => format!(", {}", crate::words::count(u64::from(count), "comment", "comments")),
        };
        let customer = ticket.customer.name.shown();
        self.say(format!(
            "ticket {number}: {title}; {status}, {whose}, of {customer}{comments}"
        ));
    }

    fn tell_comment(&mut self, comment: &TicketComment, now: Now) {
        let (when, by) = (self.when(comment.at, now), self.who(&comment.by));
        self.say(format!("{when} {by}: {}", Shown::line(&comment.text)));
    }

    /// What happened to a ticket, as it happens. That it was made is told in its conversation.
    pub(super) fn ticket_words(&self, it: &TicketChanged) -> Option<String> {
        let by = self.who(&it.by);
        let number = it.ticket.number;
        Some(match &it.what {
            TicketChange::Opened => return None,
            TicketChange::Status => format!("{by} set ticket {number} to {}", it.ticket.status.word()),
            TicketChange::Assigned => match &it.ticket.assignee {
                Some(agent) => format!("{by} gave ticket {number} to {}", self.who(agent)),
                None => format!("{by} gave ticket {number} to nobody"),
            },
            TicketChange::Titled => format!("{by} named ticket {number}: {}", it.ticket.title.shown()),
            TicketChange::Commented { text } => format!("[ticket {number}] {by}: {}", Shown::line(text)),
        })
    }

    // Changing one.

    pub(super) fn assign_ticket(&mut self, given: Given<'_>) {
        let (written, name) = arguments::first(given.rest);
        let Some(ticket) = number(written).filter(|_| !name.is_empty()) else {
            return self.usage(given);
        };
        let assignee = match name {
            "nobody" => Assignee::Nobody,
            name => match self.agent_of(name) {
                Some(agent) => Assignee::Agent { agent },
                None => return,
            },
        };
        let assignee = Some(assignee);
        let command = AgentCommand::ChangeTicket {
            ticket,
            status: None,
            assignee,
            title: None,
        };
        self.wish(command, given.now);
    }

    pub(super) fn set_ticket_status(&mut self, given: Given<'_>) {
        let (written, status) = arguments::first(given.rest);
        let (Some(ticket), Ok(status)) = (number(written), status.parse::<TicketStatus>()) else {
            return self.usage(given);
        };
        let status = Some(status);
        let command = AgentCommand::ChangeTicket {
            ticket,
            status,
            assignee: None,
            title: None,
        };
        self.wish(command, given.now);
    }

    pub(super) fn set_ticket_title(&mut self, given: Given<'_>) {
        let (written, title) = arguments::first(given.rest);
        let Some(ticket) = number(written) else {
            return self.usage(given);
        };
        if let Some(title) = self.title(title) {
            let title = Some(title);
            let command = AgentCommand::ChangeTicket {
                ticket,
                status: None,
                assignee: None,
                title,
            };
            self.wish(command, given.now);
        }
    }

    pub(super) fn comment(&mut self, given: Given<'_>) {
        let (written, text) = arguments::first(given.rest);
        match number(written).filter(|_| !text.is_empty()) {
            Some(ticket) => {
                let text = text.to_owned();
                self.wish(AgentCommand::CommentTicket { ticket, text }, given.now);
            }
            None => self.usage(given),
        }
    }
}

/// `12`, and `#12`.
fn number(written: &str) -> Option<TicketNo> {
    let digits = written.strip_prefix('#').unwrap_or(written);
    digits.parse().ok().filter(|number| *number > 0).map(TicketNo)
}

#[cfg(test)]
#[path = "tickets_tests.rs"]
mod tests;
