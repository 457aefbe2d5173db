//! The two audiences and what is theirs alone: who they are, what they start from, ask, are told, and hear in passing.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    command::{AgentCommand, CustomerCommand},
    customer_event::CustomerEvent,
    event::Event,
    ids::{ConversationId, CustomerId, Mark, Rev, Seq, TenantId},
    people::{AgentRef, Role},
    summary::Summary,
    text::{CustomerName, DisplayName},
    thread_view::ThreadView,
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

    const COMMANDS: &'static [&'static str] = &["post", "take_over", "take_next", "hand_back", "close", "mark_seen"];
    const QUESTIONS: &'static [&'static str] = &["thread", "summary", "closed"];

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

    const COMMANDS: &'static [&'static str] = &["post", "request_human", "close", "mark_seen"];
    const QUESTIONS: &'static [&'static str] = &["thread"];

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
}

/// A part of an agents' snapshot: all open conversations and the last closed ones, in list order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AgentSnapshot {
    /// Conversations' rows.
    pub conversations: Vec<Summary>,
    /// Whether there are older closed ones to ask for. Meaningful in the last part.
    #[serde(default)]
    pub more_closed: bool,
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
    /// Which agents are connected.
    #[serde(rename = "agent.presence")]
    Presence {
        /// All of them.
        agents: Vec<AgentRef>,
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
    },
}
