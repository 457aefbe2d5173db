//! The one loop for those inside the server who read the journal with a stored cursor. The cursor is stored after
//! the work, with whatever is committed next, so that after a crash the work is done again; whoever follows makes its repeats harmless.

use std::time::Duration;

use minicom_protocol::{event::Event, ids::Rev, refusal::Refusal};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    desk::Desk,
    store::{TenantKey, followers, journal},
};

/// Events read at a time.
const PAGE: i64 = 256;
/// After a read that failed, the journal is looked at again.
const AGAIN: Duration = Duration::from_secs(1);

/// Somebody who follows the journal.
pub trait Follow: Send {
    /// The name under which the position is stored.
    fn name(&self) -> &'static str;

    /// Does what an event asks for, however often it must try.
    fn event(&mut self, event: &Event) -> impl Future<Output = ()> + Send;
}

/// Runs a follower until `stop`.
pub async fn run(desk: Desk, tenant: TenantKey, mut follower: impl Follow, stop: CancellationToken) {
    let name = follower.name();
    let mut head = desk.hub().watch(tenant);
    let mut position = loop {
        match desk.read(move |conn| followers::position(conn, tenant, name)).await {
            Ok(position) => break position,
            Err(refusal) => {
                if !pause(name, &refusal, &stop).await {
                    return;
                }
            }
        }
    };
    loop {
        let after = position;
        match desk.read(move |conn| journal::after(conn, tenant, after, PAGE)).await {
            Ok(events) if !events.is_empty() => {
                position = follow(&mut follower, &events, position, &stop).await;
                desk.note_position(tenant, name, position);
            }
            Ok(_) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    grown = head.wait_for(|head| Rev(*head) > position) => if grown.is_err() { return },
                }
            }
            Err(refusal) => {
                if !pause(name, &refusal, &stop).await {
                    return;
                }
            }
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Waits a moment after a read that failed. Whether to go on.
async fn pause(name: &str, refusal: &Refusal, stop: &CancellationToken) -> bool {
    warn!(
        follower = name,
        code = refusal.code(),
        "the journal could not be read; trying again"
    );
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(AGAIN) => true,
    }
}

async fn follow(follower: &mut impl Follow, events: &[Event], from: Rev, stop: &CancellationToken) -> Rev {
    let mut position = from;
    for event in events {
        if stop.is_cancelled() {
            break;
        }
        follower.event(event).await;
        position = event.rev;
    }
    position
}
