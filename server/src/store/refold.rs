//! The stored folds made anew from their events: what an earlier version has folded lacks what it did not know of.

use std::collections::HashMap;

use minicom_protocol::{
    event::Event,
    ids::{ConversationId, CustomerId, Rev},
    summary::Summary,
    thread_view::ThreadView,
};
use rusqlite::Connection;

use super::{
    Result, TenantKey, conversations, journal,
    threads::{self, Thread},
};

/// Events that are read at a time.
const PAGE: i64 = 1_000;

/// Folds every thread and its conversations again, one thread at a time.
pub(super) fn all(conn: &Connection) -> Result<()> {
    let mut statement = conn.prepare("SELECT tenant, customer FROM threads")?;
    let threads = statement.query_map([], |row| {
        Ok((TenantKey(row.get(0)?), CustomerId::from_bytes(row.get(1)?)))
    })?;
    for (tenant, customer) in threads.collect::<Result<Vec<_>>>()? {
        thread(conn, tenant, customer)?;
    }
    Ok(())
}

/// Folds a thread and its conversations again.
pub(super) fn thread(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<()> {
    let (view, rows) = folded(conn, tenant, customer)?;
    for row in rows.values() {
        conversations::save(conn, tenant, row)?;
    }
    let before = threads::load(conn, tenant, customer)?;
    threads::save(conn, tenant, customer, &Thread { view, ..before })
}

/// What a thread and its conversations are by their events alone.
pub(super) fn folded(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
) -> Result<(ThreadView, HashMap<ConversationId, Summary>)> {
    let mut view = ThreadView::default();
    let mut rows: HashMap<ConversationId, Summary> = HashMap::new();
    let mut at = Rev(0);
    loop {
        let events = journal::of_thread(conn, tenant, customer, at, PAGE)?;
        let Some(last) = events.last() else { break };
        at = last.rev;
        for event in &events {
            if let Some(theirs) = event.for_customer() {
                view.apply(&theirs);
            }
            fold(&mut rows, event);
        }
    }
    Ok((view, rows))
}

fn fold(rows: &mut HashMap<ConversationId, Summary>, event: &Event) {
    let Some(conversation) = event.subject.conversation() else {
        return;
    };
    match rows.get_mut(&conversation) {
        Some(row) => row.apply(event),
        None => {
            if let Some(row) = Summary::open(event) {
                rows.insert(conversation, row);
            }
        }
    }
}
