//! The state of the screen: what is known, what is written, and where one reads. It refuses to know how it came to be
//! (`update`) and how it looks (`view`).

use std::{
    collections::{BTreeMap, VecDeque},
    time::{Duration, Instant},
};

use minicom_client::{ClientEvent, CommandIds, ConnState, CustomerReplica, Ended, PendingMark, transfers};
use minicom_protocol::{
    command::CustomerCommand,
    frame::{CustomerQuestion, Customers},
    gate::Shown,
    ids::{CommandId, ConversationId, FileId, LineNo},
    text::CustomerName,
    thread_view::CustomerStage,
    words::Tag,
};
use minicom_tui_kit::{
    Available, Composer, Keymap, Now, Theme, Transcript, Zone,
    bare::Bare,
    config::{Mistake, Reread},
    file_preview::{FilePreview, Kind},
    notify::Attention,
    transcript::{EntryKey, Older},
};
use ratatui::layout::Size;

pub use crate::notice::{Ends, Notice};
pub use crate::settings::Settings;
use crate::{
    actions::{Action, CHAT, Context},
    beginning::Beginning,
    entries::{self, Reads},
    files::Files,
    layout::Areas,
    over::Over,
    update::looking::Asked,
    view::status,
    wishes::Quoted,
};

/// What the program's own tasks tell the screen.
#[derive(Clone, PartialEq, Debug)]
pub enum Msg {
    /// The connection says something.
    Client(ClientEvent<Customers>),
    /// A command was not taken by the connection.
    Unsent {
        /// Its id.
        id: CommandId,
        /// What it was.
        command: CustomerCommand,
        /// Why, in words.
        why: String,
    },
    /// Something on this computer does not do what it should; in words for the user.
    Trouble(String),
    /// What is shown of a file, after [`Order::LookInto`].
    LookedInto {
        /// Which.
        id: FileId,
        /// How it begins.
        preview: FilePreview,
    },
    /// A file's text, to be read, after [`Order::ReadFile`].
    FileRead {
        /// What it is called.
        title: Shown,
        /// The text, raw; or why it is not here.
        text: Result<String, Shown>,
    },
    /// What comes of an order about files.
    Files(transfers::Told),
    /// What the file of settings says, after [`Order::ReadSettings`].
    Settings(SettingsRead),
}

/// What a file of settings says that was read again, or what is wrong in it.
pub type SettingsRead = Result<Box<Reread<Action, Context>>, Vec<Mistake>>;

/// What the screen orders.
#[derive(Clone, PartialEq, Debug)]
pub enum Order {
    /// Send a command under this id.
    Send {
        /// Its id.
        id: CommandId,
        /// What to do.
        command: CustomerCommand,
    },
    /// The desk's lines up to here have been read.
    Seen(LineNo),
    /// The desk's lines up to here are on the screen.
    Delivered(LineNo),
    /// Ask the server.
    Ask(CustomerQuestion),
    /// Say that the customer is typing, or has stopped.
    Typing(bool),
    /// Send a stale command after all.
    Resend(CommandId),
    /// Take a command out of the outbox.
    Discard(CommandId),
    /// Connect now.
    Reconnect,
    /// Keep what is written, on disk; nothing if it is empty.
    KeepDraft(String),
    /// Keep which files wait beside it.
    KeepFiles(String),
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
    /// Read the file of settings again.
    ReadSettings,
    /// Something about files.
    Files(transfers::Order),
}

/// What becomes of what is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Writing {
    /// A line.
    #[default]
    Line,
    /// A line that answers another one.
    Answer(Quoted),
    /// Another text for one's own last line.
    Edit(LineNo),
}

/// The state of the screen.
#[derive(Debug)]
pub struct App {
    pub(crate) name: CustomerName,
    pub(crate) command: String,
    pub(crate) theme: Theme,
    pub(crate) zone: Zone,
    pub(crate) ids: CommandIds,
    pub(crate) start: Instant,
    pub(crate) keys: Keymap<Action, Context>,
    pub(crate) size: Size,
    /// Only the chat is shown.
    pub(crate) bare: Option<Bare>,
    /// Whether wheel and clicks come here.
    pub(crate) mouse: bool,
    /// The first of two keys was pressed and waits for the second.
    pub(crate) half_key: bool,

