//! When the write-ahead log is moved into the database: a few times a second while it grows, anew from its start when it is
//! long, and wholly when nobody has written for a while, or when something was erased: the log would keep it. It is woken by
//! commits and sleeps without a timer when there are none.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::{limits, store::checkpoint::Checkpointer, writer::Counts};

/// Between two looks at the log while it grows.
const PACE: Duration = Duration::from_millis(250);
/// Nobody has written for so long: the log is emptied, so that a start after a power cut has nothing to read again.
const QUIET: Duration = Duration::from_secs(2);
/// The size of a page and its frame in the log, in bytes.
const PAGE_BYTES: u64 = 4_096 + 24;

/// Runs until `stop`.
pub async fn run(file: PathBuf, counts: Arc<Counts>, stop: CancellationToken) {
    let checkpoints = async {
        match tokio::task::spawn_blocking(move || Checkpointer::open(&file)).await {
            Ok(Ok(checkpointer)) => follow(checkpointer, counts).await,
            Ok(Err(error)) => error!(%error, "no checkpoints: the write-ahead log will grow"),
            Err(_) => error!("no checkpoints: the write-ahead log will grow"),
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = checkpoints => {}
    }
}

async fn follow(mut checkpointer: Checkpointer, counts: Arc<Counts>) {
    let mut warned = false;
    loop {
        counts.committed.notified().await;
        loop {
            sleep(PACE).await;
            if counts.erased.swap(false, Ordering::AcqRel) {
                let moved;
                (checkpointer, moved) = match move_log(checkpointer, Extent::Whole).await {
                    Some(done) => done,
                    None => return,
                };
                // Somebody was in the way: at the next pace again.
                counts.erased.fetch_or(!moved, Ordering::AcqRel);
            } else if checkpointer.log_bytes() > u64::from(limits::CHECKPOINT_PAGES) * PAGE_BYTES {
                checkpointer = match move_log(checkpointer, Extent::WhileBusy).await {
                    Some((checkpointer, _)) => checkpointer,
                    None => return,
                };
            }
            let bytes = checkpointer.log_bytes();
            let too_large = bytes > 2 * limits::WAL_BYTES_MAX;
            if too_large && !warned {
                warn!(
                    bytes,
                    "the write-ahead log is larger than it should be: somebody reads for too long"
                );
            }
            warned = too_large;
            if !counts.erased.load(Ordering::Acquire) && timeout(QUIET, counts.committed.notified()).await.is_err() {
                break;
            }
        }
        checkpointer = match move_log(checkpointer, Extent::Whole).await {
            Some((checkpointer, _)) => checkpointer,
            None => return,
        };
    }
}

/// How much of the log is moved.
#[derive(Clone, Copy)]
enum Extent {
    /// What can be moved in no one's way, and once the log is long the rest, so that it begins anew.
    WhileBusy,
    /// All of it; its file is empty then.
    Whole,
}

/// Moves the log on a thread that may block. Gives the connection back, and whether nobody was in the way; `None` if it is
/// broken, which the writer will find out too and end the program for.
async fn move_log(checkpointer: Checkpointer, extent: Extent) -> Option<(Checkpointer, bool)> {
    let moving = tokio::task::spawn_blocking(move || {
        let moved = match extent {
            Extent::Whole => checkpointer.empty(),
            Extent::WhileBusy => match checkpointer.passive() {
                Ok(used) if used > limits::WAL_BYTES_MAX => checkpointer.restart(),
                other => other.map(|_| true),
            },
        };
        (checkpointer, moved)
    });
    let (checkpointer, moved) = moving.await.ok()?;
    match moved {
        Ok(moved) => Some((checkpointer, moved)),
        Err(error) if is_for_now(&error) => Some((checkpointer, false)),
        Err(error) => {
            error!(%error, "a checkpoint failed");
            None
        }
    }
}

/// Busy and full pass; the log keeps what was committed.
fn is_for_now(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked, DiskFull};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked | DiskFull)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_desk::TestDesk;

    /// The log's size when nothing happens any more.
    async fn settled(file: &std::path::Path, counts: &Arc<Counts>) -> u64 {
        let stop = CancellationToken::new();
        let task = tokio::spawn(run(file.to_owned(), counts.clone(), stop.clone()));
        let watcher = Checkpointer::open(file).unwrap();
        let emptied = async {
            let mut look = tokio::time::interval(Duration::from_millis(10));
            while watcher.log_bytes() > 0 {
                look.tick().await;
            }
        };
        let _ = timeout(Duration::from_secs(20), emptied).await;
        stop.cancel();
        task.await.unwrap();
        watcher.log_bytes()
    }

    #[tokio::test]
    async fn the_log_is_emptied_when_nobody_has_written_for_a_while() {
        let desk = TestDesk::new();
        let file = desk.folder.database();
        let key = desk.desk.tenants().next().unwrap().1;
        desk.desk
            .write(key, |scope| {
                crate::store::followers::advance(scope.conn, scope.tenant, "x", minicom_protocol::ids::Rev(1))
            })
            .await
            .unwrap();
        assert!(Checkpointer::open(&file).unwrap().log_bytes() > 0);
        assert_eq!(settled(&file, desk.desk.counts()).await, 0);
    }

    #[tokio::test]
    async fn the_log_is_emptied_when_something_was_erased_however_busy_the_desk_is() {
        let desk = TestDesk::new();
        let file = desk.folder.database();
        desk.customer("alice").await;
        assert!(Checkpointer::open(&file).unwrap().log_bytes() > 0);
        let counts = desk.desk.counts().clone();
        counts.erased.store(true, Ordering::Release);
        let busy = tokio::spawn(async move {
            let mut commits = tokio::time::interval(Duration::from_millis(10));
            loop {
                commits.tick().await;
                counts.committed.notify_one();
            }
        });
        assert_eq!(settled(&file, desk.desk.counts()).await, 0);
        busy.abort();
    }
}
