//! Why the server does not start, or cannot go on, in words: what happened and where, then how to fix it; and the number
//! that the program ends with. All that can go wrong between `main` and the first request is named here.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    path::Path,
};

use minicom_protocol::{gate::Shown, refusal::Refusal};

use crate::{
    accounts::{LOCAL_TOKEN, LocalTokenFailed},
    exit::{ExitKind, Fatal},
    limits,
    store::{
        migrations::{MigrationRefused, VERSION},
        open::OpenRefused,
    },
};

/// A path as it may be shown.
pub fn shown(path: &Path) -> Shown {
    Shown::line(&path.to_string_lossy())
}

/// The data folder is not opened.
pub fn opening(refused: &OpenRefused) -> Fatal {
    // SQLite's and the system's own words may quote a path.
    let what = Shown::line(&refused.to_string()).as_str().to_owned();
    let (kind, fix) = match refused {
        OpenRefused::Create { source, .. } => {
            let kind = match source.kind() {
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => ExitKind::Permission,
                ErrorKind::StorageFull => ExitKind::Io,
                _ => ExitKind::CannotCreate,
            };
            (kind, "Choose a folder that can be made with --data.".to_owned())
        }
        OpenRefused::NotWritable { source, .. } => {
            let fix = match source.kind() {
                ErrorKind::ReadOnlyFilesystem => "It is on a read-only disk. Choose another folder with --data.",
                _ => "Let this user write there, or choose another folder with --data.",
            };
            (ExitKind::Permission, fix.to_owned())
        }
        OpenRefused::Locked { .. } => {
            let fix = "Stop that server first, or choose another folder with --data.";
            (ExitKind::TryLater, fix.to_owned())
        }
        OpenRefused::Held { .. } => {
            let fix = "End it: nothing but minicom-server may have the database open for writing. Copies are made by `minicom-server backup`.";
            (ExitKind::TryLater, fix.to_owned())
        }
        OpenRefused::Full { .. } => (ExitKind::Io, "Free some space there, then start again.".to_owned()),
        OpenRefused::Damaged { .. } => {
            let fix = "Nothing was changed. Put a backup in its place, or choose another folder with --data.";
            (ExitKind::BadData, fix.to_owned())
        }
        OpenRefused::Lost { .. } => {
            let fix = "Nothing was changed. Put a copy back: `minicom-server restore FILE`. To begin a new desk there instead, start \
                       it once with --new.";
            (ExitKind::BadData, fix.to_owned())
        }
        OpenRefused::Refused { source, .. } => migration(source),
        OpenRefused::Setting(_) => {
            let fix = "Without it, what is acknowledged could be lost. Choose a local disk with --data.";
            (ExitKind::Unavailable, fix.to_owned())
        }
        OpenRefused::Sqlite { .. } => {
            let fix = "Look at the disk and at the rights of the files in the data folder.";
            (ExitKind::Io, fix.to_owned())
        }
    };
    Fatal::new(kind, first_upper(&what), fix)
}

fn migration(refused: &MigrationRefused) -> (ExitKind, String) {
    match refused {
        MigrationRefused::Foreign(_) | MigrationRefused::NotOurs => {
            let fix = "Nothing was changed. Choose another folder with --data.";
            (ExitKind::BadData, fix.to_owned())
        }
        MigrationRefused::Newer { .. } => {
            let fix = format!(
                "Start the release that wrote it, or put back the copy that was made before the upgrade \
                 (minicom.before-v{}.db).",
                VERSION + 1
            );
            (ExitKind::Config, fix)
        }
        MigrationRefused::Dangling(_) => {
            let fix = "Nothing was changed. Start the release that wrote it, and report this.";
            (ExitKind::BadData, fix.to_owned())
        }
        MigrationRefused::Sqlite(_) => {
            let fix = "Nothing was changed. Look at the disk and at the rights of the files in the data folder.";
            (ExitKind::Io, fix.to_owned())
        }
    }
}

/// The address cannot be listened on.
pub fn binding(address: SocketAddr, error: &io::Error) -> Fatal {
    let (kind, what, fix) = match error.kind() {
        ErrorKind::AddrInUse => (
            ExitKind::Unavailable,
            format!("Another program listens on {address} already."),
            format!(
                "Stop it (`ss -ltnp 'sport = :{}'` shows it), or choose another address with --listen.",
                address.port()
            ),
        ),
        ErrorKind::PermissionDenied => (
            ExitKind::Permission,
            format!("This user may not listen on {address}."),
            "Choose a port of 1024 or above with --listen.".to_owned(),
        ),
        ErrorKind::AddrNotAvailable => (
            ExitKind::Unavailable,
            format!("This computer does not have the address {}.", address.ip()),
            "Choose one that it has, such as 127.0.0.1, with --listen.".to_owned(),
        ),
        _ => (
            ExitKind::Unavailable,
            format!("Cannot listen on {address}: {error}."),
            "Choose another address with --listen.".to_owned(),
        ),
    };
    Fatal::new(kind, what, fix)
}

/// Too little space to begin with.
pub fn nearly_full(data: &Path, free: u64) -> Fatal {
    let mib = |bytes: u64| bytes / (1024 * 1024);
    Fatal::new(
        ExitKind::Io,
        format!("Only {} MiB are free under the data folder {}.", mib(free), shown(data)),
        format!(
            "Free at least {} MiB there, then start again.",
            mib(limits::DISK_FREE_BYTES_MIN)
        ),
    )
}

