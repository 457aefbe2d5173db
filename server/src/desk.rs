//! The only front door. WebSocket, HTTP, bot and timers all come in here, and nothing else writes or reads the
//! conversations. A command is checked for its form, put into the writer's queue, and answered when it is on the disk.

use std::{collections::HashMap, sync::Arc};

use minicom_protocol::{
    command::Done,
    customer_event::CustomerEvent,
    event::Event,
    frame::{AgentSnapshot, CustomerSnapshot},
    ids::{CommandId, ConversationId, Cursor, CustomerId, Rev, Seq, TenantId},
    people::{CustomerRef, Realm},
    refusal::Refusal,
    summary::{Summary, queue_order},
    text::CustomerName,
};
use rusqlite::Connection;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::error;

use crate::{
    clock,
    decide::Settings,
    execute::Scope,
    faults::Faults,
    hub::{Feed, Hub, TopicKey},
    limits,
    order::{Caller, Order, Who},
    store::{
        self, TenantKey, conversations, journal,
        people::{self, Customer},
        pool::ReaderPool,
        tenants, threads,
    },
    writer::{Counts, Job, Positions, Writer},
};

/// The front door. Cheap to clone. The writer stops when the last clone is gone.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Job>,
}

struct Shared {
    tenants: HashMap<TenantId, TenantKey>,
    pool: ReaderPool,
    hub: Arc<Hub>,
    settings: Settings,
    faults: Faults,
    counts: Arc<Counts>,
    timers: Arc<Notify>,
    positions: Arc<Positions>,
}

/// How a reader begins: where it left off, or afresh.
pub enum Opening<S> {
    /// The client's cursor is good.
    Resumed(Feed),
    /// The client starts from a snapshot that stands at the feed's cursor.
    Fresh(Feed, S),
}

/// Runs the writer. Returns when the desk is gone and everything is on the disk; the error is one after which nothing more was acknowledged.
pub type WriterThread = std::thread::JoinHandle<Result<(), rusqlite::Error>>;

impl Desk {
    /// Opens the desk over the read-write connection that [`store::open`] gave, and starts the writer.
    pub fn start(
        conn: Connection,
        file: &std::path::Path,
        settings: Settings,
        faults: Faults,
    ) -> Result<(Desk, WriterThread), rusqlite::Error> {
        let birth_mark = minicom_protocol::ids::Mark(rand::random());
        tenants::ensure(&conn, &TenantId::default_tenant(), birth_mark, clock::now())?;
        let known = tenants::all(&conn)?.into_iter().map(|(key, id)| (id, key)).collect();
        let hub = Arc::new(Hub::default());
        let counts = Arc::new(Counts::default());
        let timers = Arc::new(Notify::new());
        let positions = Arc::new(Positions::default());
        let (queue, jobs) = mpsc::channel(limits::COMMAND_QUEUE_MAX);
        let writer = Writer {
            conn,
            hub: hub.clone(),
            settings,
            faults,
            counts: counts.clone(),
            timers: timers.clone(),
            positions: positions.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || writer.run(jobs))
            .map_err(store::damaged)?;
        let pool = ReaderPool::new(file, limits::READERS);
        let shared = Shared {
            tenants: known,
            pool,
            hub,
            settings,
            faults,
            counts,
            timers,
            positions,
        };
        Ok((
            Desk {
                shared: Arc::new(shared),
                queue,
            },
            thread,
        ))
    }

    /// The key of a tenant; an unknown one is not found.
    pub fn tenant(&self, id: &TenantId) -> Result<TenantKey, Refusal> {
        self.shared.tenants.get(id).copied().ok_or(Refusal::NotFound)
    }

    /// All tenants of this server.
    pub fn tenants(&self) -> impl Iterator<Item = (&TenantId, TenantKey)> {
        self.shared.tenants.iter().map(|(id, key)| (id, *key))
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.shared.settings
    }

