//! Changing accounts: what colleagues see of one, how it signs in, whether it may, and its end. The last admin stays.

use minicom_protocol::{
    event::{EventBody, GroupChanged, Subject},
    ids::{AgentId, TenantId},
    people::Role,
    refusal::Refusal,
    staff::StaffMember,
    text::DisplayName,
    words::{Skill, as_set},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Account, AccountError, Accounts, EndedSignIn, email, find,
    manage::{gated, oldest_admin, others_manage, sender, tell_member},
};
use crate::{
    desk::Once,
    execute::Scope,
    store::{
        self,
        audit::By,
        factors,
        people::{self, Agent},
        staff,
    },
};

/// What an account is called that is nobody's any more.
const NOBODY: &str = "Former agent";

/// What is to be different about an account. What is `None` stays.
#[derive(Clone, Default)]
pub struct Change {
    /// The name that customers see.
    pub name: Option<DisplayName>,
    /// Whether it may sign in. Disabling ends all its sign-ins.
    pub enabled: Option<bool>,
    /// A new password. It ends all its sign-ins.
    pub password: Option<String>,
    /// The address; any case.
    pub email: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// What the agent is good at.
    pub skills: Option<Vec<Skill>>,
    /// How many conversations at once; `Some(None)`: as the tenant has it.
    pub capacity: Option<Option<u32>>,
}

/// What became of a change. It is stored for a repeat: nothing of it is a secret.
#[derive(Serialize, Deserialize)]
struct Changed {
    account: Account,
    signed_out: bool,
    /// The local token stood for this account.
    stood_for: bool,
}

impl Accounts {
    /// Changes an account, named by its address or its id. A wish that is true already changes nothing and is no error.
    ///
    /// # Errors
    /// There is no such account, the address is none or is taken, the password is weak, nobody could manage the desk any more,
    /// or it could not be written.
    pub async fn change(&self, tenant: &TenantId, named: &str, change: Change) -> Result<Account, AccountError> {
        self.change_by(By::server(), None, tenant, named, change).await
    }

    /// The same by somebody, at most once for what came with a key.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn change_by(
        &self,
        by: By,
        once: Option<Once>,
        tenant: &TenantId,
        named: &str,
        mut change: Change,
    ) -> Result<Account, AccountError> {
        if change.capacity == Some(Some(0)) {
            let why = "`capacity` is 0: the agent could take nothing".to_owned();
            return Err(Refusal::BadField { why }.into());
        }
        change.email = change.email.as_deref().map(email::normal).transpose()?;
        let password_hash = self.hash(change.password.take()).await?;
        let key = self.desk().tenant(tenant)?;
        let (named, sender) = (named.to_owned(), sender(&by));
        let changed = self.desk().write_once(key, sender, once, move |scope| {
            match find::named(scope.conn, key, &named)? {
                Some(before) => apply(scope, &by, &before, change, password_hash),
                None => Ok(Err(AccountError::Unknown(gated(&named)))),
            }
        });
        self.after(tenant, changed.await??).await
    }

    /// Disables an account for good, and takes away its name, its address and all that it signed in with. What stands in the
    /// journal and the audit log stays.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn delete_by(
        &self,
        by: By,
        once: Option<Once>,
        tenant: &TenantId,
        named: &str,
    ) -> Result<Account, AccountError> {
        let key = self.desk().tenant(tenant)?;
        let (named, sender) = (named.to_owned(), sender(&by));
        let deleted = self.desk().write_once(key, sender, once, move |scope| {
            match find::named(scope.conn, key, &named)? {
                Some(account) => delete(scope, &by, account),
                None => Ok(Err(AccountError::Unknown(gated(&named)))),
            }
        });
        let account = self.after(tenant, deleted.await??).await?;
        self.desk().erased();
        Ok(account)
    }

    /// Lets an agent sign in no more, at once and on every connection.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn disable(&self, tenant: &TenantId, named: &str) -> Result<Account, AccountError> {
        let change = Change {
            enabled: Some(false),
            ..Change::default()
        };
        self.change(tenant, named, change).await
    }

    /// Lets an agent sign in again. Tokens from before stay dead.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn enable(&self, tenant: &TenantId, named: &str) -> Result<Account, AccountError> {
        let change = Change {
            enabled: Some(true),
            ..Change::default()
        };
        self.change(tenant, named, change).await
    }

    /// Sets a password and ends all the agent's sign-ins.
    ///
    /// # Errors
    /// See [`Accounts::change`].
    pub async fn set_password(
        &self,
        tenant: &TenantId,
        named: &str,
        password: String,
    ) -> Result<Account, AccountError> {
        let change = Change {
            password: Some(password),
            ..Change::default()
        };
        self.change(tenant, named, change).await
    }

    /// Ends the connections whose sign-ins have ended.
    async fn after(&self, tenant: &TenantId, changed: Changed) -> Result<Account, AccountError> {
        if changed.signed_out {
            let key = self.desk().tenant(tenant)?;
            (self.shared.signed_out)(EndedSignIn::Agent(key, changed.account.agent.id));
        }
        if changed.stood_for && *tenant == TenantId::default_tenant() {
            // The local token was one of the sign-ins that ended. It is the operator's, who is an admin of the server's own
            // tenant: what becomes of the others' admins does not touch it.
            let renewed = self.renew_local().await;
            renewed.map_err(|failed| AccountError::Local(failed.to_string()))?;
        }
        Ok(changed.account)
    }
}

