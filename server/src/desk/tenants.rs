//! Which tenants this server has and serves, as of now. A disabled tenant is as if it were not there; one that is being
//! deleted is gone for good, and nothing is written for it any more. What runs for a tenant is begun and ended by whoever
//! [`Desk::serve_by`](super::Desk::serve_by) names.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::BoxFuture;
use minicom_protocol::{ids::TenantId, refusal::Refusal};
use tokio_util::sync::CancellationToken;

use crate::store::TenantKey;

/// When a command may be sent again that came while its tenant was disabled, in milliseconds.
const DISABLED_RETRY_AFTER_MS: u64 = 5_000;

/// What runs for a tenant while it is served: bot, routing, signals.
pub trait Serve: Send + Sync {
    /// Begins it. Again is no mistake.
    fn begin(&self, tenant: &TenantId, key: TenantKey);

    /// Ends it, and waits until it has ended.
    fn end(&self, key: TenantKey) -> BoxFuture<'_, ()>;
}

/// See the module. It changes while the server runs.
#[derive(Default)]
pub struct Tenants(Mutex<State>);

#[derive(Default)]
struct State {
    known: HashMap<TenantId, Known>,
    /// Keys whose rows are being deleted or are deleted. A key is never used again.
    gone: HashSet<TenantKey>,
    serve: Option<Arc<dyn Serve>>,
}

struct Known {
    key: TenantKey,
    /// Cancelled when it is not served any more.
    served: CancellationToken,
}

impl Tenants {
    /// The key of a tenant that is served.
    pub fn key(&self, id: &TenantId) -> Option<TenantKey> {
        self.lock().known.get(id).filter(|it| it.is_served()).map(|it| it.key)
    }

    /// The key of a tenant, for a command of somebody who has signed in there. A tenant that was disabled since is about to
    /// end that sign-in; what was sent is not lost by it.
    pub(super) fn admit(&self, id: &TenantId) -> Result<TenantKey, Refusal> {
        match self.lock().known.get(id) {
            Some(it) if it.is_served() => Ok(it.key),
            Some(_) => Err(Refusal::Stopping {
                retry_after_ms: DISABLED_RETRY_AFTER_MS,
            }),
            None => Err(Refusal::NotFound),
        }
    }

    /// All that are served, in the order of keys.
    pub fn served(&self) -> Vec<(TenantId, TenantKey)> {
        let state = self.lock();
        let served = state.known.iter().filter(|(_, it)| it.is_served());
        let mut all: Vec<_> = served.map(|(id, it)| (id.clone(), it.key)).collect();
        all.sort_unstable_by_key(|(_, key)| *key);
        all
    }

    /// Cancelled as soon as the tenant is not served any more, and already so if it is not.
    pub fn while_served(&self, id: &TenantId) -> CancellationToken {
        self.lock().known.get(id).map_or_else(cancelled, |it| it.served.clone())
    }

    /// Whether nothing may be written for this key any more.
    pub fn is_gone(&self, key: TenantKey) -> bool {
        self.lock().gone.contains(&key)
    }

    pub(super) fn serve_by(&self, serve: Arc<dyn Serve>) {
        let mut state = self.lock();
        for (id, known) in state.known.iter().filter(|(_, it)| it.is_served()) {
            serve.begin(id, known.key);
        }
        state.serve = Some(serve);
    }

    pub(super) fn serve_by_nobody(&self) {
        self.lock().serve = None;
    }

    /// A tenant is there and is to be served: what runs for it is begun before anybody can find it.
    pub(crate) fn begin(&self, id: &TenantId, key: TenantKey) {
        let mut state = self.lock();
        if state.gone.contains(&key) || state.known.get(id).is_some_and(Known::is_served) {
            return;
        }
        if let Some(serve) = &state.serve {
            serve.begin(id, key);
        }
        let served = CancellationToken::new();
        state.known.insert(id.clone(), Known { key, served });
    }

    /// A tenant is there and is not served: nobody finds it from here on, its connections end, and what ran for it has ended
    /// when this returns.
    pub(crate) async fn end(&self, id: &TenantId, key: TenantKey) {
        let serve = {
            let mut state = self.lock();
            let served = cancelled();
            if let Some(before) = state.known.insert(id.clone(), Known { key, served }) {
                before.served.cancel();
            }
            state.serve.clone()
        };
        if let Some(serve) = serve {
            serve.end(key).await;
        }
    }

    /// A tenant is known and is not served, since before the server began.
    pub(crate) fn rests(&self, id: TenantId, key: TenantKey) {
        let served = cancelled();
        self.lock().known.insert(id, Known { key, served });
    }

    /// Nothing is written for this key from here on.
    pub(crate) fn close(&self, key: TenantKey) {
        self.lock().gone.insert(key);
    }

    /// A tenant is deleted: its name may be taken anew.
    pub(crate) fn forget(&self, id: &TenantId, key: TenantKey) {
        let mut state = self.lock();
        if state.known.get(id).is_some_and(|it| it.key == key) {
            state.known.remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn is_served(&self) -> bool {
        !self.served.is_cancelled()
    }
}

fn cancelled() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}
