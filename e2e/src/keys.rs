//! How long it takes from a key to the changed screen, and how many bytes that costs, in the real programs on a real terminal, with a
//! long conversation open. The time of this side is not counted: it ends when the program has written.

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

/// What a key in the composer may cost a slow line: 95 of 100 cost less. The first letter of a text also takes away what stood there.
pub const BYTES_MAX: u64 = 120;

/// Lines that are sent without waiting for their answers.
const IN_FLIGHT: usize = 64;
/// Between two keys, as of somebody who types fast. Less than a frame's distance would measure how frames are joined.
const BETWEEN_KEYS: Duration = Duration::from_millis(20);
/// After the last change, the screen counts as drawn.
const QUIET: Duration = Duration::from_millis(300);
/// Of a thread, programs keep so many events, and ask for them in pages of 50.
const KEPT: usize = 5_000;
/// The first line that is surely kept of a thread that is kept whole.
const FIRST_KEPT: usize = 60;
const PAGE_UP: &str = "\x1b[5~";
const PAGE_DOWN: &str = "\x1b[6~";
/// Letters in a row before the composer is emptied.
const LETTERS: usize = 25;

/// A terminal, and how quick a key is on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Its columns.
    pub columns: u16,
    /// Its rows.
    pub rows: u16,
    /// Key to changed screen: 95 of 100 are faster.
    pub key_max: Duration,
}

/// Where it is measured.
pub const SIZES: [Size; 2] = [
    Size {
        columns: 120,
        rows: 40,
        key_max: Duration::from_millis(2),
    },
    Size {
        columns: 200,
        rows: 60,
        key_max: Duration::from_millis(5),
    },
];

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Messages of the conversation that is open.
    pub messages: usize,
    /// Keys of each kind in each program.
    pub keys: usize,
}

impl Bar {
    /// So many keys, in a conversation as long as one is kept.
    pub fn with(keys: usize) -> Bar {
        Bar { messages: KEPT, keys }
    }
}

/// Times from key to screen, in microseconds, and what was written meanwhile.
#[derive(Clone, Debug)]
pub struct Measured {
    /// In which program, and by what keys.
    pub of: &'static str,
    /// The times.
    pub times: Histogram<u64>,
    /// Bytes for each key.
    pub bytes: Histogram<u64>,
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |quantile| self.times.value_at_quantile(quantile) as f64 / 1_000.0;
        let (of, p50, p95, p99) = (self.of, ms(0.5), ms(0.95), ms(0.99));
        let (mean, most, worst) = (self.bytes.mean(), self.bytes.value_at_quantile(0.95), self.bytes.max());
        write!(
            f,
            "{of:<20} p50 {p50:>6.2} ms   p95 {p95:>6.2} ms   p99 {p99:>6.2} ms   ({} keys",
            self.times.len()
        )?;
        match self.bytes.is_empty() {
            true => write!(f, ")"),
            false => write!(f, "; bytes: mean {mean:.0}, p95 {most}, worst {worst})"),
        }
    }
}

/// What was measured at one size: letters and scrolling, of each program.
#[derive(Clone, Debug)]
pub struct AtSize {
    /// The size.
    pub size: Size,
    /// Typed letters.
    pub letters: [Measured; 2],
    /// Pages up and down.
    pub scrolling: [Measured; 2],
}

impl AtSize {
    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = &Measured> {
        self.letters.iter().chain(&self.scrolling)
    }

    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        self.all().all(|it| it.p95() < self.size.key_max) && self.letters.iter().all(Measured::is_short)
    }
}

impl fmt::Display for AtSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { columns, rows, key_max } = self.size;
        write!(
            f,
            "{columns}x{rows}, below {} ms, {BYTES_MAX} bytes a letter:",
            key_max.as_millis()
        )?;
        self.all().try_for_each(|it| write!(f, "\n  {it}"))
    }
}

