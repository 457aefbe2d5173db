//! The line mode: every event a line, every line a reply or an order. For screen readers, scripts and pipes.
//!
//! Lines are dealt with one after the other: an order that decides who owns a conversation is waited for before the next line is looked
//! at, so that a script can take over and write.

mod orders;
mod telling;

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use minicom_client::{AgentReplica, ClientEvent, CommandIds, ConnState, PendingMark};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    frame::{AgentQuestion, Agents, Told},
    ids::{CommandId, ConversationId, CustomerId, Rev},
    refusal::Refusal,
};
use minicom_tui_kit::{
    Now, Shown, Zone,
    plain::{PlainApp, PlainEffect, PlainInput},
};

use crate::{
    app::{HeldClose, Msg, Order, SentLine},
    exit, words,
};

/// After the end of the input so long is waited for answers.
const FLUSH_MAX: Duration = Duration::from_secs(10);
/// Lines that wait for the connection or for an answer. A script that writes more does not look at what it is told.
const LINES_MAX: usize = 1_000;
/// How long ending a chat can be undone.
const UNDO: Duration = Duration::from_secs(5);

/// One line of input, waiting for its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Text(String),
    Command { name: String, rest: String },
}

/// What the next line waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaiting {
    /// The answer to an order.
    Answer(CommandId),
    /// The event of an answer.
    Event(Rev),
    /// A thread that is to be shown.
    Thread(CustomerId),
}

/// The line mode of the agent's program.
pub struct PlainAgent {
    zone: Zone,
    start: Instant,
    ids: CommandIds,
    replica: AgentReplica,
    state: ConnState,
    /// The last state that was told, as words.
    told_state: String,
    began: bool,
    open: Option<ConversationId>,
    lines: VecDeque<Line>,
    awaiting: Option<Awaiting>,
    closing: Vec<HeldClose>,
    sent: HashMap<CommandId, SentLine>,
    /// A reply that was held because something was missed.
    held: Option<SentLine>,
    /// No more lines will come: what is under way is waited for until then.
    ends_at: Option<Duration>,
    out: Vec<PlainEffect<Order>>,
}

impl PlainAgent {
    /// Knows nothing and is not connected. `start` is the moment at which `Now::elapsed` is zero.
    pub fn new(zone: Zone, ids: CommandIds, start: Instant) -> PlainAgent {
        PlainAgent {
            zone,
            start,
            ids,
            replica: AgentReplica::new(),
            state: ConnState::Connecting,
            told_state: String::new(),
            began: false,
            open: None,
            lines: VecDeque::new(),
            awaiting: None,
            closing: Vec::new(),
            sent: HashMap::new(),
            held: None,
            ends_at: None,
            out: Vec::new(),
        }
    }
}

impl PlainApp for PlainAgent {
    type Msg = Msg;
    type Effect = Order;

