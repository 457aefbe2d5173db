//! Making and changing accounts. Every change that colleagues see is an event of the journal, in the same transaction, so
//! that all of them learn it live.

use minicom_protocol::{
    event::{AgentChanged, EventBody, Subject},
    ids::{AgentId, TenantId},
    people::{AgentRef, Role},
    staff::StaffMember,
    text::DisplayName,
};
use rusqlite::Connection;

use super::{AccountError, Accounts, email};
use crate::{
    auth::password,
    execute::Scope,
    store::{
        self, TenantKey, factors,
        people::{self, Agent},
        staff,
    },
};

/// An account to be made.
#[derive(Clone)]
pub struct NewAgent {
    /// The address; any case.
    pub email: String,
    /// The name that customers see.
    pub name: DisplayName,
    /// What it may do.
    pub role: Role,
    /// The password; without one nobody can log in until it is set.
    pub password: Option<String>,
}

/// What is to be different about an account. What is `None` stays.
#[derive(Clone, Default)]
pub struct Change {
    /// The name that customers see.
    pub name: Option<DisplayName>,
    /// Whether it may sign in. Disabling ends all its sign-ins.
    pub enabled: Option<bool>,
    /// A new password. It ends all its sign-ins.
    pub password: Option<String>,
}

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// The address is none or is taken, the password is weak, or it could not be written.
    pub async fn add(&self, tenant: &TenantId, new: NewAgent) -> Result<Agent, AccountError> {
        let email = email::normal(&new.email)?;
        let password_hash = self.hash(new.password).await?;
        let key = self.desk().tenant(tenant)?;
        let added = self.desk().write(key, move |scope| {
            if people::agent_by_email(scope.conn, key, &email)?.is_some() {
                return Ok(Err(AccountError::Exists(email)));
            }
            let account = Agent {
                agent: AgentRef {
                    id: AgentId(uuid::Uuid::new_v4()),
                    name: new.name,
                },
                email,
                role: new.role,
                password_hash,
                enabled: true,
                created_at: scope.now,
            };
            people::save_agent(scope.conn, key, &account)?;
            tell(scope, &account)?;
            Ok(Ok(account))
        });
        let account = added.await??;
        Ok(account)
    }

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn list(&self, tenant: &TenantId) -> Result<Vec<Agent>, AccountError> {
        let key = self.desk().tenant(tenant)?;
        Ok(self.desk().read(move |conn| people::agents(conn, key)).await?)
    }

    /// Changes an account. A wish that is true already changes nothing and is no error.
    ///
    /// # Errors
    /// There is no such account, the password is weak, nobody could manage the desk any more, or it could not be written.
    pub async fn change(&self, tenant: &TenantId, email: &str, change: Change) -> Result<Agent, AccountError> {
        // What can be no address is nobody's.
        let email = email::normal(email).map_err(|_| AccountError::Unknown(gated(email)))?;
        let password_hash = self.hash(change.password).await?;
        let new_password = password_hash.is_some();
        let key = self.desk().tenant(tenant)?;
        let (name, enabled) = (change.name, change.enabled);
        let changed = self.desk().write(key, move |scope| {
            let Some(before) = people::agent_by_email(scope.conn, key, &email)? else {
                return Ok(Err(AccountError::Unknown(email)));
            };
            let mut account = before.clone();
            account.agent.name = name.unwrap_or(account.agent.name);
            account.enabled = enabled.unwrap_or(account.enabled);
            account.password_hash = password_hash.or(account.password_hash);
            if before.enabled && !account.enabled && !others_manage(scope.conn, key, &account)? {
                return Ok(Err(AccountError::LastAdmin(email)));
            }
            let signed_out = new_password || !account.enabled;
            if new_password {
                people::save_agent(scope.conn, key, &account)?;
                factors::set_reset(scope.conn, key, account.agent.id, None)?;
            }
            let stood_for = signed_out && oldest_admin(scope.conn, key)? == Some(account.agent.id);
            if signed_out {
                people::revoke_tokens_of(scope.conn, key, account.agent.id, scope.now)?;
            }
            if (&account.agent, account.enabled) != (&before.agent, before.enabled) {
                tell(scope, &account)?;
            }
            Ok(Ok((account, signed_out, stood_for)))
        });
        let (account, signed_out, stood_for) = changed.await??;
        if signed_out {
            (self.shared.signed_out)(account.agent.id, None);
        }
        if stood_for {
            // The local token was one of the sign-ins that ended.
            let renewed = self.renew_local().await;
            renewed.map_err(|failed| AccountError::Local(failed.to_string()))?;
        }
        Ok(account)
    }

    /// Lets an agent sign in no more, at once and on every connection.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn disable(&self, tenant: &TenantId, email: &str) -> Result<Agent, AccountError> {
        let change = Change {
            enabled: Some(false),
            ..Change::default()
        };
        self.change(tenant, email, change).await
    }

    /// Lets an agent sign in again. Tokens from before stay dead.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn enable(&self, tenant: &TenantId, email: &str) -> Result<Agent, AccountError> {
        let change = Change {
            enabled: Some(true),
            ..Change::default()
        };
        self.change(tenant, email, change).await
    }

    /// Sets a password and ends all the agent's sign-ins.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn set_password(&self, tenant: &TenantId, email: &str, password: String) -> Result<Agent, AccountError> {
        let change = Change {
            password: Some(password),
            ..Change::default()
        };
        self.change(tenant, email, change).await
    }

    async fn hash(&self, password: Option<String>) -> Result<Option<String>, AccountError> {
        let Some(password) = password else { return Ok(None) };
        password::check(&password)?;
        Ok(Some(self.shared.passwords.hash(password).await?))
    }
}

/// For whom the local token stands.
fn oldest_admin(conn: &Connection, key: TenantKey) -> store::Result<Option<AgentId>> {
    let accounts = people::agents(conn, key)?;
    let mut admins = accounts.iter().filter(|it| it.enabled && it.role == Role::Admin);
    Ok(admins.next().map(|it| it.agent.id))
}

/// Tells all agents what an account is now; telling it writes it. What else is known of the agent stays.
pub(super) fn tell(scope: &mut Scope<'_>, account: &Agent) -> store::Result<()> {
    let known = staff::member(scope.conn, scope.tenant, account.agent.id)?;
    let member = StaffMember {
        agent: account.agent.clone(),
        role: account.role,
        enabled: account.enabled,
        ..known.ok_or(rusqlite::Error::QueryReturnedNoRows)?
    };
    let subject = Subject::Agent {
        agent: account.agent.id,
    };
    let body = EventBody::AgentChanged(AgentChanged {
        member,
        intent_only: false,
    });
    scope.append(subject, None, body).map(drop)
}

/// Whether an admin is left who may sign in, if this account may not.
fn others_manage(conn: &Connection, key: TenantKey, without: &Agent) -> store::Result<bool> {
    let accounts = people::agents(conn, key)?;
    let mut others = accounts.iter().filter(|other| other.agent.id != without.agent.id);
    Ok(without.role != Role::Admin || others.any(|other| other.enabled && other.role == Role::Admin))
}

/// An address as somebody wrote it, fit to be shown.
fn gated(email: &str) -> String {
    minicom_protocol::gate::Shown::line(email).cut(80).as_str().to_owned()
}
