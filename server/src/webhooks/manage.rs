//! Webhooks made, changed, deleted and looked at by admins. What is wrong with one is told before anything is written.

use minicom_protocol::{event::EventBody, gate::Shown, ids::Rev, refusal::Refusal};
use serde_json::json;
use uuid::Uuid;

use super::{Answered, NotAllowed, Webhooks, address, place, sign::Secret};
use crate::{
    accounts::SignedIn,
    clock,
    desk::Once,
    limits,
    store::{
        journal,
        webhooks::{self, Delivery, Webhook},
    },
};

/// A webhook to be made.
#[derive(Clone, Debug)]
pub struct New {
    /// Where it listens.
    pub url: String,
    /// The kinds that it wants; none: all.
    pub kinds: Vec<String>,
    /// Whether it is told from now on.
    pub enabled: bool,
}

/// What is changed of a webhook. What is left out stays.
#[derive(Clone, Default, Debug)]
pub struct Change {
    /// Where it listens.
    pub url: Option<String>,
    /// The kinds that it wants.
    pub kinds: Option<Vec<String>>,
    /// Whether it is told.
    pub enabled: Option<bool>,
}

/// Why it was not done.
#[derive(Clone, PartialEq, Debug)]
pub enum HookError {
    /// The address is not taken.
    Url(NotAllowed),
    /// There is no such kind.
    Kind(String),
    /// The desk did not do it.
    Refused(Refusal),
}

impl From<Refusal> for HookError {
    fn from(refusal: Refusal) -> Self {
        HookError::Refused(refusal)
    }
}

impl From<NotAllowed> for HookError {
    fn from(refused: NotAllowed) -> Self {
        HookError::Url(refused)
    }
}

fn check_kinds(kinds: &[String]) -> Result<(), HookError> {
    match kinds.iter().find(|kind| !EventBody::KINDS.contains(&kind.as_str())) {
        Some(unknown) => Err(HookError::Kind(Shown::line(unknown).cut(80).as_str().to_owned())),
        None => Ok(()),
    }
}

