//! Keeps the present by the journal: what the store says once, then every event, from the same feed as everybody.

use std::sync::Arc;

use minicom_protocol::ids::Rev;
use rusqlite::Connection;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::{Floor, activity::pause};
use crate::{
    desk::Desk,
    hub::Feed,
    limits,
    presence::{Beginning, News},
    store::{self, TenantKey, conversations, settings, staff, tenants},
};

/// Runs until `stop`.
pub async fn follow(desk: Desk, tenant: TenantKey, floor: Arc<Floor>, stop: CancellationToken) {
    loop {
        match desk.follow(tenant, move |conn| beginning(conn, tenant)).await {
            Ok((feed, beginning)) => {
                floor.change(|room, now| room.begin(beginning, now));
                tokio::select! {
                    () = stop.cancelled() => return,
                    error = hear(feed, &floor) => error!(%error, "the journal could not be read"),
                }
            }
            Err(refusal) => warn!(code = refusal.code(), "who is there could not be read; trying again"),
        }
        if !pause(&stop, limits::LOOK_AGAIN_AFTER).await {
            return;
        }
    }
}

/// Ends when the journal cannot be read.
async fn hear(mut feed: Feed, floor: &Floor) -> rusqlite::Error {
    loop {
        match feed.next_batch().await {
            Ok(batch) => {
                let news = batch.events.iter().filter_map(|event| News::read(&event.json));
                news.for_each(|news| floor.hear(&news));
            }
            Err(error) => return error,
        }
    }
}

fn beginning(conn: &Connection, tenant: TenantKey) -> store::Result<Beginning> {
    let staff = staff::load(conn, tenant)?;
    let mut activity = Vec::new();
    for member in &staff.agents {
        let id = member.agent.id;
        activity.extend(staff::activity(conn, tenant, id)?.map(|time| (id, time)));
    }
    Ok(Beginning {
        head: Rev(tenants::head(conn, tenant)?.cursor.at),
        staff,
        settings: settings::load(conn, tenant)?,
        activity,
        open: conversations::open(conn, tenant)?,
        closed: conversations::closed(conn, tenant, None, limits::SNAPSHOT_CLOSED_MAX as i64)?,
    })
}
