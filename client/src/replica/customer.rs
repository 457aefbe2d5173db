//! What a customer's program knows: the thread, where it stands, and one's own lines on their way.

use std::time::Instant;

use minicom_protocol::{
    command::{CustomerCommand, Done, Outcome},
    customer_event::{Author, CustomerBody, CustomerEvent},
    frame::{CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, CustomerSnapshot, Customers, Estimate, Told},
    ids::{CommandId, LineNo, Seq, Time},
    stage::Side,
    text::DisplayName,
    thread_view::{CustomerStage, ThreadView},
};

use super::{
    ServerClock,
    agent::{first_text, is_changeable},
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
    /// What the bot is saying.
    says: TypingBoard<(), String>,
    place: Option<u64>,
    estimate: Option<Estimate>,
    delivered: LineNo,
    open: Option<DeskOpen>,
}

/// Whether the desk is open, and whether somebody is there: two facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeskOpen {
    /// Whether it is within the desk's hours.
    pub open_now: bool,
    /// Whether an agent is there who takes customers.
    pub agents_available: bool,
    /// When it opens next, if it is closed.
    pub next_open_at: Option<Time>,
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
            says: TypingBoard::new(),
            place: None,
            estimate: None,
            delivered: LineNo(0),
            open: None,
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
            ClientEvent::AskFailed { question, .. } => self.ask_failed(&question),
            ClientEvent::Signal(signal) => self.apply_signal(signal, now),
            ClientEvent::Pending { id, command, .. } => self.pending(id, command),
            ClientEvent::Stale { id, command, .. } => {
                self.pending(id, command);
                self.pending.stale(id);
            }
            ClientEvent::Answered { id, command, outcome } => self.answered(id, &command, outcome),
            ClientEvent::State(_)
            | ClientEvent::Latency(_)
            | ClientEvent::Deferred(_)
            | ClientEvent::OutboxTrouble(_)
            | ClientEvent::Ended(_) => {}
        }
        Vec::new()
    }

    /// Forgets everything but what is on its way, and starts from a snapshot.
    pub fn apply_fresh(&mut self, at: Seq, parts: Vec<CustomerSnapshot>) {
        self.at = at;
        self.view = ThreadView::default();
        self.thread = Thread::new();
        self.typing.clear();
        self.says.clear();
        self.leave_queue();
        (self.delivered, self.open) = (LineNo(0), None);
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
            self.ends(&event);
            self.thread.live(event);
        }
        self.at = self.at.max(to);
        self.pending.known_up_to(self.at.0);
    }

    /// What was typed or said before this is over, also if it is told later.
    fn desk_spoke(&mut self, at: Seq) {
        self.typing.line((), at.0);
        self.says.line((), at.0);
    }

    /// What an event ends: the typing by its line or by who leaves, the place in the queue by whoever comes.
    fn ends(&mut self, event: &CustomerEvent) {
        match &event.body {
            CustomerBody::Posted(posted) if posted.author.side() == Side::Desk => self.desk_spoke(event.seq),
            CustomerBody::Joined(_) => {
                self.leave_queue();
                self.says.line((), event.seq.0);
            }
            CustomerBody::HumanRequested(_) => self.says.line((), event.seq.0),
            CustomerBody::HandedBack(_) | CustomerBody::Closed(_) => {
                self.leave_queue();
                self.desk_spoke(event.seq);
            }
            // Whoever was there is gone.
            CustomerBody::Requeued(_) => self.desk_spoke(event.seq),
            _ => {}
        }
    }

    fn leave_queue(&mut self) {
        (self.place, self.estimate) = (None, None);
    }

    fn note(&mut self, events: &[CustomerEvent]) {
        for event in events {
            self.pending.event_came(event.command);
        }
    }

    fn apply_reply(&mut self, question: &CustomerQuestion, told: Told<Customers>) {
        match (question, told) {
            (CustomerQuestion::Thread { before, .. }, Told::Reply(CustomerReply::Thread { events, more })) => {
                self.note(&events);
                self.thread.page(before.map(|it| it.0), events, more);
            }
            // An article is the program's own question.
            (question, _) => self.ask_failed(question),
        }
    }

    fn ask_failed(&mut self, question: &CustomerQuestion) {
        if let CustomerQuestion::Thread { .. } = question {
            self.thread.ask_failed();
        }
    }

    fn apply_signal(&mut self, signal: CustomerSignal, now: Instant) {
        match signal {
            CustomerSignal::Typing { name, on, at } => self.typing.signal((), name, on, at.0, now),
            CustomerSignal::BotDelta { text, at } => self.says.signal((), text, true, at.0, now),
            CustomerSignal::BotDone { at } => self.says.signal((), String::new(), false, at.0, now),
            CustomerSignal::Place { place, estimate } => (self.place, self.estimate) = (place, estimate),
            CustomerSignal::Delivered { up_to } => self.delivered = self.delivered.max(up_to),
            CustomerSignal::Open {
                open_now,
                agents_available,
                next_open_at,
            } => {
                self.open = Some(DeskOpen {
                    open_now,
                    agents_available,
                    next_open_at,
                });
            }
            CustomerSignal::Look(look) => {
                if let Some(me) = &mut self.me {
                    me.hear(look);
                }
            }
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

    /// How much longer it may take; `None` while that is not known, or not in the queue.
    pub fn estimate(&self) -> Option<Estimate> {
        self.estimate
    }

    /// Whether the desk is open and somebody is there; `None` until that is told.
    pub fn open(&self) -> Option<DeskOpen> {
        self.open
    }

    /// The newest own line that is on a person's screen, as far as it was told.
    pub fn delivered(&self) -> LineNo {
        self.delivered.max(self.view.desk_mark)
    }

    /// Whether the customer is asked how the last conversation was, and has not answered: an answer on its way is one.
    pub fn ask_rating(&self) -> bool {
        let answers = |it: &PendingCommand<CustomerCommand>| matches!(it.command, CustomerCommand::Rate { .. });
        self.view.ask_rating && !self.pending.iter().any(answers)
    }

    /// One's own newest line, and its text, while it can be changed or taken back: for `/edit` and `/undo`. `now` is the
    /// server's time. The server decides by the same rule.
    pub fn editable(&self, now: Time) -> Option<(LineNo, &str)> {
        let open = !matches!(self.view.stage, None | Some(CustomerStage::Closed { .. }));
        let newest = self.thread.events().rev().find_map(|event| match &event.body {
            CustomerBody::Posted(posted) if posted.author == Author::Customer => Some((event, posted)),
            _ => None,
        });
        let (event, posted) = newest.filter(|_| open)?;
        let here = self.view.conversation == Some(event.conversation);
        let window = self.me.as_ref()?.edit_window_s;
        (here && is_changeable(posted.state, event.time, now, window)).then(|| (posted.line, first_text(&posted.parts)))
    }

    /// Whether the desk types, and which agent; `Some(None)` is the bot.
    pub fn typing(&self, now: Instant) -> Option<Option<&DisplayName>> {
        self.typing.now(now).next().map(|(_, name)| name.as_ref())
    }

    /// What the bot is saying at this moment, as far as it is there.
    pub fn bot_says(&self, now: Instant) -> Option<&str> {
        self.says.now(now).next().map(|(_, text)| text.as_str())
    }

    /// When the typing row, or what the bot is saying, ends by itself.
    pub fn typing_ends_at(&self, now: Instant) -> Option<Instant> {
        [self.typing.ends_at(now), self.says.ends_at(now)]
            .into_iter()
            .flatten()
            .min()
    }
}
