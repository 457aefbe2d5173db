//! Tenants and the heads of their journals. Heads are rows, changed in the transaction that needs them.

use minicom_protocol::ids::{Cursor, Mark, TenantId, Time};
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, mark_from_sql, mark_to_sql, pos_from_sql, pos_to_sql};

/// The head of a tenant's journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantHead {
    /// The newest event and its mark; position 0 with the birth mark before the first.
    pub cursor: Cursor,
    /// Digest of the newest event that belongs to no thread.
    pub digest: [u8; 32],
}

/// The tenant's key, making the tenant if it is new.
pub fn ensure(conn: &Connection, id: &TenantId, birth_mark: Mark, now: Time) -> Result<TenantKey> {
    conn.execute(
        "INSERT INTO tenants (id, name, created_at, birth_mark, rev, mark, digest)
         VALUES (?1, ?1, ?2, ?3, 0, ?3, zeroblob(32)) ON CONFLICT (id) DO NOTHING",
        params![id.as_str(), now.0, mark_to_sql(birth_mark)],
    )?;
    conn.query_row("SELECT key FROM tenants WHERE id = ?1", [id.as_str()], |row| {
        row.get(0).map(TenantKey)
    })
}

/// All tenants.
pub fn all(conn: &Connection) -> Result<Vec<(TenantKey, TenantId)>> {
    let mut statement = conn.prepare_cached("SELECT key, id FROM tenants ORDER BY key")?;
    let rows = statement.query_map([], |row| Ok((TenantKey(row.get(0)?), row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (key, id) = row?;
        Ok((key, TenantId::parse(&id).map_err(super::damaged)?))
    })
    .collect()
}

/// The head of a tenant's journal.
pub fn head(conn: &Connection, tenant: TenantKey) -> Result<TenantHead> {
    conn.prepare_cached("SELECT rev, mark, digest FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| {
            Ok(TenantHead {
                cursor: Cursor {
                    at: pos_from_sql(row.get(0)?),
                    mark: mark_from_sql(row.get(1)?),
                },
                digest: row.get(2)?,
            })
        })
}

/// Moves the head.
pub fn set_head(conn: &Connection, tenant: TenantKey, head: &TenantHead) -> Result<()> {
    conn.prepare_cached("UPDATE tenants SET rev = ?2, mark = ?3, digest = ?4 WHERE key = ?1")?
        .execute(params![
            tenant.0,
            pos_to_sql(head.cursor.at),
            mark_to_sql(head.cursor.mark),
            head.digest
        ])?;
    Ok(())
}

/// The mark of position 0.
pub fn birth_mark(conn: &Connection, tenant: TenantKey) -> Result<Option<Mark>> {
    conn.prepare_cached("SELECT birth_mark FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| row.get(0).map(mark_from_sql))
        .optional()
}
