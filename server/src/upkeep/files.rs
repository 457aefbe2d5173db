//! The files that belong to a database: beside the one of a data folder in `files/`, beside a copy in a folder of the copy's name with
//! `.files` behind it. They never change under their name, so where both places are on one disk a copy is a second name for them.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use crate::{
    clock,
    store::{
        self, TenantKey,
        files::{self as rows, hex},
        open::DATABASE,
        tenants,
        verify::Verified,
    },
    uploads::{Place, Stored, private_folders},
};

/// Contents that are read from the database at a time.
const PAGE: usize = 500;

/// What the name of a copy's files has behind the copy's.
pub const BESIDE: &str = ".files";

/// The folder of a copy's files.
pub fn beside(copy: &Path) -> PathBuf {
    let mut name = copy.as_os_str().to_owned();
    name.push(BESIDE);
    PathBuf::from(name)
}

/// Where the files of a database are.
pub fn of(database: &Path) -> Place {
    match (database.file_name(), database.parent()) {
        (Some(name), Some(data)) if name == DATABASE => Place::new(data),
        _ => Place::at(&beside(database)),
    }
}

/// A content that a row names and that is not there as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// Whose.
    pub tenant: TenantKey,
    /// Which.
    pub digest: [u8; 32],
    /// What is wrong with it.
    pub stored: Stored,
}

/// Calls `each` with every content that the database's rows name.
///
/// # Errors
/// What SQLite said, or `each`.
fn contents<E: From<rusqlite::Error>>(
    conn: &Connection,
    mut each: impl FnMut(TenantKey, &str, [u8; 32], u64) -> Result<(), E>,
) -> Result<(), E> {
    for (tenant, id) in tenants::all(conn)? {
        let mut after = None;
        loop {
            let page = rows::contents(conn, tenant, after, PAGE)?;
            for (digest, size) in &page {
                each(tenant, id.as_str(), *digest, *size)?;
            }
            match page.last() {
                Some((digest, _)) if page.len() == PAGE => after = Some(*digest),
                _ => break,
            }
        }
    }
    Ok(())
}

/// Looks at every file that the database names, byte by byte.
///
/// # Errors
/// What SQLite said.
pub fn verify(conn: &Connection, place: &Place, verified: &mut Verified) -> store::Result<()> {
    contents(conn, |tenant, id, digest, size| {
        verified.files += 1;
        let Err(stored) = place.open_whole(tenant, &digest, size) else {
            return Ok(());
        };
        // A server may have removed it since its row was read.
        if rows::is_kept(conn, tenant, &digest)? {
            let words = match stored {
                Stored::Lost => "is not there",
                Stored::Altered => "is not what its digest says",
            };
            verified.found(format!("tenant {id}: the file {} {words}", hex(&digest)));
        }
        Ok(())
    })
}

/// Why files were not copied.
#[derive(Debug, thiserror::Error)]
pub enum NotCopied {
    /// The database cannot be read on.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    /// They cannot be written there.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// One is not as it was written.
    #[error("a file is not as it was written")]
    Damaged(Missing),
}

/// Copies every file that this database names, each proved; `kept` says whether one that cannot be read is still wanted. Those that
/// are not are returned.
///
/// # Errors
/// See [`NotCopied`]. What was copied until then stays, for the caller to remove.
pub fn copy(
    conn: &Connection,
    from: &Place,
    to: &Place,
    kept: impl Fn(TenantKey, &[u8; 32]) -> store::Result<bool>,
) -> Result<Vec<(TenantKey, [u8; 32])>, NotCopied> {
    let mut gone = vec![];
    contents(conn, |tenant, _, digest, size| {
        match from.open_whole(tenant, &digest, size) {
            Ok(file) => Ok(second(from, to, tenant, &digest, file)?),
            Err(_) if !kept(tenant, &digest)? => {
                gone.push((tenant, digest));
                Ok(())
            }
            Err(stored) => Err(NotCopied::Damaged(Missing { tenant, digest, stored })),
        }
    })?;
    Ok(gone)
}

/// Gives a file's bytes a second place: by a second name where that can be, else by a copy.
fn second(from: &Place, to: &Place, tenant: TenantKey, digest: &[u8; 32], mut bytes: File) -> io::Result<()> {
    let (source, target) = (from.path(tenant, digest), to.path(tenant, digest));
    let folder = target.parent().unwrap_or(to.root()).to_owned();
    if !to.root().is_dir() {
        private_folders(to.root().parent().unwrap_or(Path::new(".")), to.root())?;
    }
    private_folders(to.data(), &folder)?;
    let mut part = target.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    crate::files::remove_if_there(&part)?;
    if fs::hard_link(&source, &part).is_err() {
        let mut copy = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)?;
        io::copy(&mut bytes, &mut copy)?;
        copy.sync_all()?;
    }
    // The same file under both names is left alone by a rename: then there is one name too many.
    fs::rename(&part, &target)?;
    crate::files::remove_if_there(&part)?;
    File::open(folder)?.sync_all()
}

/// In a copy of the database: these are gone.
///
/// # Errors
/// What SQLite said.
pub fn forget(conn: &Connection, gone: &[(TenantKey, [u8; 32])]) -> store::Result<()> {
    let now = clock::now();
    gone.iter()
        .try_for_each(|(tenant, digest)| rows::gone_in_copy(conn, *tenant, digest, now))
}

/// Removes a copy's files. Nothing that does not look like them is removed.
///
/// # Errors
/// What the file system said.
pub fn remove(copy: &Path) -> io::Result<()> {
    match fs::remove_dir_all(beside(copy)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
