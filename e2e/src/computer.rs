//! The real programs of people at one computer: each has a folder for what it keeps, and is started on a terminal or
//! with pipes. Signing in is done as people do it, with the password.

use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, ensure};
use minicom_client::ServerUrl;
use tempfile::TempDir;

use crate::{
    binaries::Binary,
    desk_setup::{DeskAgent, PASSWORD},
    pty::{Program, Pty},
};

/// A computer from which people reach a server. What they keep is gone when it is dropped.
pub struct Computer {
    folder: TempDir,
    server: ServerUrl,
}

impl Computer {
    /// One that reaches this server.
    ///
    /// # Errors
    /// No folder can be made.
    pub fn new(server: ServerUrl) -> Result<Computer> {
        Ok(Computer {
            folder: tempfile::tempdir()?,
            server,
        })
    }

    /// Where all customers of this computer keep their secrets, drafts and unsent lines.
    pub fn customers(&self) -> PathBuf {
        self.folder.path().join("customers")
    }

    /// Where a program writes its log.
    pub fn log(&self, who: &str) -> PathBuf {
        self.folder.path().join(format!("{who}.log"))
    }

    fn program(&self, binary: Binary, who: &str, state: &Path, args: &[&str]) -> Result<Program> {
        let path = |path: PathBuf| path.into_os_string();
        let mut all: Vec<OsString> = args.iter().map(OsString::from).collect();
        all.extend(["--server".into(), self.server.to_string().into()]);
        all.extend(["--state".into(), path(state.to_owned())]);
        all.extend(["--log".into(), path(self.log(who))]);
        Ok(Program {
            path: binary.path()?,
            args: all,
            env: vec![("HOME".into(), path(self.folder.path().to_owned()))],
        })
    }

    /// Where the agent with this address keeps what its programs know.
    pub fn agents(&self, email: &str) -> PathBuf {
        self.folder.path().join(email)
    }

    /// `minicom-chat` with these arguments and no others but the place.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn chat_with(&self, args: &[&str]) -> Result<Program> {
        self.program(Binary::Chat, "chat", &self.customers(), args)
    }

    /// `minicom-agent` with these arguments, of the agent with this address, signed in or not.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn agent_with(&self, email: &str, args: &[&str]) -> Result<Program> {
        self.program(Binary::Agent, email, &self.agents(email), args)
    }

    /// `minicom-chat NAME` with more arguments.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn chat(&self, name: &str, more: &[&str]) -> Result<Program> {
        let args = [&[name], more].concat();
        self.program(Binary::Chat, name, &self.customers(), &args)
    }

    /// `minicom-agent` with more arguments, signed in as this agent.
    ///
    /// # Errors
    /// It cannot be built, or not sign in.
    pub fn agent(&self, agent: &DeskAgent, more: &[&str]) -> Result<Program> {
        if !self.agents(&agent.email).exists() {
            let login = ["login", "--email", &agent.email, "--password-stdin"];
            let login = self.agent_with(&agent.email, &login)?;
            let done = with_input(&login, &format!("{PASSWORD}\n"))?;
            ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        self.agent_with(&agent.email, more)
    }

    /// `minicom-agent` with more arguments, as the admin that whoever can read the server's data folder is.
    ///
    /// # Errors
    /// It cannot be built.
    pub fn admin(&self, data: &Path, more: &[&str]) -> Result<Program> {
        let state = self.folder.path().join("admin");
        let mut program = self.program(Binary::Agent, "admin", &state, more)?;
        program.args.extend(["--data".into(), data.as_os_str().to_owned()]);
        Ok(program)
    }

    /// A customer's screen.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn chat_screen(&self, name: &str, columns: u16, rows: u16) -> Result<Pty> {
        Pty::start(&self.chat(name, &[])?, columns, rows)
    }

    /// An agent's screen.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn agent_screen(&self, agent: &DeskAgent, columns: u16, rows: u16) -> Result<Pty> {
        Pty::start(&self.agent(agent, &[])?, columns, rows)
    }
}

/// The program as a process with pipes instead of a terminal.
pub fn piped(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command
        .args(&program.args)
        .env_clear()
        .envs(program.env.iter().cloned());
    command.env("TZ", "UTC").env("LANG", "C.UTF-8");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the program with this input to its end.
///
/// # Errors
/// It cannot be started.
pub fn with_input(program: &Program, input: &str) -> Result<Output> {
    let mut child = piped(program)
        .spawn()
        .with_context(|| program.path.display().to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // The program may end before it has read everything.
        let _ = stdin.write_all(input.as_bytes());
    }
    Ok(child.wait_with_output()?)
}
