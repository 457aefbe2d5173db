//! How long it takes from a key to the changed screen, in the real programs on a real terminal, with a long conversation
//! open. The time of this side is not counted: it ends when the program has written.

use std::{
    fmt,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use hdrhistogram::Histogram;
use minicom_client::{ClientEvent, Config, ServerUrl, StateDir, credentials, open};
use minicom_protocol::{command::CustomerCommand, command::Outcome, ids::TenantId, text::CustomerName};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::{computer::Computer, desk_setup::Setup, pty::Pty, server::ServerProcess, wait::PATIENCE};

/// The size of the terminal.
const SIZE: (u16, u16) = (120, 40);
/// Lines that are sent without waiting for their answers.
const IN_FLIGHT: usize = 64;
/// Between two keys, as of somebody who types fast. Less than a frame's distance would measure how frames are joined.
const BETWEEN_KEYS: Duration = Duration::from_millis(20);
/// After the last change, the screen counts as drawn.
const QUIET: Duration = Duration::from_millis(300);
/// The first line that is surely kept: programs keep 5,000 events of a thread and ask for them in pages of 50.
const FIRST_KEPT: usize = 60;
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
/// Letters in a row before the composer is emptied.
const LETTERS: usize = 25;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Messages of the conversation that is open.
    pub messages: usize,
    /// Keys of each kind in each program.
    pub keys: usize,
}

impl Default for Bar {
    fn default() -> Bar {
        Bar {
            messages: 5_000,
            keys: 500,
        }
    }
}

/// Times from key to screen, in microseconds.
#[derive(Clone, Debug)]
pub struct Measured {
    /// In which program, and by what keys.
    pub of: &'static str,
    /// The times.
    pub times: Histogram<u64>,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |quantile| self.times.value_at_quantile(quantile) as f64 / 1_000.0;
        let (of, p50, p95, p99) = (self.of, ms(0.5), ms(0.95), ms(0.99));
        write!(
            f,
            "{of:<24} p50 {p50:>6.2} ms   p95 {p95:>6.2} ms   p99 {p99:>6.2} ms   ({} keys)",
            self.times.len()
        )
    }
}

/// Measures both programs, letters and scrolling apart.
///
/// # Errors
/// A program does not do what its keys say.
pub async fn measure(bar: Bar) -> Result<Vec<Measured>> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let server = ServerProcess::start(&data, setup).await?;
    let computer = Computer::new(server.url())?;
    write_history(&server.url(), &computer.customers(), bar.messages).await?;

    let (columns, rows) = SIZE;
    let mut chat = computer.chat_screen("carol", columns, rows)?;
    chat.sees(&text(bar.messages))?;
    let [letters, scrolling] = measure_program(&mut chat, bar, ["minicom-chat, letters", "minicom-chat, scrolling"])?;
    drop(chat);

    let ada = agents.first().context("there is no agent")?;
    let mut desk = computer.agent_screen(ada, columns, rows)?;
    desk.sees("carol")?;
    desk.press("\x0e")?; // Ctrl-N opens and claims carol's, which waits.
    desk.sees(&text(bar.messages))?;
    let of_desk = measure_program(&mut desk, bar, ["minicom-agent, letters", "minicom-agent, scrolling"])?;
    Ok([letters, scrolling].into_iter().chain(of_desk).collect())
}

fn text(n: usize) -> String {
    format!("message {n} of a long story")
}

/// The first of the thread's lines on the screen: what scrolling changes, whatever else does.
fn first_shown(pty: &Pty) -> Option<usize> {
    let screen = pty.screen();
    let (before, _) = screen.split_once(" of a long story")?;
    before.rsplit(' ').next()?.parse().ok()
}

/// A customer's thread with so many lines.
async fn write_history(server: &ServerUrl, state: &Path, messages: usize) -> Result<()> {
    let (state, tenant) = (StateDir::at(state), TenantId::default_tenant());
    let name = CustomerName::parse("carol").map_err(|error| anyhow!("{error}"))?;
    let secret = credentials::customer_secret(&state, server, &tenant, &name)?;
    let (handle, mut events) = open(Config::customer(server.clone(), name, secret, "minicom-bars"));
    let (mut sent, mut answered) = (0, 0);
    while answered < messages {
        while sent < messages && sent - answered < IN_FLIGHT {
            sent += 1;
            handle.send(CustomerCommand::post(text(sent)))?;
        }
        match timeout(PATIENCE, events.recv())
            .await?
            .context("the connection ended")?
        {
            ClientEvent::Answered { outcome, .. } => {
                ensure!(matches!(outcome, Outcome::Done(_)), "a line was refused: {outcome:?}");
                answered += 1;
            }
            ClientEvent::Ended(why) => return Err(anyhow!("{}", why.words())),
            _ => {}
        }
    }
    handle.shutdown().await;
    Ok(())
}

/// With the whole thread loaded, and the newest line at the bottom.
fn measure_program(pty: &mut Pty, bar: Bar, of: [&'static str; 2]) -> Result<[Measured; 2]> {
    load_all(pty)?;
    pty.press("\x1b[F")?; // End
    pty.sees(&text(bar.messages))?;
    pty.settle(QUIET);
    let [mut letters, mut scrolling] = of.map(Measured::of);
    let mut typed = String::new();
    while (letters.times.len() as usize) < bar.keys {
        if typed.len() == LETTERS {
            pty.press("\x15")?; // Ctrl-U
            pty.sees_no(&typed)?;
            typed.clear();
        }
        // No two words that are on the screen already look like this.
        let key = if typed.len().is_multiple_of(2) { "q" } else { "z" };
        typed.push_str(key);
        let now = typed.clone();
        letters.record(pty, key, |pty| pty.screen().contains(&now))?;
    }
    pty.press("\x15")?;
    pty.sees_no(&typed)?;
    pty.settle(QUIET);
    // Ten pages up, ten down.
    while (scrolling.times.len() as usize) < bar.keys {
        let up = scrolling.times.len() / 10 % 2 == 0;
        let before = first_shown(pty);
        let key = if up { PAGE_UP } else { PAGE_DOWN };
        scrolling.record(pty, key, |pty| first_shown(pty) != before)?;
    }
    Ok([letters, scrolling])
}

impl Measured {
    /// Nothing yet.
    pub(crate) fn of(of: &'static str) -> Measured {
        Measured {
            of,
            times: Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are in order"),
        }
    }

    /// 95 of 100 were faster.
    pub fn p95(&self) -> Duration {
        Duration::from_micros(self.times.value_at_quantile(0.95))
    }

    /// Presses a key, waits until it has changed the screen, and notes how long that took.
    pub(crate) fn record(&mut self, pty: &mut Pty, key: &str, changed: impl Fn(&Pty) -> bool) -> Result<()> {
        pty.settle(BETWEEN_KEYS);
        let pressed = Instant::now();
        pty.press(key)?;
        let drawn = pty.until("the key to change the screen", changed)?;
        let took = drawn.saturating_duration_since(pressed).as_micros();
        self.times
            .saturating_record(u64::try_from(took).unwrap_or(u64::MAX).max(1));
        Ok(())
    }
}

/// Scrolls up page by page until the program has all lines that it keeps.
fn load_all(pty: &mut Pty) -> Result<()> {
    while first_shown(pty).is_none_or(|first| first > FIRST_KEPT) {
        let before = first_shown(pty);
        pty.press(PAGE_UP)?;
        pty.until("an older page", |pty| first_shown(pty) != before)?;
    }
    Ok(())
}
