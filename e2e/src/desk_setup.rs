//! What a server is started with: a data folder with agents in it who have tokens, and a configuration without the rates
//! that would keep a load away.

use std::{net::Ipv4Addr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow};
use minicom_client::Secret;
use minicom_protocol::{
    command::Done,
    ids::{CommandId, TenantId},
    people::{AgentRef, Role},
    refusal::Refusal,
    rest::LoginRequest,
    text::DisplayName,
};
use minicom_server::{
    accounts::{Accounts, NewAgent},
    auth::seal::SealingKey,
    checkpoints,
    config::{Config, ProviderSettings},
    decide::Settings,
    desk::{Desk, WriterThread},
    faults::Faults,
    order::{Caller, Order, Who},
    store::{self, open::DataFolder},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The password of every agent that is made here.
pub const PASSWORD: &str = "seven lamps on a quiet hill";

/// An agent who can sign in.
#[derive(Clone, Debug)]
pub struct DeskAgent {
    /// The account.
    pub agent: AgentRef,
    /// What it may do.
    pub role: Role,
    /// Its address.
    pub email: String,
    /// A token that outlives restarts.
    pub token: Secret,
}

impl DeskAgent {
    /// As the desk knows who sends a command.
    pub fn caller(&self) -> Caller {
        let (agent, role) = (self.agent.clone(), self.role);
        Caller::new(TenantId::default_tenant(), Who::Agent { agent, role })
    }
}

/// What kind of server it is to be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whether the bot answers first.
    pub bot: bool,
    /// From a customer's line to the bot's turn.
    pub bot_deadline: Duration,
    /// The promises that are broken on purpose.
    pub faults: Faults,
    /// The first names of the agents to make.
    pub agents: Vec<String>,
    /// The first names of the admins to make: they come after the agents.
    pub admins: Vec<String>,
    /// Whether customers may send as fast as they can.
    pub fast_customers: bool,
    /// Who puts answers into words.
    pub provider: ProviderSettings,
}

impl Setup {
    /// With these agents, the bot, and the usual rates.
    pub fn with_agents(names: &[&str]) -> Setup {
        Setup {
            bot: true,
            bot_deadline: Duration::from_secs(6),
            faults: Faults::default(),
            agents: names.iter().map(|name| (*name).to_owned()).collect(),
            admins: Vec::new(),
            fast_customers: false,
            provider: ProviderSettings::default(),
        }
    }

    /// And a provider.
    pub fn provider(mut self, provider: ProviderSettings) -> Setup {
        self.provider = provider;
        self
    }

    /// And an admin.
    pub fn admin(mut self, name: &str) -> Setup {
        self.admins.push(name.to_owned());
        self
    }

    /// For a load: no bot, and customers may send as fast as they can.
    pub fn for_load(names: &[&str]) -> Setup {
        Setup {
            bot: false,
            fast_customers: true,
            ..Setup::with_agents(names)
        }
    }

    /// With broken promises.
    pub fn faults(self, faults: Faults) -> Setup {
        Setup { faults, ..self }
    }

    /// With or without the bot.
    pub fn bot(self, bot: bool) -> Setup {
        Setup { bot, ..self }
    }

    /// The server's configuration over a data folder, on any free port of this computer.
    pub fn config(&self, data: &Path) -> Config {
        let mut config = Config::with_data(data.to_owned());
        config.listen = (Ipv4Addr::LOCALHOST, 0).into();
        config.bot.enabled = self.bot;
        config.bot.deadline = self.bot_deadline;
        config.bot.provider = self.provider.clone();
        config.sockets.per_loopback_address = 4_096;
        config.rates.new_customers_per_loopback_address_per_min = 100_000;
        if self.fast_customers {
            config.rates.customer_burst = 1_000;
            config.rates.customer_refill_per_s = 1_000;
            config.sockets.per_customer = 16;
        }
        config
    }

    /// What the decision looks at.
    pub fn settings(&self) -> Settings {
        Settings {
            bot: self.bot,
            bot_deadline_ms: i64::try_from(self.bot_deadline.as_millis()).unwrap_or(i64::MAX),
        }
    }

