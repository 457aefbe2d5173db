//! Who is handed over to people while no agent is there is told so. It follows the journal and only proposes: the decision looks again whether
//! the conversation still waits, and whether it was said already.

use std::sync::Arc;

use minicom_protocol::{
    event::{Event, EventBody},
    ids::Time,
    stage::HandOverReason,
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{
    clock,
    desk::Desk,
    door::Door,
    followers::{self, Follow},
    limits,
    order::{NobodyThere, Order},
    signals::Floor,
    store::TenantKey,
    timers::derived_id,
};

/// What is older was told, or has found somebody.
const NEWS_FOR_US: i64 = 30 * 1_000_000;

/// Runs until `stop`.
pub(crate) async fn keep(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, door: impl Door, stop: CancellationToken) {
    let nobody = Nobody {
        tenant,
        floor,
        door,
        began: clock::now(),
        stop: stop.clone(),
    };
    followers::run(desk, tenant, nobody, stop).await;
}

struct Nobody<D> {
    tenant: TenantKey,
    floor: Arc<Floor>,
    door: D,
    /// What is older was asked of the server before: after a restart nobody is there for a moment.
    began: Time,
    stop: CancellationToken,
}

impl<D: Door> Follow for Nobody<D> {
    fn name(&self) -> &'static str {
        "nobody"
    }

    async fn event(&mut self, event: &Event) {
        let (EventBody::HumanRequested(wanted), Some(conversation)) = (&event.body, event.subject.conversation())
        else {
            return;
        };
        // Where no bot answers nothing was handed over: the window says who is there.
        if wanted.reason == HandOverReason::NoBot || event.time < self.began {
            return;
        }
        let nobody = || {
            self.floor
                .room(|room| room.is_known() && !room.is_attended(Instant::now()))
        };
        let id = derived_id(
            event.time,
            &[b"nobody", &self.tenant.0.to_be_bytes(), &event.rev.0.to_be_bytes()],
        );
        while nobody() && clock::now().since(event.time) < NEWS_FOR_US {
            match self
                .door
                .submit(id, Order::NobodyThere(NobodyThere { conversation }))
                .await
            {
                Ok(_) => return,
                Err(refusal) if refusal.retryable() => {
                    warn!(
                        code = refusal.code(),
                        "a customer could not be told that nobody is there; trying again"
                    );
                    tokio::select! {
                        () = self.stop.cancelled() => return,
                        () = sleep(limits::LOOK_AGAIN_AFTER) => {}
                    }
                }
                Err(refusal) => {
                    debug!(code = refusal.code(), "a customer was not told that nobody is there");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "nobody_tests.rs"]
mod tests;
