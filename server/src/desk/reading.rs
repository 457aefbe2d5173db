//! Reading through the front door: feeds that go on or start afresh, and pages.

use std::time::Duration;

use minicom_protocol::{
    customer_event::CustomerEvent,
    event::Event,
    frame::{AgentSnapshot, CustomerSnapshot, DeskState},
    ids::{AgentId, ConversationId, Cursor, CustomerId, Mark, Rev, Seq},
    people::Realm,
    refusal::Refusal,
    summary::Summary,
    text::CustomerName,
};
use rusqlite::Connection;
use tracing::error;

use super::{Desk, queue::Rules};
use crate::{
    faults::Faults,
    hub::{Feed, TopicKey},
    limits,
    store::{
        self, TenantKey, conversations, journal, mentions,
        people::{self, Customer},
        settings, tenants, threads,
    },
};

/// How a reader begins: where it left off, or afresh.
pub enum Opening<S> {
    /// The client's cursor is good.
    Resumed(Feed),
    /// The client starts from a snapshot that stands at the feed's cursor.
    Fresh(Feed, S),
}

impl Desk {
    /// What is broken on purpose.
    pub(crate) fn faults(&self) -> Faults {
        self.shared.faults
    }

    /// Reads in one read transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.read_within(None, read).await
    }

    /// The same, interrupted by SQLite after so long.
    pub(super) async fn read_within<T: Send + 'static>(
        &self,
        within: Option<Duration>,
        read: impl FnOnce(&Connection) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.shared.pool.read_within(within, read).await.map_err(|error| {
            error!(%error, "a read failed");
            Refusal::Internal
        })
    }

    /// Follows a tenant's journal, from an agent's cursor if it is good, else from a snapshot. The snapshot has the rows and
    /// the desk as this agent sees it, of one moment.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn open_journal(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        cursor: Option<Cursor>,
    ) -> Result<Opening<AgentSnapshot>, Refusal> {
        let shared = &self.shared;
        // Register on the topic first, read the store second.
        let follower = shared
            .hub
            .follow(TopicKey::Tenant(tenant), shared.pool.clone(), shared.faults);
        let (head, snapshot) = self
            .read(move |conn| {
                let head = tenants::head(conn, tenant)?.cursor;
                let mark = cursor
                    .map(|cursor| journal::mark_at(conn, tenant, Rev(cursor.at)))
                    .transpose()?
                    .flatten();
                if resumes(cursor, mark, head) {
                    return Ok((head, None));
                }
                Ok((head, Some(agent_snapshot(conn, tenant, agent)?)))
            })
            .await?;
        Ok(match (snapshot, cursor) {
            (None, Some(cursor)) => Opening::Resumed(follower.at(cursor, head.at).read_by(agent).resumed()),
            (snapshot, _) => {
                let empty = AgentSnapshot {
                    conversations: vec![],
                    more_closed: false,
                    desk: None,
                };
                Opening::Fresh(follower.at(head, head.at).read_by(agent), snapshot.unwrap_or(empty))
            }
        })
    }

    /// Follows a customer's own thread, from the customer's cursor if it is good, else from the last page.
    pub async fn open_thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        cursor: Option<Cursor>,
    ) -> Result<Opening<CustomerSnapshot>, Refusal> {
        let shared = &self.shared;
        let follower = shared
            .hub
            .follow(TopicKey::Thread(tenant, customer), shared.pool.clone(), shared.faults);
        let (head, snapshot) = self
            .read(move |conn| {
                let thread = threads::load(conn, tenant, customer)?;
                let head = Cursor {
                    at: thread.view.seq.0,
                    mark: thread.mark,
                };
                let mark = match cursor {
                    Some(cursor) => journal::thread_mark_at(conn, tenant, customer, Seq(cursor.at))?,
                    None => None,
                };
                if resumes(cursor, mark, head) {
                    return Ok((head, None));
                }
                let most = limits::SNAPSHOT_THREAD_EVENTS_MAX;
                let (events, more) = journal::customer_before(conn, tenant, customer, None, most)?;
                Ok((
                    head,
                    Some(CustomerSnapshot {
                        view: thread.view,
                        events,
                        more,
                    }),
                ))
            })
            .await?;
        Ok(match (snapshot, cursor) {
            (None, Some(cursor)) => Opening::Resumed(follower.at(cursor, head.at).resumed()),
            (snapshot, _) => {
                let empty = CustomerSnapshot {
                    view: Default::default(),
                    events: vec![],
                    more: false,
                };
                Opening::Fresh(follower.at(head, head.at), snapshot.unwrap_or(empty))
            }
        })
    }

    /// A page of a customer's thread for agents, oldest first, and whether there is more before it. A foreign
    /// customer is an unknown one.
    pub async fn thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<Event>, bool), Refusal> {
        self.read(move |conn| {
            if people::customer_by_id(conn, tenant, customer)?.is_none() {
                return Ok(Err(Refusal::NotFound));
            }
            journal::thread_before(conn, tenant, customer, before, limit).map(Ok)
        })
        .await?
    }

    /// A page of the customer's own thread, oldest first, and whether there is more before it.
    pub async fn customer_thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<CustomerEvent>, bool), Refusal> {
        self.read(move |conn| journal::customer_before(conn, tenant, customer, before, limit))
            .await
    }

    /// A conversation's row.
    pub async fn summary(&self, tenant: TenantKey, conversation: ConversationId) -> Result<Summary, Refusal> {
        self.read(move |conn| conversations::load(conn, tenant, conversation))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// The newest conversation of a customer.
    pub async fn newest(&self, tenant: TenantKey, customer: CustomerId) -> Result<Option<Summary>, Refusal> {
        self.read(move |conn| conversations::newest(conn, tenant, customer))
            .await
    }

    /// A page of closed conversations, newest first, and whether there is more.
    pub async fn closed(
        &self,
        tenant: TenantKey,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<Summary>, bool), Refusal> {
        self.read(move |conn| {
            let mut rows = conversations::closed(conn, tenant, before, limit as i64 + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            Ok((rows, more))
        })
        .await
    }

    /// An agent by the account's address (lower case).
    ///
    /// # Errors
    /// `not_found` if the tenant has none.
    pub async fn agent_by_email(&self, tenant: TenantKey, email: String) -> Result<AgentId, Refusal> {
        let found = self
            .read(move |conn| people::agent_by_email(conn, tenant, &email))
            .await?;
        found.map(|it| it.agent.id).ok_or(Refusal::NotFound)
    }

    /// A customer by name, for those who may know whether there is one.
    pub async fn customer(&self, tenant: TenantKey, name: CustomerName) -> Result<Customer, Refusal> {
        self.read(move |conn| people::customer_by_name(conn, tenant, Realm::Named, &name))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// Whether pages of this origin are on the list of this tenant, or of any.
    pub async fn welcomes(&self, tenant: Option<TenantKey>, origin: String) -> Result<bool, Refusal> {
        self.read(move |conn| settings::welcomes(conn, tenant, &origin)).await
    }

    /// Whose conversation it is, with what proves it.
    pub async fn customer_of(&self, tenant: TenantKey, conversation: ConversationId) -> Result<Customer, Refusal> {
        self.read(move |conn| people::customer_of(conn, tenant, conversation))
            .await?
            .ok_or(Refusal::NotFound)
    }
}

/// All open conversations in list order (what waits first, as the queue has it; the others newest first), the last closed
/// ones, and the desk itself.
fn agent_snapshot(conn: &Connection, tenant: TenantKey, agent: AgentId) -> store::Result<AgentSnapshot> {
    let rules = Rules::read(conn, tenant)?;
    let queue = rules.queue();
    let (mut rows, mut others): (Vec<Summary>, Vec<Summary>) = conversations::open(conn, tenant)?
        .into_iter()
        .partition(|row| row.stage.is_waiting());
    rows.sort_by_cached_key(|row| queue.key(row));
    others.sort_by_key(|row| std::cmp::Reverse(row.rev));
    rows.append(&mut others);
    let most = limits::SNAPSHOT_CLOSED_MAX;
    let mut closed = conversations::closed(conn, tenant, None, most as i64 + 1)?;
    let more_closed = closed.len() > most;
    closed.truncate(most);
    rows.append(&mut closed);
    let desk = DeskState {
        mentions_read: mentions::read_mark(conn, tenant, agent)?,
        mentions_unread: mentions::unread(conn, tenant, agent)?,
        staff: rules.staff,
        settings: rules.settings,
    };
    Ok(AgentSnapshot {
        conversations: rows,
        more_closed,
        desk: Some(Box::new(desk)),
    })
}

/// Whether a reader goes on from its cursor: the store holds its mark at its position, and not too much is missing.
/// A cursor beyond the head that the transaction saw is good if the store holds it: the reader waits.
fn resumes(cursor: Option<Cursor>, stored: Option<Mark>, head: Cursor) -> bool {
    cursor.is_some_and(|cursor| stored == Some(cursor.mark) && head.at.saturating_sub(cursor.at) <= limits::RESUME_MAX)
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
