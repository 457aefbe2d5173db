//! How much memory a file of ten MiB takes, of the server and of the programs, more than one of ten KiB.

use std::{fmt, fs, path::Path, process::Stdio};

use anyhow::{Context, Result, ensure};
use minicom_client::{
    rest::files::Uploaded,
    transfers::{Happened, alone},
};
use minicom_server::server_file::ServerFile;
use rand::{SeedableRng, rngs::StdRng};
use tokio::task::JoinSet;

use super::UploadDesk;
use crate::{computer::piped, load::process::Memory};

/// The large file: the most that a desk takes if nobody chose otherwise.
const LARGE: usize = 10 * 1_048_576;
/// The one that it is compared with.
const SMALL: usize = 10 * 1_024;
/// How many go at once.
const AT_ONCE: usize = 4;
/// What the memory of each may grow by: less than one file, with several under way.
const GROWTH_MAX: u64 = 6 * 1_048_576;

/// How much more memory was used, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Grown {
    /// By the server, over several large files up and down at once.
    pub server: u64,
    /// By the program that sends a large one, over that which sends a small one.
    pub up: u64,
    /// By the program that reads it from a pipe and sends it.
    pub pipe: u64,
    /// By the program that fetches it.
    pub down: u64,
}

impl Grown {
    /// Whether the size of a file does not matter.
    pub fn is_bounded(&self) -> bool {
        [self.server, self.up, self.pipe, self.down]
            .iter()
            .all(|it| *it < GROWTH_MAX)
    }
}

impl fmt::Display for Grown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = |bytes: u64| bytes / 1_024;
        let (server, up, pipe, down) = (kib(self.server), kib(self.up), kib(self.pipe), kib(self.down));
        write!(
            f,
            "10 MiB took {server} KiB more of the server with {AT_ONCE} at once, {up} KiB of who sends, {pipe} KiB from a pipe, {down} KiB of \
             who fetches"
        )
    }
}

pub(super) async fn measure(desk: &mut UploadDesk) -> Result<Grown> {
    let mut chance = StdRng::seed_from_u64(9);
    let small = desk.file(SMALL, &mut chance)?;
    let large = desk.file(LARGE, &mut chance)?;
    let pid = ServerFile::read(&desk.data()).context("no server runs")?.pid;
    // What the first one of all takes is taken before.
    up_and_down(desk, &small).await?;
    let (done, memory) = Memory::during(pid, up_and_down(desk, &large)).await?;
    done?;
    let up = |path: &Path| {
        vec![
            "send".to_owned(),
            "alice".to_owned(),
            "--take".to_owned(),
            "--attach".to_owned(),
            path.display().to_string(),
        ]
    };
    let piped = || ["send", "alice", "--take", "--attach", "-"].map(str::to_owned).to_vec();
    let to = desk.folder.path().join("fetched").display().to_string();
    let down = |name: &str| ["get", "alice", name, &to].map(str::to_owned).to_vec();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Grown {
        server: memory.growth(),
        up: more(most(desk, up(&small), None).await?, most(desk, up(&large), None).await?),
        pipe: more(
            most(desk, piped(), Some(&small)).await?,
            most(desk, piped(), Some(&large)).await?,
        ),
        down: more(
            most(desk, down(&name(&small)), None).await?,
            most(desk, down(&name(&large)), None).await?,
        ),
    })
}

fn more(before: u64, after: u64) -> u64 {
    after.saturating_sub(before)
}

/// Sends a file as often as may be at once, and fetches all of them at once.
async fn up_and_down(desk: &UploadDesk, path: &Path) -> Result<()> {
    let mut sent = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (seat, job) = (desk.seat()?, desk.job(path.to_owned()));
        sent.spawn(async move { alone(&seat, job, |_| {}).await });
    }
    let mut there: Vec<Uploaded> = Vec::new();
    while let Some(done) = sent.join_next().await {
        match done?? {
            Happened::Sent(file) => there.push(file),
            other => anyhow::bail!("an upload ended with {other:?}"),
        }
    }
    let client = minicom_client::tls::http_client().no_proxy().build()?;
    let mut fetched = JoinSet::new();
    for file in there {
        let url = format!("http://{}/api/v1/chat/uploads/{}", desk.server.address, file.id);
        let request = client.get(url).bearer_auth(desk.agent.token.reveal());
        fetched.spawn(async move {
            let mut answer = request.send().await?.error_for_status()?;
            let mut came = 0;
            while let Some(piece) = answer.chunk().await? {
                came += piece.len() as u64;
            }
            ensure!(came == file.size, "{came} bytes of {} came", file.size);
            Ok(())
        });
    }
    while let Some(done) = fetched.join_next().await {
        done??;
    }
    Ok(())
}

/// The most memory that a program had from its start to its end, in bytes.
async fn most(desk: &UploadDesk, args: Vec<String>, input: Option<&Path>) -> Result<u64> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut command = piped(&desk.computer.agent(&desk.agent, &args)?);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.stdin(match input {
        Some(path) => Stdio::from(fs::File::open(path)?),
        None => Stdio::null(),
    });
    let child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
    let pid = child.id().context("a process")?;
    let mut most = 0;
    let mut ended = std::pin::pin!(child.wait_with_output());
    let output = loop {
        tokio::select! {
            output = ended.as_mut() => break output?,
            () = crate::wait::pause(std::time::Duration::from_millis(1)) => most = most.max(peak(pid).unwrap_or(0)),
        }
    };
    ensure!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(most > 0, "nobody saw {args:?}");
    Ok(most)
}

fn peak(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1_024)
}
