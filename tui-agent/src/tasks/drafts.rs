//! Drafts on disk, by a thread of its own: a slow disk must not hold up a key.

use std::{path::PathBuf, sync::mpsc as std_mpsc, thread::JoinHandle};

use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::{Shown, drafts::Drafts};
use tokio::sync::mpsc;

use crate::{
    app::Msg,
    writing::{Draft, Kind},
};

/// What the thread is to do.
enum Job {
    Save(Draft),
    Load(Vec<ConversationId>),
    Commands(Vec<String>),
}

/// What the disk knows the commands by: no conversation's name.
const COMMANDS: &str = "commands";

/// The thread.
pub struct DraftKeeper {
    jobs: std_mpsc::Sender<Job>,
    thread: Option<JoinHandle<()>>,
}

impl DraftKeeper {
    /// Starts it on a folder. A folder that cannot be used is told by a message: the program works without.
    pub fn start(folder: PathBuf, messages: mpsc::Sender<Msg>) -> DraftKeeper {
        let (jobs, to_do) = std_mpsc::channel();
        let work = move || keep(folder, &to_do, &messages);
        // Without a thread the jobs go nowhere, and the drafts stay in memory.
        let thread = std::thread::Builder::new().name("drafts".into()).spawn(work).ok();
        DraftKeeper { jobs, thread }
    }

    /// Keeps a draft; an empty one is forgotten.
    pub fn save(&self, draft: Draft) {
        // The thread is gone only if it could not be started.
        let _ = self.jobs.send(Job::Save(draft));
    }

    /// Tells which of these have drafts.
    pub fn load(&self, conversations: Vec<ConversationId>) {
        let _ = self.jobs.send(Job::Load(conversations));
    }

    /// Keeps the commands that texts went through; each is one line.
    pub fn keep_commands(&self, commands: Vec<String>) {
        let _ = self.jobs.send(Job::Commands(commands));
    }

    /// Waits until everything is on disk. Blocking.
    pub fn finish(self) {
        drop(self.jobs);
        if let Some(thread) = self.thread {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

fn keep(folder: PathBuf, to_do: &std_mpsc::Receiver<Job>, messages: &mpsc::Sender<Msg>) {
    let tell = |message| {
        // Nobody listens when the program is at its end.
        let _ = messages.blocking_send(message);
    };
    let trouble = |error: std::io::Error| Msg::DiskTrouble(Shown::line(&format!("Drafts cannot be kept: {error}")));
    let drafts = match Drafts::open(folder) {
        Ok(drafts) => drafts,
        Err(error) => return tell(trouble(error)),
    };
    if let Ok(Some(commands)) = drafts.load(COMMANDS) {
        tell(Msg::Commands(commands.lines().map(str::to_owned).collect()));
    }
    // Of a disk that stays broken it is told once.
    let mut broken = false;
    while let Ok(job) = to_do.recv() {
        let done = match job {
            Job::Save(draft) => drafts.save(&key(draft.conversation, draft.kind), &draft.text),
            Job::Commands(commands) => drafts.save(COMMANDS, &commands.join("\n")),
            Job::Load(conversations) => load(&drafts, conversations).map(|found| {
                if !found.is_empty() {
                    tell(Msg::Drafts(found));
                }
            }),
        };
        match done {
            Ok(()) => broken = false,
            Err(error) if !std::mem::replace(&mut broken, true) => tell(trouble(error)),
            Err(_) => {}
        }
    }
}

fn load(drafts: &Drafts, conversations: Vec<ConversationId>) -> std::io::Result<Vec<Draft>> {
    let mut found = Vec::new();
    for conversation in conversations {
        for kind in Kind::ALL {
            let text = drafts.load(&key(conversation, kind))?;
            found.extend(text.map(|text| Draft {
                conversation,
                kind,
                text,
            }));
        }
    }
    Ok(found)
}

fn key(conversation: ConversationId, kind: Kind) -> String {
    format!("{conversation}{}", kind.suffix())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(n: u8) -> ConversationId {
        ConversationId::from_bytes([n; 16])
    }

    fn draft(n: u8, kind: Kind, text: &str) -> Draft {
        let (conversation, text) = (conversation(n), text.to_owned());
        Draft {
            conversation,
            kind,
            text,
        }
    }

    #[test]
    fn drafts_outlive_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, mut messages) = mpsc::channel(4);
        let keeper = DraftKeeper::start(folder.path().join("drafts"), sender.clone());
        keeper.save(draft(1, Kind::Reply, "half a sentence"));
        keeper.save(draft(1, Kind::Note, "for colleagues only"));
        keeper.save(draft(2, Kind::Reply, "gone"));
        keeper.save(draft(2, Kind::Reply, ""));
        keeper.finish();
        let keeper = DraftKeeper::start(folder.path().join("drafts"), sender);
        keeper.load(vec![conversation(1), conversation(2)]);
        let Some(Msg::Drafts(found)) = messages.blocking_recv() else {
            panic!("no drafts")
        };
        assert_eq!(
            found,
            [
                draft(1, Kind::Reply, "half a sentence"),
                draft(1, Kind::Note, "for colleagues only")
            ]
        );
        keeper.finish();
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told_once_and_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let (sender, mut messages) = mpsc::channel(4);
        let keeper = DraftKeeper::start(file, sender);
        assert!(matches!(messages.blocking_recv(), Some(Msg::DiskTrouble(_))));
        keeper.save(draft(1, Kind::Reply, "text"));
        keeper.finish();
        assert!(messages.blocking_recv().is_none());
    }
}
