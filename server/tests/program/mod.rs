//! The real program as a child process, and what it says.

// Each test program uses its own part of it.
#![allow(dead_code)]

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

/// The program with an environment of its own: nothing that a developer has set changes a test.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minicom-server"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MINICOM_") {
            command.env_remove(name);
        }
    }
    command.env("USER", "ada").env_remove("RUST_BACKTRACE");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    run_with_input(arguments, "")
}

/// Runs the program to its end with this on standard input.
pub fn run_with_input(arguments: &[&str], input: &str) -> Output {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have refused before it read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The two lines of a refusal, after checking how the program ended.
#[track_caller]
pub fn refusal(output: &Output, code: i32) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    let lines = text.trim_end().lines().count();
    assert!(
        (2..=5).contains(&lines),
        "what, perhaps where, and how to fix it: {text}"
    );
    for leaked in ["panicked", "backtrace", "Error {", "Os {", "SqliteFailure", "unwrap"] {
        assert!(!text.contains(leaked), "{text}");
    }
    text
}

pub fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A running server. It is ended when this is dropped.
pub struct Running {
    child: Child,
    errors: BufReader<ChildStderr>,
    /// What it has said so far.
    pub log: String,
    /// Where it listens.
    pub address: String,
    pub data: PathBuf,
}

impl Running {
    /// Starts on a free port and waits until the log says that everything is ready.
    pub fn start(data: &Path, more: &[&str]) -> Running {
        Running::by(program(), data, more)
    }

    /// The same, by a command that becomes the program.
    pub fn by(mut command: Command, data: &Path, more: &[&str]) -> Running {
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more);
        Running::command(command, data)
    }

    /// The same by a command that is whole.
    pub fn command(mut command: Command, data: &Path) -> Running {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let errors = BufReader::new(child.stderr.take().unwrap());
        let mut running = Running {
            child,
            errors,
            log: String::new(),
            address: String::new(),
            data: data.to_owned(),
        };
        let line = running.until("listening on http");
        running.address = line.trim_end().rsplit("://").next().unwrap().to_owned();
        // A log of JSON goes on behind it.
        running
            .address
            .truncate(running.address.find('"').unwrap_or(running.address.len()));
        running.until("bot o");
        running
    }

    /// Reads the log until a line has this, and gives the line.
    pub fn until(&mut self, words: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.errors.read_line(&mut line).unwrap();
            assert!(read > 0, "the log ended before it said {words:?}:\n{}", self.log);
            self.log.push_str(&line);
            if line.contains(words) {
                return line;
            }
        }
    }

    /// Reads the log until it has this, if it has not yet: for what may come before the server is ready or after.
    pub fn has_said(&mut self, words: &str) {
        if !self.log.contains(words) {
            self.until(words);
        }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the end; the rest of the log is in `log` then.
    pub fn wait(&mut self) -> ExitStatus {
        self.errors.read_to_string(&mut self.log).unwrap();
        self.child.wait().unwrap()
    }

    /// One request; status line, headers and body as they came.
    pub fn ask(&self, method: &str, path: &str, bearer: &str, body: &str) -> String {
        self.try_to_ask(method, path, bearer, body).unwrap()
    }

    /// The same of a server that may end meanwhile.
    pub fn try_to_ask(&self, method: &str, path: &str, bearer: &str, body: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {bearer}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(head.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    pub fn local_token(&self) -> String {
        std::fs::read_to_string(self.data.join("local-agent.token"))
            .unwrap()
            .trim()
            .to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether an answer has this status.
pub fn has_status(answer: &str, status: u16) -> bool {
    answer.starts_with(&format!("HTTP/1.1 {status} "))
}
