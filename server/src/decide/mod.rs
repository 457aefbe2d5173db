//! The decision: what a command does, as events or a refusal. Pure: it sees what the writer's transaction read, and does
//! nothing itself. It is the only place that decides; so that the bot cannot talk over a person, that of two agents one
//! owns a conversation, and that nobody has more than the agent can have, are properties of these files, not of timing.
//!
//! | Command (caller) | Bot | Waiting | Active or Snoozed, mine | another's | Closed or none |
//! | --- | --- | --- | --- | --- | --- |
//! | Post (customer) | Posted | Posted | Posted, Woken if snoozed | same | Opened + Posted |
//! | Start (customer) | nothing | nothing | nothing | nothing | Opened |
//! | Introduce (customer) | CustomerChanged | same | same | same | same |
//! | SetSubject (customer) | SubjectChanged | same | same | same | refuse: closed |
//! | Rate (customer) | nothing | nothing | nothing | nothing | Rated, if asked and once |
//! | Consent, RevokeDevice, Forget (customer) | written or erased, without an event of theirs | same | same | same | same |
//! | Post (agent) | refuse: not_owner | refuse: not_owner | Posted | refuse: taken_by | refuse: closed |
//! | Post (agent, `take_over`) | TakenOver + Posted | TakenOver + Posted | Posted | refuse: taken_by | refuse: closed |
//! | BotTurn (bot), trigger of this stretch | as told | nothing | nothing | nothing | nothing |
//! | RequestHuman (customer) | HumanRequested | nothing | nothing | nothing | refuse: closed |
//! | TakeOver (agent) | TakenOver | TakenOver | nothing, Woken if snoozed | refuse: taken_by | refuse: closed |
//! | Assign (admin, to X) | TakenOver X | TakenOver X | TakenOver X; nothing if X has it | same | refuse: closed |
//! | Transfer (agent) | refuse: not_owner (an admin may) | same | Transferred | refuse: taken_by (an admin may) | refuse: closed |
//! | HandBack (agent) | nothing | HandedBack | HandedBack | refuse: taken_by | refuse: closed |
//! | Snooze (agent) | refuse: not_owner | refuse: not_owner | Snoozed | refuse: taken_by | refuse: closed |
//! | Wake (agent) | refuse: not_owner | refuse: not_owner | Woken if snoozed | refuse: taken_by | refuse: closed |
//! | Note, Tag, BlankLine (agent) | Noted, TagsChanged, LineChanged | same | same | same | same |
//! | SetSubject, SetPriority (agent) | SubjectChanged, PriorityChanged | same | same | same | refuse: closed |
//! | EditLine, WithdrawLine (author) | LineChanged: last own line, in time; else refuse: too_late | same | same | same | refuse: closed |
//! | ConvertToTicket (agent) | Ticketed + TicketChanged; again: nothing, the first ticket | same | same | same | same |
//! | MarkSeen (customer) | Seen, only forward | same | same | same | same |
//! | MarkSeen (agent) | nothing | nothing | Seen, only forward | nothing | nothing |
//! | Close (customer) | Closed | Closed | Closed | Closed | nothing |
//! | Close (agent) | Closed | Closed | Closed | refuse: taken_by (an admin may) | nothing |
//! | OwnerGone (server) | nothing | nothing | of that owner, if the customer waits: Requeued | nothing | nothing |
//! | Route (server) | nothing | TakenOver, if the agent may be given it | nothing | nothing | nothing |
//! | NobodyThere (server) | nothing | Posted, once | nothing | nothing | nothing |
//! | Fire (bot deadline), set in this stretch | Posted + HumanRequested | nothing | nothing | nothing | nothing |
//! | Fire (snooze) | nothing | nothing | Woken; Requeued if the owner is away | same | nothing |
//! | Fire (wait limit) | nothing | Posted, once | nothing | nothing | nothing |
//! | Fire (owner silent) | nothing | nothing | Requeued, if the customer still waits | same | nothing |
//! | Fire (silence warning, silence close) | Posted, Closed | nothing | Posted, Closed | same | nothing |
//!
//! "Nothing" is success without an event: a wish that is already true is no error. A desk without a bot, and one where people
//! answer first, adds HumanRequested to Opened, and for HandBack it has Transferred, to the queue, or nothing where it waits. An agent's Post is refused as `stale` when a colleague or the
//! bot has written since what the author saw, Close as `unseen` when the customer has. Becoming the owner is refused as
//! `may_not_take` where [`Queue::may_take`](minicom_protocol::queue::Queue::may_take) says so; an admin may all the same, and is
//! warned. TakeNext is TakeOver of what [`Queue::next_for`](minicom_protocol::queue::Queue::next_for) finds. A customer who
//! writes to an owner who went away and hands back is Requeued. The address in a line of a customer who waits, was asked for one and has
//! none is taken as what the customer says (CustomerChanged). What is about no conversation (tickets, the library, groups, settings,
//! intent, customers) is in `affairs.rs`.

