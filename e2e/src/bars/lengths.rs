//! A conversation of many messages is drawn as fast as one of few: keys in both by turns, so that what else the machine does hits both.

use std::fmt;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{
    computer::Computer,
    desk_setup::Setup,
    keys::{Hands, Measured, SIZES, write_history},
    server::ServerProcess,
};

/// The long one may take so many times as long as the short one.
pub const RATIO_MAX: f64 = 1.2;

/// How long the conversations are, and how often it is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
    /// Messages of the short one.
    pub short: usize,
    /// Messages of the long one.
    pub long: usize,
    /// Keys of each kind in each program.
    pub keys: usize,
}

impl Size {
    /// So many keys, in a hundred messages and in ten thousand.
    pub fn with(keys: usize) -> Size {
        Size {
            short: 100,
            long: 10_000,
            keys,
        }
    }
}

/// The same keys in the short conversation and in the long one.
#[derive(Clone, Debug)]
pub struct Pair {
    /// In the short one.
    pub short: Measured,
    /// In the long one.
    pub long: Measured,
}

impl Pair {
    fn of(of: &'static str) -> Pair {
        Pair {
            short: Measured::of(of),
            long: Measured::of(of),
        }
    }

    /// How many times as long the middle one of all keys takes in the long conversation.
    pub fn ratio(&self) -> f64 {
        let [short, long] = [&self.short, &self.long].map(|it| it.times.value_at_quantile(0.5) as f64);
        long / short
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "short: {}\nlong:  {}\n  long to short: {:.2}",
            self.short,
            self.long,
            self.ratio()
        )
    }
}

/// What was measured: letters and scrolling, of each program.
#[derive(Clone, Debug)]
pub struct Lengths(pub [Pair; 4]);

impl Lengths {
    /// Whether it is as promised.
    pub fn is_as_promised(&self) -> bool {
        self.0.iter().all(|pair| pair.ratio() < RATIO_MAX)
    }
}

impl fmt::Display for Lengths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.0.each_ref().map(ToString::to_string);
        write!(f, "{}", told.join("\n"))
    }
}

/// Measures both programs, letters and scrolling apart.
///
/// # Errors
/// A program does not do what its keys say.
pub async fn measure(size: Size) -> Result<Lengths> {
    let folder = TempDir::new()?;
    let data = folder.path().join("data");
    let setup = Setup::for_load(&["Ada", "Bo"]);
    let agents = setup.prepare(&data).await?;
    let server = ServerProcess::start(&data, setup).await?;
    let computer = Computer::new(server.url())?;
    let (columns, rows) = (SIZES[0].columns, SIZES[0].rows);
    let both = [("carol", size.short), ("dave", size.long)];
    let (mut chats, mut desks) = (Vec::new(), Vec::new());
    for (name, messages) in both {
        write_history(&server.url(), &computer.customers(), name, messages).await?;
        chats.push(Hands::on_chat(computer.chat_screen(name, columns, rows)?, messages)?);
    }
    let chats = by_turns(chats, size.keys, ["chat, letters", "chat, scrolling"])?;
    for ((name, messages), agent) in both.into_iter().zip(&agents) {
        desks.push(Hands::on_desk(
            computer.agent_screen(agent, columns, rows)?,
            name,
            messages,
        )?);
    }
    let desks = by_turns(desks, size.keys, ["agent, letters", "agent, scrolling"])?;
    let ([a, b], [c, d]) = (chats, desks);
    Ok(Lengths([a, b, c, d]))
}

fn by_turns(hands: Vec<Hands>, keys: usize, of: [&'static str; 2]) -> Result<[Pair; 2]> {
    let mut hands = hands.into_iter();
    let (mut short, mut long) = hands.next().zip(hands.next()).context("there are two")?;
    let [mut letters, mut scrolling] = of.map(Pair::of);
    for _ in 0..keys {
        short.letter(&mut letters.short)?;
        long.letter(&mut letters.long)?;
    }
    short.clear()?;
    long.clear()?;
    for _ in 0..keys {
        short.page(&mut scrolling.short)?;
        long.page(&mut scrolling.long)?;
    }
    Ok([letters, scrolling])
}
