//! The person's own editor on one text.
//!
//! Owns the way there and back: a private folder, the program that `VISUAL` or `EDITOR` names or that is usual, what it left behind. It
//! refuses to know what the text is, and never asks a shell: the variable is split into words and run as it is. Giving the terminal away
//! and taking it again is the loop's.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use minicom_protocol::gate::Shown;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Bytes that are read back.
pub const EDIT_BYTES_MAX: u64 = 262_144;
/// How long an editor has to end when it is told to.
const END_TIME: Duration = Duration::from_secs(2);
/// What opens a text where nobody has said: the system's own choice, where it has one, and what all systems have. Debian's
/// `sensible-editor` is none of them: it asks a question of its own in the terminal first.
const USUAL: [&str; 3] = ["editor", "vi", "nano"];
const SET_ONE: &str = "set EDITOR to the editor you use, such as: export EDITOR=nano, and start again";

/// An order to let the person edit a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    name: &'static str,
    text: String,
    command: Option<String>,
    most: u64,
}

impl Edit {
    /// Edits this text in a file of this name; its ending tells the editor what it is: `article.md`.
    pub fn new(name: &'static str, text: String) -> Edit {
        Edit {
            name,
            text,
            command: None,
            most: EDIT_BYTES_MAX,
        }
    }

    /// What is read back has at most so many bytes; a longer text is kept where it was written, and the person is told where.
    pub fn at_most(mut self, bytes: usize) -> Edit {
        self.most = EDIT_BYTES_MAX.min(bytes as u64);
        self
    }

    /// With this command, whatever the environment says.
    pub fn with_command(mut self, command: &str) -> Edit {
        self.command = Some(command.to_owned());
        self
    }

    /// The text as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The text is another one now. Raw: gate it where it is shown.
    Changed(String),
    /// The text is as it was.
    Unchanged,
    /// There is no new text, for this reason, and what to do.
    Failed(Shown),
}

/// An editor that runs, and the folder that is there only for it.
#[derive(Debug)]
pub(crate) struct Session {
    dir: TempDir,
    path: PathBuf,
    words: Vec<String>,
    before: String,
    most: u64,
    child: Option<Child>,
}

/// Edits a text while nobody else uses the terminal, as in the line mode. A program with a screen returns
/// [`crate::Effect::Edit`] instead.
pub async fn run(edit: Edit) -> Edited {
    match Session::prepare(edit) {
        Ok(mut session) => session.wait().await,
        Err(reason) => Edited::Failed(reason),
    }
}

impl Session {
    /// Everything before the terminal is needed.
    ///
    /// # Errors
    /// No editor is set, or the text cannot be written to a file; in words for a person.
    pub(crate) fn prepare(edit: Edit) -> Result<Session, Shown> {
        let words = words_of(edit.command, |name| std::env::var(name).ok())?;
        let (dir, path) = write_private(edit.name, &edit.text).map_err(|error| {
            let place = std::env::temp_dir();
            told(&format!(
                "The text cannot be written below {}: {error}",
                place.display()
            ))
        })?;
        Ok(Session {
            dir,
            path,
            words,
            before: edit.text,
            most: edit.most,
            child: None,
        })
    }

