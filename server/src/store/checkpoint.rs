//! Moving what the write-ahead log holds into the database, on a connection of its own, so that no commit waits for it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};

use super::Result;

/// Bytes of a page with its frame in the log.
const FRAME_BYTES: u64 = 4_096 + 24;
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

    /// Bytes of the log's file; 0 if there is none.
    pub fn log_bytes(&self) -> u64 {
        std::fs::metadata(&self.log).map_or(0, |meta| meta.len())
    }

    /// Moves what no reader still needs, without waiting for anybody. Returns how many bytes of the log's file are in use.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn passive(&self) -> Result<u64> {
        self.run("PASSIVE").map(|(_, used)| used)
    }

    /// Moves the rest and lets the writer begin at the start of the log again; its file keeps its size, so that a busy writer
    /// need not wait for room on the disk. Quick after [`Checkpointer::passive`]. `false` if the writer or a reader was in the
    /// way.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn restart(&self) -> Result<bool> {
        self.run("RESTART").map(|(done, _)| done)
    }

    /// Moves everything and empties the log. `false` if the writer or a reader was in the way.
    ///
    /// # Errors
    /// What SQLite said.
    pub fn empty(&self) -> Result<bool> {
        self.run("TRUNCATE").map(|(done, _)| done)
    }

    /// Whether nobody was in the way, and the bytes in use.
    fn run(&self, kind: &str) -> Result<(bool, u64)> {
        self.conn
            .query_row(&format!("PRAGMA wal_checkpoint({kind})"), [], |row| {
                // -1 without a log.
                let frames = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
                Ok((row.get::<_, i64>(0)? == 0, frames * FRAME_BYTES))
            })
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
    fn a_restart_keeps_the_file_and_the_writer_begins_at_its_start() {
        let (_dir, file, conn) = filled();
        let checkpointer = Checkpointer::open(&file).unwrap();
        let size = checkpointer.log_bytes();
        assert!(checkpointer.passive().unwrap() > 100_000);
        assert!(checkpointer.restart().unwrap());
        conn.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(checkpointer.log_bytes(), size);
        assert!(checkpointer.passive().unwrap() < 50_000);
    }

    #[test]
    fn a_writer_in_the_way_is_no_error() {
        let (_dir, file, conn) = filled();
        let checkpointer = Checkpointer::open(&file).unwrap();
        conn.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
        checkpointer.passive().unwrap();
        assert!(!checkpointer.restart().unwrap());
        assert!(!checkpointer.empty().unwrap());
        conn.execute_batch("COMMIT").unwrap();
        assert!(checkpointer.empty().unwrap());
    }
}
