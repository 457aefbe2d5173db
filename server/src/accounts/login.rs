//! Signing in with a password, and with a second factor where there is one. Unknown, wrong and disabled get one answer after
//! one time; what comes after the right password is told apart, as only who has it comes so far.

use std::net::IpAddr;

use minicom_protocol::{gate::Shown, ids::TenantId, refusal::Refusal, rest::LoginRequest};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::{Accounts, Login, email, fresh::Fresh, refusal_of, second::Second, throttle};
use crate::{
    auth::{code::Code, scope::OnlyFor, secret::hex},
    clock, limits,
    store::{
        TenantKey,
        audit::{Actor, By},
        factors::{self, Factors},
        people::{self, Agent},
        settings,
    },
};

/// What a code for a new password is good for, in its digest.
pub(super) const RESET: &str = "minicom new password";
/// Before the proof of a device that has signed in before.
const DEVICE: &str = "mcd_";

/// What is stored of who wants to sign in.
struct Found {
    key: TenantKey,
    agent: Agent,
    factors: Factors,
    known_address: bool,
}

/// Who was found to be right, but for the last look in the transaction.
struct Right {
    found: Found,
    second: Second,
    by_code: bool,
    label: String,
}

impl Accounts {
    /// Signs an agent in by e-mail address, password and, where there is one, a second factor, and makes a token. With an
    /// admin's one-time code in place of the password the token is only good for setting a new one; without a second factor
    /// that the tenant asks for it is only good for setting that up.
    ///
    /// # Errors
    /// `sign_in` alike for an unknown account, a wrong password and a disabled agent, after the same time; `totp_required`
    /// and `totp_wrong` after the right password; `rate_limited` after [`limits::LOGIN_BURST_PER_ADDRESS`] tries;
    /// `bad_field` for what can be no address or password; else what kept it from being checked or written.
    pub async fn login(&self, request: LoginRequest, peer: IpAddr) -> Result<Login, Refusal> {
        check_form(&request)?;
        // What is no address is looked up all the same: it finds nobody, as slowly as anything else that finds nobody.
        let email = email::normal(&request.email).unwrap_or_else(|_| request.email.to_lowercase());
        // Before anything is counted: who is told to come again later is no suspect for doing so.
        let admitted = self.shared.passwords.admit().map_err(refusal_of)?;
        self.shared.throttle.login(&email, peer)?;
        let default = TenantId::default_tenant();
        let tenant_name = request.tenant.as_deref().unwrap_or(default.as_str());
        let tenant = TenantId::parse(tenant_name).ok();
        let key = tenant.and_then(|tenant| self.desk().tenant(&tenant).ok());
        let found = match key {
            Some(key) => self.find_login(key, email.clone(), peer).await?,
            None => None,
        };
        let shown = request.device.as_deref().unwrap_or_default();
        let known_device = found.as_ref().is_some_and(|found| self.is_known_device(found, shown));
        let known_address = found.as_ref().is_some_and(|found| found.known_address);
        if !known_device && !known_address {
            self.shared.throttle.stranger(tenant_name, &email)?;
        }
        let found = found.filter(|found| found.agent.enabled);
        let by_code = found
            .as_ref()
            .is_some_and(|found| is_reset(&found.factors, &request.password));
        let stored = found.as_ref().and_then(|found| found.agent.password_hash.clone());
        let verified = admitted.verify(stored, request.password).await;
        let (true, Some(found)) = (verified.map_err(refusal_of)? || by_code, found) else {
            self.note_failed(key, email, peer, "password");
            return Err(Refusal::SignIn);
        };
        if request.totp.is_some() && !known_device {
            self.shared.throttle.code(tenant_name, &email)?;
        }
        let second = self.second(found.key, &found.agent, &found.factors, request.totp.as_deref());
        if second == Err(Refusal::TotpWrong) {
            self.note_failed(key, email, peer, "second factor");
        }
        let right = Right {
            found,
            second: second?,
            by_code,
            label: label(request.label.as_deref()),
        };
        self.admit(right, peer).await
    }

    async fn find_login(&self, key: TenantKey, email: String, peer: IpAddr) -> Result<Option<Found>, Refusal> {
        let network = throttle::network(peer).to_string();
        self.desk()
            .read(move |conn| {
                let Some(agent) = people::agent_by_email(conn, key, &email)? else {
                    return Ok(None);
                };
                let id = agent.agent.id;
                Ok(Some(Found {
                    key,
                    factors: factors::load(conn, key, id)?,
                    known_address: factors::is_known_address(conn, key, id, &network)?,
                    agent,
                }))
            })
            .await
    }

