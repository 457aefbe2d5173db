//! Whether a data folder is in a place that the promises can stand on: a disk of this computer's own, with room. It opens nothing.

use std::path::Path;

use minicom_protocol::gate::Shown;
use tracing::warn;

use crate::{
    config::Config,
    exit::{ExitKind, Fatal},
    files, limits, refused,
};

/// Refuses a network file system, unless the operator knows; then it is said loudly. The folder may not be there yet.
pub fn check(config: &Config) -> Result<(), Fatal> {
    let there = config.data.ancestors().find(|it| it.exists());
    // What cannot be looked at is refused by whoever opens it, with its own words.
    let kind = there.and_then(|folder| files::network_file_system(folder).ok().flatten());
    match kind {
        Some(kind) if config.i_know => {
            warn!(
                "THE DATA FOLDER IS ON {kind} (--i-know): what is acknowledged may be lost, and the database damaged"
            );
            Ok(())
        }
        Some(kind) => Err(over_the_network(&config.data, kind)),
        None => Ok(()),
    }
}

/// Refuses a disk that is as good as full.
pub fn has_room(data: &Path) -> Result<(), Fatal> {
    match files::free_bytes(data) {
        Ok(free) if free < limits::DISK_FREE_BYTES_MIN => Err(refused::nearly_full(data, free)),
        _ => Ok(()),
    }
}

fn over_the_network(data: &Path, kind: &str) -> Fatal {
    let kind = Shown::line(kind);
    Fatal::new(
        ExitKind::Unavailable,
        format!(
            "The data folder {} is on a network file system ({kind}), which keeps neither locks nor what is acknowledged.",
            refused::shown(data)
        ),
        "Choose a folder on a disk of this computer with --data. To use this one all the same, for trials, add --i-know.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_this_computer_is_taken_and_a_network_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::with_data(folder.path().join("not/there/yet"));
        assert!(check(&config).is_ok());
        let fatal = over_the_network(Path::new("/mnt/desk"), "NFS");
        assert_eq!(fatal.kind, ExitKind::Unavailable);
        assert!(fatal.what.contains("/mnt/desk") && fatal.what.contains("NFS") && fatal.fix.contains("--i-know"));
    }
}
