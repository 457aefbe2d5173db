//! The own account from a shell: signing in and out, a new password, a second factor, and where else one is signed in. What is
//! secret is asked for and never an argument; everything that a server sent passes the gate before it is shown.

mod ask;
mod qr;
mod sign_ins;
mod totp;

use minicom_client::{
    Secret, StateDir,
    credentials::Profile,
    kept::KeptStore,
    rest::{self, LoginError, account::Seat},
};
use minicom_protocol::{
    refusal::Refusal,
    rest::{LoginAnswer, LoginRequest},
};
use minicom_tui_kit::Shown;

pub use ask::{Ask, Terminal};
pub use sign_ins::SessionsCommand;

use crate::{
    exit::{self, Failure},
    sign_in::{call_failure, credential_failure, login_failure},
    tasks::link::CLIENT,
};

/// Wrong answers after which a person is not asked again.
const TRIES: usize = 3;

/// The account that a command is about.
#[derive(Debug)]
pub struct Account {
    /// Where tokens are kept.
    pub state: StateDir,
    /// Which server, tenant and name.
    pub profile: Profile,
    /// No picture, but its text.
    pub ascii: bool,
}

impl Account {
    /// Signs in, with all that the server asks for, and stores the token. Returns what to tell.
    ///
    /// # Errors
    /// The server is away or refuses, nobody can be asked, or the token cannot be stored.
    pub async fn login(&self, email: Option<String>, ask: &mut impl Ask) -> Result<String, Failure> {
        let answer = self.with_password(email, ask).await?;
        let answer = self.first_steps(answer, ask).await?;
        let before = self.profile.token(&self.state).ok().flatten();
        if let Some(before) = before.filter(|before| before.account != answer.agent.id) {
            self.forget_kept(&before.account)?;
        }
        self.profile.store(&self.state, &answer).map_err(credential_failure)?;
        let (server, name) = (&self.profile.server, Shown::name(&answer.agent.name));
        let start = crate::sign_in::short_command(&self.profile, "");
        Ok(format!("Signed in at {server} as {name}. Start:  {start}"))
    }

    /// Asks for the password until it is the right one. One slip does not end the program: what is typed next would be for the shell, in
    /// clear.
    async fn with_password(&self, named: Option<String>, ask: &mut impl Ask) -> Result<LoginAnswer, Failure> {
        let mut email = named.clone();
        let mut tries = 0;
        loop {
            tries += 1;
            let address = match email.clone() {
                Some(email) => email,
                None => ask.line("E-mail: ")?,
            };
            let password = ask.secret("Password: ")?;
            let again = tries < TRIES && ask.is_person();
            if password.is_empty() {
                if !again {
                    return Err(Failure::new(exit::USAGE, "the password is empty"));
                }
                ask.tell("The password is empty.\n")?;
                email = Some(address);
                continue;
            }
            let mut request = LoginRequest {
                email: address.trim().to_owned(),
                password,
                tenant: Some(self.profile.tenant.as_str().to_owned()),
                totp: None,
                label: Some(label()),
                device: self.profile.device(&self.state),
            };
            if let Some(answer) = self.with_code(&mut request, ask).await? {
                return Ok(answer);
            }
            let wrong = login_failure(LoginError::Refused(Refusal::SignIn));
            if !again {
                return Err(wrong);
            }
            ask.tell(&format!("{wrong}\n"))?;
            // The address may be what was wrong, if it was typed just now.
            email.clone_from(&named);
        }
    }

