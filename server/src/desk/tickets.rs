//! Tickets as agents read them.

use minicom_protocol::{
    ids::{AgentId, TicketNo, Time},
    refusal::Refusal,
    ticket::{Ticket, TicketComment, TicketStatus},
};

use super::Desk;
use crate::{
    limits,
    store::{TenantKey, tickets},
};

impl Desk {
    /// A page of tickets, the last changed first, and whether there are older ones.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn tickets(
        &self,
        tenant: TenantKey,
        status: Option<TicketStatus>,
        assignee: Option<AgentId>,
        before: Option<Time>,
        limit: usize,
    ) -> Result<(Vec<Ticket>, bool), Refusal> {
        self.read(move |conn| tickets::list(conn, tenant, status, assignee, before, limit))
            .await
    }

    /// A ticket and its newest comments, oldest first, at most [`limits::TICKET_COMMENTS_MAX`].
    ///
    /// # Errors
    /// `not_found` if the tenant has none by that number.
    pub async fn ticket(&self, tenant: TenantKey, number: TicketNo) -> Result<(Ticket, Vec<TicketComment>), Refusal> {
        let found = self.read(move |conn| {
            let Some(ticket) = tickets::load(conn, tenant, number)? else {
                return Ok(None);
            };
            let comments = tickets::comments(conn, tenant, number, limits::TICKET_COMMENTS_MAX)?;
            Ok(Some((ticket, comments)))
        });
        found.await?.ok_or(Refusal::NotFound)
    }
}
