//! Opening the data folder: one server at a time, a database that is ours and sound, and settings on which the
//! promise of durability stands, read back and asserted.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::migrations::{self, MigrationRefused};
use crate::limits;

/// The database's file name in the data folder.
pub const DATABASE: &str = "minicom.db";
/// The oldest SQLite without the WAL-reset race that can corrupt a database.
const SQLITE_MIN: i32 = 3_051_003;

/// How long a lock is waited for before another server is said to have it.
const LOCKED_FOR_A_MOMENT: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// An open data folder. While it lives, no other server can open it.
#[derive(Debug)]
pub struct DataFolder {
    /// Where.
    pub path: PathBuf,
    /// The schema version that the database came with; 0 if it is new.
    pub came_from: i32,
    _lock: File,
}

impl DataFolder {
    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE)
    }
}

/// Why a data folder is not opened. `main` maps each to its exit code.
#[derive(Debug, thiserror::Error)]
pub enum OpenRefused {
    /// The folder cannot be made.
    #[error("cannot make the data folder {path}: {source}")]
    Create {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is there and cannot be written.
    #[error("cannot write in the data folder {path}: {source}")]
    NotWritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another server has it.
    #[error("another server uses the data folder {path}{holder}")]
    Locked {
        /// Which.
        path: PathBuf,
        /// The other's process, if it says.
        holder: String,
    },
    /// Another program, which is no server of ours, has the database.
    #[error("another program has {file} locked")]
    Held {
        /// Which.
        file: PathBuf,
    },
    /// The disk is full.
    #[error("the disk under {path} is full")]
    Full {
        /// Which folder.
        path: PathBuf,
    },
    /// The file is no sound database.
    #[error("{file} is damaged or no database: {finding}")]
    Damaged {
        /// Which.
        file: PathBuf,
        /// What was found.
        finding: String,
    },
    /// The database is empty or gone, and other files say that a desk was here.
    #[error("{file} is empty or gone, and beside it is what a desk leaves: {left}")]
    Lost {
        /// Which.
        file: PathBuf,
        /// The other files, as names with commas.
        left: String,
    },
    /// The database is not for this program, or not for this version.
    #[error("{file}: {source}")]
    Refused {
        /// Which.
        file: PathBuf,
        /// Why.
        source: MigrationRefused,
    },
    /// A setting that the promises stand on did not take.
    #[error("SQLite did not take the setting {0}")]
    Setting(&'static str),
    /// Anything else from SQLite.
    #[error("{file}: {source}")]
    Sqlite {
        /// Which.
        file: PathBuf,
        /// What it said.
        source: rusqlite::Error,
    },
}

/// Makes the data folder if it is new and locks it: while the lock lives, no server opens it.
///
/// # Errors
/// It cannot be made or written, or a server has it.
pub fn lock_folder(path: &Path) -> Result<File, OpenRefused> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| OpenRefused::Create {
            path: path.to_owned(),
            source,
        })?;
    lock(path)
}

/// Whether a server has the data folder. Changes nothing.
pub fn is_locked(path: &Path) -> bool {
    // Read only: who may not write there can see it too.
    let file = File::open(path.join("lock"));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Opens the data folder, making it if it is new, and brings the database to today's schema.
pub fn open(path: &Path) -> Result<(DataFolder, Connection), OpenRefused> {
    let lock = lock_folder(path)?;
    let file = path.join(DATABASE);
    refuse_half_a_database(&file)?;
    refuse_lost_desk(path, &file)?;
    let mut conn = writer(&file)?;
    let came_from = migrations::migrate(&mut conn, &file).map_err(|source| refused(path, &file, source))?;
    check(&conn, path, &file)?;
    can_write(&conn).map_err(|source| sqlite(path, &file, source))?;
    Ok((
        DataFolder {
            path: path.to_owned(),
            came_from,
            _lock: lock,
        },
        conn,
    ))
}

/// The lock is the operating system's, on a file beside the database: it ends with the process, whatever happens.
fn lock(path: &Path) -> Result<File, OpenRefused> {
    let not_writable = |source| OpenRefused::NotWritable {
        path: path.to_owned(),
        source,
    };
    let name = path.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(name)
        .map_err(not_writable)?;
    match lock_soon(&file) {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            let _ = file.read_to_string(&mut pid);
            let holder = match pid.trim().parse::<u32>() {
                Ok(pid) => format!(" (process {pid})"),
                Err(_) => String::new(),
            };
            return Err(OpenRefused::Locked {
                path: path.to_owned(),
                holder,
            });
        }
        Err(TryLockError::Error(source)) => return Err(not_writable(source)),
    }
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| write!(file, "{}", std::process::id()));
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::StorageFull => OpenRefused::Full { path: path.to_owned() },
        _ => not_writable(source),
    })?;
    Ok(file)
}

/// Locks a file that somebody may have for a moment: who only looks whether a server is there, or a process that is just being
/// started by the server before and has not become its program yet.
fn lock_soon(file: &File) -> Result<(), TryLockError> {
    let until = Instant::now() + LOCKED_FOR_A_MOMENT;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(LOOK_AGAIN),
            answer => return answer,
        }
    }
}

