//! The order of what is to be sent. Pure: no disk, no network, and the time is handed in.
//!
//! A command is first kept (on disk), then sent, then answered. Commands are sent in the order in which they were
//! accepted, at most [`IN_FLIGHT_MAX`] unanswered. When the server refuses one for now, it refuses all that were sent after it
//! too; so nothing is sent until each of them is answered and the wait is over, and then all are, in order.

use std::{
    collections::VecDeque,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use minicom_protocol::{command::Outcome, ids::CommandId, refusal::Refusal};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

use crate::limits::{BROKEN_MAX, IN_FLIGHT_MAX, RETRY_AFTER_MAX, RETRY_DEFAULT, STALE_AFTER};

/// A command on its way.
#[derive(Debug)]
pub(crate) struct Entry<C> {
    pub id: CommandId,
    pub command: C,
    /// When it was accepted, by this computer's clock.
    pub made: SystemTime,
    /// Momentary ones end with the connection.
    pub momentary: bool,
    /// Its file, once it has one.
    pub file: Option<PathBuf>,
    pub step: Step,
    /// The user wants it sent, however old.
    pub confirmed: bool,
    /// The server refused it for now and takes nothing after it on this connection until it has seen it again.
    pub awaited: bool,
    /// How often the server broke on it.
    pub broken: u32,
    /// Its place among [`crate::limits::OUTBOX_MAX`].
    pub _room: Option<OwnedSemaphorePermit>,
}

/// How far a command has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// To be written to disk.
    New,
    /// Being written to disk.
    Keeping,
    /// To be sent.
    Ready,
    /// Sent, and not answered.
    Sent,
    /// Too old to be sent without asking.
    Stale,
}

/// What an answer means.
#[derive(Debug)]
pub(crate) enum Verdict<C> {
    /// It is the final one; the entry has left the queue.
    Final(Entry<C>, Outcome),
    /// The server broke on it too often; the entry has left the queue. The connection takes nothing more.
    GivenUp(Entry<C>, Refusal),
    /// It is sent again later.
    Later,
    /// The server does not take us for signed in; the entry stays for the next program that is.
    SignedOut,
    /// There is no such command any more.
    Unknown,
}

/// Commands on their way, in order.
#[derive(Debug)]
pub(crate) struct Queue<C> {
    entries: VecDeque<Entry<C>>,
    /// Nothing is sent before.
    hold_until: Option<Instant>,
    /// Nothing is sent while an answer is outstanding: the server refuses all until it sees the refused one again.
    settle: bool,
}

