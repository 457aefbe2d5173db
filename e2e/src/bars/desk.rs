//! A large desk: how long the agent's real program takes from its start to a list that one can work with, how long a key in
//! that list takes, and how much memory it has. Measured with nothing closed and with very much closed: it must not matter.

mod fill;

use std::{
    fmt,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use self::fill::Ground;
use crate::{
    computer::Computer,
    desk_setup::{DeskAgent, Setup},
    keys::Measured,
    load::process::Used,
    pty::Pty,
    server::ServerProcess,
};

/// From the program's start, connection and all, to a list with whoever is next on the screen.
pub const SCREEN_MAX: Duration = Duration::from_millis(300);
/// A key in the list, to the changed screen: 95 of 100 are faster.
pub const KEY_MAX: Duration = Duration::from_millis(5);
/// Resident memory of the agent's program.
pub const MEMORY_MAX: u64 = 150 * 1024 * 1024;

/// The size of the terminal.
const SIZE: (u16, u16) = (120, 40);
/// After the last change, the screen counts as drawn.
const QUIET: Duration = Duration::from_millis(300);
/// Starts that are measured: the machine may be busy at one of them.
const STARTS: usize = 7;

/// How large it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Open conversations.
    pub open: u64,
    /// Closed ones, the second time.
    pub closed: u64,
    /// Keys in the list.
    pub moves: usize,
}

/// What was measured at one desk.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Open conversations.
    pub open: u64,
    /// Closed ones.
    pub closed: u64,
    /// From start to useful screen, the shortest first.
    pub starts: Vec<Duration>,
    /// Rows down and up.
    pub moves: Measured,
    /// Resident memory after all that, in bytes.
    pub memory: u64,
}

impl Desk {
    /// The time in the middle of all starts.
    pub fn start(&self) -> Duration {
        self.starts.get(self.starts.len() / 2).copied().unwrap_or(Duration::MAX)
    }

    /// Whether it is as promised.
    pub fn is_quick(&self) -> bool {
        self.start() < SCREEN_MAX && self.moves.p95() < KEY_MAX && self.memory < MEMORY_MAX
    }
}

impl fmt::Display for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Option<&Duration>| time.map_or(0, Duration::as_millis);
        write!(
            f,
            "{} open, {} closed: useful after {} ms ({} to {}), {} MB\n  {}",
            self.open,
            self.closed,
            self.start().as_millis(),
            ms(self.starts.first()),
            ms(self.starts.last()),
            self.memory / (1024 * 1024),
            self.moves
        )
    }
}

/// Measures the same open conversations twice: with nothing closed, and with so much.
///
/// # Errors
/// A desk cannot be filled, or a program does not do what its keys say.
pub async fn measure(size: Size) -> Result<[Desk; 2]> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada", "Bo"]);
    let agents = setup.prepare(&data).await?;
    let ground = Ground::new(&data, &setup, &agents);
    let ada = agents.first().context("an agent was made")?;
    ground.open(size.open).await?;
    let without = look(&data, &setup, ada, size, 0).await?;
    ground.close(size.closed).await?;
    let with = look(&data, &setup, ada, size, size.closed).await?;
    Ok([without, with])
}

async fn look(data: &Path, setup: &Setup, ada: &DeskAgent, size: Size, closed: u64) -> Result<Desk> {
    let mut server = ServerProcess::start(data, setup.clone()).await?;
    let computer = Computer::new(server.url())?;
    let (columns, rows) = SIZE;
    let program = computer.agent(ada, &[])?;
    let mut starts = Vec::new();
    let mut screen = None;
    for _ in 0..STARTS {
        let began = Instant::now();
        let mut pty = Pty::start(&program, columns, rows)?;
        let drawn = pty.until("a list with whoever is next", is_useful)?;
        starts.push(drawn.saturating_duration_since(began));
        screen = Some(pty);
    }
    starts.sort_unstable();
    let mut pty = screen.context("it was started")?;
    let moves = move_about(&mut pty, size.moves)?;
    let memory = Used::by(pty.pid()?).context("this system does not tell memory")?.memory;
    drop(pty);
    ensure!(server.terminate().await?.success(), "the server did not end well");
    Ok(Desk {
        open: size.open,
        closed,
        starts,
        moves,
        memory,
    })
}

/// Connected, and whoever is next is on the screen.
fn is_useful(pty: &Pty) -> bool {
    let screen = pty.screen();
    screen.contains("live") && screen.contains(fill::FIRST)
}

/// Rows down, and sometimes some up again. With the cursor, what is open beside the list changes.
fn move_about(pty: &mut Pty, moves: usize) -> Result<Measured> {
    pty.press("\x1b")?; // Esc: to the list.
    pty.settle(QUIET);
    pty.press("g")?;
    pty.until("the cursor on a row", |pty| chosen(pty).is_some())?;
    pty.settle(QUIET);
    let mut measured = Measured::of("rows of the list");
    while (measured.times.len() as usize) < moves {
        // Forty down, ten up.
        let key = if measured.times.len() % 50 < 40 { "j" } else { "k" };
        let before = chosen(pty);
        measured.record(pty, key, |pty| {
            let now = chosen(pty);
            now.is_some() && now != before
        })?;
    }
    Ok(measured)
}

/// Whose row has the cursor.
fn chosen(pty: &Pty) -> Option<String> {
    let screen = pty.screen();
    let row = screen.lines().find(|line| line.starts_with('›'))?;
    let name = row.split_whitespace().find(|word| word.starts_with(fill::NAME))?;
    Some(name.to_owned())
}
