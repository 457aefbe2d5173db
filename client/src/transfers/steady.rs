//! A file as it is sent: as many bytes as it had when it was chosen, and not at all if they became others meanwhile. What is only
//! added behind them, as to a log, changes nothing of what is sent.

use std::{
    fs::{File, Metadata},
    io::{self, ErrorKind, Seek},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::Stream;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use crate::rest::files::CHUNK;

/// By which it is seen whether a file is what it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// Its size in bytes.
    pub size: u64,
    /// When it was changed last: seconds and nanoseconds.
    pub at: (i64, i64),
}

/// A file that was opened once: what becomes of its name is nothing to it.
pub(super) struct Steady {
    file: Arc<File>,
    size: u64,
    changed_at: (i64, i64),
    /// Why its last reading ended before its end.
    broken: Arc<OnceLock<String>>,
}

impl Steady {
    /// Opens a file that can be sent.
    ///
    /// # Errors
    /// Why it cannot, and what to do.
    pub fn open(path: &Path) -> Result<Steady, String> {
        // A pipe's name must not be waited at.
        let opened = File::options()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(path);
        let file = opened.map_err(|error| match error.kind() {
            ErrorKind::NotFound => "there is no such file".to_owned(),
            ErrorKind::PermissionDenied => "you may not read it".to_owned(),
            _ => format!("it cannot be read: {error}"),
        })?;
        Steady::of(Arc::new(file))
    }

    /// What is open already.
    ///
    /// # Errors
    /// As above.
    pub fn of(file: Arc<File>) -> Result<Steady, String> {
        let meta = file.metadata().map_err(|error| format!("it cannot be read: {error}"))?;
        if meta.is_dir() {
            return Err("it is a folder: pack it into one file first, as with tar".to_owned());
        }
        if !meta.is_file() {
            return Err("it is no file. What comes from a pipe is sent by --attach -".to_owned());
        }
        if meta.len() == 0 {
            return Err("it is empty".to_owned());
        }
        Ok(Steady {
            file,
            size: meta.len(),
            changed_at: changed_at(&meta),
            broken: Arc::default(),
        })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it was like when it was opened.
    pub fn mark(&self) -> Mark {
        Mark {
            size: self.size,
            at: self.changed_at,
        }
    }

    /// Why the last reading broke, if it did: then no other one would go better.
    pub fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// Its bytes from the first one on. `sent` counts them as they go.
    ///
    /// # Errors
    /// It cannot be read any more.
    pub fn pieces(&self, sent: Arc<AtomicU64>) -> io::Result<impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static> {
        let mut from = self.file.try_clone()?;
        from.rewind()?;
        sent.store(0, Ordering::Relaxed);
        let state = Reading {
            from: tokio::fs::File::from_std(from),
            of: self.file.clone(),
            left: self.size,
            size: self.size,
            changed_at: self.changed_at,
            broken: self.broken.clone(),
            sent,
        };
        Ok(futures_util::stream::try_unfold(state, |mut state| async move {
            let piece = state.next().await;
            if let Err(error) = &piece {
                // The first one is the reason.
                let _ = state.broken.set(error.to_string());
            }
            Ok(piece?.map(|piece| (piece, state)))
        }))
    }
}

struct Reading {
    from: tokio::fs::File,
    of: Arc<File>,
    left: u64,
    size: u64,
    changed_at: (i64, i64),
    broken: Arc<OnceLock<String>>,
    sent: Arc<AtomicU64>,
}

impl Reading {
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
        let mut piece = vec![0; most];
        let read = self.from.read(&mut piece).await?;
        piece.truncate(read);
        self.left -= read as u64;
        // Looked at before the last byte goes: without it the server keeps nothing.
        let meta = self.of.metadata()?;
        let other = meta.len() == self.size && changed_at(&meta) != self.changed_at;
        if read == 0 || meta.len() < self.size || other {
            return Err(io::Error::other("it was changed while it was sent. Attach it again"));
        }
        self.sent.fetch_add(read as u64, Ordering::Relaxed);
        Ok(Some(piece))
    }
}

fn changed_at(meta: &Metadata) -> (i64, i64) {
    (meta.mtime(), meta.mtime_nsec())
}
