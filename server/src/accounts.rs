//! Agents' accounts: who may sign in, by what, and who manages them. It owns the rules (one answer for every failed
//! login, the last admin stays, a new password ends all sign-ins) and refuses to know HTTP, sockets and terminals: the
//! server and its command line use the same functions.

mod anonymous;
mod customers;
mod email;
mod first;
mod local;
mod login;
mod manage;
mod tenants;
mod throttle;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minicom_protocol::{
    ids::{AgentId, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
};

use crate::{
    auth::{
        password::{PasswordError, Passwords, WeakPassword},
        scope::Scope,
        seal::SealingKey,
        token::{Token, TokenDigest},
    },
    clock,
    desk::Desk,
    limits,
    order::{Caller, Who},
    store::{
        audit::{Actor, By},
        people::{self, Agent},
    },
};

pub use email::BadEmail;
pub use first::FIRST_ADMIN;
pub use local::{LOCAL_TOKEN, LocalTokenFailed};
pub use manage::{Change, NewAgent};
pub use tenants::{NewTenant, TenantChange, TenantError};

use throttle::Throttle;

/// The accounts of a server. Cheap to clone. It holds the desk, so the writer stops only when it is gone too.
#[derive(Clone)]
pub struct Accounts {
    shared: Arc<Shared>,
}

struct Shared {
    desk: Desk,
    passwords: Passwords,
    throttle: Throttle,
    /// The file of the local token, once there is one. Std mutex: nothing awaits while it is held.
    local: Mutex<Option<local::LocalToken>>,
    sealing: Arc<SealingKey>,
    signed_out: OnSignedOut,
    /// Held while a tenant comes or goes, so that what runs is what was written last.
    tenants: tokio::sync::Mutex<()>,
}

/// Called after an agent's sign-ins have ended, with the one token that ended, or `None` for all of them. Live
/// connections are closed by it.
pub type OnSignedOut = Arc<dyn Fn(AgentId, Option<TokenDigest>) + Send + Sync>;

/// How many new customers one address may make in a minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewCustomerRates {
    /// From an address of the network.
    pub per_address_per_min: u32,
    /// From a loopback address.
    pub per_loopback_address_per_min: u32,
}

impl Default for NewCustomerRates {
    fn default() -> Self {
        let of = |bound: limits::Adjustable| u32::try_from(bound.default).unwrap_or(u32::MAX);
        Self {
            per_address_per_min: of(limits::NEW_CUSTOMERS_PER_ADDRESS_PER_MIN),
            per_loopback_address_per_min: of(limits::NEW_CUSTOMERS_PER_LOOPBACK_ADDRESS_PER_MIN),
        }
    }
}

/// An agent who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For the desk.
    pub caller: Caller,
    /// Id and name.
    pub agent: AgentRef,
    /// What the agent may do.
    pub role: Role,
    /// The account's address.
    pub email: String,
    /// Which tenant.
    pub tenant: TenantId,
    /// By which token, for signing out.
    pub token: TokenDigest,
    /// What the token may do, at most; the role bounds it further.
    pub scope: Scope,
    /// Whether it was the local token: whoever can read the data folder manages this server and all its tenants.
    pub operator: bool,
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
            Actor::Operator
        } else {
            Actor::agent(self.agent.clone())
        }
    }
}

/// A login that succeeded.
#[derive(Debug)]
pub struct Login {
    /// The token, for this one answer.
    pub token: Token,
    /// When it ends.
    pub expires_at: Time,
    /// Whose it is.
    pub agent: AgentRef,
    /// The account's address.
    pub email: String,
    /// What the agent may do.
    pub role: Role,
}

