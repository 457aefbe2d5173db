//! What is momentary: typing, presence, place in the queue. In memory only, each a whole value with the position it was
//! said at, so that losing one costs nothing. It refuses to know sockets: a session says what its client does, and reads
//! what its client is to be told.
//!
//! Readers are woken by watches and take at most one value of each signal in `signal_every`. Nothing ticks: where nobody
//! types, comes, goes or moves in the queue, nothing here runs.

mod agents;
mod customers;
mod places;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use minicom_protocol::{
    frame::{AgentSignal, CustomerSignal, Typist},
    ids::{AgentId, ConversationId, CustomerId, Rev, Seq},
    people::AgentRef,
    stage::Stage,
    summary::Summary,
    text::DisplayName,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    desk::Desk,
    run_limits::RunLimits,
    store::{TenantKey, conversations, tenants, threads},
};
pub use agents::{AgentSignals, Present};
use agents::{Board, Key};
pub use customers::CustomerSignals;
use customers::Windows;

/// The signals of all tenants. Cheap to clone. It holds the desk, so the writer stops only when it is gone too.
#[derive(Clone)]
pub struct Signals {
    desk: Desk,
    every: Duration,
    place_every: Duration,
    floors: Arc<HashMap<TenantKey, Arc<Floor>>>,
}

/// One tenant's.
struct Floor {
    agents: Board,
    customers: Windows,
}

/// Where something was said: the positions of one moment.
struct Moment {
    summary: Summary,
    rev: Rev,
    seq: Seq,
}

impl Signals {
    /// Signals for the tenants of this desk. The sockets start what keeps the places.
    pub fn new(desk: Desk, limits: &RunLimits) -> Signals {
        let floors = desk
            .tenants()
            .map(|(_, key)| {
                let floor = Floor {
                    agents: Board::default(),
                    customers: Windows::default(),
                };
                (key, Arc::new(floor))
            })
            .collect();
        Signals {
            desk,
            every: limits.signal_every,
            place_every: limits.place_every,
            floors: Arc::new(floors),
        }
    }

    /// Keeps everyone's place in the queue, one task for each tenant, until `stop`.
    pub(crate) fn spawn(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        for (tenant, floor) in self.floors.iter() {
            let keeping = places::keep(
                self.desk.clone(),
                *tenant,
                floor.clone(),
                self.place_every,
                stop.clone(),
            );
            tasks.spawn(keeping);
        }
    }

    /// What an agent is told. The first signal is who is connected. `None` for an unknown tenant.
    pub fn for_agent(&self, tenant: TenantKey, me: AgentId) -> Option<AgentSignals> {
        let floor = self.floors.get(&tenant)?;
        Some(AgentSignals::new(floor.clone(), me, self.every))
    }

    /// What a customer is told, in each of the customer's windows. `None` for an unknown tenant.
    pub fn for_customer(&self, tenant: TenantKey, customer: CustomerId) -> Option<CustomerSignals> {
        let floor = self.floors.get(&tenant)?;
        Some(CustomerSignals::new(floor.clone(), customer, self.every))
    }

    /// An agent is connected, as long as the result lives. `None` for an unknown tenant.
    pub fn present(&self, tenant: TenantKey, agent: AgentRef) -> Option<Present> {
        let floor = self.floors.get(&tenant)?;
        Some(Present::new(floor.clone(), agent))
    }

    /// A customer types, or has stopped. Nothing if no conversation is open.
    pub async fn customer_types(&self, tenant: TenantKey, customer: CustomerId, on: bool) {
        let found = self
            .desk
            .read(move |conn| {
                let newest = conversations::newest(conn, tenant, customer)?;
                Ok((newest, Rev(tenants::head(conn, tenant)?.cursor.at)))
            })
            .await;
        if let (Ok((Some(summary), at)), Some(floor)) = (found, self.floors.get(&tenant))
            && summary.stage.is_open()
        {
            floor.tell_agents(summary.conversation, Typist::Customer, on, at);
        }
    }

    /// An agent types, or has stopped. Colleagues are told; the customer is told of the owner only. Nothing if the
    /// conversation is unknown, of another tenant, or closed.
    pub async fn agent_types(&self, tenant: TenantKey, agent: &AgentRef, conversation: ConversationId, on: bool) {
        let Some((floor, moment)) = self.moment(tenant, conversation).await else {
            return;
        };
        let who = Typist::Agent { agent: agent.clone() };
        floor.tell_agents(conversation, who, on, moment.rev);
        if moment.summary.stage.is_owned_by(agent.id) {
            floor.tell_customer(&moment, Some(agent.name.clone()), on);
        }
    }

    /// The bot works on an answer, or has stopped. Nothing unless the bot answers in that conversation.
    pub async fn bot_types(&self, tenant: TenantKey, conversation: ConversationId, on: bool) {
        let Some((floor, moment)) = self.moment(tenant, conversation).await else {
            return;
        };
        if moment.summary.stage == Stage::Bot {
            floor.tell_agents(conversation, Typist::Bot, on, moment.rev);
            floor.tell_customer(&moment, None, on);
        }
    }

    /// The conversation, if it is open, and where the journal and its thread stand.
    async fn moment(&self, tenant: TenantKey, conversation: ConversationId) -> Option<(&Arc<Floor>, Moment)> {
        let floor = self.floors.get(&tenant)?;
        let found = self
            .desk
            .read(move |conn| {
                let Some(summary) = conversations::load(conn, tenant, conversation)? else {
                    return Ok(None);
                };
                let seq = threads::load(conn, tenant, summary.customer.id)?.view.seq;
                let rev = Rev(tenants::head(conn, tenant)?.cursor.at);
                Ok(Some(Moment { summary, rev, seq }))
            })
            .await;
        let moment = found.ok()??;
        moment.summary.stage.is_open().then_some((floor, moment))
    }
}

impl Floor {
    fn tell_agents(&self, conversation: ConversationId, who: Typist, on: bool, at: Rev) {
        let key = Key::Typing(conversation, who.clone().into());
        let signal = AgentSignal::Typing {
            conversation,
            who,
            on,
            at,
        };
        self.agents.post(key, signal);
    }

    fn tell_customer(&self, moment: &Moment, name: Option<DisplayName>, on: bool) {
        let signal = CustomerSignal::Typing {
            name,
            on,
            at: moment.seq,
        };
        self.customers.typing(moment.summary.customer.id, signal);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "signals/tests.rs"]
mod tests;