mod admission;
mod affairs;
mod agents;
mod customers;
mod lines;
mod marking;
mod owners;
mod plan;
mod tickets;
mod times;
pub mod words;

use std::{collections::BTreeMap, sync::Arc};

use minicom_protocol::{
    command::Warning,
    context::Profile,
    event::{Event, EventBody, HandOverNote},
    ids::{AgentId, ConversationId, FileId, LineNo, ReplyId, Rev, TicketNo, Time},
    library::{Article, ArticleRow, SavedReply},
    people::{AgentRef, CustomerRef},
    queue::Queue,
    refusal::Refusal,
    settings::DeskSettings,
    staff::{Staff, StaffMember},
    summary::Summary,
    thread_view::ThreadView,
    ticket::Ticket,
};

pub use words::DeskWords;

use crate::{
    hours::Calendar,
    order::{Order, TimerKind, Who},
    store::{admission::Admission, files::FileRow},
};

/// What the transaction read before the decision.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The server's time.
    pub now: Time,
    /// What the operator has chosen for the bot.
    pub settings: Settings,
    /// What the tenant has chosen.
    pub desk: &'a DeskSettings,
    /// The tenant's hours, if it has any.
    pub calendar: Option<&'a Calendar>,
    /// The thread and the conversation, for commands about one.
    pub thread: Option<ThreadFacts<'a>>,
    /// What only some commands look at.
    pub more: More<'a>,
}

/// The thread that a command is about.
#[derive(Clone, Copy, Debug)]
pub struct ThreadFacts<'a> {
    /// Whose thread it is.
    pub customer: &'a CustomerRef,
    /// The thread.
    pub view: &'a ThreadView,
    /// The conversation that the command is about: the one it names, else the thread's newest. `None`
    /// before the first.
    pub conversation: Option<&'a Summary>,
    /// The id for a conversation that the command may open.
    pub fresh: ConversationId,
}

/// What only some commands look at; read for those alone.
#[derive(Clone, Debug, Default)]
pub struct More<'a> {
    /// The newest desk's line that the calling agent has not seen, by somebody else; 0 if there is none.
    pub newest_by_others: LineNo,
    /// Agents and groups.
    pub staff: Option<&'a Staff>,
    /// How many conversations that count an agent has, for those who might become owners.
    pub active: BTreeMap<AgentId, u32>,
    /// The present owner's account.
    pub owner: Option<StaffMember>,
    /// Who had this customer last.
    pub previous_owner: Option<AgentRef>,
    /// What is said of the customer.
    pub profile: Option<Profile>,
    /// The line that the command names or quotes, in its present form.
    pub line: Option<Event>,
    /// What is known for the note of a hand-over.
    pub note: HandOverNote,
    /// Whether the calling customer may write.
    pub admission: Admission,
    /// The device that the command names.
    pub device: Option<[u8; 32]>,
    /// The newest line of the caller.
    pub newest_own: LineNo,
    /// The saved reply that the command names.
    pub reply: Option<SavedReply>,
    /// Another saved reply by the code of the one that is to be saved.
    pub same_code: Option<ReplyId>,
    /// How many saved replies there are.
    pub replies: u64,
    /// The file that the command names, whoever uploaded it.
    pub file: Option<FileRow>,
    /// The article that the command names.
    pub article: Option<(Article, ArticleRow)>,
    /// The ticket that the command names, or that was made of the conversation.
    pub ticket: Option<Ticket>,
    /// The number for a ticket that the command may make.
    pub fresh_ticket: TicketNo,
    /// The two customers that the command names, and whether they are one person already.
    pub customers: Option<(CustomerRef, CustomerRef, bool)>,
    /// The agent's mark in the own mentions, and the journal's head.
    pub mentions: (Rev, Rev),
    /// What the customer wrote last, where the desk may say something: by it the language is known.
    pub spoken: Vec<String>,
    /// What the desk says, in that language; none: in English.
    pub words: Option<Arc<DeskWords>>,
}

