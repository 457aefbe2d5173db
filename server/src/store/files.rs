//! Files that were uploaded: what is known of each, never its bytes. A row whose file is gone stays until the bytes are removed,
//! without a name; nobody but who removes them reads it.

use minicom_protocol::{
    event::{FilePart, FileTag},
    ids::{AgentId, ConversationId, CustomerId, FileId, Rev, Time},
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::{Result, TenantKey, pos_from_sql, pos_to_sql};

/// A file that somebody may have.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileRow {
    /// By which it is named.
    pub id: FileId,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
    /// As its sender named it.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// For whose thread it is.
    pub customer: CustomerId,
    /// For which conversation; [`None`] for a customer's that is not sent yet.
    pub conversation: Option<ConversationId>,
    /// Who uploaded it; [`None`]: the customer.
    pub agent: Option<AgentId>,
    /// When.
    pub created_at: Time,
    /// The event of the line that it stands in; [`None`]: it is not sent yet.
    pub line: Option<Rev>,
}

impl FileRow {
    /// As a part of a line.
    pub fn part(&self) -> FilePart {
        FilePart {
            kind: FileTag::File,
            id: self.id,
            name: self.name.clone(),
            size: self.size,
            mime: self.mime.clone(),
            digest: hex(&self.digest),
            fallback: FilePart::fallback_of(&self.name, self.size),
        }
    }
}

