//! The schema and its history: an own list on `application_id` and `user_version`. A database that is foreign, newer,
//! or has tables but no version is refused and left as it is. Before an upgrade a synced copy is made.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use rusqlite::{Connection, TransactionBehavior};

use super::refold;

/// "Mini" in ASCII: what makes an SQLite file ours.
pub const APPLICATION_ID: i32 = 0x4d69_6e69;

/// All steps, oldest first. A released step is never changed; a test holds their digests.
pub const STEPS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
];

/// The version that this program writes and reads.
pub const VERSION: i32 = STEPS.len() as i32;

/// Why a database is not opened.
#[derive(Debug, thiserror::Error)]
pub enum MigrationRefused {
    /// It belongs to another program.
    #[error("this SQLite database belongs to another program (application id {0:#x})")]
    Foreign(i32),
    /// It has tables, but no version of ours.
    #[error("this SQLite database has tables but is not Minicom's")]
    NotOurs,
    /// It was written by a later release.
    #[error("this database has schema version {found}; this program knows versions up to {VERSION}")]
    Newer {
        /// Its version.
        found: i32,
    },
    /// A row points to nothing after the upgrade.
    #[error("after the upgrade {0} rows would point to nothing; nothing was changed")]
    Dangling(usize),
    /// SQLite said no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Brings the database to [`VERSION`]. All steps are one transaction, with the folds made anew. Says from which version it came.
pub fn migrate(conn: &mut Connection, file: &Path) -> Result<i32, MigrationRefused> {
    migrate_with(conn, file, STEPS, refold::all)
}

/// Reads whose the database is and which version it has, and refuses what is not for this program. Changes nothing.
pub fn identify(conn: &Connection) -> Result<i32, MigrationRefused> {
    identify_with(conn, VERSION)
}

fn identify_with(conn: &Connection, version: i32) -> Result<i32, MigrationRefused> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, found) {
        (0, 0) if tables == 0 => Ok(found),
        (0, _) => Err(MigrationRefused::NotOurs),
        (APPLICATION_ID, v) if v > version || v < 1 => Err(MigrationRefused::Newer { found: v }),
        (APPLICATION_ID, _) => Ok(found),
        (other, _) => Err(MigrationRefused::Foreign(other)),
    }
}

/// `after` is called once all steps of an upgrade are done.
fn migrate_with(
    conn: &mut Connection,
    file: &Path,
    steps: &[&str],
    after: impl FnOnce(&Connection) -> super::Result<()>,
) -> Result<i32, MigrationRefused> {
    let version = steps.len() as i32;
    let found = identify_with(conn, version)?;
    if found == version {
        return Ok(found);
    }
    if found > 0 {
        copy_before(conn, file, found)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in &steps[found as usize..] {
        tx.execute_batch(step)?;
    }
    if found > 0 {
        after(&tx)?;
    }
    let dangling = tx
        .prepare("PRAGMA foreign_key_check")?
        .query_map([], |_| Ok(()))?
        .count();
    if dangling > 0 {
        return Err(MigrationRefused::Dangling(dangling));
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    Ok(found)
}

/// A copy beside the database, complete on the disk before anything is changed. It takes the place of an older one of its name,
/// from before an upgrade that was taken back: what that one has, this one has too.
fn copy_before(conn: &Connection, file: &Path, version: i32) -> Result<(), MigrationRefused> {
    let copy = file.with_extension(format!("before-v{}.db", version + 1));
    let part = file.with_extension(format!("before-v{}.part", version + 1));
    let failed = |error: io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error).into()),
        // What was left of one that was cut is written anew.
        Ok(()) | Err(_) => {}
    }
    conn.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    let folder = copy.parent().unwrap_or(Path::new("."));
    let kept = File::open(&part)
        .and_then(|part| part.sync_all())
        .and_then(|()| fs::rename(&part, &copy))
        .and_then(|()| File::open(folder)?.sync_all());
    Ok(kept.map_err(failed)?)
}

#[cfg(test)]
#[path = "migrations_tests.rs"]
mod tests;
