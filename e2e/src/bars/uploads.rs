//! Uploads whose line is cut, whose program is killed or whose server is killed at random bytes: nobody ever reads a part of a file, no
//! row is without its file, one that went twice is there once, and nothing is left over after the sweep. And a large file goes up and
//! down in little memory.

mod held;
mod memory;

use std::{fmt, fs, path::PathBuf, process::Stdio, sync::Arc};

use anyhow::{Context, Result, ensure};
use minicom_client::{
    ServerUrl,
    exit::Fault,
    transfers::{Happened, Job, Seat, Source, Thread, alone},
};
use minicom_protocol::ids::{ConversationId, TenantId};
use minicom_server::faults::Faults;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use tempfile::TempDir;
use tokio::task::JoinSet;

pub use self::{held::Held, memory::Grown};
use crate::{
    computer::{Computer, piped, with_input},
    desk_setup::{DeskAgent, Setup},
    people,
    proxy::{Counts, FlakyProxy, Way},
    server::ServerProcess,
};

/// The largest of the files, in bytes; the smallest has one.
const BYTES_MAX: usize = 400_000;
/// Uploads that are under way when a server is killed: as many as one agent may have.
const AT_ONCE: u64 = 4;
/// What a request is before the first byte of its file, in bytes, about.
const HEAD: u64 = 1_000;

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Uploads {
    /// How many were begun.
    pub uploads: u64,
    /// Of those, through a line that was cut.
    pub cut: u64,
    /// By a program that was killed.
    pub programs: u64,
    /// To a server that was killed.
    pub servers: u64,
    /// Whose sender was told that the file is there.
    pub told: u64,
    /// Whose sender was told that it does not go, though nothing was given up.
    pub failed: u64,
    /// What the server has at the end.
    pub held: Held,
    /// How much memory a large file takes.
    pub grown: Grown,
}

impl Uploads {
    /// Whether it is as promised.
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.held.is_whole() && self.held.rows >= self.told && self.grown.is_bounded()
    }
}

impl fmt::Display for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (uploads, cut, programs, servers, told) = (self.uploads, self.cut, self.programs, self.servers, self.told);
        writeln!(
            f,
            "{uploads} uploads: {cut} with a cut line, {programs} by a killed program, {servers} to a killed server; {told} were \
             answered, {} failed",
            self.failed
        )?;
        write!(f, "{}\n{}", self.held, self.grown)
    }
}

/// Begins so many uploads, each of which is cut or killed; the seed chooses where.
///
/// # Errors
/// A program cannot be started, or an upload that was not given up does not come to its end.
pub async fn run(uploads: u64, seed: u64, faults: Faults) -> Result<Uploads> {
    let mut desk = UploadDesk::start(faults).await?;
    let mut chance = StdRng::seed_from_u64(seed);
    let mut found = Uploads::default();
    while found.uploads < uploads {
        let (count, told) = match found.uploads % 10 {
            0..6 => {
                found.cut += 1;
                (1, desk.cut(&mut chance).await?)
            }
            6..8 => {
                found.programs += 1;
                (1, desk.kill_program(&mut chance).await?)
            }
            _ => {
                found.servers += AT_ONCE;
                (AT_ONCE, desk.kill_server(&mut chance).await?)
            }
        };
        found.uploads += count;
        found.told += told;
    }
    found.failed = desk.failed;
    found.held = held::after_sweep(&mut desk).await?;
    found.grown = memory::measure(&mut desk).await?;
    Ok(found)
}

/// A server that can be killed, a customer with a conversation, and an agent who sends files through a line that can be cut.
struct UploadDesk {
    folder: TempDir,
    server: ServerProcess,
    line: FlakyProxy,
    computer: Computer,
    agent: DeskAgent,
    conversation: ConversationId,
    failed: u64,
    /// What was sent: the SHA-256 of each file, and its bytes' number.
    sent: Vec<([u8; 32], u64)>,
}

impl UploadDesk {
    async fn start(faults: Faults) -> Result<UploadDesk> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let setup = Setup::for_load(&["Ada"]).faults(faults);
        let agent = setup.prepare(&data).await?.pop().context("an agent")?;
        let server = ServerProcess::start(&data, setup).await?;
        let line = FlakyProxy::start(server.address).await?;
        let computer = Computer::new(people::url(line.addr())?)?;
        let said = with_input(&computer.chat("alice", &["-m", "hello"])?, "")?;
        ensure!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let listed = with_input(&computer.agent(&agent, &["list", "--format", "{id}"])?, "")?;
        let conversation = String::from_utf8(listed.stdout)?.trim().parse();
        Ok(UploadDesk {
            conversation: conversation.ok().context("a conversation")?,
            folder,
            server,
            line,
            computer,
            agent,
            failed: 0,
            sent: Vec::new(),
        })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn seat(&self) -> Result<Seat> {
        let (server, token): (ServerUrl, _) = (people::url(self.line.addr())?, self.agent.token.clone());
        Ok(Seat {
            server,
            tenant: TenantId::default_tenant(),
            bearer: Arc::new(move || token.clone()),
        })
    }

