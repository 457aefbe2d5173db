//! The two audiences and what is theirs alone: who they are, what they start from, ask, are told, and hear in passing.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    command::{AgentCommand, CustomerCommand},
    context::{CustomerContext, Mention},
    customer_event::CustomerEvent,
    event::Event,
    ids::{AgentId, ConversationId, CustomerId, LineNo, Mark, Rev, Seq, TenantId, TicketNo, Time},
    library::{Article, ArticleRow, SavedReply},
    people::{AgentRef, Role},
    queue::{QueueStats, Why},
    settings::{DeskSettings, PreChatQuestion},
    staff::{Presence, Staff, Workload},
    summary::Summary,
    text::{CustomerName, DisplayName},
    thread_view::ThreadView,
    ticket::{Ticket, TicketComment, TicketStatus},
    words::Tag,
};

/// Who is at the other end: decides what commands, events and questions mean on a connection.
pub trait Audience: Send + Sync + 'static {
    /// What this audience asks to be done.
    type Command: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it is told happened.
    type Event: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it starts afresh from.
    type Snapshot: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it asks to read.
    type Question: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What it is told in return.
    type Reply: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// What is momentary.
    type Signal: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;
    /// Who it is.
    type Me: Serialize + DeserializeOwned + Clone + PartialEq + Debug + Send + Sync;

    /// The names of the commands it may send.
    const COMMANDS: &'static [&'static str];
    /// The names of the questions it may ask.
    const QUESTIONS: &'static [&'static str];

    /// The position of an event, as this audience's cursor counts.
    fn position(event: &Self::Event) -> u64;
    /// The mark of an event.
    fn mark(event: &Self::Event) -> Mark;
}

/// Agents, on `/ws`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agents {}

/// Customers, on `/ws/chat/{customer_id}`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Customers {}

impl Audience for Agents {
    type Command = AgentCommand;
    type Event = Event;
    type Snapshot = AgentSnapshot;
    type Question = AgentQuestion;
    type Reply = AgentReply;
    type Signal = AgentSignal;
    type Me = AgentMe;

    const COMMANDS: &'static [&'static str] = &[
        "post",
        "take_over",
        "take_next",
        "hand_back",
        "close",
        "mark_seen",
        "assign",
        "transfer",
        "snooze",
        "wake",
        "note",
        "tag",
        "set_subject",
        "set_priority",
        "edit_line",
        "withdraw_line",
        "blank_line",
        "convert_to_ticket",
        "change_ticket",
        "comment_ticket",
        "set_intent",
        "mark_mentions_read",
        "describe_customer",
        "merge_customers",
        "save_reply",
        "delete_reply",
        "save_article",
        "delete_article",
        "save_group",
        "delete_group",
        "set_agent",
        "configure",
    ];
    const QUESTIONS: &'static [&'static str] = &[
        "thread", "summary", "closed", "customer", "extra", "queue", "workload", "why", "replies", "articles", "article",
        "tickets", "ticket", "mentions",
    ];

    fn position(event: &Event) -> u64 {
        event.rev.0
    }

    fn mark(event: &Event) -> Mark {
        event.mark
    }
}

impl Audience for Customers {
    type Command = CustomerCommand;
    type Event = CustomerEvent;
    type Snapshot = CustomerSnapshot;
    type Question = CustomerQuestion;
    type Reply = CustomerReply;
    type Signal = CustomerSignal;
    type Me = CustomerMe;

    const COMMANDS: &'static [&'static str] = &[
        "post",
        "start",
        "introduce",
        "set_subject",
        "edit_line",
        "withdraw_line",
        "rate",
        "request_human",
        "close",
        "mark_seen",
    ];
    const QUESTIONS: &'static [&'static str] = &["thread", "article"];

    fn position(event: &CustomerEvent) -> u64 {
        event.seq.0
    }

    fn mark(event: &CustomerEvent) -> Mark {
        event.mark
    }
}

/// Who an agent is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentMe {
    /// The account.
    pub agent: AgentRef,
    /// Its role.
    pub role: Role,
    /// Its tenant.
    pub tenant: TenantId,
}

