//! The second factor: an authenticator app, or a recovery code in its place. Its secret is sealed; a code is good once.

use minicom_protocol::{
    ids::{AgentId, TenantId},
    refusal::Refusal,
};
use rusqlite::Connection;
use serde_json::json;

use super::{AccountError, Accounts, Login, SignedIn, find, fresh::Fresh, manage::gated};
use crate::{
    auth::{
        code::Code,
        scope::{OnlyFor, TokenKind},
        totp::TotpSecret,
    },
    clock,
    desk::Once,
    kept_out::KeptOut,
    limits,
    store::{
        self, TenantKey,
        factors::{self, Factors},
        people::Agent,
        settings, tokens,
    },
};

/// What a recovery code is good for, in its digest.
const RECOVERY: &str = "minicom recovery";

/// What was shown beside the password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Second {
    /// Nothing, and nothing is needed.
    None,
    /// The code of a step.
    Step(u64),
    /// A recovery code.
    Recovery([u8; 32]),
}

impl Second {
    /// Uses it up. Whether it was there to be used.
    pub fn take(self, conn: &Connection, tenant: TenantKey, agent: AgentId) -> store::Result<bool> {
        match self {
            Second::None => Ok(true),
            Second::Step(step) => factors::take_step(conn, tenant, agent, step),
            Second::Recovery(digest) => factors::take_recovery(conn, tenant, agent, &digest),
        }
    }

    /// For the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Second::None => "none",
            Second::Step(_) => "totp",
            Second::Recovery(_) => "recovery",
        }
    }
}

/// A secret to be put into an app, shown this once.
#[derive(Debug)]
pub struct TotpStart {
    /// For who types it.
    pub secret: String,
    /// For who lets the app read it.
    pub uri: String,
}

/// A second factor that is set up.
#[derive(Debug)]
pub struct TotpConfirmed {
    /// One-time codes for when the app is lost, shown this once.
    pub recovery_codes: Vec<String>,
    /// A token for everything, if the one before was only good for this.
    pub login: Option<Login>,
}

impl Accounts {
    /// What was shown, against what is stored. Nothing is used up yet.
    ///
    /// # Errors
    /// `totp_required` if nothing was shown and something is needed; `totp_wrong`; `internal` if the stored secret cannot be
    /// opened.
    pub(super) fn second(
        &self,
        key: TenantKey,
        agent: &Agent,
        stored: &Factors,
        shown: Option<&str>,
    ) -> Result<Second, Refusal> {
        let Some(sealed) = &stored.totp else {
            return Ok(Second::None);
        };
        let shown = shown.map(str::trim).filter(|text| !text.is_empty());
        let shown = shown.ok_or(Refusal::TotpRequired)?;
        if let Some(code) = Code::parse(shown) {
            return Ok(Second::Recovery(code.digest(RECOVERY)));
        }
        let secret = self.open_totp(key, agent.agent.id, sealed)?;
        // Apps show the code in two groups.
        let digits: String = shown.chars().filter(|c| !c.is_whitespace()).collect();
        let step = secret.step_of(&digits, unix_s(), stored.step);
        step.map(Second::Step).ok_or(Refusal::TotpWrong)
    }

    /// Makes a secret for an app, in place of an earlier one that was not confirmed.
    ///
    /// # Errors
    /// `forbidden` for a program and for who has no account of their own; `exists` if there is a second factor.
    pub async fn start_totp(&self, me: &SignedIn) -> Result<TotpStart, AccountError> {
        me.is_person()?;
        let key = self.desk().tenant(&me.tenant)?;
        let (id, email) = (me.agent.id, me.email.clone());
        let secret = TotpSecret::generate().map_err(|_| Refusal::Internal)?;
        let sealed = self.shared.sealing.seal(&place(key, id), secret.as_bytes());
        let sealed = sealed.map_err(|_| Refusal::Internal)?;
        let begun = self.desk().write(key, move |scope| {
            if factors::load(scope.conn, key, id)?.totp.is_some() {
                let what = "a second factor".to_owned();
                return Ok(Err(Refusal::Exists { what }));
            }
            factors::begin_totp(scope.conn, key, id, &sealed)?;
            Ok(Ok(settings::load(scope.conn, key)?.name))
        });
        let desk_name = begun.await??;
        Ok(TotpStart {
            uri: secret.uri(&desk_name, &email),
            secret: secret.base32(),
        })
    }

