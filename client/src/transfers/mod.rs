//! Files on their way while the person goes on: each transfer is a task of its own that tells how far it is, begins again by itself
//! when the server is back, and leaves nothing when it is given up. It refuses to know screens, lines and what a file is for.

mod attached;
mod downloads;
pub mod errand;
mod fetching;
mod kept;
pub mod opening;
mod orders;
pub mod paths;
mod sending;
mod spool;
mod steady;
#[cfg(feature = "testing")]
pub mod testing;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minicom_protocol::{gate::Shown, ids::TenantId, refusal::Refusal};
use rand::RngExt;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::{self, Instant, MissedTickBehavior},
};

pub use self::{
    attached::{Attachment, Attachments, Stands},
    downloads::{Came, Download, Downloads, meant},
    opening::Opening,
    orders::{Happened, Job, Order, Source, Thread, To, Told, TransferId, TransferNews},
    paths::Completed,
    spool::{NotSpooled, Spool},
    steady::Mark,
};
use crate::{
    backoff::Backoff,
    credentials::Secret,
    exit::{self, Fault},
    limits::{
        BACKOFF_CAP, BACKOFF_FIRST, TRANSFER_ALONE_WITHOUT_PROGRESS_MAX, TRANSFER_TOLD_EVERY, TRANSFER_WAIT_MAX,
        TRANSFERS_AT_ONCE,
    },
    rest::{
        LoginError,
        files::{Files, For, NotFetched},
    },
    server_url::ServerUrl,
};

/// Where the files are, and by which right: the newest proof is asked for each time.
#[derive(Clone)]
pub struct Seat {
    /// The server.
    pub server: ServerUrl,
    /// Whose desk.
    pub tenant: TenantId,
    /// An agent's token, or what a customer proves to be one by.
    pub bearer: Arc<dyn Fn() -> Secret + Send + Sync>,
}

/// See the module. Dropped, it gives up what is under way.
pub struct Transfers {
    seat: Seat,
    news: mpsc::UnboundedSender<Told>,
    turns: Arc<Semaphore>,
    running: Mutex<HashMap<TransferId, JoinHandle<()>>>,
}

impl Transfers {
    /// Nothing is under way. Of each transfer it is told a few times a second at most.
    pub fn new(seat: Seat, news: mpsc::UnboundedSender<Told>) -> Transfers {
        Transfers {
            seat,
            news,
            turns: Arc::new(Semaphore::new(TRANSFERS_AT_ONCE)),
            running: Mutex::new(HashMap::new()),
        }
    }

    /// Does what is wanted, elsewhere.
    pub fn order(&self, order: Order) {
        match order {
            Order::Begin(id, job) => self.begin(id, job),
            Order::Cancel(id) => self.cancel(id),
            Order::Find(text) => self.look(move || {
                let found = paths::named(&text);
                Told::Found { text, found }
            }),
            Order::Complete(text) => self.look(move || {
                let completed = paths::complete(&text);
                Told::Completed { text, completed }
            }),
            Order::Keep { name, text } => self.look(move || Told::Kept(fetching::keep(&name, &text))),
        }
    }

    /// Asks the disk, which may be slow.
    fn look(&self, work: impl FnOnce() -> Told + Send + 'static) {
        let news = self.news.clone();
        tokio::task::spawn_blocking(move || {
            // Who does not listen any more has gone.
            let _ = news.send(work());
        });
    }

    /// Begins one, as a task of its own. Its last news is that it was sent, kept or has failed.
    pub fn begin(&self, id: TransferId, job: Job) {
        let (seat, turns) = (self.seat.clone(), self.turns.clone());
        let teller = Teller {
            id,
            news: self.news.clone(),
        };
        let task = tokio::spawn(async move {
            let last = run(&seat, &turns, job, &teller).await;
            teller.tell(last.unwrap_or_else(|fault| Happened::Failed {
                why: Shown::line(&fault.words),
            }));
        });
        let mut running = self.running();
        running.retain(|_, task| !task.is_finished());
        if let Some(before) = running.insert(id, task) {
            before.abort();
        }
    }

    /// Gives one up. Nothing more is told of it.
    pub fn cancel(&self, id: TransferId) {
        if let Some(task) = self.running().remove(&id) {
            task.abort();
        }
    }

