//! The outbox's files: one per command, in a folder per running program that a lock marks as in use. Blocking. It knows
//! commands only as JSON.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use minicom_protocol::ids::CommandId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{disk, limits::ENTRY_BYTES_MAX};

const LOCK: &str = "lock";
const VERSION: u16 = 1;

/// The files of one identity's outbox, as far as this program has them.
#[derive(Debug)]
pub(crate) struct Store {
    base: PathBuf,
    /// Made with the first command: a program that sends nothing leaves nothing.
    own: Option<Folder>,
    adopted: Vec<Folder>,
    number: u64,
}

/// A folder that this program holds the lock of.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Held as long as it is open.
    _lock: File,
}

/// A command as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Record {
    pub id: CommandId,
    pub made: SystemTime,
    pub command: Value,
}

/// What earlier programs left behind, in order, and what could not be read of it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub records: Vec<(PathBuf, Record)>,
    /// Words for the user.
    pub troubles: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u16,
    id: CommandId,
    made_ms: u64,
    command: Value,
}

impl Store {
    /// Adopts what programs that no longer run have left behind.
    pub fn open(base: PathBuf) -> (Store, Found) {
        let mut store = Store {
            base,
            own: None,
            adopted: Vec::new(),
            number: 0,
        };
        let mut found = Found::default();
        // Their names begin with the time they were made at.
        for path in sorted_entries(&store.base).unwrap_or_default() {
            if !path.is_dir() {
                continue; // Not ours.
            }
            match Folder::hold(&path) {
                Ok(Some(folder)) => store.adopt(folder, &mut found),
                Ok(None) => {} // In use, or just cleaned away.
                Err(error) => found.troubles.push(format!("{}: {error}", path.display())),
            }
        }
        (store, found)
    }

    fn adopt(&mut self, folder: Folder, found: &mut Found) {
        let before = found.records.len();
        for path in sorted_entries(&folder.path).unwrap_or_default() {
            if path.extension().is_none_or(|it| it != "json") {
                continue;
            }
            match read_record(&path) {
                Ok(record) => found.records.push((path, record)),
                Err(error) => found.troubles.push(set_aside(&path, &error)),
            }
        }
        if found.records.len() == before {
            folder.remove_if_empty();
        } else {
            self.adopted.push(folder);
        }
    }

    /// Writes commands, each to its own file, and syncs them together. What fails is in the result of each.
    pub fn write(&mut self, records: &[Record]) -> Vec<io::Result<PathBuf>> {
        if records.is_empty() {
            return Vec::new();
        }
        if self.own.is_none() {
            match Folder::create(&self.base) {
                Ok(folder) => self.own = Some(folder),
                Err(error) => return records.iter().map(|_| Err(copy(&error))).collect(),
            }
        }
        let Some(folder) = self.own.as_ref().map(|own| own.path.clone()) else {
            return Vec::new();
        };
        let written: Vec<io::Result<PathBuf>> = records.iter().map(|record| self.write_one(&folder, record)).collect();
        // One sync of the folder for all their names.
        match disk::sync_dir(&folder) {
            Ok(()) => written,
            Err(error) => written.into_iter().map(|it| it.and(Err(copy(&error)))).collect(),
        }
    }

    fn write_one(&mut self, folder: &Path, record: &Record) -> io::Result<PathBuf> {
        self.number += 1;
        let path = folder.join(format!("{:012}-{}.json", self.number, record.id.0.simple()));
        let made = record.made.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let stored = Stored {
            version: VERSION,
            id: record.id,
            made_ms: u64::try_from(made.as_millis()).unwrap_or(u64::MAX),
            command: record.command.clone(),
        };
        disk::replace(&path, &serde_json::to_vec(&stored)?)?;
        Ok(path)
    }

    /// Removes commands that are answered. It is not synced: one that comes back after a power cut is sent again
    /// under its old id, and gets its old answer.
    pub fn remove(&mut self, paths: &[PathBuf]) -> io::Result<()> {
        let mut result = Ok(());
        for path in paths {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => result = Err(error),
                _ => {}
            }
        }
        result
    }

    /// Lets go of the folders; those that hold nothing are removed.
    pub fn close(self) {
        for folder in self.own.into_iter().chain(self.adopted) {
            folder.remove_if_empty();
        }
    }
}

impl Folder {
    fn create(base: &Path) -> io::Result<Folder> {
        disk::create_private_dir(base)?;
        // Another program can find the folder before it is locked, see nothing in it and remove it. Then: again.
        for _ in 0..8 {
            let path = base.join(Uuid::now_v7().to_string());
            disk::create_private_dir(&path)?;
            match Folder::hold(&path) {
                Ok(Some(folder)) => return Ok(folder),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(None) | Err(_) => {}
            }
        }
        Err(io::Error::other("the outbox's folder is taken away again and again"))
    }

    /// Takes the folder's lock; `None` if another program has it.
    fn hold(path: &Path) -> io::Result<Option<Folder>> {
        let name = path.join(LOCK);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&name)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Between opening and locking the folder can have been cleaned away: then the lock locks nothing.
        let ours = lock.metadata()?;
        let same = fs::metadata(&name).is_ok_and(|it| (it.dev(), it.ino()) == (ours.dev(), ours.ino()));
        Ok(same.then(|| Folder {
            path: path.to_owned(),
            _lock: lock,
        }))
    }

    fn remove_if_empty(self) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        let is_rest = |name: &std::ffi::OsString| name == LOCK || name.to_string_lossy().starts_with(".tmp-");
        if names.iter().all(is_rest) {
            // Under the lock, and the lock's file last but one: nobody can have put something in. What fails
            // here leaves an empty folder behind, which the next program removes.
            for name in names.iter().filter(|name| *name != LOCK) {
                let _ = fs::remove_file(self.path.join(name));
            }
            let _ = fs::remove_file(self.path.join(LOCK));
            let _ = fs::remove_dir(&self.path);
        }
    }
}

fn sorted_entries(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn read_record(path: &Path) -> Result<Record, String> {
    let bytes = disk::read_private(path, ENTRY_BYTES_MAX).map_err(|error| error.to_string())?;
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| "it is damaged".to_owned())?;
    if stored.version != VERSION {
        return Err(format!(
            "it was written by another release (version {})",
            stored.version
        ));
    }
    Ok(Record {
        id: stored.id,
        made: SystemTime::UNIX_EPOCH + Duration::from_millis(stored.made_ms.min(1 << 50)),
        command: stored.command,
    })
}

/// Renames a file that cannot be understood, so that it is in nobody's way and can be looked at.
pub(crate) fn set_aside(path: &Path, why: &str) -> String {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".bad");
    let aside = PathBuf::from(aside);
    match fs::rename(path, &aside) {
        Ok(()) => format!(
            "An unsent message could not be read ({why}). It was set aside: {}",
            aside.display()
        ),
        Err(error) => format!(
            "An unsent message could not be read ({why}): {} ({error})",
            path.display()
        ),
    }
}

/// The same error for each of a group: `io::Error` cannot be cloned.
fn copy(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