    /// Takes the app's first code; from here on it is asked for at each login.
    ///
    /// # Errors
    /// `totp_wrong`; `not_found` if none was begun; `rate_limited`; else what kept it from being written.
    pub async fn confirm_totp(&self, me: &SignedIn, code: &str) -> Result<TotpConfirmed, AccountError> {
        me.is_person()?;
        let key = self.desk().tenant(&me.tenant)?;
        let id = me.agent.id;
        let stored = self.desk().read(move |conn| factors::load(conn, key, id)).await?;
        let sealed = stored.totp_new.clone().ok_or(Refusal::NotFound)?;
        let secret = self.open_totp(key, id, &sealed)?;
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.shared.throttle.code(me.tenant.as_str(), &me.email)?;
        let step = secret.step_of(&digits, unix_s(), 0).ok_or(Refusal::TotpWrong)?;
        let codes: Result<Vec<Code>, _> = (0..limits::RECOVERY_CODES).map(|_| Code::generate()).collect();
        let codes = codes.map_err(|_| Refusal::Internal)?;
        let digests: Vec<[u8; 32]> = codes.iter().map(|code| code.digest(RECOVERY)).collect();
        let (by, token, setting_up) = (me.by(), me.token, me.only_for == Some(OnlyFor::TotpSetup));
        let fresh = Fresh::login(me.label.clone(), me.peer)?;
        let confirmed = self.desk().write(key, move |scope| {
            if factors::load(scope.conn, key, id)?.totp_new.as_ref() != Some(&sealed) {
                return Ok(Err(Refusal::NotFound));
            }
            factors::confirm_totp(scope.conn, key, id, step, &digests)?;
            let Some(account) = find::by_id(scope.conn, key, id)? else {
                return Ok(Err(Refusal::SignIn));
            };
            scope.audit(&by, "totp.on", account.email.clone(), json!({}))?;
            if !setting_up {
                return Ok(Ok(None));
            }
            // A token never grows: the one that could do only this ends, and a new one takes its place.
            tokens::revoke(scope.conn, key, token.as_bytes(), scope.now)?;
            fresh.save(scope, account, None).map(|login| Ok(Some(login)))
        });
        let login = confirmed.await??;
        if let Some(login) = &login {
            self.room_was_made(key, login);
        }
        Ok(TotpConfirmed {
            login,
            recovery_codes: codes.iter().map(Code::reveal).collect(),
        })
    }

    /// Takes the own second factor away.
    ///
    /// # Errors
    /// `totp_wrong` without a good code; `totp_setup_required` if the tenant asks for a second factor; `not_found` if there is
    /// none.
    pub async fn disable_totp(&self, me: &SignedIn, code: &str) -> Result<(), AccountError> {
        me.is_person()?;
        let key = self.desk().tenant(&me.tenant)?;
        let id = me.agent.id;
        let found = self.desk().read(move |conn| {
            let account = find::by_id(conn, key, id)?;
            Ok((account, factors::load(conn, key, id)?, settings::load(conn, key)?))
        });
        let (account, stored, settings) = found.await?;
        let account = account.ok_or(Refusal::SignIn)?;
        if stored.totp.is_none() {
            return Err(Refusal::NotFound.into());
        }
        if settings.require_totp {
            return Err(Refusal::TotpSetupRequired.into());
        }
        self.shared.throttle.code(me.tenant.as_str(), &me.email)?;
        let second = self.second(key, &account, &stored, Some(code))?;
        let by = me.by();
        let removed = self.desk().write(key, move |scope| {
            if !second.take(scope.conn, key, id)? {
                return Ok(Err(Refusal::TotpWrong));
            }
            factors::remove_totp(scope.conn, key, id)?;
            scope.audit(&by, "totp.off", account.email, json!({})).map(Ok)
        });
        Ok(removed.await??)
    }

    /// Takes another agent's second factor away, who has lost it. Whoever has the password signs in. Its sign-ins stay, unless the
    /// tenant asks for a second factor: then all that they are good for is setting one up.
    ///
    /// # Errors
    /// `not_found` for an unknown account, `no_factor` for one without a second factor.
    pub async fn reset_totp(
        &self,
        by: &SignedIn,
        tenant: &TenantId,
        who: &str,
        once: Option<Once>,
    ) -> Result<(), AccountError> {
        let key = self.desk().tenant(tenant)?;
        let (sender, by, who) = (by.caller.sender(), by.by(), who.to_owned());
        let removed = self.desk().write_once(key, sender, once, move |scope| {
            let Some(account) = find::named(scope.conn, key, &who)? else {
                return Ok(Err(AccountError::Unknown(gated(&who))));
            };
            if !factors::remove_totp(scope.conn, key, account.agent.id)? {
                return Ok(Err(AccountError::NoFactor(account.email)));
            }
            let strict = settings::load(scope.conn, key)?.require_totp;
            scope.audit(&by, "totp.reset", account.email, json!({}))?;
            Ok(Ok(strict.then_some(account.agent.id)))
        });
        if let Some(agent) = removed.await?? {
            self.desk().doors().close(&KeptOut::OneFactor(key, vec![agent]));
        }
        Ok(())
    }

    /// Whether an agent has a second factor, and how many recovery codes are left.
    ///
    /// # Errors
    /// What kept the store from answering.
    pub async fn totp_state(&self, me: &SignedIn) -> Result<Option<u64>, Refusal> {
        let key = self.desk().tenant(&me.tenant)?;
        let id = me.agent.id;
        self.desk()
            .read(move |conn| {
                let on = factors::load(conn, key, id)?.totp.is_some();
                let left = factors::recovery_left(conn, key, id)?;
                Ok(on.then_some(left))
            })
            .await
    }

    fn open_totp(&self, key: TenantKey, id: AgentId, sealed: &[u8]) -> Result<TotpSecret, Refusal> {
        let opened = self.shared.sealing.open(&place(key, id), sealed);
        let secret = opened.map_err(|error| {
            tracing::error!(%error, "a second factor cannot be checked; an admin can reset it");
            Refusal::Internal
        })?;
        TotpSecret::from_bytes(&secret).ok_or(Refusal::Internal)
    }
}

impl SignedIn {
    /// Only a person changes how the person signs in; neither a program nor the operator, who is nobody's account.
    pub(super) fn is_person(&self) -> Result<(), Refusal> {
        match self.kind == TokenKind::Login && !self.operator {
            true => Ok(()),
            false => Err(Refusal::Forbidden),
        }
    }
}

/// Where a secret is sealed for.
fn place(key: TenantKey, agent: AgentId) -> String {
    format!("totp/{}/{agent}", key.0)
}

fn unix_s() -> u64 {
    u64::try_from(clock::now().0 / 1_000_000).unwrap_or(0)
}
