//! A text through a command of the person's: by its standard input, and what it says comes back.
//!
//! Owns that the text is in no argument and no variable, where everybody on the machine could read it; that the command has no terminal to
//! draw on or to ask; and that it ends: by itself, after a time, above a size, or when it is stopped. It refuses to know where the
//! text comes from and what becomes of the answer.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use minicom_protocol::gate::Shown;
use rustix::process::{Pid, Signal, kill_process_group, setsid};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// How long a command may take.
pub const TIME_MAX: Duration = Duration::from_secs(60);
/// Bytes of its output that are taken: what fits into a composer.
pub const OUTPUT_BYTES_MAX: usize = 60_000;
/// Bytes of what it says to the error output.
pub const ERRORS_BYTES_MAX: usize = 4_096;
/// Bytes of a command.
pub const COMMAND_BYTES_MAX: usize = 1_000;

/// A text, and the command that gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// For the shell, as the person wrote it.
    pub command: String,
    /// What it reads, as it was sent.
    pub input: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// What it wrote, as far as it was taken. Raw.
    pub output: String,
    /// The beginning of what it wrote to the error output. Raw.
    pub errors: String,
    /// How it ended.
    pub end: End,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code; 0 is well.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// It was stopped, as it took too long.
    TooLong,
    /// It was stopped, as it wrote too much.
    TooMuch,
    /// It could not be started or waited for.
    Lost(Shown),
}

impl End {
    /// Whether all is well.
    pub fn is_good(&self) -> bool {
        *self == End::Code(0)
    }

    /// In words: `exit 3`.
    pub fn words(&self) -> Shown {
        match self {
            End::Code(code) => Shown::line(&format!("exit {code}")),
            End::Signal(signal) => Shown::line(&format!("stopped by signal {signal}")),
            End::TooLong => Shown::line(&format!("stopped after {} s", TIME_MAX.as_secs())),
            End::TooMuch => Shown::line(&format!("stopped at {} KB", OUTPUT_BYTES_MAX / 1_000)),
            End::Lost(reason) => reason.clone(),
        }
    }
}

/// What the program does when it is called to run a command apart: it leaves the terminal's session, so that nothing below it can open
/// the terminal, and becomes the shell with the command. Returns only if that fails.
pub fn become_apart(command: &str) -> io::Error {
    match setsid() {
        Ok(_) => std::process::Command::new("sh").arg("-c").arg(command).exec(),
        Err(error) => error.into(),
    }
}

/// Runs a command. `apart` is the program, with its arguments, that does [`become_apart`] with the command behind them. Dropping the future
/// stops the command and all that it started.
pub async fn run(apart: &[OsString], job: Job) -> Ran {
    run_within(apart, job, TIME_MAX).await
}

async fn run_within(apart: &[OsString], job: Job, time: Duration) -> Ran {
    let mut ran = Ran {
        output: String::new(),
        errors: String::new(),
        end: End::TooLong,
    };
    let mut child = match start(apart, &job.command) {
        Ok(child) => child,
        Err(error) => {
            ran.end = End::Lost(Shown::line(&format!("it does not start: {error}")));
            return ran;
        }
    };
    let group = Group::of(&child);
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let end = tokio::time::timeout(time, watch(&mut child, &group, job.input, &mut output, &mut errors)).await;
    drop(group);
    ran.end = end.unwrap_or(End::TooLong);
    (ran.output, ran.errors) = (text(&output), text(&errors));
    ran
}

