//! Which account is meant: by its id or its address.

use minicom_protocol::ids::{AgentId, TenantId};
use rusqlite::Connection;

use super::{Accounts, email};
use crate::store::{
    self, TenantKey,
    people::{self, Agent},
};
use minicom_protocol::refusal::Refusal;

/// The account of this id.
pub(super) fn by_id(conn: &Connection, tenant: TenantKey, id: AgentId) -> store::Result<Option<Agent>> {
    let accounts = people::agents(conn, tenant)?;
    Ok(accounts.into_iter().find(|it| it.agent.id == id))
}

/// The account of this id or address, as a path or a body names it.
pub(super) fn named(conn: &Connection, tenant: TenantKey, who: &str) -> store::Result<Option<Agent>> {
    if let Ok(id) = who.parse::<AgentId>() {
        return by_id(conn, tenant, id);
    }
    match email::normal(who) {
        Ok(email) => people::agent_by_email(conn, tenant, &email),
        // What can be no address is nobody's.
        Err(_) => Ok(None),
    }
}

impl Accounts {
    /// The account of this id or address.
    ///
    /// # Errors
    /// `not_found`, or what kept the store from answering.
    pub async fn find(&self, tenant: &TenantId, who: &str) -> Result<Agent, Refusal> {
        let key = self.desk().tenant(tenant)?;
        let who = who.to_owned();
        let found = self.desk().read(move |conn| named(conn, key, &who)).await?;
        found.ok_or(Refusal::NotFound)
    }
}