/// A digest as people and file names have it.
pub fn hex(digest: &[u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

const ROW: &str = "id, digest, size, name, mime, customer, conversation, agent, created_at, line";

fn row(row: &Row<'_>) -> Result<FileRow> {
    let optional = |at| row.get::<_, Option<[u8; 16]>>(at);
    Ok(FileRow {
        id: FileId::from_bytes(row.get(0)?),
        digest: row.get(1)?,
        size: pos_from_sql(row.get(2)?),
        name: row.get(3)?,
        mime: row.get(4)?,
        customer: CustomerId::from_bytes(row.get(5)?),
        conversation: optional(6)?.map(ConversationId::from_bytes),
        agent: optional(7)?.map(AgentId::from_bytes),
        created_at: Time(row.get(8)?),
        line: row.get::<_, Option<i64>>(9)?.map(|rev| Rev(pos_from_sql(rev))),
    })
}

/// Writes a file's row, when its bytes are on the disk. The tenant's quota is looked at by the schema.
pub fn insert(conn: &Connection, tenant: TenantKey, it: &FileRow) -> Result<()> {
    conn.prepare_cached(&format!(
        "INSERT INTO files (tenant, {ROW}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    ))?
    .execute(params![
        tenant.0,
        it.id.as_bytes(),
        it.digest,
        pos_to_sql(it.size),
        it.name,
        it.mime,
        it.customer.as_bytes(),
        it.conversation.as_ref().map(ConversationId::as_bytes),
        it.agent.as_ref().map(AgentId::as_bytes),
        it.created_at.0,
        it.line.map(|rev| pos_to_sql(rev.0)),
    ])?;
    Ok(())
}

/// Whether there is or was one by this id.
pub fn is_known(conn: &Connection, tenant: TenantKey, id: FileId) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM files WHERE tenant = ?1 AND id = ?2")?
        .exists(params![tenant.0, id.as_bytes()])
}

/// A file that is not gone.
pub fn load(conn: &Connection, tenant: TenantKey, id: FileId) -> Result<Option<FileRow>> {
    conn.prepare_cached(&format!(
        "SELECT {ROW} FROM files WHERE tenant = ?1 AND id = ?2 AND gone_at IS NULL"
    ))?
    .query_row(params![tenant.0, id.as_bytes()], row)
    .optional()
}

/// The next file in the order of ids that stands in a line after this position.
pub fn next_sent(conn: &Connection, tenant: TenantKey, after: Option<FileId>, since: Rev) -> Result<Option<FileRow>> {
    conn.prepare_cached(&format!(
        "SELECT {ROW} FROM files WHERE tenant = ?1 AND id > ?2 AND line > ?3 AND gone_at IS NULL ORDER BY id LIMIT 1"
    ))?
    .query_row(
        params![
            tenant.0,
            after.map_or(vec![], |it| it.as_bytes().to_vec()),
            pos_to_sql(since.0)
        ],
        row,
    )
    .optional()
}

/// It stands in a line from here on.
pub fn sent(conn: &Connection, tenant: TenantKey, id: FileId, conversation: ConversationId, line: Rev) -> Result<()> {
    conn.prepare_cached("UPDATE files SET conversation = ?3, line = ?4 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![
            tenant.0,
            id.as_bytes(),
            conversation.as_bytes(),
            pos_to_sql(line.0)
        ])?;
    Ok(())
}

/// What a file that is gone keeps: nothing that says what it was.
const GONE: &str = "UPDATE files SET gone_at = ?2, name = '', mime = '' WHERE tenant = ?1 AND gone_at IS NULL";

/// Nobody may have it any more.
pub fn gone(conn: &Connection, tenant: TenantKey, id: FileId, now: Time) -> Result<()> {
    conn.prepare_cached(&format!("{GONE} AND id = ?3"))?
        .execute(params![tenant.0, now.0, id.as_bytes()])?;
    Ok(())
}

/// Nobody may have the file of this customer's line any more.
pub fn gone_in_line(conn: &Connection, tenant: TenantKey, customer: CustomerId, line: Rev, now: Time) -> Result<()> {
    conn.prepare_cached(&format!("{GONE} AND customer = ?3 AND line = ?4"))?
        .execute(params![tenant.0, now.0, customer.as_bytes(), pos_to_sql(line.0)])?;
    Ok(())
}

/// Nobody may have it any more, unless it was sent meanwhile. Whether it is gone.
pub fn gone_not_sent(conn: &Connection, tenant: TenantKey, id: FileId, now: Time) -> Result<bool> {
    let changed = conn
        .prepare_cached(&format!("{GONE} AND id = ?3 AND line IS NULL"))?
        .execute(params![tenant.0, now.0, id.as_bytes()])?;
    Ok(changed > 0)
}

/// Nobody may have any file of this customer any more; of one conversation, if one is named.
pub fn gone_of(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    conversation: Option<ConversationId>,
    now: Time,
) -> Result<()> {
    conn.prepare_cached(&format!(
        "{GONE} AND customer = ?3 AND (?4 IS NULL OR conversation = ?4)"
    ))?
    .execute(params![
        tenant.0,
        now.0,
        customer.as_bytes(),
        conversation.as_ref().map(ConversationId::as_bytes)
    ])?;
    Ok(())
}

/// Files of all tenants that were uploaded before this time and not sent: at most `most` of them.
pub fn not_sent(conn: &Connection, before: Time, most: usize) -> Result<Vec<(TenantKey, FileId)>> {
    conn.prepare_cached(
        "SELECT tenant, id FROM files WHERE line IS NULL AND gone_at IS NULL AND created_at < ?1
         ORDER BY created_at LIMIT ?2",
    )?
    .query_map(params![before.0, pos_to_sql(most as u64)], |row| {
        Ok((TenantKey(row.get(0)?), FileId::from_bytes(row.get(1)?)))
    })?
    .collect()
}

/// Files of all tenants whose bytes are to be removed, with their digests: at most `most` of them.
pub fn to_remove(conn: &Connection, most: usize) -> Result<Vec<(TenantKey, FileId, [u8; 32])>> {
    conn.prepare_cached("SELECT tenant, id, digest FROM files WHERE gone_at IS NOT NULL ORDER BY gone_at LIMIT ?1")?
        .query_map([pos_to_sql(most as u64)], |row| {
            Ok((TenantKey(row.get(0)?), FileId::from_bytes(row.get(1)?), row.get(2)?))
        })?
        .collect()
}

/// The bytes are removed, so is the row.
pub fn removed(conn: &Connection, tenant: TenantKey, id: FileId) -> Result<()> {
    conn.prepare_cached("DELETE FROM files WHERE tenant = ?1 AND id = ?2 AND gone_at IS NOT NULL")?
        .execute(params![tenant.0, id.as_bytes()])?;
    Ok(())
}

/// Whether a file with these bytes is there that somebody may have.
pub fn is_kept(conn: &Connection, tenant: TenantKey, digest: &[u8; 32]) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM files WHERE tenant = ?1 AND digest = ?2 AND gone_at IS NULL")?
        .exists(params![tenant.0, digest])
}

/// Every content that a file of a tenant has, once, with its size, in the order of digests after this one: at most `most`.
pub fn contents(
    conn: &Connection,
    tenant: TenantKey,
    after: Option<[u8; 32]>,
    most: usize,
) -> Result<Vec<([u8; 32], u64)>> {
    conn.prepare_cached(
        "SELECT digest, max(size) FROM files WHERE tenant = ?1 AND gone_at IS NULL AND digest > ?2
         GROUP BY digest ORDER BY digest LIMIT ?3",
    )?
    .query_map(
        params![
            tenant.0,
            after.map_or(vec![], |it| it.to_vec()),
            pos_to_sql(most as u64)
        ],
        |row| Ok((row.get(0)?, pos_from_sql(row.get(1)?))),
    )?
    .collect()
}

/// Bytes of a tenant's files, as they were counted, and as they are.
pub fn bytes(conn: &Connection, tenant: TenantKey) -> Result<(u64, u64)> {
    conn.prepare_cached(
        "SELECT file_bytes, (SELECT coalesce(sum(size), 0) FROM files WHERE tenant = ?1 AND gone_at IS NULL)
         FROM tenants WHERE key = ?1",
    )?
    .query_row([tenant.0], |row| {
        Ok((pos_from_sql(row.get(0)?), pos_from_sql(row.get(1)?)))
    })
}

/// How many bytes a tenant's files may still become; [`None`]: as many as the disk takes.
pub fn bytes_left(conn: &Connection, tenant: TenantKey) -> Result<Option<u64>> {
    let left: Option<i64> = conn
        .prepare_cached("SELECT (quotas ->> '$.file_bytes') - file_bytes FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| row.get(0))?;
    Ok(left.map(pos_from_sql))
}

/// In a copy of the database: a file whose bytes were removed before they could be copied is gone there too.
pub fn gone_in_copy(conn: &Connection, tenant: TenantKey, digest: &[u8; 32], now: Time) -> Result<()> {
    conn.execute(&format!("{GONE} AND digest = ?3"), params![tenant.0, now.0, digest])
        .map(drop)
}
