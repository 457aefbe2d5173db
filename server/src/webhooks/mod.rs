//! Webhooks: other programs of a tenant that are told what happens. What each is to be told is a row, written with the event;
//! here it is sent, at least once, until a good answer or for a day. The order is that of the events as long as all goes well, and is
//! not promised: `data.rev` tells it.
//!
//! It refuses to know the desk's rules and HTTP's routes.

mod address;
mod manage;
mod post;
mod run;
mod sign;

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

pub use self::{
    address::{NotAllowed, Policy, Reason},
    manage::{Change, HookError, New},
    post::{Answered, Lookup, system_lookup},
};
use self::{post::Poster, sign::Secret};
use crate::{
    auth::seal::{NotOpened, SealingKey},
    clock,
    desk::Desk,
    store::{TenantKey, webhooks::Webhook},
};

/// The webhooks of all tenants. Cheap to clone. It holds the desk.
#[derive(Clone)]
pub struct Webhooks {
    shared: Arc<Shared>,
}

struct Shared {
    desk: Desk,
    sealing: Arc<SealingKey>,
    policy: Policy,
    poster: Poster,
    retry_first_ms: i64,
    /// Woken when a webhook was made or changed, or something is to be told again.
    changed: Notify,
}

impl Webhooks {
    /// Over a desk. `sealing` is the key of the data folder, `retry_first` the longest wait before a second try.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new(
        desk: Desk,
        sealing: Arc<SealingKey>,
        policy: Policy,
        retry_first: Duration,
        lookup: Lookup,
    ) -> Result<Webhooks, reqwest::Error> {
        let poster = Poster::new(policy, lookup)?;
        Ok(Webhooks {
            shared: Arc::new(Shared {
                desk,
                sealing,
                policy,
                poster,
                retry_first_ms: i64::try_from(retry_first.as_millis()).unwrap_or(i64::MAX),
                changed: Notify::new(),
            }),
        })
    }

    /// Those that sign for a webhook now, the newest first.
    fn secrets(&self, tenant: TenantKey, hook: &Webhook) -> Result<Vec<Secret>, NotOpened> {
        let old = hook.old_secret.as_ref().filter(|(_, until)| *until > clock::now());
        let sealed = [Some(&hook.secret), old.map(|(sealed, _)| sealed)];
        let opened = sealed.into_iter().flatten().map(|sealed| {
            let opened = self.shared.sealing.open(&place(tenant, hook.id), sealed)?;
            Ok(Secret::from_bytes(opened))
        });
        opened.collect()
    }
}

/// Where a secret is sealed for.
fn place(tenant: TenantKey, id: uuid::Uuid) -> String {
    format!("webhook/{}/{id}", tenant.0)
}
