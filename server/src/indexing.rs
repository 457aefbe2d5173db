//! Keeps the index of what can be found behind the journal, at most a second: it gathers for a moment, then has the writer put the
//! next events in, a piece at a time. Index and position are written in one transaction, so that there is nothing to repeat. It
//! stands in nobody's way: while others wait for the writer, it leaves them as much time as it takes.

use std::time::{Duration, Instant};

use minicom_protocol::ids::Rev;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{desk::Desk, limits::INDEX_GATHER, store::TenantKey};

/// After a piece that could not be written.
const AGAIN: Duration = Duration::from_secs(1);

/// Runs until `stop`.
pub async fn keep(desk: Desk, tenant: TenantKey, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&desk, tenant) => {}
    }
}

async fn follow(desk: &Desk, tenant: TenantKey) {
    let mut head = desk.hub().watch(tenant);
    loop {
        let began = Instant::now();
        let pause = match desk.index_more(tenant).await {
            Ok((_, true)) if desk.waiting_jobs() > 0 => began.elapsed(),
            Ok((_, true)) => Duration::ZERO,
            Ok((at, false)) => {
                if head.wait_for(|head| Rev(*head) > at).await.is_err() {
                    return;
                }
                INDEX_GATHER
            }
            Err(refusal) => {
                warn!(
                    code = refusal.code(),
                    "the search index could not be written; trying again"
                );
                AGAIN
            }
        };
        sleep(pause).await;
    }
}
