//! Owners who are gone for longer than the grace time, or who went away and handed all back: each of their conversations is
//! brought before the decision, once for each absence and once more whenever its customer writes. Coming back in time ends it.
//! It keeps nothing that is not in memory anyway: after a restart the grace begins anew.

use std::{collections::HashMap, sync::Arc};

use minicom_protocol::ids::{CommandId, ConversationId, Rev, Time};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{
    clock::until,
    door::Door,
    limits,
    order::{Order, OwnerGone},
    presence::Forsaken,
    signals::Floor,
    store::TenantKey,
    timers::derived_id,
};

/// What tells one occasion from another.
type Occasion = (Time, Rev);

/// Runs until `stop`.
pub(crate) async fn keep(tenant: TenantKey, floor: Arc<Floor>, door: impl Door, stop: CancellationToken) {
    let mut stirred = floor.stirred();
    let mut done: HashMap<ConversationId, Occasion> = HashMap::new();
    while !stop.is_cancelled() {
        stirred.borrow_and_update();
        let forsaken = floor.room(|room| room.forsaken());
        let known = std::mem::take(&mut done);
        let mut next: Option<Instant> = None;
        for it in forsaken {
            let occasion = (it.since, it.by);
            if known.get(&it.conversation) == Some(&occasion) {
                done.insert(it.conversation, occasion);
                continue;
            }
            let later = if it.due > Instant::now() {
                it.due
            } else if bring(tenant, &it, &door).await {
                done.insert(it.conversation, occasion);
                continue;
            } else {
                Instant::now() + limits::LOOK_AGAIN_AFTER
            };
            next = Some(next.map_or(later, |next| next.min(later)));
        }
        tokio::select! {
            // First of all: when the server stops everybody leaves, and nobody is gone.
            biased;
            () = stop.cancelled() => return,
            moved = stirred.changed() => if moved.is_err() { return },
            () = until(next) => {}
        }
    }
}

/// Brings a conversation before the decision. Whether that is over.
async fn bring(tenant: TenantKey, it: &Forsaken, door: &impl Door) -> bool {
    let order = Order::OwnerGone(OwnerGone {
        conversation: it.conversation,
        agent: it.agent,
    });
    match door.submit(command_id(tenant, it), order).await {
        Ok(_) => true,
        Err(refusal) if refusal.retryable() => {
            warn!(code = refusal.code(), "a forsaken conversation waits; trying again");
            false
        }
        Err(refusal) => {
            debug!(code = refusal.code(), "a forsaken conversation stays as it is");
            true
        }
    }
}

/// The same for a repeat of the same occasion, another for a later absence and for a later line.
fn command_id(tenant: TenantKey, it: &Forsaken) -> CommandId {
    derived_id(
        it.since,
        &[
            b"gone",
            &tenant.0.to_be_bytes(),
            it.conversation.as_bytes(),
            it.agent.as_bytes(),
            &it.since.0.to_be_bytes(),
            &it.by.0.to_be_bytes(),
        ],
    )
}

#[cfg(test)]
#[path = "grace_tests.rs"]
mod tests;
