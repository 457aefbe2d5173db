//! The second factor: an authenticator app takes a secret off the screen, and its first code confirms it.

use minicom_client::{
    Secret,
    rest::{LoginError, account::TotpDone},
};
use minicom_protocol::{refusal::Refusal, rest::LoginAnswer};
use minicom_tui_kit::Shown;

use super::{Account, Ask, TRIES, qr};
use crate::{
    exit::{self, Failure},
    sign_in::{call_failure, credential_failure},
};

impl Account {
    /// Sets up a second factor. Returns what to tell.
    ///
    /// # Errors
    /// Nobody is signed in, the server is away or refuses, or nobody can be asked.
    pub async fn totp(&self, ask: &mut impl Ask) -> Result<String, Failure> {
        let token = self.token()?;
        if let Some(answer) = self.set_up_totp(&token, ask).await? {
            self.profile.store(&self.state, &answer).map_err(credential_failure)?;
        }
        Ok("The second factor is on: from now on each sign-in asks for a code.".to_owned())
    }

    /// Takes the second factor away. Returns what to tell.
    ///
    /// # Errors
    /// See [`Account::totp`].
    pub async fn totp_off(&self, ask: &mut impl Ask) -> Result<String, Failure> {
        let token = self.token()?;
        let code = ask.code("Code of your authenticator app, or a recovery code: ")?;
        let off = self.seat(&token).disable_totp(&code).await;
        off.map_err(|error| call_failure(&self.profile, error))?;
        Ok("The second factor is off.".to_owned())
    }

    /// Shows the secret, takes the first code, shows the recovery codes. The answer is a sign-in that is good for all, if the
    /// one before was not.
    pub(super) async fn set_up_totp(&self, token: &Secret, ask: &mut impl Ask) -> Result<Option<LoginAnswer>, Failure> {
        let started = self.seat(token).start_totp().await;
        let started = started.map_err(|error| match error {
            LoginError::Refused(Refusal::Exists { .. }) => {
                let words = format!(
                    "There is a second factor already. To set up another one, take it away first:  {}",
                    self.command(" totp --off")
                );
                Failure::new(exit::OTHERWISE, words)
            }
            error => call_failure(&self.profile, error),
        })?;
        let line = |text: &str| Shown::line(text).cut(400);
        let picture = match self.ascii {
            true => None,
            false => qr::picture(&started.otpauth_uri),
        };
        // The picture, what to do with it and the question are on one screen of 24 rows.
        ask.tell(&match picture {
            Some(picture) => format!(
                "{picture}Let your authenticator app read this, or type the key into it:\n{}\n",
                line(&started.secret)
            ),
            None => format!(
                "Give this to your authenticator app, or type the key into it:\n\n  {}\n  Key: {}\n\n",
                line(&started.otpauth_uri),
                line(&started.secret),
            ),
        })?;
        let done = self.confirm(token, ask).await?;
        let codes: String = done
            .recovery_codes
            .iter()
            .map(|code| format!("  {}\n", line(code)))
            .collect();
        ask.tell(&format!(
            "\nThese recovery codes are each good once in place of the app. They are shown this once: keep them safe.\n\n{codes}\n"
        ))?;
        Ok(done.sign_in)
    }

    async fn confirm(&self, token: &Secret, ask: &mut impl Ask) -> Result<TotpDone, Failure> {
        let mut tries = 1;
        loop {
            let code = ask.code("The code that the app shows now: ")?;
            match self.seat(token).confirm_totp(code.trim()).await {
                Ok(done) => return Ok(done),
                Err(LoginError::Refused(refusal @ Refusal::TotpWrong)) if tries < TRIES && ask.is_person() => {
                    tries += 1;
                    ask.tell(&format!("{}\n", refusal.message()))?;
                }
                Err(error) => return Err(call_failure(&self.profile, error)),
            }
        }
    }
}
