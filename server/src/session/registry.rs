//! Which agents and customers have sockets open: so that an ended sign-in ends its connections, and a customer has not
//! too many. It counts and closes, and refuses to know why.

use std::{
    collections::{BTreeSet, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use minicom_protocol::{
    ids::{AgentId, CustomerId},
    refusal::Refusal,
};
use tokio_util::sync::CancellationToken;

use crate::{
    accounts::{EndedSignIn, OnSignedOut, SignedIn},
    auth::{scope::TokenKind, token::TokenDigest},
    kept_out::{Holds, KeptOut},
    store::TenantKey,
};

/// The connections that are signed in. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry {
    /// Std mutex: nothing awaits while it is held.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    number: u64,
    agents: HashMap<(TenantKey, AgentId), HashMap<u64, AgentPlace>>,
    customers: HashMap<(TenantKey, CustomerId), HashMap<u64, CustomerPlace>>,
}

impl Registry {
    /// With nobody connected.
    pub fn new() -> Registry {
        Registry::default()
    }

    /// For [`Accounts::with`](crate::accounts::Accounts::with): closes what an ended sign-in had open.
    pub fn signed_out(&self) -> OnSignedOut {
        let registry = self.clone();
        Arc::new(move |ended| registry.close_agents(ended))
    }

    /// Closes agents' connections with 4001: those that signed in by what has ended.
    pub fn close_agents(&self, ended: EndedSignIn) {
        let state = self.lock();
        let of = |tenant, agent| state.agents.get(&(tenant, agent)).into_iter().flat_map(HashMap::values);
        let close = |place: &AgentPlace| place.leaves.closed.cancel();
        match ended {
            EndedSignIn::Agent(tenant, agent) => of(tenant, agent).for_each(close),
            EndedSignIn::Token(tenant, agent, token) => {
                of(tenant, agent).filter(|it| token.matches(&it.token)).for_each(close);
            }
            // In whichever tenant, and whoever it stood for there.
            EndedSignIn::Local(token) => {
                let all = state.agents.values().flat_map(HashMap::values);
                all.filter(|it| token.matches(&it.token)).for_each(close);
            }
        }
    }

    /// Connections of agents and of customers that are signed in.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        let agents = state.agents.values().map(HashMap::len).sum();
        (agents, state.customers.values().map(HashMap::len).sum())
    }

    /// An agent's connection to this tenant's desk, as long as the result lives.
    pub(crate) fn agent(&self, tenant: TenantKey, signed_in: &SignedIn) -> AgentSeat {
        let key = (tenant, signed_in.agent.id);
        let place = AgentPlace {
            token: signed_in.token,
            person: signed_in.kind == TokenKind::Login && !signed_in.operator,
            leaves: Leaves::default(),
        };
        let leaves = place.leaves.clone();
        let mut state = self.lock();
        state.number += 1;
        let number = state.number;
        let seats = state.agents.entry(key).or_default();
        seats.insert(number, place);
        drop(state);
        AgentSeat {
            registry: self.clone(),
            key,
            number,
            leaves,
        }
    }

    /// A customer's connection, as long as the result lives; `None` if the customer has `most` already.
    pub(super) fn customer(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        place: CustomerPlace,
        most: usize,
    ) -> Option<CustomerSeat> {
        let key = (tenant, customer);
        let state = self.lock();
        let sockets = |places: &HashMap<u64, CustomerPlace>| places.values().filter(|it| it.socket).count();
        if state.customers.get(&key).map_or(0, sockets) >= most {
            return None;
        }
        Some(self.seat(state, key, place))
    }

    /// A customer's request that takes long, as long as the result lives. It is none of the sockets that are counted.
    pub(crate) fn visit(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        peer: IpAddr,
        device: Option<String>,
    ) -> CustomerSeat {
        let place = CustomerPlace {
            socket: false,
            peer,
            device,
            leaves: Leaves::default(),
        };
        self.seat(self.lock(), (tenant, customer), place)
    }

    fn seat(
        &self,
        mut state: MutexGuard<'_, State>,
        key: (TenantKey, CustomerId),
        place: CustomerPlace,
    ) -> CustomerSeat {
        state.number += 1;
        let number = state.number;
        let leaves = place.leaves.clone();
        state.customers.entry(key).or_default().insert(number, place);
        CustomerSeat {
            registry: self.clone(),
            key,
            number,
            leaves,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An agent's connection, as long as this lives.
pub struct AgentSeat {
    registry: Registry,
    key: (TenantKey, AgentId),
    number: u64,
    /// Told when the sign-in has ended.
    pub(crate) leaves: Leaves,
}

/// Where an agent sits, as far as it matters for who has to leave.
struct AgentPlace {
    token: TokenDigest,
    /// Whether a person signed in, who can have a second factor: no program, and not the operator.
    person: bool,
    leaves: Leaves,
}

impl Drop for AgentSeat {
    fn drop(&mut self) {
        let mut state = self.registry.lock();
        if let Some(seats) = state.agents.get_mut(&self.key) {
            seats.remove(&self.number);
            if seats.is_empty() {
                state.agents.remove(&self.key);
            }
        }
    }
}

impl Holds for Registry {
    fn close(&self, whose: &KeptOut) {
        let state = self.lock();
        let of = |tenant: &TenantKey, customer: &CustomerId| {
            let places = state.customers.get(&(*tenant, *customer)).into_iter();
            places.flat_map(HashMap::values)
        };
        match whose {
            KeptOut::OneFactor(tenant, agents) => agents
                .iter()
                .filter_map(|agent| state.agents.get(&(*tenant, *agent)))
                .flat_map(HashMap::values)
                .filter(|place| place.person)
                .for_each(|place| place.leaves.now(Refusal::TotpSetupRequired)),
            KeptOut::Customer(tenant, customer) => of(tenant, customer).for_each(|it| it.leaves.now(Refusal::Blocked)),
            KeptOut::Erased(tenant, customer) => of(tenant, customer).for_each(|it| it.leaves.now(Refusal::Erased)),
            KeptOut::Device(tenant, customer, device) => of(tenant, customer)
                .filter(|it| it.device.as_ref() == Some(device))
                .for_each(|it| it.leaves.now(Refusal::Revoked)),
            KeptOut::Network(tenant, network) => state
                .customers
                .iter()
                .filter(|((of, _), _)| of == tenant)
                .flat_map(|(_, places)| places.values())
                .filter(|it| network.contains(&it.peer.to_canonical()))
                .for_each(|it| it.leaves.now(Refusal::Blocked)),
        }
    }

    fn addresses(&self, tenant: TenantKey, customer: CustomerId) -> Vec<IpAddr> {
        let state = self.lock();
        let places = state.customers.get(&(tenant, customer)).into_iter();
        let found: BTreeSet<IpAddr> = places
            .flat_map(HashMap::values)
            .map(|place| place.peer.to_canonical())
            .collect();
        found.into_iter().collect()
    }
}

/// Where a customer sits, as far as it matters for who has to leave.
pub(super) struct CustomerPlace {
    /// Whether it is a socket, of which a customer has so many.
    pub socket: bool,
    /// Where the connection comes from.
    pub peer: IpAddr,
    /// The device, unless the tenant's site vouches.
    pub device: Option<String>,
    /// Told when the connection has to end.
    pub leaves: Leaves,
}

/// That a connection has to end, and why.
#[derive(Clone, Default)]
pub(crate) struct Leaves {
    /// Cancelled when it has to.
    pub closed: CancellationToken,
    why: Arc<OnceLock<Refusal>>,
}

impl Leaves {
    fn now(&self, why: Refusal) {
        // The first reason is as good as any.
        let _ = self.why.set(why);
        self.closed.cancel();
    }

    /// Why, once it has to.
    pub fn why(&self) -> Refusal {
        self.why.get().cloned().unwrap_or(Refusal::SignIn)
    }
}

/// A customer's connection or request, as long as this lives.
pub(crate) struct CustomerSeat {
    registry: Registry,
    key: (TenantKey, CustomerId),
    number: u64,
    /// Told when the connection has to end.
    pub leaves: Leaves,
}

impl Drop for CustomerSeat {
    fn drop(&mut self) {
        let mut state = self.registry.lock();
        if let Some(places) = state.customers.get_mut(&self.key) {
            places.remove(&self.number);
            if places.is_empty() {
                state.customers.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use minicom_protocol::{ids::TenantId, people::Role, text::DisplayName};

    use super::*;
    use crate::{
        auth::scope::Scope,
        order::{Caller, Who},
    };

    fn ada(token: u8) -> SignedIn {
        let agent = minicom_protocol::people::AgentRef {
            id: AgentId::from_bytes([7; 16]),
            name: DisplayName::parse("Ada").unwrap(),
        };
        let who = Who::Agent {
            agent: agent.clone(),
            role: Role::Agent,
        };
        SignedIn {
            caller: Caller::new(TenantId::default_tenant(), who),
            agent,
            role: Role::Agent,
            email: "ada@example.org".to_owned(),
            tenant: TenantId::default_tenant(),
            token: TokenDigest::from_bytes(&[token; 32]).unwrap(),
            token_id: uuid::Uuid::nil(),
            label: String::new(),
            kind: TokenKind::Login,
            scope: Scope::Admin,
            only_for: None,
            operator: false,
            expires_at: None,
            peer: IpAddr::from([127, 0, 0, 1]),
        }
    }

    /// A desk that was imported has the same agents as the one that it was exported from.
    #[test]
    fn an_agent_of_another_tenant_is_somebody_else() {
        let registry = Registry::new();
        let (one, other) = (TenantKey(1), TenantKey(2));
        let here = registry.agent(one, &ada(1));
        let there = registry.agent(other, &ada(2));
        registry.close_agents(EndedSignIn::Agent(one, here.key.1));
        assert!(here.leaves.closed.is_cancelled() && !there.leaves.closed.is_cancelled());
        registry.close(&KeptOut::OneFactor(one, vec![there.key.1]));
        assert!(!there.leaves.closed.is_cancelled());
        drop(here);
        assert_eq!(registry.counts().0, 1);
    }
}