    /// The last look, and the token.
    async fn admit(&self, right: Right, peer: IpAddr) -> Result<Login, Refusal> {
        let Right {
            found,
            second,
            by_code,
            label,
        } = right;
        let key = found.key;
        let device = self.device(key, &found.agent);
        let fresh = Fresh::login(label, peer)?;
        let admitted = self.desk().write(key, move |scope| {
            // The account may have been disabled, or its password changed, while the old one was checked.
            let now = people::agent_by_email(scope.conn, key, &found.agent.email)?
                .filter(|now| now.enabled && now.password_hash == found.agent.password_hash);
            let Some(account) = now else {
                return Ok(Err(Refusal::SignIn));
            };
            let id = account.agent.id;
            let factors = factors::load(scope.conn, key, id)?;
            if by_code && factors.reset != found.factors.reset || factors.totp != found.factors.totp {
                return Ok(Err(Refusal::SignIn));
            }
            if !second.take(scope.conn, key, id)? {
                return Ok(Err(Refusal::TotpWrong));
            }
            if by_code {
                factors::set_reset(scope.conn, key, id, None)?;
            }
            let network = throttle::network(peer).to_string();
            let most = limits::KNOWN_ADDRESSES_MAX;
            factors::know_address(scope.conn, key, id, &network, scope.now, most)?;
            let only_for = match by_code {
                true => Some(OnlyFor::NewPassword),
                false => first_step(scope.conn, key, &factors)?,
            };
            let login = fresh.save(scope, account, only_for)?;
            let detail =
                json!({ "token": login.id, "label": login.label, "by_code": by_code, "second": second.name() });
            let by = By::at(Actor::agent(login.agent.clone()), peer);
            scope.audit(&by, "login.succeeded", login.email.clone(), detail)?;
            Ok(Ok(login))
        });
        let mut login = admitted.await??;
        self.room_was_made(key, &login);
        login.device = Some(device);
        Ok(login)
    }

    /// What a device shows at its next login to be known: good for one account, and for nothing but that other people's tries
    /// do not keep it out.
    fn device(&self, key: TenantKey, agent: &Agent) -> String {
        let id = agent.agent.id;
        let proof = self
            .shared
            .sealing
            .derive(&[b"device", &key.0.to_be_bytes(), id.as_bytes()]);
        format!("{DEVICE}{}", hex(&proof))
    }

    fn is_known_device(&self, found: &Found, shown: &str) -> bool {
        let right = self.device(found.key, &found.agent);
        right.as_bytes().ct_eq(shown.as_bytes()).into()
    }

    /// Writes a failed login into the audit log, beside the answer, which must not tell by its time what was written.
    fn note_failed(&self, key: Option<TenantKey>, email: String, peer: IpAddr, what: &'static str) {
        let Some(key) = key.filter(|key| self.shared.throttle.audits(*key)) else {
            return;
        };
        let desk = self.desk().clone();
        let object = Shown::line(&email).cut(80).as_str().to_owned();
        tokio::spawn(async move {
            let by = By::at(Actor::Nobody, peer);
            let written = desk.write(key, move |scope| {
                scope.audit(&by, "login.failed", object, json!({ "wrong": what }))
            });
            if let Err(refusal) = written.await {
                tracing::warn!(
                    code = refusal.code(),
                    "a failed login could not be written into the audit log"
                );
            }
        });
    }
}

/// What has to be done first by who signed in with a password.
pub(super) fn first_step(
    conn: &rusqlite::Connection,
    key: TenantKey,
    factors: &Factors,
) -> crate::store::Result<Option<OnlyFor>> {
    let missing = factors.totp.is_none() && settings::load(conn, key)?.require_totp;
    Ok(missing.then_some(OnlyFor::TotpSetup))
}

/// Whether this is the admin's code, still good.
fn is_reset(factors: &Factors, typed: &str) -> bool {
    let Some((digest, ends)) = &factors.reset else {
        return false;
    };
    let code = Code::parse(typed).filter(|_| *ends > clock::now());
    code.is_some_and(|code| code.digest(RESET).ct_eq(digest).into())
}

/// What a device calls itself, fit for a list.
fn label(given: Option<&str>) -> String {
    let shown = Shown::line(given.unwrap_or_default().trim()).cut(limits::TOKEN_LABEL_CHARS_MAX);
    match shown.as_str() {
        "" => "login".to_owned(),
        label => label.to_owned(),
    }
}

fn check_form(request: &LoginRequest) -> Result<(), Refusal> {
    let bad = |why: &str| Err(Refusal::BadField { why: why.to_owned() });
    if request.email.trim().is_empty() {
        return bad("`email` is empty");
    }
    if request.email.contains(char::is_control) {
        return bad("`email` has a control character in it");
    }
    if request.password.is_empty() {
        return bad("`password` is empty");
    }
    Ok(())
}
