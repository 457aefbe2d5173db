//! A desk at which very much happens: what an agent's program draws meanwhile, and how long a key takes.

use std::{
    fmt,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::{runtime::Handle, task::JoinHandle, time::interval};

use crate::{
    computer::Computer, desk_setup::Setup, keys::Measured, modes::BEGIN_UPDATE, people, program::CustomerProgram,
    pty::Pty, server::ServerProcess, wait::until,
};

/// Frames of a second that were caused by events.
pub const FRAMES_MAX: u64 = 60;
/// A key meanwhile: 95 of 100 are faster.
pub const KEY_MAX: Duration = Duration::from_millis(30);
/// Customers who write.
const CUSTOMERS: usize = 100;
/// The whole burst is sent in pieces, so far apart.
const PIECE: Duration = Duration::from_millis(10);
/// How often somebody types meanwhile.
const BETWEEN_KEYS: Duration = Duration::from_millis(100);
/// Letters in a row before the composer is emptied.
const LETTERS: usize = 25;
/// Before the burst, what came before it is drawn.
const REST: Duration = Duration::from_millis(300);

/// How much happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Events a second.
    pub events: u32,
    /// For how long: first without keys, then again with keys.
    pub seconds: u32,
}

impl Size {
    /// A thousand events a second, for so long.
    pub fn with(seconds: u32) -> Size {
        Size { events: 1_000, seconds }
    }
}

/// What was drawn.
#[derive(Clone, Debug)]
pub struct Burst {
    /// What was wanted.
    pub size: Size,
    /// Events a second that the server had stored, in the slower of both halves.
    pub rate: f64,
    /// Frames without keys.
    pub frames: u64,
    /// The most frames in a second of those.
    pub worst: u64,
    /// Frames while somebody typed.
    pub frames_with_keys: u64,
    /// The keys.
    pub keys: Measured,
}

impl Burst {
    /// Whether few frames were drawn: what a key changes is shown at once, and costs a frame of its own.
    pub fn is_calm(&self) -> bool {
        let keys = self.keys.times.len();
        let of_all = FRAMES_MAX * u64::from(self.size.seconds);
        self.worst <= FRAMES_MAX && self.frames <= of_all && self.frames_with_keys <= of_all + 2 * keys
    }

    /// Whether it is as promised: also that there was a burst.
    pub fn is_as_promised(&self) -> bool {
        self.is_calm() && self.keys.p95() < KEY_MAX && self.rate > 0.95 * f64::from(self.size.events)
    }
}

impl fmt::Display for Burst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} events a second: {} frames in {} s, at most {} in a second; {} with keys\n  {}",
            self.rate, self.frames, self.size.seconds, self.worst, self.frames_with_keys, self.keys
        )
    }
}

/// Has customers write at such a rate, and looks at an agent's program.
///
/// # Errors
/// A program cannot be started, or does not do what its keys say.
pub async fn measure(size: Size) -> Result<Burst> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let ada = agents.first().context("an agent was made")?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let mut customers = Vec::new();
    for n in 0..CUSTOMERS {
        let customer = people::customer(server.address, &format!("c{n}")).await?;
        customer.says("My parcel never arrived").await?;
        customers.push(customer);
    }
    let computer = Computer::new(server.url())?;
    let mut desk = computer.agent_screen(ada, 120, 40)?;
    desk.sees("live")?;
    desk.sees(&format!("waiting {CUSTOMERS}"))?;
    desk.press("\x0e")?; // Ctrl-N
    desk.sees("you took over")?;
    rest(&mut desk);

    let burst = Writing::start(customers, size);
    let (frames, worst) = look(&mut desk, size);
    let (customers, alone) = burst.end().await?;
    rest(&mut desk);
    let burst = Writing::start(customers, size);
    let (frames_with_keys, keys) = type_meanwhile(&mut desk, size)?;
    let (customers, typing) = burst.end().await?;
    drop((desk, customers));
    ensure!(server.terminate().await?.success(), "the server did not end well");
    Ok(Burst {
        size,
        rate: alone.min(typing),
        frames,
        worst,
        frames_with_keys,
        keys,
    })
}

