//! Where the bytes of files are: `files/<tenant>/<two letters>/<the rest>` of the data folder, named by their SHA-256, and
//! `files/new/` for those that are still coming. Each tenant's stand apart, so that no tenant learns from the disk what another has,
//! and all of a tenant's go with its folder. No name of anybody is ever a path.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    limits,
    store::{TenantKey, files::hex},
};

/// The folder, in the data folder.
pub const FILES: &str = "files";
/// The folder of what is still coming.
const NEW: &str = "new";
/// Letters of a digest that name its folder.
const FAN: usize = 2;

/// The bytes of a file are not what they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stored {
    /// They are not there, or cannot be read.
    Lost,
    /// They are other bytes.
    Altered,
}

/// See the module. The same layout is used for what goes with a copy of the database.
#[derive(Clone, Debug)]
pub struct Place {
    data: PathBuf,
    root: PathBuf,
}

impl Place {
    /// In a data folder.
    pub fn new(data: &Path) -> Place {
        Place {
            data: data.to_owned(),
            root: data.join(FILES),
        }
    }

    /// In a folder that is such a folder itself.
    pub fn at(root: &Path) -> Place {
        Place {
            data: root.to_owned(),
            root: root.to_owned(),
        }
    }

    /// The folder around it.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a tenant.
    pub fn of_tenant(&self, tenant: TenantKey) -> PathBuf {
        self.root.join(tenant.0.to_string())
    }

    /// Where the bytes with this digest are.
    pub fn path(&self, tenant: TenantKey, digest: &[u8; 32]) -> PathBuf {
        let name = hex(digest);
        let (fan, rest) = name.split_at(FAN);
        self.of_tenant(tenant).join(fan).join(rest)
    }

    /// The folder of what is still coming. The next start empties it.
    pub fn coming(&self) -> PathBuf {
        self.root.join(NEW)
    }

    /// A file under a name that nobody has.
    pub(super) fn temporary(&self) -> io::Result<(PathBuf, File)> {
        let folder = self.root.join(NEW);
        private_folders(&self.data, &folder)?;
        let path = folder.join(Uuid::new_v4().to_string());
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        Ok((path, file))
    }

    /// Gives a file that is whole and synced its place. When this returns, it is there after a loss of power too.
    ///
    /// # Errors
    /// What the file system said. It may be in its place all the same, for the sweep to find.
    pub fn put(&self, temporary: &Path, tenant: TenantKey, digest: &[u8; 32]) -> io::Result<()> {
        let path = self.path(tenant, digest);
        let folder = path.parent().unwrap_or(&self.root);
        private_folders(&self.data, folder)?;
        fs::rename(temporary, &path)?;
        File::open(folder)?.sync_all()
    }

    /// Opens a file of this size. A link in its place is none.
    pub(super) fn open(&self, tenant: TenantKey, digest: &[u8; 32], size: u64) -> Result<File, Stored> {
        let no_links = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(no_links)
            .open(self.path(tenant, digest));
        let file = opened.map_err(|_| Stored::Lost)?;
        match file.metadata() {
            Ok(meta) if meta.is_file() && meta.len() == size => Ok(file),
            Ok(_) => Err(Stored::Altered),
            Err(_) => Err(Stored::Lost),
        }
    }

    /// The same, once its bytes are proved to be those of the digest.
    pub fn open_whole(&self, tenant: TenantKey, digest: &[u8; 32], size: u64) -> Result<File, Stored> {
        let mut file = self.open(tenant, digest, size)?;
        if digest_of(&mut file).map_err(|_| Stored::Lost)? != *digest {
            return Err(Stored::Altered);
        }
        io::Seek::rewind(&mut file).map_err(|_| Stored::Lost)?;
        Ok(file)
    }

    /// Removes the bytes with this digest, for good.
    pub(super) fn remove(&self, tenant: TenantKey, digest: &[u8; 32]) -> io::Result<()> {
        let path = self.path(tenant, digest);
        crate::files::remove_if_there(&path)?;
        match path.parent().map(File::open) {
            Some(Ok(folder)) => folder.sync_all(),
            // Its folder is not there either.
            _ => Ok(()),
        }
    }

    /// Removes what was coming when the last server ended.
    pub(super) fn discard_temporary(&self) -> io::Result<usize> {
        let mut count = 0;
        for entry in entries(&self.root.join(NEW))? {
            fs::remove_file(entry.path())?;
            count += 1;
        }
        Ok(count)
    }

    /// The tenants that have a folder.
    pub(super) fn tenants(&self) -> io::Result<Vec<TenantKey>> {
        let names = entries(&self.root)?
            .into_iter()
            .filter_map(|it| it.file_name().into_string().ok());
        let keys = names.filter_map(|name| name.parse().ok().map(TenantKey));
        Ok(keys.collect())
    }

    /// What stands in a tenant's folder: digests, and paths of what is no file of ours.
    pub(super) fn contents(&self, tenant: TenantKey) -> io::Result<(Vec<[u8; 32]>, Vec<PathBuf>)> {
        let (mut ours, mut others) = (vec![], vec![]);
        for fan in entries(&self.of_tenant(tenant))? {
            if !fan.file_type()?.is_dir() {
                others.push(fan.path());
                continue;
            }
            for file in entries(&fan.path())? {
                let name = [fan.file_name(), file.file_name()].map(|it| it.into_string().unwrap_or_default());
                match digest_from(&name.concat()) {
                    Some(digest) if self.path(tenant, &digest) == file.path() => ours.push(digest),
                    _ => others.push(file.path()),
                }
            }
        }
        Ok((ours, others))
    }
}

/// SHA-256 of a file from where it stands.
pub fn digest_of(file: &mut File) -> io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut chunk = vec![0; limits::FILE_CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(digest.finalize().into()),
            read => digest.update(&chunk[..read]),
        }
    }
}

/// A digest by its letters.
fn digest_from(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let bytes = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// What is in a folder; nothing, where there is none.
fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(error),
    }
}

/// Makes the folders from `base` to `folder` that are not there, for their owner alone, each synced into the one around it.
pub fn private_folders(base: &Path, folder: &Path) -> io::Result<()> {
    if folder.is_dir() || !folder.starts_with(base) || folder == base {
        return Ok(());
    }
    let parent = folder.parent().unwrap_or(base);
    private_folders(base, parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => File::open(parent)?.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
