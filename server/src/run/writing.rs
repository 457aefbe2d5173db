//! The writer's thread from outside: when it ended, and how. It keeps the data folder locked until then, so that no other
//! server begins while this one still writes.

use std::{path::PathBuf, thread};

use tokio::sync::oneshot;

use crate::{desk::WriterThread, exit::Fatal, refused, store::open::DataFolder};

/// See the module.
pub struct Writing {
    end: oneshot::Receiver<Result<(), Fatal>>,
}

impl Writing {
    /// Watches the thread from one of its own: joining it blocks.
    pub fn watch(writer: WriterThread, folder: DataFolder) -> Result<Writing, Fatal> {
        let (tell, end) = oneshot::channel();
        let data: PathBuf = folder.path.clone();
        let watcher = thread::Builder::new().name("writer-end".to_owned()).spawn(move || {
            let ended = match writer.join() {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => Err(refused::writer_failed(&folder.path, &error)),
                Err(_) => Err(refused::writer_panicked()),
            };
            drop(folder);
            // Nobody listens if the server did not wait.
            let _ = tell.send(ended);
        });
        watcher
            .map(|_| Writing { end })
            .map_err(|error| refused::thread(&data, &error))
    }

    /// Waits for the writer's end.
    pub async fn ended(&mut self) -> Result<(), Fatal> {
        // The watcher always tells, unless it broke down itself.
        (&mut self.end)
            .await
            .unwrap_or_else(|_| Err(refused::writer_panicked()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn end_of(work: impl FnOnce() -> Result<(), rusqlite::Error> + Send + 'static) -> Result<(), Fatal> {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _conn) = crate::store::open::open(dir.path()).unwrap();
        Writing::watch(thread::spawn(work), folder).unwrap().ended().await
    }

    #[tokio::test]
    async fn each_end_of_the_writer_has_its_number() {
        assert_eq!(end_of(|| Ok(())).await, Ok(()));
        let io = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR), None);
        assert_eq!(end_of(move || Err(io)).await.unwrap_err().code(), 74);
        assert_eq!(
            end_of(|| std::panic::panic_any("on purpose")).await.unwrap_err().code(),
            70
        );
    }

    #[tokio::test]
    async fn the_folder_is_kept_until_the_writer_has_ended() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _conn) = crate::store::open::open(dir.path()).unwrap();
        let (end, ending) = std::sync::mpsc::channel::<()>();
        let writer = thread::spawn(move || {
            // Ends when the other side is dropped.
            let _ = ending.recv();
            Ok(())
        });
        let mut writing = Writing::watch(writer, folder).unwrap();
        assert!(crate::store::open::open(dir.path()).is_err(), "locked");
        drop(end);
        writing.ended().await.unwrap();
        crate::store::open::open(dir.path()).unwrap();
    }
}
