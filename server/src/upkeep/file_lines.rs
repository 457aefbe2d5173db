//! Files as lines of an export, and files made of such lines: first the bytes in pieces, then what is known of the file, so that one of
//! any size goes through in little memory and no row stands without its bytes. What came is proved by its digest.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use minicom_protocol::ids::{AgentId, ConversationId, CustomerId, FileId, Time};
use serde::{Deserialize, Serialize};

use crate::{
    files, limits,
    store::{
        TenantKey,
        files::{FileRow, hex},
    },
    uploads::{Place, digest_of, private_folders},
};

/// A piece of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BytesLine {
    /// SHA-256 of the whole file, in hex.
    digest: String,
    /// How many bytes are before these.
    at: u64,
    /// The bytes, in Base64.
    bytes: String,
}

/// What is known of a file whose bytes were before it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileLine {
    id: FileId,
    digest: String,
    size: u64,
    name: String,
    mime: String,
    customer: CustomerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<AgentId>,
    /// For which conversation; the line that has it says which event it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
}

impl FileLine {
    /// Of a row.
    pub fn of(row: &FileRow) -> FileLine {
        FileLine {
            id: row.id,
            digest: hex(&row.digest),
            size: row.size,
            name: row.name.clone(),
            mime: row.mime.clone(),
            customer: row.customer,
            agent: row.agent,
            conversation: row.conversation,
        }
    }

    /// The row, uploaded now: its line is known when the event comes that has it.
    pub fn row(&self, now: Time) -> Option<FileRow> {
        Some(FileRow {
            id: self.id,
            digest: unhex(&self.digest)?,
            size: self.size,
            name: self.name.clone(),
            mime: self.mime.clone(),
            customer: self.customer,
            conversation: None,
            agent: self.agent,
            created_at: now,
            line: None,
        })
    }
}

/// The next piece of a file's bytes; nothing at its end, and where they are lost.
pub fn piece(place: &Place, tenant: TenantKey, row: &FileRow, at: u64) -> Option<BytesLine> {
    let mut file = File::open(place.path(tenant, &row.digest)).ok()?;
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::with_capacity(limits::FILE_CHUNK_BYTES);
    file.take(limits::FILE_CHUNK_BYTES as u64)
        .read_to_end(&mut bytes)
        .ok()?;
    let next = BytesLine {
        digest: hex(&row.digest),
        at,
        bytes: BASE64_STANDARD.encode(&bytes),
    };
    (!bytes.is_empty()).then_some(next)
}

/// How many bytes a piece has.
pub fn bytes_in(piece: &BytesLine) -> u64 {
    BASE64_STANDARD
        .decode(&piece.bytes)
        .map_or(0, |bytes| bytes.len() as u64)
}

/// Takes a piece in, behind those before it. Whether it was not there yet.
///
/// # Errors
/// It is none, does not fit what is there, or cannot be written; in words.
pub fn take_piece(place: &Place, tenant: TenantKey, piece: &BytesLine) -> Result<bool, String> {
    let digest = unhex(&piece.digest).ok_or("`digest` is not 64 letters of hex")?;
    let bytes = BASE64_STANDARD
        .decode(&piece.bytes)
        .map_err(|_| "`bytes` is no Base64")?;
    if place.path(tenant, &digest).exists() {
        return Ok(false);
    }
    let wrong = |error: io::Error| format!("a file cannot be kept: {error}");
    let path = partial(place, tenant, &digest);
    private_folders(place.data(), path.parent().unwrap_or(place.root())).map_err(wrong)?;
    let free = files::free_bytes(place.data()).map_err(wrong)?;
    if free < 2 * limits::DISK_FREE_BYTES_MIN {
        return Err("the disk has no room for the files".to_owned());
    }
    let opened = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
    let mut file = opened.map_err(wrong)?;
    let held = file.metadata().map_err(wrong)?.len();
    if piece.at < held {
        return Ok(false);
    }
    if piece.at > held {
        return Err("bytes of a file before these are missing: import from the beginning of the file again".to_owned());
    }
    if held + bytes.len() as u64 > limits::UPLOAD_BYTES.most {
        return Err(format!("a file has more than {} bytes", limits::UPLOAD_BYTES.most));
    }
    file.write_all(&bytes).map_err(wrong)?;
    Ok(true)
}

/// Puts a file's bytes, which have come, in their place. Whether they are there now.
///
/// # Errors
/// They are not what they should be, or cannot be written; in words.
pub fn settle(place: &Place, tenant: TenantKey, row: &FileRow) -> Result<bool, String> {
    if place.open_whole(tenant, &row.digest, row.size).is_ok() {
        return Ok(true);
    }
    let path = partial(place, tenant, &row.digest);
    let Ok(mut file) = File::open(&path) else {
        return Ok(false);
    };
    let wrong = |error: io::Error| format!("a file cannot be kept: {error}");
    let size = file.metadata().map_err(wrong)?.len();
    if size != row.size || digest_of(&mut file).map_err(wrong)? != row.digest {
        // Another try begins anew.
        let _ = fs::remove_file(&path);
        return Err("the bytes of a file are not those of its digest".to_owned());
    }
    file.sync_all().map_err(wrong)?;
    place.put(&path, tenant, &row.digest).map_err(wrong)?;
    Ok(true)
}

/// Where the bytes are until all have come. The next start removes what is left.
fn partial(place: &Place, tenant: TenantKey, digest: &[u8; 32]) -> PathBuf {
    place.coming().join(format!("import-{}-{}", tenant.0, hex(digest)))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes = (text.len() == 64 && text.is_ascii()).then(|| {
        let pairs = (0..64).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
            .collect::<Option<Vec<u8>>>()
    })??;
    bytes.try_into().ok()
}
