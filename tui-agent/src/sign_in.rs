//! As whom the program connects: a token from a login, else the one that a server on this computer leaves for whoever can read its data
//! folder. And the two commands that make and forget a login.

use std::{io, path::PathBuf};

use minicom_client::{
    Secret, ServerUrl, StateDir,
    credentials::{self, CredentialError},
    rest::{self, LoginError},
};
use minicom_protocol::refusal::Refusal;

use crate::exit::{self, Failure};

/// The name under which a login is stored. One person has one account at a desk.
const PROFILE: &str = "default";
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
pub fn find(state: &StateDir, server: &ServerUrl, data: Option<PathBuf>) -> Result<SignedIn, Failure> {
    let login = credentials::agent_token(state, server, PROFILE).map_err(credential_failure)?;
    if let Some(login) = login {
        return Ok(SignedIn {
            token: login.token,
            identity: login.account,
            source: Source::Login,
        });
    }
    let data = data.or_else(platform_data).filter(|_| server.is_loopback());
    if let Some(data) = &data
        && let Some(token) = credentials::local_agent_token(data).map_err(credential_failure)?
    {
        return Ok(SignedIn {
            token,
            identity: LOCAL.to_owned(),
            source: Source::Local(data.clone()),
        });
    }
    let mut words = format!("You are not signed in at {server}. Sign in:  minicom-agent login --server {server}");
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

/// Signs in and stores the token. Returns what to tell.
///
/// # Errors
/// The server is away or refuses, or the token cannot be stored.
pub async fn login(state: &StateDir, server: &ServerUrl, email: &str, password: &str) -> Result<String, Failure> {
    let answer = rest::login(server, email, password, None)
        .await
        .map_err(login_failure)?;
    credentials::store_agent_token(state, server, PROFILE, &answer).map_err(credential_failure)?;
    let name = minicom_tui_kit::Shown::name(&answer.agent.name);
    Ok(format!(
        "Signed in at {server} as {name}. Start:  minicom-agent --server {server}"
    ))
}

/// Ends the token on the server and forgets it here. Returns what to tell.
///
/// # Errors
/// Its file cannot be removed.
pub async fn logout(state: &StateDir, server: &ServerUrl) -> Result<String, Failure> {
    let token = credentials::agent_token(state, server, PROFILE).ok().flatten();
    credentials::forget_agent_token(state, server, PROFILE).map_err(credential_failure)?;
    let Some(token) = token else {
        return Ok(format!("You were not signed in at {server}."));
    };
    Ok(match rest::logout(server, &token.token).await {
        Ok(()) => format!("Signed out at {server}."),
        Err(error) => format!(
            "The token is not on this computer any more, but the server does not know it ({error}). It is good until {}.",
            token.expires_at
        ),
    })
}

fn login_failure(error: LoginError) -> Failure {
    let code = match &error {
        LoginError::Unreachable { .. } | LoginError::Strange { .. } => exit::UNAVAILABLE,
        LoginError::Refused(refusal) if refusal.retryable() => exit::UNAVAILABLE,
        LoginError::Refused(_) => exit::NO_PERMISSION,
    };
    let words = match &error {
        LoginError::Refused(Refusal::SignIn) => "E-mail or password is wrong, or the account is disabled.".to_owned(),
        other => other.to_string(),
    };
    Failure::new(code, words)
}

fn credential_failure(error: CredentialError) -> Failure {
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
