//! Parts that are looked at from the data folder alone, by a running server as by `doctor`: the disk and the newest copy.

use std::path::Path;

use super::{ago, part::Part, schedule};
use crate::{clock, files, limits, refused};

/// The free space where the data folder is.
pub fn disk(data: &Path) -> Part {
    const NAME: &str = "disk";
    let mib = |bytes: u64| bytes / (1024 * 1024);
    match files::free_bytes(data) {
        Ok(free) if free < limits::DISK_FREE_BYTES_MIN => Part::fail(
            NAME,
            format!(
                "{} MiB are free, and the server needs {}",
                mib(free),
                mib(limits::DISK_FREE_BYTES_MIN)
            ),
            "Free some space where the data folder is.",
        ),
        Ok(free) if free < limits::DISK_FREE_BYTES_WARN => Part::warn(
            NAME,
            format!("{} MiB are free", mib(free)),
            "Free some space where the data folder is before it is full.",
        ),
        Ok(free) => Part::ok(NAME, format!("{} MiB are free", mib(free))),
        Err(error) => Part::fail(
            NAME,
            format!("cannot be looked at: {error}"),
            "Look at the disk and the rights of the data folder.",
        ),
    }
}

/// The newest daily copy.
pub fn last_backup(plan: Option<&schedule::Plan>) -> Part {
    const NAME: &str = "last backup";
    let Some(plan) = plan else {
        return Part::warn(
            NAME,
            "the server makes no copies by itself",
            "Name a folder on another disk: [backup] folder = \"...\"; or run `minicom-server backup FILE` daily.",
        );
    };
    let folder = refused::shown(&plan.folder);
    if !plan.folder.is_dir() {
        let fix = "Make the folder and let the server's user write it.";
        return Part::fail(NAME, format!("the folder {folder} is not there"), fix);
    }
    let late = limits::BACKUP_EVERY + 2 * limits::BACKUP_RETRY;
    match schedule::newest(&plan.folder) {
        None => Part::warn(
            NAME,
            format!("there is no copy in {folder} yet"),
            "The log says why, if it should be there.",
        ),
        Some(at) => {
            let age = u128::try_from(clock::now().since(at)).unwrap_or(0);
            let says = format!("{} in {folder}", ago(at));
            match age > late.as_micros() {
                true => Part::fail(
                    NAME,
                    says,
                    "The log says why there is no newer one: room, rights, or damage.",
                ),
                false => Part::ok(NAME, says),
            }
        }
    }
}
