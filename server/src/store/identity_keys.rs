//! The keys that a tenant's site signs with. Their secrets are sealed before they come here, and opened by whoever uses them.

use minicom_protocol::ids::Time;
use rusqlite::{Connection, Row, params};

use super::{Result, TenantKey};

/// A key's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdentityKeyRow {
    /// By which tokens name it.
    pub id: String,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Time,
    /// When it was retired: nothing that it signed is good since.
    pub retired_at: Option<Time>,
}

/// All keys, the newest first.
pub fn all(conn: &Connection, tenant: TenantKey) -> Result<Vec<IdentityKeyRow>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, secret, created_at, retired_at FROM identity_keys WHERE tenant = ?1 ORDER BY created_at DESC, id",
    )?;
    statement.query_map([tenant.0], row)?.collect()
}

/// Those that are not retired.
pub fn good(conn: &Connection, tenant: TenantKey) -> Result<Vec<IdentityKeyRow>> {
    let all = all(conn, tenant)?;
    Ok(all.into_iter().filter(|key| key.retired_at.is_none()).collect())
}

/// Writes a new key. An id that is taken is an error of SQLite's unique constraint.
pub fn insert(conn: &Connection, tenant: TenantKey, key: &IdentityKeyRow) -> Result<()> {
    conn.prepare_cached("INSERT INTO identity_keys (tenant, id, secret, created_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![tenant.0, key.id, key.sealed, key.created_at.0])?;
    Ok(())
}

/// Retires a key and forgets its secret. Whether it was good until now; `None` if there is none of this id.
pub fn retire(conn: &Connection, tenant: TenantKey, id: &str, now: Time) -> Result<Option<bool>> {
    let known = all(conn, tenant)?.into_iter().find(|key| key.id == id);
    conn.prepare_cached(
        "UPDATE identity_keys SET retired_at = ?3, secret = x'' WHERE tenant = ?1 AND id = ?2 AND retired_at IS NULL",
    )?
    .execute(params![tenant.0, id, now.0])?;
    Ok(known.map(|key| key.retired_at.is_none()))
}

fn row(row: &Row<'_>) -> Result<IdentityKeyRow> {
    Ok(IdentityKeyRow {
        id: row.get(0)?,
        sealed: row.get(1)?,
        created_at: Time(row.get(2)?),
        retired_at: row.get::<_, Option<i64>>(3)?.map(Time),
    })
}
