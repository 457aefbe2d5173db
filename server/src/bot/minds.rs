//! What is known of each desk that is served, for whoever asks: the bot, agents' questions, the HTTP API. It is knowledge to be read; what
//! is done with it goes through the front door like everything else.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::{
    learner::{Learner, Mind},
    rules::Rules,
};
use crate::{desk::Desk, store::TenantKey};

/// See the module.
#[derive(Default)]
pub struct Minds {
    learners: Mutex<HashMap<TenantKey, Learner>>,
    /// The server's rules; those that ship with the program, unless it was told others.
    rules: OnceLock<Arc<Rules>>,
}

impl Minds {
    /// Begins to learn what a desk knows, whether or not a bot answers there. The work ends by `stop`.
    pub fn begin(
        &self,
        desk: &Desk,
        tenant: TenantKey,
        stop: CancellationToken,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (learner, work) = Learner::begin(desk, tenant, stop);
        self.lock().insert(tenant, learner);
        work
    }

    /// Nothing is known of this desk any more.
    pub fn forget(&self, tenant: TenantKey) {
        self.lock().remove(&tenant);
    }

    /// Where it is had what is known of a desk; `None` for one that is not served.
    pub fn of(&self, tenant: TenantKey) -> Option<Learner> {
        self.lock().get(&tenant).cloned()
    }

    /// What is known of a desk with its articles as they stand now; see [`Learner::newest`]. Nothing of one that is not served.
    pub async fn newest(&self, tenant: TenantKey) -> Mind {
        match self.of(tenant) {
            Some(learner) => learner.newest().await,
            None => Mind::default(),
        }
    }

    /// The server has these rules. Only the first word counts.
    pub fn speak_by(&self, rules: Arc<Rules>) {
        let _ = self.rules.set(rules);
    }

    /// The server's rules, before what a tenant has chosen.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.get_or_init(|| Arc::new(Rules::builtin())).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantKey, Learner>> {
        self.learners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "minds_tests.rs"]
mod tests;