/// Who a customer is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomerMe {
    /// The name.
    pub name: CustomerName,
    /// The tenant whose desk it is.
    pub tenant: TenantId,
    /// The desk's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub desk: String,
    /// What is asked before the first line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<PreChatQuestion>,
    /// For how many seconds one's own last line can be changed.
    #[serde(default)]
    pub edit_window_s: u32,
}

/// A part of an agents' snapshot: all open conversations and the last closed ones, in list order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AgentSnapshot {
    /// Conversations' rows.
    pub conversations: Vec<Summary>,
    /// Whether there are older closed ones to ask for. Meaningful in the last part.
    #[serde(default)]
    pub more_closed: bool,
    /// The desk itself. In the first part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<Box<DeskState>>,
}

/// What an agent knows of the desk besides its conversations. Kept up by events.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DeskState {
    /// Agents and groups.
    pub staff: Staff,
    /// What the tenant has chosen.
    pub settings: DeskSettings,
    /// How far the agent has read the own mentions.
    #[serde(default)]
    pub mentions_read: Rev,
    /// How many mentions are unread.
    #[serde(default)]
    pub mentions_unread: u64,
}

/// A customer's snapshot: the thread, and its last page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CustomerSnapshot {
    /// The thread as folded up to the snapshot's position.
    pub view: ThreadView,
    /// The last events, in order.
    pub events: Vec<CustomerEvent>,
    /// Whether there are older ones to ask for.
    pub more: bool,
}

/// What an agent may ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum AgentQuestion {
    /// A page of a customer's thread, before a position, the newest if left out.
    Thread {
        /// Whose.
        customer: CustomerId,
        /// Only what is before this position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many events, 1 to 200.
        limit: u32,
    },
    /// A conversation's row.
    Summary {
        /// Which.
        conversation: ConversationId,
    },
    /// A page of closed conversations, newest first, whose last event is before a position.
    Closed {
        /// Only what is before this position; the newest if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many rows, 1 to 200.
        limit: u32,
    },
    /// What is known of a customer.
    Customer {
        /// Of whom.
        customer: CustomerId,
    },
    /// What the operator's own command says of a customer. It may take its time.
    Extra {
        /// Of whom.
        customer: CustomerId,
    },
    /// The queue in numbers.
    Queue {},
    /// Who has how much to do.
    Workload {
        /// Only this agent; all if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
    },
    /// Why a conversation waits, and who may take it.
    Why {
        /// Which.
        conversation: ConversationId,
    },
    /// Saved replies that the agent may use, by code; all of them in pages, or those that fit a search.
    Replies {
        /// Words to look for in code, title and text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        query: String,
        /// Only what comes after this code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Tag>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// Articles, drafts too: those that fit a search best first, or the last changed.
    Articles {
        /// Words to look for in title, tags and body.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        query: String,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// An article in full.
    Article {
        /// Which.
        slug: Tag,
    },
    /// Tickets, the last changed first.
    Tickets {
        /// Only those that stand there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<TicketStatus>,
        /// Only this agent's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<AgentId>,
        /// Only what was last changed before then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Time>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
    /// A ticket with its comments.
    Ticket {
        /// Which.
        number: TicketNo,
    },
    /// Notes that mention me, newest first.
    Mentions {
        /// Only what is before this position.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Rev>,
        /// At most this many, 1 to 100.
        limit: u32,
    },
}

/// What an agent is told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum AgentReply {
    /// A page of a thread, in order.
    Thread {
        /// Whose.
        customer: CustomerId,
        /// The events, oldest first.
        events: Vec<Event>,
        /// Whether there are older ones.
        more: bool,
    },
    /// A conversation's row.
    Summary {
        /// The row.
        summary: Box<Summary>,
    },
    /// A page of closed conversations.
    Closed {
        /// Rows, newest first.
        conversations: Vec<Summary>,
        /// Whether there are older ones.
        more: bool,
    },
    /// What is known of a customer.
    Customer {
        /// All of it.
        context: Box<CustomerContext>,
    },
    /// What the operator's own command says of a customer.
    Extra {
        /// Lines to show, as raw as the command gave them.
        lines: Vec<String>,
        /// What went wrong with the command, if anything did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// The queue in numbers.
    Queue {
        /// The numbers.
        stats: QueueStats,
    },
    /// Who has how much to do.
    Workload {
        /// Agents in the order of names.
        agents: Vec<Workload>,
    },
    /// Why a conversation waits.
    Why {
        /// All of it.
        why: Box<Why>,
    },
    /// A page of saved replies.
    Replies {
        /// In the order of their codes.
        replies: Vec<SavedReply>,
        /// Whether there are more.
        more: bool,
    },
    /// Articles.
    Articles {
        /// Without their bodies.
        articles: Vec<ArticleRow>,
    },
    /// An article in full.
    Article {
        /// The article.
        article: Article,
        /// What else is known of it.
        row: ArticleRow,
    },
    /// A page of tickets.
    Tickets {
        /// The last changed first.
        tickets: Vec<Ticket>,
        /// Whether there are older ones.
        more: bool,
    },
    /// A ticket with its comments.
    Ticket {
        /// The ticket.
        ticket: Ticket,
        /// Its comments, oldest first, the newest 200.
        comments: Vec<TicketComment>,
    },
    /// Notes that mention me.
    Mentions {
        /// Newest first.
        mentions: Vec<Mention>,
        /// Whether there are older ones.
        more: bool,
    },
}

/// What a customer may ask.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum CustomerQuestion {
    /// A page of the thread before a position.
    Thread {
        /// Only what is before this position; the newest if left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
        /// At most this many events, 1 to 200.
        limit: u32,
    },
    /// A published article in full.
    Article {
        /// Which.
        slug: Tag,
    },
}

/// What a customer is told.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum CustomerReply {
    /// A page of the thread, in order.
    Thread {
        /// The events, oldest first.
        events: Vec<CustomerEvent>,
        /// Whether there are older ones.
        more: bool,
    },
    /// An article in full.
    Article {
        /// The article.
        article: Article,
    },
}

