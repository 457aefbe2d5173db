//! The operator's own command that tells agents more of a customer: run once for each look, within bounds.
//!
//! What a customer wrote reaches it on standard input alone: never as an argument, never through a shell, never in the
//! environment. Whatever it starts is ended with it. This module refuses to know what the lines mean; they are raw text and go
//! through the gate before they are shown.

use std::{
    io::{self, ErrorKind},
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde_json::Value;
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, copy, sink},
    process::{Child, ChildStdin, Command},
    sync::Semaphore,
    time::timeout,
};
use tracing::debug;

use crate::{
    limits::{
        CONTEXT_COMMAND_BYTES_MAX, CONTEXT_COMMAND_LINE_CHARS_MAX, CONTEXT_COMMAND_LINES_MAX,
        CONTEXT_COMMAND_STDERR_BYTES_MAX, CONTEXT_COMMAND_TIMEOUT_MS, CONTEXT_COMMANDS_MAX,
    },
    process_group::{self, Group},
};

/// The last line when not everything is shown.
const MORE: &str = "… (the command printed more)";

/// Why there are no lines. Nothing of the customer and nothing that the command printed is in it.
#[derive(Debug, Error)]
pub enum ContextCommandError {
    /// The program is not there, or may not be run.
    #[error("{} cannot be started: {source}; check context_command", .program.display())]
    Start {
        /// The program as it was configured.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// All places were taken for as long as one run may take.
    #[error("too many of these commands are running: look again in a moment")]
    Busy,
    /// It took too long and was ended.
    #[error("the command took longer than {} ms and was ended", .after.as_millis())]
    TimedOut {
        /// The time limit.
        after: Duration,
    },
    /// It ended with another code than 0.
    #[error("the command failed with code {code}")]
    Failed {
        /// The code.
        code: i32,
    },
    /// A signal ended it that was not ours.
    #[error("the command was ended by signal {signal}")]
    Killed {
        /// The signal's number.
        signal: i32,
    },
    /// A pipe to or from it broke.
    #[error("talking to the command failed: {0}")]
    Pipe(io::Error),
}

/// The operator's command. At most [`CONTEXT_COMMANDS_MAX`] of its runs are under way; share one value to share this bound.
#[derive(Debug)]
pub struct ContextCommand {
    program: PathBuf,
    args: Vec<String>,
    timeout: Duration,
    turns: Semaphore,
}

impl ContextCommand {
    /// The command with the time limit that holds if nothing is said.
    pub fn new(program: impl Into<PathBuf>, args: Vec<String>) -> ContextCommand {
        ContextCommand {
            program: program.into(),
            args,
            timeout: Duration::from_millis(CONTEXT_COMMAND_TIMEOUT_MS.default),
            turns: Semaphore::new(CONTEXT_COMMANDS_MAX),
        }
    }

    /// The command as the configuration has it, program first; none if the list is empty.
    pub fn configured(parts: &[String], timeout: Duration) -> Option<ContextCommand> {
        let (program, args) = parts.split_first()?;
        Some(ContextCommand::new(program, args.to_vec()).with_timeout(timeout))
    }

    /// The same command with another time limit for one run.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> ContextCommand {
        ContextCommand { timeout, ..self }
    }

    /// Runs it about a customer and gives what it printed: at most [`CONTEXT_COMMAND_LINES_MAX`] lines of
    /// [`CONTEXT_COMMAND_LINE_CHARS_MAX`] characters, and one line more that says so if something was cut. Blank lines at
    /// the end do not count. The lines are raw.
    ///
    /// Takes at most the time limit, and as long again where all places are taken. If the caller stops waiting, the command
    /// is ended.
    ///
    /// # Errors
    /// It could not be run, took too long, or did not end with code 0. A command that was ended because it printed too much
    /// did not fail.
    pub async fn lines(&self, about: &Value) -> Result<Vec<String>, ContextCommandError> {
        let turn = timeout(self.timeout, self.turns.acquire()).await;
        let _turn = turn
            .map_err(|_| ContextCommandError::Busy)?
            .expect("this semaphore is never closed");
        let printed = timeout(self.timeout, self.run(format!("{about}\n")))
            .await
            .map_err(|_| ContextCommandError::TimedOut { after: self.timeout })??;
        Ok(lines_of(&printed))
    }

