//! What stands at this moment for one tenant, under one lock, and who is woken when it changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minicom_protocol::frame::{AgentSignal, DeskLook};
use tokio::sync::{Notify, watch};

use super::{
    agents::{Board, Key},
    customers::Windows,
    opening::Open,
};
use crate::presence::{News, Room, Stamp};

/// One tenant's.
#[derive(Default)]
pub(crate) struct Floor {
    pub(super) agents: Board,
    pub(super) customers: Windows,
    /// Whether the desk is open; `None` until the store was read.
    pub(super) open: watch::Sender<Option<Open>>,
    /// What customers see of the settings; `None` until the store was read.
    pub(super) look: watch::Sender<Option<Arc<DeskLook>>>,
    /// Std mutex: nothing awaits while it is held. Taken before the board's.
    room: Mutex<Room>,
    /// How often something changed that others act upon. A wake-up carries no data.
    stirred: watch::Sender<u64>,
    /// Held from the reading of an agent's views until they are told, so that older ones never stand on newer ones.
    pub(super) views: tokio::sync::Mutex<()>,
    /// Woken when an agent did something or left: there may be an activity to store.
    pub(super) acted: Notify,
}

impl Floor {
    /// Looks.
    pub(crate) fn room<T>(&self, look: impl FnOnce(&Room) -> T) -> T {
        look(&lock(&self.room))
    }

    /// Changes something, and tells whoever is to know.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Room, Stamp) -> T) -> T {
        let now = Stamp::now();
        let mut room = lock(&self.room);
        let value = change(&mut room, now);
        let changed = room.look(now.at);
        if let Some(agents) = changed.told {
            // Under the lock, so that an older list never stands on a newer one.
            self.agents.post(Key::Presence, AgentSignal::Presence { agents });
        }
        drop(room);
        if changed.stirs {
            self.stirred.send_modify(|times| *times += 1);
        }
        value
    }

    /// Changes something that nobody is told of by itself.
    pub(super) fn note<T>(&self, change: impl FnOnce(&mut Room, Stamp) -> T) -> T {
        change(&mut lock(&self.room), Stamp::now())
    }

    /// Takes in what happened.
    pub(crate) fn hear(&self, news: &News) {
        self.forget_delivered(news);
        self.change(|room, now| room.hear(news, now));
    }

    /// Woken by all changes that others act upon: who is there, who owns what, what waits, settings.
    pub(crate) fn stirred(&self) -> watch::Receiver<u64> {
        self.stirred.subscribe()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
