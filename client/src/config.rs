//! What a connection is opened with, and the seams by which tests stand in for the network, chance and the clock.

use std::time::{Duration, SystemTime};
use std::{
    fmt,
    future::Future,
    io,
    marker::PhantomData,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use minicom_protocol::{
    frame::{Agents, Customers, Hello, VERSION},
    ids::{Cursor, TenantId},
    text::CustomerName,
};
use rand::RngExt;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::{Claim, credentials::Secret, limits, party::Party, server_url::ServerUrl, state_dir::StateDir, tls::Trust};

/// What a connection is opened with: [`Config::agent`] or [`Config::customer`], then what differs from the usual.
pub struct Config<A: Party> {
    pub(crate) server: ServerUrl,
    pub(crate) path: String,
    tenant: Option<TenantId>,
    proof: Proof,
    client: String,
    identity: Option<IdentitySource>,
    recognised: Option<TrustSource>,
    link_code: Option<Secret>,
    pub(crate) outbox: Option<PathBuf>,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) timing: Timing,
    pub(crate) dialer: Dialer,
    pub(crate) random: Random,
    pub(crate) wall: WallClock,
    audience: PhantomData<fn() -> A>,
}

enum Proof {
    Token(Secret),
    Renewed(Arc<RenewedToken>),
    Secret(Secret),
}

/// What the site signed, when it is asked for.
type IdentitySource = Arc<dyn Fn() -> Option<Secret> + Send + Sync>;

/// By what the server is recognised now, if that is known better than before.
type TrustSource = Arc<dyn Fn() -> Option<Trust> + Send + Sync>;

/// A token that its maker replaces from time to time.
struct RenewedToken {
    last: Mutex<Secret>,
    source: Box<dyn Fn() -> Option<Secret> + Send + Sync>,
}

impl RenewedToken {
    fn last(&self) -> Secret {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks for a new one. Blocking. Whether there was one.
    fn renew(&self) -> bool {
        let Some(token) = (self.source)() else { return false };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *last != token;
        *last = token;
        is_new
    }
}

/// A number from 0 to the bound, both included.
pub type Random = Arc<dyn Fn(u64) -> u64 + Send + Sync>;
/// This computer's clock: for the age of what waits in the outbox, and for nothing else.
pub(crate) type WallClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl Config<Agents> {
    /// An agent's connection. `client` is the program's name and version, for the server's log.
    pub fn agent(server: ServerUrl, token: Secret, client: impl Into<String>) -> Self {
        let path = ServerUrl::agent_path();
        Self::new(server, path, Proof::Token(token), client.into())
    }

    /// The token is made anew from time to time, as a server's local token is at each of its starts: `source` says the
    /// newest one before each connection (on a thread that may block), or `None` if there is none to be had now. A
    /// token that the server refuses ends the connection only if there is no newer one.
    pub fn renewed_by(mut self, source: impl Fn() -> Option<Secret> + Send + Sync + 'static) -> Self {
        if let Proof::Token(token) = self.proof {
            self.proof = Proof::Renewed(Arc::new(RenewedToken {
                last: Mutex::new(token),
                source: Box::new(source),
            }));
        }
        self
    }
}

impl Config<Customers> {
    /// A customer's connection. `client` is the program's name and version, for the server's log.
    pub fn customer(server: ServerUrl, name: CustomerName, secret: Secret, client: impl Into<String>) -> Self {
        let path = ServerUrl::customer_path(&name);
        Self::new(server, path, Proof::Secret(secret), client.into())
    }
}

impl Config<Customers> {
    /// What the tenant's site signed of the customer, asked for before each connection: a site may put a new one in the place
    /// of one that ends. It must not block for long. `None` is said as none.
    pub fn identity(mut self, source: impl Fn() -> Option<Secret> + Send + Sync + 'static) -> Self {
        self.identity = Some(Arc::new(source));
        self
    }

    /// A one-time code from another device of the customer, with which this one's secret becomes good. It is sent until the
    /// program ends; the server looks at it only while the secret alone is not good.
    pub fn link_code(mut self, code: Secret) -> Self {
        self.link_code = Some(code);
        self
    }
}

impl<A: Party> Config<A> {
    fn new(server: ServerUrl, path: String, proof: Proof, client: String) -> Self {
        Self {
            server,
            path,
            tenant: None,
            proof,
            client,
            identity: None,
            recognised: None,
            link_code: None,
            outbox: None,
            cursor: None,
            timing: Timing::default(),
            dialer: Dialer::tcp(),
            random: Arc::new(|bound| rand::rng().random_range(0..=bound)),
            wall: Arc::new(SystemTime::now),
            audience: PhantomData,
        }
    }

    /// A server may have another certificate by now, of which somebody wrote down who it is: `source` is asked before each
    /// connection (on a thread that may block) by what the server is recognised, or [`None`] if that is as it was. It is never
    /// what the server itself shows.
    pub fn recognised_anew(mut self, source: impl Fn() -> Option<Trust> + Send + Sync + 'static) -> Self {
        self.recognised = Some(Arc::new(source));
        self
    }

