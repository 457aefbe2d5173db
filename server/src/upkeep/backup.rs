//! `minicom-server backup FILE`, and the copies that a running server makes by itself: a copy under a name of its own in the
//! target's folder, verified, on the disk, and only then under its name. So a file of that name is always a whole copy.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{files as belonging, missing, reading, unreadable, verify};
use crate::{
    auth::seal::SEALING_KEY,
    exit::{ExitKind, Fatal},
    files, refused,
    store::{self, files as rows, open::DATABASE, verify::Verified},
    uploads::Place,
};

/// A copy that was made.
#[derive(Debug)]
pub struct Made {
    /// Its size.
    pub bytes: u64,
    /// What is in it.
    pub verified: Verified,
}

/// Makes a copy of a data folder's database and says so.
///
/// # Errors
/// The target is there already (73) or is the database itself (2), there is no room (74), the database is damaged (65).
pub fn command(data: &Path, target: &Path) -> Result<String, Fatal> {
    let made = make(data, target)?;
    let files = match made.verified.files {
        0 => String::new(),
        _ => format!(
            "The files that people sent are in {}; keep it beside the copy.\n",
            refused::shown(&belonging::beside(target))
        ),
    };
    Ok(format!(
        "Wrote {} ({} KiB), verified: {}.\n{files}\
         The key {} is not in it. Keep a copy of that file apart from this one: with both, second factors and signing keys can be read; \
         without it they must be made anew.\n",
        refused::shown(target),
        made.bytes.div_ceil(1024),
        verify::counted(&made.verified),
        refused::shown(&data.join(SEALING_KEY)),
    ))
}

/// Makes a copy. A target in part is never left.
///
/// # Errors
/// See [`command`].
pub fn make(data: &Path, target: &Path) -> Result<Made, Fatal> {
    let source = data.join(DATABASE);
    if !source.exists() {
        return Err(missing(&source));
    }
    let folder = folder_of(target);
    refuse_target(&source, target, folder)?;
    let part = part_of(target)?;
    let made = copy(&source, &part, target, folder);
    if made.is_err() {
        // The first error is the one to tell.
        let _ = files::remove_if_there(&part);
        let _ = belonging::remove(&part);
    }
    made
}

fn copy(source: &Path, part: &Path, target: &Path, folder: &Path) -> Result<Made, Fatal> {
    begin(part).map_err(|error| cannot_create(part, &error))?;
    let conn = store::backup::reader(source).map_err(|refused| unreadable(source, &refused))?;
    // SQLite names neither of the two files in its error; damage is the source's, the lack of room the copy's.
    store::backup::copy_into(&conn, part).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => reading(source, &error),
        _ => reading(target, &error),
    })?;
    let kept = |tenant, digest: &[u8; 32]| rows::is_kept(&conn, tenant, digest);
    with_files(source, part, kept)?;
    let copied = store::backup::reader(part).map_err(|refused| unreadable(part, &refused))?;
    let mut verified = store::verify::all(&copied).map_err(|error| reading(source, &error))?;
    let proved = belonging::verify(&copied, &belonging::of(part), &mut verified);
    proved.map_err(|error| reading(source, &error))?;
    drop((copied, conn));
    verify::sound(source, &verified)?;
    let bytes = fs::metadata(part).map_or(0, |meta| meta.len());
    let kept = File::open(part)
        .and_then(|file| file.sync_all())
        // First the files: a copy of that name has all of them.
        .and_then(|()| match belonging::beside(part).is_dir() {
            true => rename_to_new(&belonging::beside(part), &belonging::beside(target)),
            false => Ok(()),
        })
        .and_then(|()| {
            rename_to_new(part, target).inspect_err(|_| {
                // Without a copy of that name they are nobody's. The first error is the one to tell.
                let _ = belonging::remove(target);
            })
        })
        .and_then(|()| File::open(folder)?.sync_all());
    kept.map_err(|error| cannot_create(target, &error))?;
    Ok(Made { bytes, verified })
}

