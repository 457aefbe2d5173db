//! `minicom-server restore FILE`: a copy in the place of the database, once it is proved to be whole. The database that was there
//! is put aside, never deleted. What clients know of later than the copy, the restored journal does not hold under the same mark,
//! so they start afresh by themselves; what they know of earlier is the same history, and goes on.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{backup::cannot_create, files as belonging, missing, reading, unreadable, verify};
use crate::{
    auth::seal::SEALING_KEY,
    clock,
    exit::{ExitKind, Fatal},
    files, refused,
    server_file::ServerFile,
    store::{
        self,
        open::{self, DATABASE},
        verify::Verified,
    },
    uploads::{FILES, Place},
};

/// The name under which the restored database is prepared.
const PART: &str = ".restore.part.db";

/// Restores a copy into a data folder and says so.
///
/// # Errors
/// A server runs (75); the copy is newer (78), damaged or not ours (65); the folder cannot be written (73, 74, 77).
pub fn command(data: &Path, copy: &Path, keep_tokens: bool) -> Result<String, Fatal> {
    if !copy.is_file() {
        return Err(missing(copy));
    }
    let lock = open::lock_folder(data).map_err(|refused| refused::opening(&refused))?;
    let (part, database) = (data.join(PART), data.join(DATABASE));
    let prepared = prepare(copy, &part, keep_tokens);
    let placed = prepared.and_then(|verified| {
        // Those that no row of it names are swept when the server starts.
        files_back(copy, &part, data)?;
        let aside = put_aside(data, &database).map_err(|error| refused::writing(&database, &error))?;
        let placed = fs::rename(&part, &database).and_then(|()| File::open(data)?.sync_all());
        placed.map_err(|error| refused::writing(&database, &error))?;
        Ok((verified, aside))
    });
    if placed.is_err() {
        discard(&part);
    }
    let (verified, aside) = placed?;
    // Left over from a server that crashed; there is none at that address any more.
    let _ = ServerFile::remove(data);
    drop(lock);
    Ok(told(data, copy, &verified, aside.as_deref(), keep_tokens))
}

fn told(data: &Path, copy: &Path, verified: &Verified, aside: Option<&Path>, keep_tokens: bool) -> String {
    let mut text = format!("Restored {}: {}.\n", refused::shown(copy), verify::counted(verified));
    if let Some(aside) = aside {
        text.push_str(&format!(
            "The database that was here is {} now.\n",
            refused::shown(aside)
        ));
    }
    if !keep_tokens {
        text.push_str(
            "All sign-ins and machine tokens have ended: some may have been revoked after the copy was made.\n",
        );
    }
    let key = data.join(SEALING_KEY);
    if !key.exists() {
        text.push_str(&format!(
            "There is no {}: put the one of the server there that wrote the copy, or second factors and signing keys must be made anew.\n",
            refused::shown(&key)
        ));
    }
    text
}

/// Makes a database of today's schema out of the copy, and proves it. The copy itself is only read.
fn prepare(copy: &Path, part: &Path, keep_tokens: bool) -> Result<Verified, Fatal> {
    let conn = store::backup::reader(copy).map_err(|refused| unreadable(copy, &refused))?;
    // The indexes are made anew on the way, so damage in them can be seen only here.
    let found: String = conn
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| reading(copy, &error))?;
    if found != "ok" {
        let words = minicom_protocol::gate::Shown::line(&found).cut(200);
        return Err(Fatal::new(
            ExitKind::BadData,
            format!("{} is damaged: {words}.", refused::shown(copy)),
            "Nothing was changed. Take another copy.",
        ));
    }
    discard(part);
    let begun = OpenOptions::new().write(true).create_new(true).mode(0o600).open(part);
    begun.map_err(|error| cannot_create(part, &error))?;
    store::backup::copy_into(&conn, part).map_err(|error| reading(copy, &error))?;
    drop(conn);
    let conn = store::backup::open_copy(part).map_err(|refused| unreadable(copy, &refused))?;
    let mut verified = store::verify::all(&conn).map_err(|error| reading(copy, &error))?;
    belonging::verify(&conn, &belonging::of(copy), &mut verified).map_err(|error| reading(copy, &error))?;
    verify::sound(copy, &verified)?;
    let put_back = store::backup::put_back(&conn, clock::now(), verified.newest, keep_tokens);
    put_back.map_err(|error| reading(part, &error))?;
    drop(conn);
    // An upgrade leaves a copy of what it began with: that is the copy itself.
    leftovers(part);
    let synced = File::open(part).and_then(|file| file.sync_all());
    synced.map_err(|error| cannot_create(part, &error))?;
    Ok(verified)
}

/// Puts the files of the copy into the data folder, beside those that are there.
fn files_back(copy: &Path, part: &Path, data: &Path) -> Result<(), Fatal> {
    let conn = store::backup::reader(part).map_err(|refused| unreadable(part, &refused))?;
    let done = belonging::copy(&conn, &belonging::of(copy), &Place::new(data), |_, _| Ok(true));
    match done {
        Ok(_) => Ok(()),
        Err(belonging::NotCopied::Store(error)) => Err(reading(part, &error)),
        Err(belonging::NotCopied::Disk(error)) => Err(cannot_create(&data.join(FILES), &error)),
        // It was proved a moment ago.
        Err(belonging::NotCopied::Damaged(_)) => Err(missing(&belonging::beside(copy))),
    }
}

/// Removes a database in preparation with all that stands beside it.
fn discard(part: &Path) {
    let _ = files::remove_if_there(part);
    leftovers(part);
}

fn leftovers(part: &Path) {
    let (Some(folder), Some(stem)) = (part.parent(), part.file_stem().and_then(|it| it.to_str())) else {
        return;
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let beside = name.to_str().is_some_and(|name| name.starts_with(stem) && name != PART);
        if beside {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Gives the present database another name as well, with its log if that cannot be moved into it, and removes the log from under
/// the old one: a log that does not belong to it would be read into the restored database. `None` if there is none.
fn put_aside(data: &Path, database: &Path) -> io::Result<Option<PathBuf>> {
    if !database.exists() {
        return Ok(None);
    }
    // What is damaged is put aside as it is.
    let _ = store::backup::settle(database);
    let stamp = clock::rfc3339(clock::now());
    let stamp: String = stamp.chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let aside = database.with_extension(format!("before-restore-{stamp}.db"));
    let with = |path: &Path, end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    keep_as(database, &aside)?;
    keep_tree(&data.join(FILES), &belonging::beside(&aside))?;
    let log = with(database, "-wal");
    if log.exists() {
        keep_as(&log, &with(&aside, "-wal"))?;
    }
    if let Some(folder) = database.parent() {
        File::open(folder)?.sync_all()?;
    }
    files::remove_if_there(&log)?;
    files::remove_if_there(&with(database, "-shm"))?;
    Ok(Some(aside))
}

/// The same file under a second name, so that there is a database at every moment; a copy where that cannot be.
fn keep_as(file: &Path, name: &Path) -> io::Result<()> {
    fs::hard_link(file, name).or_else(|_| fs::copy(file, name).and_then(|_| File::open(name)?.sync_all()))
}

/// The same for all files below a folder.
fn keep_tree(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => keep_tree(&entry.path(), &name)?,
            false => keep_as(&entry.path(), &name)?,
        }
    }
    File::open(to)?.sync_all()
}
