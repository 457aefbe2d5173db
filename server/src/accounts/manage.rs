//! Making accounts and looking at them; what an account is to an admin. Every change that colleagues see is an event of the
//! journal, in the same transaction, so that all of them learn it live.

use minicom_protocol::{
    command::Sender,
    event::{AgentChanged, EventBody, Subject},
    ids::{AgentId, TenantId, Time},
    people::{AgentRef, Role},
    staff::{Intent, StaffMember},
    text::DisplayName,
    words::Skill,
};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{AccountError, Accounts, email, find};
use crate::{
    auth::password,
    desk::Once,
    execute::Scope,
    store::{
        self, TenantKey,
        audit::{Actor, By},
        people::{self, Agent},
        staff,
    },
};

/// An account as admins see it: nothing of it is a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Id and name.
    pub agent: AgentRef,
    /// Unique within the tenant; lower case.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Whether it can log in with a password.
    pub has_password: bool,
    /// When it was made.
    pub created_at: Time,
    /// What the agent is good at.
    pub skills: Vec<Skill>,
    /// How many conversations at once; the tenant's limit if there is none.
    pub capacity: Option<u32>,
    /// What the agent chose to be.
    pub intent: Intent,
}

impl Account {
    pub(super) fn new(account: &Agent, member: StaffMember) -> Account {
        Account {
            agent: account.agent.clone(),
            email: account.email.clone(),
            role: account.role,
            enabled: account.enabled,
            has_password: account.password_hash.is_some(),
            created_at: account.created_at,
            skills: member.skills,
            capacity: member.capacity,
            intent: member.intent,
        }
    }

    /// The account as it is written.
    pub(super) fn of(conn: &Connection, key: TenantKey, account: &Agent) -> store::Result<Account> {
        let member = staff::member(conn, key, account.agent.id)?;
        Ok(Account::new(
            account,
            member.ok_or(rusqlite::Error::QueryReturnedNoRows)?,
        ))
    }
}

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

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// The address is none or is taken, the password is weak, the tenant has as many as it may have, or it could not be written.
    pub async fn add(&self, tenant: &TenantId, new: NewAgent) -> Result<Account, AccountError> {
        self.add_by(By::server(), None, tenant, new).await
    }

    /// The same by somebody, at most once for what came with a key.
    ///
    /// # Errors
    /// See [`Accounts::add`].
    pub async fn add_by(
        &self,
        by: By,
        once: Option<Once>,
        tenant: &TenantId,
        new: NewAgent,
    ) -> Result<Account, AccountError> {
        let email = email::normal(&new.email)?;
        let password_hash = self.hash(new.password).await?;
        let key = self.desk().tenant(tenant)?;
        let sender = sender(&by);
        let added = self.desk().write_once(key, sender, once, move |scope| {
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
            let detail = json!({"agent": account.agent.id, "name": account.agent.name, "role": account.role});
            scope.audit(&by, "agent.made", account.email.as_str(), detail)?;
            Account::of(scope.conn, key, &account).map(Ok)
        });
        added.await?
    }

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn list(&self, tenant: &TenantId) -> Result<Vec<Account>, AccountError> {
        let key = self.desk().tenant(tenant)?;
        let all = self.desk().read(move |conn| {
            let all = people::agents(conn, key)?;
            all.iter().map(|account| Account::of(conn, key, account)).collect()
        });
        Ok(all.await?)
    }

    /// An account, by its address or its id.
    ///
    /// # Errors
    /// There is none, or what kept the store from answering.
    pub async fn account_of(&self, tenant: &TenantId, named: &str) -> Result<Account, AccountError> {
        let key = self.desk().tenant(tenant)?;
        let wanted = named.to_owned();
        let found = self.desk().read(move |conn| {
            let account = find::named(conn, key, &wanted)?;
            account.map(|account| Account::of(conn, key, &account)).transpose()
        });
        found.await?.ok_or_else(|| AccountError::Unknown(gated(named)))
    }

    pub(super) async fn hash(&self, password: Option<String>) -> Result<Option<String>, AccountError> {
        let Some(password) = password else { return Ok(None) };
        password::check(&password)?;
        Ok(Some(self.shared.passwords.hash(password).await?))
    }
}

/// In whose name a repeat is known again.
pub(super) fn sender(by: &By) -> Sender {
    match &by.actor {
        Actor::Agent { agent, .. } => Sender::Agent(agent.id),
        _ => Sender::Server,
    }
}

/// For whom the local token stands.
pub(super) fn oldest_admin(conn: &Connection, key: TenantKey) -> store::Result<Option<AgentId>> {
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
    tell_member(scope, member)
}

/// The same of all that colleagues see.
pub(super) fn tell_member(scope: &mut Scope<'_>, member: StaffMember) -> store::Result<()> {
    let agent = member.agent.id;
    let body = EventBody::AgentChanged(AgentChanged {
        member,
        intent_only: false,
    });
    scope.append(Subject::Agent { agent }, None, body).map(drop)
}

/// Whether an admin is left who may sign in, if this account may not.
pub(super) fn others_manage(conn: &Connection, key: TenantKey, without: &Agent) -> store::Result<bool> {
    let accounts = people::agents(conn, key)?;
    let mut others = accounts.iter().filter(|other| other.agent.id != without.agent.id);
    Ok(without.role != Role::Admin || others.any(|other| other.enabled && other.role == Role::Admin))
}

/// An address as somebody wrote it, fit to be shown.
pub(super) fn gated(email: &str) -> String {
    minicom_protocol::gate::Shown::line(email).cut(80).as_str().to_owned()
}