    /// Starts the editor if it does not run yet, and waits until it has ended. May be dropped and called again.
    pub(crate) async fn wait(&mut self) -> Edited {
        if self.child.is_none() {
            match self.start() {
                Ok(child) => self.child = Some(child),
                Err(error) => {
                    let program = &self.words[0];
                    return Edited::Failed(told(&format!(
                        "The editor {program:?} does not start ({error}): {SET_ONE}"
                    )));
                }
            }
        }
        let Some(child) = &mut self.child else {
            return Edited::Unchanged;
        };
        let status = child.wait().await;
        self.child = None;
        match status {
            Ok(status) => self.outcome(status),
            Err(error) => self.lost(&format!("The editor cannot be waited for ({error})")),
        }
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.words[0])
            .args(&self.words[1..])
            .arg(&self.path)
            .kill_on_drop(true)
            .spawn()
    }

    fn outcome(&self, status: ExitStatus) -> Edited {
        match status.code() {
            Some(0) => {}
            // A way that editors have to say "forget it".
            Some(code) => {
                return Edited::Failed(told(&format!("The editor ended with code {code}: nothing was changed")));
            }
            None => return self.lost("The editor was stopped by a signal"),
        }
        match self.read() {
            Ok(text) if text == self.before => Edited::Unchanged,
            Ok(text) => Edited::Changed(text),
            Err(reason) => self.lost(&reason),
        }
    }

    /// The text as it is now. The line end that most editors add at the end is not part of a text that had none.
    fn read(&self) -> Result<String, String> {
        let size = fs::metadata(&self.path).map_err(|error| format!("The edited file is gone ({error})"))?;
        if size.len() > self.most {
            return Err(format!("The text has {} bytes, {} is the most", size.len(), self.most));
        }
        let bytes = fs::read(&self.path).map_err(|error| format!("The edited file cannot be read ({error})"))?;
        let mut text = String::from_utf8(bytes).map_err(|_| "The edited file is not in UTF-8".to_owned())?;
        if text.ends_with('\n') && !self.before.ends_with('\n') {
            text.pop();
        }
        Ok(text)
    }

    /// What was written is kept, where it was written, and the person is told where.
    fn lost(&self, reason: &str) -> Edited {
        let there = match self.keep() {
            Some(path) => format!("{reason}. What you wrote is kept in {}", path.display()),
            None => format!("{reason}: nothing was changed"),
        };
        Edited::Failed(told(&there))
    }

    /// Copies the folder to a place that stays, if there is anything in it that was not there before.
    fn keep(&self) -> Option<PathBuf> {
        let untouched = fs::read(&self.path).is_ok_and(|bytes| bytes == self.before.as_bytes());
        let alone = fs::read_dir(self.dir.path()).is_ok_and(|files| files.count() <= 1);
        if untouched && alone {
            return None;
        }
        let kept = self.dir.path().with_extension("kept");
        fs::rename(self.dir.path(), &kept).ok()?;
        Some(kept)
    }

    /// Tells the editor to end, so that it leaves the terminal in order. What it has written or saved for a rescue is kept.
    pub(crate) async fn end(mut self) {
        if let Some(mut child) = self.child.take() {
            let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
            if let Some(id) = id {
                // It may have ended by itself just now.
                let _ = kill_process(id, Signal::TERM);
            }
            let _ = tokio::time::timeout(END_TIME, child.wait()).await;
        }
        if let Some(path) = self.keep() {
            tracing::warn!(path = %path.display(), "the program ended before the editor; what was written is kept");
        }
    }
}

/// The words of the command: what was ordered, else `VISUAL`, else `EDITOR`, else an editor that is usual and there.
fn words_of(command: Option<String>, var: impl Fn(&str) -> Option<String>) -> Result<Vec<String>, Shown> {
    let set = |name: &str| var(name).filter(|value| !value.trim().is_empty());
    let usual = || {
        let path = var("PATH")?;
        let is_there = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
        USUAL.into_iter().find(|name| is_there(name)).map(str::to_owned)
    };
    let named = command.or_else(|| set("VISUAL")).or_else(|| set("EDITOR"));
    let Some(command) = named.or_else(usual) else {
        return Err(told(&format!("No editor is set: {SET_ONE}")));
    };
    match shell_words::split(&command) {
        Ok(words) if !words.is_empty() => Ok(words),
        _ => Err(told(&format!(
            "The editor {command:?} is no command (a quote is open?): {SET_ONE}"
        ))),
    }
}

/// A folder and a file that nobody else can read. The folder also takes what editors write beside a file.
fn write_private(name: &str, text: &str) -> io::Result<(TempDir, PathBuf)> {
    let dir = tempfile::Builder::new()
        .prefix("minicom-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()?;
    let name = Path::new(name).file_name().unwrap_or("text.md".as_ref());
    let path = dir.path().join(name);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok((dir, path))
}

fn told(words: &str) -> Shown {
    Shown::line(words)
}

#[cfg(test)]
#[path = "editor_tests.rs"]
mod tests;
