//! A database copied whole, also while a server writes into it: one read of one moment (`VACUUM INTO`), never the bytes of its
//! files, of which the newest are in the write-ahead log. What was erased is not in the copy.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, config::DbConfig, params};

use super::{
    Result,
    audit::{self, Actor, NewEntry},
    migrations::{self, MigrationRefused},
    tenants,
};
use minicom_protocol::ids::Time;

/// Opens a database to be read and nothing else. A server may have it.
///
/// # Errors
/// It cannot be opened, or it is not for this program.
pub fn reader(file: &Path) -> std::result::Result<Connection, MigrationRefused> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    match migrations::identify(&conn)? {
        // An empty file is a database to SQLite; to us it is a mistake.
        0 => Err(MigrationRefused::NotOurs),
        _ => Ok(conn),
    }
}

/// Copies everything into a file that is not there or empty. Also an older schema: the copy is of that version too.
///
/// # Errors
/// What SQLite said; the file may be there in part.
pub fn copy_into(conn: &Connection, file: &Path) -> Result<()> {
    let name = file.to_str().ok_or_else(|| super::damaged(NotText))?;
    conn.execute("VACUUM INTO ?1", [name]).map(drop)
}

#[derive(Debug, thiserror::Error)]
#[error("the file's name is not UTF-8 text")]
struct NotText;

/// Opens a copy that nobody else has, brings it to today's schema, and lets it be changed. `file` names it in the copy that an
/// upgrade would leave.
///
/// # Errors
/// It is not for this program, or cannot be written.
pub fn open_copy(file: &Path) -> std::result::Result<Connection, MigrationRefused> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(file, flags)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "secure_delete", true)?;
    migrations::migrate(&mut conn, file)?;
    Ok(conn)
}

/// What must not come back with a copy: sign-ins that may have been ended since, and one-time codes that may have been used. The
/// audit log of each tenant says what was put back.
///
/// # Errors
/// What SQLite said; nothing was changed then.
pub fn put_back(conn: &Connection, now: Time, of: Option<Time>, keep_tokens: bool) -> Result<()> {
    let moment = conn.unchecked_transaction()?;
    if !keep_tokens {
        conn.execute(
            "UPDATE agent_tokens SET revoked_at = ?1 WHERE revoked_at IS NULL",
            [now.0],
        )?;
    }
    conn.execute("DELETE FROM link_codes", [])?;
    conn.execute("UPDATE agents SET reset_digest = NULL, reset_expires_at = NULL", [])?;
    for (tenant, id) in tenants::all(conn)? {
        let entry = NewEntry {
            actor: Actor::Operator,
            action: "server.restored",
            object: id.as_str().to_owned(),
            detail: serde_json::json!({ "newest_event": of.map(crate::clock::rfc3339), "tokens_kept": keep_tokens }),
            address: None,
        };
        audit::record(conn, tenant, now, &entry)?;
    }
    moment.commit()
}

/// Moves the write-ahead log of a database that no server has into it, so that its file is all of it. Closing the connection
/// removes the log.
///
/// # Errors
/// What SQLite said.
pub fn settle(file: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |_| Ok(()))?;
    conn.close().map_err(|(_, error)| error)
}