/// Copies the files that the copy names. One that was erased since the copy was made is erased in it too.
fn with_files(
    source: &Path,
    part: &Path,
    kept: impl Fn(store::TenantKey, &[u8; 32]) -> store::Result<bool>,
) -> Result<(), Fatal> {
    let to = Place::at(&belonging::beside(part));
    let copied = store::backup::reader(part).map_err(|refused| unreadable(part, &refused))?;
    let gone = match belonging::copy(&copied, &belonging::of(source), &to, kept) {
        Ok(gone) => gone,
        Err(belonging::NotCopied::Store(error)) => return Err(reading(source, &error)),
        Err(belonging::NotCopied::Disk(error)) => return Err(cannot_create(part, &error)),
        Err(belonging::NotCopied::Damaged(missing)) => {
            let name = refused::shown(&belonging::of(source).path(missing.tenant, &missing.digest)).to_string();
            return Err(Fatal::new(
                ExitKind::BadData,
                format!("The file {name} is not as it was written, or is not there."),
                "Put it back from an older copy's folder, or blank out the line that it stands in; then look at the disk.",
            ));
        }
    };
    drop(copied);
    if gone.is_empty() {
        return Ok(());
    }
    let written = store::backup::open_copy(part).map_err(|refused| unreadable(part, &refused))?;
    belonging::forget(&written, &gone).map_err(|error| reading(part, &error))?;
    written.close().map_err(|(_, error)| reading(part, &error))
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The name under which a copy grows.
fn part_of(target: &Path) -> Result<PathBuf, Fatal> {
    let Some(name) = target.file_name() else {
        return Err(Fatal::new(
            ExitKind::Usage,
            format!("{} names no file.", refused::shown(target)),
            "Name a new file, for example minicom-backup.db.",
        ));
    };
    let mut part = std::ffi::OsString::from(".");
    part.push(name);
    part.push(format!(".{}.part", std::process::id()));
    Ok(folder_of(target).join(part))
}

/// What is refused before anything is written.
fn refuse_target(source: &Path, target: &Path, folder: &Path) -> Result<(), Fatal> {
    let same_folder = fs::canonicalize(folder).ok() == fs::canonicalize(folder_of(source)).ok();
    let own = ["", "-wal", "-shm", "-journal"].map(|end| format!("{DATABASE}{end}"));
    let is_own = target.file_name().and_then(|name| name.to_str());
    let is_own = is_own.is_some_and(|name| own.iter().any(|it| it == name));
    if same_folder && is_own
        || fs::canonicalize(target)
            .ok()
            .is_some_and(|it| Some(it) == fs::canonicalize(source).ok())
    {
        return Err(Fatal::new(
            ExitKind::Usage,
            format!("{} is the database itself.", refused::shown(target)),
            "Name another file, best on another disk.",
        ));
    }
    for name in [target, &belonging::beside(target)] {
        if name.symlink_metadata().is_ok() {
            return Err(exists(name));
        }
    }
    Ok(())
}

fn exists(target: &Path) -> Fatal {
    Fatal::new(
        ExitKind::CannotCreate,
        format!(
            "{} is there already, and a copy is never overwritten.",
            refused::shown(target)
        ),
        "Name a new file, for example with the date in its name.",
    )
}

/// An empty file that nobody else can read, for SQLite to fill: one that SQLite makes could be read by others at first.
fn begin(part: &Path) -> io::Result<()> {
    files::remove_if_there(part)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(part)
        .map(drop)
}

/// Gives a file its name, but never the name of one that came there meanwhile.
fn rename_to_new(part: &Path, target: &Path) -> io::Result<()> {
    use rustix::{
        fs::{CWD, RenameFlags, renameat_with},
        io::Errno,
    };
    match renameat_with(CWD, part, CWD, target, RenameFlags::NOREPLACE) {
        // Some network file systems know only the old way.
        Err(Errno::INVAL | Errno::NOSYS) if !target.exists() => fs::rename(part, target),
        done => done.map_err(Into::into),
    }
}

/// A file cannot be made in the target's folder.
pub(crate) fn cannot_create(target: &Path, error: &io::Error) -> Fatal {
    let name = refused::shown(target);
    let (kind, fix) = match error.kind() {
        ErrorKind::AlreadyExists => return exists(target),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            (ExitKind::Io, "Free some space there, or name another place.")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            (ExitKind::Permission, "Name a folder that this user may write.")
        }
        ErrorKind::NotFound | ErrorKind::NotADirectory => (ExitKind::CannotCreate, "Make its folder first."),
        _ => (ExitKind::Io, "Look at the disk, then try again."),
    };
    Fatal::new(kind, format!("Cannot write {name}: {error}."), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_meanwhile_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let (part, target) = (dir.path().join("part"), dir.path().join("target"));
        fs::write(&part, "new").unwrap();
        fs::write(&target, "theirs").unwrap();
        let error = rename_to_new(&part, &target).unwrap_err();
        assert_eq!(cannot_create(&target, &error).code(), 73);
        assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
    }

    #[test]
    fn a_full_disk_has_its_number() {
        let full = io::Error::from(ErrorKind::StorageFull);
        assert_eq!(cannot_create(Path::new("/x"), &full).code(), 74);
        let full = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
        assert_eq!(reading(Path::new("/x"), &full).code(), 74);
    }
}
