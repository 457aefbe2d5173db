//! Following a tenant's journal inside the server, from a reading of the store on.

use minicom_protocol::{
    ids::{AgentId, Cursor, Rev},
    refusal::Refusal,
};
use rusqlite::Connection;

use super::Desk;
use crate::{
    hub::{Feed, TopicKey},
    store::{self, TenantKey, journal, tenants},
};

/// Where a reader of the journal begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Since {
    /// With what happens from now on.
    Now,
    /// With the first event.
    Start,
    /// After this one.
    After(Cursor),
}

impl Desk {
    /// Reads something in one read transaction, and follows the journal from where the store stood then: nothing is in
    /// between, and nothing is in both.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub(crate) async fn follow<T: Send + 'static>(
        &self,
        tenant: TenantKey,
        read: impl FnOnce(&Connection) -> store::Result<T> + Send + 'static,
    ) -> Result<(Feed, T), Refusal> {
        let shared = &self.shared;
        // Register on the topic first, read the store second.
        let follower = shared
            .hub
            .follow(TopicKey::Tenant(tenant), shared.pool.clone(), shared.faults);
        let (head, value) = self
            .read(move |conn| Ok((tenants::head(conn, tenant)?.cursor, read(conn)?)))
            .await?;
        Ok((follower.at(head, head.at), value))
    }

    /// Follows a tenant's journal as this agent may read it, however long ago its reader left. If the journal does not hold the
    /// cursor, the newest one is told instead.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn open_events(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        since: Since,
    ) -> Result<Result<Feed, Cursor>, Refusal> {
        let shared = &self.shared;
        let follower = shared
            .hub
            .follow(TopicKey::Tenant(tenant), shared.pool.clone(), shared.faults);
        let (head, begin) = self
            .read(move |conn| {
                let head = tenants::head(conn, tenant)?.cursor;
                let mark_at = |at| journal::mark_at(conn, tenant, Rev(at));
                Ok(match since {
                    Since::Now => (head, Some(head)),
                    Since::Start => (head, mark_at(0)?.map(|mark| Cursor { at: 0, mark })),
                    Since::After(cursor) => (
                        head,
                        mark_at(cursor.at)?.filter(|mark| *mark == cursor.mark).map(|_| cursor),
                    ),
                })
            })
            .await?;
        Ok(match begin {
            Some(cursor) => Ok(follower.at(cursor, head.at).read_by(agent).resumed()),
            None => Err(head),
        })
    }
}