impl Webhooks {
    /// All of the admin's tenant, oldest first.
    pub async fn list(&self, admin: &SignedIn) -> Result<Vec<Webhook>, HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        Ok(self.shared.desk.read(move |conn| webhooks::list(conn, tenant)).await?)
    }

    /// One of them.
    pub async fn show(&self, admin: &SignedIn, id: Uuid) -> Result<Webhook, HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let found = self
            .shared
            .desk
            .read(move |conn| webhooks::find(conn, tenant, id))
            .await?;
        found.ok_or(HookError::Refused(Refusal::NotFound))
    }

    /// Makes one. Its secret is told with it, and in the repeat of this request.
    pub async fn create(&self, admin: &SignedIn, once: Option<Once>, new: New) -> Result<(Webhook, String), HookError> {
        address::check(&new.url, self.shared.policy)?;
        check_kinds(&new.kinds)?;
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let (id, secret) = match &once {
            // Nothing of it is stored for the repeat: this server alone can make it again.
            Some(once) => {
                let derived = |what: &[u8]| {
                    let tenant = tenant.0.to_be_bytes();
                    let parts: [&[u8]; 5] = [what, &tenant, admin.agent.id.as_bytes(), &once.key, &once.digest];
                    self.shared.sealing.derive(&parts)
                };
                let mut id = [0; 16];
                id.copy_from_slice(&derived(b"webhook id")[..16]);
                let id = uuid::Builder::from_custom_bytes(id).into_uuid();
                (id, Secret::from_bytes(derived(b"webhook").to_vec()))
            }
            None => (Uuid::new_v4(), Secret::generate().map_err(|_| Refusal::Internal)?),
        };
        let sealed = self.shared.sealing.seal(&place(tenant, id), secret.as_bytes());
        let hook = Webhook {
            id,
            url: new.url,
            kinds: new.kinds,
            secret: sealed.map_err(|_| Refusal::Internal)?,
            enabled: new.enabled,
            created_at: clock::now(),
            failing_since: None,
            disabled_for: None,
            old_secret: None,
        };
        let by = admin.by();
        let made = self
            .shared
            .desk
            .write_once(tenant, admin.caller.sender(), once, move |scope| {
                if webhooks::list(scope.conn, tenant)?.len() >= limits::WEBHOOKS_MAX {
                    let limit = limits::WEBHOOKS_MAX as u64;
                    return Ok(Err(Refusal::TooMany { limit }));
                }
                webhooks::save(scope.conn, tenant, &hook)?;
                scope.audit(&by, "webhook.made", id.to_string(), detail(&hook))?;
                Ok(Ok(id))
            });
        let made = made.await??;
        self.shared.changed.notify_one();
        Ok((self.show(admin, made).await?, secret.reveal()))
    }

    /// Changes one. Enabling it forgets that it failed.
    pub async fn change(
        &self,
        admin: &SignedIn,
        once: Option<Once>,
        id: Uuid,
        change: Change,
    ) -> Result<Webhook, HookError> {
        if let Some(url) = &change.url {
            address::check(url, self.shared.policy)?;
        }
        check_kinds(change.kinds.as_deref().unwrap_or_default())?;
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let by = admin.by();
        let changed = self
            .shared
            .desk
            .write_once(tenant, admin.caller.sender(), once, move |scope| {
                let Some(mut hook) = webhooks::find(scope.conn, tenant, id)? else {
                    return Ok(Err(Refusal::NotFound));
                };
                hook.url = change.url.unwrap_or(hook.url);
                hook.kinds = change.kinds.unwrap_or(hook.kinds);
                if let Some(enabled) = change.enabled {
                    hook.enabled = enabled;
                    (hook.failing_since, hook.disabled_for) = (None, None);
                }
                webhooks::save(scope.conn, tenant, &hook)?;
                scope.audit(&by, "webhook.changed", id.to_string(), detail(&hook))?;
                Ok(Ok(()))
            });
        changed.await??;
        self.shared.changed.notify_one();
        self.show(admin, id).await
    }

    /// Gives one a new secret, told once: a repeat has none. The one from before signs beside it for
    /// [`limits::WEBHOOK_OLD_SECRET_FOR_MS`].
    pub async fn rotate(
        &self,
        admin: &SignedIn,
        once: Option<Once>,
        id: Uuid,
    ) -> Result<(Webhook, Option<String>), HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let secret = Secret::generate().map_err(|_| Refusal::Internal)?;
        let sealed = self.shared.sealing.seal(&place(tenant, id), secret.as_bytes());
        let sealed = sealed.map_err(|_| Refusal::Internal)?;
        let by = admin.by();
        // By this a repeat is told from the first time.
        let this_time = Uuid::new_v4();
        let desk = &self.shared.desk;
        let rotated = desk.write_once(tenant, admin.caller.sender(), once, move |scope| {
            let Some(hook) = webhooks::find(scope.conn, tenant, id)? else {
                return Ok(Err(Refusal::NotFound));
            };
            let until = scope.now.plus_ms(limits::WEBHOOK_OLD_SECRET_FOR_MS);
            webhooks::rotate(scope.conn, tenant, id, &sealed, until)?;
            scope.audit(&by, "webhook.rotated", id.to_string(), detail(&hook))?;
            Ok(Ok(this_time))
        });
        let rotated = rotated.await??;
        let secret = (rotated == this_time).then(|| secret.reveal());
        Ok((self.show(admin, id).await?, secret))
    }

    /// Forgets one, with all that it was told and was to be told.
    pub async fn delete(&self, admin: &SignedIn, once: Option<Once>, id: Uuid) -> Result<(), HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let by = admin.by();
        let deleted = self
            .shared
            .desk
            .write_once(tenant, admin.caller.sender(), once, move |scope| {
                let Some(hook) = webhooks::find(scope.conn, tenant, id)? else {
                    return Ok(Err(Refusal::NotFound));
                };
                webhooks::delete(scope.conn, tenant, id)?;
                scope.audit(&by, "webhook.deleted", id.to_string(), detail(&hook))?;
                Ok(Ok(()))
            });
        Ok(deleted.await??)
    }

    /// What it was told and is to be told, of events before one, newest first.
    pub async fn deliveries(
        &self,
        admin: &SignedIn,
        id: Uuid,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<Vec<Delivery>, HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let found = self.shared.desk.read(move |conn| {
            Ok(match webhooks::find(conn, tenant, id)? {
                Some(_) => Some(webhooks::deliveries(conn, tenant, id, before, limit)?),
                None => None,
            })
        });
        found.await?.ok_or(HookError::Refused(Refusal::NotFound))
    }

    /// Tells it an event, whether or not it was told before, and whether or not it wants its kind.
    pub async fn replay(
        &self,
        admin: &SignedIn,
        once: Option<Once>,
        id: Uuid,
        rev: Rev,
    ) -> Result<Delivery, HookError> {
        let desk = &self.shared.desk;
        let tenant = desk.tenant(&admin.tenant)?;
        let by = admin.by();
        let noted = desk.write_once(tenant, admin.caller.sender(), once, move |scope| {
            let hook = webhooks::find(scope.conn, tenant, id)?;
            let event = journal::mark_at(scope.conn, tenant, rev)?.filter(|_| rev.0 > 0);
            if hook.is_none() || event.is_none() {
                return Ok(Err(Refusal::NotFound));
            }
            webhooks::again(scope.conn, tenant, id, rev, scope.now)?;
            scope.audit(&by, "webhook.replayed", id.to_string(), json!({"rev": rev.0}))?;
            Ok(Ok(()))
        });
        noted.await??;
        self.shared.changed.notify_one();
        let found = desk
            .read(move |conn| webhooks::one_delivery(conn, tenant, id, rev))
            .await?;
        found.ok_or(HookError::Refused(Refusal::NotFound))
    }

    /// Sends it something that is no event, at once and also while it is disabled, and says what came of it.
    pub async fn test(&self, admin: &SignedIn, id: Uuid) -> Result<Answered, HookError> {
        let tenant = self.shared.desk.tenant(&admin.tenant)?;
        let hook = self.show(admin, id).await?;
        let secrets = self.secrets(tenant, &hook).map_err(|_| Refusal::Internal)?;
        let body = json!({
            "type": "webhook.test",
            "timestamp": clock::rfc3339(clock::now()),
            "tenant": admin.tenant.as_str(),
            "data": {},
        });
        let message = format!("test_{}", Uuid::new_v4());
        let poster = &self.shared.poster;
        Ok(poster
            .post(&hook.url, &secrets, &message, body.to_string().into_bytes())
            .await)
    }
}

/// For the audit log. Of the address only the host: in the rest of it receivers hide keys.
fn detail(hook: &Webhook) -> serde_json::Value {
    let url = reqwest::Url::parse(&hook.url).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    json!({"host": host, "kinds": hook.kinds, "enabled": hook.enabled})
}