    /// Gives all up, and waits until nothing of them is left.
    pub async fn end(&self) {
        let tasks: Vec<JoinHandle<()>> = self.running().drain().map(|(_, task)| task).collect();
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            // It was cut, or had ended.
            let _ = task.await;
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<TransferId, JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Transfers {
    fn drop(&mut self) {
        for task in self.running().values() {
            task.abort();
        }
    }
}

/// Attempts that come no further after which a program that does nothing else gives up: about half a minute of waiting between them.
const ALONE_WAITS_MAX: u32 = 8;

/// Does one job by itself, for a program that does nothing else meanwhile; `look` is told how far it is. It waits for a server that is
/// away, but not for ever.
///
/// # Errors
/// Nothing of it was done or is kept, and why.
pub async fn alone(seat: &Seat, job: Job, mut look: impl FnMut(&Happened)) -> Result<Happened, Fault> {
    let (mut farthest, mut waited, mut since) = (0, 0, Instant::now());
    let (news, mut told) = mpsc::unbounded_channel();
    let (id, turns) = (TransferId(0), Semaphore::new(1));
    let teller = Teller { id, news };
    let work = run(seat, &turns, job, &teller);
    tokio::pin!(work);
    loop {
        tokio::select! {
            last = &mut work => return last,
            Some(it) = told.recv() => {
                let Told::Transfer(TransferNews { what, .. }) = it else { continue };
                look(&what);
                match what {
                    // What goes again from the first byte on is no progress before it is further than it was.
                    Happened::Moved { done } if done > farthest => {
                        (farthest, waited, since) = (done, 0, Instant::now());
                    }
                    Happened::Waits { why } => {
                        waited += 1;
                        if waited >= ALONE_WAITS_MAX || since.elapsed() >= TRANSFER_ALONE_WITHOUT_PROGRESS_MAX {
                            return Err(Fault::new(exit::UNAVAILABLE, format!("it waited too long for {why}")));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

async fn run(seat: &Seat, turns: &Semaphore, job: Job, teller: &Teller) -> Result<Happened, Fault> {
    if turns.available_permits() == 0 {
        teller.waits("its turn");
    }
    // The semaphore is never closed.
    let _turn = turns.acquire().await;
    match job {
        Job::Send { what, thread, key } => sending::send(seat, what, &thread, key, teller)
            .await
            .map(Happened::Sent),
        Job::Fetch { file, to } => fetching::fetch(seat, &file, to, teller)
            .await
            .map(|(path, opening)| Happened::Kept { path, opening }),
    }
}

struct Teller {
    id: TransferId,
    news: mpsc::UnboundedSender<Told>,
}

impl Teller {
    fn tell(&self, what: Happened) {
        // Who does not listen any more has gone.
        let _ = self.news.send(Told::Transfer(TransferNews { id: self.id, what }));
    }

    fn waits(&self, why: &str) {
        let why = Shown::line(why);
        self.tell(Happened::Waits { why });
    }

    /// Tells what a count says, for as long as it changes.
    async fn follow(&self, count: &AtomicU64) -> std::convert::Infallible {
        let mut ticks = time::interval(TRANSFER_TOLD_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = 0;
        loop {
            ticks.tick().await;
            let done = count.load(Ordering::Relaxed);
            if done != told {
                told = done;
                self.tell(Happened::Moved { done });
            }
        }
    }
}

/// What comes of an attempt that did not succeed.
enum After {
    /// Another one, after this long at least, because of this.
    Again(Option<Duration>, String),
    /// None: it would not go otherwise.
    Over(Fault),
}

impl After {
    fn of(error: &LoginError) -> After {
        match error {
            LoginError::Unreachable { .. } => After::Again(None, "the connection".to_owned()),
            LoginError::Refused(refusal) if refusal.retryable() => {
                let wait = refusal.retry_after_ms().map(Duration::from_millis);
                match wait {
                    // Nobody waits for an hour in front of a bar.
                    Some(wait) if wait > TRANSFER_WAIT_MAX => After::Over(fault_of(error)),
                    wait => After::Again(wait, waits_for(refusal).to_owned()),
                }
            }
            other => After::Over(fault_of(other)),
        }
    }

    fn of_fetch(error: NotFetched) -> After {
        match &error {
            NotFetched::Server(server) => After::of(server),
            NotFetched::Disk(_) => After::Over(Fault::new(exit::IO, error.to_string())),
            NotFetched::Altered => After::Over(Fault::new(exit::DATA, error.to_string())),
        }
    }
}

/// What the server said, as an end.
fn fault_of(error: &LoginError) -> Fault {
    let code = match error {
        LoginError::Refused(refusal) => exit::of_refusal(refusal),
        LoginError::Unreachable { .. } | LoginError::Untrusted(_) | LoginError::Strange { .. } => exit::UNAVAILABLE,
    };
    Fault::new(code, error.to_string())
}

fn waits_for(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::RateLimited { .. } => "the desk, which takes no more so soon",
        _ => "the server, which is busy",
    }
}

/// Waits between attempts.
struct Pauses(Backoff);

impl Pauses {
    fn new() -> Pauses {
        Pauses(Backoff::new(BACKOFF_FIRST, BACKOFF_CAP))
    }

    async fn wait(&mut self, at_least: Option<Duration>) {
        let random = |bound| rand::rng().random_range(0..=bound);
        time::sleep(self.0.next(random, at_least)).await;
    }
}

impl Seat {
    fn files<'a>(&'a self, bearer: &'a Secret) -> Files<'a> {
        Files {
            server: &self.server,
            tenant: &self.tenant,
            bearer,
        }
    }
}

impl Thread {
    fn as_for(&self) -> For<'_> {
        match self {
            Thread::Own(name) => For::Own(name),
            Thread::Conversation(conversation) => For::Conversation(*conversation),
        }
    }
}

#[cfg(test)]
mod tests;
