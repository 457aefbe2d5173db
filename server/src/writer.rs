//! The one writer: a thread that owns the only read-write connection. It takes what waits, runs it in one
//! transaction, commits, publishes, and then answers. Nothing is acknowledged that is not on the disk.
//!
//! There is no timer in it: a lone command pays one commit, and what came meanwhile is the next group. Each piece of work
//! runs in a savepoint of its own, so that one that fails or panics takes nothing else with it; no head, summary or
//! view is kept in memory, so a rollback leaves nothing behind.

mod positions;
mod queue;

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use minicom_protocol::{command::Done, event::Event, ids::CommandId, refusal::Refusal};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::{error, warn};

pub use self::positions::Positions;
pub use self::queue::{Queue, Queued, queue};
pub use crate::counts::Counts;
use crate::{
    decide::Settings,
    desk::Tenants,
    execute::{self, Choices, Scope},
    faults::Faults,
    hub::Hub,
    in_order::InOrder,
    lanes::Lanes,
    limits,
    order::{Caller, Order},
    store::{TenantKey, journal, tenants},
};

/// What a piece of work comes to, before the commit.
pub type Worked = Result<Box<dyn FnOnce(Committed) + Send>, rusqlite::Error>;

/// Whether the group's transaction was committed; if not, why, as what to answer.
pub type Committed = Result<(), Refusal>;

/// Something to write.
pub enum Job {
    /// A command.
    Command {
        /// Who asks.
        caller: Caller,
        /// The tenant's key.
        tenant: TenantKey,
        /// The command's id.
        id: CommandId,
        /// What is asked.
        order: Box<Order>,
        /// Those that must not overtake it.
        among: Option<InOrder>,
        /// Where the answer goes.
        answer: oneshot::Sender<Result<Done, Refusal>>,
    },
    /// Anything else that is written: accounts, first use, followers' positions.
    Write {
        /// The tenant's key.
        tenant: TenantKey,
        /// The work. What it returns is called after the commit.
        work: Box<dyn FnOnce(&mut Scope<'_>) -> Worked + Send>,
        /// Called instead if the work failed or was never run.
        failed: Box<dyn FnOnce(Refusal) + Send>,
    },
}

impl Job {
    fn tenant(&self) -> TenantKey {
        match self {
            Job::Command { tenant, .. } | Job::Write { tenant, .. } => *tenant,
        }
    }

