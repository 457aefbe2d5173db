//! The secrets of customers and the tokens of agents, on disk. A name is not a key: the secret is, and it is on this
//! computer's disk before the server hears of it, or one lost answer would lock its owner out of the name.

mod local;
mod profile;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use minicom_protocol::{ids::TenantId, text::CustomerName};
use rand::{TryRng, rngs::SysRng};
use serde::{Deserialize, Serialize};

use crate::{
    disk::{self, PrivateError},
    limits::CREDENTIAL_BYTES_MAX,
    server_url::ServerUrl,
    state_dir::{Key, StateDir, hex},
};

pub use local::{SERVER_FILE, local_server};
pub use profile::{AgentToken, BadProfileName, DEFAULT_PROFILE, Place, Profile, ProfileName};

/// The server's file with the token for whoever can read it.
pub const LOCAL_AGENT_TOKEN_FILE: &str = "local-agent.token";

/// A token or a secret. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// From a flag, a file or a login.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text, for Hello or a header, and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Why there is no credential. The programs end with 77 for [`CredentialError::Exposed`], else with 74.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Others could have read or changed it.
    #[error("{} is not safe: {why}. If nobody else has used it: {remedy}", .path.display())]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// It cannot be understood.
    #[error("{} is damaged. Restore it from a backup; without it, move it away and sign in again or choose another name", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// The disk says no.
    #[error("{}: {error}. It must be on disk before it is used: make it readable and writable, or name another folder with --state", .path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The operating system has no randomness.
    #[error("the operating system gave no random numbers; no secret can be made without them")]
    NoRandomness,
}

/// The secret of a customer's name: the one on disk, or a new one (256 bit as 64 hexadecimal digits), which is then on
/// disk for good when this returns. Of two programs that start at once both get the same. Blocking; call it before
/// the connection is opened.
///
/// # Errors
/// The file cannot be written, is damaged, or others may read it.
pub fn customer_secret(
    state: &StateDir,
    server: &ServerUrl,
    tenant: &TenantId,
    name: &CustomerName,
) -> Result<Secret, CredentialError> {
    let key = Key::new(server, tenant, name.as_str());
    let dir = state.path().join("secrets");
    let path = dir.join(format!("{}.json", key.digest()));
    let io = |error| io_error(&path, error);
    disk::create_private_dir(&dir).map_err(|error| io_error(&dir, error))?;
    if !path.try_exists().map_err(io)? {
        let secret = new_secret()?;
        let stored = StoredSecret {
            key: key.clone(),
            secret,
        };
        // Whoever comes second finds the name taken, and reads what the first one wrote.
        disk::create_exclusively(&path, &to_json(&stored)).map_err(io)?;
    }
    let stored: StoredSecret = read(&path)?;
    // Whoever made it may have crashed before its name was on disk.
    disk::sync_dir(&dir).map_err(io)?;
    let is_secret = stored.secret.len() == 64 && stored.secret.bytes().all(|b| b.is_ascii_hexdigit());
    if stored.key != key || !is_secret {
        return Err(CredentialError::Damaged { path });
    }
    Ok(Secret(stored.secret))
}

/// The secret of a customer's name if it is on disk; none is made. Blocking.
///
/// # Errors
/// The file is damaged, or others may read it.
pub fn known_customer_secret(
    state: &StateDir,
    server: &ServerUrl,
    tenant: &TenantId,
    name: &CustomerName,
) -> Result<Option<Secret>, CredentialError> {
    let digest = Key::new(server, tenant, name.as_str()).digest();
    let path = state.path().join("secrets").join(format!("{digest}.json"));
    match path.try_exists().map_err(|error| io_error(&path, error))? {
        true => customer_secret(state, server, tenant, name).map(Some),
        false => Ok(None),
    }
}

/// The token that a server on this computer leaves in its data folder for whoever can read it; `None` if there is
/// no such file. Blocking.
///
/// # Errors
/// The file cannot be read, or others may read it too.
pub fn local_agent_token(data: &Path) -> Result<Option<Secret>, CredentialError> {
    let path = data.join(LOCAL_AGENT_TOKEN_FILE);
    let bytes = match disk::read_private(&path, CREDENTIAL_BYTES_MAX) {
        Err(PrivateError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| private_error(&path, error))?,
    };
    let text = String::from_utf8(bytes).unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        token => Ok(Some(Secret(token.to_owned()))),
    }
}

#[derive(Serialize, Deserialize)]
struct StoredSecret {
    #[serde(flatten)]
    key: Key,
    secret: String,
}

fn new_secret() -> Result<String, CredentialError> {
    let mut bytes = [0_u8; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| CredentialError::NoRandomness)?;
    Ok(hex(&bytes))
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Structs of texts always have a JSON form.
    let mut bytes = serde_json::to_vec_pretty(value).expect("texts always have a JSON form");
    bytes.push(b'\n');
    bytes
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, CredentialError> {
    let bytes = disk::read_private(path, CREDENTIAL_BYTES_MAX).map_err(|error| private_error(path, error))?;
    serde_json::from_slice(&bytes).map_err(|_| CredentialError::Damaged { path: path.to_owned() })
}

fn io_error(path: &Path, error: io::Error) -> CredentialError {
    CredentialError::Io {
        path: path.to_owned(),
        error,
    }
}

fn private_error(path: &Path, error: PrivateError) -> CredentialError {
    let remedy = match &error {
        PrivateError::Io(_) | PrivateError::Strange => None,
        PrivateError::Open { .. } => Some(format!("chmod 600 '{}'", path.display())),
        PrivateError::Foreign => Some("run the program as the user who owns it".to_owned()),
    };
    let why = error.to_string();
    let path = path.to_owned();
    match (error, remedy) {
        (PrivateError::Io(error), _) => CredentialError::Io { path, error },
        (_, Some(remedy)) => CredentialError::Exposed { path, why, remedy },
        (_, None) => CredentialError::Damaged { path },
    }
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
