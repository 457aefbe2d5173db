//! The files of what is kept: one for the desk, one for each thread, in a folder that one running program at a time writes. Threads
//! are written first and the desk last, so that after a crash no thread is older than the desk says. Blocking.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use minicom_protocol::ids::{CustomerId, TenantId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Kept, KeptDesk, KeptThread, Parcel};
use crate::{
    disk,
    limits::{KEPT_BYTES_MAX, KEPT_FOR, KEPT_THREADS_BYTES_MAX},
    server_url::ServerUrl,
    state_dir::{Key, StateDir, hex},
};

const LOCK: &str = "lock";
const DESK: &str = "desk.json";
/// Another format is not read: it is only a copy.
const FORMAT: u16 = 1;

/// The files of one account at a tenant of a server.
#[derive(Debug)]
pub struct KeptStore {
    folder: PathBuf,
    key: Key,
    /// Held as long as it is open: this program writes.
    lock: Option<File>,
    /// Bytes of the threads that are written.
    threads: HashMap<CustomerId, u64>,
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    format: u16,
    of: Key,
    kept: T,
}

impl KeptStore {
    /// The files of an account. Nothing is read or written yet.
    pub fn new(state: &StateDir, server: &ServerUrl, tenant: &TenantId, identity: &str) -> KeptStore {
        let key = Key::new(server, tenant, identity);
        KeptStore {
            folder: state.path().join("kept").join(key.digest()),
            key,
            lock: None,
            threads: HashMap::new(),
        }
    }

    /// What is kept; `None` if nothing is. What is older than [`KEPT_FOR`], or cannot be understood, or could have been read by
    /// others, is removed. `wall` is this computer's clock, in microseconds since 1970.
    pub fn load(&self, wall: i64) -> Option<Kept> {
        let path = self.folder.join(DESK);
        if !path.exists() {
            return None;
        }
        // The desk first: another program that writes meanwhile makes threads newer than it, never older.
        let desk: Option<KeptDesk> = self.read(&path);
        let old = |desk: &KeptDesk| {
            let age = Duration::from_micros(u64::try_from(wall.saturating_sub(desk.wall)).unwrap_or(0));
            age > KEPT_FOR
        };
        let Some(desk) = desk.filter(|desk| !old(desk)) else {
            tracing::info!("what was kept of the desk is too old, or not of this program: it is removed");
            if let Err(error) = self.remove() {
                tracing::error!(%error, "what was kept of the desk cannot be removed");
            }
            return None;
        };
        let threads = desk.threads.iter();
        let threads = threads.filter_map(|customer| {
            let thread: KeptThread = self.read(&self.path(*customer))?;
            (thread.customer == *customer).then_some(thread)
        });
        Some(Kept {
            threads: threads.collect(),
            desk,
        })
    }

    fn read<T: DeserializeOwned>(&self, path: &Path) -> Option<T> {
        let bytes = disk::read_private(path, KEPT_BYTES_MAX).ok()?;
        let stored: Stored<T> = serde_json::from_slice(&bytes).ok()?;
        (stored.format == FORMAT && stored.of == self.key).then_some(stored.kept)
    }

    /// Writes a parcel. `false`: another program of the same account writes, and this one does not; the parcel is to be handed in
    /// again with the next.
    ///
    /// # Errors
    /// The disk says no. What was there is still whole.
    pub fn write(&mut self, parcel: &Parcel) -> io::Result<bool> {
        if !self.hold()? {
            return Ok(false);
        }
        for thread in &parcel.threads {
            let bytes = self.bytes_of(thread)?;
            disk::replace(&self.path(thread.customer), &bytes)?;
            self.threads.insert(thread.customer, bytes.len() as u64);
        }
        let mut desk = parcel.desk.clone();
        desk.threads = self.affordable(&desk.threads);
        disk::replace(&self.folder.join(DESK), &self.bytes_of(&desk)?)?;
        self.threads.retain(|customer, _| desk.threads.contains(customer));
        self.sweep()?;
        disk::sync_dir(&self.folder)?;
        Ok(true)
    }

    fn bytes_of<T: Serialize>(&self, kept: &T) -> io::Result<Vec<u8>> {
        let (format, of) = (FORMAT, self.key.clone());
        Ok(serde_json::to_vec(&Stored { format, of, kept })?)
    }

    /// Of these threads those that are written, the last looked at first, as many as there is room for; in their order.
    fn affordable(&self, threads: &[CustomerId]) -> Vec<CustomerId> {
        let mut left = KEPT_THREADS_BYTES_MAX;
        let mut kept: Vec<CustomerId> = Vec::new();
        for customer in threads.iter().rev() {
            match self.threads.get(customer).and_then(|bytes| left.checked_sub(*bytes)) {
                Some(rest) => {
                    left = rest;
                    kept.push(*customer);
                }
                None => continue,
            }
        }
        kept.reverse();
        kept
    }

    /// Removes threads that are not kept any more, and what a crash has left half written.
    fn sweep(&self) -> io::Result<()> {
        let kept: Vec<PathBuf> = self.threads.keys().map(|customer| self.path(*customer)).collect();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name != LOCK && name != DESK && !kept.contains(&path) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Whether this program writes. Whoever comes first does, until it ends.
    fn hold(&mut self) -> io::Result<bool> {
        if self.lock.is_some() && self.folder.join(LOCK).exists() {
            return Ok(true);
        }
        self.threads.clear();
        disk::create_private_dir(&self.folder)?;
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).mode(0o600);
        let lock = lock.open(self.folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => self.lock = Some(lock),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(true)
    }

    /// Removes all of it: the account has signed out, or may not come in any more, or does not want anything to be kept.
    ///
    /// # Errors
    /// The disk says no.
    pub fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, customer: CustomerId) -> PathBuf {
        self.folder.join(format!("{}.json", hex(customer.as_bytes())))
    }
}
