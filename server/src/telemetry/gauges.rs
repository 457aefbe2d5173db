//! The numbers that stand as they are when they are asked for.

use minicom_protocol::refusal::Refusal;

use super::{
    BACKUP_AGE, DISK_FREE, READER_SECONDS, SOCKETS, WAL_BYTES, WEBHOOK_BACKLOG, WEBHOOK_BACKLOG_SECONDS, WRITER_QUEUE,
};
use crate::{clock, desk::Desk, files, store, upkeep::schedule};

/// Microseconds in a second.
const SECOND: f64 = 1e6;

/// What is looked at besides the desk.
pub struct Around<'a> {
    /// The data folder.
    pub data: &'a std::path::Path,
    /// Connections of agents and of customers that are signed in.
    pub sockets: (usize, usize),
    /// The daily copies, if there are any.
    pub backup: Option<&'a schedule::Plan>,
}

/// Sets them all.
///
/// # Errors
/// The database cannot be read.
pub async fn set(desk: &Desk, around: Around<'_>) -> Result<(), Refusal> {
    metrics::gauge!(WRITER_QUEUE).set(count(desk.waiting_jobs()));
    metrics::gauge!(READER_SECONDS).set(desk.oldest_read().as_secs_f64());
    let (agents, customers) = around.sockets;
    metrics::gauge!(SOCKETS, "role" => "agent").set(count(agents));
    metrics::gauge!(SOCKETS, "role" => "customer").set(count(customers));
    let wal = std::fs::metadata(around.data.join("minicom.db-wal")).map_or(0, |meta| meta.len());
    metrics::gauge!(WAL_BYTES).set(bytes(wal));
    if let Ok(free) = files::free_bytes(around.data) {
        metrics::gauge!(DISK_FREE).set(bytes(free));
    }
    let newest = around.backup.and_then(|plan| schedule::newest(&plan.folder));
    metrics::gauge!(BACKUP_AGE).set(newest.map_or(-1.0, seconds_since));
    let backlog = desk.read(store::vitals::backlog).await?;
    metrics::gauge!(WEBHOOK_BACKLOG).set(bytes(backlog.count));
    metrics::gauge!(WEBHOOK_BACKLOG_SECONDS).set(backlog.oldest.map_or(0.0, seconds_since));
    Ok(())
}

fn seconds_since(then: minicom_protocol::ids::Time) -> f64 {
    clock::now().since(then) as f64 / SECOND
}

fn count(number: usize) -> f64 {
    bytes(number as u64)
}

/// Whole up to 2^53, and nobody counts further.
fn bytes(number: u64) -> f64 {
    number as f64
}