/// Measures both programs at each size.
///
/// # Errors
/// A program does not do what its keys say.
pub async fn measure(bar: Bar, sizes: &[Size]) -> Result<Vec<AtSize>> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let ada = agents.first().context("there is no agent")?;
    let server = ServerProcess::start(&data, setup).await?;
    let computer = Computer::new(server.url())?;
    write_history(&server.url(), &computer.customers(), "carol", bar.messages).await?;
    let mut all = Vec::new();
    for size in sizes {
        let chat = computer.chat_screen("carol", size.columns, size.rows)?;
        let chat = Hands::on_chat(chat, bar.messages)?.measure(bar.keys, ["chat, letters", "chat, scrolling"])?;
        let desk = computer.agent_screen(ada, size.columns, size.rows)?;
        let desk = Hands::on_desk(desk, "carol", bar.messages)?;
        let desk = desk.measure(bar.keys, ["agent, letters", "agent, scrolling"])?;
        let ([chat_letters, chat_scrolling], [desk_letters, desk_scrolling]) = (chat, desk);
        all.push(AtSize {
            size: *size,
            letters: [chat_letters, desk_letters],
            scrolling: [chat_scrolling, desk_scrolling],
        });
    }
    Ok(all)
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
pub(crate) async fn write_history(server: &ServerUrl, state: &Path, who: &str, messages: usize) -> Result<()> {
    let (state, tenant) = (StateDir::at(state), TenantId::default_tenant());
    let name = CustomerName::parse(who).map_err(|error| anyhow!("{error}"))?;
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

/// Somebody's hands on a program with the whole thread loaded: they type letters, or turn pages.
pub(crate) struct Hands {
    pty: Pty,
    /// What stands in the composer.
    typed: String,
    /// Pages turned.
    pages: usize,
}

impl Hands {
    /// On a customer's program whose thread has so many lines.
    pub fn on_chat(mut pty: Pty, messages: usize) -> Result<Hands> {
        pty.sees(&text(messages))?;
        Hands::on(pty, messages)
    }

    /// On an agent's, at a desk where this customer is next or nobody waits any more.
    pub fn on_desk(mut pty: Pty, customer: &str, messages: usize) -> Result<Hands> {
        pty.sees("live")?;
        pty.sees(customer)?;
        pty.press("\x0b")?; // Ctrl-K finds it, wherever it stands.
        pty.sees("Menu")?;
        pty.press(&format!("{customer}\r"))?;
        pty.sees_no("Menu")?;
        pty.sees(&text(messages))?;
        pty.press("\x14")?; // Ctrl-T claims it, if it waits.
        pty.settle(QUIET);
        Hands::on(pty, messages)
    }

    fn on(mut pty: Pty, messages: usize) -> Result<Hands> {
        load_all(&mut pty, messages.saturating_sub(KEPT) + FIRST_KEPT)?;
        pty.press("\x1b[F")?; // End
        pty.sees(&text(messages))?;
        pty.settle(QUIET);
        Ok(Hands {
            pty,
            typed: String::new(),
            pages: 0,
        })
    }

    fn measure(mut self, keys: usize, of: [&'static str; 2]) -> Result<[Measured; 2]> {
        let [mut letters, mut scrolling] = of.map(Measured::of);
        for _ in 0..keys {
            self.letter(&mut letters)?;
        }
        self.clear()?;
        for _ in 0..keys {
            self.page(&mut scrolling)?;
        }
        Ok([letters, scrolling])
    }

    /// Types one more letter, and notes what it cost.
    pub fn letter(&mut self, into: &mut Measured) -> Result<()> {
        if self.typed.len() == LETTERS {
            self.clear()?;
        }
        // No two words that are on the screen already look like this.
        let key = if self.typed.len().is_multiple_of(2) { "q" } else { "z" };
        self.typed.push_str(key);
        let now = &self.typed;
        into.record(&mut self.pty, key, |pty| pty.screen().contains(now))
    }

    /// Empties the composer.
    pub fn clear(&mut self) -> Result<()> {
        if self.typed.is_empty() {
            return Ok(());
        }
        self.pty.press("\x15")?; // Ctrl-U
        self.pty.sees_no(&self.typed)?;
        self.typed.clear();
        self.pty.settle(QUIET);
        Ok(())
    }

    /// Turns one more page, two up and two down, so that a short conversation has them too, and notes what it cost.
    pub fn page(&mut self, into: &mut Measured) -> Result<()> {
        let up = (self.pages / 2).is_multiple_of(2);
        self.pages += 1;
        let before = first_shown(&self.pty);
        let key = if up { PAGE_UP } else { PAGE_DOWN };
        into.record(&mut self.pty, key, |pty| first_shown(pty) != before)
    }
}

impl Measured {
    /// Nothing yet.
    pub(crate) fn of(of: &'static str) -> Measured {
        let none = Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are in order");
        Measured {
            of,
            times: none.clone(),
            bytes: none,
        }
    }

    /// 95 of 100 were faster.
    pub fn p95(&self) -> Duration {
        Duration::from_micros(self.times.value_at_quantile(0.95))
    }

    /// Whether 95 of 100 keys cost few bytes.
    pub fn is_short(&self) -> bool {
        self.bytes.value_at_quantile(0.95) <= BYTES_MAX
    }

    /// Presses a key, waits until it has changed the screen, and notes how long that took.
    pub(crate) fn time(&mut self, pty: &mut Pty, key: &str, changed: impl Fn(&Pty) -> bool) -> Result<()> {
        let pressed = Instant::now();
        pty.press(key)?;
        let drawn = pty.until("the key to change the screen", changed)?;
        let took = drawn.saturating_duration_since(pressed).as_micros();
        self.times
            .saturating_record(u64::try_from(took).unwrap_or(u64::MAX).max(1));
        Ok(())
    }

    /// The same, and notes what was written until all was still.
    pub(crate) fn record(&mut self, pty: &mut Pty, key: &str, changed: impl Fn(&Pty) -> bool) -> Result<()> {
        let before = pty.written();
        self.time(pty, key, changed)?;
        pty.settle(BETWEEN_KEYS);
        self.bytes.saturating_record((pty.written() - before).max(1) as u64);
        Ok(())
    }
}

/// Scrolls up page by page until the program has all lines that it keeps, this one too.
fn load_all(pty: &mut Pty, first: usize) -> Result<()> {
    while first_shown(pty).is_none_or(|shown| shown > first) {
        let before = first_shown(pty);
        pty.press(PAGE_UP)?;
        pty.until("an older page", |pty| first_shown(pty) != before)?;
    }
    Ok(())
}
