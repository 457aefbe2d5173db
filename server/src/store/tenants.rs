//! Tenants and the heads of their journals. Heads are rows, changed in the transaction that needs them.

pub mod removal;

use minicom_protocol::ids::{Cursor, Mark, TenantId, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Result, TenantKey, mark_from_sql, mark_to_sql, pos_from_sql, pos_to_sql};

/// The head of a tenant's journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TenantHead {
    /// The newest event and its mark; position 0 with the birth mark before the first.
    pub cursor: Cursor,
    /// Digest of the newest event that belongs to no thread.
    pub digest: [u8; 32],
}

/// Whether a tenant is served.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    /// It is.
    Served,
    /// It is as if it were not there.
    Disabled,
    /// Its rows are being deleted.
    Deleting,
}

/// A tenant as the operator sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tenant {
    /// Its number in every key.
    pub key: TenantKey,
    /// Its short name, by which it is named everywhere.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
    /// Whether it is served.
    pub state: State,
    /// Since when it is not.
    pub disabled_at: Option<Time>,
    /// How much it may have.
    pub quotas: Quotas,
}

/// How much a tenant may have at most. What is `None` has no bound but the server's own.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Quotas {
    /// Agents' accounts, disabled ones too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agents: Option<u32>,
    /// Customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<u32>,
    /// Conversations that are not closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_conversations: Option<u32>,
    /// Saved replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replies: Option<u32>,
    /// Articles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub articles: Option<u32>,
    /// Bytes of files; the same content twice counts twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_bytes: Option<u64>,
}

const TENANT: &str = "key, id, name, created_at, disabled_at, deleted_at, quotas";

fn tenant(row: &Row<'_>) -> Result<Tenant> {
    let (disabled_at, deleted_at): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
    Ok(Tenant {
        key: TenantKey(row.get(0)?),
        id: TenantId::parse(&row.get::<_, String>(1)?).map_err(super::damaged)?,
        name: row.get(2)?,
        created_at: Time(row.get(3)?),
        state: match (disabled_at, deleted_at) {
            (_, Some(_)) => State::Deleting,
            (Some(_), None) => State::Disabled,
            (None, None) => State::Served,
        },
        disabled_at: disabled_at.map(Time),
        quotas: super::from_json(&row.get::<_, String>(6)?)?,
    })
}

/// The tenant's key, making the tenant if it is new. A key is never used again.
pub fn ensure(conn: &Connection, id: &TenantId, birth_mark: Mark, now: Time) -> Result<TenantKey> {
    if let Some(known) = find(conn, id)? {
        return Ok(known.key);
    }
    let key = conn.query_row(
        "UPDATE tenant_keys SET newest = 1 + max(newest, (SELECT coalesce(max(key), 0) FROM tenants)) RETURNING newest",
        [],
        |row| row.get(0),
    )?;
    conn.execute(
        "INSERT INTO tenants (key, id, name, created_at, birth_mark, rev, mark, digest)
         VALUES (?1, ?2, ?2, ?3, ?4, 0, ?4, zeroblob(32))",
        params![key, id.as_str(), now.0, mark_to_sql(birth_mark)],
    )?;
    Ok(TenantKey(key))
}

/// All tenants, the oldest first, disabled ones too.
pub fn list(conn: &Connection) -> Result<Vec<Tenant>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {TENANT} FROM tenants ORDER BY key"))?;
    statement.query_map([], tenant)?.collect()
}

/// A tenant by its short name.
pub fn find(conn: &Connection, id: &TenantId) -> Result<Option<Tenant>> {
    conn.prepare_cached(&format!("SELECT {TENANT} FROM tenants WHERE id = ?1"))?
        .query_row([id.as_str()], tenant)
        .optional()
}

/// Writes what an operator may change of a tenant: name, quotas, and since when it is disabled.
pub fn save(conn: &Connection, it: &Tenant) -> Result<()> {
    conn.execute(
        "UPDATE tenants SET name = ?2, quotas = ?3, disabled_at = ?4 WHERE key = ?1",
        params![
            it.key.0,
            it.name,
            super::to_json(&it.quotas)?,
            it.disabled_at.map(|at| at.0)
        ],
    )?;
    Ok(())
}

/// How much a tenant has of what can be bounded.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Agents' accounts, disabled ones too.
    pub agents: u32,
    /// Customers.
    pub customers: u32,
    /// Conversations that are not closed.
    pub open_conversations: u32,
    /// Saved replies.
    pub replies: u32,
    /// Articles.
    pub articles: u32,
    /// Bytes of files.
    #[serde(default)]
    pub file_bytes: u64,
}

/// How much a tenant has. It reads all of its customers: for one tenant that is looked at, not for lists.
pub fn usage(conn: &Connection, tenant: TenantKey) -> Result<Usage> {
    conn.query_row(
        "SELECT (SELECT count(*) FROM agents WHERE tenant = ?1 AND deleted_at IS NULL),
                (SELECT count(*) FROM customers WHERE tenant = ?1),
                (SELECT count(*) FROM conversations WHERE tenant = ?1 AND stage <> 'closed'),
                (SELECT count(*) FROM replies WHERE tenant = ?1),
                (SELECT count(*) FROM articles WHERE tenant = ?1),
                (SELECT file_bytes FROM tenants WHERE key = ?1)",
        [tenant.0],
        |row| {
            Ok(Usage {
                agents: row.get(0)?,
                customers: row.get(1)?,
                open_conversations: row.get(2)?,
                replies: row.get(3)?,
                articles: row.get(4)?,
                file_bytes: pos_from_sql(row.get(5)?),
            })
        },
    )
}

/// Of what there is as much as the tenant may have, if that is why nothing was written: the schema's triggers say it.
pub fn quota_exceeded(error: &rusqlite::Error) -> Option<&str> {
    match error {
        rusqlite::Error::SqliteFailure(failure, Some(words))
            if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_TRIGGER =>
        {
            words.strip_prefix("quota_exceeded ")
        }
        _ => None,
    }
}

/// All tenants.
pub fn all(conn: &Connection) -> Result<Vec<(TenantKey, TenantId)>> {
    Ok(list(conn)?.into_iter().map(|it| (it.key, it.id)).collect())
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
