//! Agents' accounts: who may sign in, by what, and who manages them. It owns the rules (one answer for every failed
//! login, the last admin stays, a new password ends all sign-ins) and refuses to know HTTP, sockets and terminals: the
//! server and its command line use the same functions.

mod anonymous;
mod change;
mod customers;
mod devices;
mod email;
mod find;
mod first;
mod fresh;
mod identity;
mod local;
mod login;
mod manage;
mod own_password;
mod second;
mod signed_in;
mod tenants;
mod throttle;
mod tokens;

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minicom_protocol::{
    ids::{AgentId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
};
use uuid::Uuid;

use crate::{
    auth::{
        password::{PasswordError, Passwords, WeakPassword},
        scope::OnlyFor,
        seal::SealingKey,
        token::{Token, TokenDigest},
    },
    desk::Desk,
    limits,
    store::TenantKey,
};

pub use change::Change;
pub use customers::{CustomerProof, KnownCustomer};
pub use devices::device_id;
pub use email::BadEmail;
pub use first::FIRST_ADMIN;
pub use identity::MadeKey;
pub use local::{LOCAL_TOKEN, LocalTokenFailed};
pub use manage::{Account, NewAgent};
pub use second::{TotpConfirmed, TotpStart};
pub use signed_in::SignedIn;
pub use tenants::{NewTenant, TenantChange, TenantError};
pub use tokens::{NewMachineToken, TokenRow};

pub use throttle::network;

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
    /// Tokens of which it is being written that they are used. Std mutex, as above.
    touching: Mutex<HashSet<[u8; 32]>>,
    sealing: Arc<SealingKey>,
    signed_out: OnSignedOut,
    /// Held while a tenant comes or goes, so that what runs is what was written last.
    tenants: tokio::sync::Mutex<()>,
}

/// Sign-ins that have ended. An agent alone says too little: a desk that was imported has the same agents as the one that it was
/// exported from.
#[derive(Clone, Copy, Debug)]
pub enum EndedSignIn {
    /// All that a tenant's agent had.
    Agent(TenantKey, AgentId),
    /// One of them.
    Token(TenantKey, AgentId, TokenDigest),
    /// The local token that was, which is good in every tenant.
    Local(TokenDigest),
}

/// Called after sign-ins have ended. Live connections are closed by it.
pub type OnSignedOut = Arc<dyn Fn(EndedSignIn) + Send + Sync>;

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

/// A login that succeeded.
#[derive(Debug)]
pub struct Login {
    /// The token, for this one answer.
    pub token: Token,
    /// By which it is listed and revoked.
    pub id: Uuid,
    /// What it is listed as.
    pub label: String,
    /// When it ends.
    pub expires_at: Time,
    /// What alone it is good for, if it is not good for all.
    pub only_for: Option<OnlyFor>,
    /// What the device shows at its next login to be known.
    pub device: Option<String>,
    /// Whose it is.
    pub agent: AgentRef,
    /// The account's address.
    pub email: String,
    /// What the agent may do.
    pub role: Role,
    /// The token that had to end, so that the agent has no more than a bounded number.
    made_room: Option<TokenDigest>,
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
    /// There is nothing to take away.
    #[error("{0} has no second factor")]
    NoFactor(String),
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
            AccountError::NoFactor(_) => "no_factor",
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
        PasswordError::Busy => Refusal::Busy {
            retry_after_ms: limits::PASSWORD_BUSY_RETRY_MS,
        },
        PasswordError::Failed => Refusal::Internal,
    }
}

impl Accounts {
    /// The accounts behind a desk, with the usual rates and nobody to tell of ended sign-ins.
    pub fn new(desk: Desk, sealing: Arc<SealingKey>) -> Accounts {
        Accounts::with(desk, NewCustomerRates::default(), sealing, Arc::new(|_| {}))
    }

    /// The accounts behind a desk. `sealing` is the key of the data folder.
    pub fn with(desk: Desk, rates: NewCustomerRates, sealing: Arc<SealingKey>, signed_out: OnSignedOut) -> Accounts {
        Accounts {
            shared: Arc::new(Shared {
                passwords: Passwords::new(desk.faults()),
                desk,
                throttle: Throttle::new(rates),
                local: Mutex::default(),
                touching: Mutex::default(),
                sealing,
                signed_out,
                tenants: tokio::sync::Mutex::default(),
            }),
        }
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
