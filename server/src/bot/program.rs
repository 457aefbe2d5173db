//! A program in the place of the bot's articles: it reads questions as JSON lines and writes what to do as JSON lines. The operator names it;
//! no tenant can. What it says is taken as the bot's turn like any other; where it is dead, silent or wrong, people get the conversation.
//! How it is started, kept and ended is in `keeper`, what is said to and by it in `talk`.

mod keeper;
mod lines;
mod talk;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use minicom_protocol::ids::TenantId;
use thiserror::Error;
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

pub use self::talk::{Question, Said, Spoken};
use crate::limits::BOT_PROGRAM_IN_FLIGHT;

/// Which program answers for which tenant, as the operator has said: program first, then its arguments. No shell reads it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Programs {
    /// For every tenant without one of its own; empty: none.
    pub all: Vec<String>,
    /// For single tenants; an empty one is none.
    pub of: BTreeMap<String, Vec<String>>,
}

impl Programs {
    /// The program of a tenant.
    pub fn of(&self, tenant: &TenantId) -> Option<&[String]> {
        let command = self.of.get(tenant.as_str()).unwrap_or(&self.all);
        (!command.is_empty()).then_some(command)
    }
}

/// Why there is no answer. Nothing that the customer or the program said is in it.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Failed {
    /// It cannot be started.
    #[error("the bot's program cannot be started")]
    NotThere,
    /// It has just ended, and is started again in a moment.
    #[error("the bot's program has ended and is not started again yet")]
    Resting,
    /// It ended with the question.
    #[error("the bot's program ended before it answered")]
    Ended,
    /// It did not answer in time.
    #[error("the bot's program did not answer in time")]
    Late,
    /// It has too many questions already.
    #[error("the bot's program has too much to do")]
    Busy,
    /// What it wrote is no answer.
    #[error("the bot's program wrote what is no answer: {0}")]
    Wrong(&'static str),
}

/// The program of one tenant. Started when somebody asks, and again when it has ended; ended with the server.
#[derive(Clone)]
pub struct Program {
    jobs: mpsc::Sender<Job>,
    /// How many questions it may have at once.
    room: Arc<Semaphore>,
    next: Arc<AtomicU64>,
}

/// A question on its way to the program.
struct Job {
    id: u64,
    /// As it is written, with its end.
    line: String,
    answer: oneshot::Sender<Result<Said, Failed>>,
}

impl Job {
    fn fail(self, why: Failed) {
        // Who asked may not wait any more.
        let _ = self.answer.send(Err(why));
    }
}

impl Program {
    /// The program of a tenant by its command, which is not empty, and the work that keeps it until `stop`.
    pub fn begin(
        command: &[String],
        tenant: &TenantId,
        stop: CancellationToken,
    ) -> (Program, impl Future<Output = ()> + Send + use<>) {
        let (jobs, to_do) = mpsc::channel(BOT_PROGRAM_IN_FLIGHT);
        let program = Program {
            jobs,
            room: Arc::new(Semaphore::new(BOT_PROGRAM_IN_FLIGHT)),
            next: Arc::default(),
        };
        let work = keeper::keep(command.to_vec(), tenant.clone(), to_do, stop);
        (program, work)
    }

    /// Asks, and waits for the answer until `deadline` at the longest. At most [`BOT_PROGRAM_IN_FLIGHT`] questions are with it at a
    /// time; the others wait here.
    ///
    /// # Errors
    /// There is no answer, and why.
    pub async fn ask(&self, question: &Question, deadline: Instant) -> Result<Said, Failed> {
        let room = timeout_at(deadline, self.room.acquire()).await;
        let _room = room.map_err(|_| Failed::Busy)?.expect("this semaphore is never closed");
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, answered) = oneshot::channel();
        let line = question.line(id, deadline.saturating_duration_since(Instant::now()));
        let asked = async {
            let job = Job { id, line, answer };
            self.jobs.send(job).await.map_err(|_| Failed::Ended)?;
            answered.await.unwrap_or(Err(Failed::Ended))
        };
        timeout_at(deadline, asked).await.unwrap_or(Err(Failed::Late))
    }
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