    /// Makes the agents in a data folder that no server has open.
    ///
    /// # Errors
    /// The folder cannot be opened or written.
    pub async fn prepare(&self, data: &Path) -> Result<Vec<DeskAgent>> {
        if self.agents.is_empty() && self.admins.is_empty() {
            return Ok(Vec::new());
        }
        // The ground is laid soundly, whatever is to be broken later.
        let open = OpenDesk::open(data, &self.clone().faults(Faults::default()))?;
        let accounts = Accounts::new(open.desk.clone(), Arc::new(SealingKey::of(data)?));
        let tenant = TenantId::default_tenant();
        let mut made = Vec::new();
        let agents = self.agents.iter().map(|name| (name, Role::Agent));
        let admins = self.admins.iter().map(|name| (name, Role::Admin));
        for (name, role) in agents.chain(admins) {
            // Names may have more in them than addresses.
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let email = format!("{}@desk.test", plain.to_lowercase());
            let new = NewAgent {
                email: email.clone(),
                name: DisplayName::parse(name.as_str()).map_err(|refused| anyhow!("{name}: {refused:?}"))?,
                role,
                password: Some(PASSWORD.to_owned()),
            };
            let account = accounts.add(&tenant, new).await.map_err(|error| anyhow!("{error:?}"))?;
            let request = LoginRequest {
                email: email.clone(),
                password: PASSWORD.to_owned(),
                tenant: None,
                ..LoginRequest::default()
            };
            let login = accounts
                .login(request, Ipv4Addr::LOCALHOST.into())
                .await
                .map_err(refused)?;
            made.push(DeskAgent {
                agent: account.agent,
                role,
                email,
                token: Secret::new(login.token.reveal()),
            });
        }
        drop(accounts);
        open.close().await?;
        Ok(made)
    }
}

/// A desk without sockets, in this process. Its log is moved into its database as a server's is.
pub struct OpenDesk {
    /// Its front door.
    pub desk: Desk,
    writer: WriterThread,
    folder: DataFolder,
    checkpoints: JoinHandle<()>,
    stop: CancellationToken,
}

impl OpenDesk {
    /// Opens it over a data folder. To be called in a runtime.
    ///
    /// # Errors
    /// The folder cannot be opened.
    pub fn open(data: &Path, setup: &Setup) -> Result<OpenDesk> {
        let (folder, conn) = store::open::open(data).map_err(|refused| anyhow!("{refused}"))?;
        let (desk, writer) = Desk::start(conn, &folder.database(), setup.settings(), setup.faults)?;
        let stop = CancellationToken::new();
        let checkpoints = checkpoints::run(folder.database(), desk.counts().clone(), stop.clone());
        Ok(OpenDesk {
            desk,
            writer,
            folder,
            checkpoints: tokio::spawn(checkpoints),
            stop,
        })
    }

    /// Ends it when everybody else has let go of the desk.
    ///
    /// # Errors
    /// The database could not be written.
    pub async fn close(self) -> Result<()> {
        let OpenDesk {
            desk,
            writer,
            folder,
            checkpoints,
            stop,
        } = self;
        stop.cancel();
        checkpoints.await?;
        drop(desk);
        let ended = tokio::task::spawn_blocking(move || writer.join()).await?;
        drop(folder);
        ended
            .map_err(|_| anyhow!("the writer panicked"))?
            .context("the writer failed")
    }
}

/// A refusal as an error.
pub fn refused(refusal: Refusal) -> anyhow::Error {
    anyhow!("{}: {}", refusal.code(), refusal.message())
}

/// Does it, again and again while the desk has more to do than it takes in.
///
/// # Errors
/// The desk refuses it.
pub async fn by(desk: &Desk, who: &Caller, order: Order) -> Result<Done> {
    let id = CommandId(Uuid::now_v7());
    loop {
        match desk.submit(who, id, order.clone()).await {
            Err(Refusal::Busy { .. }) => tokio::task::yield_now().await,
            other => return other.map_err(refused),
        }
    }
}
