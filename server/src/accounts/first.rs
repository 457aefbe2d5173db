//! The first admin of a new data folder. There is no default password: the account has none until somebody who can read
//! the data folder sets one.

use minicom_protocol::{
    ids::{AgentId, TenantId},
    people::{AgentRef, Role},
    refusal::Refusal,
    text::DisplayName,
};

use super::{Accounts, manage};
use crate::store::people::{self, Agent};

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
                let account = Agent {
                    agent: AgentRef {
                        id: AgentId(uuid::Uuid::new_v4()),
                        name,
                    },
                    email: FIRST_ADMIN.to_owned(),
                    role: Role::Admin,
                    password_hash: None,
                    enabled: true,
                    created_at: scope.now,
                };
                people::save_agent(scope.conn, key, &account)?;
                manage::tell(scope, &account)?;
                Ok(true)
            })
            .await
    }
}
