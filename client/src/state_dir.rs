//! Where the client keeps what must outlive it: one folder for secrets, tokens, outboxes (and drafts of the programs),
//! with files named by a digest of whose they are.

use std::path::{Path, PathBuf};

use minicom_protocol::ids::TenantId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::server_url::ServerUrl;

/// The variable that names the folder, unless a flag does.
pub const STATE_VARIABLE: &str = "MINICOM_STATE";

/// The client's folder. It need not exist yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateDir(PathBuf);

/// No folder is named and the user has no home.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "there is no home folder to keep secrets and unsent messages in: name a folder with --state or {STATE_VARIABLE}"
)]
pub struct NoHome;

impl StateDir {
    /// The folder that the user named, else the variable `MINICOM_STATE`, else `client` in the platform's folder for
    /// this user's data.
    ///
    /// # Errors
    /// Nothing is named and there is no home folder.
    pub fn resolve(named: Option<PathBuf>) -> Result<StateDir, NoHome> {
        let variable = || {
            std::env::var_os(STATE_VARIABLE)
                .filter(|it| !it.is_empty())
                .map(PathBuf::from)
        };
        let platform = || {
            let dirs = directories::ProjectDirs::from("", "", "minicom")?;
            Some(dirs.data_local_dir().join("client"))
        };
        named.or_else(variable).or_else(platform).map(StateDir).ok_or(NoHome)
    }

    /// A folder that is known.
    pub fn at(path: impl Into<PathBuf>) -> StateDir {
        StateDir(path.into())
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of a customer's or agent's drafts. The programs own what is in it.
    pub fn drafts(&self, server: &ServerUrl, tenant: &TenantId, identity: &str) -> PathBuf {
        self.0.join("drafts").join(Key::new(server, tenant, identity).digest())
    }

    pub(crate) fn outbox(&self, server: &ServerUrl, tenant: &TenantId, identity: &str) -> PathBuf {
        self.0.join("outbox").join(Key::new(server, tenant, identity).digest())
    }
}

/// Whose something is. As a digest it names files, as JSON it tells people whose a file is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Key {
    pub server: String,
    pub tenant: String,
    pub name: String,
}

impl Key {
    pub fn new(server: &ServerUrl, tenant: &TenantId, name: &str) -> Key {
        Key {
            server: server.to_string(),
            tenant: tenant.as_str().to_owned(),
            name: name.to_owned(),
        }
    }

    /// Each part with its length before it, so that no two keys run into the same bytes.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.server, &self.tenant, &self.name] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex(&hash.finalize())
    }
}

/// As lowercase hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}
