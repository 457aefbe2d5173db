//! What lies over the chat and takes keys first: a list to choose from, questions, something to read. Each knows what it is for, and
//! about which conversations it was opened. It refuses to know what is done with a choice or an answer: that is `update/over.rs`.

use minicom_client::ListSort;
use minicom_protocol::{
    command::TransferTo,
    ids::{AgentId, ConversationId, CustomerId, FileId, ReplyId, Rev, Time},
    intake::Priority,
    line::LineRef,
    staff::Intent,
    words::Tag,
};
use minicom_tui_kit::{Picker, Prompt, overlay::Overlay};

use crate::{
    desk_view::{Stack, Work},
    keys::Action,
    writing::{Attached, Mode},
};

/// What lies over the chat.
#[derive(Debug, Clone)]
pub enum Over {
    /// Something is to be chosen.
    Picker(Box<Pick>),
    /// Something is asked.
    Prompt(Box<Ask>),
    /// Something is read. It lies over everything but header and footer.
    Reading(Box<Reading>),
    /// Views of the desk: tables, tickets, the library.
    Desk(Box<Stack>),
}

/// A choice to be made.
#[derive(Debug, Clone)]
pub struct Pick {
    /// What for.
    pub purpose: PickFor,
    /// The conversations that it was opened for.
    pub about: Vec<ConversationId>,
    /// The list.
    pub picker: Picker<Choice>,
}

/// What a choice is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickFor {
    /// What to do, or whom to look at.
    Menu,
    /// To whom conversations go.
    Transfer,
    /// Who is made the owner.
    Assign,
    /// Until when they are put aside.
    Snooze,
    /// What the agent wants to be.
    Intent,
    /// Which tags they have; the list stays open.
    Tags,
    /// How urgent they are.
    Priority,
    /// In which order the list is.
    Sort,
    /// What the customer said before.
    Earlier,
    /// What is written with it.
    SavedReply,
    /// What goes with the reply, or is read.
    Article,
    /// What of that which fits goes with the reply, or is read.
    Fitting,
    /// Which line is answered.
    Quote,
    /// Which line is blanked out.
    Blank,
    /// For how long a customer is kept out.
    Block,
    /// Where something was said.
    Find,
    /// What is copied.
    Copy,
    /// Which line is copied.
    CopyLine,
    /// Which line a command gets.
    PipeLine,
    /// Which file is fetched or opened.
    File,
    /// Which view the list shows.
    View,
    /// Which view is deleted.
    DeleteView,
    /// Which view gets another name.
    RenameView,
}

/// What a row of a list stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Something to do.
    Action(Action),
    /// A conversation.
    Conversation(ConversationId),
    /// A customer, by the newest conversation.
    Customer(ConversationId),
    /// Whoever is next.
    To(TransferTo),
    /// An agent.
    Agent(AgentId),
    /// A snooze, and its end; without one, until the customer writes.
    Until(Option<Time>),
    /// The end of a snooze.
    Wake,
    /// What to be.
    Intent(Intent),
    /// A tag, to be put on or taken off.
    Tag(Tag),
    /// Keeping a customer out, for so many minutes or for good.
    Block(Option<u32>),
    /// Letting a customer in again.
    Unblock,
    /// How urgent.
    Priority(Priority),
    /// An order of the list.
    Sort(ListSort),
    /// Whether each priority has a title.
    Titles(bool),
    /// A view, by its name.
    View(String),
    /// No view.
    AllRows,
    /// A name for what the list shows.
    SaveView,
    /// One view less.
    DeleteView,
    /// Another name for a view.
    RenameView,
    /// A saved reply.
    SavedReply(ReplyId),
    /// A word after `/` that is no saved reply, with what stands behind it.
    Word(String),
    /// An article.
    Article(Attached),
    /// A line.
    Line(LineRef),
    /// What is copied.
    Copy(CopyWhat),
    /// A file.
    File(FileId),
    /// A place where something was found.
    Hit {
        /// The conversation.
        conversation: ConversationId,
        /// Whose thread it is in.
        customer: CustomerId,
        /// The event.
        at: Rev,
    },
}

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyWhat {
    /// The newest line on the screen.
    Line,
    /// The newest block of code, or text of several lines.
    Block,
    /// The newest address.
    Address,
    /// All lines of the conversation that are here.
    Chat,
    /// A line that is still to be chosen.
    Other,
}

/// What a command gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipeWhat {
    /// A line.
    Line(LineRef),
    /// All lines of the conversation that are here.
    Chat,
}

/// Questions to be answered.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What for.
    pub purpose: AskFor,
    /// The conversations that it was opened for.
    pub about: Vec<ConversationId>,
    /// The questions.
    pub prompt: Prompt,
}

/// What questions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskFor {
    /// What the next one should know.
    TransferNote(TransferTo),
    /// What the conversations are about.
    Subject,
    /// Which conversations are shown.
    Filter,
    /// What the filter of the list is called from now on.
    View,
    /// What this view is called from now on.
    RenameView(String),
    /// What a saved reply asks.
    Reply {
        /// Which.
        reply: ReplyId,
        /// What its questions are called.
        questions: Vec<String>,
    },
    /// Whether a line is really to be blanked out.
    Blank(LineRef),
    /// Through which command a line or the chat goes.
    Pipe(PipeWhat),
    /// Which file goes with the reply.
    Attach,
    /// Why a customer is kept out, for so many minutes or for good; and whether the address is too.
    Block(Option<u32>),
}

/// Something that is read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it is.
    pub purpose: ReadFor,
    /// The text.
    pub overlay: Overlay,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadFor {
    /// Words that nothing can be done with but reading.
    Words,
    /// What the customer said before: see `App::earlier`.
    Earlier,
    /// A text that was too long for the chat. Raw.
    Whole(String),
    /// A conversation in a few lines.
    Recap {
        /// Which.
        about: ConversationId,
        /// The lines. Raw.
        text: String,
    },
    /// What a command said.
    Piped {
        /// For which conversation it was asked.
        about: ConversationId,
        /// What it wrote. Raw.
        text: String,
    },
    /// An article, which can go with the reply.
    Article {
        /// Which, and what it is called.
        article: Attached,
        /// Whether customers can read it.
        published: bool,
        /// What was looked for when it was found; nothing if it was not looked for.
        query: Option<String>,
    },
}

/// What a text goes to the agent's own editor for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditFor {
    /// What is being written in a conversation.
    Composer(ConversationId, Mode),
    /// A saved reply, an article, the desk's settings.
    Work(Box<Work>),
}
