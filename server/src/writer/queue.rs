//! The way to the writer: so much work waits in all, and so much of each tenant. What is above it is refused as busy.

use minicom_protocol::refusal::Refusal;
use tokio::sync::mpsc;

use super::Job;
use crate::{
    limits,
    places::{Place, Places},
    store::TenantKey,
};

/// When what was refused may come again, in milliseconds: the writer does a full queue in less.
const BUSY_RETRY_AFTER_MS: u64 = 500;

/// Where work is put. Cheap to clone; the writer ends when the last clone is gone.
#[derive(Clone)]
pub struct Queue {
    sender: mpsc::Sender<Queued>,
    places: Places<TenantKey>,
}

/// Work that waits, with its place among its tenant's.
pub struct Queued {
    job: Job,
    _place: Place<TenantKey>,
}

impl Queued {
    pub(super) fn tenant(&self) -> TenantKey {
        self.job.tenant()
    }

    /// It waits no more: its place is free.
    pub(super) fn taken(self) -> Job {
        self.job
    }
}

/// A queue, and its end, for the writer.
pub fn queue() -> (Queue, mpsc::Receiver<Queued>) {
    let (sender, end) = mpsc::channel(limits::COMMAND_QUEUE_MAX);
    let places = Places::default();
    (Queue { sender, places }, end)
}

impl Queue {
    /// Puts work there.
    ///
    /// # Errors
    /// `busy` if as much waits already as may, of its tenant or in all; `storage` when the writer has ended.
    pub fn put(&self, job: Job) -> Result<(), Refusal> {
        let busy = Refusal::Busy {
            retry_after_ms: BUSY_RETRY_AFTER_MS,
        };
        let Some(place) = self.places.take(job.tenant(), limits::TENANT_LANE_MAX) else {
            return Err(busy);
        };
        let queued = Queued { job, _place: place };
        self.sender.try_send(queued).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => busy,
            mpsc::error::TrySendError::Closed(_) => Refusal::Storage,
        })
    }

    /// How much waits in it.
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity().saturating_sub(self.sender.capacity())
    }
}