/// Why an account was not made or changed. The words are for an admin.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no such account.
    #[error("there is no account with the address {0}")]
    Unknown(String),
    /// The address is taken.
    #[error("there is an account with the address {0} already")]
    Exists(String),
    /// The address cannot be one.
    #[error(transparent)]
    BadEmail(#[from] BadEmail),
    /// The password is not taken.
    #[error("the password is {0}")]
    Weak(#[from] WeakPassword),
    /// Nobody could manage the desk any more.
    #[error("{0} is the last admin who may sign in: make another admin first")]
    LastAdmin(String),
    /// The desk did not do it.
    #[error("{}", .0.message())]
    Refused(Refusal),
    /// The account is changed, but the file with the local token could not be written.
    #[error("it is done, but {0}")]
    Local(String),
}

impl AccountError {
    /// The code, for programs: the same over HTTP and on the command line.
    pub fn code(&self) -> String {
        let code = match self {
            AccountError::Unknown(_) => "not_found",
            AccountError::Exists(_) => "exists",
            AccountError::BadEmail(_) => "bad_email",
            AccountError::Weak(_) => "weak_password",
            AccountError::LastAdmin(_) => "last_admin",
            AccountError::Local(_) => "local_token",
            AccountError::Refused(refusal) => return refusal.code(),
        };
        code.to_owned()
    }
}

impl From<Refusal> for AccountError {
    fn from(refusal: Refusal) -> Self {
        AccountError::Refused(refusal)
    }
}

impl From<PasswordError> for AccountError {
    fn from(error: PasswordError) -> Self {
        AccountError::Refused(refusal_of(error))
    }
}

/// A flood of logins is told to wait; a machine without memory or randomness is a failure of ours.
fn refusal_of(error: PasswordError) -> Refusal {
    match error {
        PasswordError::Busy => Refusal::Busy { retry_after_ms: 1_000 },
        PasswordError::Failed => Refusal::Internal,
    }
}

impl Accounts {
    /// The accounts behind a desk, with the usual rates and nobody to tell of ended sign-ins.
    pub fn new(desk: Desk, sealing: Arc<SealingKey>) -> Accounts {
        Accounts::with(desk, NewCustomerRates::default(), sealing, Arc::new(|_, _| {}))
    }

    /// The accounts behind a desk. `sealing` is the key of the data folder.
    pub fn with(desk: Desk, rates: NewCustomerRates, sealing: Arc<SealingKey>, signed_out: OnSignedOut) -> Accounts {
        Accounts {
            shared: Arc::new(Shared {
                desk,
                passwords: Passwords::new(),
                throttle: Throttle::new(rates),
                local: Mutex::default(),
                sealing,
                signed_out,
                tenants: tokio::sync::Mutex::default(),
            }),
        }
    }

    /// Signs an agent in by a token. `peer` is where the connection comes from; a local token is good from loopback only.
    ///
    /// # Errors
    /// `sign_in` alike for a token that is malformed, unknown, expired, revoked, of a disabled agent, of another tenant,
    /// or local and not from loopback; else what kept the store from answering.
    pub async fn sign_in(&self, tenant: &TenantId, token: &str, peer: IpAddr) -> Result<SignedIn, Refusal> {
        let digest = Token::parse(token).ok_or(Refusal::SignIn)?.digest();
        let key = self.desk().tenant(tenant).map_err(|_| Refusal::SignIn)?;
        let operator = self.is_local(&digest);
        let account = if operator {
            if !is_loopback(peer) {
                return Err(Refusal::SignIn);
            }
            self.oldest_admin(key).await?
        } else {
            let bytes = *digest.as_bytes();
            self.desk()
                .read(move |conn| people::agent_by_token(conn, key, &bytes, clock::now()))
                .await?
        };
        let account = account.ok_or(Refusal::SignIn)?;
        let Agent { agent, email, role, .. } = account;
        let who = Who::Agent {
            agent: agent.clone(),
            role,
        };
        let mut signed_in = SignedIn {
            caller: Caller::new(tenant.clone(), who),
            agent,
            role,
            email,
            tenant: tenant.clone(),
            token: digest,
            scope: Scope::Admin,
            operator,
            peer,
        };
        signed_in.caller.by = Some(signed_in.by());
        Ok(signed_in)
    }

    /// Ends the sign-in of this token, on every connection that uses it.
    ///
    /// # Errors
    /// What kept it from being written.
    pub async fn logout(&self, signed_in: &SignedIn) -> Result<(), Refusal> {
        let key = self.desk().tenant(&signed_in.tenant)?;
        let digest = signed_in.token;
        if signed_in.operator {
            // Who signs out with the local token means this program, not the computer: the next one finds a fresh token.
            if let Err(failed) = self.renew_local().await {
                tracing::warn!(error = %failed, "the local token could not be renewed");
            }
        } else {
            self.desk()
                .write(key, move |scope| {
                    people::revoke_token(scope.conn, key, digest.as_bytes(), scope.now)
                })
                .await?;
        }
        (self.shared.signed_out)(signed_in.agent.id, Some(digest));
        Ok(())
    }

    fn desk(&self) -> &Desk {
        &self.shared.desk
    }

    fn local(&self) -> MutexGuard<'_, Option<local::LocalToken>> {
        self.shared.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a connection comes from this computer. An IPv4 address inside an IPv6 one is that IPv4 address.
pub fn is_loopback(peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback()
}