/// A file of the data folder cannot be written.
pub fn writing(path: &Path, error: &io::Error) -> Fatal {
    let kind = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => ExitKind::Permission,
        _ => ExitKind::Io,
    };
    Fatal::new(
        kind,
        format!("Cannot write {}: {error}.", shown(path)),
        "Look at the disk and at the rights of the data folder.",
    )
}

/// The listener has no address.
pub fn listener(error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::Unavailable,
        format!("The listener is not usable: {error}."),
        "Start again.",
    )
}

/// A thread could not be started.
pub fn thread(data: &Path, error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::TryLater,
        format!("The server of {} could not start a thread: {error}.", shown(data)),
        "Look at this user's limits (`ulimit -u`), then start again.",
    )
}

/// The runtime cannot be set up.
pub fn runtime(error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::TryLater,
        format!("The program could not set itself up: {error}."),
        "Look at this user's limits (`ulimit -a`), then start again.",
    )
}

/// The local token could not be made.
pub fn local_token(data: &Path, failed: &LocalTokenFailed) -> Fatal {
    match failed {
        LocalTokenFailed::File(error) => writing(&data.join(LOCAL_TOKEN), error),
        LocalTokenFailed::Refused(refusal) => starting(refusal),
    }
}

/// The desk refused something without which the server cannot start.
pub fn starting(refusal: &Refusal) -> Fatal {
    let kind = match refusal {
        Refusal::Internal => ExitKind::Bug,
        _ => ExitKind::Io,
    };
    Fatal::new(
        kind,
        format!(
            "The server could not be set up: {}",
            refusal.message().trim_end_matches(" It is tried again.")
        ),
        "The log above says more. Look at the disk of the data folder.",
    )
}

/// The writer ended by an error while the server ran.
pub fn writer_failed(data: &Path, error: &rusqlite::Error) -> Fatal {
    let words = Shown::line(&error.to_string());
    Fatal::new(
        ExitKind::Io,
        format!("The database in {} cannot be written any more: {words}.", shown(data)),
        "What was acknowledged is on the disk. Look at the disk, then start again.",
    )
}

/// The writer ended by a panic: a mistake in the program.
pub fn writer_panicked() -> Fatal {
    Fatal::new(
        ExitKind::Bug,
        "The writer broke down. Nothing more was acknowledged.",
        "Start again, and report this with the log.",
    )
}

fn first_upper(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A path stands as it is.
        Some(first) if !text.split(' ').next().is_some_and(|word| word.contains('/')) && !text.starts_with('.') => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(refused: OpenRefused, code: u8, what: &str) {
        let fatal = opening(&refused);
        assert_eq!(fatal.code(), code, "{fatal}");
        assert!(fatal.what.contains(what) && fatal.what.contains("/data"), "{fatal}");
        assert!(
            !fatal.fix.is_empty() && fatal.to_string().lines().count() == 2,
            "{fatal}"
        );
    }

    #[test]
    fn each_refusal_has_its_number_and_its_words() {
        let path = || "/data".into();
        let file = || "/data/minicom.db".into();
        let denied = || io::Error::from(ErrorKind::PermissionDenied);
        check(
            OpenRefused::Create {
                path: path(),
                source: denied(),
            },
            77,
            "Cannot make",
        );
        let not_a_folder = io::Error::from(ErrorKind::NotADirectory);
        check(
            OpenRefused::Create {
                path: path(),
                source: not_a_folder,
            },
            73,
            "Cannot make",
        );
        check(
            OpenRefused::NotWritable {
                path: path(),
                source: denied(),
            },
            77,
            "Cannot write",
        );
        check(
            OpenRefused::Locked {
                path: path(),
                holder: " (process 7)".into(),
            },
            75,
            "process 7",
        );
        check(OpenRefused::Full { path: path() }, 74, "full");
        check(
            OpenRefused::Damaged {
                file: file(),
                finding: "x".into(),
            },
            65,
            "damaged",
        );
        check(
            OpenRefused::Refused {
                file: file(),
                source: MigrationRefused::NotOurs,
            },
            65,
            "not Minicom's",
        );
        check(
            OpenRefused::Refused {
                file: file(),
                source: MigrationRefused::Foreign(7),
            },
            65,
            "another program",
        );
        check(
            OpenRefused::Refused {
                file: file(),
                source: MigrationRefused::Newer { found: 9 },
            },
            78,
            "version 9",
        );
    }

    #[test]
    fn no_path_can_reach_the_terminal_raw() {
        let fatal = opening(&OpenRefused::Full {
            path: "/data\u{1b}[2J\n".into(),
        });
        assert!(!fatal.what.contains('\u{1b}') && !fatal.what.contains('\n'), "{fatal}");
    }

    #[test]
    fn an_address_in_use_is_named() {
        let fatal = binding("127.0.0.1:8000".parse().unwrap(), &ErrorKind::AddrInUse.into());
        assert_eq!(fatal.code(), 69);
        assert!(
            fatal.what.contains("127.0.0.1:8000") && fatal.fix.contains(":8000"),
            "{fatal}"
        );
    }
}