    /// Sends the login, with a code of the second factor if the server asks for one. `None` where address or password are wrong.
    async fn with_code(&self, request: &mut LoginRequest, ask: &mut impl Ask) -> Result<Option<LoginAnswer>, Failure> {
        let mut tries = 0;
        loop {
            let refused = match rest::login(&self.profile.server, request).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(refused) => refused,
            };
            match &refused {
                LoginError::Refused(Refusal::SignIn) => return Ok(None),
                LoginError::Refused(Refusal::TotpRequired) if request.totp.is_none() => {}
                LoginError::Refused(refusal @ Refusal::TotpWrong) if tries < TRIES && ask.is_person() => {
                    ask.tell(&format!("{}\n", refusal.message()))?;
                }
                _ => return Err(login_failure(refused)),
            }
            tries += 1;
            request.totp = Some(ask.code("Code of your authenticator app, or a recovery code: ")?);
        }
    }

    /// What has to be done first by who came by an admin's code, or has no second factor yet.
    async fn first_steps(&self, mut answer: LoginAnswer, ask: &mut impl Ask) -> Result<LoginAnswer, Failure> {
        if answer.only_for.as_deref() == Some("new_password") {
            ask.tell("Signed in by a one-time code. Choose a new password.\n")?;
            let device = answer.device.take();
            let token = Secret::new(answer.token);
            answer = self.ask_new_password(&token, None, ask).await?;
            answer.device = answer.device.or(device);
        }
        if answer.only_for.as_deref() == Some("totp_setup") {
            ask.tell("This desk asks for a second factor.\n")?;
            let device = answer.device.take();
            let token = Secret::new(answer.token.clone());
            answer = self.set_up_totp(&token, ask).await?.unwrap_or(answer);
            answer.device = answer.device.or(device);
        }
        match answer.only_for {
            None => Ok(answer),
            Some(_) => Err(Failure::new(
                exit::UNAVAILABLE,
                "The server asks for something that this program does not know. Use a newer release of it.",
            )),
        }
    }

    /// Asks for a new password, twice, until the server takes it.
    async fn ask_new_password(
        &self,
        token: &Secret,
        old: Option<&str>,
        ask: &mut impl Ask,
    ) -> Result<LoginAnswer, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let new = ask.secret("New password: ")?;
            if ask.is_person() && ask.secret("The same again: ")? != new {
                ask.tell("They differ.\n")?;
            } else {
                match self.seat(token).set_password(old, &new).await {
                    Ok(answer) => return Ok(answer),
                    Err(LoginError::Refused(refusal)) if refusal.code() == "weak_password" && ask.is_person() => {
                        ask.tell(&format!("{}\n", refusal.message()))?;
                    }
                    Err(error) => return Err(login_failure(error)),
                }
            }
            if tries == TRIES {
                return Err(Failure::new(exit::USAGE, "no new password was set"));
            }
        }
    }

    /// Sets a new password. Returns what to tell.
    ///
    /// # Errors
    /// See [`Account::login`].
    pub async fn password(&self, ask: &mut impl Ask) -> Result<String, Failure> {
        let token = self.token()?;
        let old = ask.secret("Password that holds: ")?;
        let answer = self.ask_new_password(&token, Some(&old), ask).await?;
        let answer = self.first_steps(answer, ask).await?;
        self.profile.store(&self.state, &answer).map_err(credential_failure)?;
        Ok("The password is changed. All other sign-ins have ended, and those of programs.".to_owned())
    }

    /// Ends the token on the server and forgets it here. Returns what to tell.
    ///
    /// # Errors
    /// Its file cannot be changed.
    pub async fn logout(&self) -> Result<String, Failure> {
        let Profile { server, tenant, .. } = &self.profile;
        let token = self.profile.token(&self.state).ok().flatten();
        self.profile.forget_token(&self.state).map_err(credential_failure)?;
        if let Some(token) = &token {
            self.forget_kept(&token.account)?;
        }
        let Some(token) = token else {
            return Ok(format!("You were not signed in at {server}."));
        };
        Ok(match rest::logout(server, tenant, &token.token).await {
            Ok(()) => format!("Signed out at {server}."),
            Err(error) => format!(
                "The token is not on this computer any more, but the server does not know it ({error}). It is good until {}.",
                token.expires_at
            ),
        })
    }

    /// Removes what was kept of the desk for an account, to be read without a connection.
    fn forget_kept(&self, account: &str) -> Result<(), Failure> {
        let Profile { server, tenant, .. } = &self.profile;
        let removed = KeptStore::new(&self.state, server, tenant, account).remove();
        let words = |error| format!("what was kept of the desk on this computer cannot be removed: {error}");
        removed.map_err(|error| Failure::new(exit::IO, words(error)))
    }

    /// Who is signed in, and where.
    ///
    /// # Errors
    /// Nobody is, or the server is away or refuses.
    pub async fn whoami(&self, token: &Secret) -> Result<String, Failure> {
        let me = self
            .seat(token)
            .whoami()
            .await
            .map_err(|error| call_failure(&self.profile, error))?;
        let line = |text: &str| Shown::line(text).cut(120);
        let second = match (me.totp, me.recovery_codes_left) {
            (true, left) => format!("on, {left} recovery codes left"),
            (false, _) => {
                let command = crate::sign_in::short_command(&self.profile, " totp");
                format!("none; set one up:  {command}")
            }
        };
        let rows = [
            ("Name", Shown::name(&me.agent.name).to_string()),
            ("E-mail", line(&me.agent.email).to_string()),
            ("Role", line(role(me.agent.role)).to_string()),
            ("Server", self.profile.server.to_string()),
            ("Tenant", line(&me.tenant).to_string()),
            ("Profile", self.profile.name.as_str().to_owned()),
            ("Second factor", second),
        ];
        Ok(rows
            .iter()
            .map(|(what, value)| format!("{what:14} {value}\n"))
            .collect())
    }

    /// The token of this profile's sign-in.
    pub(crate) fn token(&self) -> Result<Secret, Failure> {
        let stored = self.profile.token(&self.state).map_err(credential_failure)?;
        let words = || {
            format!(
                "You are not signed in at {}. Sign in:  {}",
                self.profile.server,
                self.command(" login")
            )
        };
        stored
            .map(|token| token.token)
            .ok_or_else(|| Failure::new(exit::NO_PERMISSION, words()))
    }

    fn seat(&self, token: &Secret) -> Seat<'_> {
        Seat {
            server: &self.profile.server,
            tenant: &self.profile.tenant,
            token: token.clone(),
        }
    }

    /// How this program is called for this account.
    fn command(&self, rest: &str) -> String {
        crate::sign_in::command(&self.profile, rest)
    }
}

fn role(role: minicom_protocol::people::Role) -> &'static str {
    match role {
        minicom_protocol::people::Role::Agent => "agent",
        minicom_protocol::people::Role::Admin => "admin",
    }
}

/// What this sign-in is listed as: the program and the computer.
fn label() -> String {
    let file = |path: &str| std::fs::read_to_string(path).ok();
    let name = file("/proc/sys/kernel/hostname")
        .or_else(|| file("/etc/hostname"))
        .or_else(|| std::env::var("HOSTNAME").ok());
    match name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("{CLIENT}, {}", Shown::line(name).cut(40)),
        None => CLIENT.to_owned(),
    }
}

#[cfg(test)]
mod tests;
