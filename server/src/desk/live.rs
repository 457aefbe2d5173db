//! Following a tenant's journal inside the server, from a reading of the store on.

use minicom_protocol::refusal::Refusal;
use rusqlite::Connection;

use super::Desk;
use crate::{
    hub::{Feed, TopicKey},
    store::{self, TenantKey, tenants},
};

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
}