    pub(crate) replica: CustomerReplica,
    pub(crate) state: ConnState,
    pub(crate) ended: Option<Ended>,
    pub(crate) reads: Reads,

    pub(crate) transcript: Transcript,
    /// Files that were looked into.
    pub(crate) asked: Asked,
    /// What was copied last, in words.
    pub(crate) copying: &'static str,
    /// Numbers of one's own commands on their way, by which they stand in the transcript.
    pub(crate) numbers: BTreeMap<CommandId, u64>,
    pub(crate) next_number: u64,
    /// Whether a first snapshot has been shown.
    pub(crate) opened: bool,
    /// The last line of the desk that had been read by then.
    pub(crate) read_before: LineNo,

    pub(crate) composer: Composer,
    pub(crate) writing: Writing,
    /// Files beside it, and those that come.
    pub(crate) files: Files,
    pub(crate) beginning: Beginning,
    pub(crate) notice: Option<Notice>,
    /// What went wrong by itself meanwhile, the oldest first.
    pub(crate) troubles: VecDeque<Shown>,
    /// What takes the keys first.
    pub(crate) over: Option<Over>,
    /// What was agreed to here.
    pub(crate) agreed_to: Option<String>,
    /// The article that was asked for, until it comes.
    pub(crate) wanted: Option<Tag>,
    /// Whose rating is not to be asked for any more here.
    pub(crate) rating_hidden: Option<ConversationId>,
    /// The command of the last word whose outcome is to be told.
    pub(crate) word_sent: Option<CommandId>,
    pub(crate) attention: Attention,
    /// The newest of the desk's lines that was told to be read on this connection.
    pub(crate) told_seen: LineNo,
    /// The newest of the desk's lines that was told to be on the screen, on this connection.
    pub(crate) told_delivered: LineNo,
    /// When typing was last told.
    pub(crate) told_typing: Option<Duration>,
    /// When the text is to be written to disk.
    pub(crate) keep_draft_at: Option<Duration>,
    pub(crate) changed: bool,
}

impl App {
    /// The screen before the first word from the connection.
    pub fn new(settings: Settings) -> App {
        App {
            name: settings.name,
            command: settings.command,
            theme: settings.theme,
            zone: settings.zone.clone(),
            ids: settings.ids,
            start: settings.start,
            keys: settings.keys,
            bare: None,
            half_key: false,
            mouse: settings.mouse,
            size: Size { width: 80, height: 24 },
            replica: CustomerReplica::new(),
            state: ConnState::Connecting,
            ended: None,
            reads: Reads::default(),
            transcript: Transcript::new(settings.zone).with_links(settings.links),
            asked: Asked::new(),
            copying: "",
            numbers: BTreeMap::new(),
            next_number: 0,
            opened: false,
            read_before: LineNo(0),
            composer: Composer::with_text(&settings.draft),
            writing: Writing::Line,
            files: Files::of_earlier(settings.files),
            beginning: settings.beginning,
            notice: None,
            troubles: VecDeque::new(),
            over: None,
            agreed_to: None,
            wanted: None,
            rating_hidden: None,
            word_sent: None,
            attention: Attention::new("minicom"),
            told_seen: LineNo(0),
            told_delivered: LineNo(0),
            told_typing: None,
            keep_draft_at: None,
            changed: true,
        }
    }

    /// Where the thread's newest conversation stands; `None` before the first.
    pub(crate) fn stage(&self) -> Option<&CustomerStage> {
        self.replica.view().stage.as_ref()
    }

