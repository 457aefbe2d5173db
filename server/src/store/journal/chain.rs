//! The chains of digests, and the proof that no byte of the journal has changed.

use std::collections::HashMap;

use minicom_protocol::ids::{CustomerId, Rev};
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use crate::store::{Result, TenantKey, mark_from_sql, pos_from_sql, stored};

/// The digest of a body, which stays when body and salt are erased.
pub(super) fn body_digest(salt: &[u8; 16], body: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(body).finalize().into()
}

/// All of an event that never changes.
pub(super) struct Header<'a> {
    pub rev: u64,
    /// 0 if the customer may not see the event.
    pub seq: u64,
    pub mark: u64,
    pub time: i64,
    pub kind: &'a str,
    pub thread: Option<[u8; 16]>,
    pub conversation: Option<[u8; 16]>,
    pub agent: Option<[u8; 16]>,
    pub line: Option<(&'a str, u64)>,
    pub command: Option<[u8; 16]>,
    /// What it is about that is neither a conversation nor an agent. The first schema had none, and its digests none of it.
    pub subject: Option<&'a str>,
    /// The body's digest.
    pub body: [u8; 32],
}

impl Header<'_> {
    /// The digest of the event: every field in a fixed order, each with its length.
    pub(super) fn chain(&self, previous: &[u8; 32], tenant: TenantKey) -> [u8; 32] {
        let mut hash = Sha256::new().chain_update(previous);
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(&tenant.0.to_be_bytes());
        field(&self.rev.to_be_bytes());
        field(&self.seq.to_be_bytes());
        field(&self.mark.to_be_bytes());
        field(&self.time.to_be_bytes());
        field(self.kind.as_bytes());
        field(self.thread.as_ref().map_or(&[], |id| id));
        field(self.conversation.as_ref().map_or(&[], |id| id));
        field(self.agent.as_ref().map_or(&[], |id| id));
        field(self.line.map_or("", |(side, _)| side).as_bytes());
        field(&self.line.map_or(0, |(_, number)| number).to_be_bytes());
        field(self.command.as_ref().map_or(&[], |id| id));
        field(&self.body);
        if let Some(subject) = self.subject {
            field(subject.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Recomputes every chain of a tenant and names the first event whose digest is not what its row says, or else one that is
/// superseded by something that is not about its line.
pub fn verify(conn: &Connection, tenant: TenantKey) -> Result<Option<Rev>> {
    let mut heads: HashMap<Option<[u8; 16]>, [u8; 32]> = HashMap::new();
    let mut statement = conn.prepare(
        "SELECT rev, seq, mark, time, kind, thread, conversation, agent, side, line, command, subject, body_digest,
                body, salt, digest
         FROM events WHERE tenant = ?1 ORDER BY rev",
    )?;
    let mut rows = statement.query([tenant.0])?;
    while let Some(row) = rows.next()? {
        if !holds(row, tenant, &mut heads)? {
            return Ok(Some(Rev(pos_from_sql(row.get(0)?))));
        }
    }
    superseded_by_another(conn, tenant)
}

/// What is not as the heads say: events that are missing at the end, which no chain of the others can show. In words, of which
/// none is anybody's.
pub fn wrong_heads(conn: &Connection, tenant: TenantKey) -> Result<Vec<String>> {
    let mut found = vec![];
    let (rev, mark, digest): (i64, i64, [u8; 32]) = conn.query_row(
        "SELECT rev, mark, digest FROM tenants WHERE key = ?1",
        [tenant.0],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (count, newest): (i64, i64) = conn.query_row(
        "SELECT count(*), coalesce(max(rev), 0) FROM events WHERE tenant = ?1",
        [tenant.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if count != rev || newest != rev {
        found.push(format!(
            "the journal should have {rev} events, and has {count}, the newest of them {newest}"
        ));
    }
    let at_head: Option<i64> = conn
        .query_row(
            "SELECT mark FROM events WHERE tenant = ?1 AND rev = ?2",
            [tenant.0, rev],
            |row| row.get(0),
        )
        .optional()?;
    if rev > 0 && at_head != Some(mark) {
        found.push("the newest event is not the one that the journal's head names".to_owned());
    }
    let own: Option<[u8; 32]> = conn
        .query_row(
            "SELECT digest FROM events WHERE tenant = ?1 AND thread IS NULL ORDER BY rev DESC LIMIT 1",
            [tenant.0],
            |row| row.get(0),
        )
        .optional()?;
    if own.unwrap_or([0; 32]) != digest {
        found.push("the newest event of no thread is not the one that the journal's head names".to_owned());
    }
    let mut statement = conn.prepare(
        "SELECT t.customer FROM threads t WHERE t.tenant = ?1 AND t.digest IS NOT coalesce(
             (SELECT digest FROM events e WHERE e.tenant = ?1 AND e.thread = t.customer ORDER BY e.rev DESC LIMIT 1),
             zeroblob(32))",
    )?;
    for customer in statement.query_map([tenant.0], |row| row.get::<_, [u8; 16]>(0))? {
        let customer = CustomerId::from_bytes(customer?);
        found.push(format!(
            "the thread of customer {customer} does not end as its head says"
        ));
    }
    Ok(found)
}

/// Whether a row is what its digest says. A row that cannot even be read is not.
fn holds(row: &Row<'_>, tenant: TenantKey, heads: &mut HashMap<Option<[u8; 16]>, [u8; 32]>) -> Result<bool> {
    let (kind, side, subject): (String, Option<String>, Option<String>) = (row.get(4)?, row.get(8)?, row.get(11)?);
    let header = Header {
        rev: pos_from_sql(row.get(0)?),
        seq: pos_from_sql(row.get::<_, Option<i64>>(1)?.unwrap_or(0)),
        mark: mark_from_sql(row.get(2)?).0,
        time: row.get(3)?,
        kind: &kind,
        thread: row.get(5)?,
        conversation: row.get(6)?,
        agent: row.get(7)?,
        line: side.as_deref().zip(row.get::<_, Option<i64>>(9)?.map(pos_from_sql)),
        command: row.get(10)?,
        subject: subject.as_deref(),
        body: row.get(12)?,
    };
    // An erased body is vouched for by its digest alone.
    if let (Some(salt), Some(body)) = (row.get::<_, Option<[u8; 16]>>(14)?, row.get::<_, Option<String>>(13)?)
        && (body_digest(&salt, &body) != header.body || stored::decode(&kind, &body).is_err())
    {
        return Ok(false);
    }
    let head = heads.entry(header.thread).or_insert([0; 32]);
    *head = header.chain(head, tenant);
    Ok(*head == row.get::<_, [u8; 32]>(15)?)
}

/// Which event supersedes a line is in no digest, but can be seen to be about the same line.
fn superseded_by_another(conn: &Connection, tenant: TenantKey) -> Result<Option<Rev>> {
    conn.query_row(
        "SELECT e.rev FROM events e LEFT JOIN events now ON now.tenant = e.tenant AND now.rev = e.superseded_by
         WHERE e.tenant = ?1 AND e.superseded_by IS NOT NULL
           AND NOT (now.kind = ?2 AND now.rev > e.rev AND now.thread IS e.thread AND now.side IS e.side AND now.line IS e.line)
         ORDER BY e.rev LIMIT 1",
        (tenant.0, stored::LINE_CHANGED),
        |row| Ok(Rev(pos_from_sql(row.get(0)?))),
    )
    .optional()
}
