//! Who must know: topics and feeds. A topic is a head (the newest position) and a short tail of recent events, encoded
//! once. A feed is a topic and a cursor. A wake-up carries no data, so losing one costs nothing; a slow client is a cursor
//! that lags. Live delivery, catching up and resuming are the one loop in [`Feed::next_batch`].
//!
//! Three rules were bugs in a first sketch: register on the topic before reading the store, or a commit in between is
//! missed; serve from the tail only if it holds cursor + 1, for the head can be ahead of it; the head only moves forward,
//! for the store may be read ahead of a publication.

mod tail;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use minicom_protocol::{
    event::{Event, EventBody, Subject},
    ids::{AgentId, Cursor, CustomerId, Mark, Rev, Seq},
};
use tokio::sync::watch;

pub use self::tail::Encoded;
use self::tail::{Kept, evict};
use crate::{
    faults::Faults,
    limits,
    store::{self, TenantKey, journal, pool::ReaderPool},
};

/// What a topic is about, and where its events are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TopicKey {
    /// All of a tenant's journal, for agents.
    Tenant(TenantKey),
    /// What a customer may see of the own thread.
    Thread(TenantKey, CustomerId),
}

/// A head and a tail.
#[derive(Debug)]
pub struct Topic {
    head: watch::Sender<u64>,
    /// Std mutex: nothing awaits while it is held.
    tail: Mutex<VecDeque<Kept>>,
    tail_max: usize,
}

impl Topic {
    fn new(tail_max: usize) -> Arc<Self> {
        Arc::new(Self {
            head: watch::Sender::new(0),
            tail: Mutex::default(),
            tail_max,
        })
    }

    /// Moves the head; never back.
    fn advance(&self, position: u64) {
        self.head.send_if_modified(|head| {
            let moves = position > *head;
            *head = (*head).max(position);
            moves
        });
    }

    fn publish(&self, events: impl Iterator<Item = impl Into<Kept>>) {
        let mut newest = None;
        {
            let mut tail = lock(&self.tail);
            for kept in events.map(Into::into) {
                // The tail is contiguous or empty.
                if tail.back().is_some_and(|last| last.event.at + 1 != kept.event.at) {
                    tail.clear();
                }
                if kept.changes {
                    evict(&mut tail, &kept);
                }
                if kept.erases {
                    tail.clear();
                }
                newest = Some(kept.event.at);
                tail.push_back(kept);
            }
            while tail.len() > self.tail_max {
                tail.pop_front();
            }
        }
        if let Some(position) = newest {
            self.advance(position);
        }
    }

