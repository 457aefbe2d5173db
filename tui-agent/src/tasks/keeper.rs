//! The desk on disk, by a thread of its own: a slow disk must not hold up a key. It refuses to know when something is kept.

use std::{sync::mpsc as std_mpsc, thread::JoinHandle};

use minicom_client::{
    ListChoice, ListChoiceFile,
    kept::{KeptStore, Parcel},
};
use minicom_tui_kit::Shown;
use tokio::sync::mpsc;

use crate::app::Msg;

/// What the thread is to do.
enum Job {
    Keep(Box<Parcel>),
    Forget,
    Choice(ListChoice),
}

/// The thread.
pub struct Keeper {
    jobs: std_mpsc::Sender<Job>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it. A disk that does not keep the desk is told by a message: the program works without.
    pub fn start(store: KeptStore, list: ListChoiceFile, messages: mpsc::Sender<Msg>) -> Keeper {
        let (jobs, to_do) = std_mpsc::channel();
        let work = move || run(store, &list, &to_do, &messages);
        // Without a thread the jobs go nowhere, and nothing is kept.
        let thread = std::thread::Builder::new().name("kept desk".into()).spawn(work).ok();
        Keeper { jobs, thread }
    }

    /// Writes what has changed.
    pub fn keep(&self, parcel: Box<Parcel>) {
        // The thread is gone only if it could not be started.
        let _ = self.jobs.send(Job::Keep(parcel));
    }

    /// Keeps how the list is arranged.
    pub fn keep_choice(&self, choice: ListChoice) {
        let _ = self.jobs.send(Job::Choice(choice));
    }

    /// Removes all of it, and keeps nothing from here on.
    pub fn forget(&self) {
        let _ = self.jobs.send(Job::Forget);
    }

    /// Waits until everything is on disk. Blocking.
    pub fn finish(self) {
        drop(self.jobs);
        if let Some(thread) = self.thread {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

fn run(mut store: KeptStore, list: &ListChoiceFile, to_do: &std_mpsc::Receiver<Job>, messages: &mpsc::Sender<Msg>) {
    let mut gone = false;
    // What could not be written is not in the parcels that follow.
    let mut unwritten: Option<Parcel> = None;
    // Of a disk that stays broken it is told once.
    let mut broken = false;
    while let Ok(job) = to_do.recv() {
        let done = match job {
            Job::Choice(choice) => list.save(&choice),
            Job::Keep(_) if gone => Ok(()),
            Job::Keep(parcel) => {
                let parcel = match unwritten.take() {
                    Some(before) => parcel.after(before),
                    None => *parcel,
                };
                let written = store.write(&parcel);
                if !matches!(written, Ok(true)) {
                    unwritten = Some(parcel);
                }
                written.map(drop)
            }
            Job::Forget => {
                if let Err(error) = store.remove() {
                    tell(messages, "What was kept of the desk cannot be removed", &error);
                }
                (gone, unwritten) = (true, None);
                Ok(())
            }
        };
        match done {
            Ok(()) => broken = false,
            Err(error) if !std::mem::replace(&mut broken, true) => {
                tell(
                    messages,
                    "The desk cannot be kept for a time without a connection",
                    &error,
                );
            }
            Err(_) => {}
        }
    }
}

fn tell(messages: &mpsc::Sender<Msg>, what: &str, error: &std::io::Error) {
    let words = Shown::line(&format!("{what}: {error}"));
    // Nobody listens when the program is at its end.
    let _ = messages.try_send(Msg::DiskTrouble(words));
}
