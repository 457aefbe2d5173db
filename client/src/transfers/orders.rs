//! What is wanted of transfers, and what is told of them. It refuses to know how files move.

use std::{path::PathBuf, sync::Arc};

use minicom_protocol::{event::FilePart, gate::Shown, ids::ConversationId, text::CustomerName};

use super::{Mark, Opening, Spool, paths};
use crate::rest::files::Uploaded;

/// A transfer of one run of a program, by a number that the program gives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TransferId(pub u64);

/// For which thread a file is uploaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Thread {
    /// A customer's, for the own one.
    Own(CustomerName),
    /// An agent's, for this conversation.
    Conversation(ConversationId),
}

/// What is uploaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A file of this computer, as it is when its turn comes.
    File(PathBuf),
    /// The same, as long as it is what it was.
    Marked {
        /// Where.
        path: PathBuf,
        /// What it was like.
        mark: Mark,
    },
    /// A text that was pasted.
    Text {
        /// The name that it gets.
        name: String,
        /// What it says.
        text: Arc<str>,
    },
    /// What came from a pipe, to its end.
    Piped {
        /// The name that it gets.
        name: String,
        /// What came.
        bytes: Spool,
    },
}

/// Where a file is kept that is fetched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum To {
    /// In the person's folder for downloads, under a safe name.
    Downloads,
    /// In this folder, under a safe name.
    Folder(PathBuf),
    /// By this name, or, if that is taken, by it with a number.
    File(PathBuf),
    /// What a person has typed: a folder if it is one or ends with a slash, else a name.
    Typed(String),
    /// In a folder of its own that only this user can read, and then the platform's program opens it.
    Program,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Job {
    /// A file goes to the desk, to be named by a line.
    Send {
        /// Which.
        what: Source,
        /// For which thread.
        thread: Thread,
        /// By which a repeat of it is known, if it is more than an attempt of the same transfer.
        key: Option<String>,
    },
    /// A file comes here.
    Fetch {
        /// Which.
        file: FilePart,
        /// To where.
        to: To,
    },
}

/// What happened to a transfer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Happened {
    /// A file of this computer is found, and this large.
    Found {
        /// Its size in bytes.
        size: u64,
        /// What it is like, if it is a file.
        mark: Option<Mark>,
    },
    /// So many bytes of it have gone or come.
    Moved {
        /// How many.
        done: u64,
    },
    /// It waits, and goes on by itself.
    Waits {
        /// For what.
        why: Shown,
    },
    /// The server has it.
    Sent(Uploaded),
    /// It is here.
    Kept {
        /// Where.
        path: PathBuf,
        /// What came of opening it, if that was wanted.
        opening: Option<Opening>,
    },
    /// It is over, and nothing of it is kept.
    Failed {
        /// Why, and what to do.
        why: Shown,
    },
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferNews {
    /// To which transfer.
    pub id: TransferId,
    /// What.
    pub what: Happened,
}

/// What a program wants of its transfers and of the files around it. None of it waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Order {
    /// Begin one.
    Begin(TransferId, Job),
    /// Give one up.
    Cancel(TransferId),
    /// Look which files a text names.
    Find(String),
    /// Write out what is sure of the last path in a text.
    Complete(String),
    /// Keep a text that would be lost, as a file among the downloads.
    Keep {
        /// The file's name.
        name: String,
        /// What it says.
        text: Arc<str>,
    },
}

/// What comes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// Something happened to a transfer.
    Transfer(TransferNews),
    /// The files that a text names.
    Found {
        /// The text.
        text: String,
        /// They, or why there are none.
        found: Result<Vec<PathBuf>, String>,
    },
    /// What a text can become.
    Completed {
        /// The text.
        text: String,
        /// What it can become.
        completed: paths::Completed,
    },
    /// Where a text is kept, or why not.
    Kept(Result<PathBuf, String>),
}
