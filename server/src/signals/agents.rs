//! What a tenant's agents are told: who types where, and who is connected. One board, and a reader for each connection
//! that remembers what it has told.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use minicom_protocol::{
    frame::{AgentSignal, Typist},
    ids::{AgentId, ConversationId},
    people::AgentRef,
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{Floor, lock};
use crate::limits;

/// What a signal is about. One value stands for each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// Who is connected.
    Presence,
    /// Somebody's typing in a conversation.
    Typing(ConversationId, TypistKey),
}

/// Who types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TypistKey {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// An agent.
    Agent(AgentId),
}

impl From<Typist> for TypistKey {
    fn from(who: Typist) -> Self {
        match who {
            Typist::Customer => TypistKey::Customer,
            Typist::Bot => TypistKey::Bot,
            Typist::Agent { agent } => TypistKey::Agent(agent.id),
        }
    }
}

/// The newest value of each signal.
#[derive(Default)]
pub struct Board {
    /// Std mutex: nothing awaits while it is held.
    state: Mutex<State>,
    /// The newest version. A wake-up carries no data.
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    version: u64,
    values: BTreeMap<Key, Value>,
    /// Who is connected, and by how many connections.
    present: BTreeMap<AgentId, (AgentRef, usize)>,
}

struct Value {
    version: u64,
    said_at: Instant,
    signal: AgentSignal,
}

impl Value {
    /// Typing ends by itself, in the clients too; there is nothing to tell of it any more.
    fn is_over(&self, now: Instant) -> bool {
        matches!(self.signal, AgentSignal::Typing { .. }) && now >= self.said_at + limits::TYPING_FOR
    }
}

impl Board {
    /// Puts up a new value.
    pub fn post(&self, key: Key, signal: AgentSignal) {
        let mut state = lock(&self.state);
        state.post(key, signal);
        self.version.send_replace(state.version);
    }

    /// How many values are up.
    #[cfg(test)]
    pub fn values(&self) -> usize {
        lock(&self.state).values.len()
    }

    /// Changes who is connected, and tells if that changes the list.
    fn present(&self, change: impl FnOnce(&mut BTreeMap<AgentId, (AgentRef, usize)>)) {
        let mut state = lock(&self.state);
        let before = state.agents();
        change(&mut state.present);
        let agents = state.agents();
        if agents != before {
            state.post(Key::Presence, AgentSignal::Presence { agents });
            self.version.send_replace(state.version);
        }
    }
}

impl State {
    fn post(&mut self, key: Key, signal: AgentSignal) {
        let now = Instant::now();
        self.values.retain(|_, value| !value.is_over(now));
        self.version += 1;
        let value = Value {
            version: self.version,
            said_at: now,
            signal,
        };
        self.values.insert(key, value);
    }

    fn agents(&self) -> Vec<AgentRef> {
        self.present.values().map(|(agent, _)| agent.clone()).collect()
    }
}

/// An agent is connected as long as this lives.
pub struct Present {
    floor: Arc<Floor>,
    agent: AgentId,
}

impl Present {
    pub(super) fn new(floor: Arc<Floor>, agent: AgentRef) -> Present {
        let id = agent.id;
        floor.agents.present(|present| {
            let (known, connections) = present.entry(id).or_insert_with(|| (agent.clone(), 0));
            *known = agent;
            *connections += 1;
        });
        Present { floor, agent: id }
    }

    /// The agent has another name now.
    pub fn rename(&self, agent: &AgentRef) {
        self.floor.agents.present(|present| {
            if let Some((known, _)) = present.get_mut(&self.agent) {
                *known = agent.clone();
            }
        });
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.floor.agents.present(|present| {
            if let Some((_, connections)) = present.get_mut(&self.agent) {
                *connections -= 1;
                if *connections == 0 {
                    present.remove(&self.agent);
                }
            }
        });
    }
}

/// What one connection of an agent is told.
pub struct AgentSignals {
    floor: Arc<Floor>,
    me: AgentId,
    every: Duration,
    changed: watch::Receiver<u64>,
    told: HashMap<Key, (u64, Instant)>,
}

impl AgentSignals {
    pub(super) fn new(floor: Arc<Floor>, me: AgentId, every: Duration) -> AgentSignals {
        let changed = floor.agents.version.subscribe();
        AgentSignals {
            floor,
            me,
            every,
            changed,
            told: HashMap::new(),
        }
    }

    /// The next signal: newer than what was told, and at most one of each kind and source in `signal_every`. May be
    /// dropped while it waits.
    pub async fn next(&mut self) -> AgentSignal {
        loop {
            self.changed.borrow_and_update();
            let later = match self.take(Instant::now()) {
                Ok(signal) => return signal,
                Err(later) => later,
            };
            // The board lives in the floor that this holds, so a watch never ends.
            match later {
                Some(at) => tokio::select! {
                    _ = self.changed.changed() => {}
                    () = sleep_until(at) => {}
                },
                None => drop(self.changed.changed().await),
            }
        }
    }

    /// A signal that is due; else when the next one is, of those that were told too recently.
    fn take(&mut self, now: Instant) -> Result<AgentSignal, Option<Instant>> {
        let state = lock(&self.floor.agents.state);
        self.told.retain(|key, _| state.values.contains_key(key));
        let mut later: Option<Instant> = None;
        for (key, value) in &state.values {
            let mine = matches!(key, Key::Typing(_, TypistKey::Agent(agent)) if *agent == self.me);
            let told = self.told.get(key).copied();
            if mine || value.is_over(now) || told.is_some_and(|(version, _)| version >= value.version) {
                continue;
            }
            match told.map(|(_, at)| at + self.every) {
                Some(due) if due > now => later = Some(later.map_or(due, |earliest| earliest.min(due))),
                _ => {
                    self.told.insert(*key, (value.version, now));
                    return Ok(value.signal.clone());
                }
            }
        }
        Err(later)
    }
}
