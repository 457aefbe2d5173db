//! What is written and not sent, on disk. Each window of one name has its own draft: two windows that kept the same one
//! would take each other's words away. A thread of its own writes, because a disk may be slow and typing is not.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::mpsc as channel,
    thread::JoinHandle,
};

use minicom_tui_kit::drafts::Drafts;
use tokio::sync::mpsc;

use crate::model::Msg;

/// Windows of one name that have drafts; the next ones write without a net.
const WINDOWS_MAX: usize = 16;

/// What is kept.
enum Text {
    /// What is written.
    Written(String),
    /// The files that wait beside it.
    Files(String),
}

/// What a window had that was not sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What was written.
    pub text: String,
    /// The files that waited beside it.
    pub files: String,
}

/// A window's draft.
pub(crate) struct Drafting {
    texts: Option<channel::Sender<Text>>,
    thread: Option<JoinHandle<()>>,
    /// Held while the window lives: the draft is its own.
    _seat: Option<File>,
}

impl Drafting {
    /// Takes a free place in the folder. Also returns what was written there and not sent. Troubles are told once.
    pub fn begin(folder: PathBuf, messages: mpsc::Sender<Msg>) -> (Drafting, Kept) {
        match open(&folder) {
            Ok(Some((drafts, seat, key))) => {
                let load = |key: &str| drafts.load(key).unwrap_or_default().unwrap_or_default();
                let draft = Kept {
                    text: load(&key),
                    files: load(&of_files(&key)),
                };
                let (texts, receiver) = channel::channel();
                let write = move || write_newest(&receiver, &drafts, &key, &messages);
                let thread = std::thread::Builder::new().name("drafts".into()).spawn(write).ok();
                let drafting = Drafting {
                    texts: Some(texts),
                    thread,
                    _seat: Some(seat),
                };
                (drafting, draft)
            }
            Ok(None) => (Drafting::none(), Kept::default()),
            Err(error) => {
                trouble(&messages, &error);
                (Drafting::none(), Kept::default())
            }
        }
    }

    fn none() -> Drafting {
        Drafting {
            texts: None,
            thread: None,
            _seat: None,
        }
    }

    /// Keeps a text in place of the one before.
    pub fn keep(&self, text: String) {
        self.give(Text::Written(text));
    }

    /// Keeps which files wait.
    pub fn keep_files(&self, files: String) {
        self.give(Text::Files(files));
    }

    fn give(&self, text: Text) {
        if let Some(texts) = &self.texts {
            // Without the thread there are no drafts, which was told.
            let _ = texts.send(text);
        }
    }

    /// Waits until the last text is on disk.
    pub fn end(mut self) {
        drop(self.texts.take());
        if let Some(thread) = self.thread.take() {
            // It writes one text and ends; if it broke there is nothing to wait for.
            let _ = thread.join();
        }
    }
}

fn write_newest(texts: &channel::Receiver<Text>, drafts: &Drafts, key: &str, messages: &mpsc::Sender<Msg>) {
    let mut failing = false;
    while let Ok(first) = texts.recv() {
        let (mut written, mut files) = (None, None);
        for text in std::iter::once(first).chain(texts.try_iter()) {
            match text {
                Text::Written(it) => written = Some(it),
                Text::Files(it) => files = Some(it),
            }
        }
        let written = written.map_or(Ok(()), |it| drafts.save(key, &it));
        let files = files.map_or(Ok(()), |it| drafts.save(&of_files(key), &it));
        match written.and(files) {
            Ok(()) => failing = false,
            Err(error) if !failing => {
                failing = true;
                trouble(messages, &error);
            }
            Err(_) => {}
        }
    }
}

/// What the disk knows the files of a window by.
fn of_files(key: &str) -> String {
    format!("{key} files")
}

fn trouble(messages: &mpsc::Sender<Msg>, error: &io::Error) {
    let words = format!("What you write is not kept on disk until you send it: {error}");
    // With a thousand messages waiting this one is not missed.
    let _ = messages.try_send(Msg::Trouble(words));
}

/// The folder, a place in it that nobody else has, and its key; `None` if all are taken.
fn open(folder: &Path) -> io::Result<Option<(Drafts, File, String)>> {
    let drafts = Drafts::open(folder)?;
    for window in 1..=WINDOWS_MAX {
        let key = format!("window-{window}");
        let seat = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join(format!("{key}.lock")))?;
        match seat.try_lock() {
            Ok(()) => return Ok(Some((drafts, seat, key))),
            Err(std::fs::TryLockError::WouldBlock) => {}
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_its_own_draft_and_gets_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts");
        let (messages, _held) = mpsc::channel(8);
        let begin = || Drafting::begin(path.clone(), messages.clone());
        let (one, draft) = begin();
        assert_eq!(draft, Kept::default());
        one.keep("half a".into());
        one.keep_files("a file".into());
        one.keep("half a sentence".into());
        let (two, draft) = begin();
        assert_eq!(draft, Kept::default(), "the other window's text is not taken");
        two.keep("another".into());
        one.end();
        two.end();
        let (one, first) = begin();
        let (_two, second) = begin();
        assert_eq!(
            (first.text.as_str(), second.text.as_str()),
            ("half a sentence", "another")
        );
        assert_eq!((first.files.as_str(), second.files.as_str()), ("a file", ""));
        one.keep(String::new());
        one.keep_files(String::new());
        one.end();
        assert_eq!(begin().1, Kept::default(), "what was sent is no draft");
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_told_and_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let (messages, mut told) = mpsc::channel(8);
        let (drafting, draft) = Drafting::begin(file.join("drafts"), messages);
        assert_eq!(draft, Kept::default());
        drafting.keep("text".into());
        drafting.end();
        assert!(matches!(told.try_recv(), Ok(Msg::Trouble(words)) if words.contains("not kept on disk")));
    }
}
