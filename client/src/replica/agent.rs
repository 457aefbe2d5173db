//! What an agent's program knows: the desk, the conversations in their order, the threads that were looked at, what is
//! known of their customers, saved replies, mentions and tickets, who is there and who types, and one's own lines on their way.
//! This file owns what comes in, and hands each thing to the part that keeps it.

mod asks;
mod closed;
mod colleagues;
pub(crate) mod contexts;
mod desk;
mod doubts;
mod keeping;
mod knows;
mod own;
mod replies;
mod rows;
mod told;
mod views;
mod waiting;

pub(super) use self::own::{first_text, is_changeable};
pub use self::waiting::Waiting;
use std::{collections::HashMap, time::Instant};

use minicom_protocol::{
    Touches,
    command::AgentCommand,
    context::{Mention, NoteRow},
    event::{Event, EventBody},
    frame::{AgentMe, AgentQuestion, AgentSignal, AgentSnapshot, Agents},
    ids::{ConversationId, Cursor, CustomerId, Rev, Time},
    summary::Summary,
};

use self::{
    closed::ClosedPages,
    colleagues::Colleagues,
    contexts::ContextBook,
    desk::{Changed, DeskBoard},
    doubts::Doubts,
    replies::ReplyBook,
    rows::{Rows, Rules},
    views::ViewBook,
};
use super::{
    ServerClock, mentions::Mentions, pending::PendingList, sections::Section, thread::Thread, tickets::TicketBook,
};
use crate::event::ClientEvent;

/// What an agent's program knows.
#[derive(Clone, Debug)]
pub struct AgentReplica {
    me: Option<AgentMe>,
    clock: Option<ServerClock>,
    at: Rev,
    /// Where the connection is, with its mark.
    cursor: Option<Cursor>,
    desk: DeskBoard,
    list: Rows,
    /// The time by which the list is ordered.
    ordered_at: Time,
    doubts: Doubts,
    threads: HashMap<CustomerId, Thread<Agents>>,
    /// Customers whose threads are in memory, the last opened last.
    opened: Vec<CustomerId>,
    contexts: ContextBook,
    replies: ReplyBook,
    views: ViewBook,
    mentions: Mentions,
    tickets: Option<TicketBook>,
    pending: PendingList<AgentCommand>,
    colleagues: Colleagues,
    closed: ClosedPages,
    /// The conversation that was opened last.
    looked_at: Option<ConversationId>,
    /// The conversation of which a row alone came last: whoever asked for it is about to open it.
    brought: Option<ConversationId>,
    /// Counts what came that is worth keeping.
    touched: u64,
    /// When, by that count, a thread became as it is.
    threads_touched: HashMap<CustomerId, u64>,
}

impl Default for AgentReplica {
    fn default() -> Self {
        Self::new()
    }
}

/// By what rows are placed. Not a method: the list is changed while the rest is looked at.
fn rules<'a>(desk: &'a DeskBoard, me: Option<&AgentMe>, now: Time) -> Rules<'a> {
    Rules {
        queue: desk.queue(now),
        me: me.map(|me| me.agent.id),
    }
}

impl AgentReplica {
    /// Knows nothing.
    pub fn new() -> Self {
        Self {
            me: None,
            clock: None,
            at: Rev(0),
            cursor: None,
            desk: DeskBoard::default(),
            list: Rows::default(),
            ordered_at: Time(0),
            doubts: Doubts::default(),
            threads: HashMap::new(),
            opened: Vec::new(),
            contexts: ContextBook::default(),
            replies: ReplyBook::default(),
            views: ViewBook::default(),
            mentions: Mentions::default(),
            tickets: None,
            pending: PendingList::new(),
            colleagues: Colleagues::new(),
            closed: ClosedPages::default(),
            looked_at: None,
            brought: None,
            touched: 0,
            threads_touched: HashMap::new(),
        }
    }

