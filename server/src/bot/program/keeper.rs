//! Keeps a bot's program alive: started with the first question, its lines read and written, started again after a pause when it has ended or
//! says nothing any more, ended with all that it started.

use std::{collections::BTreeMap, io, path::Path, process::Stdio, time::Duration};

use minicom_protocol::{gate::Shown, ids::TenantId};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::{mpsc, oneshot},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use super::{
    Failed, Job, Said,
    lines::{self, Line},
    talk::Answer,
};
use crate::{
    limits::{
        BOT_PROGRAM_ENDS_WITHIN, BOT_PROGRAM_IDLE, BOT_PROGRAM_IN_FLIGHT, BOT_PROGRAM_LINE_BYTES_MAX,
        BOT_PROGRAM_REST_FIRST, BOT_PROGRAM_REST_MOST, BOT_PROGRAM_SILENT_MAX, BOT_PROGRAM_STABLE_AFTER,
        BOT_PROGRAM_STDERR_LINE_BYTES, BOT_PROGRAM_STDERR_LINES_PER_MIN,
    },
    process_group::{self, Group},
};

/// Why the program is not served any more.
enum End {
    /// The server stops.
    Stopped,
    /// Nobody has asked for long.
    Idle,
    /// It went, or has to go.
    Because(&'static str),
}

/// Keeps the program until `stop`, or until nobody can ask any more.
pub(super) async fn keep(
    command: Vec<String>,
    tenant: TenantId,
    mut jobs: mpsc::Receiver<Job>,
    stop: CancellationToken,
) {
    let mut rest = BOT_PROGRAM_REST_FIRST;
    let name = command
        .first()
        .map_or_else(String::new, |program| Shown::line(program).to_string());
    loop {
        let first = tokio::select! {
            () = stop.cancelled() => return,
            job = jobs.recv() => match job {
                Some(job) => job,
                None => return,
            },
        };
        let began = Instant::now();
        match start(&command) {
            Err(error) => {
                error!(tenant = tenant.as_str(), program = name, %error, "the bot's program cannot be started; people answer");
                first.fail(Failed::NotThere);
            }
            Ok(child) => {
                info!(tenant = tenant.as_str(), program = name, "the bot's program is started");
                match serve(child, &tenant, first, &mut jobs, &stop).await {
                    End::Stopped => return,
                    End::Idle => continue,
                    End::Because(why) => {
                        warn!(
                            tenant = tenant.as_str(),
                            program = name,
                            why,
                            "the bot's program has ended; people answer"
                        );
                    }
                }
            }
        }
        if began.elapsed() >= BOT_PROGRAM_STABLE_AFTER {
            rest = BOT_PROGRAM_REST_FIRST;
        }
        if !pause(Instant::now() + rest, &mut jobs, &stop).await {
            return;
        }
        rest = (rest * 2).min(BOT_PROGRAM_REST_MOST);
    }
}

/// Who asks meanwhile is told at once. Whether to go on.
async fn pause(until: Instant, jobs: &mut mpsc::Receiver<Job>, stop: &CancellationToken) -> bool {
    loop {
        tokio::select! {
            () = stop.cancelled() => return false,
            () = sleep_until(until) => return true,
            job = jobs.recv() => match job {
                Some(job) => job.fail(Failed::Resting),
                None => return false,
            },
        }
    }
}

fn start(command: &[String]) -> io::Result<Child> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    Command::new(Path::new(program))
        .args(arguments)
        .env_clear()
        .envs(process_group::environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Serves a running program until one of both ends. Whoever waits for an answer then has none.
async fn serve(
    mut child: Child,
    tenant: &TenantId,
    first: Job,
    jobs: &mut mpsc::Receiver<Job>,
    stop: &CancellationToken,
) -> End {
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    // Declared after the child, so that it is dropped before it: while the child is not waited for, its id is its own.
    let group = Group::of(&child);
    let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
        return End::Because("its pipes are not there");
    };
    let end = talk((stdin, stdout, stderr), tenant, first, jobs, stop).await;
    group.end();
    let _ = timeout(BOT_PROGRAM_ENDS_WITHIN, child.wait()).await;
    end
}

async fn talk(
    (stdin, stdout, stderr): (ChildStdin, ChildStdout, ChildStderr),
    tenant: &TenantId,
    first: Job,
    jobs: &mut mpsc::Receiver<Job>,
    stop: &CancellationToken,
) -> End {
    let (to_write, written) = mpsc::channel(BOT_PROGRAM_IN_FLIGHT);
    let (heard, mut answers) = mpsc::channel(BOT_PROGRAM_IN_FLIGHT);
    let writing = write(stdin, written);
    let reading = read(stdout, heard);
    let complaining = complaints(stderr, tenant);
    tokio::pin!(writing, reading, complaining);
    let mut open = Open::default();
    let mut complains = true;
    open.take(first, &to_write);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return End::Stopped,
            answer = answers.recv() => match answer {
                Some(answer) => open.answer(answer, tenant),
                // The reader is done, and all that it read is told.
                None => return End::Because("its output ended"),
            },
            why = &mut writing => return End::Because(why),
            // When it is done its end of the channel is dropped: the branch above ends it after the last answer.
            why = &mut reading, if !open.read_all => match why {
                Some(why) => return End::Because(why),
                None => {
                    open.read_all = true;
                    while let Ok(answer) = answers.try_recv() {
                        open.answer(answer, tenant);
                    }
                    return End::Because("its output ended");
                }
            },
            () = &mut complaining, if complains => complains = false,
            job = jobs.recv() => match job {
                Some(job) => {
                    open.take(job, &to_write);
                    if open.silent >= BOT_PROGRAM_SILENT_MAX {
                        return End::Because("it does not answer");
                    }
                }
                None => return End::Stopped,
            },
            () = sleep(BOT_PROGRAM_IDLE), if open.waiting.is_empty() => return End::Idle,
        }
    }
}

