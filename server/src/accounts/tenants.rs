//! The tenants of this server: made, changed, disabled and deleted by its operator while it runs. It owns the order in which a
//! tenant comes and goes: first the rows, then what runs for it, then whoever looks for it.

use std::time::Duration;

use minicom_protocol::{
    command::Sender,
    event::{EventBody, SettingsChanged, Subject},
    ids::{Mark, TenantId},
    refusal::Refusal,
    settings::DeskSettings,
    text::DisplayName,
};
use serde_json::{Value, json};
use tokio::time::sleep;
use tracing::{info, warn};

use super::{Accounts, BadEmail, FIRST_ADMIN, email, first};
use crate::{
    desk::Once,
    execute::Scope,
    limits,
    store::{
        self,
        audit::By,
        tenants::{self, Quotas, State, Tenant, Usage, removal},
        webhooks,
    },
};

/// After a piece that could not be removed for now.
const AGAIN: Duration = Duration::from_secs(1);

/// A tenant to be made.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Its short name.
    pub id: TenantId,
    /// What it is called; its short name if left out.
    pub name: Option<String>,
    /// The address of its first admin; [`FIRST_ADMIN`] if left out.
    pub admin_email: Option<String>,
    /// The name of that admin.
    pub admin_name: DisplayName,
    /// How much it may have.
    pub quotas: Quotas,
}

/// What is to be different about a tenant. What is `None` stays.
#[derive(Clone, Default, Debug)]
pub struct TenantChange {
    /// What it is called.
    pub name: Option<String>,
    /// Whether it is served.
    pub enabled: Option<bool>,
    /// How much it may have, all of it.
    pub quotas: Option<Quotas>,
}

/// Why a tenant was not made, changed or deleted. The words are for the operator.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum TenantError {
    /// There is none of this name.
    #[error("there is no tenant {0}")]
    Unknown(TenantId),
    /// The name is taken.
    #[error("there is a tenant {0} already")]
    Exists(TenantId),
    /// It is the one that every server has.
    #[error("the tenant default is this server's own: it can be neither disabled nor deleted")]
    Default,
    /// It is served.
    #[error("the tenant {0} is enabled: disable it first, and delete it when nobody misses it")]
    Enabled(TenantId),
    /// Its rows are being deleted.
    #[error("the tenant {0} is being deleted")]
    Deleting(TenantId),
    /// The name was not given twice.
    #[error("to delete the tenant {0} with all that it has, confirm it by its name")]
    NotConfirmed(TenantId),
    /// What it is to be called.
    #[error("a tenant's name is one line of 1 to {} characters", limits::TENANT_NAME_CHARS_MAX)]
    BadName,
    /// The address of its first admin.
    #[error(transparent)]
    BadEmail(#[from] BadEmail),
    /// The desk did not do it.
    #[error("{}", .0.message())]
    Refused(Refusal),
}

impl From<Refusal> for TenantError {
    fn from(refusal: Refusal) -> Self {
        TenantError::Refused(refusal)
    }
}

impl TenantError {
    /// The code, for programs.
    pub fn code(&self) -> String {
        let code = match self {
            TenantError::Unknown(_) => "unknown_tenant",
            TenantError::Exists(_) => "exists",
            TenantError::Default => "default_tenant",
            TenantError::Enabled(_) => "tenant_enabled",
            TenantError::Deleting(_) => "tenant_deleting",
            TenantError::NotConfirmed(_) => "not_confirmed",
            TenantError::BadName => "bad_field",
            TenantError::BadEmail(_) => "bad_email",
            TenantError::Refused(refusal) => return refusal.code(),
        };
        code.to_owned()
    }
}

