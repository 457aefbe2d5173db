//! `--plain`: the chat as lines, for screen readers, scripts and pipes. Pure but for [`run`], which gives it its surroundings. What
//! is said is in `telling`, what is written in `words`, how it ends in `ending`.

mod earlier;
mod ending;
mod files;
mod on_pipes;
mod telling;
mod words;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use minicom_client::{ClientEvent, CommandIds, ConnState, CustomerReplica, PendingMark};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    gate::Shown,
    ids::{CommandId, ConversationId, FileId, LineNo, Seq},
    line::LineRef,
    refusal::Refusal,
    text::CustomerName,
    words::Tag,
};
use minicom_tui_kit::{
    Now, Zone,
    plain::{self, PlainApp, PlainEffect, PlainInput},
};

pub(crate) use self::on_pipes::run;
use crate::{Beginning, Msg, Order, entries, exit, files::Files, slash::Word};

/// Lines that wait, at most.
const HELD_MAX: usize = 1_000;
/// The chat as lines.
#[derive(Debug)]
pub struct Lines {
    replica: CustomerReplica,
    ids: CommandIds,
    zone: Zone,
    start: Instant,
    /// Whether a person reads what is said: then it counts as read.
    person: bool,
    state: ConnState,
    /// Up to where events were said.
    said: Seq,
    /// The day that was said last.
    day: Option<i64>,
    /// What was said last of the queue, and of who is there.
    place: Option<Shown>,
    open: Option<Shown>,
    /// Whose rating was asked for.
    rating_asked: Option<ConversationId>,
    told_seen: LineNo,
    told_delivered: LineNo,
    beginning: Beginning,
    /// Whether the command line says that what the desk asks is agreed to.
    agrees: bool,
    /// What was agreed to here.
    agreed_to: Option<String>,
    /// How this program is called for this customer on another device.
    command: String,
    /// A line that waits for the answers to the desk's questions.
    asking: Option<Asking>,
    /// The customer, by whose name files go.
    name: CustomerName,
    /// Files on their way.
    files: Files,
    /// The text that waits for its files.
    attaching: Option<String>,
    /// Files that the server has, for the line that is being sent.
    ready: Vec<FileId>,
    /// What the next line answers.
    quote: Option<LineRef>,
    /// The article that was asked for.
    wanted: Option<Tag>,
    /// Whether older lines were asked for.
    older_wanted: bool,
    /// What was copied last, in words.
    copying: &'static str,
    /// Questions about the account that are not answered yet.
    account_asked: usize,
    /// The last word whose outcome is to be told.
    word_sent: Option<CommandId>,
    code: u8,
    /// When it ends after the end of the input, at the latest.
    ends_at: Option<Duration>,
    /// Whether it was told that the desk takes no more for now; anew when all that waited has gone.
    told_deferred: bool,
    /// Whether `/quit` was written.
    quitting: bool,
    /// Lines behind a word whose meaning depends on where the chat stands, until that is known.
    held: VecDeque<PlainInput<Msg>>,
}

type Effects = Vec<PlainEffect<Order>>;

/// A line that waits for the answers to the desk's questions.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Asking {
    line: String,
    /// What is to be agreed to before anything else.
    consent: Option<String>,
    /// Answers so far; the next question is the one behind them.
    texts: Vec<String>,
}

impl Lines {
    /// Before the first word from the connection. `start` is the moment that `Now::elapsed` counts from.
    pub fn new(
        name: CustomerName,
        zone: Zone,
        ids: CommandIds,
        start: Instant,
        person: bool,
        beginning: Beginning,
    ) -> Lines {
        Lines {
            name,
            files: Files::default(),
            attaching: None,
            ready: Vec::new(),
            replica: CustomerReplica::new(),
            ids,
            zone,
            start,
            person,
            state: ConnState::Connecting,
            said: Seq(0),
            day: None,
            place: None,
            open: None,
            rating_asked: None,
            told_seen: LineNo(0),
            told_delivered: LineNo(0),
            beginning,
            command: String::new(),
            agrees: false,
            agreed_to: None,
            asking: None,
            quote: None,
            wanted: None,
            older_wanted: false,
            copying: "",
            account_asked: 0,
            word_sent: None,
            code: exit::OK,
            ends_at: None,
            told_deferred: false,
            quitting: false,
            held: VecDeque::new(),
        }
    }
}

impl Lines {
    /// How this program is called for this customer on another device.
    #[must_use]
    pub fn called(mut self, command: String) -> Lines {
        self.command = command;
        self
    }

    /// What the desk asks is agreed to beforehand.
    #[must_use]
    pub fn agreeing(mut self, agrees: bool) -> Lines {
        self.agrees = agrees;
        self
    }
}

impl PlainApp for Lines {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: PlainInput<Msg>, now: Now) -> Effects {
        let mut effects = Vec::new();
        match input {
            // What stands behind /quit is for nobody.
            PlainInput::Text(_) | PlainInput::Command { .. } | PlainInput::TooLong if self.quitting => {}
            line @ (PlainInput::Text(_) | PlainInput::Command { .. }) if self.is_held(&line) => {
                self.hold(line, now, &mut effects)
            }
            line => self.take(line, now, &mut effects),
        }
        while self.is_settled()
            && let Some(line) = self.held.pop_front()
        {
            self.take(line, now, &mut effects);
        }
        self.end_if_done(now, &mut effects);
        effects
    }

    fn deadline(&self, _: Now) -> Option<Duration> {
        self.ends_at
    }

    fn takes_blank(&self) -> bool {
        self.asking.is_some()
    }
}

