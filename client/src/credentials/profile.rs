//! Agents' accounts on this computer: each under a profile's name, with the server and tenant that it is at and the token of
//! its sign-in. A profile outlives the sign-in, so that its name is enough to come back.

use std::{fs, io, path::PathBuf};

use minicom_protocol::{ids::TenantId, rest::LoginAnswer};
use serde::{Deserialize, Serialize};

use super::{CredentialError, Secret, io_error, read, to_json};
use crate::{
    disk,
    server_url::ServerUrl,
    state_dir::{Key, StateDir},
    tls::Trust,
};

/// The profile of who names none.
pub const DEFAULT_PROFILE: &str = "default";
/// Characters of a profile's name.
const NAME_CHARS_MAX: usize = 40;

/// A profile's name: it is a part of a file's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProfileName(String);

/// Not a name of a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a profile's name is 1 to {NAME_CHARS_MAX} small letters, digits, dashes and underscores, as in `work`")]
pub struct BadProfileName;

impl ProfileName {
    /// From a flag.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<ProfileName, BadProfileName> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        match (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(fits) {
            true => Ok(ProfileName(text.to_owned())),
            false => Err(BadProfileName),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ProfileName {
    fn default() -> ProfileName {
        ProfileName(DEFAULT_PROFILE.to_owned())
    }
}

/// An account at a tenant of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// What it is called here.
    pub name: ProfileName,
    /// Which server.
    pub server: ServerUrl,
    /// Which tenant.
    pub tenant: TenantId,
    /// The folder for tokens, where one was named: a command that is told to be typed next names it again.
    pub state: Option<PathBuf>,
}

/// An agent's token, as it was stored after a login.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentToken {
    /// The token, for Hello.
    pub token: Secret,
    /// The account it belongs to: the identity of the outbox.
    pub account: String,
    /// The agent's e-mail address.
    pub email: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
}

/// What a name stands for, without `--server` and `--tenant`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The server's address.
    pub server: String,
    /// The tenant.
    #[serde(default)]
    pub tenant: Option<String>,
}

/// By what the server is recognised, as it was said at the login. On disk in the words of the flags.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Recognised {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ca: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pin: Option<String>,
}

impl Recognised {
    fn of(trust: &Trust) -> Recognised {
        Recognised {
            ca: trust.ca.clone(),
            pin: trust.pin.map(|pin| pin.to_string()),
        }
    }

    /// What is not understood is taken for nothing: then the platform's authorities decide.
    fn trust(self) -> Trust {
        Trust {
            ca: self.ca,
            pin: self.pin.and_then(|pin| pin.parse().ok()),
        }
    }
}

impl Profile {
    /// Stores the token of a login, in place of an older one, and what the profile stands for. Blocking.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn store(&self, state: &StateDir, login: &LoginAnswer) -> Result<(), CredentialError> {
        let before = self.stored(state).ok().flatten();
        let stored = Stored {
            key: self.key(),
            token: Some(login.token.clone()),
            account: login.agent.id.clone(),
            email: login.agent.email.clone(),
            expires_at: login.expires_at.clone(),
            device: login.device.clone().or(before.and_then(|it| it.device)),
            recognised: Recognised::of(self.server.trust()),
        };
        write(&self.path(state), &stored)?;
        if self.name == ProfileName::default() {
            // Who names no profile names the server, or means the usual one.
            return Ok(());
        }
        let place = Place {
            server: self.server.to_string(),
            tenant: Some(self.tenant.as_str().to_owned()),
        };
        write(&place_path(state, &self.name), &place)
    }

    /// The token stored for this profile; `None` if there is none. Blocking.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or others may read it.
    pub fn token(&self, state: &StateDir) -> Result<Option<AgentToken>, CredentialError> {
        let Some(stored) = self.stored(state)? else {
            return Ok(None);
        };
        Ok(stored.token.map(|token| AgentToken {
            token: Secret(token),
            account: stored.account,
            email: stored.email,
            expires_at: stored.expires_at,
        }))
    }

    /// By what this computer is known to the server as one that has signed in to the account before. It is no way in.
    pub fn device(&self, state: &StateDir) -> Option<String> {
        self.stored(state).ok().flatten()?.device
    }

    /// By what the server was recognised at the last login; by the platform's authorities if there was none. Blocking.
    pub fn trust(&self, state: &StateDir) -> Trust {
        let stored = self.stored(state).ok().flatten();
        stored.map(|it| it.recognised.trust()).unwrap_or_default()
    }

    /// Forgets the token. What the name stands for stays, and so do the address that signed in last and the server's
    /// certificate. Blocking.
    ///
    /// # Errors
    /// The file cannot be changed.
    pub fn forget_token(&self, state: &StateDir) -> Result<(), CredentialError> {
        let path = self.path(state);
        match self.stored(state) {
            Ok(Some(stored)) if stored.device.is_some() || stored.recognised != Recognised::default() => {
                write(&path, &Stored { token: None, ..stored })
            }
            // Without anything to keep, or damaged: nothing of it stays.
            _ => match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(&path, error)),
                _ => Ok(()),
            },
        }
    }

    fn stored(&self, state: &StateDir) -> Result<Option<Stored>, CredentialError> {
        let path = self.path(state);
        match path.try_exists().map_err(|error| io_error(&path, error))? {
            true => read(&path).map(Some),
            false => Ok(None),
        }
    }

    fn key(&self) -> Key {
        // The default tenant's stands under no name, as it did before there were others.
        let tenant = match self.tenant == TenantId::default_tenant() {
            true => String::new(),
            false => self.tenant.as_str().to_owned(),
        };
        Key {
            server: self.server.to_string(),
            tenant,
            name: self.name.as_str().to_owned(),
        }
    }

    fn path(&self, state: &StateDir) -> PathBuf {
        state
            .path()
            .join("agents")
            .join(format!("{}.json", self.key().digest()))
    }
}

impl Place {
    /// What a profile's name stands for; `None` if nobody signed in under it yet. Blocking.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or others may read it.
    pub fn of(state: &StateDir, name: &ProfileName) -> Result<Option<Place>, CredentialError> {
        let path = place_path(state, name);
        match path.try_exists().map_err(|error| io_error(&path, error))? {
            true => read(&path).map(Some),
            false => Ok(None),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    key: Key,
    /// Absent after signing out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    account: String,
    email: String,
    expires_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    #[serde(flatten)]
    recognised: Recognised,
}

fn place_path(state: &StateDir, name: &ProfileName) -> PathBuf {
    state.path().join("profiles").join(format!("{}.json", name.as_str()))
}

fn write(path: &std::path::Path, value: &impl Serialize) -> Result<(), CredentialError> {
    let dir = path.parent().unwrap_or(path);
    disk::create_private_dir(dir)
        .and_then(|()| disk::replace(path, &to_json(value)))
        .and_then(|()| disk::sync_dir(dir))
        .map_err(|error| io_error(path, error))
}
