//! The line mode: every event a line, every line a reply or a word. For screen readers, scripts and pipes.
//!
//! Lines are dealt with one after the other: what the server decides or is asked is waited for before the next line is looked at, so
//! that a script can take over and write. What can be written is the table [`words::WORDS`].

mod answers;
mod arguments;
mod customers;
mod denied;
mod desk;
mod ending;
mod files;
mod finding;
mod keeping;
mod library;
mod lines;
mod listing;
mod managing;
mod marking;
mod news;
mod ownership;
mod searching;
mod staff;
mod telling;
mod tickets;
mod views;
pub mod words;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use minicom_client::{AgentReplica, CommandIds, ConnState, ListFilter, kept::Kept};
use minicom_protocol::{
    command::AgentCommand,
    frame::AgentQuestion,
    ids::{AgentId, CommandId, ConversationId, CustomerId, Rev, Time},
    line::LineRef,
};
use minicom_tui_kit::{
    Now, Shown, Zone,
    plain::{PlainApp, PlainEffect, PlainInput},
};

use self::{customers::Wanted, files::Attaching, library::For, lines::Draft};
use crate::{
    app::{HeldClose, Msg, Order},
    exit,
    files::Files,
    update::keeping::Keeps,
};

/// After the end of the input so long is waited for answers.
const FLUSH_MAX: Duration = Duration::from_secs(10);
/// Lines that wait for the connection or for an answer. A script that writes more does not look at what it is told.
const LINES_MAX: usize = 1_000;
/// How long ending a chat can be undone.
const UNDO: Duration = Duration::from_secs(5);

/// Who is at the other end of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// A person reads what is said: then it counts as read, and as being there.
    pub person: bool,
    /// The output is a terminal, which can ring.
    pub rings: bool,
}

/// One line of input, waiting for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Text(String),
    /// It was longer than any line may be.
    TooLong,
    Word {
        name: String,
        rest: String,
        /// What it is about, if not the open conversation.
        about: Option<ConversationId>,
    },
}

impl Line {
    fn word(name: &str, rest: &str) -> Line {
        let (name, rest, about) = (name.to_owned(), rest.to_owned(), None);
        Line::Word { name, rest, about }
    }
}

/// What the next line waits for.
#[derive(Debug, Clone, PartialEq)]
enum Awaiting {
    /// The answer to a command.
    Answer(CommandId),
    /// The event of an answer.
    Event(Rev),
    /// A thread that is to be shown.
    Thread(CustomerId),
    /// The reply to a question, which is to be told.
    Told(AgentQuestion),
    /// A change of the views that is known here, and whether the server has done it.
    View { order: Order, done: bool },
    /// All that was sent is stored and known.
    Quiet,
    /// All saved replies.
    Replies,
    /// Files that are on their way to the desk.
    Files,
}

/// What numbers stand for: what was told with them last.
#[derive(Debug, Default)]
struct Numbered {
    /// `#1`, `#2`: conversations.
    rows: Vec<ConversationId>,
    /// `@1`, `@2`: agents.
    agents: Vec<AgentId>,
    /// Lines of a conversation, the newest first.
    lines: Option<(ConversationId, Vec<LineRef>)>,
    /// Earlier conversations of a customer: whose thread, and the newest event.
    earlier: Vec<(ConversationId, CustomerId, Rev)>,
}

/// The line mode of the agent's program.
pub struct PlainAgent {
    listener: Listener,
    zone: Zone,
    start: Instant,
    ids: CommandIds,
    replica: AgentReplica,
    state: ConnState,
    /// The last state that was told, as words.
    told_state: String,
    began: bool,
    /// What an earlier program has kept, until it is shown or not true any more.
    kept: Option<Kept>,
    keeps: Keeps,
    /// What is told is an earlier program's.
    past: bool,
    open: Option<ConversationId>,
    /// What the word that is being dealt with is about, if not the open conversation.
    about: Option<ConversationId>,
    lines: VecDeque<Line>,
    awaiting: Option<Awaiting>,
    closing: Vec<HeldClose>,
    /// Lines without an answer.
    sent: HashMap<CommandId, Draft>,
    /// A line that was refused; it can be sent again.
    held: Option<Draft>,
    /// A line whose preview was told; a word sends it.
    prepared: Option<Draft>,
    /// Files on their way.
    files: Files,
    /// What goes with them.
    attaching: Option<Attaching>,
    /// What the article that is asked for is wanted for.
    article_for: For,
    /// What the customer who is asked for is wanted for.
    wanted: Wanted,
    numbered: Numbered,
    /// What was copied last, in words.
    copying: &'static str,
    /// The oldest event of the open thread that was told.
    told_from: Option<(CustomerId, Rev)>,
    filter: ListFilter,
    marked_unread: HashSet<ConversationId>,
    /// When it rang last.
    rung: Option<Duration>,
    /// No more lines will come: what is under way is waited for until then.
    ends_at: Option<Duration>,
    /// Because the word was written, not because the input ended.
    quits: bool,
    /// How it ends if all was answered: a script's first line that could not be done.
    code: u8,
    /// A script wrote more than is kept: what comes is not heard any more.
    overflows: bool,
    /// A line of a script could not be done.
    denied: bool,
    /// The command that signs in.
    sign_in: Option<Shown>,
    out: Vec<PlainEffect<Order>>,
}

