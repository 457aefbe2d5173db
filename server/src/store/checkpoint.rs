//! Moving what the write-ahead log holds into the database, on a connection of its own, so that no commit waits for it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::Result;

/// How long a checkpoint that empties the log waits for the writer or a reader. It is tried again later: a commit is never
/// held up longer than this for it.
const WAIT: Duration = Duration::from_millis(50);

/// The connection that checkpoints.
pub struct Checkpointer {
    conn: Connection,
    log: PathBuf,
}

impl Checkpointer {
    /// Opens a connection to the database of a running server.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn open(file: &Path) -> Result<Checkpointer> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(file, flags)?;
        conn.busy_timeout(WAIT)?;
        // A checkpoint writes the database: it must be as safe as the commits are.
        conn.pragma_update(None, "synchronous", "FULL")?;
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        Ok(Checkpointer { conn, log: log.into() })
    }

    /// Bytes of the log; 0 if there is none.
    pub fn log_bytes(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |meta| meta.len())
    }

    /// Moves what no reader still needs, without waiting for anybody.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn passive(&self) -> Result<()> {
        self.run("wal_checkpoint(PASSIVE)").map(drop)
    }

    /// Moves everything and empties the log. `false` if the writer or a reader was in the way.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn empty(&self) -> Result<bool> {
        self.run("wal_checkpoint(TRUNCATE)")
    }

    fn run(&self, pragma: &str) -> Result<bool> {
        self.conn
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0))
            .map(|busy| busy == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> (tempfile::TempDir, PathBuf, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let (folder, conn) = crate::store::open::open(dir.path()).unwrap();
        conn.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))")
            .unwrap();
        (dir, folder.database(), conn)
    }

    #[test]
    fn emptying_leaves_no_log_and_loses_nothing() {
        let (_dir, file, conn) = filled();
        let checkpointer = Checkpointer::open(&file).unwrap();
        assert!(checkpointer.log_bytes() > 100_000);
        assert!(checkpointer.empty().unwrap());
        assert_eq!(checkpointer.log_bytes(), 0);
        let rows: i64 = conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_writer_in_the_way_is_no_error() {
        let (_dir, file, conn) = filled();
        let checkpointer = Checkpointer::open(&file).unwrap();
        conn.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
        checkpointer.passive().unwrap();
        assert!(!checkpointer.empty().unwrap());
        conn.execute_batch("COMMIT").unwrap();
        assert!(checkpointer.empty().unwrap());
    }
}
