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
