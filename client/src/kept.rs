//! What an agent's program keeps of the desk on this computer, to be read while there is no connection: the list, and the threads
//! that were looked at, as they stood at one position of the journal. It is a copy: the next connection goes on from that position,
//! so that what was erased meanwhile is erased here too, or starts afresh, and then what was kept before is gone. It refuses to
//! know when something is kept, and in which thread of the program.

mod store;

use std::{collections::HashMap, time::Instant};

use minicom_protocol::{
    event::Event,
    frame::{AgentMe, DeskState},
    ids::{Cursor, CustomerId, Time},
    library::SavedReply,
    search::SavedView,
    summary::Summary,
};
use serde::{Deserialize, Serialize};

pub use self::store::KeptStore;
use crate::AgentReplica;

/// The desk at a position of the journal, without its threads.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeptDesk {
    /// When, by this computer's clock, in microseconds since 1970.
    pub(crate) wall: i64,
    /// When, by the server's.
    pub(crate) time: Time,
    /// The position.
    pub(crate) cursor: Cursor,
    /// Whether all open conversations are here, and no row waits to be asked for: then the next connection can go on from the position.
    pub(crate) whole: bool,
    pub(crate) me: AgentMe,
    pub(crate) desk: DeskState,
    pub(crate) rows: Vec<Summary>,
    /// Whether there are closed conversations that are not here.
    pub(crate) more_closed: bool,
    pub(crate) replies: Vec<SavedReply>,
    pub(crate) all_replies: bool,
    pub(crate) views: Vec<SavedView>,
    /// Whose threads are kept, the last looked at last.
    pub(crate) threads: Vec<CustomerId>,
}

/// The newest part of a thread.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeptThread {
    pub(crate) customer: CustomerId,
    pub(crate) events: Vec<Event>,
    /// Whether there are older events.
    pub(crate) more: bool,
}

/// What was found on this computer, for [`AgentReplica::restore`].
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    pub(crate) desk: KeptDesk,
    pub(crate) threads: Vec<KeptThread>,
}

impl Kept {
    /// When it was kept, by this computer's clock, in microseconds since 1970.
    pub fn wall(&self) -> i64 {
        self.desk.wall
    }

    /// Where a connection can go on, for [`crate::Config::resuming_at`]; `None` if it has to start afresh.
    pub fn cursor(&self) -> Option<Cursor> {
        self.desk.whole.then_some(self.desk.cursor)
    }
}

/// What is to be written: the desk, and the threads that have changed since the parcel before.
#[derive(Clone, PartialEq, Debug)]
pub struct Parcel {
    pub(crate) desk: KeptDesk,
    pub(crate) threads: Vec<KeptThread>,
}

impl Parcel {
    /// This parcel, with what is not in it of one before it that could not be written.
    pub fn after(mut self, unwritten: Parcel) -> Parcel {
        let newer = |customer| self.threads.iter().any(|it| it.customer == customer);
        let wanted = |customer| self.desk.threads.contains(&customer);
        let left = unwritten.threads.into_iter();
        let left: Vec<KeptThread> = left.filter(|it| wanted(it.customer) && !newer(it.customer)).collect();
        self.threads.extend(left);
        self
    }
}

/// What of a replica has been handed over to be written.
#[derive(Clone, Debug, Default)]
pub struct Keeping {
    /// As of which change of the replica.
    touched: Option<u64>,
    threads: HashMap<CustomerId, u64>,
}

impl Keeping {
    /// Whether there is something that was not handed over.
    pub fn is_behind(&self, replica: &AgentReplica) -> bool {
        replica.me().is_some() && self.touched != Some(replica.touched())
    }

    /// What is to be written now, if something is. `wall` is this computer's clock, in microseconds since 1970.
    pub fn parcel(&mut self, replica: &AgentReplica, wall: i64, now: Instant) -> Option<Parcel> {
        if !self.is_behind(replica) {
            return None;
        }
        let desk = replica.kept_desk(wall, now)?;
        self.threads.retain(|customer, _| desk.threads.contains(customer));
        let mut threads = Vec::new();
        for customer in &desk.threads {
            let touched = replica.thread_touched(*customer);
            if self.threads.insert(*customer, touched) != Some(touched) {
                threads.extend(replica.kept_thread(*customer));
            }
        }
        self.touched = Some(replica.touched());
        Some(Parcel { desk, threads })
    }
}

#[cfg(test)]
#[path = "kept_tests.rs"]
mod tests;
