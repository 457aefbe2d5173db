//! What keeps a desk safe: copies, their proof, and the look at what may be wrong. Copies are read from the database itself, by a
//! connection that only reads: that is of one moment while a server writes, and the copy belongs to whoever asked for it, also
//! where the server may write nothing but its own folder.

pub mod anew;
pub mod backup;
pub mod check_config;
pub mod doctor;
pub mod export;
pub mod file_lines;
pub mod files;
pub mod import;
pub mod part;
pub mod restore;
pub mod schedule;
pub mod standing;
pub mod verify;

use std::{io::Write, path::Path};

use minicom_protocol::{gate::Shown, ids::Time};

use crate::{
    clock,
    config::{Config, cli::upkeep::Upkeep},
    exit::{ExitKind, Fatal},
    manage::print,
    refused,
    store::{migrations::MigrationRefused, open::DATABASE},
};

/// Does what the command says and writes to `out` what became of it.
///
/// # Errors
/// Why it was not done.
pub fn run(command: &Upkeep, config: &Config, out: &mut impl Write) -> Result<(), Fatal> {
    let text = match command {
        Upkeep::Backup { file, .. } => backup::command(&config.data, file)?,
        Upkeep::Restore { file, keep_tokens, .. } => restore::command(&config.data, file, *keep_tokens)?,
        Upkeep::Verify { file, .. } => verify::command(&file.clone().unwrap_or_else(|| config.data.join(DATABASE)))?,
        Upkeep::CheckConfig { .. } => check_config::command(config)?,
    };
    print(out, &text)
}

/// A database that is read cannot be opened or read on.
pub(crate) fn unreadable(file: &Path, refused: &MigrationRefused) -> Fatal {
    let name = refused::shown(file);
    let (kind, what, fix) = match refused {
        MigrationRefused::Foreign(_) | MigrationRefused::NotOurs => (
            ExitKind::BadData,
            format!("{name} is no database of Minicom: {refused}."),
            "Name a file that `minicom-server backup` made.".to_owned(),
        ),
        MigrationRefused::Newer { .. } => (
            ExitKind::Config,
            format!("{name} was written by a newer release: {refused}."),
            "Use the release that wrote it, or a newer one.".to_owned(),
        ),
        MigrationRefused::Dangling(_) => (
            ExitKind::BadData,
            format!("{name} cannot be brought to today's schema: {refused}."),
            "Use the release that wrote it, and report this.".to_owned(),
        ),
        MigrationRefused::Sqlite(error) => return reading(file, error),
    };
    Fatal::new(kind, what, fix)
}

/// SQLite's error while a file is read or written, with the kind that it has for whoever waits for the end of the program.
pub(crate) fn reading(file: &Path, error: &rusqlite::Error) -> Fatal {
    use rusqlite::ErrorCode as Code;
    let name = refused::shown(file);
    let words = Shown::line(&error.to_string()).cut(200);
    match error.sqlite_error_code() {
        Some(Code::NotADatabase) => Fatal::new(
            ExitKind::BadData,
            format!("{name} is not a database."),
            "Name a file that `minicom-server backup` made.",
        ),
        Some(Code::DatabaseCorrupt) => Fatal::new(
            ExitKind::BadData,
            format!("{name} is damaged: {words}."),
            "Nothing was changed. Take another copy.",
        ),
        Some(Code::DiskFull) => Fatal::new(
            ExitKind::Io,
            format!("The disk under {name} is full."),
            "Free some space there, or name another place. What was written in part is removed.",
        ),
        Some(Code::CannotOpen | Code::PermissionDenied | Code::ReadOnly) => Fatal::new(
            ExitKind::Permission,
            format!("{name} cannot be opened: {words}."),
            "Run this as the user who runs the server, and look at the rights of the file and its folder.",
        ),
        None => Fatal::new(
            ExitKind::BadData,
            format!("{name} has a row that cannot be read: {words}."),
            "`minicom-server verify` names what is damaged. Take another copy.",
        ),
        _ => Fatal::new(
            ExitKind::Io,
            format!("{name} cannot be read or written: {words}."),
            "Look at the disk, then try again.",
        ),
    }
}

/// A file that was named is not there.
pub(crate) fn missing(file: &Path) -> Fatal {
    Fatal::new(
        ExitKind::NoInput,
        format!("There is no file {}.", refused::shown(file)),
        "Check its name.",
    )
}

/// How long ago something was, for a person.
pub(crate) fn ago(then: Time) -> String {
    let seconds = (clock::now().0 - then.0).max(0) / 1_000_000;
    match seconds {
        0..120 => format!("{seconds} s ago"),
        120..7_200 => format!("{} min ago", seconds / 60),
        7_200..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
