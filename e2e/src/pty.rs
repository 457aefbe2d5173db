//! A program in a pseudo-terminal of its own: press keys, see the screen, see what it turned on and off, end it by a
//! signal. It knows nothing of what the program is for. Everything here blocks.

use std::{
    ffi::OsString,
    io::{Read, Write},
    num::NonZeroU16,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

mod line_discipline;

use crate::{
    modes::Modes,
    wait::{PATIENCE, until_blocking},
};

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

/// A program that is killed when it is dropped.
struct Running(Box<dyn Child + Send + Sync>);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.0.process_id().context("it has ended")?;
        let pid = Pid::from_raw(pid.cast_signed()).context("it has no number")?;
        Ok(kill_process(pid, signal)?)
    }
}

/// A program in a pseudo-terminal. It is killed when it is dropped.
pub struct Pty {
    // Before the end that writes, which types a line end and an end of file when it is dropped: a program that still lived would take
    // them, and keep the line end for the next one who has its draft.
    child: Running,
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    bytes: Receiver<Written>,
    /// Whether the thread that reads is to let go of the terminal, after its next piece.
    let_go: Arc<AtomicBool>,
    /// The system's modes of the terminal before the program was there.
    before: Option<[u64; 4]>,
    parser: vt100::Parser<Modes>,
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
        let before = line_discipline::modes(&*pair.master);
        let child = pair.slave.spawn_command(command);
        let child = Running(child.with_context(|| program.path.display().to_string())?);
        let mut reader = pair.master.try_clone_reader()?;
        let writer = pair.master.take_writer()?;
        let (sender, bytes) = channel();
        let let_go = Arc::new(AtomicBool::new(false));
        let lets_go = let_go.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            // An error is how the end of the other side looks.
            while let Ok(read @ 1..) = reader.read(&mut buffer) {
                let (at, bytes) = (Instant::now(), buffer[..read].to_vec());
                if sender.send(Written { at, bytes }).is_err() || lets_go.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        Ok(Pty {
            child,
            master: pair.master,
            writer,
            bytes,
            let_go,
            before,
            parser: vt100::Parser::new_with_callbacks(cells(rows)?, cells(columns)?, 0, Modes::default()),
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
        self.child.0.process_id().context("it has ended")
    }

    /// Sends the program a signal.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.child.signal(signal)
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
        Ok(self.child.0.wait()?.exit_code())
    }

    /// Closes the terminal, as one does whose window is closed, and returns the program's exit code.
    ///
    /// # Errors
    /// It does not end within [`PATIENCE`].
    pub fn hang_up(mut self) -> Result<u32> {
        self.let_go.store(true, Ordering::SeqCst);
        let (columns, rows) = self.size();
        // The thread that reads has an end of the terminal too, and lets go of it when something is written: a key's echo or a frame of
        // another size, behind the end of a paste if there is one. Where the program has ended there is nobody to write.
        drop(self.press("\x1b[201~ ").and_then(|()| self.resize(columns - 1, rows)));
        let end = Instant::now() + PATIENCE;
        while self.next(end) {}
        ensure!(Instant::now() < end, "nothing is written any more");
        let Pty {
            master,
            writer,
            mut child,
            ..
        } = self;
        // The end that writes types a line end and an end of file when it is dropped. Who stands still does not read them before the
        // terminal is gone, which makes it go on.
        drop(child.signal(Signal::STOP));
        drop((writer, master));
        let ended = until_blocking("the program to end without a terminal", || {
            child.0.try_wait().transpose()
        });
        Ok(ended??.exit_code())
    }

    /// How many bytes the program has written, as far as they were taken.
    pub fn written(&self) -> usize {
        self.raw.len()
    }

    /// What the program has written from this byte on.
    pub fn since(&self, byte: usize) -> &[u8] {
        self.raw.get(byte..).unwrap_or_default()
    }

    /// Whether the next word stands at the beginning of a row.
    pub fn is_at_line_start(&self) -> bool {
        self.parser.screen().cursor_position().1 == 0
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
        self.parser.callbacks().given_back(self.parser.screen())?;
        let now = line_discipline::modes(&*self.master).context("the terminal has no modes")?;
        ensure!(Some(now) == self.before, "the shell's modes are not back");
        Ok(())
    }
}