/// Questions that have no answer yet.
#[derive(Default)]
struct Open {
    waiting: BTreeMap<u64, oneshot::Sender<Result<Said, Failed>>>,
    /// Questions in a row for whose answers nobody waits any more.
    silent: u32,
    read_all: bool,
}

impl Open {
    fn take(&mut self, job: Job, to_write: &mpsc::Sender<String>) {
        let before = self.waiting.len();
        self.waiting.retain(|_, answer| !answer.is_closed());
        let gone = u32::try_from(before - self.waiting.len()).unwrap_or(u32::MAX);
        self.silent = self.silent.saturating_add(gone);
        match to_write.try_send(job.line) {
            Ok(()) => drop(self.waiting.insert(job.id, job.answer)),
            // It does not read either.
            Err(_) => drop(job.answer.send(Err(Failed::Busy))),
        }
    }

    fn answer(&mut self, answer: Answer, tenant: &TenantId) {
        // Late or wrong, it is alive.
        self.silent = 0;
        let id = answer.id.or_else(|| self.waiting.keys().next().copied());
        if let Err(why) = &answer.said {
            warn!(
                tenant = tenant.as_str(),
                id, why, "the bot's program wrote what is no answer"
            );
        }
        match id.and_then(|id| self.waiting.remove(&id)) {
            Some(waiting) => drop(waiting.send(answer.said.map_err(Failed::Wrong))),
            None => debug!(tenant = tenant.as_str(), id, "an answer for which nobody waits"),
        }
    }
}

/// Writes lines until it cannot; why.
async fn write(mut stdin: ChildStdin, mut lines: mpsc::Receiver<String>) -> &'static str {
    while let Some(line) = lines.recv().await {
        if stdin.write_all(line.as_bytes()).await.is_err() || stdin.flush().await.is_err() {
            return "it does not read its input";
        }
    }
    "nobody asks any more"
}

/// Reads lines until there are none; why, if that is not their end.
async fn read(stdout: ChildStdout, heard: mpsc::Sender<Answer>) -> Option<&'static str> {
    let mut stdout = BufReader::new(stdout);
    loop {
        match lines::next(&mut stdout, BOT_PROGRAM_LINE_BYTES_MAX).await {
            Ok(Line::Whole(line)) if line.iter().all(u8::is_ascii_whitespace) => {}
            Ok(Line::Whole(line)) => {
                if heard.send(Answer::read(&line)).await.is_err() {
                    return None;
                }
            }
            Ok(Line::TooLong(_)) => return Some("it wrote a line that is too long"),
            Ok(Line::End) => return None,
            Err(_) => return Some("its output cannot be read"),
        }
    }
}

/// What it writes to its standard error goes into the log, a bounded line at a time and so many a minute; the rest is read and dropped,
/// so that it is not held up.
async fn complaints(stderr: ChildStderr, tenant: &TenantId) {
    let mut stderr = BufReader::new(stderr);
    let (mut minute, mut told) = (Instant::now(), 0);
    loop {
        let (line, cut) = match lines::next(&mut stderr, BOT_PROGRAM_STDERR_LINE_BYTES).await {
            Ok(Line::Whole(line)) => (line, false),
            Ok(Line::TooLong(line)) => (line, true),
            Ok(Line::End) | Err(_) => return,
        };
        if cut && lines::skip(&mut stderr).await.is_err() {
            return;
        }
        if minute.elapsed() >= Duration::from_secs(60) {
            (minute, told) = (Instant::now(), 0);
        }
        told += 1;
        if told <= BOT_PROGRAM_STDERR_LINES_PER_MIN {
            let said = String::from_utf8_lossy(&line);
            warn!(tenant = tenant.as_str(), said = %Shown::line(&said), cut, "the bot's program complains");
        }
    }
}
