//! What a tenant's agents are told: who types where, who is there, and what has come to customers' screens. One board, and a
//! reader for each connection that remembers what it has told.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use minicom_protocol::{
    frame::{AgentSignal, Typist},
    ids::{AgentId, ConversationId, LineNo},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{Floor, floor::lock};
use crate::limits;

/// What a signal is about. One value stands for each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// Who is there.
    Presence,
    /// How far the desk's lines have come in a conversation.
    Delivered(ConversationId),
    /// Somebody's typing in a conversation.
    Typing(ConversationId, TypistKey),
    /// What the bot is saying in a conversation.
    Says(ConversationId),
    /// What an agent called filters of the list: for that agent alone.
    Views(AgentId),
}

impl Key {
    /// Whether an agent is told of it: what is one's own is told to nobody else, nobody is told of the own typing, and what grows
    /// is told to those who look at it.
    fn is_for(&self, me: AgentId, looks_at: &[ConversationId]) -> bool {
        match self {
            Key::Views(agent) => *agent == me,
            Key::Says(conversation) => looks_at.contains(conversation),
            Key::Typing(_, TypistKey::Agent(agent)) => *agent != me,
            Key::Presence | Key::Delivered(_) | Key::Typing(..) => true,
        }
    }
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
}

struct Value {
    version: u64,
    said_at: Instant,
    signal: AgentSignal,
}

impl Value {
    /// Typing ends by itself, in the clients too; there is nothing to tell of it any more.
    fn is_over(&self, now: Instant) -> bool {
        let ends = matches!(
            self.signal,
            AgentSignal::Typing { .. } | AgentSignal::BotDelta { .. } | AgentSignal::BotDone { .. }
        );
        ends && now >= self.said_at + limits::TYPING_FOR
    }

    /// How far lines have come, if it says that.
    fn line(&self) -> Option<LineNo> {
        match &self.signal {
            AgentSignal::Delivered { up_to, .. } => Some(*up_to),
            _ => None,
        }
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

    /// Whether anybody reads.
    pub fn has_readers(&self) -> bool {
        self.version.receiver_count() > 0
    }

    /// Somebody's typing is over, if it was going on.
    pub fn end_typing(&self, key: Key) {
        let mut state = lock(&self.state);
        let Some(AgentSignal::Typing { on, .. }) = state.values.get(&key).map(|value| &value.signal) else {
            return;
        };
        if !*on {
            return;
        }
        let mut ended = state.values[&key].signal.clone();
        if let AgentSignal::Typing { on, .. } = &mut ended {
            *on = false;
        }
        state.post(key, ended);
        self.version.send_replace(state.version);
    }

    /// The bot says no more in a conversation, if it was saying something.
    pub fn end_saying(&self, conversation: ConversationId) {
        let mut state = lock(&self.state);
        let key = Key::Says(conversation);
        if let Some(AgentSignal::BotDelta { at, .. }) = state.values.get(&key).map(|value| &value.signal) {
            let done = AgentSignal::BotDone { conversation, at: *at };
            state.post(key, done);
            self.version.send_replace(state.version);
        }
    }

    /// The desk's lines have come up to this one.
    pub fn delivered(&self, conversation: ConversationId, up_to: LineNo) {
        let mut state = lock(&self.state);
        let key = Key::Delivered(conversation);
        if state
            .values
            .get(&key)
            .and_then(Value::line)
            .is_some_and(|known| known >= up_to)
        {
            return;
        }
        state.post(key, AgentSignal::Delivered { conversation, up_to });
        state.forget_delivered_long_ago();
        self.version.send_replace(state.version);
    }

    /// What was delivered up to here, or at all, is not worth telling any more.
    pub fn overtaken(&self, conversation: ConversationId, up_to: Option<LineNo>) {
        let mut state = lock(&self.state);
        let key = Key::Delivered(conversation);
        let line = state.values.get(&key).and_then(Value::line);
        if line.is_some_and(|line| up_to.is_none_or(|up_to| up_to >= line)) {
            state.values.remove(&key);
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

    fn forget_delivered_long_ago(&mut self) {
        let delivered = || self.values.iter().filter(|(_, value)| value.line().is_some());
        if delivered().count() > limits::DELIVERED_MAX {
            let oldest = delivered().min_by_key(|(_, value)| value.version).map(|(key, _)| *key);
            oldest.and_then(|key| self.values.remove(&key));
        }
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
            // Before the board is looked at: its lock is the inner one.
            let looks_at = self.floor.room(|room| room.attendance.looks_at(self.me));
            let later = match self.take(Instant::now(), &looks_at) {
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
    fn take(&mut self, now: Instant, looks_at: &[ConversationId]) -> Result<AgentSignal, Option<Instant>> {
        let state = lock(&self.floor.agents.state);
        self.told.retain(|key, _| state.values.contains_key(key));
        let mut later: Option<Instant> = None;
        for (key, value) in &state.values {
            let told = self.told.get(key).copied();
            if !key.is_for(self.me, looks_at)
                || value.is_over(now)
                || told.is_some_and(|(version, _)| version >= value.version)
            {
                continue;
            }
            let every = match key {
                Key::Says(_) => limits::DELTA_EVERY.min(self.every),
                _ => self.every,
            };
            match told.map(|(_, at)| at + every) {
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
