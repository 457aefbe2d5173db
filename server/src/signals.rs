//! What is momentary: typing, presence, what is delivered, place in the queue, whether the desk is open and how it looks now. In memory only, each
//! a whole value, so that losing one costs nothing. It refuses to know sockets: a session says what its client does, and
//! reads what its client is to be told.
//!
//! Readers are woken by watches and take at most one value of each signal in `signal_every`. Nothing ticks: where nobody
//! types, comes, goes or moves in the queue, nothing here runs.

mod activity;
mod agents;
mod customers;
mod delivered;
mod floor;
mod idle;
mod journal;
mod looks;
mod opening;
mod places;
mod present;
mod typing;
mod views;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use minicom_protocol::{
    ids::{AgentId, CustomerId},
    people::AgentRef,
    settings::DeskSettings,
    staff::Presence,
};
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::floor::Floor;
use self::looks::look;
pub use self::{agents::AgentSignals, customers::CustomerSignals, opening::Open, present::Present, typing::Saying};
use crate::{clock, desk::Desk, run_limits::RunLimits, store::TenantKey};

/// The signals of all tenants. Cheap to clone. It holds the desk, so the writer stops only when it is gone too.
#[derive(Clone)]
pub struct Signals {
    desk: Desk,
    every: Duration,
    place_every: Duration,
    /// Std lock: nothing awaits while it is held.
    floors: Arc<RwLock<HashMap<TenantKey, Arc<Floor>>>>,
}

impl Signals {
    /// Signals for the tenants of this desk. [`Signals::spawn`] starts what keeps them.
    pub fn new(desk: Desk, limits: &RunLimits) -> Signals {
        let floors = desk
            .tenants()
            .map(|(_, key)| (key, Arc::new(Floor::default())))
            .collect();
        Signals {
            desk,
            every: limits.signal_every,
            place_every: limits.place_every,
            floors: Arc::new(RwLock::new(floors)),
        }
    }

    /// Starts what keeps the signals of all tenants, see [`Signals::begin`].
    pub fn spawn(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        for (_, tenant) in self.desk.tenants() {
            for work in self.begin(tenant, stop) {
                tasks.spawn(work);
            }
        }
    }

    /// What follows a tenant's journal, hours and queue until `stop`, to be run. On the way out the last activities are stored,
    /// so the writer must still be there.
    pub fn begin(&self, tenant: TenantKey, stop: &CancellationToken) -> [BoxFuture<'static, ()>; 5] {
        let floor = {
            let mut floors = self.floors.write().unwrap_or_else(PoisonError::into_inner);
            floors.entry(tenant).or_default().clone()
        };
        let desk = &self.desk;
        let every = self.place_every;
        [
            journal::follow(desk.clone(), tenant, floor.clone(), stop.clone()).boxed(),
            idle::watch(floor.clone(), stop.clone()).boxed(),
            activity::keep(desk.clone(), tenant, floor.clone(), stop.clone()).boxed(),
            opening::keep(floor.clone(), stop.clone()).boxed(),
            places::keep(desk.clone(), tenant, floor, every, stop.clone()).boxed(),
        ]
    }

    /// Forgets a tenant's signals: it is not served any more. Whoever is still connected there is told nothing.
    pub fn forget(&self, tenant: TenantKey) {
        let mut floors = self.floors.write().unwrap_or_else(PoisonError::into_inner);
        floors.remove(&tenant);
    }

    /// What an agent is told. The first signal is who is connected. `None` for an unknown tenant.
    pub fn for_agent(&self, tenant: TenantKey, me: AgentId) -> Option<AgentSignals> {
        Some(AgentSignals::new(self.floor(tenant)?, me, self.every))
    }

    /// What a customer is told, in each of the customer's windows, who was told of these settings in the welcome. `None` for an
    /// unknown tenant.
    pub fn for_customer(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        welcome: &DeskSettings,
    ) -> Option<CustomerSignals> {
        Some(CustomerSignals::new(
            self.floor(tenant)?,
            customer,
            self.every,
            look(welcome),
        ))
    }

    /// An agent is connected, as long as the result lives. `acts`: by the agent's doing, not because a network came back.
    /// `None` for an unknown tenant.
    pub fn present(&self, tenant: TenantKey, agent: &AgentRef, acts: bool) -> Option<Present> {
        Some(Present::new(self.floor(tenant)?, agent, acts))
    }

    /// How all agents stand now, connected or not. Empty for an unknown tenant.
    pub fn presence(&self, tenant: TenantKey) -> Vec<Presence> {
        let floor = self.floor(tenant);
        floor.map_or_else(Vec::new, |floor| floor.room(|room| room.attendance.all(Instant::now())))
    }

    /// Whether a desk is open by its settings, and whether somebody is there.
    pub fn open(&self, tenant: TenantKey, settings: &Arc<DeskSettings>) -> Open {
        let floor = self.floor(tenant);
        let staffed = floor.is_some_and(|floor| floor.room(|room| room.is_staffed(Instant::now())));
        let mut hours = opening::Hours::default();
        hours.follow(settings);
        hours.at(clock::now(), staffed).0
    }

    pub(crate) fn floor(&self, tenant: TenantKey) -> Option<Arc<Floor>> {
        let floors = self.floors.read().unwrap_or_else(PoisonError::into_inner);
        floors.get(&tenant).cloned()
    }
}

#[cfg(test)]
#[path = "signals/tests.rs"]
mod tests;