/// An empty file with a log beside it was a database once: starting afresh over it would lose what the log holds.
fn refuse_half_a_database(file: &Path) -> Result<(), OpenRefused> {
    let log = std::fs::metadata(file.with_extension("db-wal")).is_ok_and(|meta| meta.len() > 0);
    if is_empty(file) && log {
        let finding = "it is empty or missing, but its write-ahead log is not".to_owned();
        return Err(OpenRefused::Damaged {
            file: file.to_owned(),
            finding,
        });
    }
    Ok(())
}

/// Files of the data folder that only a desk that ran there leaves, as names in it: its keys and its customers' files.
const LEFT_BY_A_DESK: [&str; 3] = ["sealing.key", "local-agent.token", "files"];

/// Whether the database is empty or not there.
pub fn is_empty(file: &Path) -> bool {
    std::fs::metadata(file).map_or(true, |meta| meta.len() == 0)
}

/// What a desk that ran in this folder left there beside its database.
pub fn left_by_a_desk(folder: &Path) -> Vec<&'static str> {
    let is_there = |name: &&str| match folder.join(name) {
        path if path.is_dir() => std::fs::read_dir(path).is_ok_and(|mut rows| rows.next().is_some()),
        path => path.is_file(),
    };
    LEFT_BY_A_DESK.into_iter().filter(is_there).collect()
}

/// A desk whose database was lost (a copy that failed, a disk that was full, a file removed by mistake) must not be begun anew without a
/// word: customers and agents would find an empty desk, and the copies that are made of it would push out the good ones.
fn refuse_lost_desk(folder: &Path, file: &Path) -> Result<(), OpenRefused> {
    let left = left_by_a_desk(folder);
    if left.is_empty() || !is_empty(file) {
        return Ok(());
    }
    Err(OpenRefused::Lost {
        file: file.to_owned(),
        left: left.join(", "),
    })
}

/// The one read-write connection.
fn writer(file: &Path) -> Result<Connection, OpenRefused> {
    let folder = file.parent().unwrap_or(file);
    let new = !file.exists();
    if new {
        // Made by hand so that it is never readable by others, not even for a moment.
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)
            .map_err(|source| OpenRefused::NotWritable {
                path: folder.to_owned(),
                source,
            })?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |source| sqlite(folder, file, source);
    let conn = Connection::open_with_flags(file, flags).map_err(failed)?;
    // Before the first setting: turning the log on writes into the file, and what is not ours is not written to.
    migrations::identify(&conn).map_err(|source| refused(folder, file, source))?;
    set_up(&conn).map_err(failed)?;
    Ok(conn)
}

fn set_up(conn: &Connection) -> super::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is erased or overwritten is gone from the pages, not only from the rows.
    conn.pragma_update(None, "secure_delete", true)?;
    // Without it SQLite plans some statements anew for every value that is bound to them.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Pages that a group changes do not leave memory before its commit.
    conn.pragma_update(None, "cache_size", -limits::WRITER_CACHE_KIB)?;
    // Checkpoints run on a connection of their own, outside the commit.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(())
}

fn refused(path: &Path, file: &Path, source: MigrationRefused) -> OpenRefused {
    match source {
        MigrationRefused::Sqlite(source) => sqlite(path, file, source),
        source => OpenRefused::Refused {
            file: file.to_owned(),
            source,
        },
    }
}

fn check(conn: &Connection, path: &Path, file: &Path) -> Result<(), OpenRefused> {
    let failed = |source| sqlite(path, file, source);
    let mode: String = conn
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map_err(failed)?;
    let synchronous: i64 = conn
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .map_err(failed)?;
    if mode != "wal" {
        return Err(OpenRefused::Setting("journal_mode = WAL"));
    }
    if synchronous != 2 {
        return Err(OpenRefused::Setting("synchronous = FULL"));
    }
    if rusqlite::version_number() < SQLITE_MIN {
        return Err(OpenRefused::Setting(
            "a version of SQLite without the WAL-reset race (3.51.3 or later)",
        ));
    }
    // Bounded: the check of a large database belongs to a maintenance window, not to every start.
    if std::fs::metadata(file).is_ok_and(|meta| meta.len() <= 64 * 1024 * 1024) {
        let finding: String = conn
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(failed)?;
        if finding != "ok" {
            return Err(OpenRefused::Damaged {
                file: file.to_owned(),
                finding,
            });
        }
    }
    Ok(())
}

/// Takes the right to write and gives it back: SQLite opens a file that may only be read without a word, and the first to
/// notice would be a customer.
fn can_write(conn: &Connection) -> rusqlite::Result<()> {
    // Of such a file it takes the right to write for that to read.
    if conn.is_readonly("main")? {
        let why = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(why, None));
    }
    conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK")
}

fn sqlite(path: &Path, file: &Path, source: rusqlite::Error) -> OpenRefused {
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenRefused::Damaged {
            file: file.to_owned(),
            finding: source.to_string(),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenRefused::Held { file: file.to_owned() },
        Some(ErrorCode::DiskFull) => OpenRefused::Full { path: path.to_owned() },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => OpenRefused::NotWritable {
            path: path.to_owned(),
            source: std::io::Error::other(source.to_string()),
        },
        _ => OpenRefused::Sqlite {
            file: file.to_owned(),
            source,
        },
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
