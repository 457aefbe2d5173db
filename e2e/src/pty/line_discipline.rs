//! The line discipline: whether the system echoes what is typed and edits it by the line, or hands it on key by key.

use std::fs::File;

use anyhow::{Context as _, Result};
use portable_pty::MasterPty;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::Pty;

/// What a shell wants of a terminal, and a program that has it does not.
const COOKED: LocalModes = LocalModes::ICANON.union(LocalModes::ECHO).union(LocalModes::ISIG);

/// All modes, to compare them.
pub(super) fn modes(master: &dyn MasterPty) -> Option<[u64; 4]> {
    let modes = master.get_termios()?;
    Some([
        modes.input_flags.bits().into(),
        modes.output_flags.bits().into(),
        modes.control_flags.bits().into(),
        modes.local_flags.bits().into(),
    ])
}

impl Pty {
    /// Sets the modes that a shell sets when the program is stopped.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn cook(&self) -> Result<()> {
        let terminal = self.terminal()?;
        let mut modes = tcgetattr(&terminal)?;
        modes.local_modes |= COOKED;
        Ok(tcsetattr(&terminal, OptionalActions::Now, &modes)?)
    }

    /// Whether keys go to the program one by one, and the system shows none.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn is_raw(&self) -> Result<bool> {
        let modes = tcgetattr(self.terminal()?)?;
        Ok(!modes.local_modes.intersects(COOKED))
    }

    fn terminal(&self) -> Result<File> {
        let name = self.master.tty_name().context("the terminal has no name")?;
        File::open(&name).with_context(|| name.display().to_string())
    }
}