fn apply(
    scope: &mut Scope<'_>,
    by: &By,
    before: &Agent,
    change: Change,
    password_hash: Option<String>,
) -> store::Result<Result<Changed, AccountError>> {
    let key = scope.tenant;
    let new_password = password_hash.is_some();
    let mut account = before.clone();
    account.agent.name = change.name.unwrap_or(account.agent.name);
    account.enabled = change.enabled.unwrap_or(account.enabled);
    account.role = change.role.unwrap_or(account.role);
    account.email = change.email.unwrap_or(account.email);
    account.password_hash = password_hash.or(account.password_hash);
    if account.email != before.email && people::agent_by_email(scope.conn, key, &account.email)?.is_some() {
        return Ok(Err(AccountError::Exists(account.email)));
    }
    let managed = |it: &Agent| it.enabled && it.role == Role::Admin;
    if managed(before) && !managed(&account) && !others_manage(scope.conn, key, before)? {
        return Ok(Err(AccountError::LastAdmin(before.email.clone())));
    }
    let signed_out = new_password || !account.enabled;
    let stood_for = signed_out && oldest_admin(scope.conn, key)? == Some(account.agent.id);
    if new_password || account.email != before.email {
        people::save_agent(scope.conn, key, &account)?;
    }
    if new_password {
        factors::set_reset(scope.conn, key, account.agent.id, None)?;
    }
    if signed_out {
        people::revoke_tokens_of(scope.conn, key, account.agent.id, scope.now)?;
    }
    let known = member(scope, before.agent.id)?;
    let after = StaffMember {
        agent: account.agent.clone(),
        role: account.role,
        enabled: account.enabled,
        skills: change.skills.map_or_else(|| known.skills.clone(), as_set),
        capacity: change.capacity.unwrap_or(known.capacity),
        intent: known.intent,
    };
    audit(scope, by, (before, &known), (&account, &after), new_password)?;
    if after != known {
        tell_member(scope, after.clone())?;
    }
    Ok(Ok(Changed {
        account: Account::new(&account, after),
        signed_out,
        stood_for,
    }))
}

fn member(scope: &Scope<'_>, agent: AgentId) -> store::Result<StaffMember> {
    staff::member(scope.conn, scope.tenant, agent)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// Writes down what is different. Names and addresses as they are now; never the password.
fn audit(
    scope: &Scope<'_>,
    by: &By,
    before: (&Agent, &StaffMember),
    after: (&Agent, &StaffMember),
    new_password: bool,
) -> store::Result<()> {
    let object = before.0.email.as_str();
    let mut detail = serde_json::Map::new();
    if before.0.agent.name != after.0.agent.name {
        detail.insert("name".to_owned(), json!(after.0.agent.name));
    }
    if before.0.email != after.0.email {
        detail.insert("email".to_owned(), json!(after.0.email));
    }
    if before.0.role != after.0.role {
        detail.insert("role".to_owned(), json!(after.0.role));
    }
    if before.1.skills != after.1.skills {
        detail.insert("skills".to_owned(), json!(after.1.skills));
    }
    if before.1.capacity != after.1.capacity {
        detail.insert("capacity".to_owned(), json!(after.1.capacity));
    }
    if !detail.is_empty() {
        scope.audit(by, "agent.changed", object, detail.into())?;
    }
    if new_password {
        scope.audit(by, "agent.password_set", object, json!({}))?;
    }
    match (before.0.enabled, after.0.enabled) {
        (true, false) => scope.audit(by, "agent.disabled", object, json!({})),
        (false, true) => scope.audit(by, "agent.enabled", object, json!({})),
        _ => Ok(()),
    }
}

fn delete(scope: &mut Scope<'_>, by: &By, before: Agent) -> store::Result<Result<Changed, AccountError>> {
    let (key, id) = (scope.tenant, before.agent.id);
    if before.enabled && !others_manage(scope.conn, key, &before)? {
        return Ok(Err(AccountError::LastAdmin(before.email)));
    }
    let stood_for = oldest_admin(scope.conn, key)? == Some(id);
    for mut group in staff::load(scope.conn, key)?.groups {
        if group.members.contains(&id) {
            group.members.retain(|member| *member != id);
            let body = EventBody::GroupChanged(GroupChanged { group });
            scope.append(Subject::Desk, None, body)?;
        }
    }
    let mut account = before.clone();
    account.agent.name = DisplayName::parse(NOBODY).map_err(store::damaged)?;
    (account.role, account.enabled, account.password_hash) = (Role::Agent, false, None);
    let after = StaffMember {
        agent: account.agent.clone(),
        role: account.role,
        enabled: false,
        skills: vec![],
        capacity: None,
        intent: member(scope, id)?.intent,
    };
    tell_member(scope, after.clone())?;
    factors::forget(scope.conn, key, id)?;
    people::delete_agent(scope.conn, key, id, scope.now)?;
    scope.audit(by, "agent.deleted", before.email.as_str(), json!({"agent": id}))?;
    Ok(Ok(Changed {
        account: Account::new(&account, after),
        signed_out: true,
        stood_for,
    }))
}
