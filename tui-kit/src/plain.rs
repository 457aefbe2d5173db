//! The line mode: no screen, no cursor movement, one line for each thing that happens.
//!
//! For screen readers, scripts and pipes. Owns reading by line, the slash rule and the loop. It refuses to know what commands
//! there are.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Read, Write};
use std::time::Duration;

use futures_util::StreamExt;
use minicom_protocol::gate::Shown;
use minicom_protocol::text::MESSAGE_BYTES_MAX;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::clipboard::{Copied, Copying, Way};
use crate::runtime::{self, BATCH_MAX, Ended, Now};
use crate::signals::{Signal, Signals};

/// Bytes of one line of input that are read: a whole message and a command before it.
pub const LINE_BYTES_MAX: usize = MESSAGE_BYTES_MAX + 1_024;
/// Lines read ahead of the program.
const LINES_AHEAD: usize = 16;

/// One line of input, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadLine {
    /// A line, without its end.
    Line(String),
    /// A line above [`LINE_BYTES_MAX`]; it was dropped whole.
    TooLong,
    /// No more will come.
    Eof,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainInput<M> {
    /// A line to send.
    Text(String),
    /// A line that began with a slash.
    Command {
        /// Without the slash.
        name: String,
        /// The rest, trimmed.
        rest: String,
    },
    /// A line was too long and dropped; tell it.
    TooLong,
    /// The input is closed. What was written must still be sent before the end.
    Eof,
    /// One of the program's own tasks has something to tell.
    Message(M),
    /// What became of [`PlainEffect::Copy`].
    Copied(Copied),
    /// The moment that `PlainApp::deadline` named has come.
    Deadline,
    /// The program must end now. If it leaves something undone, it answers with [`PlainEffect::Quit`]; else it has ended well.
    Terminate {
        /// The exit code by which it tells that something is undone: the shell's own for a program that was ended so.
        code: u8,
    },
}

/// An order that the loop or the program carries out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainEffect<E> {
    /// Write one line; line ends inside become pictures.
    Say(Shown),
    /// Put a text into the clipboard of whoever sits at the terminal, if there is one; the answer is [`PlainInput::Copied`].
    Copy(String),
    /// Ring the terminal's bell. Only for an output that is a terminal.
    Bell,
    /// End with this exit code.
    Quit(u8),
    /// One of the program's own.
    Program(E),
}

/// A program without a screen.
pub trait PlainApp {
    /// What the program's own tasks tell it.
    type Msg;
    /// What only the program can carry out.
    type Effect;

    /// Applies one input. Does no input or output and asks no clock.
    fn update(&mut self, input: PlainInput<Self::Msg>, now: Now) -> Vec<PlainEffect<Self::Effect>>;

    /// The next moment (as `Now::elapsed`) at which it wants to be woken.
    fn deadline(&self, now: Now) -> Option<Duration> {
        let _ = now;
        None
    }

    /// Whether an empty line means something now, such as that a question is skipped. If so, it comes as an empty
    /// [`PlainInput::Text`]; else it is passed over.
    fn takes_blank(&self) -> bool {
        false
    }
}

/// What a line of input means: text, a command, or nothing. `//` at the start is a slash that is meant.
pub fn meaning<M>(line: &str) -> Option<PlainInput<M>> {
    let line = line.trim_end();
    if line.trim().is_empty() {
        return None;
    }
    match line.strip_prefix('/') {
        Some(text) if text.starts_with('/') => Some(PlainInput::Text(text.to_owned())),
        Some(command) => {
            let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
            Some(PlainInput::Command {
                name: name.to_owned(),
                rest: rest.trim().to_owned(),
            })
        }
        None => Some(PlainInput::Text(line.to_owned())),
    }
}

/// How a line of the chat is said: `14:02 Ada: hello`.
pub fn said(clock: &str, name: &Shown, text: &Shown) -> Shown {
    Shown::line(&format!("{clock} {name}: {text}"))
}

/// How something that happened is said: `14:02 -- Ada joined`.
pub fn happened(clock: &str, words: &Shown) -> Shown {
    Shown::line(&format!("{clock} -- {words}"))
}

/// How words go out: whatever they are, they stay one line.
pub fn as_line(words: &Shown) -> String {
    format!("{}\n", Shown::line(words.as_str()))
}

/// Lines of the standard input, read by a thread of its own, so that the end of the program waits for nobody's key.
///
/// # Errors
/// The thread cannot be started.
pub fn stdin_lines() -> io::Result<mpsc::Receiver<ReadLine>> {
    let (sender, receiver) = mpsc::channel(LINES_AHEAD);
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        read_lines(io::stdin().lock(), |line| sender.blocking_send(line).is_ok());
    })?;
    Ok(receiver)
}

/// Reads until the end, or until `next` wants no more. An input that cannot be read has ended.
fn read_lines(mut input: impl BufRead, mut next: impl FnMut(ReadLine) -> bool) {
    loop {
        let mut bytes = Vec::new();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let read = input.by_ref().take(limit).read_until(b'\n', &mut bytes).unwrap_or(0);
        if read == 0 {
            next(ReadLine::Eof);
            return;
        }
        let too_long = bytes.len() > LINE_BYTES_MAX && bytes.last() != Some(&b'\n');
        if too_long && input.skip_until(b'\n').is_err() {
            bytes.clear();
        }
        let line = match too_long {
            true => ReadLine::TooLong,
            false => ReadLine::Line(
                String::from_utf8_lossy(&bytes)
                    .trim_end_matches(['\n', '\r'])
                    .to_owned(),
            ),
        };
        if !next(line) {
            return;
        }
    }
}

