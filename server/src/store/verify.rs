//! Whether a database is what was written into it: SQLite's own check of its pages and indexes, the chains of digests (pages
//! have no checksum: a flipped bit in a text passes SQLite's check), the heads, the audit log, and every fold against its events.
//! It changes nothing, and reads of one moment only what must be of one moment, so that a running server is not held up.

use minicom_protocol::ids::{CustomerId, Rev, Time};
use rusqlite::{Connection, OptionalExtension};

use super::{Result, TenantKey, audit, conversations, files, journal, pos_to_sql, refold, tenants, threads};

/// Findings that are told; more of them tell nothing new.
const FINDINGS_MAX: usize = 50;

/// What was looked at, and what was found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Verified {
    /// Tenants.
    pub tenants: u64,
    /// Conversations.
    pub conversations: u64,
    /// Events.
    pub events: u64,
    /// Contents of files, each looked at byte by byte by who knows where they are.
    pub files: u64,
    /// Entries of the audit logs.
    pub audit: u64,
    /// When the newest event happened.
    pub newest: Option<Time>,
    /// What is not as it should be, a line each: the tenant, the conversation, the number. No word of anybody is in it.
    pub findings: Vec<String>,
}

impl Verified {
    /// Whether everything is as it was written.
    pub fn sound(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn found(&mut self, what: String) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(what);
        }
    }
}

/// Looks at everything.
///
/// # Errors
/// SQLite cannot go on reading: the file is damaged, or there is another fault.
pub fn all(conn: &Connection) -> Result<Verified> {
    let mut verified = Verified::default();
    pages(conn, &mut verified)?;
    for (key, id) in tenants::all(conn)? {
        verified.tenants += 1;
        counts(conn, key, &mut verified)?;
        chain(conn, key, id.as_str(), &mut verified)?;
        // The entries and their head, the events and their heads: of one moment.
        let moment = conn.unchecked_transaction()?;
        if let Some(number) = audit::verify(conn, key)? {
            verified.found(format!(
                "tenant {id}, audit entry {number}: it is missing or not as it was written"
            ));
        }
        for what in journal::wrong_heads(conn, key)? {
            verified.found(format!("tenant {id}: {what}"));
        }
        let (counted, there) = files::bytes(conn, key)?;
        if counted != there {
            verified.found(format!("tenant {id}: {there} bytes of files are counted as {counted}"));
        }
        moment.finish()?;
        folds(conn, key, id.as_str(), &mut verified)?;
    }
    Ok(verified)
}

/// What SQLite itself finds.
fn pages(conn: &Connection, verified: &mut Verified) -> Result<()> {
    let mut statement = conn.prepare("PRAGMA integrity_check(20)")?;
    for row in statement.query_map([], |row| row.get::<_, String>(0))? {
        let row = row?;
        if row != "ok" {
            verified.found(format!("the database's pages: {row}"));
        }
    }
    let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    for table in rows {
        verified.found(format!("a row of the table {} points to nothing", table?));
    }
    Ok(())
}

fn counts(conn: &Connection, tenant: TenantKey, verified: &mut Verified) -> Result<()> {
    let count = |sql: &str| conn.query_row(sql, [tenant.0], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
    verified.conversations += count("SELECT count(*) FROM conversations WHERE tenant = ?1")?;
    verified.events += count("SELECT count(*) FROM events WHERE tenant = ?1")?;
    verified.audit += count("SELECT count(*) FROM audit WHERE tenant = ?1")?;
    let newest: Option<i64> = conn
        .query_row(
            "SELECT time FROM events WHERE tenant = ?1 ORDER BY rev DESC LIMIT 1",
            [tenant.0],
            |row| row.get(0),
        )
        .optional()?;
    verified.newest = verified.newest.max(newest.map(Time));
    Ok(())
}

fn chain(conn: &Connection, tenant: TenantKey, name: &str, verified: &mut Verified) -> Result<()> {
    let Some(rev) = journal::verify(conn, tenant)? else {
        return Ok(());
    };
    verified.found(format!(
        "tenant {name}, {}: its content is not what its digest says",
        place(conn, tenant, rev)?
    ));
    Ok(())
}

/// Where an event stands, in words.
fn place(conn: &Connection, tenant: TenantKey, rev: Rev) -> Result<String> {
    let found = conn
        .query_row(
            "SELECT conversation, seq FROM events WHERE tenant = ?1 AND rev = ?2",
            [tenant.0, pos_to_sql(rev.0)],
            |row| Ok((row.get::<_, Option<[u8; 16]>>(0)?, row.get::<_, Option<i64>>(1)?)),
        )
        .optional()?;
    Ok(match found {
        Some((Some(conversation), seq)) => {
            let conversation = uuid::Uuid::from_bytes(conversation);
            let seq = seq.map_or_else(|| "none".to_owned(), |seq| seq.to_string());
            format!("conversation {conversation}, seq {seq} (event {})", rev.0)
        }
        _ => format!("event {}", rev.0),
    })
}

/// Compares what is stored of each thread with what its events come to.
fn folds(conn: &Connection, tenant: TenantKey, name: &str, verified: &mut Verified) -> Result<()> {
    let mut statement = conn.prepare("SELECT customer FROM threads WHERE tenant = ?1")?;
    let customers = statement.query_map([tenant.0], |row| row.get(0).map(CustomerId::from_bytes))?;
    for customer in customers.collect::<Result<Vec<_>>>()? {
        let moment = conn.unchecked_transaction()?;
        // What cannot be read was found by the chain, and is no reason to stop here.
        match wrong_fold(conn, tenant, customer) {
            Ok(None) => {}
            Ok(Some(what)) => verified.found(format!("tenant {name}, {what} is not what its events come to")),
            Err(error) if error.sqlite_error().is_some() => return Err(error),
            Err(_) => verified.found(format!(
                "tenant {name}, the thread of customer {customer} cannot be read"
            )),
        }
        moment.finish()?;
    }
    Ok(())
}

fn wrong_fold(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Option<String>> {
    let (view, mut rows) = refold::folded(conn, tenant, customer)?;
    if threads::load(conn, tenant, customer)?.view != view {
        return Ok(Some(format!("the thread of customer {customer}")));
    }
    let mut statement = conn.prepare_cached("SELECT id FROM conversations WHERE tenant = ?1 AND customer = ?2")?;
    let stored = statement.query_map((tenant.0, customer.as_bytes()), |row| row.get::<_, [u8; 16]>(0))?;
    for id in stored {
        let id = minicom_protocol::ids::ConversationId::from_bytes(id?);
        if conversations::load(conn, tenant, id)? != rows.remove(&id) {
            return Ok(Some(format!("the row of conversation {id}")));
        }
    }
    Ok(rows
        .into_keys()
        .next()
        .map(|id| format!("conversation {id}, which has no row,")))
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
