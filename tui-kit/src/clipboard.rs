//! The clipboard of whoever sits at the terminal, wherever the terminal is: by the terminal itself (`OSC 52`), inside tmux by tmux.
//!
//! Owns which way is taken, the form of the bytes and how much may go. It refuses to know what is copied, and it cannot know whether
//! the terminal took it: it says what was sent.

use std::process::Stdio;

use base64::{Engine, engine::general_purpose::STANDARD};
use minicom_protocol::event::size_words;
use minicom_protocol::gate::{self, Shown};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::variable::Variable;

/// Bytes that go by `OSC 52`: in base64 they are just below the 100,000 at which terminals begin to drop the whole of it.
pub const OSC52_BYTES_MAX: usize = 74_994;
/// Bytes that go to tmux, which takes what it gets.
pub const TMUX_BYTES_MAX: usize = 1024 * 1024;
/// GNU screen passes on strings of some hundred bytes; the rest is sent in more of them.
const SCREEN_CHUNK: usize = 240;

/// The variable that says the way where it cannot be known: `osc52`, `tmux` or `off`.
pub const VARIABLE: Variable = Variable {
    name: "MINICOM_CLIPBOARD",
    takes: &["osc52", "tmux", "off"],
};

/// How text gets to the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The terminal is asked. One that does not know the request ignores it.
    Osc52,
    /// The same through GNU screen.
    Screen,
    /// tmux is asked, which keeps a copy and asks its terminal: by default it ignores what programs in it ask themselves.
    Tmux,
    /// There is none here: the kernel's console has no clipboard, or it was switched off.
    Off,
}

/// What became of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// So much was handed over.
    Sent {
        /// Lines of text.
        lines: usize,
        /// Bytes of text.
        bytes: usize,
        /// To whom.
        to: &'static str,
    },
    /// Nothing was, for this reason, and what to do.
    Failed(Shown),
}

/// A copy that is done, or under way.
#[derive(Debug)]
pub enum Copying {
    /// It is done.
    Done(Copied),
    /// Another program is asked.
    Asked(JoinHandle<Copied>),
}

impl Way {
    /// The way of this terminal, by its environment.
    pub fn of(environment: impl Fn(&str) -> Option<String>) -> Way {
        match VARIABLE.says(&environment) {
            Some("osc52") => return Way::Osc52,
            Some("tmux") => return Way::Tmux,
            Some("off") => return Way::Off,
            _ => {}
        }
        let is_set = |name: &str| environment(name).is_some_and(|value| !value.is_empty());
        match environment("TERM").as_deref() {
            _ if is_set("TMUX") => Way::Tmux,
            _ if is_set("STY") => Way::Screen,
            Some("linux" | "dumb") => Way::Off,
            _ => Way::Osc52,
        }
    }

    /// Bytes that go this way.
    fn bytes_max(self) -> usize {
        match self {
            Way::Tmux => TMUX_BYTES_MAX,
            Way::Osc52 | Way::Screen | Way::Off => OSC52_BYTES_MAX,
        }
    }

    /// Copies what passes the gate: whoever pastes it into a shell must not paste what a stranger hid in it. `write` is for what the
    /// terminal is to get; tmux is asked by a task of its own.
    ///
    /// # Errors
    /// What `write` says.
    pub fn copy<E>(self, text: &str, write: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<Copying, E> {
        let text = gate::clean(text);
        if text.is_empty() {
            return Ok(Copying::Done(failed("There is nothing to copy.")));
        }
        if text.len() > self.bytes_max() {
            let (has, most) = (size_words(text.len() as u64), size_words(self.bytes_max() as u64));
            let words =
                format!("Not copied: it has {has}, and the clipboard takes {most} by this way. Copy a part of it.");
            return Ok(Copying::Done(failed(&words)));
        }
        match self {
            Way::Off => {
                let words = format!(
                    "Not copied: this terminal has no clipboard that is known. {}=osc52 asks it all the same.",
                    VARIABLE.name
                );
                Ok(Copying::Done(failed(&words)))
            }
            Way::Tmux => Ok(Copying::Asked(tokio::spawn(by_tmux(text)))),
            Way::Osc52 | Way::Screen => {
                write(&self.sequence(&text))?;
                Ok(Copying::Done(sent(&text, "sent to the terminal")))
            }
        }
    }

    /// The bytes that ask the terminal. In base64 nothing of the text can end the request or begin another one.
    fn sequence(self, text: &str) -> Vec<u8> {
        let request = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
        if self != Way::Screen {
            return request.into_bytes();
        }
        let mut out = Vec::new();
        for chunk in request.as_bytes().chunks(SCREEN_CHUNK) {
            out.extend_from_slice(b"\x1bP");
            out.extend_from_slice(chunk);
            out.extend_from_slice(b"\x1b\\");
        }
        out
    }
}

impl Copied {
    /// What is told of it: `Copied 3 lines, 120 B: sent to the terminal.`
    pub fn words(&self, what: &str) -> Shown {
        match self {
            Copied::Failed(reason) => reason.clone(),
            Copied::Sent { lines, bytes, to } => {
                let lines = match lines {
                    1 => "1 line".to_owned(),
                    many => format!("{many} lines"),
                };
                let size = size_words(*bytes as u64);
                Shown::line(&format!("Copied {what}: {lines}, {size}, {to}."))
            }
        }
    }
}

fn sent(text: &str, to: &'static str) -> Copied {
    Copied::Sent {
        lines: text.lines().count().max(1),
        bytes: text.len(),
        to,
    }
}

fn failed(words: &str) -> Copied {
    Copied::Failed(Shown::line(words))
}

/// `-w` passes it on to the terminal outside; a tmux before 3.2 does not know it, and keeps it for itself.
async fn by_tmux(text: String) -> Copied {
    match load_buffer(&["load-buffer", "-w", "-"], &text).await {
        Ok(true) => return sent(&text, "sent to tmux and its terminal"),
        Ok(false) => {}
        Err(error) => {
            return failed(&format!(
                "Not copied: tmux does not start ({error}). {}=osc52 asks the terminal itself.",
                VARIABLE.name
            ));
        }
    }
    match load_buffer(&["load-buffer", "-"], &text).await {
        Ok(true) => sent(&text, "kept by tmux: its key ] pastes it"),
        _ => failed(&format!(
            "Not copied: tmux did not take it. {}=osc52 asks the terminal itself.",
            VARIABLE.name
        )),
    }
}

/// Whether tmux took it. Its words must not come to the terminal that is drawn on.
async fn load_buffer(arguments: &[&str], text: &str) -> std::io::Result<bool> {
    let mut child = Command::new("tmux")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // One that does not read says by its end what it thinks of it.
        let _ = input.write_all(text.as_bytes()).await;
    }
    Ok(child.wait().await?.success())
}

#[cfg(test)]
#[path = "clipboard_tests.rs"]
mod tests;