impl Accounts {
    /// All tenants of this server, the oldest first.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, Refusal> {
        self.desk().read(tenants::list).await
    }

    /// A tenant, and how much it has.
    ///
    /// # Errors
    /// There is none, or what kept the store from answering.
    pub async fn tenant(&self, id: &TenantId) -> Result<(Tenant, Usage), TenantError> {
        let wanted = id.clone();
        let found = self.desk().read(move |conn| {
            let Some(tenant) = tenants::find(conn, &wanted)? else {
                return Ok(None);
            };
            let usage = tenants::usage(conn, tenant.key)?;
            Ok(Some((tenant, usage)))
        });
        found.await?.ok_or_else(|| TenantError::Unknown(id.clone()))
    }

    /// Makes a tenant with its first admin, who has no password yet. It is served when this returns.
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn make_tenant(&self, by: By, once: Option<Once>, new: NewTenant) -> Result<Tenant, TenantError> {
        let name = new.name.map_or_else(|| Ok(new.id.to_string()), checked)?;
        let email = email::normal(new.admin_email.as_deref().unwrap_or(FIRST_ADMIN))?;
        let (id, admin, quotas) = (new.id.clone(), new.admin_name, new.quotas);
        let _one_at_a_time = self.shared.tenants.lock().await;
        let made = self.operate_once(once, move |scope| {
            if tenants::find(scope.conn, &id)?.is_some() {
                return Ok(Err(TenantError::Exists(id)));
            }
            let key = tenants::ensure(scope.conn, &id, Mark(rand::random()), scope.now)?;
            let settings = DeskSettings {
                name: name.clone(),
                ..DeskSettings::default()
            };
            scope.within(key, |scope| {
                let settings = Box::new(settings);
                let body = EventBody::SettingsChanged(SettingsChanged { settings });
                scope.append(Subject::Desk, None, body)?;
                first::make(scope, email, admin)
            })?;
            let mut row = known(scope, &id)?;
            (row.name, row.quotas) = (name, quotas);
            tenants::save(scope.conn, &row)?;
            tell(
                scope,
                &by,
                "tenant.made",
                &row,
                json!({"name": row.name, "quotas": row.quotas}),
            )?;
            Ok(Ok(row))
        });
        let row = made.await??;
        self.settle(&row.id).await;
        Ok(row)
    }

    /// Changes a tenant. One that is disabled is as if it were not there: its connections end, and what ran for it has ended
    /// when this returns. Enabled again, it goes on where it was. A wish that is true already changes nothing.
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn change_tenant(
        &self,
        by: By,
        once: Option<Once>,
        id: &TenantId,
        change: TenantChange,
    ) -> Result<Tenant, TenantError> {
        let name = change.name.map(checked).transpose()?;
        if change.enabled == Some(false) && *id == TenantId::default_tenant() {
            return Err(TenantError::Default);
        }
        let (wanted, enabled, quotas) = (id.clone(), change.enabled, change.quotas);
        let _one_at_a_time = self.shared.tenants.lock().await;
        let changed = self.operate_once(once, move |scope| {
            let Some(before) = tenants::find(scope.conn, &wanted)? else {
                return Ok(Err(TenantError::Unknown(wanted)));
            };
            if before.state == State::Deleting {
                return Ok(Err(TenantError::Deleting(wanted)));
            }
            let mut row = before.clone();
            row.name = name.unwrap_or(row.name);
            row.quotas = quotas.unwrap_or(row.quotas);
            (row.state, row.disabled_at) = match enabled {
                Some(true) => (State::Served, None),
                Some(false) => (State::Disabled, row.disabled_at.or(Some(scope.now))),
                None => (row.state, row.disabled_at),
            };
            if row == before {
                return Ok(Ok(row));
            }
            tenants::save(scope.conn, &row)?;
            if (&row.name, row.quotas) != (&before.name, before.quotas) {
                let detail = json!({"name": row.name, "quotas": row.quotas});
                tell(scope, &by, "tenant.changed", &row, detail)?;
            }
            match (before.state, row.state) {
                (State::Served, State::Disabled) => tell(scope, &by, "tenant.disabled", &row, json!({}))?,
                (State::Disabled, State::Served) => {
                    webhooks::resume(scope.conn, row.key, scope.now)?;
                    tell(scope, &by, "tenant.enabled", &row, json!({}))?;
                }
                _ => {}
            }
            Ok(Ok(row))
        });
        let row = changed.await??;
        self.settle(&row.id).await;
        self.desk().counts().tenants_changed.notify_one();
        Ok(row)
    }

    /// Deletes a disabled tenant with all that it has. `confirm` is its name once more. The rest is done by
    /// [`Accounts::remove_tenant`].
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn delete_tenant(
        &self,
        by: By,
        once: Option<Once>,
        id: &TenantId,
        confirm: &str,
    ) -> Result<Tenant, TenantError> {
        if *id == TenantId::default_tenant() {
            return Err(TenantError::Default);
        }
        let (wanted, confirmed) = (id.clone(), confirm == id.as_str());
        let _one_at_a_time = self.shared.tenants.lock().await;
        let begun = self.operate_once(once, move |scope| {
            let Some(mut row) = tenants::find(scope.conn, &wanted)? else {
                return Ok(Err(TenantError::Unknown(wanted)));
            };
            match row.state {
                State::Served => return Ok(Err(TenantError::Enabled(wanted))),
                _ if !confirmed => return Ok(Err(TenantError::NotConfirmed(wanted))),
                State::Disabled => {
                    removal::begin(scope.conn, row.key, scope.now)?;
                    scope.audit(&by, "tenant.deleted", wanted.as_str(), json!({}))?;
                    row.state = State::Deleting;
                }
                State::Deleting => {}
            }
            Ok(Ok(row))
        });
        let row = begun.await??;
        self.desk().registry().close(row.key);
        self.settle(&row.id).await;
        Ok(row)
    }

    /// Goes on with all deletions that a stop of the server has interrupted.
    pub async fn go_on_deleting(self) {
        let Ok(all) = self.tenants().await else { return };
        for row in all.into_iter().filter(|row| row.state == State::Deleting) {
            self.clone().remove_tenant(row).await;
        }
    }

    /// Removes all rows of a tenant whose deletion has begun, a piece after the other: the other tenants' commits come in
    /// between. `true` when nothing is left; else the next start goes on with it.
    pub async fn remove_tenant(self, row: Tenant) -> bool {
        let desk = self.desk();
        loop {
            match self.operate(move |scope| scope.remove_piece(row.key)).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(Refusal::Busy { .. } | Refusal::StorageFull) => sleep(AGAIN).await,
                Err(refusal) => {
                    warn!(tenant = %row.id, code = refusal.code(), "a tenant is not wholly deleted; the next start goes on with it");
                    return false;
                }
            }
        }
        desk.registry().forget(&row.id, row.key);
        desk.hub().forget(row.key);
        // What was there is in the log of the database until that is emptied.
        desk.erased();
        info!(tenant = %row.id, "a tenant is deleted");
        true
    }

    /// Writes in the lane of the server's own tenant.
    async fn operate<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scope<'_>) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let own = self.desk().tenant(&TenantId::default_tenant())?;
        self.desk().write(own, work).await
    }

    /// The same, at most once for what came with a key.
    async fn operate_once(
        &self,
        once: Option<Once>,
        work: impl FnOnce(&mut Scope<'_>) -> store::Result<Result<Tenant, TenantError>> + Send + 'static,
    ) -> Result<Result<Tenant, TenantError>, Refusal> {
        let own = self.desk().tenant(&TenantId::default_tenant())?;
        self.desk().write_once(own, Sender::Server, once, work).await
    }

    /// Lets what runs follow what is written. It is read again: a repeat was answered with what was true then.
    async fn settle(&self, id: &TenantId) {
        let wanted = id.clone();
        let Ok(found) = self.desk().read(move |conn| tenants::find(conn, &wanted)).await else {
            warn!(tenant = %id, "what runs for a tenant may not be what should; a restart of the server mends it");
            return;
        };
        let registry = self.desk().registry();
        match found {
            Some(row) if row.state == State::Served => registry.begin(id, row.key),
            Some(row) => registry.end(id, row.key).await,
            None => {}
        }
        // Timers of a tenant that is served again may be past due.
        self.desk().timers_set().notify_one();
    }
}

/// Writes to the audit log of the tenant and, for the operator, of the server's own: that one outlives the tenant and can't be
/// changed, so what the tenant is called, which may be a person's name, stands in the tenant's alone.
fn tell(scope: &mut Scope<'_>, by: &By, action: &'static str, row: &Tenant, mut detail: Value) -> store::Result<()> {
    if row.key != scope.tenant {
        scope.within(row.key, |scope| {
            scope.audit(by, action, row.id.as_str(), detail.clone())
        })?;
        detail.as_object_mut().and_then(|detail| detail.remove("name"));
    }
    scope.audit(by, action, row.id.as_str(), detail)
}

fn known(scope: &Scope<'_>, id: &TenantId) -> store::Result<Tenant> {
    tenants::find(scope.conn, id)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn checked(name: String) -> Result<String, TenantError> {
    let name = name.trim().to_owned();
    let fits = (1..=limits::TENANT_NAME_CHARS_MAX).contains(&name.chars().count()) && !name.contains(char::is_control);
    fits.then_some(name).ok_or(TenantError::BadName)
}