    fn refuse(self, refusal: Refusal) {
        match self {
            Job::Command { among, answer, .. } => {
                for_now(among.as_ref());
                drop(answer.send(Err(refusal)));
            }
            Job::Write { failed, .. } => failed(refusal),
        }
    }
}

/// What the writer works with.
pub struct Writer {
    /// The connection.
    pub conn: Connection,
    /// Who is told after a commit.
    pub hub: Arc<Hub>,
    /// For whom nothing may be written any more.
    pub tenants: Arc<Tenants>,
    /// What the operator has chosen for the bot.
    pub settings: Settings,
    /// What the tenants have chosen.
    pub choices: RefCell<Choices>,
    /// Broken on purpose; see [`Faults`].
    pub faults: Faults,
    /// Counts.
    pub counts: Arc<Counts>,
    /// Woken when timers were set.
    pub timers: Arc<Notify>,
    /// Followers' positions, written with groups that commit anyway.
    pub positions: Arc<Positions>,
}

impl Writer {
    /// Runs until every sender of `queue` is gone and all that waits is done, then checkpoints. An I/O error ends it at
    /// once: after a failed sync nothing may be acknowledged any more.
    pub fn run(mut self, mut queue: mpsc::Receiver<Queued>) -> Result<(), rusqlite::Error> {
        let mut lanes = Lanes::default();
        while let Some(first) = queue.blocking_recv() {
            lanes.push(first.tenant(), first);
            fill(&mut lanes, &mut queue);
            while !lanes.is_empty() {
                let group = lanes
                    .take(limits::GROUP_COMMANDS_MAX)
                    .into_iter()
                    .map(Queued::taken)
                    .collect();
                if let Err(broken) = self.group(group) {
                    queue.close();
                    error!(error = %broken, "the database cannot be written; stopping without acknowledging anything more");
                    refuse_all(lanes, &mut queue);
                    return Err(broken);
                }
                fill(&mut lanes, &mut queue);
            }
        }
        self.positions.write(&self.conn, &self.tenants)?;
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// One transaction. The error is one after which nothing may be acknowledged.
    fn group(&mut self, jobs: Vec<Job>) -> Result<(), rusqlite::Error> {
        let (began, count) = (Instant::now(), jobs.len());
        self.counts.jobs.fetch_add(jobs.len() as u64, Ordering::Relaxed);
        if let Err(error) = self.conn.execute_batch("BEGIN IMMEDIATE") {
            return self.refuse_group(jobs.into_iter().map(|job| job_refuser(job)).collect(), error);
        }
        let mut finished: Vec<Box<dyn FnOnce(Committed) + Send>> = Vec::with_capacity(jobs.len());
        let mut events: Vec<(TenantKey, Event)> = Vec::new();
        let mut timers_set = false;
        // Empty but for a server that is broken on purpose: who has come in is never told so too early, or would be turned away.
        let mut answered_early = Vec::new();
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            let early = self.faults.answer_before_commit && matches!(job, Job::Command { .. });
            match self.savepoint(job, &mut events, &mut timers_set) {
                Ok(finish) if early => answered_early.push(finish),
                Ok(finish) => finished.push(finish),
                Err((finish, error)) => {
                    finished.push(finish);
                    // A full disk or an I/O error may have ended the whole transaction, not only the savepoint.
                    if self.conn.is_autocommit() || is_fatal(&error) {
                        finished.extend(jobs.map(job_refuser));
                        return self.refuse_group(finished, error);
                    }
                }
            }
        }
        if let Err(error) = self.positions.write(&self.conn, &self.tenants) {
            return self.refuse_group(finished, error);
        }
        answered_early.into_iter().for_each(|finish| finish(Ok(())));
        match self.conn.execute_batch("COMMIT") {
            Ok(()) => {
                self.counts.note_commit(count, began.elapsed());
                if events.iter().any(|(_, event)| journal::erases(event)) {
                    self.counts.erased.store(true, Ordering::Release);
                }
                self.counts.committed.notify_one();
                self.hub.publish(&events);
                if !events.is_empty() {
                    self.counts.appended.notify_one();
                }
                if timers_set {
                    self.timers.notify_one();
                }
                finished.into_iter().for_each(|finish| finish(Ok(())));
                Ok(())
            }
            Err(error) => self.refuse_group(finished, error),
        }
    }

    /// Runs one piece of work in a savepoint. An error has the savepoint rolled back already.
    #[allow(clippy::type_complexity)]
    fn savepoint(
        &mut self,
        job: Job,
        events: &mut Vec<(TenantKey, Event)>,
        timers_set: &mut bool,
    ) -> Result<Box<dyn FnOnce(Committed) + Send>, (Box<dyn FnOnce(Committed) + Send>, rusqlite::Error)> {
        let before = events.len();
        let job = match behind(job) {
            Ok(job) => job,
            Err(refused) => return Ok(refused),
        };
        if self.tenants.is_gone(job.tenant()) {
            // What waited in the queue while its tenant was deleted leaves no row behind.
            return Ok(Box::new(move |_| job.refuse(Refusal::NotFound)));
        }
        if let Err(error) = self.conn.execute_batch("SAVEPOINT job") {
            return Err((job_refuser(job), error));
        }
        let tenant = job.tenant();
        let mut scope = Scope::new(
            &self.conn,
            tenant,
            self.settings,
            &self.choices,
            self.faults,
            events,
            timers_set,
        );
        let (result, failed): (_, Box<dyn FnOnce(Committed) + Send>) = match job {
            Job::Command {
                caller,
                id,
                order,
                among,
                answer,
                ..
            } => {
                let done = catch_unwind(AssertUnwindSafe(|| execute::command(&mut scope, &caller, id, &order)));
                match done {
                    Ok(Ok(outcome)) => {
                        let finish: Box<dyn FnOnce(Committed) + Send> = Box::new(move |committed| {
                            if committed.is_err() {
                                for_now(among.as_ref());
                            }
                            drop(answer.send(committed.and(outcome)));
                        });
                        (Some(Ok(finish)), Box::new(|_| {}))
                    }
                    Ok(Err(error)) => {
                        for_now(among.as_ref());
                        let refusal = refusal_for(&error);
                        (Some(Err(error)), Box::new(move |_| drop(answer.send(Err(refusal)))))
                    }
                    Err(_) => {
                        for_now(among.as_ref());
                        (None, Box::new(move |_| drop(answer.send(Err(Refusal::Internal)))))
                    }
                }
            }
            Job::Write { work, failed, .. } => match catch_unwind(AssertUnwindSafe(|| work(&mut scope))) {
                Ok(Ok(finish)) => (Some(Ok(finish)), Box::new(|_| {})),
                Ok(Err(error)) => {
                    let refusal = refusal_for(&error);
                    (Some(Err(error)), Box::new(move |_| failed(refusal)))
                }
                Err(_) => (None, Box::new(move |_| failed(Refusal::Internal))),
            },
        };
        match result {
            Some(Ok(finish)) => match self.conn.execute_batch("RELEASE job") {
                Ok(()) => Ok(finish),
                Err(error) => Err((finish, error)),
            },
            Some(Err(error)) => {
                if tenants::quota_exceeded(&error).is_none() {
                    warn!(%error, "a piece of work failed and was rolled back");
                }
                self.roll_back(events, before);
                Err((failed, error))
            }
            None => {
                // The panic's own message went to the panic hook.
                error!("a piece of work panicked and was rolled back");
                self.roll_back(events, before);
                Ok(failed)
            }
        }
    }

