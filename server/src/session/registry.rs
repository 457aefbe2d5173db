//! Which agents and customers have sockets open: so that an ended sign-in ends its connections, and a customer has not
//! too many. It counts and closes, and refuses to know why.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minicom_protocol::ids::{AgentId, CustomerId};
use tokio_util::sync::CancellationToken;

use crate::{accounts::OnSignedOut, auth::token::TokenDigest, store::TenantKey};

/// The connections that are signed in. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    /// Std mutex: nothing awaits while it is held.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    number: u64,
    agents: HashMap<AgentId, HashMap<u64, (TokenDigest, CancellationToken)>>,
    customers: HashMap<(TenantKey, CustomerId), usize>,
}

impl Registry {
    /// With nobody connected.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// For [`Accounts::with`](crate::accounts::Accounts::with): closes what an ended sign-in had open.
    pub fn signed_out(&self) -> OnSignedOut {
        let registry = self.clone();
        Arc::new(move |agent, token| registry.close_agent(agent, token))
    }

    /// Closes an agent's connections with 4001: those that signed in by `token`, or all.
    pub fn close_agent(&self, agent: AgentId, token: Option<TokenDigest>) {
        if let Some(seats) = self.lock().agents.get(&agent) {
            for (by, closed) in seats.values() {
                if token.is_none_or(|token| token.matches(by)) {
                    closed.cancel();
                }
            }
        }
    }

    /// Connections of agents and of customers that are signed in.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        let agents = state.agents.values().map(HashMap::len).sum();
        (agents, state.customers.values().sum())
    }

    /// An agent's connection, as long as the result lives.
    pub(crate) fn agent(&self, agent: AgentId, token: TokenDigest) -> AgentSeat {
        let closed = CancellationToken::new();
        let mut state = self.lock();
        state.number += 1;
        let number = state.number;
        let seats = state.agents.entry(agent).or_default();
        seats.insert(number, (token, closed.clone()));
        drop(state);
        AgentSeat {
            registry: self.clone(),
            agent,
            number,
            closed,
        }
    }

    /// A customer's connection, as long as the result lives; `None` if the customer has `most` already.
    pub(super) fn customer(&self, tenant: TenantKey, customer: CustomerId, most: usize) -> Option<CustomerSeat> {
        let key = (tenant, customer);
        let mut state = self.lock();
        if state.customers.get(&key).copied().unwrap_or(0) >= most {
            return None;
        }
        *state.customers.entry(key).or_default() += 1;
        drop(state);
        Some(CustomerSeat {
            registry: self.clone(),
            key,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Registry::agent`].
pub struct AgentSeat {
    registry: Registry,
    agent: AgentId,
    number: u64,
    /// Cancelled when the sign-in has ended.
    pub closed: CancellationToken,
}

impl Drop for AgentSeat {
    fn drop(&mut self) {
        let mut state = self.registry.lock();
        if let Some(seats) = state.agents.get_mut(&self.agent) {
            seats.remove(&self.number);
            if seats.is_empty() {
                state.agents.remove(&self.agent);
            }
        }
    }
}

/// See [`Registry::customer`].
pub(super) struct CustomerSeat {
    registry: Registry,
    key: (TenantKey, CustomerId),
}

impl Drop for CustomerSeat {
    fn drop(&mut self) {
        let mut state = self.registry.lock();
        if let Some(count) = state.customers.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                state.customers.remove(&self.key);
            }
        }
    }
}
