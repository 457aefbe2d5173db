//! The only front door. WebSocket, HTTP, bot and timers all come in here, and nothing else writes or reads the
//! conversations. A command is checked for its form, put into the writer's queue, and answered when it is on the disk.

mod context;
mod customers;
mod export;
mod figures;
mod library;
mod live;
mod made;
mod mentions;
mod naming;
mod pages;
mod queue;
mod reading;
mod recap;
mod reports;
mod search;
mod sessions;
mod suggestions;
mod tenants;
mod tickets;
mod transcript;
mod views;

use std::sync::Arc;

use minicom_protocol::{
    command::{Done, Sender},
    ids::{CommandId, Mark, Rev, TenantId},
    refusal::Refusal,
};
use rusqlite::Connection;
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

pub use self::{
    customers::Whom,
    export::{ExportFor, ExportPage},
    figures::StatisticsFor,
    live::Since,
    made::Made,
    naming::NamedBy,
    pages::{ConversationsPage, ForeignCursor, HistoryPage, ListCursor},
    reading::Opening,
    reports::{ReportFor, ReportPage, Reported},
    search::SearchIn,
    sessions::{Filter, LinesPage, OwnedBy, Session, SessionsPage, Sort, SortPlace, Status},
    tenants::{Serve, Tenants},
    transcript::TranscriptPage,
};
use crate::{
    bot::{minds::Minds, provider::Provider},
    clock,
    decide::Settings,
    execute::Scope,
    extra_context::ContextCommand,
    faults::Faults,
    hub::Hub,
    in_order::InOrder,
    kept_out::Doors,
    limits,
    order::{Caller, Order, Who},
    store::{
        self, TenantKey,
        pool::ReaderPool,
        repeats::{self, Repeat},
        tenants as rows,
    },
    writer::{self, Counts, Job, Positions, Queue, Writer},
};

/// The front door. Cheap to clone. The writer stops when the last clone is gone.
#[derive(Clone)]
pub struct Desk {
    shared: Arc<Shared>,
    queue: Queue,
    context_command: Option<Arc<ContextCommand>>,
    provider: Option<Arc<Provider>>,
}

struct Shared {
    tenants: Arc<Tenants>,
    pool: ReaderPool,
    hub: Arc<Hub>,
    minds: Minds,
    suggesting: suggestions::Suggesting,
    settings: Settings,
    faults: Faults,
    counts: Arc<Counts>,
    timers: Arc<Notify>,
    positions: Arc<Positions>,
    doors: Doors,
    files_gone: Notify,
}

