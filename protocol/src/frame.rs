//! The frames of a WebSocket connection: one JSON object in one text message each. The two audiences,
//! agents and customers, speak the same frames about different commands and events.

use std::fmt::Debug;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    close::CloseCode,
    command::{AgentCommand, CustomerCommand, Outcome},
    customer_event::CustomerEvent,
    event::Event,
    ids::{CommandId, ConversationId, Cursor, CustomerId, Mark, Rev, Seq, TenantId, Time},
    people::{AgentRef, Role},
    refusal::Refusal,
    summary::Summary,
    text::{CustomerName, DisplayName},
    thread_view::ThreadView,
};

/// The version of the wire format that this crate speaks.
pub const VERSION: u16 = 1;
/// The oldest version that a server of this release still speaks.
pub const VERSION_MIN: u16 = 1;

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

/// The first frame on every connection. Tokens and secrets travel here, never in a URL.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of the protocol that the client speaks.
    pub version: u16,
    /// The client's name and version, for the log.
    #[serde(default)]
    pub client: String,
    /// Which tenant; `default` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// How far the client has come; left out to start afresh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// An agent's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// A customer's secret, made by the client: 64 hexadecimal digits (256 bit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Tokens and secrets are never printed.
impl Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello")
            .field("version", &self.version)
            .field("client", &self.client)
            .field("tenant", &self.tenant)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}

/// What a client sends.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", bound = "")]
pub enum ToServer<A: Audience> {
    /// Who I am and how far I have come.
    Hello(Hello),
    /// Do this. The answer is [`ToClient::Answer`] with the same id, on this or a later connection.
    Command {
        /// Made by the client, kept until the command is answered.
        id: CommandId,
        /// What to do.
        command: A::Command,
    },
    /// Tell me this. The reply is [`ToClient::Reply`] with the same number, on this connection.
    Ask {
        /// Made by the client, for this connection.
        n: u64,
        /// What to tell.
        question: A::Question,
    },
    /// I am writing, or have stopped. Never stored.
    Typing {
        /// Where; customers leave it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// Whether somebody is typing.
        on: bool,
    },
    /// I am still here.
    Ping {
        /// Comes back in [`ToClient::Pong`].
        n: u64,
        /// How far the client has come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<Cursor>,
    },
}

/// What the server sends.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", bound = "")]
pub enum ToClient<A: Audience> {
    /// Answer to Hello.
    Welcome {
        /// The version of the protocol spoken on this connection.
        version: u16,
        /// The server's name and version.
        server: String,
        /// The server's time.
        time: Time,
        /// Who the server takes the client for.
        me: A::Me,
        /// Whether it goes on from the client's cursor. If not, snapshot parts follow and everything known is to be forgotten.
        resumed: bool,
        /// Where the reading goes on from: the client's own cursor if resumed, else where the snapshot stands.
        cursor: Cursor,
        /// Send a ping when nothing was sent for this long, in milliseconds.
        ping_after_ms: u64,
        /// The server closes the connection when it hears nothing for this long, in milliseconds.
        silence_ms: u64,
    },
    /// A part of what to start afresh from, at most 64 KiB.
    Snapshot {
        /// Whether it is the last part.
        last: bool,
        /// The part.
        data: A::Snapshot,
    },
    /// Everything that happened in the range `(from, to]` and that the client may see, in order.
    Batch {
        /// Where the range begins: the client's position, or it reconnects without a cursor.
        from: u64,
        /// Where it ends.
        to: u64,
        /// The mark at `to`.
        mark: Mark,
        /// What happened. May be empty: positions can be hidden from the reader.
        events: Vec<A::Event>,
    },
    /// What became of a command.
    Answer {
        /// The command's id.
        id: CommandId,
        /// What became of it.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// What was asked for.
    Reply {
        /// The question's number.
        n: u64,
        /// The reply, or why there is none.
        #[serde(flatten)]
        reply: Told<A>,
    },
    /// Something momentary.
    Signal {
        /// What.
        signal: A::Signal,
    },
    /// Answer to a ping.
    Pong {
        /// The ping's number.
        n: u64,
        /// The server's time.
        time: Time,
    },
    /// A frame could not be understood. The connection stays.
    Refused {
        /// Why.
        #[serde(with = "crate::refusal::wire")]
        refusal: Refusal,
    },
    /// The last frame before the server closes the connection.
    Bye {
        /// The close code that follows.
        code: CloseCode,
        /// Whether connecting again can help.
        retryable: bool,
        /// Not before this many milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
        /// Why, where it is something that the client or its user did.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_refusal")]
        refusal: Option<Refusal>,
    },
}

/// What came of a question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "")]
pub enum Told<A: Audience> {
    /// The reply.
    Reply(A::Reply),
    /// Why there is none.
    #[serde(with = "crate::refusal::wire")]
    Refusal(Refusal),
}

mod optional_refusal {
    use super::{Deserialize, Refusal, Serialize};
    use serde::{Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(refusal: &Option<Refusal>, serializer: S) -> Result<S::Ok, S::Error> {
        refusal.as_ref().map(Refusal::to_wire).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Refusal>, D::Error> {
        let value = Option::<serde_json::Value>::deserialize(deserializer)?;
        value.map(Refusal::from_wire).transpose().map_err(D::Error::custom)
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
