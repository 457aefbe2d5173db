//! A program in a pseudo-terminal of its own: press keys, see the screen, see what it turned on and off, end it by a
//! signal. It knows nothing of what the program is for. Everything here blocks.

use std::{
    ffi::OsString,
    io::{Read, Write},
    num::NonZeroU16,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::wait::PATIENCE;

/// The `ECHO` and `ICANON` bits of a terminal's local modes.
const ECHO_AND_LINES: u32 = 0o10 | 0o2;

/// How much of what a program wrote is told when it ended too early.
const LAST_WORDS_BYTES: usize = 600;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program's file.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment, but for `TERM`, `PATH` and the like, which every terminal has.
    pub env: Vec<(OsString, OsString)>,
}

/// Bytes that a program wrote, and when they were here.
struct Written {
    at: Instant,
    bytes: Vec<u8>,
}

/// A program in a pseudo-terminal. It is killed when it is dropped.
pub struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    bytes: Receiver<Written>,
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// When the newest bytes were here.
    last_at: Instant,
}

fn pty_size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(n: u16) -> Result<NonZeroU16> {
    NonZeroU16::new(n).context("a terminal has at least one row and column")
}

impl Pty {
    /// Starts a program on a terminal of this size.
    ///
    /// # Errors
    /// There is no pseudo-terminal, or the program cannot be started.
    pub fn start(program: &Program, columns: u16, rows: u16) -> Result<Pty> {
        let pair = native_pty_system().openpty(pty_size(columns, rows))?;
        let mut command = CommandBuilder::new(&program.path);
        command.args(&program.args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("PATH", "/usr/bin:/bin");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "UTC");
        for (name, value) in &program.env {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command);
        let child = child.with_context(|| program.path.display().to_string())?;
        let mut reader = pair.master.try_clone_reader()?;
        let writer = pair.master.take_writer()?;
        let (sender, bytes) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            // An error is how the end of the other side looks.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let (at, bytes) = (Instant::now(), buffer[..read].to_vec());
                if sender.send(Written { at, bytes }).is_err() {
                    return;
                }
            }
        });
        Ok(Pty {
            master: pair.master,
            writer,
            child,
            bytes,
            parser: vt100::Parser::new(cells(rows)?, cells(columns)?, 0),
            raw: Vec::new(),
            last_at: Instant::now(),
        })
    }

    /// Presses keys: the bytes that a terminal sends for them.
    ///
    /// # Errors
    /// The program is gone.
    pub fn press(&mut self, bytes: &str) -> Result<()> {
        self.writer
            .write_all(bytes.as_bytes())
            .context("nobody takes the keys")?;
        Ok(self.writer.flush()?)
    }

    /// Pastes a text in one piece.
    ///
    /// # Errors
    /// The program is gone.
    pub fn paste(&mut self, text: &str) -> Result<()> {
        self.press(&format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Gives the terminal another size.
    ///
    /// # Errors
    /// The system does not.
    pub fn resize(&mut self, columns: u16, rows: u16) -> Result<()> {
        self.parser.screen_mut().set_size(cells(rows)?, cells(columns)?);
        self.master.resize(pty_size(columns, rows))
    }

    /// Waits until something is so. Returns when the program had written what makes it so.
    ///
    /// # Errors
    /// It is not within [`PATIENCE`]; the screen is in the words.
    pub fn until(&mut self, what: &str, fact: impl Fn(&Pty) -> bool) -> Result<Instant> {
        let end = Instant::now() + PATIENCE;
        loop {
            if fact(self) {
                return Ok(self.last_at);
            }
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(written) => self.take(&written),
                Err(RecvTimeoutError::Timeout) => {
                    bail!(
                        "waited {} s in vain for {what}; the screen:\n{}",
                        PATIENCE.as_secs(),
                        self.screen()
                    )
                }
                Err(RecvTimeoutError::Disconnected) => {
                    bail!(
                        "the program ended, waiting for {what}; its last words: {:?}",
                        self.last_words()
                    )
                }
            }
        }
    }

    /// Waits until these words are on the screen.
    ///
    /// # Errors
    /// As [`Pty::until`].
    pub fn sees(&mut self, words: &str) -> Result<()> {
        self.until(&format!("{words:?}"), |pty| pty.screen().contains(words))
            .map(drop)
    }

    /// Waits until these words are not on the screen.
    ///
    /// # Errors
    /// As [`Pty::until`].
    pub fn sees_no(&mut self, words: &str) -> Result<()> {
        self.until(&format!("{words:?} to go"), |pty| !pty.screen().contains(words))
            .map(drop)
    }

    /// Waits until the program writes something, at most until `end`, and takes it. Whether it did.
    pub fn next(&mut self, end: Instant) -> bool {
        match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(written) => {
                self.take(&written);
                true
            }
            Err(_) => false,
        }
    }

    /// Waits for the next piece that the program writes, however long it takes, and for when it was here. `None` when the program has
    /// let go of the terminal.
    pub fn heard(&mut self) -> Option<(Instant, &[u8])> {
        let written = self.bytes.recv().ok()?;
        let from = self.raw.len();
        self.take(&written);
        Some((self.last_at, &self.raw[from..]))
    }

    /// Takes all that the program has written, until it has written nothing for so long.
    pub fn settle(&mut self, quiet: Duration) {
        while self.next(Instant::now() + quiet) {}
    }

    fn take(&mut self, written: &Written) {
        self.parser.process(&written.bytes);
        self.raw.extend(&written.bytes);
        self.last_at = written.at;
    }

    /// The screen as text, without what is blank at the ends of rows.
    pub fn screen(&self) -> String {
        let contents = self.parser.screen().contents();
        contents.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    /// One row of the screen, the first is 0.
    pub fn row(&self, n: usize) -> String {
        let (_, columns) = self.parser.screen().size();
        let row = self.parser.screen().rows(0, columns.get()).nth(n);
        row.unwrap_or_default().trim_end().to_owned()
    }

    /// What stands in one cell, the first of row and column is 0: nothing in a blank one, and in the second half of a wide one.
    pub fn cell(&self, row: u16, column: u16) -> &str {
        let cell = self.parser.screen().cell(row, column);
        cell.map(vt100::Cell::contents).unwrap_or_default()
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        let (rows, columns) = self.parser.screen().size();
        (columns.get(), rows.get())
    }

    /// Everything that the program ever wrote.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The end of what the program wrote, for complaints: on a small screen its words would be cut.
    fn last_words(&self) -> String {
        let end = self.raw.len().saturating_sub(LAST_WORDS_BYTES);
        String::from_utf8_lossy(&self.raw[end..]).into_owned()
    }

    /// The program's process.
    ///
    /// # Errors
    /// It has ended.
    pub fn pid(&self) -> Result<u32> {
        self.child.process_id().context("it has ended")
    }

    /// Sends the program a signal.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_raw(self.pid()?.cast_signed()).context("it has no number")?;
        Ok(kill_process(pid, signal)?)
    }

    /// Reads until the program has let go of the terminal, and returns its exit code.
    ///
    /// # Errors
    /// It does not end within [`PATIENCE`].
    pub fn end(&mut self) -> Result<u32> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(written) => self.take(&written),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => bail!("it does not end; the screen:\n{}", self.screen()),
            }
        }
        Ok(self.child.wait()?.exit_code())
    }

    /// Whether a full-screen program has the terminal, and takes pastes in one piece.
    pub fn is_taken(&self) -> bool {
        let screen = self.parser.screen();
        screen.alternate_screen() && screen.bracketed_paste()
    }

    /// Whether every mode that a full-screen program turns on is off again, in the terminal and in the system.
    ///
    /// # Errors
    /// One is on; the words say which.
    pub fn given_back(&self) -> Result<()> {
        let screen = self.parser.screen();
        ensure!(!screen.alternate_screen(), "the alternate screen is still on");
        ensure!(!screen.bracketed_paste(), "bracketed paste is still on");
        ensure!(!screen.hide_cursor(), "the cursor is hidden");
        ensure!(
            screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None,
            "the mouse is still reported"
        );
        let raw = self.raw();
        for mode in ["1049", "2004", "1004"] {
            let (on, off) = (
                raw.rfind(&format!("\x1b[?{mode}h")),
                raw.rfind(&format!("\x1b[?{mode}l")),
            );
            ensure!(off >= on, "mode {mode} is on at the end");
        }
        let modes = self.master.get_termios().context("the terminal has no modes")?;
        let local = modes.local_flags.bits();
        ensure!(
            local & ECHO_AND_LINES == ECHO_AND_LINES,
            "the shell's modes are not back"
        );
        Ok(())
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