impl Lines {
    fn take(&mut self, input: PlainInput<Msg>, now: Now, effects: &mut Effects) {
        match input {
            PlainInput::Text(text) => self.text(&text, now, effects),
            PlainInput::Command { name, rest } => self.command(&name, &rest, now, effects),
            PlainInput::TooLong => self.not_sent("The line is too long. It was not sent.", now, effects),
            PlainInput::Eof => self.input_ended(now, effects),
            PlainInput::Message(Msg::Client(event)) => self.news(event, now, effects),
            PlainInput::Message(Msg::Unsent { id, command, why }) => {
                let (code, message) = ("unsent".to_owned(), why);
                let refusal = Refusal::Unknown {
                    code,
                    message,
                    retryable: false,
                };
                let outcome = Outcome::Refused { refusal };
                self.news(ClientEvent::Answered { id, command, outcome }, now, effects);
            }
            // Lines do not look into files, and have neither keys nor colours.
            PlainInput::Message(Msg::LookedInto { .. } | Msg::FileRead { .. } | Msg::Settings(_)) => {}
            PlainInput::Message(Msg::Files(told)) => self.files_told(told, now, effects),
            PlainInput::Message(Msg::Trouble(words)) => self.tell(&words, now, effects),
            PlainInput::Terminate { code } => self.terminated(code, now, effects),
            PlainInput::Copied(copied) => self.tell(copied.words(self.copying).as_str(), now, effects),
            PlainInput::Deadline => {}
        }
    }

    /// Whether where the chat stands is known, with all that was written here.
    fn is_settled(&self) -> bool {
        self.replica.thread().is_loaded() && self.waiting() == 0 && !self.is_attaching()
    }

    fn waiting(&self) -> usize {
        let waits = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
        let written = self
            .replica
            .pending_commands()
            .filter(|it| entries::is_written(&it.command));
        written.filter(|it| waits(&it.mark)).count()
    }

    /// Most words mean what the chat's stage and its lines make of them, so they wait for those, and what follows them with them.
    fn is_held(&self, line: &PlainInput<Msg>) -> bool {
        let asks_the_stage = match line {
            PlainInput::Command { name, .. } => {
                let at_once = [Word::Help, Word::Name, Word::Email, Word::Drop, Word::Quit];
                Word::of(name).is_some_and(|word| !at_once.contains(&word))
            }
            _ => false,
        };
        // Whoever sits here can leave at any time.
        let leaves = self.person && matches!(line, PlainInput::Command { name, .. } if name == "quit");
        let gives_up = matches!(line, PlainInput::Command { name, .. } if name == "drop");
        let behind = !self.held.is_empty() || self.is_attaching();
        !leaves && !gives_up && (behind || (asks_the_stage && !self.is_settled()))
    }

    fn hold(&mut self, line: PlainInput<Msg>, now: Now, effects: &mut Effects) {
        if self.held.len() >= HELD_MAX {
            return self.not_sent("Too many lines wait already. This one was not taken.", now, effects);
        }
        if self.held.is_empty() && !matches!(self.state, ConnState::Live | ConnState::Connecting) {
            self.tell("waits for the connection", now, effects);
        }
        self.held.push_back(line);
    }

    fn send(&mut self, command: CustomerCommand, now: Now, effects: &mut Effects) -> CommandId {
        let id = self.ids.next(now.wall);
        self.replica.pending(id, command.clone());
        let written = entries::is_written(&command);
        effects.push(PlainEffect::Program(Order::Send { id, command }));
        let lost = !matches!(self.state, ConnState::Live | ConnState::Connecting);
        if lost && written {
            self.tell("kept on this computer, sent when the connection is back", now, effects);
        }
        id
    }

    /// What is to become of the oldest line that is too old to be sent without asking.
    fn decide_stale(&mut self, order: fn(CommandId) -> Order, now: Now, effects: &mut Effects) {
        let stale = self.replica.pending_commands().find(|it| it.mark == PendingMark::Stale);
        let Some(id) = stale.map(|it| it.id) else {
            return self.tell("Nothing waits for a decision.", now, effects);
        };
        let order = order(id);
        match order {
            Order::Resend(_) => self.replica.confirm(id),
            _ => self.replica.forget(id),
        }
        effects.push(PlainEffect::Program(order));
    }

    fn tell(&self, words: &str, now: Now, effects: &mut Effects) {
        let clock = self.zone.clock(now.wall);
        effects.push(PlainEffect::Say(plain::happened(&clock, &Shown::line(words))));
    }

    /// Tells why a line is not sent. Where nobody reads that, the exit code says it at the end.
    fn not_sent(&mut self, words: &str, now: Now, effects: &mut Effects) {
        self.not_done(exit::USAGE, words, now, effects);
    }

    /// The same, with the exit code of the reason. The first one counts.
    fn not_done(&mut self, code: u8, words: &str, now: Now, effects: &mut Effects) {
        if !self.person && self.code == exit::OK {
            self.code = code;
        }
        self.tell(words, now, effects);
    }
}

#[cfg(test)]
#[path = "line_mode_tests.rs"]
mod tests;
