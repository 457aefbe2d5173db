//! What the program says to its tasks, and they to it. It refuses to know what either does with it.

use minicom_client::{
    ClientEvent, ListChoice,
    kept::{Kept, Parcel},
    transfers,
};
use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, Agents},
    ids::{CommandId, ConversationId, FileId, LineNo},
    search::SavedView,
};
use minicom_tui_kit::{
    Shown,
    config::{Mistake, Reread},
    file_preview::{FilePreview, Kind},
    pipe,
};

use crate::{
    keys::{Action, Context},
    lessons::{LessonsOrder, LessonsTold},
    update::keeping_out::WithAddresses,
    writing::Draft,
};

/// What the program is told by its own tasks.
#[derive(Debug)]
pub enum Msg {
    /// The connection tells something.
    Client(Box<ClientEvent<Agents>>),
    /// A command was not even taken; nothing was sent or stored.
    Unsent {
        /// Its id.
        id: CommandId,
        /// Why, and what to do.
        why: Shown,
    },
    /// Drafts that were on the disk.
    Drafts(Vec<Draft>),
    /// What an earlier program has kept of the desk.
    Kept(Box<Kept>),
    /// Drafts, or the desk, cannot be kept or read.
    DiskTrouble(Shown),
    /// A file was written, by this name, or why not.
    Written(Result<Shown, Shown>),
    /// What is shown of a file, after [`Order::LookInto`].
    LookedInto {
        /// Which.
        id: FileId,
        /// How it begins, or the picture that it is.
        preview: FilePreview,
    },
    /// A file's text, to be read, after [`Order::ReadFile`].
    FileRead {
        /// What it is called.
        title: Shown,
        /// The text, raw; or why it is not here.
        text: Result<String, Shown>,
    },
    /// What became of [`Order::Pipe`].
    Piped {
        /// Its number.
        id: u64,
        /// What the command said.
        ran: pipe::Ran,
    },
    /// Commands that texts went through before, the newest last.
    Commands(Vec<String>),
    /// What comes of an order about files.
    Files(transfers::Told),
    /// What became of [`Order::SaveView`] or [`Order::DeleteView`].
    View(Result<Shown, Shown>),
    /// What became of [`Order::BlockAddresses`].
    Addresses(Result<Shown, Shown>),
    /// What became of [`Order::Lessons`].
    Lessons(LessonsTold),
    /// What the file of settings says, after [`Order::ReadSettings`].
    Settings(SettingsRead),
}

/// What a file of settings says that was read again, or what is wrong in it.
pub type SettingsRead = Result<Box<Reread<Action, Context>>, Vec<Mistake>>;

/// What only the program's tasks can carry out.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Hand a command over, to be done once.
    Send {
        /// Its id.
        id: CommandId,
        /// What it asks for.
        command: AgentCommand,
    },
    /// Hand over a command that is only worth sending now.
    SendMomentary(AgentCommand),
    /// Ask the server.
    Ask(AgentQuestion),
    /// Say that the agent types, or has stopped.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Whether.
        on: bool,
    },
    /// Say that the agent is there, and what is on the screen.
    Viewing(Option<ConversationId>),
    /// Say that the customer's lines are on the owner's screen.
    Delivered {
        /// Where.
        conversation: ConversationId,
        /// The newest of them.
        up_to: LineNo,
    },
    /// Keep a customer out, with the addresses that the customer is connected from.
    BlockAddresses(WithAddresses),
    /// What the bot could learn.
    Lessons(LessonsOrder),
    /// Fetch the beginning of a file that is on the screen.
    LookInto {
        /// Which.
        id: FileId,
        /// For what.
        kind: Kind,
        /// Its bytes in all.
        size: u64,
    },
    /// Fetch a file's text, to be read.
    ReadFile {
        /// Which.
        id: FileId,
        /// What it is called.
        title: Shown,
    },
    /// Give a text to a command.
    Pipe {
        /// A number for the answer.
        id: u64,
        /// The command and the text.
        job: pipe::Job,
    },
    /// Stop that command.
    StopPipe,
    /// Keep the commands that texts went through, for the next time.
    KeepCommands(Vec<String>),
    /// Keep a name for a filter of the list, on the server.
    SaveView(SavedView),
    /// Forget one.
    DeleteView(String),
    /// Call one otherwise.
    RenameView {
        /// As it is called now.
        from: String,
        /// As it will be.
        to: SavedView,
    },
    /// Send what has become old after all.
    Resend(CommandId),
    /// Drop a command that waits.
    Discard(CommandId),
    /// Connect now.
    ReconnectNow,
    /// The program ends only to sign in again, and comes back.
    SignIn,
    /// Something about files.
    Files(transfers::Order),
    /// Read the file of settings again.
    ReadSettings,
    /// Keep how the list is arranged.
    KeepChoice(ListChoice),
    /// Keep the desk, for a time without a connection.
    Keep(Box<Parcel>),
    /// Nothing that was kept of the desk stays on this computer.
    ForgetKept,
    /// Keep a draft; an empty one is forgotten.
    SaveDraft(Draft),
    /// Look whether these have drafts.
    LoadDrafts(Vec<ConversationId>),
    /// Write a file of Markdown into the current directory; never over one that says something else.
    WriteFile {
        /// Its name without ending.
        name: String,
        /// What it says. Gated.
        text: String,
    },
}
