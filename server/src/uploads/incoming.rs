//! An upload on its way in: a temporary name, a digest that grows with it, and nothing left if it does not come whole.

use std::{
    io,
    path::{Path, PathBuf},
};

use minicom_protocol::refusal::Refusal;
use sha2::{Digest, Sha256};
use tokio::{fs::File, io::AsyncWriteExt};
use tracing::warn;

use super::{Place, Slot};
use crate::{limits, store::TenantKey};

/// What is kept of the beginning, to tell what it is, in bytes.
const BEGINNING: usize = 512;

/// An upload that is under way. Dropped, it leaves nothing.
pub struct Incoming {
    file: File,
    temporary: Temporary,
    digest: Sha256,
    size: u64,
    most: u64,
    beginning: Vec<u8>,
    _slot: Slot,
}

impl Incoming {
    pub(super) async fn begin(place: &Place, most: u64, slot: Slot) -> Result<Incoming, Refusal> {
        let place = place.clone();
        let begun = tokio::task::spawn_blocking(move || place.temporary()).await;
        let (path, file) = begun.map_err(|_| Refusal::Internal)?.map_err(|error| refused(&error))?;
        Ok(Incoming {
            file: File::from_std(file),
            temporary: Temporary(Some(path)),
            digest: Sha256::new(),
            size: 0,
            most,
            beginning: Vec::with_capacity(BEGINNING),
            _slot: slot,
        })
    }

    /// The next bytes.
    ///
    /// # Errors
    /// `too_large`, `storage_full`, `storage`: the upload is over.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        if self.size > self.most {
            return Err(Refusal::TooLarge { limit: self.most });
        }
        for piece in bytes.chunks(limits::FILE_CHUNK_BYTES) {
            self.digest.update(piece);
            let wanted = BEGINNING.saturating_sub(self.beginning.len()).min(piece.len());
            self.beginning.extend_from_slice(&piece[..wanted]);
            self.file.write_all(piece).await.map_err(|error| refused(&error))?;
        }
        Ok(())
    }

    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What it begins with.
    pub fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    /// It came whole, and is on the disk under its temporary name.
    pub(super) async fn end(mut self) -> Result<Whole, Refusal> {
        let synced = async {
            self.file.flush().await?;
            self.file.sync_all().await
        };
        synced.await.map_err(|error| refused(&error))?;
        Ok(Whole {
            temporary: self.temporary,
            digest: self.digest.finalize().into(),
            size: self.size,
        })
    }
}

/// An upload that came whole.
pub(super) struct Whole {
    temporary: Temporary,
    digest: [u8; 32],
    size: u64,
}

impl Whole {
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Puts it in its place, for good: after this it survives a loss of power.
    pub async fn put(mut self, place: &Place, tenant: TenantKey) -> Result<(), Refusal> {
        let (place, digest) = (place.clone(), self.digest);
        let put = tokio::task::spawn_blocking(move || {
            let path = self.temporary.path()?.to_owned();
            place.put(&path, tenant, &digest)?;
            // It has another name now.
            self.temporary.0.take();
            Ok(())
        });
        let done: io::Result<()> = put.await.map_err(|_| Refusal::Internal)?;
        done.map_err(|error| refused(&error))
    }
}

/// A file under a temporary name, removed unless it got another.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn path(&self) -> io::Result<&Path> {
        self.0.as_deref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // One that cannot be removed now is removed at the next start.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// What the file system said, to whoever uploads.
fn refused(error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Refusal::StorageFull,
        _ => {
            warn!(%error, "a file could not be written");
            Refusal::Storage
        }
    }
}