    /// Counts of commits and of the work in them.
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// The hub, for followers that wait for the journal to grow.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.shared.hub
    }

    /// Notes how far a follower has come; written with the next group.
    pub(crate) fn note_position(&self, tenant: TenantKey, name: &'static str, rev: Rev) {
        self.shared.positions.note(tenant, name, rev);
    }

    /// Woken when timers were set.
    pub(crate) fn timers_set(&self) -> &Notify {
        &self.shared.timers
    }

    /// Does a command, at most once. The answer comes when it is on the disk.
    pub async fn submit(&self, caller: &Caller, id: CommandId, order: Order) -> Result<Done, Refusal> {
        match &order {
            Order::Agent(command) => command.check()?,
            Order::Customer(command) => command.check()?,
            Order::BotTurn(_) | Order::Fire(_) => {}
        }
        let tenant = self.tenant(&caller.tenant)?;
        let (answer, answered) = oneshot::channel();
        let job = Job::Command {
            caller: caller.clone(),
            tenant,
            id,
            order: Box::new(order),
            answer,
        };
        self.enqueue(job)?;
        // The writer ends without answering only when the database cannot be written.
        answered.await.unwrap_or(Err(Refusal::Storage))
    }

    /// Writes something that is not a command: accounts, first use, followers' positions. Runs in the writer's
    /// transaction; the result comes when it is on the disk.
    pub async fn write<T: Send + 'static>(
        &self,
        tenant: TenantKey,
        work: impl FnOnce(&mut Scope<'_>) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        // Whichever of the two closures is called has the one sender.
        let answer = Arc::new(std::sync::Mutex::new(Some(answer)));
        let send = move |result: Result<T, Refusal>| {
            if let Some(answer) = answer.lock().ok().and_then(|mut answer| answer.take()) {
                let _ = answer.send(result);
            }
        };
        let failed = send.clone();
        let job = Job::Write {
            tenant,
            work: Box::new(move |scope| {
                let value = work(scope)?;
                Ok(Box::new(move |committed: Result<(), Refusal>| {
                    send(committed.map(|()| value))
                }))
            }),
            failed: Box::new(move |refusal| failed(Err(refusal))),
        };
        self.enqueue(job)?;
        answered.await.unwrap_or(Err(Refusal::Storage))
    }

    fn enqueue(&self, job: Job) -> Result<(), Refusal> {
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refusal::Busy { retry_after_ms: 500 },
            mpsc::error::TrySendError::Closed(_) => Refusal::Storage,
        })
    }

    /// Reads in one read transaction.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> store::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.shared.pool.read(read).await.map_err(|error| {
            error!(%error, "a read failed");
            Refusal::Internal
        })
    }

    /// Follows a tenant's journal, from an agent's cursor if it is good, else from a snapshot.
    pub async fn open_journal(
        &self,
        tenant: TenantKey,
        cursor: Option<Cursor>,
    ) -> Result<Opening<AgentSnapshot>, Refusal> {
        let shared = &self.shared;
        // Register on the topic first, read the store second.
        let follower = shared
            .hub
            .follow(TopicKey::Tenant(tenant), shared.pool.clone(), shared.faults);
        let (head, snapshot) = self
            .read(move |conn| {
                let head = tenants::head(conn, tenant)?.cursor;
                let mark = cursor
                    .map(|cursor| journal::mark_at(conn, tenant, Rev(cursor.at)))
                    .transpose()?
                    .flatten();
                if resumes(cursor, mark, head) {
                    return Ok((head, None));
                }
                let mut open = conversations::open(conn, tenant)?;
                open.sort_by_cached_key(|summary| (queue_order(summary), std::cmp::Reverse(summary.rev)));
                let most = limits::SNAPSHOT_CLOSED_MAX;
                let mut closed = conversations::closed(conn, tenant, None, most as i64 + 1)?;
                let more_closed = closed.len() > most;
                closed.truncate(most);
                open.append(&mut closed);
                Ok((
                    head,
                    Some(AgentSnapshot {
                        conversations: open,
                        more_closed,
                    }),
                ))
            })
            .await?;
        Ok(match (snapshot, cursor) {
            (None, Some(cursor)) => Opening::Resumed(follower.at(cursor, head.at).resumed()),
            (snapshot, _) => {
                let empty = AgentSnapshot {
                    conversations: vec![],
                    more_closed: false,
                };
                Opening::Fresh(follower.at(head, head.at), snapshot.unwrap_or(empty))
            }
        })
    }

    /// Follows a customer's own thread, from the customer's cursor if it is good, else from the last page.
    pub async fn open_thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        cursor: Option<Cursor>,
    ) -> Result<Opening<CustomerSnapshot>, Refusal> {
        let shared = &self.shared;
        let follower = shared
            .hub
            .follow(TopicKey::Thread(tenant, customer), shared.pool.clone(), shared.faults);
        let (head, snapshot) = self
            .read(move |conn| {
                let thread = threads::load(conn, tenant, customer)?;
                let head = Cursor {
                    at: thread.view.seq.0,
                    mark: thread.mark,
                };
                let mark = match cursor {
                    Some(cursor) => journal::thread_mark_at(conn, tenant, customer, Seq(cursor.at))?,
                    None => None,
                };
                if resumes(cursor, mark, head) {
                    return Ok((head, None));
                }
                let most = limits::SNAPSHOT_THREAD_EVENTS_MAX;
                let (events, more) = journal::customer_before(conn, tenant, customer, None, most)?;
                Ok((
                    head,
                    Some(CustomerSnapshot {
                        view: thread.view,
                        events,
                        more,
                    }),
                ))
            })
            .await?;
        Ok(match (snapshot, cursor) {
            (None, Some(cursor)) => Opening::Resumed(follower.at(cursor, head.at).resumed()),
            (snapshot, _) => {
                let empty = CustomerSnapshot {
                    view: Default::default(),
                    events: vec![],
                    more: false,
                };
                Opening::Fresh(follower.at(head, head.at), snapshot.unwrap_or(empty))
            }
        })
    }

    /// A page of a customer's thread for agents, oldest first, and whether there is more before it. A foreign
    /// customer is an unknown one.
    pub async fn thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<Event>, bool), Refusal> {
        self.read(move |conn| {
            if people::customer_by_id(conn, tenant, customer)?.is_none() {
                return Ok(Err(Refusal::NotFound));
            }
            journal::thread_before(conn, tenant, customer, before, limit).map(Ok)
        })
        .await?
    }

    /// A page of the customer's own thread, oldest first, and whether there is more before it.
    pub async fn customer_thread(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<CustomerEvent>, bool), Refusal> {
        self.read(move |conn| journal::customer_before(conn, tenant, customer, before, limit))
            .await
    }

    /// A conversation's row.
    pub async fn summary(&self, tenant: TenantKey, conversation: ConversationId) -> Result<Summary, Refusal> {
        self.read(move |conn| conversations::load(conn, tenant, conversation))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// The newest conversation of a customer.
    pub async fn newest(&self, tenant: TenantKey, customer: CustomerId) -> Result<Option<Summary>, Refusal> {
        self.read(move |conn| conversations::newest(conn, tenant, customer))
            .await
    }

    /// A page of closed conversations, newest first, and whether there is more.
    pub async fn closed(
        &self,
        tenant: TenantKey,
        before: Option<Rev>,
        limit: usize,
    ) -> Result<(Vec<Summary>, bool), Refusal> {
        self.read(move |conn| {
            let mut rows = conversations::closed(conn, tenant, before, limit as i64 + 1)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            Ok((rows, more))
        })
        .await
    }

    /// Who waits, first in the queue first.
    pub async fn queue(&self, tenant: TenantKey) -> Result<Vec<Summary>, Refusal> {
        let mut waiting = self.read(move |conn| conversations::waiting(conn, tenant)).await?;
        waiting.sort_by_cached_key(queue_order);
        Ok(waiting)
    }

    /// A customer by name, for those who may know whether there is one.
    pub async fn customer(&self, tenant: TenantKey, name: CustomerName) -> Result<Customer, Refusal> {
        self.read(move |conn| people::customer_by_name(conn, tenant, Realm::Named, &name))
            .await?
            .ok_or(Refusal::NotFound)
    }

    /// Makes a customer at the first use of a name. If somebody was faster, that customer is returned and the caller
    /// compares the secrets.
    pub async fn first_use(
        &self,
        tenant: TenantKey,
        name: CustomerName,
        secret_digest: [u8; 32],
    ) -> Result<Customer, Refusal> {
        self.write(tenant, move |scope| {
            if let Some(found) = people::customer_by_name(scope.conn, tenant, Realm::Named, &name)? {
                return Ok(found);
            }
            let id = CustomerId(uuid::Uuid::new_v4());
            let customer = CustomerRef {
                id,
                name,
                realm: Realm::Named,
            };
            let new = Customer {
                customer,
                secret_digest,
            };
            people::insert_customer(scope.conn, tenant, &new, scope.now)?;
            Ok(new)
        })
        .await
    }

    /// The caller for the bot of a tenant.
    pub fn bot(&self, tenant: &TenantId) -> Caller {
        Caller {
            tenant: tenant.clone(),
            who: Who::Bot,
        }
    }

    /// The caller for what the server does by itself.
    pub fn server(&self, tenant: &TenantId) -> Caller {
        Caller {
            tenant: tenant.clone(),
            who: Who::Server,
        }
    }
}

/// Whether a reader goes on from its cursor: the store holds its mark at its position, and not too much is missing.
/// A cursor beyond the head that the transaction saw is good if the store holds it: the reader waits.
fn resumes(cursor: Option<Cursor>, stored: Option<minicom_protocol::ids::Mark>, head: Cursor) -> bool {
    cursor.is_some_and(|cursor| stored == Some(cursor.mark) && head.at.saturating_sub(cursor.at) <= limits::RESUME_MAX)
}

#[cfg(test)]
#[path = "desk_tests.rs"]
mod tests;