/// What makes a repeat of something known that is no command: the digests of its key and of all that was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Once {
    /// SHA-256 of the key.
    pub key: [u8; 32],
    /// SHA-256 of what was asked.
    pub digest: [u8; 32],
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
        let birth_mark = Mark(rand::random());
        rows::ensure(&conn, &TenantId::default_tenant(), birth_mark, clock::now())?;
        let tenants = Arc::new(Tenants::default());
        for row in rows::list(&conn)? {
            match row.state {
                rows::State::Served => tenants.begin(&row.id, row.key),
                rows::State::Disabled => tenants.rests(row.id, row.key),
                rows::State::Deleting => {
                    tenants.close(row.key);
                    tenants.rests(row.id, row.key);
                }
            }
        }
        let hub = Arc::new(Hub::default());
        let counts = Arc::new(Counts::default());
        let (timers, positions) = (Arc::new(Notify::new()), Arc::new(Positions::default()));
        let (queue, jobs) = writer::queue();
        let writer = Writer {
            conn,
            hub: hub.clone(),
            tenants: tenants.clone(),
            settings,
            choices: std::cell::RefCell::default(),
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
            tenants,
            pool,
            hub,
            minds: Minds::default(),
            suggesting: Default::default(),
            settings,
            faults,
            counts,
            timers,
            positions,
            doors: Doors::default(),
            files_gone: Notify::new(),
        };
        Ok((
            Desk {
                shared: Arc::new(shared),
                queue,
                context_command: None,
                provider: None,
            },
            thread,
        ))
    }

    /// The same desk, which asks the operator's own command about customers. For this clone and those made of it.
    #[must_use]
    pub fn with_context_command(self, command: Option<ContextCommand>) -> Desk {
        Desk {
            context_command: command.map(Arc::new),
            ..self
        }
    }

    /// The same desk, with who words what is asked for by agents. For this clone and those made of it.
    #[must_use]
    pub fn with_provider(self, provider: Option<Arc<Provider>>) -> Desk {
        Desk { provider, ..self }
    }

    /// Who drafts and summarises for agents, if the operator has named one.
    pub fn provider(&self) -> Option<&Provider> {
        self.provider.as_deref()
    }

    /// The key of a tenant; an unknown one is not found, and a disabled one neither.
    pub fn tenant(&self, id: &TenantId) -> Result<TenantKey, Refusal> {
        self.shared.tenants.key(id).ok_or(Refusal::NotFound)
    }

    /// All tenants that are served at this moment. They come and go: who does something for each of them for long is begun and
    /// ended by [`Serve`], or asks again.
    pub fn tenants(&self) -> impl Iterator<Item = (TenantId, TenantKey)> + use<> {
        self.shared.tenants.served().into_iter()
    }

    /// Cancelled as soon as this tenant is not served any more, and already so if it is not: for whoever serves somebody of it
    /// for long.
    pub fn while_served(&self, id: &TenantId) -> CancellationToken {
        self.shared.tenants.while_served(id)
    }

    /// Names who begins and ends what runs for a tenant, and begins it for all that are served.
    pub fn serve_by(&self, serve: Arc<dyn Serve>) {
        self.shared.tenants.serve_by(serve);
    }

    /// Nobody does that any more: who did holds this desk.
    pub fn serve_by_nobody(&self) {
        self.shared.tenants.serve_by_nobody();
    }

    /// Which tenants there are.
    pub(crate) fn registry(&self) -> &Tenants {
        &self.shared.tenants
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.shared.settings
    }

    /// Counts of commits and of the work in them.
    pub fn counts(&self) -> &Arc<Counts> {
        &self.shared.counts
    }

    /// Pieces of work that wait for the writer.
    pub fn waiting_jobs(&self) -> usize {
        self.queue.waiting()
    }

    /// How long the oldest read that still runs has run.
    pub fn oldest_read(&self) -> std::time::Duration {
        self.shared.pool.oldest_read()
    }

    /// The hub, for followers that wait for the journal to grow.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.shared.hub
    }

    /// Notes how far a follower has come; written with the next group.
    pub(crate) fn note_position(&self, tenant: TenantKey, name: &'static str, rev: Rev) {
        self.shared.positions.note(tenant, name, rev);
    }

    /// Does a command, at most once. The answer comes when it is on the disk.
    pub async fn submit(&self, caller: &Caller, id: CommandId, order: Order) -> Result<Done, Refusal> {
        self.submit_among(caller, id, order, None).await
    }

    /// Does a command as [`Desk::submit`], but none that shares `among` overtakes it: if it is refused for now, those that
    /// were submitted after it are refused as `behind`, also if they wait for the writer already.
    pub async fn submit_among(
        &self,
        caller: &Caller,
        id: CommandId,
        order: Order,
        among: Option<InOrder>,
    ) -> Result<Done, Refusal> {
        match &order {
            Order::Agent(command) => command.check()?,
            Order::Customer(command) => command.check()?,
            Order::BotTurn(_) | Order::Fire(_) | Order::OwnerGone(_) | Order::Route(_) | Order::NobodyThere(_) => {}
        }
        let tenant = self.shared.tenants.admit(&caller.tenant)?;
        let leaving = customers::Leaving::of(&order);
        let (answer, answered) = oneshot::channel();
        let job = Job::Command {
            caller: caller.clone(),
            tenant,
            id,
            order: Box::new(order),
            among,
            answer,
        };
        self.queue.put(job)?;
        // The writer ends without answering only when the database cannot be written.
        let done = answered.await.unwrap_or(Err(Refusal::Storage))?;
        self.after(caller, tenant, leaving).await;
        Ok(done)
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
        self.queue.put(job)?;
        answered.await.unwrap_or(Err(Refusal::Storage))
    }

    /// The same, at most once for what came with a key: a repeat is given the first answer, and the same key with something
    /// else is a conflict. What `work` refuses is not kept. No secret may be in the answer: it is stored as it is.
    ///
    /// # Errors
    /// `conflict`; else what kept it from being written.
    pub async fn write_once<T, E>(
        &self,
        tenant: TenantKey,
        sender: Sender,
        once: Option<Once>,
        work: impl FnOnce(&mut Scope<'_>) -> store::Result<Result<T, E>> + Send + 'static,
    ) -> Result<Result<T, E>, Refusal>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        E: Send + 'static,
    {
        let Some(once) = once else {
            return self.write(tenant, work).await;
        };
        let written = self.write(tenant, move |scope| {
            if let Some(before) = repeats::find(scope.conn, tenant, sender, &once.key)? {
                return Ok(match before.digest == once.digest {
                    true => Ok(Ok(store::from_json(&before.answer)?)),
                    false => Err(Refusal::Conflict),
                });
            }
            let done = work(scope)?;
            if let Ok(value) = &done {
                let answer = store::to_json(value)?;
                let (digest, now) = (once.digest, scope.now);
                repeats::store(scope.conn, tenant, sender, &once.key, &Repeat { digest, answer }, now)?;
            }
            Ok(Ok(done))
        });
        written.await?
    }

    /// The caller for the bot of a tenant.
    pub fn bot(&self, tenant: &TenantId) -> Caller {
        Caller::new(tenant.clone(), Who::Bot)
    }

    /// The caller for what the server does by itself.
    pub fn server(&self, tenant: &TenantId) -> Caller {
        Caller::new(tenant.clone(), Who::Server)
    }
}

#[cfg(test)]
#[path = "desk/walls_tests.rs"]
mod walls_tests;
