//! Servers to test: one in this process, and one as a process of its own that can be killed. Both listen on this computer
//! only and end when they are dropped.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use anyhow::{Context, Result, anyhow};
use minicom_client::ServerUrl;
use minicom_server::{Shutdown, exit::Fatal, faults::Faults, server_file::ServerFile};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    task::JoinHandle,
};

use crate::{
    binaries::Binary,
    desk_setup::{DeskAgent, Setup},
    journal::Journal,
    wait::until_async,
};

/// A server in this process, over a data folder of its own.
pub struct TestServer {
    /// Who answers.
    pub agents: Vec<DeskAgent>,
    /// Where it listens; the same after a restart.
    pub address: SocketAddr,
    setup: Setup,
    folder: TempDir,
    shutdown: Shutdown,
    running: Option<JoinHandle<Result<(), Fatal>>>,
}

impl TestServer {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// It did not start.
    pub async fn start(setup: Setup) -> Result<TestServer> {
        let folder = tempfile::tempdir()?;
        let agents = setup.prepare(folder.path()).await?;
        let mut server = TestServer {
            agents,
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            setup,
            folder,
            shutdown: Shutdown::new(),
            running: None,
        };
        server.begin().await?;
        Ok(server)
    }

    /// Starts it again after its end, on the same port and data folder.
    ///
    /// # Errors
    /// It did not start.
    pub async fn begin(&mut self) -> Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.address = listener.local_addr()?;
        self.shutdown = Shutdown::new();
        let config = self.setup.config(self.folder.path());
        let run = minicom_server::run_with(config, self.setup.faults, listener, self.shutdown.clone());
        let mut run = tokio::spawn(run);
        tokio::select! {
            // What did not start says why at once.
            ended = &mut run => anyhow::bail!("the server ended as it started: {ended:?}"),
            ready = ready(self.address) => ready?,
        }
        self.running = Some(run);
        Ok(())
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// It ended with an error.
    pub async fn stop(&mut self) -> Result<()> {
        self.shutdown.ask();
        match self.running.take() {
            Some(running) => running.await?.map_err(|fatal| anyhow!("{fatal}")),
            None => Ok(()),
        }
    }

    /// Ends it, and starts it again on the same port and data folder.
    ///
    /// # Errors
    /// It did not end, or did not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop().await?;
        self.begin().await
    }

    /// Its address for clients.
    pub fn url(&self) -> ServerUrl {
        url(self.address)
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// What stands in its journal now.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn journal(&self) -> Result<Journal> {
        Journal::read(self.data())
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.shutdown.ask();
        self.shutdown.ask();
    }
}

/// A server as a process. It is killed when it is dropped.
pub struct ServerProcess {
    /// Where it listens; the same after a restart.
    pub address: SocketAddr,
    binary: PathBuf,
    faults: Vec<&'static str>,
    setup: Setup,
    data: PathBuf,
    child: Option<Child>,
}

impl ServerProcess {
    /// Starts the real program over a data folder, or the broken one if promises are to be broken, and waits until it
    /// answers. What it logs goes to `<data>/../server.log`.
    ///
    /// # Errors
    /// It cannot be built or started.
    pub async fn start(data: &Path, setup: Setup) -> Result<ServerProcess> {
        let faults = fault_flags(setup.faults);
        let binary = if faults.is_empty() {
            Binary::Server
        } else {
            Binary::BrokenServer
        };
        let binary = tokio::task::spawn_blocking(move || binary.path()).await??;
        let mut server = ServerProcess {
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            binary,
            faults,
            setup,
            data: data.to_owned(),
            child: None,
        };
        server.begin().await?;
        Ok(server)
    }

    /// Starts it again after its end, on the same port and data folder.
    ///
    /// # Errors
    /// It did not start.
    pub async fn begin(&mut self) -> Result<()> {
        let log = self
            .data
            .parent()
            .context("the data folder is in no folder")?
            .join("server.log");
        let log = File::options().append(true).create(true).open(log)?;
        let config = self.setup.config(&self.data);
        let mut command = Command::new(&self.binary);
        command
            .arg("--data")
            .arg(&self.data)
            .args(["--listen", &self.address.to_string()]);
        command.args(&self.faults);
        command.env_remove("MINICOM_CONFIG");
        for (name, value) in [
            ("MINICOM_BOT", u32::from(config.bot.enabled)),
            ("MINICOM_RATES_CUSTOMER_BURST", config.rates.customer_burst),
            (
                "MINICOM_RATES_CUSTOMER_REFILL_PER_S",
                config.rates.customer_refill_per_s,
            ),
            ("MINICOM_SOCKETS_PER_CUSTOMER", config.sockets.per_customer),
            (
                "MINICOM_SOCKETS_PER_LOOPBACK_ADDRESS",
                config.sockets.per_loopback_address,
            ),
        ] {
            let value = if name == "MINICOM_BOT" {
                (value == 1).to_string()
            } else {
                value.to_string()
            };
            command.env(name, value);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        let mut child = command.spawn().with_context(|| self.binary.display().to_string())?;
        let pid = child.id();
        let data = self.data.clone();
        let look = async || match child.try_wait() {
            Ok(Some(status)) => Some(Err(anyhow!("the server ended with {status}"))),
            _ => ServerFile::read(&data)
                .filter(|file| Some(file.pid) == pid)
                .map(|file| Ok(file.address)),
        };
        self.address = until_async("the server to write where it listens", look).await??;
        self.child = Some(child);
        ready(self.address).await
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// It does not run.
    pub async fn kill(&mut self) -> Result<()> {
        let mut child = self.child.take().context("the server does not run")?;
        child.kill().await?;
        Ok(())
    }

    /// Asks it to end, with SIGTERM, and waits until it has.
    ///
    /// # Errors
    /// It does not run.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        let mut child = self.child.take().context("the server does not run")?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .context("it has no number")?;
        kill_process(pid, Signal::TERM)?;
        Ok(child.wait().await?)
    }

    /// Its address for clients.
    pub fn url(&self) -> ServerUrl {
        url(self.address)
    }
}

/// The flags of the broken server for these faults.
fn fault_flags(faults: Faults) -> Vec<&'static str> {
    let all = [
        (faults.answer_before_commit, "--answer-before-commit"),
        (faults.resume_off_by_one, "--resume-off-by-one"),
        (faults.bot_check_outside, "--bot-check-outside"),
        (faults.command_key_dropped, "--command-key-dropped"),
        (faults.capacity_outside, "--capacity-outside"),
        (faults.deadlines_dropped, "--deadlines-dropped"),
        (faults.hashes_unbounded, "--hashes-unbounded"),
        (faults.cut_uploads_kept, "--cut-uploads-kept"),
        (faults.sign_out_unheard, "--sign-out-unheard"),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect()
}

fn url(address: SocketAddr) -> ServerUrl {
    ServerUrl::parse(&address.to_string(), false).expect("a loopback address is a server's address")
}

/// Waits until a server says that it can write.
async fn ready(address: SocketAddr) -> Result<()> {
    let client = minicom_client::tls::http_client().no_proxy().build()?;
    let url = format!("http://{address}/readyz");
    let look = async || {
        let answer = client.get(&url).send().await.ok()?;
        answer.status().is_success().then_some(())
    };
    until_async("the server to be ready", look).await
}
