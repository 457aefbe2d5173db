//! As whom the program connects: a token from a login, else the one that a server on this computer leaves for whoever can read its data
//! folder.

use std::{io, path::PathBuf};

use minicom_client::{
    Config, Secret, StateDir,
    credentials::{self, CredentialError, DEFAULT_PROFILE, Profile},
    rest::LoginError,
};
use minicom_protocol::{frame::Agents, ids::TenantId, refusal::Refusal};

use crate::{
    exit::{self, Failure},
    tasks::link::CLIENT,
};

/// The identity of whoever signs in by the server's own file; the account is not known before the server says it.
const LOCAL: &str = "local";

/// As whom.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The token.
    pub token: Secret,
    /// Whose outbox and drafts these are.
    pub identity: String,
    /// Where the token comes from.
    pub source: Source,
    /// At which server and tenant.
    pub profile: Profile,
}

impl SignedIn {
    /// A connection without an outbox on disk.
    pub fn config(&self) -> Config<Agents> {
        let config = Config::agent(self.profile.server.clone(), self.token.clone(), CLIENT);
        match self.profile.tenant == TenantId::default_tenant() {
            true => config,
            false => config.tenant(self.profile.tenant.clone()),
        }
    }
}

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `minicom-agent login`.
    Login,
    /// The file in this data folder.
    Local(PathBuf),
}

/// The token to connect with. `data` is the server's data folder, if somebody named it.
///
/// # Errors
/// There is none, or it cannot be read; the words say how to sign in.
pub fn find(state: &StateDir, profile: &Profile, data: Option<PathBuf>) -> Result<SignedIn, Failure> {
    let (server, profile) = (&profile.server, profile.clone());
    let login = profile.token(state).map_err(credential_failure)?;
    if let Some(login) = login {
        return Ok(SignedIn {
            token: login.token,
            identity: login.account,
            source: Source::Login,
            profile,
        });
    }
    // Another profile is another account, and the file is nobody's in particular.
    let named = profile.name.as_str() != DEFAULT_PROFILE;
    let data = data.or_else(|| platform_data().filter(|_| !named));
    let data = data.filter(|_| server.is_loopback());
    if let Some(data) = &data
        && let Some(token) = credentials::local_agent_token(data).map_err(credential_failure)?
    {
        return Ok(SignedIn {
            token,
            identity: LOCAL.to_owned(),
            source: Source::Local(data.clone()),
            profile,
        });
    }
    let mut words = format!(
        "You are not signed in at {server}. Sign in:  {}",
        command(&profile, " login")
    );
    if let Some(data) = data {
        words.push_str(&format!(
            "\nOr, where the server runs on this computer under your name, name its data folder with --data: \
             there is no {} in {}.",
            credentials::LOCAL_AGENT_TOKEN_FILE,
            data.display()
        ));
    }
    Err(Failure::new(exit::NO_PERMISSION, words))
}

/// The folder that a server uses if nobody says otherwise.
fn platform_data() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "minicom")?;
    Some(folders.data_dir().to_owned())
}

/// How this program is called for a profile, with what comes behind its name.
pub fn command(profile: &Profile, rest: &str) -> String {
    let mut command = format!("minicom-agent{rest} --server {}", profile.server);
    if profile.tenant != TenantId::default_tenant() {
        command.push_str(&format!(" --tenant {}", profile.tenant));
    }
    if profile.name.as_str() != DEFAULT_PROFILE {
        command.push_str(&format!(" --profile {}", profile.name.as_str()));
    }
    command
}

/// Why the account's call failed, as the program's end.
pub fn login_failure(error: LoginError) -> Failure {
    let code = match &error {
        LoginError::Unreachable { .. } | LoginError::Untrusted(_) | LoginError::Strange { .. } => exit::UNAVAILABLE,
        LoginError::Refused(refusal) if refusal.retryable() => exit::UNAVAILABLE,
        LoginError::Refused(_) => exit::NO_PERMISSION,
    };
    let words = match &error {
        LoginError::Refused(Refusal::SignIn) => "E-mail or password is wrong, or the account is disabled.".to_owned(),
        other => other.to_string(),
    };
    Failure::new(code, words)
}

/// Why a file of credentials failed, as the program's end.
pub fn credential_failure(error: CredentialError) -> Failure {
    let denied = |error: &io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    let code = match &error {
        CredentialError::Exposed { .. } => exit::NO_PERMISSION,
        CredentialError::Io { error, .. } if denied(error) => exit::NO_PERMISSION,
        _ => exit::IO,
    };
    Failure::new(code, error.to_string())
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
