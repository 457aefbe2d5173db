//! Everyone's place in the queue: one pass over it when the journal has moved or somebody came, never more often than every
//! `place_every`, and only while customers are connected. It decides no order; the protocol's one ordering function does.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Floor;
use crate::{desk::Desk, store::TenantKey};

/// Runs until `stop`.
pub async fn keep(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, every: Duration, stop: CancellationToken) {
    let mut head = desk.hub().watch(tenant);
    loop {
        // Before the queue is read: what is committed from here on wakes the next pass.
        head.borrow_and_update();
        if floor.customers.any() {
            // A read that failed was logged, and the next event tries again.
            if let Ok(queue) = desk.queue(tenant).await {
                floor.customers.places(queue.iter().map(|summary| summary.customer.id));
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(every) => {}
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            moved = head.changed() => if moved.is_err() { return },
            () = floor.customers.came.notified() => {}
        }
    }
}