    /// A file that nobody has sent before.
    fn file(&mut self, bytes: usize, chance: &mut impl Rng) -> Result<PathBuf> {
        let mut content = vec![0; bytes];
        chance.fill(&mut content[..]);
        let path = self.folder.path().join(format!("{}.bin", self.sent.len()));
        fs::write(&path, &content)?;
        self.sent.push((held::digest(&content), bytes as u64));
        Ok(path)
    }

    fn job(&self, path: PathBuf) -> Job {
        Job::Send {
            what: Source::File(path),
            thread: Thread::Conversation(self.conversation),
            key: None,
        }
    }

    /// Waits until so many more bytes have gone to the server.
    async fn gone(&self, before: Counts, bytes: u64) {
        self.line.wait_for(|counts| counts.up >= before.up + bytes).await;
    }

    /// One upload over a line that is cut, on its way or in the answer. Half of them are given up then. How many were answered.
    async fn cut(&mut self, chance: &mut impl Rng) -> Result<u64> {
        let bytes = chance.random_range(1..=BYTES_MAX);
        let path = self.file(bytes, chance)?;
        self.line.reset_on_cut(chance.random());
        match chance.random_range(0..10) {
            // The answer does not come, or not whole.
            0 => self.line.cut_after(Way::Down, chance.random_range(0..400)),
            _ => self
                .line
                .cut_after(Way::Up, chance.random_range(0..bytes as u64 + HEAD)),
        }
        let (seat, job, before) = (self.seat()?, self.job(path), self.line.cuts());
        let upload = alone(&seat, job, |_| {});
        let given_up: bool = chance.random();
        let told = tokio::select! {
            last = upload => Some(last),
            _ = self.line.wait_for(|counts| counts.cuts > before), if given_up => None,
        };
        self.line.stop_cutting();
        told.map_or(Ok(0), |last| self.answered(last))
    }

    /// One upload by a program that is killed on its way. How many were answered.
    async fn kill_program(&mut self, chance: &mut impl Rng) -> Result<u64> {
        let bytes = chance.random_range(1..=BYTES_MAX);
        let path = self.file(bytes, chance)?.display().to_string();
        let args = ["send", "alice", "--take", "--attach", path.as_str()];
        let mut command = piped(&self.computer.agent(&self.agent, &args)?);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let before = self.line.counts();
        let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
        let ended = tokio::select! {
            ended = child.wait() => Some(ended?),
            () = self.gone(before, chance.random_range(0..bytes as u64 + 4 * HEAD)) => None,
        };
        match ended {
            Some(status) if status.success() => return Ok(1),
            Some(_) => self.failed += 1,
            None => child.kill().await?,
        }
        Ok(0)
    }

    /// Some uploads to a server that is killed on their way; half of them are given up then, the others begin again. How many were
    /// answered.
    async fn kill_server(&mut self, chance: &mut impl Rng) -> Result<u64> {
        let mut uploads = JoinSet::new();
        let (before, mut bytes) = (self.line.counts(), 0);
        let mut given_up = Vec::new();
        for n in 0..AT_ONCE {
            let size = chance.random_range(1..=BYTES_MAX);
            bytes += size as u64 + HEAD;
            let path = self.file(size, chance)?;
            let (seat, job) = (self.seat()?, self.job(path));
            let upload = uploads.spawn(async move { alone(&seat, job, |_| {}).await });
            if n % 2 == 0 {
                given_up.push(upload);
            }
        }
        self.gone(before, chance.random_range(0..bytes * 4 / 5)).await;
        self.server.kill().await?;
        for upload in given_up {
            upload.abort();
        }
        self.server.begin().await?;
        let mut told = 0;
        while let Some(done) = uploads.join_next().await {
            if let Ok(last) = done {
                told += self.answered(last)?;
            }
        }
        Ok(told)
    }

    fn answered(&mut self, last: Result<Happened, Fault>) -> Result<u64> {
        match last {
            Ok(Happened::Sent(_)) => Ok(1),
            Ok(other) => anyhow::bail!("an upload ended with {other:?}"),
            Err(_) => {
                self.failed += 1;
                Ok(0)
            }
        }
    }
}