    fn roll_back(&self, events: &mut Vec<(TenantKey, Event)>, before: usize) {
        events.truncate(before);
        if !self.conn.is_autocommit() {
            // If this fails, so does the group's commit, and nothing of it is acknowledged.
            let _ = self.conn.execute_batch("ROLLBACK TO job; RELEASE job");
        }
    }

    /// Answers a whole group that was not committed. Passes the error on if it must end the writer.
    fn refuse_group(
        &self,
        finished: Vec<Box<dyn FnOnce(Committed) + Send>>,
        error: rusqlite::Error,
    ) -> Result<(), rusqlite::Error> {
        error!(%error, commands = finished.len(), "a group was not committed");
        if !self.conn.is_autocommit() {
            let _ = self.conn.execute_batch("ROLLBACK");
        }
        let refusal = match refusal_for(&error) {
            Refusal::Internal => Refusal::Storage,
            other => other,
        };
        finished.into_iter().for_each(|finish| finish(Err(refusal.clone())));
        if is_fatal(&error) { Err(error) } else { Ok(()) }
    }
}

/// Moves what waits into the lanes, as much as may wait there: the rest stays in the queue, so that it can be full.
fn fill(lanes: &mut Lanes<Queued>, queue: &mut mpsc::Receiver<Queued>) {
    while lanes.len() < limits::COMMAND_QUEUE_MAX
        && let Ok(job) = queue.try_recv()
    {
        lanes.push(job.tenant(), job);
    }
}

/// A command was refused for now: none that was sent after it may overtake it.
fn for_now(among: Option<&InOrder>) {
    if let Some(among) = among {
        among.set_broken();
    }
}

/// The job, unless one before it was refused for now: then its refusal.
#[allow(clippy::type_complexity)]
fn behind(job: Job) -> Result<Job, Box<dyn FnOnce(Committed) + Send>> {
    match job {
        Job::Command {
            among: Some(among),
            answer,
            ..
        } if among.is_broken() => Err(Box::new(move |_| drop(answer.send(Err(Refusal::Behind))))),
        job => Ok(job),
    }
}

fn job_refuser(job: Job) -> Box<dyn FnOnce(Committed) + Send> {
    Box::new(move |committed| {
        if let Err(refusal) = committed {
            job.refuse(refusal);
        }
    })
}

fn refuse_all(mut lanes: Lanes<Queued>, queue: &mut mpsc::Receiver<Queued>) {
    while !lanes.is_empty() {
        lanes
            .take(limits::GROUP_COMMANDS_MAX)
            .into_iter()
            .for_each(|queued| queued.taken().refuse(Refusal::Storage));
    }
    while let Ok(queued) = queue.try_recv() {
        queued.taken().refuse(Refusal::Storage);
    }
}

fn refusal_for(error: &rusqlite::Error) -> Refusal {
    if let Some(what) = tenants::quota_exceeded(error) {
        return Refusal::QuotaExceeded { what: what.to_owned() };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Refusal::StorageFull,
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Refusal::Storage,
        _ => Refusal::Internal,
    }
}

/// After these nobody knows what is on the disk; a later success of a sync means nothing.
fn is_fatal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
