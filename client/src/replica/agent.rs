//! What an agent's program knows: the conversations, the threads that were looked at, who is there and who types, and
//! one's own lines on their way.

mod asks;
mod knows;

use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

use minicom_protocol::{
    Touches,
    command::{AgentCommand, Done, Outcome},
    event::{Author, Event, EventBody},
    frame::{AgentMe, AgentQuestion, AgentReply, AgentSignal, AgentSnapshot, Agents, Told, Typist},
    ids::{AgentId, CommandId, ConversationId, CustomerId, Rev},
    people::AgentRef,
    summary::Summary,
};

use super::{
    ServerClock,
    pending::{PendingCommand, PendingList},
    thread::Thread,
    typing::TypingBoard,
};
use crate::{event::ClientEvent, limits::DONE_MAX};

/// What an agent's program knows.
#[derive(Clone, Debug)]
pub struct AgentReplica {
    me: Option<AgentMe>,
    clock: Option<ServerClock>,
    at: Rev,
    rows: HashMap<ConversationId, Summary>,
    /// Rows that are to be asked for, up to which event they must be, and whether they have been.
    doubts: BTreeMap<ConversationId, Doubt>,
    threads: HashMap<CustomerId, Thread<Agents>>,
    /// Customers whose threads are in memory, the last opened last.
    opened: Vec<CustomerId>,
    pending: PendingList<AgentCommand>,
    present: Vec<AgentRef>,
    typing: TypingBoard<(ConversationId, TypistKey), Typist>,
    more_closed: bool,
    asking_closed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Doubt {
    up_to: Rev,
    asked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum TypistKey {
    Customer,
    Bot,
    Agent(AgentId),
}

impl Default for AgentReplica {
    fn default() -> Self {
        Self::new()
    }
}

impl AgentReplica {
    /// Knows nothing.
    pub fn new() -> Self {
        Self {
            me: None,
            clock: None,
            at: Rev(0),
            rows: HashMap::new(),
            doubts: BTreeMap::new(),
            threads: HashMap::new(),
            opened: Vec::new(),
            pending: PendingList::new(),
            present: Vec::new(),
            typing: TypingBoard::new(),
            more_closed: false,
            asking_closed: false,
        }
    }

    /// Takes in what the connection tells. Returns what is to be asked now.
    #[must_use = "the questions are to be asked"]
    pub fn apply(&mut self, event: ClientEvent<Agents>, now: Instant) -> Vec<AgentQuestion> {
        match event {
            ClientEvent::Fresh {
                me,
                time,
                cursor,
                parts,
            } => {
                self.me = Some(me);
                self.clock = Some(ServerClock::new(time, now));
                return self.apply_fresh(Rev(cursor.at), parts);
            }
            ClientEvent::Resumed { me, time, .. } => {
                self.me = Some(me);
                self.clock = Some(ServerClock::new(time, now));
                return self.unanswered_questions();
            }
            ClientEvent::Batch { to, events, .. } => return self.apply_batch(Rev(to), events),
            ClientEvent::Reply { question, told, .. } => return self.apply_reply(&question, told),
            ClientEvent::AskFailed { question, .. } => self.ask_failed(&question),
            ClientEvent::Signal(signal) => self.apply_signal(signal, now),
            ClientEvent::Pending { id, command, .. } => self.pending(id, command),
            ClientEvent::Stale { id, command, .. } => {
                self.pending(id, command);
                self.pending.stale(id);
            }
            ClientEvent::Answered { id, command, outcome } => self.answered(id, &command, outcome),
            ClientEvent::State(_) | ClientEvent::Latency(_) | ClientEvent::OutboxTrouble(_) | ClientEvent::Ended(_) => {
            }
        }
        Vec::new()
    }

    /// Forgets everything but what is on its way, and starts from a snapshot. The thread that was opened last is asked for again.
    pub fn apply_fresh(&mut self, at: Rev, parts: Vec<AgentSnapshot>) -> Vec<AgentQuestion> {
        self.at = at;
        self.more_closed = parts.last().is_some_and(|part| part.more_closed);
        self.asking_closed = false;
        let rows = parts.into_iter().flat_map(|part| part.conversations);
        self.rows = rows.map(|row| (row.conversation, row)).collect();
        self.doubts.clear();
        self.threads.clear();
        self.typing.clear();
        self.pending.known_up_to(at.0);
        let last = std::mem::take(&mut self.opened).pop();
        last.and_then(|customer| self.open_thread(customer))
            .into_iter()
            .collect()
    }

    /// Takes in events in order, up to and including `to`. Returns what is to be asked now: the rows that an event
    /// of an unknown kind has changed, or that are not known here.
    pub fn apply_batch(&mut self, to: Rev, events: Vec<Event>) -> Vec<AgentQuestion> {
        for event in events {
            self.apply_event(event);
        }
        self.at = self.at.max(to);
        self.pending.known_up_to(self.at.0);
        self.drop_oldest_closed();
        self.ask_doubts()
    }

    fn apply_event(&mut self, event: Event) {
        self.pending.event_came(event.command);
        if let (EventBody::AgentChanged(it), Some(me)) = (&event.body, &mut self.me)
            && it.agent.id == me.agent.id
        {
            (me.agent, me.role) = (it.agent.clone(), it.role);
        }
        let Some(conversation) = event.subject.conversation() else {
            return;
        };
        self.apply_to_row(conversation, &event);
        self.apply_to_typing(conversation, &event);
        if let Some(thread) = event.subject.customer().and_then(|it| self.threads.get_mut(&it)) {
            thread.live(event);
        }
    }

    fn apply_to_row(&mut self, conversation: ConversationId, event: &Event) {
        if let Some(row) = Summary::open(event) {
            self.rows.insert(conversation, row);
            return;
        }
        let row = self.rows.get_mut(&conversation);
        let known = row.is_some() && !matches!(event.body, EventBody::Unknown(_));
        if let Some(row) = row {
            row.apply(event);
        }
        let doubted = self.doubts.contains_key(&conversation);
        if event.body.touches() != Touches::Nothing && (doubted || !known) {
            let doubt = Doubt {
                up_to: event.rev,
                asked: false,
            };
            self.doubts.entry(conversation).or_insert(doubt).up_to = event.rev;
        }
    }

    fn apply_to_typing(&mut self, conversation: ConversationId, event: &Event) {
        match &event.body {
            EventBody::Posted(posted) => {
                let who = match &posted.author {
                    Author::Customer => TypistKey::Customer,
                    Author::Bot => TypistKey::Bot,
                    Author::Agent { agent } => TypistKey::Agent(agent.id),
                    Author::System => return,
                };
                self.typing.line((conversation, who), event.rev.0);
            }
            EventBody::TakenOver(_) => self.typing.stop(|key| *key == (conversation, TypistKey::Bot)),
            EventBody::Closed(_) => self.typing.forget(|(where_, _)| *where_ == conversation),
            _ => {}
        }
    }

    fn apply_signal(&mut self, signal: AgentSignal, now: Instant) {
        match signal {
            AgentSignal::Presence { agents } => self.present = agents,
            AgentSignal::Typing {
                conversation,
                who,
                on,
                at,
            } => {
                let key = match &who {
                    Typist::Customer => TypistKey::Customer,
                    Typist::Bot => TypistKey::Bot,
                    Typist::Agent { agent } => TypistKey::Agent(agent.id),
                };
                self.typing.signal((conversation, key), who, on, at.0, now);
            }
        }
    }

    /// Takes in a reply. Returns what is to be asked now.
    pub fn apply_reply(&mut self, question: &AgentQuestion, told: Told<Agents>) -> Vec<AgentQuestion> {
        match (question, told) {
            (AgentQuestion::Thread { before, .. }, Told::Reply(AgentReply::Thread { customer, events, more })) => {
                for event in &events {
                    self.pending.event_came(event.command);
                }
                if let Some(thread) = self.threads.get_mut(&customer) {
                    thread.page(before.map(|it| it.0), events, more);
                }
            }
            (AgentQuestion::Summary { .. }, Told::Reply(AgentReply::Summary { summary })) => {
                self.apply_summary(*summary)
            }
            (AgentQuestion::Closed { .. }, Told::Reply(AgentReply::Closed { conversations, more })) => {
                self.asking_closed = false;
                self.more_closed = more;
                conversations.into_iter().for_each(|row| self.apply_summary(row));
            }
            // There is none (any more), or the reply is to something else: it is not asked for again by itself.
            (AgentQuestion::Summary { conversation }, _) => drop(self.doubts.remove(conversation)),
            (question, _) => self.ask_failed(question),
        }
        self.ask_doubts()
    }

    /// A row that was asked for. One that is older than what came live meanwhile is asked for again.
    fn apply_summary(&mut self, row: Summary) {
        let conversation = row.conversation;
        if let Some(doubt) = self.doubts.get_mut(&conversation) {
            if row.rev < doubt.up_to {
                doubt.asked = false;
                return;
            }
            self.doubts.remove(&conversation);
        } else if self.rows.get(&conversation).is_some_and(|ours| ours.rev >= row.rev) {
            return;
        }
        self.rows.insert(conversation, row);
    }

    fn ask_failed(&mut self, question: &AgentQuestion) {
        match question {
            AgentQuestion::Thread { customer, .. } => {
                if let Some(thread) = self.threads.get_mut(customer) {
                    thread.ask_failed();
                }
            }
            AgentQuestion::Summary { conversation } => {
                if let Some(doubt) = self.doubts.get_mut(conversation) {
                    doubt.asked = false;
                }
            }
            AgentQuestion::Closed { .. } => self.asking_closed = false,
        }
    }

    fn drop_oldest_closed(&mut self) {
        let is_closed = |row: &&Summary| !row.stage.is_open();
        // Most batches close nothing: counting is cheap, sorting is not.
        if self.rows.values().filter(is_closed).count() <= DONE_MAX {
            return;
        }
        let mut closed: Vec<(Rev, ConversationId)> = self
            .rows
            .values()
            .filter(is_closed)
            .map(|row| (row.rev, row.conversation))
            .collect();
        closed.sort();
        for (_, conversation) in &closed[..closed.len() - DONE_MAX] {
            self.rows.remove(conversation);
        }
        self.more_closed = true;
    }

    // What one's own commands do.

    /// A command is on its way. Call it with what [`crate::Handle::send`] returned, so that the line is on the screen
    /// before the next key; the same again changes nothing.
    pub fn pending(&mut self, id: CommandId, command: AgentCommand) {
        self.pending.add(id, command);
    }

    fn answered(&mut self, id: CommandId, command: &AgentCommand, outcome: Outcome) {
        let is_line = matches!(command, AgentCommand::Post { .. });
        let at = |done: &Done| done.rev.map(|rev| rev.0);
        self.pending.answered(id, outcome, self.at.0, is_line, at);
    }

    /// The user wants a stale command sent after all: it waits again.
    pub fn confirm(&mut self, id: CommandId) {
        self.pending.waiting_again(id);
    }

    /// The user does not want a failed or stale line any more.
    pub fn forget(&mut self, id: CommandId) {
        self.pending.forget(id);
    }

    /// All of one's own commands that are no events yet.
    pub fn pending_commands(&self) -> impl Iterator<Item = &PendingCommand<AgentCommand>> {
        self.pending.iter()
    }

    /// One's own lines of a conversation that are no events yet, in order: shown after all else.
    pub fn pending_lines(&self, conversation: ConversationId) -> impl Iterator<Item = &PendingCommand<AgentCommand>> {
        let here = move |it: &&PendingCommand<AgentCommand>| matches!(&it.command, AgentCommand::Post { conversation: where_, .. } if *where_ == conversation);
        self.pending.iter().filter(here)
    }
}
