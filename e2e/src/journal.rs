//! The truth to compare with: the journal as it stands on the disk, read past the server.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use minicom_protocol::{
    event::{Author, Event, EventBody},
    ids::{Rev, TenantId},
    summary::Summary,
};
use minicom_server::store::{self, TenantKey, conversations, journal, tenants};
use rusqlite::{Connection, OpenFlags};

/// The journal of the tenant `default`, and the rows of its conversations, at one moment.
pub struct Journal {
    /// All events, in order.
    pub events: Vec<Event>,
    conn: Connection,
    tenant: TenantKey,
}

impl Journal {
    /// Reads it. The server may be running; then later events are not in it.
    ///
    /// # Errors
    /// It cannot be read, or its numbers are not dense.
    pub fn read(data: &Path) -> Result<Journal> {
        let file = data.join(store::open::DATABASE);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(&file, flags).with_context(|| file.display().to_string())?;
        let tenant = tenants::all(&conn)?
            .into_iter()
            .find(|(_, id)| *id == TenantId::default_tenant())
            .map(|(key, _)| key)
            .context("there is no tenant")?;
        let mut events: Vec<Event> = Vec::new();
        loop {
            let after = events.last().map_or(Rev(0), |event| event.rev);
            let page = journal::after(&conn, tenant, after, 4_096)?;
            if page.is_empty() {
                break;
            }
            events.extend(page);
        }
        for (n, event) in (1..).zip(&events) {
            ensure!(event.rev == Rev(n), "the journal has {} where {n} belongs", event.rev);
        }
        Ok(Journal { events, conn, tenant })
    }

    /// The newest position.
    pub fn head(&self) -> u64 {
        self.events.len() as u64
    }

    /// Lines, in order: position, author, text.
    pub fn lines(&self) -> impl Iterator<Item = (&Event, &Author, String)> {
        self.events.iter().filter_map(|event| match &event.body {
            EventBody::Posted(posted) => Some((event, &posted.author, posted.text())),
            _ => None,
        })
    }

    /// A conversation's row, as stored.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn summary(&self, like: &Summary) -> Result<Option<Summary>> {
        Ok(conversations::load(&self.conn, self.tenant, like.conversation)?)
    }

    /// Looks at what no query looks at: the chain of digests, and SQLite's own structure.
    ///
    /// # Errors
    /// Something is damaged.
    pub fn verify(&self) -> Result<()> {
        let broken = journal::verify(&self.conn, self.tenant)?;
        ensure!(broken.is_none(), "the chain of digests is broken at {broken:?}");
        let told: String = self.conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        ensure!(told == "ok", "integrity_check says {told}");
        Ok(())
    }
}
