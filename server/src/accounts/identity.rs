//! The keys by which a tenant's site vouches for its customers: made, listed, retired, and looked at when a token comes.

use minicom_protocol::{
    gate::Shown,
    ids::{TenantId, Time},
    people::Realm,
    refusal::Refusal,
    settings::SignedIdentity,
    text::CustomerName,
};
use serde_json::json;
use tracing::{info, warn};

use super::{Accounts, SignedIn};
use crate::{
    auth::identity::{self, Claims, IdentityKey},
    clock,
    desk::Once,
    limits,
    store::{
        TenantKey,
        identity_keys::{self, IdentityKeyRow},
        people,
    },
};

/// Marks a key's secret as ours, so that a leaked one is found by scanners and a person sees what it is.
const PREFIX: &str = "mik_";

/// A key that was made. The secret is for this one answer.
#[derive(Debug)]
pub struct MadeKey {
    /// The key with its secret.
    pub key: IdentityKey,
    /// When.
    pub created_at: Time,
}

impl Accounts {
    /// All keys of a tenant, the newest first.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn identity_keys(&self, tenant: &TenantId) -> Result<Vec<IdentityKeyRow>, Refusal> {
        let key = self.desk().tenant(tenant)?;
        self.desk().read(move |conn| identity_keys::all(conn, key)).await
    }

    /// Makes a key.
    ///
    /// # Errors
    /// `too_many`, or what kept it from being written.
    pub async fn make_identity_key(&self, by: &SignedIn, once: Option<Once>) -> Result<MadeKey, Refusal> {
        let tenant = self.desk().tenant(&by.tenant)?;
        let random = match &once {
            // Nothing of it is stored for the repeat: this server alone can make it again.
            Some(once) => {
                let derived = |what: &[u8]| {
                    let tenant = tenant.0.to_be_bytes();
                    let parts: [&[u8]; 5] = [what, &tenant, by.agent.id.as_bytes(), &once.key, &once.digest];
                    hex(&self.shared.sealing.derive(&parts))
                };
                format!("{}{}", &derived(b"identity key id")[..8], derived(b"identity key"))
            }
            None => random_hex().ok_or(Refusal::Internal)?,
        };
        let key = IdentityKey {
            id: format!("k{}", &random[..8]),
            secret: format!("{PREFIX}{}", &random[8..]).into_bytes(),
        };
        let sealed = self.shared.sealing.seal(&place(tenant, &key.id), &key.secret);
        let sealed = sealed.map_err(|_| Refusal::Internal)?;
        let (id, sender, by) = (key.id.clone(), by.caller.sender(), by.by());
        let created_at = self.desk().write_once(tenant, sender, once, move |scope| {
            if identity_keys::good(scope.conn, tenant)?.len() >= limits::IDENTITY_KEYS_MAX {
                let limit = limits::IDENTITY_KEYS_MAX as u64;
                return Ok(Err(Refusal::TooMany { limit }));
            }
            let row = IdentityKeyRow {
                id,
                sealed,
                created_at: scope.now,
                retired_at: None,
            };
            identity_keys::insert(scope.conn, tenant, &row)?;
            scope.audit(&by, "identity_key.made", row.id, json!({}))?;
            Ok(Ok(scope.now))
        });
        let created_at = created_at.await??;
        Ok(MadeKey { key, created_at })
    }

    /// Retires a key: from now on nothing that it signed is good, whenever it was signed. Again is no error.
    ///
    /// # Errors
    /// `not_found`, or what kept it from being written.
    pub async fn retire_identity_key(&self, by: &SignedIn, id: String, once: Option<Once>) -> Result<(), Refusal> {
        let tenant = self.desk().tenant(&by.tenant)?;
        let (sender, by) = (by.caller.sender(), by.by());
        let retired = self.desk().write_once(tenant, sender, once, move |scope| {
            let was_good = identity_keys::retire(scope.conn, tenant, &id, scope.now)?;
            if was_good == Some(true) {
                scope.audit(&by, "identity_key.retired", id, json!({}))?;
            }
            Ok(was_good.map(drop).ok_or(Refusal::NotFound))
        });
        retired.await?
    }

    /// Signs what a site would say, with the newest key, for a trial.
    ///
    /// # Errors
    /// `not_found` if there is no key that could sign; else what kept it from being written.
    pub async fn sign_identity(&self, by: &SignedIn, claims: &Claims) -> Result<String, Refusal> {
        let tenant = self.desk().tenant(&by.tenant)?;
        let keys = self.good_keys(tenant).await?;
        let key = keys.first().ok_or(Refusal::NotFound)?;
        let token = identity::sign(key, &by.tenant, claims);
        let (by, name, key) = (by.by(), claims.customer.clone(), key.id.clone());
        let written = self.desk().write(tenant, move |scope| {
            // Their name would outlive them here: the log is for ever, and they may be erased.
            let customer = people::customer_by_name(scope.conn, tenant, Realm::Signed, &name)?.map(|it| it.customer.id);
            scope.audit(&by, "identity.signed", key, json!({"customer": customer}))
        });
        written.await?;
        Ok(token)
    }

    /// What a token says of the customer of this name.
    pub(super) async fn identity(
        &self,
        key: TenantKey,
        tenant: &TenantId,
        mode: SignedIdentity,
        name: &CustomerName,
        token: &str,
    ) -> Result<Claims, Refusal> {
        if mode == SignedIdentity::Off {
            return Err(Refusal::Identity);
        }
        let keys = self.good_keys(key).await?;
        let claims = identity::verify(token, tenant, &keys, clock::now().0 / 1_000_000).map_err(|why| {
            // For whoever connects the site: who sent it is told less. No part of the token is in it.
            info!(tenant = tenant.as_str(), %why, "a customer's identity was refused");
            Refusal::Identity
        })?;
        if claims.customer != *name {
            info!(
                tenant = tenant.as_str(),
                path = %Shown::line(name.as_str()),
                "a customer's identity is for another name than the connection"
            );
            return Err(Refusal::Identity);
        }
        Ok(claims)
    }

    async fn good_keys(&self, tenant: TenantKey) -> Result<Vec<IdentityKey>, Refusal> {
        let rows = self.desk().read(move |conn| identity_keys::good(conn, tenant)).await?;
        let open = |row: IdentityKeyRow| match self.shared.sealing.open(&place(tenant, &row.id), &row.sealed) {
            Ok(secret) => Some(IdentityKey { id: row.id, secret }),
            Err(error) => {
                warn!(key = row.id, %error, "a key of the tenant's site is not usable: retire it and make another");
                None
            }
        };
        Ok(rows.into_iter().filter_map(open).collect())
    }
}

/// Where a key's secret is sealed for.
fn place(tenant: TenantKey, id: &str) -> String {
    format!("identity/{}/{id}", tenant.0)
}

/// 36 random bytes as hexadecimal digits.
fn random_hex() -> Option<String> {
    use rand::{TryRng, rngs::SysRng};
    let mut bytes = [0; 36];
    SysRng.try_fill_bytes(&mut bytes).ok()?;
    Some(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
