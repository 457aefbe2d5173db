//! How far those who follow the journal have come.

use minicom_protocol::ids::Rev;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey, pos_from_sql, pos_to_sql};

/// A follower's position; 0 if it never said one.
pub fn position(conn: &Connection, tenant: TenantKey, name: &str) -> Result<Rev> {
    let found: Option<i64> = conn
        .prepare_cached("SELECT rev FROM followers WHERE tenant = ?1 AND name = ?2")?
        .query_row(params![tenant.0, name], |row| row.get(0))
        .optional()?;
    Ok(Rev(found.map_or(0, pos_from_sql)))
}

/// Moves a follower forward.
pub fn advance(conn: &Connection, tenant: TenantKey, name: &str, rev: Rev) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO followers (tenant, name, rev) VALUES (?1, ?2, ?3)
         ON CONFLICT (tenant, name) DO UPDATE SET rev = max(rev, ?3)",
    )?
    .execute(params![tenant.0, name, pos_to_sql(rev.0)])?;
    Ok(())
}
