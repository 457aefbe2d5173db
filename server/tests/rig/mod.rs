//! A whole server in this process, on a real listener, over a data folder that was filled before it began.

// Each test program uses its own part of it.
#![allow(dead_code)]

use std::{path::PathBuf, sync::Arc};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{CommandId, TenantId},
    people::{AgentRef, CustomerRef, Role},
    refusal::Refusal,
    text::{CustomerName, DisplayName},
};
use minicom_server::{
    Shutdown,
    accounts::{Accounts, LOCAL_TOKEN, NewAgent},
    auth::{seal::SealingKey, secret::CustomerSecret},
    config::Config,
    decide::Settings,
    desk::Desk,
    exit::Fatal,
    faults::Faults,
    order::{Caller, Order, Who},
    store,
};
use reqwest::{Client, Method, RequestBuilder};
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;

/// A password that is good enough.
pub const PASSWORD: &str = "seven lamps on a quiet hill";
/// Alice's secret, and bob's.
pub const ALICE: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
pub const BOB: &str = "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2";

/// A desk without a server, to fill a data folder.
pub struct Seed {
    pub desk: Desk,
    pub accounts: Accounts,
    pub tenant: TenantId,
}

impl Seed {
    /// An agent with [`PASSWORD`].
    pub async fn agent(&self, email: &str, name: &str, role: Role) -> AgentRef {
        let new = NewAgent {
            email: email.to_owned(),
            name: DisplayName::parse(name).unwrap(),
            role,
            password: Some(PASSWORD.to_owned()),
        };
        self.accounts.add(&self.tenant, new).await.unwrap().agent
    }

    /// A customer with this secret.
    pub async fn customer(&self, name: &str, secret: &str) -> CustomerRef {
        let digest = *CustomerSecret::parse(secret).unwrap().digest().as_bytes();
        let key = self.desk.tenant(&self.tenant).unwrap();
        let name = CustomerName::parse(name).unwrap();
        self.desk.first_use(key, name, digest).await.unwrap().customer
    }

    /// Does a customer's command.
    pub async fn by_customer(&self, customer: &CustomerRef, command: CustomerCommand) {
        let who = Who::Customer(customer.clone());
        self.submit(who, Order::Customer(command)).await.unwrap();
    }

    /// A customer writes.
    pub async fn says(&self, customer: &CustomerRef, text: &str) {
        let (text, quote) = (text.to_owned(), None);
        self.by_customer(
            customer,
            CustomerCommand::Post {
                text,
                quote,
                file: None,
            },
        )
        .await;
    }

    /// Does an agent's command.
    pub async fn by_agent(&self, agent: &AgentRef, command: AgentCommand) -> Result<(), Refusal> {
        let who = Who::Agent {
            agent: agent.clone(),
            role: Role::Agent,
        };
        self.submit(who, Order::Agent(command)).await
    }

    /// Does an admin's command.
    pub async fn by_admin(&self, admin: &AgentRef, command: AgentCommand) -> Result<(), Refusal> {
        let who = Who::Agent {
            agent: admin.clone(),
            role: Role::Admin,
        };
        self.submit(who, Order::Agent(command)).await
    }

    /// The newest conversation of a customer.
    pub async fn newest(&self, customer: &CustomerRef) -> minicom_protocol::summary::Summary {
        let key = self.desk.tenant(&self.tenant).unwrap();
        self.desk.newest(key, customer.id).await.unwrap().unwrap()
    }

    async fn submit(&self, who: Who, order: Order) -> Result<(), Refusal> {
        let caller = Caller::new(self.tenant.clone(), who);
        let id = CommandId(Uuid::now_v7());
        self.desk.submit(&caller, id, order).await.map(drop)
    }
}

/// A running server.
pub struct Server {
    pub url: String,
    pub client: Client,
    /// The local token.
    pub token: String,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), Fatal>>,
    folder: tempfile::TempDir,
    config: Config,
}

impl Server {
    /// Starts over a data folder with the first admin alone.
    pub async fn start() -> Server {
        Server::over(async |_| {}).await
    }

    /// Starts over a data folder with the first admin, Ada, and what `fill` puts there. The bot is off.
    pub async fn over(fill: impl AsyncFnOnce(&Seed)) -> Server {
        Server::with(|_| {}, fill).await
    }

    /// The same with another configuration.
    pub async fn with(configure: impl FnOnce(&mut Config), fill: impl AsyncFnOnce(&Seed)) -> Server {
        let folder = tempfile::tempdir().unwrap();
        seed(folder.path(), fill).await;
        let mut config = Config::with_data(folder.path().to_owned());
        config.bot.enabled = false;
        configure(&mut config);
        Server::begin(config, folder).await
    }

    /// Ends it in order, and starts it again over the same folder.
    pub async fn again(self) -> Server {
        let Server {
            shutdown,
            running,
            folder,
            config,
            ..
        } = self;
        shutdown.ask();
        running.await.unwrap().unwrap();
        Server::begin(config, folder).await
    }

    async fn begin(config: Config, folder: tempfile::TempDir) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = Shutdown::new();
        let running = tokio::spawn(minicom_server::run(config.clone(), listener, shutdown.clone()));
        let client = minicom_server::tls::http_client().no_proxy().build().unwrap();
        // The listener takes connections already; the answer comes when the server is there.
        let ready = client.get(format!("{url}/readyz")).send().await.unwrap();
        assert_eq!(ready.status(), 200);
        let token = std::fs::read_to_string(folder.path().join(LOCAL_TOKEN)).unwrap();
        Server {
            url,
            client,
            token: token.trim().to_owned(),
            shutdown,
            running,
            folder,
            config,
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// A request without a token.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A GET with a token or a secret.
    pub fn get(&self, path: &str, bearer: &str) -> RequestBuilder {
        self.bare(Method::GET, path).bearer_auth(bearer)
    }

    /// A POST of JSON with a token.
    pub fn post(&self, path: &str, bearer: &str, body: &serde_json::Value) -> RequestBuilder {
        self.bare(Method::POST, path).bearer_auth(bearer).json(body)
    }

    /// Logs in with [`PASSWORD`].
    pub async fn login(&self, email: &str) -> String {
        let body = serde_json::json!({"email": email, "password": PASSWORD});
        let request = self.bare(Method::POST, "/api/agent/login").json(&body);
        let (status, answer) = answer(request).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    }

    /// Ends it in order. What it leaves in its folder is there as long as that is kept.
    pub async fn stop(self) -> Result<tempfile::TempDir, Fatal> {
        self.shutdown.ask();
        self.running.await.unwrap().map(|()| self.folder)
    }
}

/// Status and JSON of an answer; null for an empty body.
pub async fn answer(request: RequestBuilder) -> (u16, serde_json::Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let value = match text.as_str() {
        "" => serde_json::Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    };
    (status, value)
}

async fn seed(data: &std::path::Path, fill: impl AsyncFnOnce(&Seed)) {
    let (folder, conn) = store::open::open(data).unwrap();
    let settings = Settings {
        bot: true,
        bot_deadline_ms: 3_600_000,
    };
    let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default()).unwrap();
    let seed = Seed {
        accounts: Accounts::new(desk.clone(), Arc::new(SealingKey::of(data).unwrap())),
        desk,
        tenant: TenantId::default_tenant(),
    };
    let ada = DisplayName::parse("Ada").unwrap();
    seed.accounts.ensure_first_admin(&seed.tenant, ada).await.unwrap();
    fill(&seed).await;
    drop(seed);
    tokio::task::spawn_blocking(move || writer.join())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    drop(folder);
}