    /// Whether there is a conversation that has not ended.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.stage(), None | Some(CustomerStage::Closed { .. }))
    }

    /// This moment on the clock of the replica and the connection.
    pub(crate) fn instant(&self, now: Now) -> Instant {
        self.start + now.elapsed
    }

    /// How long until the next attempt to connect; `None` while there is nothing to wait for.
    pub(crate) fn until_retry(&self, now: Now) -> Option<Duration> {
        let retry_at = match &self.state {
            ConnState::Reconnecting { retry_at, .. }
            | ConnState::Offline { retry_at, .. }
            | ConnState::Untrusted { retry_at, .. } => *retry_at,
            _ => return None,
        };
        Some(retry_at.saturating_duration_since(self.instant(now))).filter(|left| !left.is_zero())
    }

    /// What was written and has not reached the server for good.
    pub(crate) fn unsent(&self) -> usize {
        self.replica
            .pending_commands()
            .filter(|pending| pending.mark != PendingMark::Stored && entries::is_written(&pending.command))
            .count()
    }

    /// The oldest command that waits for a word of the user: refused, or too old to be sent without asking.
    pub(crate) fn undecided(&self) -> Option<CommandId> {
        self.replica
            .pending_commands()
            .find(|pending| matches!(pending.mark, PendingMark::Failed(_) | PendingMark::Stale))
            .map(|pending| pending.id)
    }

    /// Where one's own command stands in the transcript.
    pub(crate) fn pending_key(&self, id: CommandId) -> Option<EntryKey> {
        self.numbers.get(&id).copied().map(EntryKey::Pending)
    }

    /// Whether there is more above what is known.
    pub(crate) fn older(&self) -> Older {
        let thread = self.replica.thread();
        match (thread.is_loading_older(), thread.has_more(), thread.is_full()) {
            (true, ..) => Older::Loading,
            (false, false, _) => Older::None,
            (false, true, false) => Older::More,
            (false, true, true) => Older::Full,
        }
    }

    /// The parts of the screen now.
    pub(crate) fn areas(&self) -> Areas {
        let asked = |width| match &self.over {
            Some(Over::Questions(prompt) | Over::Comment { prompt, .. } | Over::Attach(prompt)) => prompt.rows(width),
            _ => 0,
        };
        let areas = Areas::of(self.size, self.composer.rows(), asked, self.files.attached.len());
        areas.with_notice(status::rows(self, areas.chat.width))
    }

    /// The article that Enter would read: the newest line of an open chat has it, and nothing is written.
    pub(crate) fn article_at_hand(&self) -> Option<Tag> {
        let newest = self.replica.thread().events().rev().find_map(crate::wishes::posted)?;
        crate::wishes::article(newest)
            .filter(|_| self.is_open() && self.composer.is_empty() && self.writing == Writing::Line)
    }

    /// What Enter would do with what is written, if it is a word.
    pub(crate) fn written_word(&self) -> Option<String> {
        let text = self.composer.text();
        let word = text.strip_prefix('/')?;
        let fits = !word.starts_with('/') && !word.contains(char::is_whitespace);
        fits.then(|| word.to_owned())
    }

    /// Whether what is written is for the desk: words are not, and no digit that says how it was.
    pub(crate) fn is_for_desk(&self) -> bool {
        let text = self.composer.text();
        let is_line = !text.trim().is_empty() && self.written_score().is_none();
        is_line && (!text.starts_with('/') || text.starts_with("//"))
    }

    /// Whether an action can be done now, and why not.
    pub(crate) fn available(&self, action: Action) -> Available {
        let no = |words| Available::No(Shown::fixed(words));
        match action {
            Action::Reconnect if self.state.is_live() => no("connected"),
            Action::Discard if !self.files.attached.is_empty() || self.files.downloads.is_going() => Available::Yes,
            Action::Retry if self.files.attached.failed().is_some() => Available::Yes,
            Action::Retry | Action::Discard if self.undecided().is_none() => no("all is sent"),
            Action::AsFile if !self.has_large_paste() => no("nothing large was pasted"),
            _ => Available::Yes,
        }
    }

    /// A key as a hint shows it.
    pub(crate) fn key_hint(&self, action: Action) -> String {
        let keys = self.keys.keys(CHAT, action);
        keys.first().map(|key| key.hint()).unwrap_or_default()
    }

    /// The exit code when the connection has ended for good.
    pub(crate) fn end_code(&self) -> u8 {
        self.ended.as_ref().map_or(0, crate::exit::of_end)
    }
}
