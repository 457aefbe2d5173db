//! Where an export goes on that was cut, or was whole and is older than the desk.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, SeekFrom},
    path::Path,
};

use minicom_protocol::ids::{Cursor, TenantId};
use serde::Deserialize;

use crate::{
    exit::{ExitKind, Fatal},
    http::cursor_from,
    refused, upkeep,
};

/// What of a file is whole.
pub(super) struct Found {
    /// Whose desk.
    pub tenant: TenantId,
    /// Behind what to go on; `None`: from the beginning.
    pub since: Option<Cursor>,
    /// Bytes of the file that are kept.
    pub whole: u64,
}

/// As much of a line as tells where it stands.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    tenant: Option<TenantId>,
    #[serde(default)]
    cursor: Option<String>,
}

/// Reads how far a file goes, a line at a time. Rows that stand behind the last event are written anew: they are told as they are now.
///
/// # Errors
/// It cannot be read, or no export of one tenant wrote it.
pub(super) fn find(file: &Path) -> Result<Found, Fatal> {
    let opened = File::open(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => upkeep::missing(file),
        _ => unreadable(file, &error),
    })?;
    let mut reader = BufReader::new(opened);
    let (mut tenant, mut since, mut whole, mut at): (Option<TenantId>, _, _, u64) = (None, None, 0, 0);
    let mut line = Vec::new();
    loop {
        line.clear();
        let bytes = reader
            .read_until(b'\n', &mut line)
            .map_err(|error| unreadable(file, &error))?;
        // What has no end was cut.
        if bytes == 0 || line.last() != Some(&b'\n') {
            break;
        }
        at += bytes as u64;
        let read: Line = serde_json::from_slice(&line).map_err(|_| foreign(file))?;
        match (read.kind.as_str(), tenant.as_ref()) {
            ("desk", None) => tenant = read.tenant,
            ("desk", Some(known)) if read.tenant.as_ref() != Some(known) => return Err(foreign(file)),
            (_, None) => return Err(foreign(file)),
            ("event" | "end", _) => {
                let cursor = read.cursor.as_deref().and_then(cursor_from);
                since = Some(cursor.ok_or_else(|| foreign(file))?);
                whole = at;
            }
            _ => {}
        }
    }
    Ok(Found {
        tenant: tenant.ok_or_else(|| foreign(file))?,
        since,
        whole,
    })
}

/// Opens a file behind what is whole in it; the rest of it is gone.
///
/// # Errors
/// It cannot be written.
pub(super) fn cut(file: &Path, whole: u64) -> Result<File, Fatal> {
    let opened = OpenOptions::new().write(true).open(file).and_then(|mut opened| {
        opened.set_len(whole)?;
        opened.seek(SeekFrom::Start(whole))?;
        Ok(opened)
    });
    opened.map_err(|error| upkeep::backup::cannot_create(file, &error))
}

fn unreadable(file: &Path, error: &io::Error) -> Fatal {
    Fatal::new(
        ExitKind::Permission,
        format!("Cannot read {}: {error}.", refused::shown(file)),
        "Look at its rights.",
    )
}

fn foreign(file: &Path) -> Fatal {
    Fatal::new(
        ExitKind::BadData,
        format!(
            "{} is no export of one tenant that can be gone on with.",
            refused::shown(file)
        ),
        "Give a file that `minicom-server export --tenant NAME` wrote, or export into a new one.",
    )
}