impl<C> Queue<C> {
    pub fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            hold_until: None,
            settle: false,
        }
    }

    pub fn push(&mut self, entry: Entry<C>) {
        self.entries.push_back(entry);
    }

    /// The entries that are to be written to disk now; they count as being written from here on.
    pub fn take_new(&mut self, most: usize) -> impl Iterator<Item = &Entry<C>> {
        let new = self
            .entries
            .iter_mut()
            .filter(|entry| entry.step == Step::New)
            .take(most);
        new.map(|entry| {
            entry.step = Step::Keeping;
            &*entry
        })
    }

    pub fn has_new(&self) -> bool {
        self.entries.iter().any(|entry| entry.step == Step::New)
    }

    /// The entries that are being written.
    pub fn being_kept(&self) -> Vec<CommandId> {
        let keeping = self.entries.iter().filter(|entry| entry.step == Step::Keeping);
        keeping.map(|entry| entry.id).collect()
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry<C>> {
        self.entries.iter()
    }

    /// The disk is done with an entry: it has a file, or none because the disk failed. It may be sent either way.
    pub fn kept(&mut self, id: CommandId, file: Option<PathBuf>) {
        if let Some(entry) = self.find(id) {
            entry.file = file;
            entry.step = Step::Ready;
        }
    }

    /// The next entry to send, which counts as sent from here on.
    pub fn send_next(&mut self, now: Instant) -> Option<&Entry<C>> {
        let unanswered = self.unanswered();
        if unanswered >= IN_FLIGHT_MAX || (self.settle && unanswered > 0) || self.hold_until.is_some_and(|at| now < at)
        {
            return None;
        }
        (self.settle, self.hold_until) = (false, None);
        let waits = |entry: &&mut Entry<C>| !matches!(entry.step, Step::Sent | Step::Stale);
        let next = self.entries.iter_mut().find(waits)?;
        if next.step != Step::Ready {
            return None; // What comes after it must not overtake it.
        }
        next.step = Step::Sent;
        next.awaited = false;
        Some(next)
    }

    /// When sending goes on, if it is held and something waits for it. While answers are outstanding, those are waited
    /// for and no time is.
    pub fn held_until(&self) -> Option<Instant> {
        if self.settle && self.unanswered() > 0 {
            return None;
        }
        self.hold_until
            .filter(|_| self.entries.iter().any(|entry| entry.step == Step::Ready))
    }

    /// An answer came.
    pub fn answered(&mut self, id: CommandId, outcome: Outcome, now: Instant) -> Verdict<C> {
        let Some(at) = self.entries.iter().position(|entry| entry.id == id) else {
            return Verdict::Unknown;
        };
        match &outcome {
            Outcome::Refused { refusal } if *refusal == Refusal::SignIn => return Verdict::SignedOut,
            Outcome::Refused {
                refusal: Refusal::Internal,
            } if self.entries[at].broken + 1 >= BROKEN_MAX => {
                return match self.entries.remove(at) {
                    Some(entry) => Verdict::GivenUp(entry, broken()),
                    None => Verdict::Unknown,
                };
            }
            Outcome::Refused { refusal } if refusal.retryable() => {
                self.entries[at].broken += u32::from(*refusal == Refusal::Internal);
                self.entries[at].step = Step::Ready;
                self.entries[at].awaited = *refusal != Refusal::Behind && !self.entries[at].momentary;
                self.settle = true;
                let asked = refusal.retry_after_ms().map(Duration::from_millis);
                let wait = match refusal {
                    Refusal::Behind => Duration::ZERO, // The one before it says how long.
                    _ => asked.unwrap_or(RETRY_DEFAULT).min(RETRY_AFTER_MAX),
                };
                self.hold_until = Some((now + wait).max(self.hold_until.unwrap_or(now)));
                return Verdict::Later;
            }
            _ => {}
        }
        match self.entries.remove(at) {
            Some(entry) => Verdict::Final(entry, outcome),
            None => Verdict::Unknown,
        }
    }

    /// What was sent without an answer is sent again on the next connection; what is momentary is gone.
    pub fn connection_lost(&mut self) {
        self.entries.retain(|entry| !entry.momentary);
        for entry in &mut self.entries {
            entry.awaited = false;
            if entry.step == Step::Sent {
                entry.step = Step::Ready;
            }
        }
        self.settle = false;
    }

    /// Sets aside what has become too old to be sent without asking; call it before sending on a new connection.
    pub fn set_stale_aside(&mut self, now: SystemTime) -> Vec<(&Entry<C>, Duration)> {
        let mut stale = Vec::new();
        for entry in &mut self.entries {
            let age = now.duration_since(entry.made).unwrap_or_default();
            if entry.step == Step::Ready && !entry.confirmed && age > STALE_AFTER {
                entry.step = Step::Stale;
                stale.push((&*entry, age));
            }
        }
        stale
    }

    /// The user wants a stale one sent after all.
    pub fn resend(&mut self, id: CommandId) {
        if let Some(entry) = self.find(id) {
            entry.confirmed = true;
            if entry.step == Step::Stale {
                entry.step = Step::Ready;
            }
        }
    }

    /// Takes one out that is neither on the wire, nor awaited by the server, nor on its way to the disk.
    pub fn discard(&mut self, id: CommandId) -> Option<Entry<C>> {
        let at = self.entries.iter().position(|entry| entry.id == id)?;
        match self.entries[at].step {
            Step::Sent | Step::Keeping => None,
            // Without it the server would refuse everything else as `behind` for as long as the connection lasts.
            _ if self.entries[at].awaited => None,
            Step::New | Step::Ready | Step::Stale => self.entries.remove(at),
        }
    }

    /// Whether everything that may be sent is answered.
    pub fn is_settled(&self) -> bool {
        self.entries.iter().all(|entry| entry.step == Step::Stale)
    }

    fn unanswered(&self) -> usize {
        self.entries.iter().filter(|entry| entry.step == Step::Sent).count()
    }

    fn find(&mut self, id: CommandId) -> Option<&mut Entry<C>> {
        self.entries.iter_mut().find(|entry| entry.id == id)
    }
}

/// Why nothing more is taken for now. What waits behind a refused one says nothing new.
pub(crate) fn deferring(outcome: &Outcome) -> Option<Refusal> {
    match outcome {
        Outcome::Refused { refusal } if refusal.retryable() && *refusal != Refusal::Behind => Some(refusal.clone()),
        _ => None,
    }
}

/// Why a command is given up: for good, unlike what the server said each time.
fn broken() -> Refusal {
    Refusal::Unknown {
        code: Refusal::Internal.code(),
        message: format!("The server broke on this {BROKEN_MAX} times. Nothing was sent; your text is kept."),
        retryable: false,
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