impl<'a> Facts<'a> {
    /// The thread; a command about one is never decided without it.
    fn thread(&self) -> Result<&ThreadFacts<'a>, Refusal> {
        self.thread.as_ref().ok_or(Refusal::NotFound)
    }

    /// What the desk says to this customer.
    fn words(&self) -> &DeskWords {
        self.more.words.as_deref().unwrap_or(&words::ENGLISH)
    }

    /// The conversation, if it is open.
    fn open(&self) -> Result<&'a Summary, Refusal> {
        let newest = self.thread()?.conversation;
        newest.filter(|summary| summary.stage.is_open()).ok_or(Refusal::Closed)
    }

    /// The conversation, whether it is open or not.
    fn named(&self) -> Result<&'a Summary, Refusal> {
        self.thread()?.conversation.ok_or(Refusal::NotFound)
    }

    fn staff(&self) -> Result<&'a Staff, Refusal> {
        self.more.staff.ok_or(Refusal::Internal)
    }

    /// The queue's rules, over what was read.
    fn queue(&self) -> Result<Queue<'a>, Refusal> {
        Ok(Queue {
            staff: self.staff()?,
            settings: self.desk,
            now: self.now,
        })
    }

    fn active_of(&self, agent: AgentId) -> u32 {
        self.more.active.get(&agent).copied().unwrap_or(0)
    }

    /// Whether the bot answers first here.
    fn bot_first(&self) -> bool {
        self.settings.bot && self.desk.first == minicom_protocol::settings::First::Bot
    }
}

/// What the operator has chosen for the bot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Whether there is a bot; without it every conversation goes to the queue at once.
    pub bot: bool,
    /// How long the bot may take, in milliseconds, before the desk hands over.
    pub bot_deadline_ms: i64,
}

/// What a command does.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Decision {
    /// The conversation it was about.
    pub conversation: Option<ConversationId>,
    /// What happens, in order. Empty if the wish is true already.
    pub events: Vec<EventBody>,
    /// What becomes of timers, in order.
    pub timers: Vec<TimerChange>,
    /// What should be known of it.
    pub warning: Option<Warning>,
    /// The ticket it was about.
    pub ticket: Option<TicketNo>,
    /// What is written besides events.
    pub writes: Vec<Write>,
}

/// What is written in the same transaction and is no event.
#[derive(Clone, PartialEq, Debug)]
pub enum Write {
    /// An article's body and its example questions: too large for the journal, and kept in their newest form only.
    Article(Box<(Article, ArticleRow)>),
    /// A saved reply was used once more.
    ReplyUsed(ReplyId),
    /// A file stands in the line that is written.
    FileSent(FileId),
    /// A file's line is taken back or blanked out: its bytes are removed.
    FileGone(FileId),
    /// What a customer decides about the own account.
    OfCustomer(OfCustomer),
}

/// See [`Write::OfCustomer`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfCustomer {
    /// Agrees to the consent text with this SHA-256.
    Consents([u8; 32]),
    /// The device whose secret has this digest is one no more.
    RevokesDevice([u8; 32]),
    /// All that is kept is erased.
    Forgets,
}

/// What becomes of a conversation's timers, in the transaction of their cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerChange {
    /// Set one, by the decision's last event.
    Set {
        /// What for.
        kind: TimerKind,
        /// When it is due.
        due: Time,
    },
    /// Take away the one that this event set.
    Clear {
        /// What it was for.
        kind: TimerKind,
        /// The event.
        set_by: Rev,
    },
    /// Take away all of this kind.
    ClearAll {
        /// What they were for.
        kind: TimerKind,
    },
}

/// Decides what `order` by `who` does.
///
/// # Errors
/// Why it is not done; a value that the client can act on.
pub fn decide(facts: &Facts<'_>, who: &Who, order: &Order) -> Result<Decision, Refusal> {
    match (who, order) {
        (Who::Customer(customer), Order::Customer(command)) => {
            admission::admit(facts, customer.realm, command)?;
            customers::decide(facts, command)
        }
        (Who::Agent { agent, role }, Order::Agent(command)) => agents::decide(facts, agent, *role, command),
        (Who::Bot, Order::BotTurn(turn)) => times::bot_turn(facts, turn),
        (Who::Server, Order::Fire(fire)) => times::fire(facts, fire),
        (Who::Server, Order::OwnerGone(gone)) => owners::gone(facts, gone),
        (Who::Server, Order::Route(route)) => owners::route(facts, route),
        (Who::Server, Order::NobodyThere(_)) => times::nobody_there(facts),
        _ => Err(Refusal::Forbidden),
    }
}

#[cfg(test)]
mod tests;