impl PlainAgent {
    /// Knows nothing and is not connected. `start` is the moment at which `Now::elapsed` is zero.
    pub fn new(zone: Zone, ids: CommandIds, start: Instant, listener: Listener) -> PlainAgent {
        PlainAgent {
            listener,
            zone,
            start,
            ids,
            replica: AgentReplica::new(),
            state: ConnState::Connecting,
            told_state: String::new(),
            began: false,
            kept: None,
            keeps: Keeps::default(),
            past: false,
            open: None,
            about: None,
            lines: VecDeque::new(),
            awaiting: None,
            closing: Vec::new(),
            sent: HashMap::new(),
            held: None,
            prepared: None,
            files: Files::default(),
            attaching: None,
            article_for: For::default(),
            wanted: Wanted::default(),
            numbered: Numbered::default(),
            copying: "",
            told_from: None,
            filter: ListFilter::default(),
            marked_unread: HashSet::new(),
            rung: None,
            ends_at: None,
            quits: false,
            code: exit::OK,
            overflows: false,
            denied: false,
            sign_in: None,
            out: Vec::new(),
        }
    }

    /// Keeps the desk for a time without a connection, and begins with what an earlier program has kept.
    pub fn keeps(mut self, kept: Option<Kept>) -> PlainAgent {
        (self.kept, self.keeps) = (kept, Keeps::new(true));
        self
    }

    /// Tells the command that signs in to whoever is signed out.
    pub fn signs_in_by(mut self, command: Shown) -> PlainAgent {
        self.sign_in = Some(command);
        self
    }
}

impl PlainApp for PlainAgent {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: PlainInput<Msg>, now: Now) -> Vec<PlainEffect<Order>> {
        self.send_closes(|held| held.until <= now.elapsed, now);
        match input {
            PlainInput::Text(text) => self.line(Line::Text(text)),
            PlainInput::Command { name, .. } if name == "quit" && self.is_lost() => self.quit(now.elapsed),
            // It is said of what lines wait for.
            PlainInput::Command { name, .. } if name == "drop" && self.attaching.is_some() => self.give_up(now),
            PlainInput::Command { name, rest } => self.line(Line::word(&name, &rest)),
            PlainInput::TooLong => self.line(Line::TooLong),
            PlainInput::Eof => {
                self.ends_at.get_or_insert(now.elapsed + FLUSH_MAX);
            }
            PlainInput::Message(Msg::Client(event)) => self.client(*event, now),
            PlainInput::Message(Msg::Unsent { id, why }) => self.unsent(id, &why, now),
            PlainInput::Message(Msg::Files(told)) => self.files_told(told, now),
            PlainInput::Message(Msg::View(told)) => self.view_answered(told),
            PlainInput::Message(Msg::Addresses(Ok(words) | Err(words))) => self.say(words),
            PlainInput::Copied(copied) => self.copied(&copied),
            // Nobody orders these here.
            PlainInput::Message(
                Msg::Kept(_)
                | Msg::Lessons(_)
                | Msg::Drafts(_)
                | Msg::DiskTrouble(_)
                | Msg::Written(_)
                | Msg::Piped { .. }
                | Msg::Commands(_)
                | Msg::LookedInto { .. }
                | Msg::FileRead { .. }
                | Msg::Settings(_),
            )
            | PlainInput::Deadline => {}
            PlainInput::Terminate { code } => self.terminated(code, now),
        }
        self.deal_with_lines(now);
        self.end_script(now);
        self.end_if_done(now);
        std::mem::take(&mut self.out)
    }

    fn deadline(&self, _: Now) -> Option<Duration> {
        self.closing.iter().map(|held| held.until).chain(self.ends_at).min()
    }
}

impl PlainAgent {
    fn say(&mut self, words: impl AsRef<str>) {
        self.out.push(PlainEffect::Say(Shown::line(words.as_ref())));
    }

    fn line(&mut self, line: Line) {
        match self.lines.len() < LINES_MAX {
            _ if self.denied || self.overflows => {}
            true => self.lines.push_back(line),
            false => self.overflown(),
        }
    }

    fn order(&mut self, order: Order) {
        self.out.push(PlainEffect::Program(order));
    }

    fn instant(&self, now: Now) -> Instant {
        self.start + now.elapsed
    }

    /// The server's time; this computer's before the first welcome.
    fn server_time(&self, now: Now) -> Time {
        self.replica.server_time(self.instant(now)).unwrap_or(Time(now.wall))
    }

    /// Who sits here.
    fn me(&self) -> Option<AgentId> {
        self.replica.me().map(|me| me.agent.id)
    }

    fn send_closes(&mut self, due: impl Fn(&HeldClose) -> bool, now: Now) {
        while let Some(at) = self.closing.iter().position(&due) {
            let HeldClose { conversation, seen, .. } = self.closing.remove(at);
            self.send(AgentCommand::Close { conversation, seen }, now);
        }
    }

    fn send(&mut self, command: AgentCommand, now: Now) -> CommandId {
        let id = self.ids.next(now.wall);
        self.replica.pending(id, command.clone());
        self.order(Order::Send { id, command });
        id
    }

    /// Sends a command. With a connection the next line waits for its answer; without one it is kept until there is one.
    fn wish(&mut self, command: AgentCommand, now: Now) {
        let id = self.send(command, now);
        match self.state.is_live() {
            true => self.awaiting = Some(Awaiting::Answer(id)),
            false => self.say("Kept on this computer, sent when there is a connection."),
        }
    }

    /// Asks the server; the next line waits for what it tells.
    fn ask(&mut self, question: AgentQuestion) {
        self.order(Order::Ask(question.clone()));
        self.awaiting = Some(Awaiting::Told(question));
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