    fn update(&mut self, input: PlainInput<Msg>, now: Now) -> Vec<PlainEffect<Order>> {
        self.send_closes(|held| held.until <= now.elapsed, now.wall);
        match input {
            PlainInput::Text(text) => self.line(Line::Text(text)),
            PlainInput::Command { name, .. } if name == "quit" && self.is_lost() => self.quit(now.elapsed),
            PlainInput::Command { name, rest } => self.line(Line::Command { name, rest }),
            PlainInput::TooLong => self.say("That line was too long and was dropped. Nothing was sent."),
            PlainInput::Eof => {
                self.ends_at.get_or_insert(now.elapsed + FLUSH_MAX);
            }
            PlainInput::Message(Msg::Client(event)) => self.client(*event, now),
            PlainInput::Message(Msg::Unsent { id, why }) => self.unsent(id, &why, now),
            PlainInput::Message(Msg::Written(Ok(path))) => self.say(format!("Written to {path}")),
            PlainInput::Message(Msg::Written(Err(words))) => self.say(words.as_str()),
            PlainInput::Message(Msg::Drafts(_) | Msg::DraftTrouble(_)) | PlainInput::Deadline => {}
            PlainInput::Terminate => self.send_closes(|_| true, now.wall),
        }
        self.deal_with_lines(now);
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

    /// Whether the connection is gone: then nobody who wants to leave waits for it.
    fn is_lost(&self) -> bool {
        !matches!(self.state, ConnState::Connecting | ConnState::Live)
    }

    /// Ends as soon as all is answered, and then at the latest.
    fn quit(&mut self, ends_at: Duration) {
        self.lines.clear();
        self.awaiting = None;
        self.began = true;
        self.ends_at = Some(self.ends_at.map_or(ends_at, |earlier| earlier.min(ends_at)));
    }

    fn line(&mut self, line: Line) {
        match self.lines.len() < LINES_MAX {
            true => self.lines.push_back(line),
            false => self.say("Too many lines wait already. This one was dropped; nothing was sent."),
        }
    }

    fn order(&mut self, order: Order) {
        self.out.push(PlainEffect::Program(order));
    }

    fn instant(&self, now: Now) -> Instant {
        self.start + now.elapsed
    }

    fn client(&mut self, event: ClientEvent<Agents>, now: Now) {
        match &event {
            ClientEvent::State(state) => self.stands(state.clone()),
            // The word that it is live comes a moment later, and lines that waited for this go now.
            ClientEvent::Fresh { .. } | ClientEvent::Resumed { .. } => self.stands(ConnState::Live),
            ClientEvent::OutboxTrouble(words) => self.say(words),
            ClientEvent::Ended(ended) => {
                self.say(ended.words());
                self.out.push(PlainEffect::Quit(exit::after(ended)));
            }
            ClientEvent::Stale { command, age, .. } => self.tell_stale(command, *age),
            _ => {}
        }
        let refused = match &event {
            ClientEvent::Reply {
                question: AgentQuestion::Thread { customer, .. },
                told: Told::Refusal(_),
                ..
            } => Some(Awaiting::Thread(*customer)),
            _ => None,
        };
        let answered = match &event {
            ClientEvent::Answered { id, command, outcome } => Some((*id, command.clone(), outcome.clone())),
            _ => None,
        };
        let happened = match &event {
            ClientEvent::Batch { events, .. } => events.clone(),
            _ => Vec::new(),
        };
        let fresh = matches!(event, ClientEvent::Fresh { .. });
        for question in self.replica.apply(event, self.instant(now)) {
            self.order(Order::Ask(question));
        }
        self.tell_events(&happened);
        if fresh && !std::mem::replace(&mut self.began, true) {
            self.tell_beginning();
        }
        if let Some((id, command, outcome)) = answered {
            self.answered(id, &command, outcome);
        }
        if refused.is_some() && self.awaiting == refused {
            self.awaiting = None;
            self.say("The server does not tell this thread.");
        }
        self.stop_waiting();
        self.mark_seen();
    }

    fn stands(&mut self, state: ConnState) {
        let words = match &state {
            ConnState::Connecting => "connecting",
            ConnState::Live => "connected",
            ConnState::Draining { .. } => "the server restarts, back soon",
            ConnState::Reconnecting { .. } | ConnState::Offline { .. } => "no connection; it is tried again",
            // The words of the end follow.
            ConnState::SignedOut | ConnState::WrongVersion { .. } | ConnState::Refused(_) => "",
        };
        self.state = state;
        if !words.is_empty() && self.told_state != words {
            self.told_state = words.to_owned();
            self.say(format!("-- {words}"));
        }
    }

    /// Looks whether what the next line waits for is here.
    fn stop_waiting(&mut self) {
        let here = match self.awaiting {
            None | Some(Awaiting::Answer(_)) => false,
            Some(Awaiting::Event(rev)) => self.replica.at() >= rev,
            Some(Awaiting::Thread(customer)) => {
                let loaded = self.replica.thread(customer).is_some_and(|thread| thread.is_loaded());
                if loaded {
                    self.tell_thread(customer);
                }
                loaded
            }
        };
        if here {
            self.awaiting = None;
        }
    }

    fn answered(&mut self, id: CommandId, command: &AgentCommand, outcome: Outcome) {
        if self.awaiting == Some(Awaiting::Answer(id)) {
            self.awaiting = match &outcome {
                Outcome::Done(Done { rev: Some(rev), .. }) => Some(Awaiting::Event(*rev)),
                _ => None,
            };
        }
        let sent = self.sent.remove(&id);
        match (command, outcome) {
            (AgentCommand::TakeNext {}, Outcome::Done(Done { conversation, .. })) => {
                self.open = conversation.or(self.open);
                // Read first, as soon as it is ours: the cursor of a screen would be there too.
                self.lines.push_front(Line::Command {
                    name: "open".to_owned(),
                    rest: String::new(),
                });
            }
            (AgentCommand::Post { .. }, Outcome::Refused { refusal }) => self.line_refused(id, sent, &refusal),
            (AgentCommand::MarkSeen { .. }, _) | (_, Outcome::Done(_)) => {}
            (_, Outcome::Refused { refusal }) => {
                let why = words::refusal(&refusal, &self.zone);
                self.say(format!("Refused: {why}"));
            }
        }
    }

    fn line_refused(&mut self, id: CommandId, sent: Option<SentLine>, refusal: &Refusal) {
        self.replica.forget(id);
        let text = sent
            .as_ref()
            .map_or(String::new(), |sent| format!(": {}", Shown::line(&sent.text).cut(60)));
        self.say(format!("Not sent, {}{text}", words::refusal(refusal, &self.zone)));
        if matches!(refusal, Refusal::Stale { .. }) && sent.is_some() {
            self.held = sent;
            self.say("Read it above; /anyway sends yours all the same.");
        }
    }

    fn unsent(&mut self, id: CommandId, why: &Shown, now: Now) {
        let command = self
            .replica
            .pending_commands()
            .find(|it| it.id == id)
            .map(|it| it.command.clone());
        let Some(command) = command else { return };
        let refusal = Refusal::Unknown {
            code: "not_taken".to_owned(),
            message: why.to_string(),
            retryable: false,
        };
        let outcome = Outcome::Refused { refusal };
        self.client(ClientEvent::Answered { id, command, outcome }, now);
    }

    /// What is said in the open conversation was read by whoever reads this.
    fn mark_seen(&mut self) {
        let Some(summary) = self.open.and_then(|open| self.replica.summary(open)) else {
            return;
        };
        let mine = self
            .replica
            .me()
            .is_some_and(|me| summary.stage.is_owned_by(me.agent.id));
        if mine && self.state.is_live() && summary.unread() > 0 {
            let (conversation, up_to) = (summary.conversation, summary.customer_lines);
            self.order(Order::SendMomentary(AgentCommand::MarkSeen { conversation, up_to }));
        }
    }

    fn send_closes(&mut self, due: impl Fn(&HeldClose) -> bool, wall: i64) {
        while let Some(at) = self.closing.iter().position(&due) {
            let HeldClose { conversation, seen, .. } = self.closing.remove(at);
            self.send(AgentCommand::Close { conversation, seen }, wall);
        }
    }

    fn send(&mut self, command: AgentCommand, wall: i64) -> CommandId {
        let id = self.ids.next(wall);
        self.replica.pending(id, command.clone());
        self.order(Order::Send { id, command });
        id
    }

    fn end_if_done(&mut self, now: Now) {
        let Some(ends_at) = self.ends_at else { return };
        if self.lines.is_empty() && self.awaiting.is_none() {
            self.send_closes(|_| true, now.wall);
        }
        // A line that is stored is still to be heard.
        let waiting = |mark: &PendingMark| matches!(mark, PendingMark::Waiting | PendingMark::Stored);
        let under_way = self.replica.pending_commands().filter(|it| waiting(&it.mark)).count();
        let idle = self.lines.is_empty() && self.awaiting.is_none() && under_way == 0;
        if idle && self.began {
            self.out.push(PlainEffect::Quit(0));
        } else if ends_at <= now.elapsed {
            if under_way > 0 {
                self.say(format!(
                    "{} not answered yet; kept on this computer, sent when the program runs again.",
                    words::count(under_way as u64, "order or line is", "orders and lines are")
                ));
            }
            if !self.lines.is_empty() {
                let left = words::count(self.lines.len() as u64, "line was", "lines were");
                self.say(format!("{left} not dealt with: there is no connection."));
            }
            let code = if self.began { 0 } else { exit::UNAVAILABLE };
            self.out.push(PlainEffect::Quit(code));
        }
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
