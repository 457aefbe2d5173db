//! A program without a screen: the real client with its replica, read by a task, and looked at by tests. What came in is
//! also kept as it came, so that it can be compared with the journal.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use anyhow::{Result, anyhow, bail};
use minicom_client::{
    AgentReplica, ClientEvent, Config, ConnState, CustomerReplica, Ended, Handle, Party, Unsent, open,
};
use minicom_protocol::{
    command::{Done, Outcome},
    frame::{Agents, Customers, Told},
    ids::{CommandId, Cursor},
    refusal::Refusal,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::wait::PATIENCE;

/// What the two replicas have in common.
pub trait Replica: Default + Send + 'static {
    /// Whose it is.
    type Party: Party;

    /// Takes in what the connection tells, and says what is to be asked.
    fn apply(
        &mut self,
        event: ClientEvent<Self::Party>,
        now: Instant,
    ) -> Vec<<Self::Party as minicom_protocol::frame::Audience>::Question>;
}

impl Replica for AgentReplica {
    type Party = Agents;

    fn apply(&mut self, event: ClientEvent<Agents>, now: Instant) -> Vec<minicom_protocol::frame::AgentQuestion> {
        AgentReplica::apply(self, event, now)
    }
}

impl Replica for CustomerReplica {
    type Party = Customers;

    fn apply(&mut self, event: ClientEvent<Customers>, now: Instant) -> Vec<minicom_protocol::frame::CustomerQuestion> {
        CustomerReplica::apply(self, event, now)
    }
}

/// What is told in return to a question.
pub type Reply<R> = <<R as Replica>::Party as minicom_protocol::frame::Audience>::Reply;

/// What a program has seen so far.
pub struct Seen<R: Replica> {
    /// What it knows.
    pub replica: R,
    /// How its connection stands.
    pub state: ConnState,
    /// Why it has ended for good.
    pub ended: Option<Ended>,
    /// Final answers to its commands.
    pub answers: HashMap<CommandId, Outcome>,
    /// The cursor of the last fresh start.
    pub fresh_at: Option<Cursor>,
    /// Every event since then, in the order in which they came.
    pub log: Vec<<R::Party as minicom_protocol::frame::Audience>::Event>,
    /// Everything momentary.
    pub signals: Vec<<R::Party as minicom_protocol::frame::Audience>::Signal>,
    /// What was told in return to questions, by their numbers.
    pub told: HashMap<u64, Result<Reply<R>, Refusal>>,
    /// How often it started afresh, and how often it went on from where it was.
    pub welcomes: (u64, u64),
}

impl<R: Replica> Seen<R> {
    fn note(&mut self, event: &ClientEvent<R::Party>) {
        match event {
            ClientEvent::State(state) => self.state = state.clone(),
            ClientEvent::Ended(ended) => self.ended = Some(ended.clone()),
            ClientEvent::Answered { id, outcome, .. } => drop(self.answers.insert(*id, outcome.clone())),
            ClientEvent::Fresh { cursor, .. } => {
                self.fresh_at = Some(*cursor);
                self.log.clear();
                self.welcomes.0 += 1;
            }
            ClientEvent::Resumed { .. } => self.welcomes.1 += 1,
            ClientEvent::Batch { events, .. } => self.log.extend(events.iter().cloned()),
            ClientEvent::Reply { n, told, .. } => {
                let told = match told {
                    Told::Reply(reply) => Ok(reply.clone()),
                    Told::Refusal(refusal) => Err(refusal.clone()),
                };
                self.told.insert(*n, told);
            }
            ClientEvent::Signal(signal) => self.signals.push(signal.clone()),
            _ => {}
        }
    }
}

/// A running program. Dropping it ends it as a crash would.
pub struct Program<R: Replica> {
    handle: Option<Arc<Handle<R::Party>>>,
    seen: Arc<Mutex<Seen<R>>>,
    changed: watch::Receiver<u64>,
    reading: JoinHandle<()>,
}

/// A customer's program.
pub type CustomerProgram = Program<CustomerReplica>;
/// An agent's program.
pub type AgentProgram = Program<AgentReplica>;

impl<R: Replica> Program<R> {
    /// Opens a connection and reads it.
    pub fn start(config: Config<R::Party>) -> Program<R> {
        let (handle, events) = open(config);
        let handle = Arc::new(handle);
        let seen = Arc::new(Mutex::new(Seen {
            replica: R::default(),
            state: ConnState::Connecting,
            ended: None,
            answers: HashMap::new(),
            fresh_at: None,
            log: Vec::new(),
            signals: Vec::new(),
            told: HashMap::new(),
            welcomes: (0, 0),
        }));
        let (bump, changed) = watch::channel(0);
        let reading = tokio::spawn(read(events, seen.clone(), Arc::downgrade(&handle), bump));
        Program {
            handle: Some(handle),
            seen,
            changed,
            reading,
        }
    }

