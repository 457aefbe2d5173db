//! Notes that mention an agent.

use minicom_protocol::{
    context::Mention,
    ids::{AgentId, Rev},
    refusal::Refusal,
};

use super::Desk;
use crate::store::{TenantKey, mentions};

impl Desk {
    /// A page of the notes that mention an agent, newest first, and whether there are older ones.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn mentions(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<Mention>, bool), Refusal> {
        self.read(move |conn| mentions::page(conn, tenant, agent, before, limit))
            .await
    }
}