    /// Takes in what the connection tells. Returns what is to be asked now.
    #[must_use = "the questions are to be asked"]
    pub fn apply(&mut self, event: ClientEvent<Agents>, now: Instant) -> Vec<AgentQuestion> {
        self.note(&event);
        let questions = match event {
            ClientEvent::Fresh {
                me,
                time,
                cursor,
                parts,
            } => {
                self.me = Some(me);
                self.set_clock(time, now);
                self.views.connected();
                return self.apply_fresh(Rev(cursor.at), parts);
            }
            ClientEvent::Resumed { me, time, .. } => {
                self.me = Some(me);
                self.set_clock(time, now);
                self.views.connected();
                // The clock may have been set back: what counted as old may not be it.
                self.list
                    .place_all(&rules(&self.desk, self.me.as_ref(), self.ordered_at));
                return self.unanswered_questions();
            }
            ClientEvent::Batch { to, events, .. } => self.apply_batch(Rev(to), events),
            ClientEvent::Reply { question, told, .. } => self.apply_reply(&question, told),
            ClientEvent::AskFailed { question, .. } => {
                self.ask_failed(&question, false);
                Vec::new()
            }
            ClientEvent::Signal(AgentSignal::Views { views }) => {
                self.views.changed(views);
                Vec::new()
            }
            ClientEvent::Signal(signal) => {
                self.colleagues.signal(signal, now);
                Vec::new()
            }
            ClientEvent::Pending { id, command, .. } => {
                self.pending(id, command);
                Vec::new()
            }
            ClientEvent::Stale { id, command, .. } => {
                self.pending(id, command);
                self.pending.stale(id);
                Vec::new()
            }
            ClientEvent::Answered { id, command, outcome } => {
                self.answered(id, &command, outcome);
                Vec::new()
            }
            ClientEvent::State(_)
            | ClientEvent::Latency(_)
            | ClientEvent::Deferred(_)
            | ClientEvent::OutboxTrouble(_)
            | ClientEvent::Ended(_) => Vec::new(),
        };
        self.advance(now);
        questions
    }

    /// Where the connection is, and whether there is something new to be kept.
    fn note(&mut self, event: &ClientEvent<Agents>) {
        match event {
            ClientEvent::Fresh { cursor, .. } | ClientEvent::Resumed { cursor, .. } => self.cursor = Some(*cursor),
            ClientEvent::Batch { to, mark, .. } => self.cursor = Some(Cursor { at: *to, mark: *mark }),
            ClientEvent::Reply { .. } | ClientEvent::Signal(AgentSignal::Views { .. }) => {}
            _ => return,
        }
        self.touched += 1;
    }

    fn set_clock(&mut self, time: Time, now: Instant) {
        self.clock = Some(ServerClock::new(time, now));
        self.ordered_at = time;
    }

    /// Time has passed: what has waited long enough goes up in the queue. To be called before drawing; it does nothing
    /// before [`AgentReplica::ages_at`]. Returns whether the order has changed.
    pub fn advance(&mut self, now: Instant) -> bool {
        if let Some(clock) = self.clock {
            self.ordered_at = clock.now(now);
        }
        self.list.age(&rules(&self.desk, self.me.as_ref(), self.ordered_at))
    }

    /// Forgets everything but what is on its way, and starts from a snapshot. What is on the screen is asked for again.
    pub fn apply_fresh(&mut self, at: Rev, parts: Vec<AgentSnapshot>) -> Vec<AgentQuestion> {
        self.at = at;
        let more_closed = parts.last().is_some_and(|part| part.more_closed);
        let looked_at = self.looked_at.and_then(|it| self.list.get(it)).cloned();
        let mut desk = None;
        let mut rows = Vec::new();
        for part in parts {
            desk = desk.or(part.desk);
            rows.extend(part.conversations);
        }
        self.desk.fresh(desk.map(|it| *it));
        let known = self.desk.state();
        self.mentions.fresh(known.mentions_read, known.mentions_unread);
        self.list
            .replace(rows, &rules(&self.desk, self.me.as_ref(), self.ordered_at));
        self.closed.begin(self.list.section(Section::Done), more_closed);
        self.doubts.clear();
        self.carry(looked_at);
        self.threads.clear();
        self.threads_touched.clear();
        self.colleagues.clear();
        self.replies.clear();
        self.contexts.clear();
        if let Some(tickets) = &mut self.tickets {
            tickets.clear();
        }
        self.pending.known_up_to(at.0);
        if let Some(customer) = std::mem::take(&mut self.opened).pop() {
            self.keep_thread(customer);
        }
        self.unanswered_questions()
    }

