//! `minicom-load`: how many messages a second a server makes durable, how long after its sending a message is seen, and
//! whether anything is lost, doubled or out of order on the way. It ends with 1 if it is.

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Parser;
use minicom_client::{ServerUrl, credentials};
use minicom_e2e::{
    desk_setup::Setup,
    load::{self, Amount, Load, Target, figures::Figures},
    server::ServerProcess,
};
use minicom_server::server_file::ServerFile;

/// The names of the agents of a server that is started for the load.
const AGENTS: [&str; 5] = ["Ada", "Bo", "Cem", "Dora", "Eva"];

/// Loads a server with customers who send and agents who read, and checks that nothing is lost, doubled or out of order
#[derive(Parser)]
#[command(
    version,
    after_help = "Without --server it starts the real server on a data folder of its own, which is gone afterwards."
)]
struct Arguments {
    /// How many customers send
    #[arg(long, default_value_t = 200)]
    customers: usize,
    /// How many agents read everything
    #[arg(long, default_value_t = 5)]
    agents: usize,
    /// Messages of one customer that wait for their answers, at most
    #[arg(long, default_value_t = 1)]
    in_flight: usize,
    /// Messages in all
    #[arg(long, default_value_t = 20_000, conflicts_with = "seconds")]
    messages: u64,
    /// Send for so long instead
    #[arg(long)]
    seconds: Option<u64>,
    /// Messages a second of all customers together [default: as fast as they are answered]
    #[arg(long)]
    rate: Option<f64>,
    /// Bytes of a message
    #[arg(long, default_value_t = 128)]
    bytes: usize,
    /// A server that runs already, on this computer; its customers' rates hold. It keeps the messages
    #[arg(long, requires = "data")]
    server: Option<String>,
    /// The data folder of that server, for the agents' sign-in and to compare with its journal
    #[arg(long, requires = "server")]
    data: Option<PathBuf>,
    /// Where to make the data folder of a server that is started: on the disk to measure
    #[arg(long, conflicts_with = "server")]
    folder: Option<PathBuf>,
}

impl Arguments {
    fn load(&self) -> Load {
        Load {
            customers: self.customers,
            agents: self.agents,
            in_flight: self.in_flight,
            bytes: self.bytes,
            amount: match self.seconds {
                Some(seconds) => Amount::Time(Duration::from_secs(seconds)),
                None => Amount::Messages(self.messages),
            },
            rate: self.rate,
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(figures) => {
            let told = writeln!(std::io::stdout().lock(), "{figures}");
            if told.is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            // If nobody reads it, the number still says it.
            let _ = writeln!(std::io::stderr().lock(), "minicom-load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: &Arguments) -> Result<Figures> {
    ensure!(arguments.rate.is_none_or(|rate| rate > 0.0), "--rate is more than 0");
    let load = arguments.load();
    match (&arguments.server, &arguments.data) {
        (Some(server), Some(data)) => {
            let server = ServerUrl::parse(server, false).map_err(|error| anyhow!("{error}"))?;
            let token = credentials::local_agent_token(data).map_err(|error| anyhow!("{error}"))?;
            let token = token
                .with_context(|| format!("{} has no local-agent.token; is the server running?", data.display()))?;
            let target = Target {
                server,
                tokens: vec![token],
                data: Some(data.clone()),
                pid: ServerFile::read(data).map(|file| file.pid),
            };
            load::run(&load, &target).await
        }
        _ => on_a_server_of_its_own(arguments, &load).await,
    }
}

async fn on_a_server_of_its_own(arguments: &Arguments, load: &Load) -> Result<Figures> {
    let folder = match &arguments.folder {
        Some(folder) => tempfile::tempdir_in(folder).with_context(|| folder.display().to_string())?,
        None => tempfile::tempdir()?,
    };
    let data = folder.path().join("data");
    let setup = Setup::for_load(&AGENTS);
    let agents = setup.prepare(&data).await?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let target = Target {
        server: server.url(),
        tokens: agents.into_iter().map(|agent| agent.token).collect(),
        pid: ServerFile::read(&data).map(|file| file.pid),
        data: Some(data),
    };
    let figures = load::run(load, &target).await;
    let ended = server.terminate().await?;
    ensure!(ended.success() || figures.is_err(), "the server ended with {ended}");
    figures
}
