//! What a customer's program knows: the thread, where it stands, and one's own lines on their way.

use std::time::Instant;

use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    customer_event::{CustomerBody, CustomerEvent},
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, CustomerSnapshot, Customers, Told},
    ids::{CommandId, Seq, Time},
    stage::Side,
    text::DisplayName,
    thread_view::ThreadView,
};

use super::{
    ServerClock,
    pending::{PendingCommand, PendingList},
    thread::Thread,
    typing::TypingBoard,
};
use crate::{event::ClientEvent, limits::PAGE};

/// What a customer's program knows.
#[derive(Clone, Debug)]
pub struct CustomerReplica {
    me: Option<CustomerMe>,
    clock: Option<ServerClock>,
    at: Seq,
    view: ThreadView,
    thread: Thread<Customers>,
    pending: PendingList<CustomerCommand>,
    /// The desk types, or nobody; the agent's name, or none for the bot.
    typing: TypingBoard<(), Option<DisplayName>>,
    place: Option<u64>,
}

impl Default for CustomerReplica {
    fn default() -> Self {
        Self::new()
    }
}

impl CustomerReplica {
    /// Knows nothing.
    pub fn new() -> Self {
        Self {
            me: None,
            clock: None,
            at: Seq(0),
            view: ThreadView::default(),
            thread: Thread::new(),
            pending: PendingList::new(),
            typing: TypingBoard::new(),
            place: None,
        }
    }

    /// Takes in what the connection tells. Returns what is to be asked now.
    #[must_use = "the questions are to be asked"]
    pub fn apply(&mut self, event: ClientEvent<Customers>, now: Instant) -> Vec<CustomerQuestion> {
        match event {
            ClientEvent::Fresh {
                me,
                time,
                cursor,
                parts,
            } => {
                self.me = Some(me);
                self.clock = Some(ServerClock::new(time, now));
                self.apply_fresh(Seq(cursor.at), parts);
            }
            ClientEvent::Resumed { me, time, .. } => {
                self.me = Some(me);
                self.clock = Some(ServerClock::new(time, now));
            }
            ClientEvent::Batch { to, events, .. } => self.apply_batch(Seq(to), events),
            ClientEvent::Reply { question, told, .. } => self.apply_reply(&question, told),
            ClientEvent::AskFailed { .. } => self.thread.ask_failed(),
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

    /// Forgets everything but what is on its way, and starts from a snapshot.
    pub fn apply_fresh(&mut self, at: Seq, parts: Vec<CustomerSnapshot>) {
        self.at = at;
        self.view = ThreadView::default();
        self.thread = Thread::new();
        self.typing.clear();
        self.place = None;
        for part in parts {
            self.note(&part.events);
            self.view = part.view;
            self.thread.page(None, part.events, part.more);
        }
        self.pending.known_up_to(at.0);
    }

    /// Takes in events in order, up to and including `to`.
    pub fn apply_batch(&mut self, to: Seq, events: Vec<CustomerEvent>) {
        self.note(&events);
        for event in events {
            self.view.apply(&event);
            match &event.body {
                CustomerBody::Posted(_)
                | CustomerBody::HandedBack(_)
                | CustomerBody::Joined(_)
                | CustomerBody::Closed(_) => self.leave_queue(&event),
                _ => {}
            }
            self.thread.live(event);
        }
        self.at = self.at.max(to);
        self.pending.known_up_to(self.at.0);
    }

    /// What an event ends: the typing by its line or by who leaves, the place in the queue by whoever comes.
    fn leave_queue(&mut self, event: &CustomerEvent) {
        match &event.body {
            CustomerBody::Posted(posted) if posted.author.side() == Side::Desk => self.typing.line((), event.seq.0),
            CustomerBody::Joined(_) => self.place = None,
            CustomerBody::HandedBack(_) | CustomerBody::Closed(_) => {
                self.place = None;
                self.typing.line((), event.seq.0);
            }
            _ => {}
        }
    }

    fn note(&mut self, events: &[CustomerEvent]) {
        for event in events {
            self.pending.event_came(event.command);
        }
    }

    fn apply_reply(&mut self, question: &CustomerQuestion, told: Told<Customers>) {
        let CustomerQuestion::Thread { before, .. } = question;
        match told {
            Told::Reply(CustomerReply::Thread { events, more }) => {
                self.note(&events);
                self.thread.page(before.map(|it| it.0), events, more);
            }
            Told::Refusal(_) => self.thread.ask_failed(),
        }
    }

    fn apply_signal(&mut self, signal: CustomerSignal, now: Instant) {
        match signal {
            CustomerSignal::Typing { name, on, at } => self.typing.signal((), name, on, at.0, now),
            CustomerSignal::Place { place } => self.place = place,
        }
    }

    // What one's own commands do.

    /// A command is on its way. Call it with what [`crate::Handle::send`] returned, so that the line is on the screen
    /// before the next key; the same again changes nothing.
    pub fn pending(&mut self, id: CommandId, command: CustomerCommand) {
        self.pending.add(id, command);
    }

    fn answered(&mut self, id: CommandId, command: &CustomerCommand, outcome: Outcome) {
        let is_line = matches!(command, CustomerCommand::Post { .. });
        let at = |done: &Done| done.seq.map(|seq| seq.0);
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
    pub fn pending_commands(&self) -> impl Iterator<Item = &PendingCommand<CustomerCommand>> {
        self.pending.iter()
    }

    /// One's own lines that are no events yet, in order: shown after all else.
    pub fn pending_lines(&self) -> impl Iterator<Item = &PendingCommand<CustomerCommand>> {
        self.pending
            .iter()
            .filter(|it| matches!(it.command, CustomerCommand::Post { .. }))
    }

    // What is known.

    /// The user has come to the top. Returns what is to be asked, if there is more.
    pub fn older_events(&mut self) -> Option<CustomerQuestion> {
        let before = self.thread.wants_older()?;
        Some(CustomerQuestion::Thread {
            before: Some(Seq(before)),
            limit: PAGE,
        })
    }

    /// Who the server takes us for; `None` before the first welcome.
    pub fn me(&self) -> Option<&CustomerMe> {
        self.me.as_ref()
    }

    /// The server's time, as far as it can be told from here; `None` before the first welcome.
    pub fn server_time(&self, now: Instant) -> Option<Time> {
        self.clock.map(|clock| clock.now(now))
    }

    /// The position up to which everything is known.
    pub fn at(&self) -> Seq {
        self.at
    }

    /// Where the thread stands, and how far each side has read.
    pub fn view(&self) -> &ThreadView {
        &self.view
    }

    /// The thread's known events.
    pub fn thread(&self) -> &Thread<Customers> {
        &self.thread
    }

    /// The place in the queue, from 1.
    pub fn place(&self) -> Option<u64> {
        self.place
    }

    /// Whether the desk types, and which agent; `Some(None)` is the bot.
    pub fn typing(&self, now: Instant) -> Option<Option<&DisplayName>> {
        self.typing.now(now).next().map(|(_, name)| name.as_ref())
    }

    /// When the typing row ends by itself.
    pub fn typing_ends_at(&self, now: Instant) -> Option<Instant> {
        self.typing.ends_at(now)
    }
}