    /// One run, without a limit in time. It ends with everything it started when this future is dropped.
    async fn run(&self, input: String) -> Result<Vec<u8>, ContextCommandError> {
        let mut child = self.start()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Declared after the child, so that it is dropped before it: while the child is not waited for, its id is its own.
        let group = Group::of(&child);
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(ContextCommandError::Pipe(ErrorKind::NotConnected.into()));
        };
        let ended = async {
            let status = child.wait().await;
            // What it left in the background may hold the pipes open for ever.
            group.end();
            status
        };
        let heard = async {
            let printed = read_some(stdout, CONTEXT_COMMAND_BYTES_MAX + 1).await;
            if printed.as_ref().is_ok_and(|printed| is_too_much(printed)) {
                group.end();
            }
            printed
        };
        let (told, status, printed, ()) = tokio::join!(tell(stdin, &input), ended, heard, complaints(stderr));
        told.map_err(ContextCommandError::Pipe)?;
        let printed = printed.map_err(ContextCommandError::Pipe)?;
        if !is_too_much(&printed) {
            succeeded(status.map_err(ContextCommandError::Pipe)?)?;
        }
        Ok(printed)
    }

    fn start(&self) -> Result<Child, ContextCommandError> {
        Command::new(&self.program)
            .args(&self.args)
            .env_clear()
            .envs(process_group::environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| ContextCommandError::Start {
                program: self.program.clone(),
                source,
            })
    }
}

async fn tell(mut stdin: ChildStdin, input: &str) -> io::Result<()> {
    match stdin.write_all(input.as_bytes()).await {
        // It need not read what it does not want to know.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        told => told,
    }
}

async fn read_some(from: impl AsyncRead + Unpin, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Logs how the complaints begin, and reads the rest so that the command is not held up.
async fn complaints(mut stderr: impl AsyncRead + Unpin) {
    if let Ok(said) = read_some(&mut stderr, CONTEXT_COMMAND_STDERR_BYTES_MAX).await
        && !said.is_empty()
    {
        debug!(said = ?String::from_utf8_lossy(&said), "the command about a customer complains");
    }
    let _ = copy(&mut stderr, &mut sink()).await;
}

fn succeeded(status: ExitStatus) -> Result<(), ContextCommandError> {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(()),
        (Some(code), _) => Err(ContextCommandError::Failed { code }),
        (None, signal) => Err(ContextCommandError::Killed {
            signal: signal.unwrap_or_default(),
        }),
    }
}

fn is_too_much(printed: &[u8]) -> bool {
    printed.len() > CONTEXT_COMMAND_BYTES_MAX
}

fn lines_of(printed: &[u8]) -> Vec<String> {
    let cut = is_too_much(printed);
    let text = String::from_utf8_lossy(&printed[..printed.len().min(CONTEXT_COMMAND_BYTES_MAX)]);
    // A cut may go through a character, of which no remains are shown.
    let text = if cut { text.trim_end_matches('\u{fffd}') } else { &text };
    let mut rest = text.trim_end().lines();
    let mut lines: Vec<_> = rest.by_ref().take(CONTEXT_COMMAND_LINES_MAX).map(shortened).collect();
    if cut || rest.next().is_some() {
        lines.push(MORE.to_owned());
    }
    lines
}

fn shortened(line: &str) -> String {
    if line.chars().nth(CONTEXT_COMMAND_LINE_CHARS_MAX).is_none() {
        return line.to_owned();
    }
    let kept = line.chars().take(CONTEXT_COMMAND_LINE_CHARS_MAX - 1);
    kept.chain(['…']).collect()
}

#[cfg(test)]
#[path = "extra_context_tests.rs"]
mod tests;
