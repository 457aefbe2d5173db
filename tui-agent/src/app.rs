//! The agent's program as a value: all that it knows and shows. What changes it is in `update`, what draws it in
//! `view`.

mod notice;
mod orders;
mod settings;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use minicom_client::{AgentReplica, CommandIds, ConnState, Ended, Section, transfers::Attachment};
use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, CommandId, ConversationId, LineNo, Time},
    people::Role,
    stage::Stage,
    summary::Summary,
    words::Tag,
};
use minicom_tui_kit::{
    Effect, Keymap, Now, Shown, Theme, Zone, bare::Bare, config::Habits, help::Place, notify::Attention,
};
use ratatui::layout::Size;

pub use self::{
    notice::{Ends, Notice, TOLD_FOR},
    orders::{Msg, Order, SettingsRead},
    settings::Settings,
};
use crate::{
    chat::Chat,
    desk_view::Views,
    files::Files,
    keys::{Action, Context},
    list::List,
    over::{EditFor, Over},
    update::{
        answers::Wish,
        attending::Attending,
        calling::Calling,
        earlier::Earlier,
        finding::Finding,
        keeping::{AsOf, Keeps},
        looking::Looking,
        moving::TakingNext,
        piping::Piping,
        suggesting::Suggesting,
    },
    writing::{With, Writing},
};

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// To the composer.
    Compose,
    /// To the list.
    List,
}

/// A Close that is held back for as long as it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldClose {
    /// What ends.
    pub conversation: ConversationId,
    /// The newest line of the customer that was known.
    pub seen: LineNo,
    /// When it is sent.
    pub until: Duration,
}

/// A line that was sent and has no final answer yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLine {
    pub conversation: ConversationId,
    pub text: String,
    /// What went with it.
    pub with: With,
    /// The file that went with it.
    pub file: Option<Attachment>,
    /// The newest desk's line that its author had on the screen.
    pub seen_desk: LineNo,
}

/// How the connection stands.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its state.
    pub state: ConnState,
    /// The last round trip.
    pub latency: Option<Duration>,
    /// Why it has ended for good.
    pub ended: Option<Ended>,
    /// Why there is none, as it was told since there was one.
    pub(crate) told_why: Option<String>,
}

/// The agent's program.
pub struct App {
    pub(crate) theme: Theme,
    pub(crate) zone: Zone,
    pub(crate) keymap: Keymap<Action, Context>,
    pub(crate) server: Shown,
    pub(crate) sign_in: Shown,
    pub(crate) ids: CommandIds,
    pub(crate) start: Instant,
    pub(crate) size: Size,
    pub(crate) replica: AgentReplica,
    pub(crate) connection: Connection,
    pub(crate) focus: Focus,
    pub(crate) list: List,
    pub(crate) chat: Option<Chat>,
    pub(crate) writing: Writing,
    /// Files beside replies, and those that come.
    pub(crate) files: Files,
    pub(crate) notice: Option<Notice>,
    /// What went wrong by itself meanwhile, the oldest first.
    pub(crate) troubles: VecDeque<Shown>,
    pub(crate) attention: Attention,
    /// Closes that can still be undone, the latest last.
    pub(crate) closing: Vec<HeldClose>,
    /// Lines without a final answer.
    pub(crate) sent: HashMap<CommandId, SentLine>,
    /// The `TakeNext` that are on their way, the oldest first.
    pub(crate) taking_next: Vec<TakingNext>,
    /// To be opened as soon as it is known.
    pub(crate) open_when_known: Option<ConversationId>,
    /// Shown as unread until opened again.
    pub(crate) marked_unread: HashSet<ConversationId>,
    /// The last read mark that was sent on this connection.
    pub(crate) last_mark: Option<(ConversationId, LineNo)>,
    /// Where and when the last typing signal was sent.
    pub(crate) last_typing: Option<(ConversationId, Duration)>,
    /// Conversations whose drafts were looked for.
    pub(crate) drafts_known: HashSet<ConversationId>,
    /// What lies over the chat and takes keys first.
    pub(crate) over: Option<Over>,
    /// What the views of the desk have under way.
    pub(crate) views: Views,
    /// Which of the replica's views the list has.
    pub(crate) views_shown: u64,
    /// The search.
    pub(crate) finding: Finding,
    /// The earlier conversation that is being read.
    pub(crate) earlier: Option<Earlier>,
    /// Who came into the queue and calls.
    pub(crate) calling: Calling,
    /// The first row of the details that is shown.
    pub(crate) details_top: usize,
    /// Wishes that have not been answered in full.
    pub(crate) wishes: Vec<Wish>,
    /// The article that is to be read when it comes, and what was looked for when it was found.
    pub(crate) article_wanted: Option<(Tag, Option<String>)>,
    /// What fits what the customer of the open chat wrote.
    pub(crate) suggesting: Suggesting,
    /// The conversation that is to be told in a few lines.
    pub(crate) recap_wanted: Option<ConversationId>,
    /// What the agent's own editor has a text for.
    pub(crate) editing: Option<EditFor>,
    /// What was copied last, in words.
    pub(crate) copying: &'static str,
    /// Files that were looked into.
    pub(crate) looking: Looking,
    /// Commands that texts go through.
    pub(crate) piping: Piping,
    /// Whether the terminal knows links.
    pub(crate) links: bool,
    /// What was said in passing.
    pub(crate) attending: Attending,
    /// Only the chat is shown.
    pub(crate) bare: Option<Bare>,
    /// Whether wheel and clicks come here.
    pub(crate) mouse: bool,
    pub(crate) habits: Habits,
    /// The first of two keys was pressed and waits for the second.
    pub(crate) half_key: bool,
    /// The help is open, and read here.
    pub(crate) help: Option<Place>,
    /// Whether the details are shown, if the agent has said so.
    pub(crate) details: Option<bool>,
    /// Ctrl-C or q quits until then.
    pub(crate) quits_until: Option<Duration>,
    /// A first snapshot has come, or what was kept is shown.
    pub(crate) began: bool,
    /// As of when the desk is, while there is no connection.
    pub(crate) as_of: Option<AsOf>,
    /// Whether the desk is kept on this computer.
    pub(crate) keeps: Keeps,
    /// Which arrangement of the list was handed over to be kept.
    pub(crate) choice_kept: (u64, bool),
    pub(crate) out: Vec<Effect<Order>>,
}

