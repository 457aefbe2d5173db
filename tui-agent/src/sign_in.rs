//! As whom the program connects: a token from a login, else the one that a server on this computer leaves for whoever can read its data
//! folder.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use minicom_client::{
    Config, Ended, Secret, StateDir, Trust,
    credentials::{self, CredentialError, DEFAULT_PROFILE, Profile},
    rest::{LoginError, account},
    transfers,
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
    /// What was read when the program began. A server on this computer makes a new token at each of its starts, and a new password
    /// gives a new one too: nothing but [`SignedIn::token`] reads this, so that no call is made with one that has ended.
    first: Secret,
    /// Where tokens of a login are.
    state: StateDir,
    /// Whose outbox and drafts these are.
    pub identity: String,
    /// Where the token comes from.
    pub source: Source,
    /// At which server and tenant.
    pub profile: Profile,
}

impl SignedIn {
    /// The token that is good now, as far as this computer knows. Asked for anew at each call.
    pub fn token(&self) -> Secret {
        self.newest().unwrap_or_else(|| self.first.clone())
    }

    /// The one that is on disk now, if it can be read.
    fn newest(&self) -> Option<Secret> {
        match &self.source {
            // Somebody else's, who has signed in here meanwhile, would do this account's work under another name.
            Source::Login => {
                let stored = self.profile.token(&self.state).ok().flatten();
                stored.filter(|it| it.account == self.identity).map(|it| it.token)
            }
            Source::Local(data) => credentials::local_agent_token(data).ok().flatten(),
        }
    }

    /// The HTTP API, with the token that is good now: for the calls of one wish, and not to be kept.
    pub fn api(&self) -> account::Seat<'_> {
        account::Seat {
            server: &self.profile.server,
            tenant: &self.profile.tenant,
            token: self.token(),
        }
    }

    /// Where files go to and come from.
    pub fn seat(&self) -> transfers::Seat {
        let signed_in = self.clone();
        transfers::Seat {
            server: self.profile.server.clone(),
            tenant: self.profile.tenant.clone(),
            bearer: Arc::new(move || signed_in.token()),
        }
    }

    /// A connection without an outbox on disk.
    pub fn config(&self) -> Config<Agents> {
        let signed_in = self.clone();
        let config = Config::agent(self.profile.server.clone(), self.token(), CLIENT);
        let config = config.renewed_by(move || signed_in.newest());
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
            first: login.token,
            state: state.clone(),
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
            first: token,
            state: state.clone(),
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
pub(crate) fn platform_data() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "minicom")?;
    Some(folders.data_dir().to_owned())
}

/// How this program is called for a profile, with what comes behind its name. It works for whoever copies it, also where nobody
/// has signed in under the profile yet.
pub fn command(profile: &Profile, rest: &str) -> String {
    let server = &profile.server;
    let mut command = format!("minicom-agent{rest} --server {server}");
    if !server.is_tls() && !server.is_loopback() {
        command.push_str(" --insecure-http");
    }
    let trust = server.trust();
    if let Some(ca) = &trust.ca {
        command.push_str(&format!(" --ca {}", quoted(ca)));
    }
    if let Some(pin) = trust.pin {
        command.push_str(&format!(" --pin {pin}"));
    }
    if profile.tenant != TenantId::default_tenant() {
        command.push_str(&format!(" --tenant {}", profile.tenant));
    }
    if profile.name.as_str() != DEFAULT_PROFILE {
        command.push_str(&format!(" --profile {}", profile.name.as_str()));
    }
    in_its_folder(command, profile)
}

/// With the folder for tokens, where another than the usual one was named.
fn in_its_folder(command: String, profile: &Profile) -> String {
    match &profile.state {
        Some(folder) => format!("{command} --state {}", quoted(folder)),
        None => command,
    }
}

/// The same once somebody has signed in: what the login remembers is left out.
pub fn short_command(profile: &Profile, rest: &str) -> String {
    if profile.name.as_str() != DEFAULT_PROFILE {
        let command = format!("minicom-agent{rest} --profile {}", profile.name.as_str());
        return in_its_folder(command, profile);
    }
    let Ok(server) = profile.server.clone().recognised_by(Trust::default()) else {
        return command(profile, rest);
    };
    let profile = Profile {
        server,
        ..profile.clone()
    };
    command(&profile, rest)
}

/// A path as a word for a shell.
fn quoted(path: &Path) -> String {
    shell_words::quote(&path.to_string_lossy()).into_owned()
}

/// Whether whoever signs in again is let in: it asks for all that is missing, a new password and a second factor too.
pub fn mends(ended: &Ended) -> bool {
    match ended {
        Ended::SignedOut => true,
        Ended::Refused(refusal) => matches!(
            refusal,
            Refusal::TotpRequired
                | Refusal::TotpWrong
                | Refusal::TotpSetupRequired
                | Refusal::NewPasswordRequired
                | Refusal::SignIn
        ),
        Ended::WrongSecret(_) | Ended::WrongVersion { .. } => false,
    }
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

/// Why a call of somebody who is signed in failed, as the program's end.
pub fn call_failure(profile: &Profile, error: LoginError) -> Failure {
    let LoginError::Refused(refusal) = &error else {
        return login_failure(error);
    };
    let code = match exit::of_refusal(refusal) {
        // What is refused here was asked for on the command line.
        exit::BUG => exit::USAGE,
        code => code,
    };
    let words = match refusal {
        Refusal::SignIn => format!(
            "The sign-in at {} is not good any more. Sign in:  {}",
            profile.server,
            short_command(profile, " login")
        ),
        Refusal::Forbidden => format!(
            "Only admins may do this. Sign in as one:  {}",
            short_command(profile, " login")
        ),
        Refusal::TotpSetupRequired | Refusal::NewPasswordRequired => {
            format!(
                "{} It is done with:  {}",
                refusal.message(),
                short_command(profile, " login")
            )
        }
        other => other.message(),
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