/// Runs a program by lines until it ends. An output that nobody reads any more ends it quietly.
///
/// # Errors
/// The output cannot be written for another reason. The program has been told to end by then.
pub async fn run<A: PlainApp>(
    app: A,
    mut lines: mpsc::Receiver<ReadLine>,
    mut messages: mpsc::Receiver<A::Msg>,
    mut signals: Signals,
    out: impl Write,
    handle: impl FnMut(A::Effect),
) -> io::Result<Ended> {
    let mut run = Run {
        app,
        out,
        handle,
        start: Instant::now(),
        clipboard: clipboard(),
        copying: None,
    };
    let (mut lines_open, mut messages_open) = (true, true);
    loop {
        let wake = run.app.deadline(run.now());
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            Some(signal) = signals.next() => match signal {
                Signal::Panicked => return Ok(Ended::Panicked),
                Signal::Continued | Signal::Resized => {}
                signal => batch.push(PlainInput::Terminate { code: signal.code() }),
            },
            // What came before a line was typed is said before it is answered.
            message = messages.recv(), if messages_open => match message {
                Some(message) => {
                    batch.push(PlainInput::Message(message));
                    while batch.len() < BATCH_MAX && let Ok(message) = messages.try_recv() {
                        batch.push(PlainInput::Message(message));
                    }
                }
                None => messages_open = false,
            },
            copied = runtime::taken(&mut run.copying), if run.copying.is_some() => {
                run.copying = None;
                batch.push(PlainInput::Copied(copied));
            }
            line = lines.recv(), if lines_open => match line {
                Some(ReadLine::Line(line)) => {
                    let blank = run.app.takes_blank().then(|| PlainInput::Text(String::new()));
                    batch.extend(meaning(&line).or(blank));
                }
                Some(ReadLine::TooLong) => batch.push(PlainInput::TooLong),
                Some(ReadLine::Eof) | None => {
                    lines_open = false;
                    batch.push(PlainInput::Eof);
                }
            },
            () = tokio::time::sleep_until(run.start + wake.unwrap_or_default()), if wake.is_some() => {
                batch.push(PlainInput::Deadline);
            }
        }
        for input in batch {
            match run.apply(input) {
                Ok(None) => {}
                Ok(Some(ended)) => return Ok(ended),
                Err(error) => {
                    let terminated = run.apply(PlainInput::Terminate {
                        code: Signal::Terminate.code(),
                    });
                    let quiet = error.kind() == ErrorKind::BrokenPipe;
                    return if quiet {
                        Ok(Ended::Terminated)
                    } else {
                        terminated.and(Err(error))
                    };
                }
            }
        }
    }
}

/// Whose output is no terminal has none to ask; tmux has one all the same.
fn clipboard() -> Way {
    match Way::of(|name| std::env::var(name).ok()) {
        Way::Osc52 | Way::Screen if !io::stdout().is_terminal() => Way::Off,
        way => way,
    }
}

struct Run<A, O, H> {
    app: A,
    out: O,
    handle: H,
    start: Instant,
    clipboard: Way,
    /// Another program that takes a copy.
    copying: Option<JoinHandle<Copied>>,
}

impl<A: PlainApp, O: Write, H: FnMut(A::Effect)> Run<A, O, H> {
    fn apply(&mut self, input: PlainInput<A::Msg>) -> io::Result<Option<Ended>> {
        let terminate = matches!(input, PlainInput::Terminate { .. });
        let mut ended = None;
        let mut written = Ok(());
        let mut copied = None;
        for effect in self.app.update(input, self.now()) {
            match effect {
                // The program's own effects are carried out even if nobody can read any more: one may store a draft.
                PlainEffect::Say(words) if written.is_ok() => {
                    written = self.out.write_all(as_line(&words).as_bytes());
                }
                PlainEffect::Bell if written.is_ok() => written = self.out.write_all(b"\x07"),
                PlainEffect::Copy(text) if written.is_ok() => {
                    match self.clipboard.copy(&text, |bytes| self.out.write_all(bytes)) {
                        Ok(Copying::Done(done)) => copied = Some(done),
                        Ok(Copying::Asked(task)) => self.copying = Some(task),
                        Err(error) => written = Err(error),
                    }
                }
                PlainEffect::Say(_) | PlainEffect::Bell | PlainEffect::Copy(_) => {}
                PlainEffect::Quit(code) => ended = ended.or(Some(Ended::Quit(code))),
                PlainEffect::Program(effect) => (self.handle)(effect),
            }
        }
        let ended = ended.or(terminate.then_some(Ended::Terminated));
        let written = written.and_then(|()| self.out.flush());
        match (terminate, copied) {
            (true, _) => Ok(ended),
            (false, None) => written.map(|()| ended),
            (false, Some(copied)) => {
                written?;
                Ok(ended.or(self.apply(PlainInput::Copied(copied))?))
            }
        }
    }

    fn now(&self) -> Now {
        Now {
            elapsed: self.start.elapsed(),
            wall: jiff::Timestamp::now().as_microsecond(),
        }
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
