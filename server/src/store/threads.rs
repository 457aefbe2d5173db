//! Customers' threads: the fold of what the customer may see, and the head of the thread's digests.

use minicom_protocol::{
    ids::{CustomerId, Mark},
    thread_view::ThreadView,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, from_json, mark_from_sql, mark_to_sql, to_json};

/// A thread's row.
#[derive(Clone, PartialEq, Debug)]
pub struct Thread {
    /// The fold of the customer's events.
    pub view: ThreadView,
    /// The mark at the view's position.
    pub mark: Mark,
    /// Digest of the newest event.
    pub digest: [u8; 32],
}

/// The thread; one that has no row yet is empty, with the tenant's birth mark at position 0.
pub fn load(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Thread> {
    let found = conn
        .prepare_cached("SELECT view, mark, digest FROM threads WHERE tenant = ?1 AND customer = ?2")?
        .query_row(params![tenant.0, customer.as_bytes()], |row| {
            Ok((row.get::<_, String>(0)?, mark_from_sql(row.get(1)?), row.get(2)?))
        })
        .optional()?;
    match found {
        Some((view, mark, digest)) => Ok(Thread {
            view: from_json(&view)?,
            mark,
            digest,
        }),
        None => Ok(Thread {
            view: ThreadView::default(),
            mark: super::tenants::birth_mark(conn, tenant)?.unwrap_or(Mark(0)),
            digest: [0; 32],
        }),
    }
}

/// Writes the thread's row.
pub fn save(conn: &Connection, tenant: TenantKey, customer: CustomerId, thread: &Thread) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO threads (tenant, customer, view, mark, digest) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (tenant, customer) DO UPDATE SET view = ?3, mark = ?4, digest = ?5",
    )?
    .execute(params![
        tenant.0,
        customer.as_bytes(),
        to_json(&thread.view)?,
        mark_to_sql(thread.mark),
        thread.digest
    ])?;
    Ok(())
}
