//! Who is signed in by a token, and signing out. A token's use is written down every few minutes, beside the answer.

use std::{net::IpAddr, sync::PoisonError, time::Duration};

use minicom_protocol::{
    ids::{TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
};
use tokio::time::Instant;
use uuid::Uuid;

use super::{Accounts, is_loopback};
use crate::{
    auth::{
        scope::{OnlyFor, Scope, TokenKind},
        token::{Token, TokenDigest},
    },
    clock, limits,
    order::{Caller, Who},
    store::{
        TenantKey,
        audit::{Actor, By},
        people::Agent,
        tokens,
    },
};

/// Further ahead no clock is set. What lasts so long may end.
const TOKEN_LOOK_MAX: Duration = Duration::from_secs(limits::MACHINE_TOKEN_DAYS_MAX as u64 * 24 * 60 * 60);

/// An agent who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the desk.
    pub caller: Caller,
    /// Id and name.
    pub agent: AgentRef,
    /// What the agent may do by this token: a token for less than managing makes an admin an agent.
    pub role: Role,
    /// The account's address.
    pub email: String,
    /// Which tenant.
    pub tenant: TenantId,
    /// By which token, for signing out.
    pub token: TokenDigest,
    /// By which the token is listed and revoked; all zeros for the local token.
    pub token_id: Uuid,
    /// What the token is listed as.
    pub label: String,
    /// A person's token or a program's.
    pub kind: TokenKind,
    /// What the token may do, at most; the role bounds it further.
    pub scope: Scope,
    /// What alone the token is good for; `None` where it is good for all.
    pub only_for: Option<OnlyFor>,
    /// Whether it was the local token: whoever can read the data folder manages this server and all its tenants.
    pub operator: bool,
    /// When the token ends by itself; `None` for the local token.
    pub expires_at: Option<Time>,
    /// Where the connection comes from.
    pub peer: IpAddr,
}

impl SignedIn {
    /// Who it is and from where, for the audit log.
    pub fn by(&self) -> By {
        By::at(self.actor(), self.peer)
    }

    /// Who it is, for the audit log.
    pub fn actor(&self) -> Actor {
        if self.operator {
            return Actor::Operator;
        }
        Actor::Agent {
            agent: self.agent.clone(),
            token: (self.kind == TokenKind::Machine).then(|| self.token_id.to_string()),
        }
    }

    /// When the token ends by itself, on this program's own clock: what is under way then ends as if it had been revoked.
    pub fn ends_at(&self) -> Option<Instant> {
        self.expires_at.map(|at| {
            let left = at.since(clock::now()).max(0).cast_unsigned();
            Instant::now() + Duration::from_micros(left).min(TOKEN_LOOK_MAX)
        })
    }

    /// What is new about the agent: the name, or what the agent may do.
    pub fn changed(&mut self, agent: AgentRef, role: Role) {
        let role = within(self.scope, role);
        self.agent = agent.clone();
        self.role = role;
        self.caller.who = Who::Agent { agent, role };
    }
}

/// What a role may do by a token of this scope.
fn within(scope: Scope, role: Role) -> Role {
    match scope {
        Scope::Admin => role,
        Scope::Read | Scope::Write => Role::Agent,
    }
}

impl Accounts {
    /// Signs an agent in by a token. `peer` is where the connection comes from; a local token is good from loopback only.
    ///
    /// # Errors
    /// `sign_in` alike for a token that is malformed, unknown, expired, revoked, of a disabled agent, of another tenant,
    /// or local and not from loopback; `new_password_required` and `totp_setup_required` for one that is only good for that;
    /// else what kept the store from answering.
    pub async fn sign_in(&self, tenant: &TenantId, token: &str, peer: IpAddr) -> Result<SignedIn, Refusal> {
        let signed_in = self.sign_in_for_any(tenant, token, peer).await?;
        match signed_in.only_for {
            None => Ok(signed_in),
            Some(only_for) => Err(only_for.refusal()),
        }
    }

