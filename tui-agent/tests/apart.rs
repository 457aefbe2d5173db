//! Commands of the agent's, run by the real program: they have no terminal, and nothing of them stays.

use std::{
    ffi::OsString,
    io::Read,
    path::Path,
    time::{Duration, Instant},
};

use minicom_tui_kit::pipe::{self, End, Job};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const AGENT: &str = env!("CARGO_BIN_EXE_minicom-agent");
/// How long a fact may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn apart() -> [OsString; 2] {
    [AGENT.into(), "apart".into()]
}

fn job(command: &str) -> Job {
    Job {
        command: command.to_owned(),
        input: "a customer's words\n".to_owned(),
    }
}

/// Waits until a process is gone.
fn is_gone(process: &str) -> bool {
    let end = Instant::now() + PATIENCE;
    while Path::new("/proc").join(process).exists() {
        if Instant::now() > end {
            return false;
        }
        std::thread::yield_now();
    }
    true
}

#[tokio::test]
async fn the_text_goes_through_and_what_is_left_in_the_background_ends() {
    let ran = pipe::run(&apart(), job("tr a-z A-Z; sleep 600 & echo $!; echo oops >&2; exit 4")).await;
    let (text, process) = ran.output.split_once('\n').expect("two lines");
    assert_eq!((text, &ran.end), ("A CUSTOMER'S WORDS", &End::Code(4)));
    assert_eq!(ran.errors, "oops\n");
    assert!(is_gone(process.trim()), "the sleep goes on");
}

#[tokio::test]
async fn stopping_it_stops_all_that_it_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("process");
    let command = format!("sleep 600 & echo $! >{0}.new; mv {0}.new {0}; wait", file.display());
    let running = tokio::spawn(async move { pipe::run(&apart(), job(&command)).await });
    let end = Instant::now() + PATIENCE;
    let process = loop {
        if let Ok(process) = std::fs::read_to_string(&file) {
            break process;
        }
        assert!(Instant::now() < end, "it did not start");
        tokio::task::yield_now().await;
    };
    running.abort();
    assert!(running.await.is_err_and(|error| error.is_cancelled()));
    assert!(is_gone(process.trim()), "the sleep goes on");
}

#[test]
fn a_command_has_no_terminal_where_the_program_has_one() {
    let pair = native_pty_system()
        .openpty(PtySize::default())
        .expect("a pseudo-terminal");
    let mut command = CommandBuilder::new("sh");
    // The same words without `apart` show that there is a terminal to be had.
    let tries = "(: </dev/tty) 2>/dev/null && echo has || echo none";
    command.args(["-c", &format!("{tries}; {AGENT} apart '{tries}'; echo end")]);
    let mut child = pair.slave.spawn_command(command).expect("sh starts");
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().expect("a reader");
    let mut said = Vec::new();
    let mut buffer = [0; 1_024];
    while let Ok(read @ 1..) = reader.read(&mut buffer) {
        said.extend_from_slice(&buffer[..read]);
    }
    child.wait().expect("it ended");
    let said = String::from_utf8_lossy(&said).replace('\r', "");
    assert_eq!(said, "has\nnone\nend\n");
}