    /// What follows the cursor, if the tail holds the very next event.
    fn tail_after(&self, cursor: u64) -> Option<Vec<Encoded>> {
        let tail = lock(&self.tail);
        let first = tail.front()?.event.at;
        let start = usize::try_from((cursor + 1).checked_sub(first)?).ok()?;
        let events: Vec<Encoded> = tail
            .iter()
            .skip(start)
            .take(limits::BATCH_EVENTS_MAX)
            .map(|kept| kept.event.clone())
            .collect();
        (!events.is_empty()).then_some(events)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All topics. A tenant's stays; a thread's lives as long as somebody follows it.
#[derive(Default, Debug)]
pub struct Hub {
    topics: Mutex<HashMap<TopicKey, Weak<Topic>>>,
    tenants: Mutex<HashMap<TenantKey, Arc<Topic>>>,
    /// Where articles and saved replies changed last, since the server began.
    libraries: Mutex<HashMap<TenantKey, watch::Sender<u64>>>,
}

impl Hub {
    /// The topic, made if nobody follows it yet.
    fn topic(&self, key: TopicKey) -> Arc<Topic> {
        // Making, finding and forgetting happen under one lock.
        let mut topics = lock(&self.topics);
        if let Some(topic) = topics.get(&key).and_then(Weak::upgrade) {
            return topic;
        }
        let tail_max = match key {
            TopicKey::Tenant(_) => limits::TAIL_TENANT_EVENTS_MAX,
            TopicKey::Thread(..) => limits::TAIL_THREAD_EVENTS_MAX,
        };
        let topic = Topic::new(tail_max);
        topics.insert(key, Arc::downgrade(&topic));
        if let TopicKey::Tenant(tenant) = key {
            lock(&self.tenants).insert(tenant, topic.clone());
        }
        topic
    }

    /// Tells what was committed. Called by the writer alone, in the order of commits.
    pub fn publish(&self, events: &[(TenantKey, Event)]) {
        let mut by_topic: HashMap<TopicKey, Vec<Kept>> = HashMap::new();
        for (tenant, event) in events {
            if let (EventBody::Erased(_), Some(customer)) = (&event.body, event.subject.customer()) {
                self.forget_tail(TopicKey::Thread(*tenant, customer));
            }
            if matches!(event.subject, Subject::Library) {
                self.library(*tenant).send_replace(event.rev.0);
            }
            by_topic
                .entry(TopicKey::Tenant(*tenant))
                .or_default()
                .push(Kept::new(Encoded::for_agents(event), event));
            if let (Some(customer), Some(theirs)) = (event.subject.customer(), event.for_customer()) {
                let key = TopicKey::Thread(*tenant, customer);
                if self.is_followed(key) {
                    let encoded = Encoded::new(theirs.seq.0, theirs.mark, &theirs);
                    by_topic.entry(key).or_default().push(Kept::new(encoded, event));
                }
            }
        }
        for (key, events) in by_topic {
            let topic = match key {
                TopicKey::Tenant(_) => Some(self.topic(key)),
                TopicKey::Thread(..) => lock(&self.topics).get(&key).and_then(Weak::upgrade),
            };
            if let Some(topic) = topic {
                topic.publish(events.into_iter());
            }
        }
    }

    /// Forgets what a topic holds in memory: whoever lags reads the store.
    fn forget_tail(&self, key: TopicKey) {
        if let Some(topic) = lock(&self.topics).get(&key).and_then(Weak::upgrade) {
            lock(&topic.tail).clear();
        }
    }

    /// Forgets a topic that nobody follows any more.
    fn is_followed(&self, key: TopicKey) -> bool {
        let mut topics = lock(&self.topics);
        match topics.get(&key) {
            Some(topic) if topic.strong_count() > 0 => true,
            Some(_) => {
                topics.remove(&key);
                false
            }
            None => false,
        }
    }

    /// Forgets a tenant that is no more.
    pub(crate) fn forget(&self, tenant: TenantKey) {
        lock(&self.tenants).remove(&tenant);
        lock(&self.libraries).remove(&tenant);
    }

    /// A wake-up for whenever the tenant's journal grows. The value is the head.
    pub fn watch(&self, tenant: TenantKey) -> watch::Receiver<u64> {
        self.topic(TopicKey::Tenant(tenant)).head.subscribe()
    }

    /// The same for whenever an article or a saved reply changes. The value is the position of the newest change, 0 before the
    /// first since the server began. Whoever has been answered that a change is written sees it here.
    pub fn watch_library(&self, tenant: TenantKey) -> watch::Receiver<u64> {
        self.library(tenant).subscribe()
    }

    fn library(&self, tenant: TenantKey) -> watch::Sender<u64> {
        lock(&self.libraries).entry(tenant).or_default().clone()
    }

    /// Registers a reader. The caller reads the store after this, and tells by [`Follower::at`] where to begin.
    pub fn follow(self: &Arc<Self>, key: TopicKey, pool: ReaderPool, faults: Faults) -> Follower {
        let topic = self.topic(key);
        Follower {
            head: topic.head.subscribe(),
            topic,
            key,
            pool,
            faults,
            hub: self.clone(),
        }
    }

    /// Topics that are held in memory, for tests and measurements.
    pub fn topics(&self) -> usize {
        lock(&self.topics)
            .values()
            .filter(|topic| topic.strong_count() > 0)
            .count()
    }
}

/// A reader that is registered, but does not know yet where to begin.
pub struct Follower {
    topic: Arc<Topic>,
    head: watch::Receiver<u64>,
    key: TopicKey,
    pool: ReaderPool,
    faults: Faults,
    hub: Arc<Hub>,
}

impl Follower {
    /// A feed that begins after `cursor`. `head` is the newest position that the store has been read at.
    pub fn at(self, cursor: Cursor, head: u64) -> Feed {
        self.topic.advance(head);
        Feed {
            follower: self,
            cursor,
            reader: None,
            resumed_at: None,
        }
    }
}

/// A topic and a cursor.
pub struct Feed {
    follower: Follower,
    cursor: Cursor,
    /// The agent who reads, if it is one.
    reader: Option<AgentId>,
    /// Where a resume began; only the broken variant looks at it.
    resumed_at: Option<u64>,
}

/// Everything in the range `(from, to]` that the reader may see.
#[derive(Debug)]
pub struct Batch {
    /// Where the range begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// The mark at `to`.
    pub mark: Mark,
    /// The events, encoded.
    pub events: Vec<Encoded>,
}

impl Feed {
    /// How far the reader has come.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The newest position that is known.
    pub fn head(&self) -> u64 {
        *self.follower.head.borrow()
    }

    /// What is this agent's own comes with it, as to nobody else.
    pub fn read_by(mut self, agent: AgentId) -> Self {
        self.reader = Some(agent);
        self
    }

    /// Marks the feed as one that goes on from a client's cursor.
    pub fn resumed(mut self) -> Self {
        self.resumed_at = Some(self.cursor.at);
        self
    }

    /// Waits until there is something after the cursor and returns it. May be dropped while it waits: the cursor
    /// only moves when a batch is returned.
    pub async fn next_batch(&mut self) -> store::Result<Batch> {
        loop {
            let from = self.cursor.at;
            // The sender lives in the topic that this feed holds, so this cannot fail.
            let _ = self.follower.head.wait_for(|head| *head > from).await;
            let events = match self.follower.topic.tail_after(from) {
                Some(events) if self.resumed_at.is_none() => events,
                _ => self.store_after(from).await?,
            };
            let events = bound(events.into_iter().map(|event| event.read_by(self.reader)).collect());
            if let Some(last) = events.last() {
                self.cursor = Cursor {
                    at: last.at,
                    mark: last.mark,
                };
                self.resumed_at = None;
                return Ok(Batch {
                    from,
                    to: last.at,
                    mark: last.mark,
                    events,
                });
            }
            // Only the broken variant gets here; without this it would spin.
            self.resumed_at = None;
        }
    }

    async fn store_after(&self, from: u64) -> store::Result<Vec<Encoded>> {
        let skip = u64::from(self.follower.faults.resume_off_by_one && self.resumed_at == Some(from));
        let after = from + skip;
        let limit = limits::BATCH_EVENTS_MAX as i64;
        let key = self.follower.key;
        self.follower
            .pool
            .read(move |conn| match key {
                TopicKey::Tenant(tenant) => {
                    let events = journal::after(conn, tenant, Rev(after), limit)?;
                    Ok(events.iter().map(Encoded::for_agents).collect())
                }
                TopicKey::Thread(tenant, customer) => {
                    let events = journal::thread_after(conn, tenant, customer, Seq(after), limit)?;
                    Ok(events
                        .iter()
                        .map(|event| Encoded::new(event.seq.0, event.mark, event))
                        .collect())
                }
            })
            .await
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let TopicKey::Thread(..) = self.key {
            let mut topics = lock(&self.hub.topics);
            // This reader's own hold is the last one.
            if Arc::strong_count(&self.topic) == 1 {
                topics.remove(&self.key);
            }
        }
    }
}

/// Cuts a batch to the bytes that one frame may have, but never to nothing.
fn bound(mut events: Vec<Encoded>) -> Vec<Encoded> {
    let mut bytes = 0;
    let fits = events.iter().take_while(|event| {
        bytes += event.json.len();
        bytes <= limits::BATCH_BYTES_MAX
    });
    let keep = fits.count().max(1);
    events.truncate(keep);
    events
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
