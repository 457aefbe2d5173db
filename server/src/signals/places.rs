//! Everyone's place in the queue, and what may be expected of it: one pass over it when something moved or somebody came,
//! never more often than every `place_every`, and only while customers are connected. It decides no order; the protocol's
//! one ordering function does.

use std::{sync::Arc, time::Duration};

use minicom_protocol::{frame::Estimate, ids::Time, settings::DeskSettings, summary::Summary};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Floor;
use crate::{
    clock::{self, until},
    desk::Desk,
    store::TenantKey,
};

/// A place in the queue: 1 is next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Absent when not in the queue.
    pub place: Option<u64>,
    /// Absent while nothing honest can be said.
    pub estimate: Option<Estimate>,
}

/// Runs until `stop`.
pub async fn keep(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, every: Duration, stop: CancellationToken) {
    let mut stirred = floor.stirred();
    let mut open = floor.open.subscribe();
    loop {
        // Before the queue is read: what is committed from here on wakes the next pass.
        stirred.borrow_and_update();
        let promises = open
            .borrow_and_update()
            .is_some_and(|it| it.open_now && it.agents_available);
        let mut next = None;
        if floor.customers.any() {
            // A read that failed was logged, and the next event tries again.
            if let Ok(queue) = desk.queue(tenant).await {
                next = floor.room(|room| {
                    // Where nobody takes anybody, a forecast would be a promise.
                    let estimate = |place| room.waits.estimate(place).filter(|_| promises);
                    floor
                        .customers
                        .places(queue.iter().map(|row| row.customer.id), estimate);
                    next_ageing(&queue, room.settings(), clock::now())
                });
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(every) => {}
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            moved = stirred.changed() => if moved.is_err() { return },
            moved = open.changed() => if moved.is_err() { return },
            () = floor.customers.came.notified() => {}
            () = until(next) => {}
        }
    }
}

/// When the next one in the queue counts as more urgent, which may change the order.
fn next_ageing(queue: &[Summary], settings: &DeskSettings, now: Time) -> Option<Instant> {
    let after = Duration::from_secs(u64::from(settings.ageing_min) * 60);
    if after.is_zero() {
        return None;
    }
    let waited = queue
        .iter()
        .filter_map(Summary::queued_since)
        .map(|since| now.since(since));
    let left = waited.filter_map(|waited| after.checked_sub(Duration::from_micros(waited.cast_unsigned())));
    left.filter(|left| !left.is_zero())
        .min()
        .map(|left| Instant::now() + left)
}