/// Takes what comes for a moment. It may never be still: the waiting times of all who are on the screen count.
fn rest(desk: &mut Pty) {
    let end = Instant::now() + REST;
    while desk.next(end) {}
}

/// Customers who write.
struct Writing(JoinHandle<Result<(Vec<CustomerProgram>, f64)>>);

impl Writing {
    fn start(customers: Vec<CustomerProgram>, size: Size) -> Writing {
        // On a thread of its own: this one looks at the screen meanwhile.
        let here = Handle::current();
        Writing(tokio::task::spawn_blocking(move || {
            here.block_on(write(customers, size))
        }))
    }

    /// Waits until all is stored; and how much that was a second.
    async fn end(self) -> Result<(Vec<CustomerProgram>, f64)> {
        self.0.await?
    }
}

async fn write(customers: Vec<CustomerProgram>, size: Size) -> Result<(Vec<CustomerProgram>, f64)> {
    let began = Instant::now();
    let answered = || -> usize { customers.iter().map(|it| it.look(|seen| seen.answers.len())).sum() };
    let before = answered();
    let all = (size.events * size.seconds) as usize;
    let mut clock = interval(PIECE);
    let (mut sent, mut writers) = (0, (0..customers.len()).cycle());
    while sent < all {
        clock.tick().await;
        let due = (began.elapsed() + PIECE).as_secs_f64() * f64::from(size.events);
        while sent < all && (sent as f64) < due {
            let writer = writers
                .next()
                .and_then(|n| customers.get(n))
                .context("somebody writes")?;
            writer.types(&format!("and this is word {sent} of it"))?;
            sent += 1;
        }
    }
    until("all to be stored", || (answered() >= before + all).then_some(())).await?;
    Ok((customers, all as f64 / began.elapsed().as_secs_f64()))
}

/// Counts frames.
struct Frames {
    /// Bytes that were looked at.
    looked: usize,
    /// When each was here.
    at: Vec<Instant>,
}

impl Frames {
    fn from_now(pty: &Pty) -> Frames {
        Frames {
            looked: pty.written(),
            at: Vec::new(),
        }
    }

    /// Looks at what came.
    fn look(&mut self, pty: &Pty) {
        let begin = BEGIN_UPDATE.as_bytes();
        while let Some(found) = pty.since(self.looked).windows(begin.len()).position(|it| it == begin) {
            self.looked += found + begin.len();
            self.at.push(Instant::now());
        }
        // The beginning of one may be there already.
        self.looked = self.looked.max(pty.written().saturating_sub(begin.len() - 1));
    }

    fn count(&self) -> u64 {
        self.at.len() as u64
    }

    /// The most in a second.
    fn worst(&self) -> u64 {
        let second = Duration::from_secs(1);
        let from = |first: &Instant| {
            self.at
                .iter()
                .filter(|at| *at >= first && **at < *first + second)
                .count()
        };
        self.at.iter().map(from).max().unwrap_or_default() as u64
    }
}

fn look(desk: &mut Pty, size: Size) -> (u64, u64) {
    let mut frames = Frames::from_now(desk);
    let end = Instant::now() + Duration::from_secs(size.seconds.into());
    while desk.next(end) {
        frames.look(desk);
    }
    (frames.count(), frames.worst())
}

fn type_meanwhile(desk: &mut Pty, size: Size) -> Result<(u64, Measured)> {
    let mut frames = Frames::from_now(desk);
    let mut keys = Measured::of("letters in a burst");
    let end = Instant::now() + Duration::from_secs(size.seconds.into());
    let mut typed = String::new();
    while Instant::now() < end {
        let next = (Instant::now() + BETWEEN_KEYS).min(end);
        while desk.next(next) {
            frames.look(desk);
        }
        if typed.len() == LETTERS {
            desk.press("\x15")?; // Ctrl-U
            desk.sees_no(&typed)?;
            typed.clear();
        }
        typed.push(if typed.len().is_multiple_of(2) { 'q' } else { 'z' });
        keys.time(desk, &typed[typed.len() - 1..], |pty| pty.screen().contains(&typed))?;
        frames.look(desk);
    }
    Ok((frames.count(), keys))
}
