//! A list of tickets: asked for in pages, the last changed first, and kept up by events.

use std::collections::HashMap;

use minicom_protocol::{
    frame::AgentQuestion,
    ids::{AgentId, TicketNo, Time},
    ticket::{Ticket, TicketStatus},
};

use crate::limits::{BOOK_MAX, LIBRARY_PAGE};

/// Which tickets a list has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TicketFilter {
    /// Only those that stand there.
    pub status: Option<TicketStatus>,
    /// Only this agent's.
    pub assignee: Option<AgentId>,
}

impl TicketFilter {
    /// Whether a ticket belongs to the list.
    pub fn has(&self, ticket: &Ticket) -> bool {
        let assignee = ticket.assignee.as_ref().map(|it| it.id);
        self.status.is_none_or(|it| it == ticket.status) && (self.assignee.is_none() || self.assignee == assignee)
    }
}

/// A list of tickets: without holes from the last changed on, as far as it was asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct TicketBook {
    filter: TicketFilter,
    /// The last changed first.
    tickets: Vec<Ticket>,
    /// How far back pages have brought it: the next one begins here, also when those it brought have left the list.
    reaches: Option<Time>,
    /// What events have told of since the list was opened; a page may be older than that.
    live: HashMap<TicketNo, Time>,
    loaded: bool,
    more: bool,
    asking: Option<Option<Time>>,
    /// The server would not tell: not asked for again by itself.
    refused: bool,
}

impl TicketBook {
    pub(crate) fn new(filter: TicketFilter) -> Self {
        Self {
            filter,
            tickets: Vec::new(),
            reaches: None,
            live: HashMap::new(),
            loaded: false,
            more: false,
            asking: None,
            refused: false,
        }
    }

    /// Which tickets it has.
    pub fn filter(&self) -> TicketFilter {
        self.filter
    }

    /// Known tickets, the last changed first.
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// A ticket by its number.
    pub fn ticket(&self, number: TicketNo) -> Option<&Ticket> {
        self.tickets.iter().find(|it| it.number == number)
    }

    /// Whether the first page is here.
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether there are older ones to ask for.
    pub fn has_more(&self) -> bool {
        self.more && self.tickets.len() < BOOK_MAX
    }

    /// Starts afresh.
    pub(crate) fn clear(&mut self) {
        *self = TicketBook::new(self.filter);
    }

    /// What is to be asked now: the first page, and the next one when all that came have left the list, for there is no end
    /// to scroll to in an empty one.
    pub(crate) fn question(&mut self) -> Option<AgentQuestion> {
        let emptied = self.tickets.is_empty() && self.more;
        ((!self.loaded || emptied) && !self.refused && self.asking.is_none()).then(|| self.ask(self.reaches))
    }

    /// The user has come to the end.
    pub(crate) fn older(&mut self) -> Option<AgentQuestion> {
        if !self.loaded || !self.has_more() || self.asking.is_some() {
            return None;
        }
        Some(self.ask(self.reaches))
    }

    fn ask(&mut self, before: Option<Time>) -> AgentQuestion {
        self.asking = Some(before);
        AgentQuestion::Tickets {
            status: self.filter.status,
            assignee: self.filter.assignee,
            before,
            limit: LIBRARY_PAGE,
        }
    }

    /// Whether a page with this filter is this list's.
    pub(crate) fn is_about(&self, status: Option<TicketStatus>, assignee: Option<AgentId>) -> bool {
        self.filter == TicketFilter { status, assignee }
    }

    /// A page came, if it is the one that was asked for.
    pub(crate) fn page(&mut self, before: Option<Time>, page: Vec<Ticket>, more: bool) {
        if self.asking.take_if(|it| *it == before).is_none() {
            return;
        }
        self.loaded = true;
        // A page that brings nothing is the last one, whatever it says.
        self.more = more && !page.is_empty();
        self.reaches = page.last().map(|it| it.updated_at).or(self.reaches);
        for ticket in page {
            let newer = self.live.get(&ticket.number).is_some_and(|at| *at >= ticket.updated_at);
            if !newer {
                self.put(ticket);
            }
        }
    }

    /// The question was lost with the connection, or the server would not tell.
    pub(crate) fn ask_failed(&mut self, before: Option<Time>, refused: bool) {
        if self.asking.take_if(|it| *it == before).is_some() {
            self.refused = refused;
        }
    }

    /// It is looked at (again).
    pub(crate) fn want(&mut self) {
        self.refused = false;
    }

    /// A ticket was made, changed or commented.
    pub(crate) fn changed(&mut self, ticket: &Ticket) {
        self.live.insert(ticket.number, ticket.updated_at);
        if self.filter.has(ticket) {
            self.put(ticket.clone());
        } else {
            self.tickets.retain(|it| it.number != ticket.number);
        }
    }

    fn put(&mut self, ticket: Ticket) {
        self.tickets.retain(|it| it.number != ticket.number);
        let key = |it: &Ticket| std::cmp::Reverse((it.updated_at, it.number));
        let at = self.tickets.partition_point(|it| key(it) < key(&ticket));
        self.tickets.insert(at, ticket);
        if self.tickets.len() > BOOK_MAX {
            self.tickets.truncate(BOOK_MAX);
            self.reaches = self.tickets.last().map(|it| it.updated_at);
            self.more = true;
        }
    }
}
