//! Who does nothing for long counts as away: one timer for all agents, set to the next of them.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::Floor;
use crate::clock::until;

/// Runs until `stop`.
pub async fn watch(floor: Arc<Floor>, stop: CancellationToken) {
    let mut stirred = floor.stirred();
    loop {
        stirred.borrow_and_update();
        // Looking is what tells: the list is made of the time too. An activity since then only moves the next time back.
        let next = floor.change(|room, now| room.attendance.next_idle(now.at));
        tokio::select! {
            () = stop.cancelled() => return,
            moved = stirred.changed() => if moved.is_err() { return },
            () = until(next) => {}
        }
    }
}
