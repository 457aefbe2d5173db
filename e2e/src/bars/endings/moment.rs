//! The moments at which a program comes to its end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rand::{Rng, RngExt};

use super::CAROL;
use crate::pty::Pty;

const CTRL_K: &str = "\x0b";
const CTRL_U: &str = "\x15";
/// A start is over by then: it may ask the terminal for its colours, and wait for an answer.
const START_MAX: Duration = Duration::from_millis(250);
/// Anywhere between two things that the program does.
const SOON_MAX: Duration = Duration::from_millis(20);

/// When it is ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Moment {
    /// While it starts.
    Start,
    /// When it is on the screen and connected.
    Screen,
    /// While somebody types.
    Typing,
    /// In a paste, or right behind it.
    Paste,
    /// In the list of everything.
    Menu,
    /// While the terminal changes its size.
    Resizing,
    /// Right after something was sent.
    Sending,
    /// The server is killed, before or after the start, and something was sent.
    Alone,
}

impl Moment {
    /// All of them.
    pub const ALL: [Moment; 8] = [
        Moment::Start,
        Moment::Screen,
        Moment::Typing,
        Moment::Paste,
        Moment::Menu,
        Moment::Resizing,
        Moment::Sending,
        Moment::Alone,
    ];

    /// Whether something is sent in it.
    pub(super) fn sends(self) -> bool {
        [Moment::Sending, Moment::Alone].contains(&self)
    }

    /// Brings the program there.
    pub(super) fn reach(self, pty: &mut Pty, is_agent: bool, words: &str, chance: &mut impl Rng) -> Result<()> {
        match self {
            Moment::Start => {
                let end = Instant::now() + START_MAX.mul_f64(chance.random());
                while pty.next(end) {}
                return Ok(());
            }
            Moment::Screen => {}
            Moment::Typing => {
                write(pty, is_agent)?;
                pty.press(&"all of it ".repeat(chance.random_range(1..20)))?;
            }
            Moment::Paste => {
                write(pty, is_agent)?;
                let text = "pasted ".repeat(chance.random_range(1..400));
                pty.press(&format!("\x1b[200~{text}"))?;
                if chance.random_bool(0.5) {
                    pty.press("\x1b[201~")?;
                }
            }
            Moment::Menu => {
                pty.press(CTRL_K)?;
                pty.sees("Menu")?;
                pty.press("o")?;
            }
            Moment::Resizing => {
                let mut size = || (chance.random_range(5..200), chance.random_range(2..60));
                for (columns, rows) in [size(), size(), size(), size()] {
                    pty.resize(columns, rows)?;
                    pty.next(Instant::now() + SOON_MAX);
                }
            }
            Moment::Sending | Moment::Alone => {
                write(pty, is_agent)?;
                pty.press(CTRL_U)?;
                pty.press(words)?;
                pty.sees(words)?;
                pty.press("\r")?;
            }
        }
        let end = Instant::now() + SOON_MAX.mul_f64(chance.random());
        while pty.next(end) {}
        Ok(())
    }
}

/// What is typed goes into the composer.
fn write(pty: &mut Pty, is_agent: bool) -> Result<()> {
    if is_agent { open_chat(pty) } else { pty.sees("F1") }
}

/// The agent's conversation is open, and what is typed goes into it.
pub(super) fn open_chat(pty: &mut Pty) -> Result<()> {
    // The title that is always there: with many who wait, the others are below the screen.
    pty.sees("WAITING")?;
    // Where much is going on a row may come under the choice, as it may for a person, who looks and chooses again.
    for _ in 0..3 {
        pty.press(CTRL_K)?;
        pty.sees("Menu")?;
        pty.press(&format!("{CAROL}\r"))?;
        pty.sees_no("Menu")?;
        pty.settle(SOON_MAX);
        if pty.screen().contains(&format!("Reply to {CAROL}")) {
            return Ok(());
        }
    }
    bail!("{CAROL} was not opened:\n{}", pty.screen())
}
