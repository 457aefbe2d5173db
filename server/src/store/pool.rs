//! Readers: a few read-only connections, lent one at a time. Reading never waits for the writer (WAL), and
//! few readers at a time keep a storm of reconnects from thrashing.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use tokio::sync::Semaphore;

use super::Result;
use crate::telemetry::reads::Reads;

/// Steps of SQLite between two looks at the clock: less than a millisecond.
const STEPS: i32 = 1_000;

/// The readers of one database.
#[derive(Clone)]
pub struct ReaderPool {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    /// Std mutex: nothing awaits while it is held.
    idle: Mutex<Vec<Connection>>,
    lent: Arc<Semaphore>,
    reads: Reads,
}

impl ReaderPool {
    /// Readers of this file, at most `readers` at a time. They are opened when they are first needed.
    pub fn new(file: &Path, readers: usize) -> Self {
        let shared = Shared {
            file: file.to_owned(),
            idle: Mutex::new(Vec::new()),
            lent: Arc::new(Semaphore::new(readers)),
            reads: Reads::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// How long the oldest read that still runs has run.
    pub fn oldest_read(&self) -> Duration {
        self.shared.reads.oldest()
    }

    /// Runs `read` with a reader, in one read transaction: everything it sees is of one moment.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.read_within(None, read).await
    }

    /// The same, but from so long after its beginning on SQLite answers it with `OperationInterrupted`, wherever it is.
    pub async fn read_within<T: Send + 'static>(
        &self,
        within: Option<Duration>,
        read: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = self.shared.clone();
        let permit = shared.lent.clone().acquire_owned().await.map_err(super::damaged)?;
        let task = tokio::task::spawn_blocking(move || {
            // It goes along: if whoever asked is gone, the reader is lent until the read is done all the same.
            let _permit = permit;
            let _read = shared.reads.begin();
            let idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut conn = match idle {
                Some(conn) => conn,
                None => open_reader(&shared.file)?,
            };
            if let Some(within) = within {
                let began = Instant::now();
                conn.progress_handler(STEPS, Some(move || began.elapsed() > within))?;
            }
            let tx = conn.transaction()?;
            let result = read(&tx);
            let finished = tx.finish();
            if within.is_some() {
                // Whoever has this reader next may take its time.
                conn.progress_handler(0, None::<fn() -> bool>)?;
            }
            finished?;
            // A reader whose read panicked or failed to finish is not lent again.
            shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            result
        });
        task.await.map_err(super::damaged)?
    }
}

fn open_reader(file: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(file, flags)?;
    conn.pragma_update(None, "query_only", true)?;
    // Without it SQLite plans some statements anew for every value that is bound to them.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_read_that_nobody_waits_for_any_more_still_has_its_reader() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _conn) = crate::store::open::open(dir.path()).unwrap();
        let pool = ReaderPool::new(&folder.database(), 1);
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let reading = tokio::spawn({
            let pool = pool.clone();
            async move {
                let read = pool.read(move |_| {
                    let _ = begun.send(());
                    let _ = may_go_on.recv();
                    Ok(())
                });
                read.await
            }
        });
        has_begun.await.unwrap();
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
        assert_eq!(pool.shared.lent.available_permits(), 0, "one reader at a time");
        drop(go_on);
        pool.read(|_| Ok(())).await.unwrap();
    }
}
