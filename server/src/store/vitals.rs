//! What is read of the whole database to see how a server does.

use minicom_protocol::ids::Time;
use rusqlite::{Connection, OptionalExtension};

use super::Result;

/// Deliveries to webhooks that are still due.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Backlog {
    /// How many.
    pub count: u64,
    /// When the oldest of them was due first.
    pub oldest: Option<Time>,
}

/// What is still due to webhooks, of all tenants.
pub fn backlog(conn: &Connection) -> Result<Backlog> {
    conn.prepare_cached("SELECT count(*), min(first_at) FROM deliveries WHERE state = 'due'")?
        .query_row([], |row| {
            Ok(Backlog {
                count: row.get::<_, i64>(0)?.unsigned_abs(),
                oldest: row.get::<_, Option<i64>>(1)?.map(Time),
            })
        })
}

/// When the newest event of any tenant happened.
pub fn newest_event(conn: &Connection) -> Result<Option<Time>> {
    let newest = conn
        .query_row(
            "SELECT max(e.time) FROM tenants t JOIN events e ON e.tenant = t.key AND e.rev = t.rev",
            [],
            |row| row.get::<_, Option<i64>>(0),
        )
        .optional()?;
    Ok(newest.flatten().map(Time))
}

/// Tenants in which no admin with a password can sign in, each with the address of the first admin who could be given one.
pub fn without_admin(conn: &Connection) -> Result<Vec<(String, Option<String>)>> {
    let mut statement = conn.prepare(
        "SELECT id, (SELECT email FROM agents a WHERE a.tenant = t.key AND a.role = 'admin' AND a.enabled
                         ORDER BY created_at, a.id LIMIT 1)
             FROM tenants t WHERE disabled_at IS NULL AND NOT EXISTS (SELECT 1 FROM agents a
             WHERE a.tenant = t.key AND a.role = 'admin' AND a.enabled AND a.password_hash IS NOT NULL)
         ORDER BY key",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
