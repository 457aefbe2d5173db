//! The ways in which a program comes to its end.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use super::Moment;
use crate::{
    modes,
    pty::{Program, Pty},
    wait::until_blocking,
};

const CTRL_C: &str = "\x03";
const CTRL_Z: &str = "\x1a";
const ESC: &str = "\x1b";
/// The end of a paste, in case that one was begun: in the middle of one no key is heard.
const PASTED: &str = "\x1b[201~";
/// Between two keys of somebody who wants to go: the program has answered the first.
const BETWEEN_KEYS: Duration = Duration::from_millis(40);
/// Keys until it must have ended: one may close what is open, one clear what was typed, two are the way out.
const KEYS_MAX: usize = 12;
/// A mistake in the program: what it ends with.
const BUG: u32 = 70;

/// A way to end a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Way {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGHUP.
    HangUp,
    /// The terminal is gone.
    Closed,
    /// A panic in the loop.
    BreakLoop,
    /// A panic in one of its tasks.
    BreakTask,
    /// Ctrl-C, as often as it takes.
    Keys,
    /// Ctrl-Z, `fg`, and then keys.
    Suspend,
    /// SIGSTOP, SIGCONT, and then SIGTERM.
    Stop,
    /// SIGKILL, of which no program knows.
    Kill,
}

impl Way {
    /// All of them.
    pub const ALL: [Way; 11] = [
        Way::Terminate,
        Way::Kill,
        Way::BreakLoop,
        Way::Suspend,
        Way::Closed,
        Way::Interrupt,
        Way::Keys,
        Way::BreakTask,
        Way::Quit,
        Way::Stop,
        Way::HangUp,
    ];

    /// Before the program has the terminal, keys are the system's, and nobody could break it.
    pub(super) fn is_possible_at(self, moment: Moment) -> bool {
        let needs_program = [Way::BreakLoop, Way::BreakTask, Way::Keys, Way::Suspend, Way::Stop];
        moment != Moment::Start || !needs_program.contains(&self)
    }

    /// Whether the program can do anything about it.
    pub(super) fn is_known_to_the_program(self) -> bool {
        self != Way::Kill
    }

    /// Whether the program has the time to store what was typed.
    pub(super) fn keeps_what_was_typed(self) -> bool {
        // Ctrl-C clears it first.
        ![Way::Kill, Way::BreakLoop, Way::BreakTask, Way::Keys, Way::Suspend].contains(&self)
    }

    /// What it ends with.
    pub(super) fn code(self) -> u32 {
        match self {
            Way::BreakLoop | Way::BreakTask => BUG,
            _ => 0,
        }
    }

    /// The program as it is to be started for this: who is to stop by Ctrl-Z needs a shell that lets it go on.
    pub(super) fn wrapped(self, program: Program) -> Program {
        if self != Way::Suspend {
            return program;
        }
        let words = "set -m; \"$@\"; fg >/dev/null; exit $?";
        let mut args = vec!["-c".into(), words.into(), "sh".into(), program.path.into_os_string()];
        args.extend(program.args);
        Program {
            path: "/bin/sh".into(),
            args,
            env: program.env,
        }
    }

    /// Ends it, and returns its exit code.
    pub(super) fn end(self, pty: &mut Pty, moment: Moment) -> Result<u32> {
        let signal = match self {
            Way::Terminate => Signal::TERM,
            Way::Interrupt => Signal::INT,
            Way::Quit => Signal::QUIT,
            Way::HangUp | Way::Closed => Signal::HUP,
            Way::BreakLoop => Signal::USR1,
            Way::BreakTask => Signal::USR2,
            Way::Kill => Signal::KILL,
            Way::Keys => return leave_by_keys(pty),
            Way::Suspend => {
                pty.press(PASTED)?;
                match moment {
                    Moment::Menu => {
                        pty.press(ESC)?;
                        pty.sees_no("Menu")?;
                    }
                    // Where nothing can be shown, keys mean nothing but the end: this one waits for the footer.
                    Moment::Resizing => {
                        pty.resize(80, 24)?;
                        pty.sees("help")?;
                    }
                    _ => {}
                }
                let taken = times_taken(pty);
                pty.press(CTRL_Z)?;
                pty.until("the screen after the stop", |pty| times_taken(pty) > taken)?;
                return leave_by_keys(pty);
            }
            Way::Stop => {
                let taken = times_taken(pty);
                pty.signal(Signal::STOP)?;
                pty.cook()?;
                pty.signal(Signal::CONT)?;
                pty.until("the screen after the stop", |pty| times_taken(pty) > taken)?;
                ensure!(pty.is_raw()?, "keys do not reach the program after the stop");
                Signal::TERM
            }
        };
        pty.signal(signal)?;
        pty.end()
    }
}

/// How often the program has taken the terminal and drawn.
fn times_taken(pty: &Pty) -> usize {
    let raw = pty.raw();
    let (before, after) = raw.rsplit_once("\x1b[?1049h").unwrap_or_default();
    let drawn = after.contains(modes::BEGIN_UPDATE);
    before.matches("\x1b[?1049h").count() + usize::from(drawn)
}

fn leave_by_keys(pty: &mut Pty) -> Result<u32> {
    pty.press(PASTED)?;
    for _ in 0..KEYS_MAX {
        pty.press(CTRL_C)?;
        pty.settle(BETWEEN_KEYS);
        if !pty.is_taken() {
            return pty.end();
        }
    }
    ensure!(!pty.is_taken(), "it does not end:\n{}", pty.screen());
    until_blocking("its end", || pty.end().ok()).context("it does not end")
}
