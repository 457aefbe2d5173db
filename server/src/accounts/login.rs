//! Signing in with a password. Unknown, wrong and disabled get one answer after one time.

use std::net::IpAddr;

use minicom_protocol::{ids::TenantId, refusal::Refusal, rest::LoginRequest};

use super::{Accounts, Login, email, refusal_of};
use crate::{
    auth::token::{Token, TokenDigest},
    clock, limits,
    store::{
        TenantKey,
        people::{self, Agent, NewToken},
    },
};

impl Accounts {
    /// Signs an agent in by e-mail address and password, and makes a token of [`limits::TOKEN_LIFE`].
    ///
    /// # Errors
    /// `sign_in` alike for an unknown account, a wrong password and a disabled agent, after the same time; `rate_limited`
    /// after [`limits::LOGIN_BURST_PER_ADDRESS`] tries; `bad_field` for what can be no address or password; else what kept
    /// it from being checked or written.
    pub async fn login(&self, request: LoginRequest, peer: IpAddr) -> Result<Login, Refusal> {
        check_form(&request)?;
        // What is no address is looked up all the same: it finds nobody, as slowly as anything else that finds nobody.
        let email = email::normal(&request.email).unwrap_or_else(|_| request.email.to_lowercase());
        self.shared.throttle.login(&email, peer)?;
        let tenant = match &request.tenant {
            Some(tenant) => TenantId::parse(tenant).ok(),
            None => Some(TenantId::default_tenant()),
        };
        let key = tenant.and_then(|tenant| self.desk().tenant(&tenant).ok());
        let account = match key {
            Some(key) => self.account(key, email).await?.map(|account| (key, account)),
            None => None,
        };
        let account = account.filter(|(_, account)| account.enabled);
        let stored = account.as_ref().and_then(|(_, account)| account.password_hash.clone());
        let right = self.shared.passwords.verify(stored, request.password).await;
        match (right.map_err(refusal_of)?, account) {
            (true, Some((key, account))) => self.make_token(key, account).await,
            _ => Err(Refusal::SignIn),
        }
    }

    async fn account(&self, key: TenantKey, email: String) -> Result<Option<Agent>, Refusal> {
        self.desk()
            .read(move |conn| people::agent_by_email(conn, key, &email))
            .await
    }

    async fn make_token(&self, key: TenantKey, checked: Agent) -> Result<Login, Refusal> {
        let token = Token::generate().map_err(|_| Refusal::Internal)?;
        let expires_at = clock::now().plus_ms(i64::try_from(limits::TOKEN_LIFE.as_millis()).unwrap_or(i64::MAX));
        let digest: TokenDigest = token.digest();
        let account = self
            .desk()
            .write(key, move |scope| {
                // The account may have been disabled, or its password changed, while the old one was checked.
                let unchanged = people::agent_by_email(scope.conn, key, &checked.email)?
                    .filter(|now| now.enabled && now.password_hash == checked.password_hash);
                if let Some(account) = &unchanged {
                    people::forget_ended_tokens(scope.conn, key, account.agent.id, scope.now)?;
                    let new = NewToken {
                        digest: *digest.as_bytes(),
                        agent: account.agent.id,
                        label: "login",
                        created_at: scope.now,
                        expires_at,
                    };
                    people::save_token(scope.conn, key, &new)?;
                }
                Ok(unchanged)
            })
            .await?
            .ok_or(Refusal::SignIn)?;
        Ok(Login {
            token,
            expires_at,
            agent: account.agent,
            email: account.email,
            role: account.role,
        })
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
