//! The first admin of a new data folder. There is no default password: the account has none until somebody who can read
//! the data folder sets one.

use minicom_protocol::{
    ids::{AgentId, TenantId},
    people::{AgentRef, Role},
    refusal::Refusal,
    text::DisplayName,
};

use super::{Accounts, manage};
use crate::{
    execute::Scope,
    store::{
        self,
        people::{self, Agent},
    },
};

/// The address of the first admin.
pub const FIRST_ADMIN: &str = "admin@localhost";

impl Accounts {
    /// Makes the first admin if there is no account at all. Whether it did.
    ///
    /// # Errors
    /// What kept it from being written.
    pub async fn ensure_first_admin(&self, tenant: &TenantId, name: DisplayName) -> Result<bool, Refusal> {
        let key = self.desk().tenant(tenant)?;
        self.desk()
            .write(key, move |scope| {
                if !people::agents(scope.conn, key)?.is_empty() {
                    return Ok(false);
                }
                make(scope, FIRST_ADMIN.to_owned(), name)?;
                Ok(true)
            })
            .await
    }
}

/// Makes the first admin of the scope's tenant, without a password.
pub(super) fn make(scope: &mut Scope<'_>, email: String, name: DisplayName) -> store::Result<Agent> {
    let account = Agent {
        agent: AgentRef {
            id: AgentId(uuid::Uuid::new_v4()),
            name,
        },
        email,
        role: Role::Admin,
        password_hash: None,
        enabled: true,
        created_at: scope.now,
    };
    people::save_agent(scope.conn, scope.tenant, &account)?;
    manage::tell(scope, &account)?;
    Ok(account)
}