impl App {
    /// Knows nothing and is not connected.
    pub fn new(settings: Settings) -> App {
        let Settings {
            theme,
            zone,
            keymap,
            server,
            sign_in,
            ids,
            start,
            links,
            keeps,
            list: choice,
            mouse,
            habits,
        } = settings;
        let off = choice.as_ref().is_some_and(|choice| choice.no_suggestions);
        let mut list = List::default();
        if let Some(choice) = choice {
            list.choose(choice);
        }
        App {
            theme,
            zone,
            keymap,
            server,
            sign_in,
            ids,
            start,
            size: Size::new(80, 24),
            replica: AgentReplica::new(),
            connection: Connection {
                state: ConnState::Connecting,
                latency: None,
                ended: None,
                told_why: None,
            },
            focus: Focus::List,
            list,
            choice_kept: (0, off),
            chat: None,
            writing: Writing::default(),
            files: Files::default(),
            notice: None,
            troubles: VecDeque::new(),
            attention: Attention::new("minicom"),
            closing: Vec::new(),
            sent: HashMap::new(),
            taking_next: vec![],
            open_when_known: None,
            marked_unread: HashSet::new(),
            last_mark: None,
            last_typing: None,
            drafts_known: HashSet::new(),
            over: None,
            views: Views::default(),
            views_shown: 0,
            finding: Finding::default(),
            earlier: None,
            calling: Calling::default(),
            details_top: 0,
            wishes: Vec::new(),
            article_wanted: None,
            suggesting: Suggesting::new(off),
            recap_wanted: None,
            editing: None,
            copying: "",
            looking: Looking::default(),
            piping: Piping::default(),
            links,
            attending: Attending::default(),
            bare: None,
            mouse,
            habits,
            half_key: false,
            help: None,
            details: None,
            quits_until: None,
            began: false,
            as_of: None,
            keeps: Keeps::new(keeps),
            out: Vec::new(),
        }
    }

    /// The moment of a time that was handed in.
    pub(crate) fn instant(&self, now: Now) -> Instant {
        self.start + now.elapsed
    }

    /// The server's time; this computer's before the first welcome. Of a desk as it was, the time as it was: nobody knows whether
    /// those who waited then wait still.
    pub(crate) fn server_time(&self, now: Now) -> Time {
        let time = self.replica.server_time(self.instant(now)).unwrap_or(Time(now.wall));
        let since = self
            .shown_as_of()
            .map_or(0, |wall| now.wall.saturating_sub(wall).max(0));
        Time(time.0.saturating_sub(since))
    }

    /// Who sits here.
    pub(crate) fn me(&self) -> Option<AgentId> {
        self.replica.me().map(|me| me.agent.id)
    }

    pub(crate) fn is_live(&self) -> bool {
        self.connection.state.is_live()
    }

    /// The open conversation's row.
    pub(crate) fn summary(&self) -> Option<&Summary> {
        self.replica.summary(self.chat.as_ref()?.conversation)
    }

    /// The open conversation.
    pub(crate) fn conversation(&self) -> Option<ConversationId> {
        self.chat.as_ref().map(|chat| chat.conversation)
    }

    /// Whether the one who sits here may do what only admins may.
    pub(crate) fn is_admin(&self) -> bool {
        self.replica.me().is_some_and(|me| me.role == Role::Admin)
    }

    pub(crate) fn is_mine(&self, summary: &Summary) -> bool {
        self.me().is_some_and(|me| summary.stage.is_owned_by(me))
    }

    /// What the list shows as unread.
    pub(crate) fn unread(&self, summary: &Summary) -> u64 {
        let marked = u64::from(self.marked_unread.contains(&summary.conversation));
        match summary.stage {
            Stage::Closed { .. } => marked,
            _ => summary.unread().max(marked),
        }
    }

    /// The Close of this conversation that can still be undone.
    pub(crate) fn closing_of(&self, conversation: ConversationId) -> Option<&HeldClose> {
        self.closing.iter().find(|held| held.conversation == conversation)
    }

    /// How many want something from this agent: for the window's title.
    pub(crate) fn wanting(&self) -> usize {
        let mine = self.replica.section(Section::Mine);
        self.list.count(Section::Waiting) + mine.filter(|row| self.unread(row) > 0).count()
    }

    /// Commands without a final answer, told in words; `None` if there are none.
    pub(crate) fn unsent(&self) -> Option<u64> {
        let lines = self.replica.pending_commands();
        let count = lines
            .filter(|it| matches!(it.command, AgentCommand::Post { .. } | AgentCommand::Note { .. }))
            .count();
        (count > 0).then_some(count as u64)
    }
}