    /// The handle of the connection.
    pub fn handle(&self) -> &Handle<R::Party> {
        self.handle.as_ref().expect("a program has its handle until it ends")
    }

    /// Looks at what is known now.
    pub fn look<T>(&self, look: impl FnOnce(&Seen<R>) -> T) -> T {
        look(&lock(&self.seen))
    }

    /// Changes the replica as its program would, such as by opening a thread; what it asks is asked.
    ///
    /// # Errors
    /// The connection has ended.
    pub fn ask(
        &self,
        ask: impl FnOnce(&mut R) -> Vec<<R::Party as minicom_protocol::frame::Audience>::Question>,
    ) -> Result<()> {
        let questions = ask(&mut lock(&self.seen).replica);
        for question in questions {
            self.handle().ask(question)?;
        }
        Ok(())
    }

    /// Hands over a command.
    ///
    /// # Errors
    /// It was not taken.
    pub fn send(&self, command: <R::Party as minicom_protocol::frame::Audience>::Command) -> Result<CommandId, Unsent> {
        self.handle().send(command)
    }

    /// Waits until there is something to see, and returns it.
    ///
    /// # Errors
    /// It was not there in time, or the connection has ended for good.
    pub async fn until<T>(&self, what: &str, mut look: impl FnMut(&Seen<R>) -> Option<T>) -> Result<T> {
        let mut changed = self.changed.clone();
        let waiting = async {
            loop {
                changed.borrow_and_update();
                if let Some(found) = self.look(&mut look) {
                    return Ok(found);
                }
                if changed.changed().await.is_err() {
                    let ended = self.look(|seen| seen.ended.clone());
                    bail!("the connection ended before {what}: {ended:?}");
                }
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => bail!("waited {} s in vain for {what}", PATIENCE.as_secs()),
        }
    }

    /// Waits until it is connected.
    ///
    /// # Errors
    /// As [`Program::until`].
    pub async fn live(&self) -> Result<()> {
        self.until("the connection", |seen| seen.state.is_live().then_some(()))
            .await
    }

    /// Waits for a command's final answer.
    ///
    /// # Errors
    /// As [`Program::until`].
    pub async fn answer(&self, id: CommandId) -> Result<Result<Done, Refusal>> {
        let outcome = self.until("an answer", |seen| seen.answers.get(&id).cloned()).await?;
        Ok(match outcome {
            Outcome::Done(done) => Ok(done),
            Outcome::Refused { refusal } => Err(refusal),
        })
    }

    /// Does a command: hands it over and waits until it is on the server's disk.
    ///
    /// # Errors
    /// It was refused, or as [`Program::until`].
    pub async fn done(&self, command: <R::Party as minicom_protocol::frame::Audience>::Command) -> Result<Done> {
        let id = self.send(command)?;
        self.answer(id)
            .await?
            .map_err(|refusal| anyhow!("refused: {}", refusal.code()))
    }

    /// Does a command that is to be refused.
    ///
    /// # Errors
    /// It was done, or as [`Program::until`].
    pub async fn refused(&self, command: <R::Party as minicom_protocol::frame::Audience>::Command) -> Result<Refusal> {
        let id = self.send(command)?;
        match self.answer(id).await? {
            Err(refusal) => Ok(refusal),
            Ok(done) => bail!("it was done: {done:?}"),
        }
    }

    /// Asks something that the replica does not ask by itself, and waits for what is told.
    ///
    /// # Errors
    /// It was not told, or as [`Program::until`].
    pub async fn told(
        &self,
        question: <R::Party as minicom_protocol::frame::Audience>::Question,
    ) -> Result<Result<Reply<R>, Refusal>> {
        let n = self.handle().ask(question)?;
        self.until("what was asked", |seen| seen.told.get(&n).cloned()).await
    }

    /// Ends it in good order.
    pub async fn close(mut self) {
        let Some(mut handle) = self.handle.take() else { return };
        // The reading task holds it only while it asks.
        let handle = loop {
            match Arc::try_unwrap(handle) {
                Ok(handle) => break handle,
                Err(held) => {
                    handle = held;
                    tokio::task::yield_now().await;
                }
            }
        };
        handle.shutdown().await;
    }
}

impl<R: Replica> Drop for Program<R> {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

async fn read<R: Replica>(
    mut events: mpsc::Receiver<ClientEvent<R::Party>>,
    seen: Arc<Mutex<Seen<R>>>,
    handle: std::sync::Weak<Handle<R::Party>>,
    bump: watch::Sender<u64>,
) {
    while let Some(event) = events.recv().await {
        let questions = {
            let mut seen = lock(&seen);
            seen.note(&event);
            seen.replica.apply(event, Instant::now())
        };
        if let Some(handle) = handle.upgrade() {
            for question in questions {
                // What is not asked is asked again after the next connection.
                let _ = handle.ask(question);
            }
        }
        bump.send_modify(|n| *n += 1);
    }
}

/// What was seen is whole at any time: a panic of a look changes nothing.
fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
