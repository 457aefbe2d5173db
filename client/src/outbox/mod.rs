//! What is yet to be sent, kept until it is answered: the queue in memory, its files, and the one job at a time that
//! writes them. It knows nothing of the connection.

mod queue;
mod store;

use std::{io, path::PathBuf, time::SystemTime};

use minicom_protocol::ids::CommandId;
use tokio::task::JoinHandle;

pub(crate) use self::queue::{Entry, Queue, Step, Verdict, deferring};
use self::store::{Record, Store};
use crate::{config::WallClock, handle, limits::IN_FLIGHT_MAX, party::Party};

/// The outbox of one connection.
pub(crate) struct Outbox<A: Party> {
    pub queue: Queue<A::Command>,
    disk: Disk,
    /// Files of answered commands.
    answered: Vec<PathBuf>,
    /// Whether the disk failed the last time, so that the user is told once and not for each line.
    failing: bool,
    wall: WallClock,
}

/// Where the files are.
enum Disk {
    /// There are none: the outbox ends with the program.
    None,
    /// Nothing is being written.
    Idle(Store),
    /// A job is writing.
    Busy(JoinHandle<JobDone>),
    /// A job broke, and took the files with it.
    Lost,
}

/// What a job brings back.
pub(crate) struct JobDone {
    store: Store,
    written: Vec<(CommandId, io::Result<PathBuf>)>,
    removed: io::Result<()>,
}

impl<A: Party> Outbox<A> {
    pub fn new(wall: WallClock) -> Self {
        Self {
            queue: Queue::new(),
            disk: Disk::None,
            answered: Vec::new(),
            failing: false,
            wall,
        }
    }

    /// Adopts what earlier programs left behind: their commands are in the queue from here on, in order. Returns
    /// words for the user about what could not be read.
    pub async fn begin(&mut self, base: PathBuf) -> Vec<String> {
        let Ok((store, found)) = tokio::task::spawn_blocking(move || Store::open(base)).await else {
            self.disk = Disk::Lost;
            return vec!["The outbox on disk could not be opened. Messages are kept in memory only.".to_owned()];
        };
        self.disk = Disk::Idle(store);
        let mut troubles = found.troubles;
        for (path, record) in found.records {
            match serde_json::from_value::<A::Command>(record.command) {
                // One that cannot be sent would close every connection.
                Ok(command) if handle::fits::<A>(&command) => self.queue.push(Entry {
                    id: record.id,
                    command,
                    made: record.made,
                    momentary: false,
                    file: Some(path),
                    step: Step::Ready,
                    confirmed: false,
                    awaited: false,
                    broken: 0,
                    _room: None,
                }),
                _ => troubles.push(store::set_aside(&path, "its command is not known here")),
            }
        }
        troubles
    }

    /// A new command. It is ready to be sent when it is on disk, or at once if there is none.
    pub fn accept(&mut self, id: CommandId, command: A::Command, room: tokio::sync::OwnedSemaphorePermit) {
        let step = match self.disk {
            Disk::None | Disk::Lost => Step::Ready,
            Disk::Idle(_) | Disk::Busy(_) => Step::New,
        };
        self.queue.push(Entry {
            id,
            command,
            made: self.now(),
            momentary: false,
            file: None,
            step,
            confirmed: false,
            awaited: false,
            broken: 0,
            _room: Some(room),
        });
        self.kick();
    }

    /// A momentary command: never on disk, gone with the connection, but in order with the others, because a refusal
    /// of one holds them all.
    pub fn accept_momentary(&mut self, command: A::Command) {
        self.queue.push(Entry {
            id: handle::new_id(),
            command,
            made: self.now(),
            momentary: true,
            file: None,
            step: Step::Ready,
            confirmed: true,
            awaited: false,
            broken: 0,
            _room: None,
        });
    }

    /// An entry has left the queue: its file goes too.
    pub fn forget(&mut self, entry: &Entry<A::Command>) {
        self.answered.extend(entry.file.clone());
        self.kick();
    }

    /// Starts the next job if there is something to write or remove and none is under way.
    fn kick(&mut self) {
        if !self.queue.has_new() && self.answered.is_empty() {
            return;
        }
        let mut store = match std::mem::replace(&mut self.disk, Disk::Lost) {
            Disk::Idle(store) => store,
            other => {
                self.disk = other;
                return;
            }
        };
        let new = self.queue.take_new(IN_FLIGHT_MAX).map(|entry| Record {
            id: entry.id,
            made: entry.made,
            // Commands are made of maps with text keys, which always have a JSON form.
            command: serde_json::to_value(&entry.command).unwrap_or_default(),
        });
        let records: Vec<Record> = new.collect();
        let answered = std::mem::take(&mut self.answered);
        self.disk = Disk::Busy(tokio::task::spawn_blocking(move || {
            let results = store.write(&records);
            let removed = store.remove(&answered);
            JobDone {
                store,
                written: records.iter().map(|record| record.id).zip(results).collect(),
                removed,
            }
        }));
    }

    /// Waits for the job that is under way; for ever if there is none. Can be dropped and called again.
    pub async fn job(&mut self) -> Option<JobDone> {
        match &mut self.disk {
            Disk::Busy(job) => job.await.ok(),
            _ => std::future::pending().await,
        }
    }

    /// Takes in what a job brought back. Returns words for the user if the disk has begun to fail.
    pub fn job_done(&mut self, done: Option<JobDone>) -> Option<String> {
        let Some(done) = done else {
            self.disk = Disk::Lost;
            let waiting: Vec<CommandId> = self.queue.take_new(usize::MAX).map(|entry| entry.id).collect();
            for id in waiting.into_iter().chain(self.queue.being_kept()) {
                self.queue.kept(id, None);
            }
            return Some("The outbox on disk broke. Messages are kept in memory only.".to_owned());
        };
        self.disk = Disk::Idle(done.store);
        let mut failure = done.removed.err();
        for (id, written) in done.written {
            match written {
                Ok(path) => self.queue.kept(id, Some(path)),
                Err(error) => {
                    self.queue.kept(id, None);
                    failure = Some(error);
                }
            }
        }
        self.kick();
        let began = failure.is_some() && !self.failing;
        self.failing = failure.is_some();
        failure.filter(|_| began).map(|error| {
            format!(
                "Unsent messages cannot be kept on disk ({error}). They are sent from memory; do not close the program."
            )
        })
    }

    /// Whether everything accepted is on disk, as far as the disk works.
    pub fn is_kept(&self) -> bool {
        !matches!(self.disk, Disk::Busy(_)) && (!self.queue.has_new() || matches!(self.disk, Disk::Lost | Disk::None))
    }

    /// Lets go of the files.
    pub async fn end(self) {
        if let Disk::Idle(store) = self.disk {
            // If it breaks, empty folders stay, which the next program removes.
            let _ = tokio::task::spawn_blocking(move || store.close()).await;
        }
    }

    pub fn now(&self) -> SystemTime {
        (self.wall)()
    }
}
