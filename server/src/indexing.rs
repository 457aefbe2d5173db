//! Keeps what is made of the journal behind it, at most a second: the index of what can be found, and the figures. It gathers for a
//! moment, then has the writer go on, a piece at a time. What is made and its position are written in one transaction, so that there
//! is nothing to repeat. It stands in nobody's way: while others wait for the writer, it leaves them as much time as it takes.

use std::time::{Duration, Instant};

use minicom_protocol::ids::Rev;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    desk::{Desk, Made},
    limits::{FIGURES_GATHER, INDEX_GATHER},
    store::TenantKey,
};

/// After a piece that could not be written.
const AGAIN: Duration = Duration::from_secs(1);

/// Runs until `stop`.
pub async fn keep(desk: Desk, tenant: TenantKey, made: Made, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&desk, tenant, made) => {}
    }
}

async fn follow(desk: &Desk, tenant: TenantKey, made: Made) {
    let mut head = desk.hub().watch(tenant);
    loop {
        let began = Instant::now();
        let pause = match desk.make_more(tenant, made).await {
            Ok((_, true)) if desk.waiting_jobs() > 0 => began.elapsed(),
            Ok((_, true)) => Duration::ZERO,
            Ok((at, false)) => {
                if head.wait_for(|head| Rev(*head) > at).await.is_err() {
                    return;
                }
                match made {
                    Made::Index => INDEX_GATHER,
                    Made::Figures => FIGURES_GATHER,
                }
            }
            Err(refusal) => {
                warn!(
                    what = made.name(),
                    code = refusal.code(),
                    "what is made of the journal could not be written; trying again"
                );
                AGAIN
            }
        };
        sleep(pause).await;
    }
}
