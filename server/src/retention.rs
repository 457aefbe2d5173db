//! What a tenant keeps no longer than it says: conversations that ended so many days ago are erased, a few in a transaction, by the
//! same erasure as a customer's wish.

use std::time::Duration;

use minicom_protocol::{ids::Time, refusal::Refusal, settings::DeskSettings};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    clock,
    desk::Desk,
    store::{TenantKey, settings},
};

/// Looks every [`RETENTION_EVERY`](crate::limits::RETENTION_EVERY) until it is told to end.
pub async fn keep(desk: Desk, every: Duration, end: CancellationToken) {
    loop {
        // Asked each time: tenants come and go.
        let tenants: Vec<TenantKey> = desk.tenants().map(|(_, key)| key).collect();
        for tenant in tenants {
            if let Err(refusal) = once(&desk, tenant, clock::now()).await {
                warn!(
                    code = refusal.code(),
                    "old conversations could not be erased; it is tried again"
                );
            }
        }
        tokio::select! {
            () = end.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// Erases what is older than the tenant keeps it. How many conversations.
///
/// # Errors
/// What kept it from being done; what was done until then stands.
pub async fn once(desk: &Desk, tenant: TenantKey, now: Time) -> Result<usize, Refusal> {
    let chosen = desk.read(move |conn| settings::load(conn, tenant)).await?;
    let Some(before) = before(&chosen, now) else {
        return Ok(0);
    };
    let mut all = 0;
    loop {
        let erased = desk.erase_ended(tenant, before).await?;
        all += erased;
        if erased == 0 {
            break;
        }
    }
    if all > 0 {
        info!(conversations = all, "erased what the desk keeps no longer");
    }
    Ok(all)
}

/// What ended before this time is kept no longer.
fn before(settings: &DeskSettings, now: Time) -> Option<Time> {
    let days = i64::from(settings.keep_closed_days);
    (days > 0).then(|| Time(now.0 - days * 24 * 60 * 60 * 1_000_000))
}
