//! Commands of the agent's, one at a time, in a task of its own: a slow one holds up no key.

use std::ffi::OsString;

use minicom_tui_kit::{
    Shown,
    pipe::{self, End, Job, Ran},
};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::app::Msg;

/// The command that runs, if one does.
pub struct Pipes {
    messages: mpsc::Sender<Msg>,
    running: Option<JoinHandle<()>>,
}

impl Pipes {
    /// What comes of commands is told by messages.
    pub fn new(messages: mpsc::Sender<Msg>) -> Pipes {
        Pipes {
            messages,
            running: None,
        }
    }

    /// Gives a text to a command; the one before is stopped.
    pub fn run(&mut self, id: u64, job: Job) {
        self.stop();
        let messages = self.messages.clone();
        self.running = Some(tokio::spawn(async move {
            let ran = match apart() {
                Ok(apart) => pipe::run(&apart, job).await,
                Err(error) => Ran {
                    output: String::new(),
                    errors: String::new(),
                    end: End::Lost(Shown::line(&format!("this program is not found any more: {error}"))),
                },
            };
            // Nobody listens when the program is at its end.
            let _ = messages.send(Msg::Piped { id, ran }).await;
        }));
    }

    /// Stops it, with all that it started.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

/// How this program runs a command that must not see the terminal.
fn apart() -> std::io::Result<[OsString; 2]> {
    Ok([std::env::current_exe()?.into(), "apart".into()])
}
