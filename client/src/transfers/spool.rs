//! What comes from a pipe, kept until all of it is there: how fast it comes is its writer's affair, and what was cut on the way to the
//! server can be sent again. The file has no name and is this user's alone, so nothing of it is left however the program ends.

use std::{
    fs::{File, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    sync::Arc,
};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use super::steady::Steady;
use crate::rest::files::CHUNK;

/// All of a pipe. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Spool {
    file: Arc<File>,
    size: u64,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum NotSpooled {
    /// More has come than may be sent.
    #[error("it is longer than {most} bytes, the most that a file here may have")]
    TooLarge {
        /// How many bytes may be sent.
        most: u64,
    },
    /// It ended before its first byte.
    #[error("it is empty")]
    Empty,
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unread(io::Error),
    /// There is no room for it.
    #[error("it cannot be kept until it is sent: {why}. It is kept in {}", folder.display())]
    Unkept {
        /// Where it was to be.
        folder: std::path::PathBuf,
        /// What the file system says.
        why: io::Error,
    },
}

impl Spool {
    /// Reads to the end, and no further than `most` bytes. `look` is told how many have come.
    ///
    /// # Errors
    /// It cannot be read or kept, has nothing in it or too much.
    pub async fn all_of(
        mut pipe: impl AsyncRead + Unpin,
        most: u64,
        mut look: impl FnMut(u64),
    ) -> Result<Spool, NotSpooled> {
        let unkept = |why| NotSpooled::Unkept {
            folder: std::env::temp_dir(),
            why,
        };
        let file = tempfile::tempfile().map_err(unkept)?;
        // Before its first byte.
        file.set_permissions(Permissions::from_mode(0o600)).map_err(unkept)?;
        let mut into = tokio::fs::File::from_std(file.try_clone().map_err(unkept)?);
        let mut piece = vec![0; CHUNK];
        let mut size = 0;
        loop {
            let read = pipe.read(&mut piece).await.map_err(NotSpooled::Unread)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            if size > most {
                return Err(NotSpooled::TooLarge { most });
            }
            into.write_all(&piece[..read]).await.map_err(unkept)?;
            look(size);
        }
        into.flush().await.map_err(unkept)?;
        if size == 0 {
            return Err(NotSpooled::Empty);
        }
        let file = Arc::new(file);
        Ok(Spool { file, size })
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// To be sent.
    pub(super) fn opened(&self) -> Result<Steady, String> {
        Steady::of(self.file.clone())
    }
}

/// The same pipe.
impl PartialEq for Spool {
    fn eq(&self, other: &Spool) -> bool {
        Arc::ptr_eq(&self.file, &other.file)
    }
}

impl Eq for Spool {}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[tokio::test]
    async fn all_of_it_is_there_or_it_is_said_why_not() {
        let mut told = 0;
        let spool = Spool::all_of(&b"one\ntwo\n"[..], 8, |size| told = size).await.unwrap();
        assert_eq!((spool.size(), told), (8, 8));
        assert_eq!(spool.opened().unwrap().size(), 8);
        let empty = Spool::all_of(&b""[..], 8, |_| {}).await.unwrap_err();
        assert_eq!(empty.to_string(), "it is empty");
        // It has no end: what is too much is said before it.
        let endless = Spool::all_of(tokio::io::repeat(b'x'), 100_000, |_| {})
            .await
            .unwrap_err();
        assert!(matches!(endless, NotSpooled::TooLarge { most: 100_000 }), "{endless}");
    }

    #[tokio::test]
    async fn nobody_finds_it() {
        let spool = Spool::all_of(&b"secret"[..], 8, |_| {}).await.unwrap();
        let meta = spool.file.metadata().unwrap();
        assert_eq!((meta.nlink(), meta.mode() & 0o777), (0, 0o600));
    }
}
