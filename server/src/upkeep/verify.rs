//! `minicom-server verify`: the proof that a database is what was written into it.

use std::path::Path;

use super::{ago, files, missing, reading, unreadable};
use crate::{
    clock,
    exit::{ExitKind, Fatal},
    refused,
    store::{
        backup,
        migrations::{self, VERSION},
        verify::{self, Verified},
    },
};

/// Findings that stand in the error.
const TOLD_MAX: usize = 10;

/// Verifies a file and says so.
///
/// # Errors
/// It cannot be read, or something is not as it was written.
pub fn command(file: &Path) -> Result<String, Fatal> {
    if !file.exists() {
        return Err(missing(file));
    }
    let conn = backup::reader(file).map_err(|refused| unreadable(file, &refused))?;
    let version = migrations::identify(&conn).map_err(|refused| unreadable(file, &refused))?;
    if version < VERSION {
        return Err(Fatal::new(
            ExitKind::Config,
            format!(
                "{} has the older schema {version}; this program verifies schema {VERSION}.",
                refused::shown(file)
            ),
            "Use the release that wrote it; or `minicom-server restore` it into an empty data folder, which brings it up to date and verifies it.",
        ));
    }
    let mut verified = verify::all(&conn).map_err(|error| reading(file, &error))?;
    files::verify(&conn, &files::of(file), &mut verified).map_err(|error| reading(file, &error))?;
    sound(file, &verified)?;
    Ok(format!("{} is sound: {}.\n", refused::shown(file), counted(&verified)))
}

/// Refuses what is not as it was written.
///
/// # Errors
/// See above.
pub fn sound(file: &Path, verified: &Verified) -> Result<(), Fatal> {
    if verified.sound() {
        return Ok(());
    }
    let count = verified.findings.len();
    let mut told: Vec<String> = verified
        .findings
        .iter()
        .take(TOLD_MAX)
        .map(|it| format!("  {}", minicom_protocol::gate::Shown::line(it)))
        .collect();
    if count > TOLD_MAX {
        told.push(format!("  and {} more", count - TOLD_MAX));
    }
    let mut fatal = Fatal::new(
        ExitKind::BadData,
        format!("{} is not as it was written: {count} findings.", refused::shown(file)),
        "Keep the file, take the newest copy that `minicom-server verify` finds sound, and look at the disk.",
    );
    fatal.excerpt = Some(told.join("\n"));
    Err(fatal)
}

/// What was verified, in numbers.
pub fn counted(verified: &Verified) -> String {
    let newest = match verified.newest {
        Some(time) => format!(", the newest of {} ({})", clock::rfc3339(time), ago(time)),
        None => String::new(),
    };
    let counts = [
        (verified.tenants, "tenant", "tenants"),
        (verified.conversations, "conversation", "conversations"),
        (verified.audit, "audit entry", "audit entries"),
        (verified.files, "file", "files"),
        (verified.events, "event", "events"),
    ];
    let told = counts.map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }));
    format!("{}{newest}", told.join(", "))
}