    /// What is looked at stays though a snapshot does not have it, which tells only of the last closed ones, and is asked for again.
    fn carry(&mut self, looked_at: Option<Summary>) {
        if let Some(row) = looked_at.filter(|row| self.list.get(row.conversation).is_none()) {
            self.doubts.carry(row.conversation);
            self.list.put(row);
            self.settle();
        }
    }

    /// Takes in events in order, up to and including `to`. Returns what is to be asked now: the rows that an event
    /// of an unknown kind has changed, or that are not known here, and what an event has made stale.
    pub fn apply_batch(&mut self, to: Rev, events: Vec<Event>) -> Vec<AgentQuestion> {
        for event in events {
            self.apply_event(event);
        }
        self.at = self.at.max(to);
        self.pending.known_up_to(self.at.0);
        self.settle();
        self.questions()
    }

    /// Puts the rows that have changed where they belong. What somebody reads is not dropped, and what was read lately is dropped last.
    fn settle(&mut self) {
        self.list.settle(&rules(&self.desk, self.me.as_ref(), self.ordered_at));
        let held = |row: &Summary| {
            let now = [self.looked_at, self.brought].contains(&Some(row.conversation));
            (now, self.threads.contains_key(&row.customer.id))
        };
        if let Some(newest) = self.list.drop_oldest_closed(held) {
            self.closed.dropped(newest);
        }
    }

    fn apply_event(&mut self, event: Event) {
        self.pending.event_came(event.command);
        self.apply_to_desk(&event);
        self.contexts.apply(&event);
        self.replies.apply(&event.body, self.me.as_ref().map(|me| me.agent.id));
        if let (EventBody::TicketChanged(it), Some(tickets)) = (&event.body, &mut self.tickets) {
            tickets.changed(&it.ticket);
        }
        let Some(conversation) = event.subject.conversation() else {
            return;
        };
        self.apply_to_row(conversation, &event);
        self.apply_to_mentions(conversation, &event);
        self.colleagues.event(conversation, &event);
        let customer = event.subject.customer();
        if let Some(thread) = customer.and_then(|it| self.threads.get_mut(&it)) {
            if let EventBody::Erased(erased) = &event.body {
                thread.erase(conversation, &erased.customer);
            }
            thread.live(event);
        }
        if let Some(customer) = customer {
            self.touch_thread(customer);
        }
    }

    fn apply_to_desk(&mut self, event: &Event) {
        if let (EventBody::AgentChanged(it), Some(me)) = (&event.body, &mut self.me)
            && it.member.agent.id == me.agent.id
        {
            (me.agent, me.role) = (it.member.agent.clone(), it.member.role);
        }
        match self.desk.apply(&event.body) {
            Changed::Nothing => {}
            Changed::Staff => self.list.changed(),
            Changed::Settings => self
                .list
                .place_all(&rules(&self.desk, self.me.as_ref(), self.ordered_at)),
        }
        if let EventBody::MentionsRead(it) = &event.body
            && self.is_me(it.agent)
        {
            self.mentions.mark_read(it.up_to);
        }
        self.count_mentions();
    }

    fn apply_to_row(&mut self, conversation: ConversationId, event: &Event) {
        if let Some(row) = Summary::open(event) {
            self.list.put(row);
            return;
        }
        let there = self.list.change(conversation, |row| row.apply(event));
        let known = there && !matches!(event.body, EventBody::Unknown(_));
        if event.body.touches() != Touches::Nothing && (self.doubts.has(conversation) || !known) {
            self.doubts.add(conversation, event.rev);
        }
    }

    fn apply_to_mentions(&mut self, conversation: ConversationId, event: &Event) {
        let EventBody::Noted(it) = &event.body else { return };
        if !it.mentions.iter().any(|agent| self.is_me(*agent)) {
            return;
        }
        let customer = self.list.get(conversation).map(|row| row.customer.clone());
        let mention = customer.map(|customer| Mention {
            note: NoteRow {
                rev: event.rev,
                conversation,
                by: it.agent.clone(),
                at: event.time,
                text: it.text.as_str().to_owned(),
            },
            customer,
        });
        self.mentions.noted(event.rev, mention);
        self.count_mentions();
    }

    fn count_mentions(&mut self) {
        self.desk
            .set_mentions(self.mentions.read_up_to(), self.mentions.unread());
    }
}