fn start(apart: &[OsString], command: &str) -> io::Result<Child> {
    let (program, arguments) = apart.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    Command::new(program)
        .args(arguments)
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

/// The command and all that it started: gone when this goes.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Group {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group(id.and_then(Pid::from_raw))
    }

    fn end(&self) {
        if let Some(group) = self.0 {
            // There may be none any more, or not yet: then the child itself is killed when it is dropped.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

async fn watch(child: &mut Child, group: &Group, input: String, output: &mut Vec<u8>, errors: &mut Vec<u8>) -> End {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async move {
        if let Some(mut stdin) = stdin {
            // One that does not read to the end knows enough, like `head`.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let wait = async {
        let ended = child.wait().await;
        // What it left behind in the background would hold its output open.
        group.end();
        ended
    };
    let read = take_up_to(stdout, OUTPUT_BYTES_MAX, output);
    let read_errors = async {
        // Of errors the beginning is enough, and the rest must not stop it.
        let mut stderr = stderr;
        take_up_to(stderr.as_mut(), ERRORS_BYTES_MAX, errors).await;
        if let Some(mut rest) = stderr {
            let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
        }
    };
    let others = async { tokio::join!(write, read_errors, wait).2 };
    tokio::pin!(others, read);
    let ended = tokio::select! {
        biased;
        whole = &mut read => match whole {
            true => others.await,
            false => return End::TooMuch,
        },
        ended = &mut others => match read.await {
            true => ended,
            false => return End::TooMuch,
        },
    };
    match ended {
        Ok(status) => end_of(status),
        Err(error) => End::Lost(Shown::line(&format!("it cannot be waited for: {error}"))),
    }
}

/// Reads to the end or to the bound. Whether it was the end.
async fn take_up_to(from: Option<impl AsyncRead + Unpin>, most: usize, into: &mut Vec<u8>) -> bool {
    let Some(from) = from else { return true };
    // What cannot be read has ended.
    let _ = from.take(most as u64 + 1).read_to_end(into).await;
    let whole = into.len() <= most;
    into.truncate(most);
    whole
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or(0)),
    }
}

/// Bytes as a text; one that was cut inside a character loses that one.
fn text(bytes: &[u8]) -> String {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        _ => bytes,
    };
    String::from_utf8_lossy(whole).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without the session of its own: the tests of the programs have it.
    fn shell() -> [OsString; 2] {
        ["sh".into(), "-c".into()]
    }

    async fn ran(command: &str, input: &str) -> Ran {
        let job = Job {
            command: command.to_owned(),
            input: input.to_owned(),
        };
        run(&shell(), job).await
    }

    #[tokio::test]
    async fn the_text_goes_in_and_the_answer_comes_back() {
        let answer = ran("tr a-z A-Z; echo oops >&2; exit 3", "order 48213\n$(reboot)").await;
        assert_eq!(answer.output, "ORDER 48213\n$(REBOOT)");
        assert_eq!(answer.errors, "oops\n");
        assert_eq!(answer.end, End::Code(3));
        assert!(!answer.end.is_good() && ran("cat", "x").await.end.is_good());
    }

    #[tokio::test]
    async fn the_text_is_in_no_argument_and_no_variable() {
        let secret = "a-customers-words-9f3b";
        let answer = ran("cat /proc/$$/cmdline /proc/$PPID/cmdline; env; cat >/dev/null", secret).await;
        assert!(answer.end.is_good(), "{answer:?}");
        assert!(!answer.output.contains(secret), "{}", answer.output);
    }

    #[tokio::test]
    async fn a_command_that_does_not_read_or_says_too_much_or_leaves_somebody_behind_ends() {
        let input = "x".repeat(1_000_000);
        assert!(ran("true", &input).await.end.is_good());
        assert_eq!(ran("head -c 3", &input).await.output, "xxx");
        let much = ran("yes é", "").await;
        assert_eq!(much.end, End::TooMuch);
        assert!((OUTPUT_BYTES_MAX - 4..=OUTPUT_BYTES_MAX).contains(&much.output.len()));
        assert!(!much.output.contains('\u{fffd}'));
        let errors = ran("yes >&2 & kill $!; echo done", "").await;
        assert_eq!((errors.output.as_str(), errors.end), ("done\n", End::Code(0)));
    }

    #[tokio::test]
    async fn what_takes_too_long_or_cannot_start_says_so() {
        let job = Job {
            command: "echo begun; sleep 600".to_owned(),
            input: String::new(),
        };
        let slow = run_within(&shell(), job.clone(), Duration::from_millis(300)).await;
        assert_eq!(slow.end, End::TooLong);
        let none = run(&["/nowhere/minicom".into()], job).await;
        assert!(
            matches!(&none.end, End::Lost(words) if words.as_str().contains("does not start")),
            "{none:?}"
        );
        assert_eq!(ran("kill -9 $$", "").await.end, End::Signal(9));
    }
}
