//! Files that must survive a power cut and be read by nobody else: written, synced, and only then given their name.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// Makes a folder and those above it that are missing, for the user alone, and syncs the folder it stands in.
pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// A new name in a folder is on disk only after the folder is.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Writes and syncs a file under a temporary name in the same folder, and returns that name.
pub(crate) fn write_temporary(dir: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = dir.join(format!(".tmp-{}", Uuid::now_v7().simple()));
    let mut options = OpenOptions::new();
    let written = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            // A full disk may have taken half of it. If it cannot be removed either, a stray temporary file stays.
            let _ = fs::remove_file(&path);
            Err(error)
        }
    }
}

/// Writes a file in one step for whoever reads it, replacing one of that name. The folder is left to be synced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let temporary = write_temporary(dir, bytes)?;
    fs::rename(&temporary, path).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// The same in a folder that is named, and synced with it.
pub(crate) fn replace_in(dir: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = write_temporary(dir, bytes)?;
    fs::rename(&temporary, path).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })?;
    sync_dir(dir)
}

/// Writes a file in one step, unless one of that name exists: then `false`, and that one is as it was.
pub(crate) fn create_exclusively(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let temporary = write_temporary(dir, bytes)?;
    // A link, not a rename: it fails if the name is taken, whoever took it and when.
    let linked = fs::hard_link(&temporary, path);
    let _ = fs::remove_file(&temporary);
    match linked {
        Ok(()) => sync_dir(dir).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // Some file systems have no links. There whoever reads in this moment finds half a file, and says so.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied
            ) =>
        {
            create_without_link(path, bytes)
        }
        Err(error) => Err(error),
    }
}

fn create_without_link(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        opened => opened?,
    };
    file.write_all(bytes)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync_dir).map(|()| true)
}

/// Why a private file was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PrivateError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Others may read or write it.
    #[error("other users may read it (mode {mode:04o})")]
    Open { mode: u32 },
    /// It belongs to somebody else.
    #[error("it belongs to another user")]
    Foreign,
    /// It is no file, or larger than anything we write.
    #[error("it is not a file of this program")]
    Strange,
}

/// Reads a file that nobody but the user may read, and syncs it: what is relied on from now on must stay.
pub(crate) fn read_private(path: &Path, bytes_max: u64) -> Result<Vec<u8>, PrivateError> {
    let file = File::open(path)?;
    // Of the open file, not of the name: the name can be exchanged in between.
    let meta = file.metadata()?;
    if !meta.is_file() || meta.len() > bytes_max {
        return Err(PrivateError::Strange);
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(PrivateError::Foreign);
    }
    let mode = meta.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(PrivateError::Open { mode });
    }
    let mut bytes = Vec::new();
    (&file).take(bytes_max).read_to_end(&mut bytes)?;
    file.sync_all()?;
    Ok(bytes)
}