    /// Another tenant than `default`.
    pub fn tenant(mut self, tenant: TenantId) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// Goes on from a position of the journal that is known already, instead of starting afresh. The server decides whether it can.
    pub fn resuming_at(mut self, cursor: Option<Cursor>) -> Self {
        self.cursor = cursor;
        self
    }

    /// Keeps the outbox on disk, shared with other programs of the same server, tenant and `identity` (the
    /// customer's name, or the agent's account). Set the tenant before. Without this the outbox is in memory and
    /// ends with the program: for one-shot commands, tests and load.
    pub fn outbox_on_disk(mut self, state: &StateDir, identity: &str) -> Self {
        let tenant = self.tenant.clone().unwrap_or_else(TenantId::default_tenant);
        self.outbox = Some(state.outbox(&self.server, &tenant, identity));
        self
    }

    /// Other times than those of [`crate::limits`].
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Another way to the server than TCP.
    pub fn dialer(mut self, dialer: Dialer) -> Self {
        self.dialer = dialer;
        self
    }

    /// Another source of chance for the back-off.
    pub fn random(mut self, random: impl Fn(u64) -> u64 + Send + Sync + 'static) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Another clock for the age of what waits in the outbox.
    pub fn wall_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.wall = Arc::new(clock);
        self
    }

    /// Looks for a newer token, where there can be one. Whether there was one.
    pub(crate) async fn renew(&self) -> bool {
        let Proof::Renewed(token) = &self.proof else {
            return false;
        };
        let token = token.clone();
        let renewed = tokio::task::spawn_blocking(move || token.renew());
        renewed.await.unwrap_or(false)
    }

    /// Looks by what the server is recognised now.
    pub(crate) async fn renew_trust(&mut self) {
        let Some(source) = self.recognised.clone() else { return };
        let server = self.server.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let trust = source()?;
            (trust != *server.trust()).then(|| server.recognised_by(trust).ok())?
        });
        if let Ok(Some(server)) = asked.await {
            self.server = server;
        }
    }

    pub(crate) fn hello(&self, cursor: Option<Cursor>) -> Hello {
        let (token, secret) = match &self.proof {
            Proof::Token(token) => (Some(token.reveal().to_owned()), None),
            Proof::Renewed(token) => (Some(token.last().reveal().to_owned()), None),
            Proof::Secret(secret) => (None, Some(secret.reveal().to_owned())),
        };
        Hello {
            version: VERSION,
            client: self.client.clone(),
            tenant: self.tenant.clone(),
            cursor,
            token,
            secret,
            identity: self
                .identity
                .as_ref()
                .and_then(|source| source())
                .map(|it| it.reveal().to_owned()),
            link_code: self.link_code.as_ref().map(|code| code.reveal().to_owned()),
        }
    }

    /// How a customer's name is claimed.
    pub(crate) fn claim(&self) -> Claim {
        Claim {
            link_code: self.link_code.is_some(),
            tenant: self.tenant.clone().filter(|it| *it != TenantId::default_tenant()),
        }
    }
}

/// Tokens and secrets are never printed.
impl<A: Party> fmt::Debug for Config<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("server", &self.server)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// The times of a connection. The defaults are those of [`crate::limits`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// See [`limits::DIAL_TIMEOUT`].
    pub dial: Duration,
    /// See [`limits::SILENCE_MAX`].
    pub silence: Duration,
    /// See [`limits::BACKOFF_FIRST`].
    pub backoff_first: Duration,
    /// See [`limits::BACKOFF_CAP`].
    pub backoff_cap: Duration,
    /// See [`limits::STABLE_AFTER`].
    pub stable: Duration,
    /// See [`limits::OFFLINE_AFTER`].
    pub offline: Duration,
    /// See [`limits::SHUTDOWN_MAX`].
    pub shutdown: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            dial: limits::DIAL_TIMEOUT,
            silence: limits::SILENCE_MAX,
            backoff_first: limits::BACKOFF_FIRST,
            backoff_cap: limits::BACKOFF_CAP,
            stable: limits::STABLE_AFTER,
            offline: limits::OFFLINE_AFTER,
            shutdown: limits::SHUTDOWN_MAX,
        }
    }
}

/// What bytes travel on.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A way to a server that is being made.
pub type DialFuture = Pin<Box<dyn Future<Output = io::Result<Box<dyn Io>>> + Send>>;

type Dial = dyn Fn(String, u16) -> DialFuture + Send + Sync;

/// Makes a way to a server, given host and port.
#[derive(Clone)]
pub struct Dialer(Arc<Dial>);

impl Dialer {
    /// Plain TCP, without delay for small frames.
    pub fn tcp() -> Self {
        Self::new(|host, port| {
            Box::pin(async move {
                let stream = TcpStream::connect((host.as_str(), port)).await?;
                stream.set_nodelay(true)?;
                Ok(Box::new(stream) as Box<dyn Io>)
            })
        })
    }

    /// Another way, such as a pipe in memory.
    pub fn new(dial: impl Fn(String, u16) -> DialFuture + Send + Sync + 'static) -> Self {
        Self(Arc::new(dial))
    }

    pub(crate) fn dial(&self, server: &ServerUrl) -> DialFuture {
        (self.0)(server.host().to_owned(), server.port())
    }
}
