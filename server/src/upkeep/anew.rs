//! `--new`: a new desk in a folder whose desk has lost its database. It owns the setting aside of what is left, so that nothing of the old
//! desk is used by the new one and nothing is thrown away; it refuses to touch a database that has something in it.

use std::{
    fs::{self, DirBuilder},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use crate::{
    clock,
    exit::{ExitKind, Fatal},
    files, refused,
    store::open::{self, DATABASE},
};

/// Sets aside what a lost desk left, in a folder beside it, whose path is the answer; `None` if there was nothing.
///
/// # Errors
/// There is a desk in the folder; a server has it; it cannot be written.
pub fn begin(data: &Path) -> Result<Option<PathBuf>, Fatal> {
    let file = data.join(DATABASE);
    if !open::is_empty(&file) {
        return Err(Fatal::new(
            ExitKind::BadData,
            format!("There is a desk in {} (--new).", refused::shown(data)),
            "Leave --new out, or choose another folder with --data.",
        ));
    }
    let mut left = open::left_by_a_desk(data);
    if left.is_empty() {
        return Ok(None);
    }
    let lock = open::lock_folder(data).map_err(|refused| refused::opening(&refused))?;
    let stamp: String = clock::rfc3339(clock::now())
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(15)
        .collect();
    let aside = data.join(format!("before-new-{stamp}"));
    left.extend(
        ["minicom.db-wal", "minicom.db-shm"]
            .into_iter()
            .filter(|name| data.join(name).exists()),
    );
    let moved = DirBuilder::new().mode(0o700).create(&aside).and_then(|()| {
        left.iter()
            .try_for_each(|name| fs::rename(data.join(name), aside.join(name)))?;
        files::remove_if_there(&file)?;
        fs::File::open(data)?.sync_all()
    });
    moved.map_err(|error| refused::writing(&aside, &error))?;
    drop(lock);
    Ok(Some(aside))
}
