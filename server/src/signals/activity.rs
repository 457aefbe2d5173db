//! When agents last did something, stored now and then: at once when one leaves, else every few minutes at most. What is lost
//! in a crash is a time that is shown.

use std::{sync::Arc, time::Duration};

use minicom_protocol::ids::{AgentId, Time};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Floor;
use crate::{
    clock::until,
    desk::Desk,
    limits,
    store::{TenantKey, staff},
};

/// Runs until `stop`, and stores what is left then.
pub async fn keep(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, stop: CancellationToken) {
    loop {
        let mut unwritten = floor.note(|room, now| room.attendance.unwritten(now.at));
        if !unwritten.due.is_empty() && !write(&desk, tenant, &floor, unwritten.due).await {
            unwritten.next = Some(Instant::now() + limits::LOOK_AGAIN_AFTER);
            if !pause(&stop, limits::LOOK_AGAIN_AFTER).await {
                break;
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = floor.acted.notified() => {}
            () = until(unwritten.next) => {}
        }
    }
    let left = floor.note(|room, _| room.attendance.all_unwritten());
    if !left.is_empty() {
        write(&desk, tenant, &floor, left).await;
    }
}

async fn write(desk: &Desk, tenant: TenantKey, floor: &Floor, activities: Vec<(AgentId, Time)>) -> bool {
    let rows = activities.clone();
    let written = desk
        .write(tenant, move |scope| {
            let mut rows = rows.into_iter();
            rows.try_for_each(|(agent, time)| staff::set_activity(scope.conn, tenant, agent, time))
        })
        .await;
    let Err(refusal) = written else { return true };
    debug!(code = refusal.code(), "agents' activity was not stored");
    for (agent, _) in activities {
        floor.note(|room, now| room.attendance.not_written(agent, now.at));
    }
    false
}

/// Waits a moment. Whether to go on.
pub(super) async fn pause(stop: &CancellationToken, wait: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}
