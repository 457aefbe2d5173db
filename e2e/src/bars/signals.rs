//! A new conversation becomes a signal that an agent in another window of tmux sees: the bell's mark and the title in the status line of
//! a real tmux, on a terminal as ssh would carry it.

use std::{
    fmt,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use minicom_tui_kit::notify::BELL_GAP;
use tempfile::TempDir;

use crate::{
    computer::Computer,
    desk_setup::Setup,
    people,
    pty::{Program, Pty},
    server::ServerProcess,
};

/// From the customer's line to the signal on the screen.
pub const SIGNAL_MAX: Duration = Duration::from_secs(1);
/// The window in which the agent's program runs, behind the one that is looked at.
const DESK: &str = "desk";

/// What was measured.
#[derive(Clone, Debug)]
pub struct Signals {
    /// From before the line was sent until the bell's mark was on the screen.
    bells: Vec<Duration>,
    /// The same, for the title with how many want something.
    titles: Vec<Duration>,
}

impl Signals {
    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        let all = self.bells.iter().chain(&self.titles);
        all.clone().count() > 0 && all.clone().all(|time| *time < SIGNAL_MAX)
    }
}

impl fmt::Display for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |times: &[Duration]| {
            let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
            let mut sorted = times.to_vec();
            sorted.sort_unstable();
            format!(
                "median {:.0} ms, worst {:.0}",
                ms(sorted.get(sorted.len() / 2)),
                ms(sorted.last())
            )
        };
        write!(
            f,
            "{} new conversations, seen in tmux's status line: the bell's mark {}; the title {}",
            self.bells.len(),
            told(&self.bells),
            told(&self.titles)
        )
    }
}

/// Opens so many conversations, one after the other, and looks for each in the status line.
///
/// # Errors
/// There is no tmux, a program cannot be started, or nothing is signalled.
pub async fn measure(conversations: usize) -> Result<Signals> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let ada = agents.first().context("an agent was made")?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let address = format!("{}:{}", server.url().host(), server.url().port()).parse()?;
    let computer = Computer::new(server.url())?;
    let tmux = Tmux::new(folder.path());
    let mut screen = tmux.attach()?;
    tmux.run(&["set", "-g", "window-status-format", " #W#F #{pane_title} "])?;
    tmux.run(&["set", "-g", "monitor-bell", "on"])?;
    tmux.open(DESK, &computer.agent(ada, &[])?)?;
    // What waits before it is connected is no news, and rings no bell.
    tmux.run(&["select-window", "-t", DESK])?;
    screen.sees(ada.agent.name.as_str())?;
    tmux.run(&["select-window", "-t", ":0"])?;
    screen.sees("minicom")?;
    let measured = measure_each(&tmux, &mut screen, address, conversations).await;
    tmux.end();
    ensure!(server.terminate().await?.success(), "the server did not end well");
    measured
}

async fn measure_each(
    tmux: &Tmux,
    screen: &mut Pty,
    address: std::net::SocketAddr,
    conversations: usize,
) -> Result<Signals> {
    let (mut bells, mut titles) = (Vec::new(), Vec::new());
    for n in 1..=conversations {
        let carol = people::customer(address, &format!("carol{n}")).await?;
        let began = Instant::now();
        carol.says("My parcel never arrived").await?;
        let mark = format!("{DESK}!");
        let bell = screen.until("the bell's mark", |screen| screen.screen().contains(&mark))?;
        let title = format!("({n}) minicom");
        let titled = screen.until("the title", |screen| screen.screen().contains(&title))?;
        bells.push(bell.duration_since(began));
        titles.push(titled.duration_since(began));
        // Bells are told apart: one that comes sooner rings when the time between two is over.
        tokio::time::sleep_until((bell + BELL_GAP).into()).await;
        // Looked at, the mark goes.
        tmux.run(&["select-window", "-t", DESK])?;
        tmux.run(&["select-window", "-t", ":0"])?;
        screen.until("the mark to go", |screen| !screen.screen().contains(&mark))?;
    }
    Ok(Signals { bells, titles })
}

/// A tmux of its own: another socket and no settings of anybody's.
struct Tmux {
    env: Vec<(std::ffi::OsString, std::ffi::OsString)>,
    socket: String,
}

impl Tmux {
    fn new(folder: &std::path::Path) -> Tmux {
        let folder = folder.as_os_str().to_owned();
        Tmux {
            env: vec![("TMUX_TMPDIR".into(), folder.clone()), ("HOME".into(), folder)],
            socket: format!("minicom-bars-{}", std::process::id()),
        }
    }

    /// A terminal that is attached to it, on a window in which nothing happens.
    fn attach(&self) -> Result<Pty> {
        let args = [
            "-L",
            &self.socket,
            "-f",
            "/dev/null",
            "new-session",
            "-n",
            "shell",
            "sleep 86400",
        ];
        let program = Program {
            path: "tmux".into(),
            args: args.iter().map(Into::into).collect(),
            env: self.env.clone(),
        };
        let mut screen = Pty::start(&program, 100, 24)?;
        screen.sees("shell")?;
        Ok(screen)
    }

    /// Another window with a program in it.
    fn open(&self, name: &str, program: &Program) -> Result<()> {
        let mut command = self.command();
        command.args(["new-window", "-d", "-n", name]);
        for (name, value) in &program.env {
            let mut pair = name.clone();
            pair.push("=");
            pair.push(value);
            command.arg("-e").arg(pair);
        }
        command.arg("--").arg(&program.path).args(&program.args);
        ensure!(command.status()?.success(), "tmux opens no window");
        Ok(())
    }

    fn run(&self, args: &[&str]) -> Result<()> {
        ensure!(self.command().args(args).status()?.success(), "tmux {args:?} failed");
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.envs(self.env.iter().cloned()).env_remove("TMUX");
        command.args(["-L", &self.socket]);
        command
    }

    fn end(&self) {
        // It may be gone with its last window.
        drop(self.command().arg("kill-server").output());
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.end();
    }
}