    /// The same, also by a token that is not good for all: whoever calls this looks at [`SignedIn::only_for`].
    ///
    /// # Errors
    /// See [`Accounts::sign_in`].
    pub async fn sign_in_for_any(&self, tenant: &TenantId, token: &str, peer: IpAddr) -> Result<SignedIn, Refusal> {
        let digest = Token::parse(token).ok_or(Refusal::SignIn)?.digest();
        let key = self.desk().tenant(tenant).map_err(|_| Refusal::SignIn)?;
        let mut signed_in = if self.is_local(&digest) {
            if !is_loopback(peer) {
                return Err(Refusal::SignIn);
            }
            let admin = self.oldest_admin(key).await?.ok_or(Refusal::SignIn)?;
            let mut signed_in = signed_in(tenant, admin, digest, peer);
            signed_in.operator = true;
            signed_in
        } else {
            let (bytes, now) = (*digest.as_bytes(), clock::now());
            let found = self.desk().read(move |conn| tokens::good(conn, key, &bytes, now));
            let (account, token) = found.await?.ok_or(Refusal::SignIn)?;
            let written_every = i64::try_from(limits::TOKEN_USE_WRITE_EVERY.as_micros()).unwrap_or(i64::MAX);
            if now.since(token.last_used_at) > written_every {
                self.touch(key, digest, peer);
            }
            SignedIn {
                token_id: token.id,
                label: token.label,
                kind: token.kind,
                scope: token.scope,
                only_for: token.only_for,
                expires_at: Some(token.expires_at),
                ..signed_in(tenant, account, digest, peer)
            }
        };
        let (agent, role) = (signed_in.agent.clone(), signed_in.role);
        signed_in.changed(agent, role);
        signed_in.caller.by = Some(signed_in.by());
        Ok(signed_in)
    }

    /// Writes down that a token is used, beside whatever is going on. A connection that stays open calls it every
    /// [`limits::TOKEN_USE_WRITE_EVERY`].
    pub fn used(&self, signed_in: &SignedIn) {
        if let (false, Ok(key)) = (signed_in.operator, self.desk().tenant(&signed_in.tenant)) {
            self.touch(key, signed_in.token, signed_in.peer);
        }
    }

    fn touch(&self, key: TenantKey, digest: TokenDigest, peer: IpAddr) {
        let bytes = *digest.as_bytes();
        // Many requests at once are one use.
        if !self.touching().insert(bytes) {
            return;
        }
        let accounts = self.clone();
        tokio::spawn(async move {
            let address = peer.to_canonical().to_string();
            let written = accounts.desk().write(key, move |scope| {
                tokens::touch(scope.conn, key, &bytes, scope.now, Some(&address))
            });
            if let Err(refusal) = written.await {
                tracing::debug!(code = refusal.code(), "the use of a token could not be written");
            }
            accounts.touching().remove(&bytes);
        });
    }

    fn touching(&self) -> std::sync::MutexGuard<'_, std::collections::HashSet<[u8; 32]>> {
        self.shared.touching.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the sign-in of this token, on every connection that uses it.
    ///
    /// # Errors
    /// What kept it from being written.
    pub async fn logout(&self, signed_in: &SignedIn) -> Result<(), Refusal> {
        if signed_in.operator {
            // Who signs out with the local token means this program, not the computer: the next one finds a fresh token.
            if let Err(failed) = self.renew_local().await {
                tracing::warn!(error = %failed, "the local token could not be renewed");
            }
        } else {
            let key = self.desk().tenant(&signed_in.tenant)?;
            let digest = signed_in.token;
            let (by, email, id) = (signed_in.by(), signed_in.email.clone(), signed_in.token_id);
            let revoked = self.desk().write(key, move |scope| {
                let revoked = tokens::revoke(scope.conn, key, digest.as_bytes(), scope.now)?;
                if !revoked.is_empty() {
                    scope.audit(&by, "login.ended", email, serde_json::json!({ "token": id }))?;
                }
                Ok(revoked)
            });
            self.have_ended(key, &revoked.await?);
        }
        Ok(())
    }
}

/// By a token that is good for all.
fn signed_in(tenant: &TenantId, account: Agent, token: TokenDigest, peer: IpAddr) -> SignedIn {
    let Agent { agent, email, role, .. } = account;
    let who = Who::Agent {
        agent: agent.clone(),
        role,
    };
    SignedIn {
        caller: Caller::new(tenant.clone(), who),
        agent,
        role,
        email,
        tenant: tenant.clone(),
        token,
        token_id: Uuid::nil(),
        label: String::new(),
        kind: TokenKind::Login,
        scope: Scope::Admin,
        only_for: None,
        operator: false,
        expires_at: None,
        peer,
    }
}