/// What agents are told without it being stored. Each is a whole value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum AgentSignal {
    /// Somebody is writing, or has stopped. It ends by itself after 6 seconds.
    #[serde(rename = "chat.typing")]
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        who: Typist,
        /// Whether somebody is typing.
        on: bool,
        /// The journal's position when it was said: older than the last line by the same author, it is ignored.
        at: Rev,
    },
    /// Which agents are there, what they want, and what they look at.
    #[serde(rename = "agent.presence")]
    Presence {
        /// All who are connected, and those who are gone and own conversations.
        agents: Vec<Presence>,
    },
    /// The desk's lines are on the customer's screen up to here.
    #[serde(rename = "chat.delivered")]
    Delivered {
        /// Where.
        conversation: ConversationId,
        /// The newest line of the desk.
        up_to: LineNo,
    },
}

/// Who is writing, for agents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "sender", rename_all = "snake_case")]
pub enum Typist {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// A colleague.
    Agent {
        /// Who.
        agent: AgentRef,
    },
}

/// What a customer is told without it being stored. Each is a whole value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum CustomerSignal {
    /// The other side is writing, or has stopped. It ends by itself after 6 seconds.
    #[serde(rename = "chat.typing")]
    Typing {
        /// The agent's name; left out for the bot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<DisplayName>,
        /// Whether somebody is typing.
        on: bool,
        /// The thread's position when it was said: older than the last line of the desk, it is ignored.
        at: Seq,
    },
    /// The place in the queue.
    #[serde(rename = "chat.queue.place")]
    Place {
        /// 1 is next; left out when not in the queue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<u64>,
        /// How much longer it may take, from the last waits; left out while too few are known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        estimate: Option<Estimate>,
    },
    /// The customer's lines are on a person's screen up to here.
    #[serde(rename = "chat.delivered")]
    Delivered {
        /// The newest line of the customer.
        up_to: LineNo,
    },
    /// Whether the desk is open, and whether somebody is there: two facts.
    #[serde(rename = "desk.open")]
    Open {
        /// Whether it is within the desk's hours; `true` for a desk without hours.
        open_now: bool,
        /// Whether an agent is there who takes customers.
        agents_available: bool,
        /// When it opens next, if it is closed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_open_at: Option<Time>,
    },
}

/// A range of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Estimate {
    /// At least about this many minutes.
    pub from_min: u32,
    /// At most about this many minutes.
    pub to_min: u32,
}
