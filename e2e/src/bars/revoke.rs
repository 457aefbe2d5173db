//! Revocation bites: whichever way a sign-in ends, its sockets are closed within a second, the next call by it is refused, and
//! a restart (by `kill -9`, right after the answer) does not bring it back.

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use minicom_client::{Secret, ServerUrl};
use minicom_protocol::{
    close::CloseCode,
    frame::{Agents, Hello, VERSION},
};
use minicom_server::{faults::Faults, limits::REVOCATION_WITHIN};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    desk_setup::{PASSWORD, Setup},
    load::socket::Socket,
    server::ServerProcess,
};

/// So much later than the answer, a socket that is still open stays open.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ways in which a sign-in ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The token is revoked by its id.
    Revoked,
    /// It signs itself out.
    SignedOut,
    /// The account is disabled.
    Disabled,
    /// The account gets another password.
    NewPassword,
    /// The account is deleted.
    Deleted,
}

const WAYS: [Way; 5] = [
    Way::Revoked,
    Way::SignedOut,
    Way::Disabled,
    Way::NewPassword,
    Way::Deleted,
];

/// What was counted.
#[derive(Clone, PartialEq, Debug)]
pub struct Revocations {
    /// Tokens that were ended.
    pub tokens: usize,
    /// Of these, how many had their socket closed with 4001 within a second.
    pub closed: usize,
    /// How many were refused at the next call over HTTP.
    pub refused: usize,
    /// How many were refused over HTTP and by the socket after the restart.
    pub refused_after: usize,
    /// The longest time from asking to the close frame.
    pub longest: Duration,
    /// Ways that did not bite, as they were found.
    pub missed: Vec<Way>,
    /// Whether a token that nobody ended was good all the time.
    pub others_good: bool,
}

impl Revocations {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        let all = [self.closed, self.refused, self.refused_after];
        self.tokens > 0 && all.iter().all(|count| *count == self.tokens) && self.others_good
    }
}

impl fmt::Display for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} sign-ins ended: {} sockets closed within a second (the slowest after {:.0} ms), {} refused at the next call, {} \
             refused after kill -9 and a restart; did not bite: {:?}; a token that nobody ended stays {}",
            self.tokens,
            self.closed,
            self.longest.as_secs_f64() * 1_000.0,
            self.refused,
            self.refused_after,
            self.missed,
            if self.others_good { "good" } else { "NOT GOOD" },
        )
    }
}

/// An account with a token and a socket.
struct SignedIn {
    account: String,
    token: Secret,
    token_id: String,
    way: Way,
    socket: Socket,
}

/// An admin who ends what others have.
struct Admin {
    http: Client,
    server: SocketAddr,
    token: Secret,
}

/// Runs it with so many tokens.
///
/// # Errors
/// The server does not start, or does not do what the admin asks.
pub async fn run(tokens: usize, faults: Faults) -> Result<Revocations> {
    ensure!(tokens > 0, "without tokens nothing is counted");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&[]).admin("Root").faults(faults);
    let token = setup.prepare(&data).await?.pop().context("there is no admin")?.token;
    let mut server = ServerProcess::start(
        &data,
        Setup {
            admins: vec![],
            ..setup
        },
    )
    .await?;
    let admin = Admin {
        http: minicom_client::tls::http_client().no_proxy().build()?,
        server: server.address,
        token,
    };
    let mut all = Vec::new();
    for number in 0..tokens {
        all.push(admin.sign_in(number, &server.url()).await?);
    }
    let mut found = Revocations {
        tokens,
        closed: 0,
        refused: 0,
        refused_after: 0,
        longest: Duration::ZERO,
        missed: Vec::new(),
        others_good: admin.is_good(&admin.token).await?,
    };
    let mut ended = Vec::new();
    for mut one in all {
        let began = Instant::now();
        admin.ends(&one).await?;
        let refused = !admin.is_good(&one.token).await?;
        let closed = timeout(PATIENCE, one.socket.closed()).await;
        let took = began.elapsed();
        let closed = matches!(closed, Ok(Some(code)) if code == CloseCode::SignIn.code()) && took <= REVOCATION_WITHIN;
        found.longest = found.longest.max(took);
        found.closed += usize::from(closed);
        found.refused += usize::from(refused);
        if !closed || !refused {
            found.missed.push(one.way);
        }
        ended.push(one.token);
    }
    server.kill().await?;
    server.begin().await?;
    for token in ended {
        let refused = !admin.is_good(&token).await? && open(&server.url(), &token).await.is_err();
        found.refused_after += usize::from(refused);
    }
    found.others_good &= admin.is_good(&admin.token).await? && open(&server.url(), &admin.token).await.is_ok();
    Ok(found)
}

/// A socket of whoever has this token.
async fn open(server: &ServerUrl, token: &Secret) -> Result<Socket> {
    let hello = Hello {
        version: VERSION,
        client: "minicom-bars".to_owned(),
        tenant: None,
        cursor: None,
        token: Some(token.reveal().to_owned()),
        secret: None,
        identity: None,
        link_code: None,
    };
    Socket::open::<Agents>(server, &ServerUrl::agent_path(), hello).await
}

impl Admin {
    fn call(&self, method: Method, path: &str, by: &Secret) -> RequestBuilder {
        let url = format!("http://{}/api/v1/chat/{path}", self.server);
        let key = Uuid::now_v7().to_string();
        let call = self.http.request(method, url).bearer_auth(by.reveal());
        call.header("Idempotency-Key", key)
    }

    async fn asks(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let answer = self.call(method, path, &self.token).json(body).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// An account, a token of it and a socket.
    async fn sign_in(&self, number: usize, server: &ServerUrl) -> Result<SignedIn> {
        let account = format!("agent{number}@desk.test");
        let new = json!({ "email": account, "name": format!("Agent {number}") });
        self.asks(Method::POST, "agents", &new).await?;
        let new = json!({ "label": "to be ended", "scope": "write", "agent_id": account });
        let made = self.asks(Method::POST, "tokens", &new).await?;
        let text = |name: &str| made[name].as_str().map(str::to_owned).context("a token was made");
        let token = Secret::new(text("token")?);
        Ok(SignedIn {
            account,
            token_id: text("id")?,
            way: WAYS[number % WAYS.len()],
            socket: open(server, &token).await?,
            token,
        })
    }

    async fn ends(&self, one: &SignedIn) -> Result<()> {
        let account = format!("agents/{}", one.account);
        let (method, path, body) = match one.way {
            Way::Revoked => (Method::DELETE, format!("tokens/{}", one.token_id), json!({})),
            Way::SignedOut => {
                let answer = self.call(Method::POST, "logout", &one.token).send().await?;
                ensure!(answer.status().is_success(), "logout: {}", answer.status());
                return Ok(());
            }
            Way::Disabled => (Method::PATCH, account, json!({ "enabled": false })),
            Way::NewPassword => (Method::PATCH, account, json!({ "password": PASSWORD })),
            Way::Deleted => (Method::DELETE, account, json!({})),
        };
        self.asks(method, &path, &body).await.map(drop)
    }

    /// Whether a call by this token is answered.
    async fn is_good(&self, token: &Secret) -> Result<bool> {
        match self.call(Method::GET, "whoami", token).send().await?.status() {
            StatusCode::OK => Ok(true),
            StatusCode::UNAUTHORIZED => Ok(false),
            other => bail!("whoami: {other}"),
        }
    }
}
