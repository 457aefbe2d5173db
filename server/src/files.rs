//! Small files that only their owner may read, whole or not there at all. It refuses to know what is in them.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Writes a file with mode 0600 so that a reader finds the old content or the new, never a part: a temporary name, sync,
/// rename, sync of the folder.
///
/// # Errors
/// What the file system said. The file is then as it was.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let temporary = folder.join(name);
    // One that a crash left behind may have any mode; a fresh one has ours from its first moment.
    remove_if_there(&temporary)?;
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written.and_then(|()| File::open(folder)?.sync_all())
}

/// Removes a file; that there is none is no error.
///
/// # Errors
/// What the file system said.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Bytes that may still be written where this folder is.
///
/// # Errors
/// What the file system said.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// The kind of network file system that a folder is on; [`None`] on a disk of this computer's own. What the database's promises stand on
/// (locks, memory shared between processes, a sync that reaches the disk) is not kept over a network.
///
/// # Errors
/// What the file system said.
pub fn network_file_system(folder: &Path) -> io::Result<Option<&'static str>> {
    let found = rustix::fs::statfs(folder)?;
    Ok(network_kind(found.f_type.cast_unsigned()))
}

/// By the number that statfs(2) lists.
fn network_kind(number: u64) -> Option<&'static str> {
    match number {
        0x6969 => Some("NFS"),
        0xFF53_4D42 | 0xFE53_4D42 | 0x517B => Some("SMB"),
        0x5346_414F | 0x6B41_4653 => Some("AFS"),
        0x00C3_6400 => Some("Ceph"),
        0x0102_1997 => Some("9P"),
        0x7375_7245 => Some("Coda"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_network_file_system_is_known_by_its_number() {
        let check = |number, kind| assert_eq!(network_kind(number), kind, "{number:x}");
        check(0x6969, Some("NFS"));
        check(0xFE53_4D42, Some("SMB"));
        check(0x0102_1997, Some("9P"));
        // ext4, btrfs, tmpfs, overlayfs.
        for own in [0xEF53, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
            check(own, None);
        }
        let here = tempfile::tempdir().unwrap();
        assert_eq!(network_file_system(here.path()).unwrap(), None);
        assert!(network_file_system(&here.path().join("nothing")).is_err());
    }

    #[test]
    fn it_is_private_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(folder.path().join("token.new"), "left by a crash").unwrap();

        write_private(&path, b"new").unwrap();

        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_private(&folder.path().join("no/token"), b"x").is_err());
        remove_if_there(&folder.path().join("nothing")).unwrap();
    }
}
