//! The frames of a WebSocket connection: one JSON object in one text message each. The two audiences,
//! agents and customers, speak the same frames about different commands and events.

mod agents;
mod audience;
mod customers;

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

pub use self::{
    agents::{AgentMe, AgentQuestion, AgentReply, AgentSignal, AgentSnapshot, DeskState, Typist},
    audience::{Agents, Audience, Customers},
    customers::{
        CustomerMe, CustomerQuestion, CustomerReply, CustomerSignal, CustomerSnapshot, DeskLook, Device, Estimate,
    },
};
use crate::{
    close::CloseCode,
    command::Outcome,
    ids::{CommandId, ConversationId, Cursor, LineNo, Mark, TenantId, Time},
    refusal::Refusal,
};

/// The version of the wire format that this crate speaks.
pub const VERSION: u16 = 1;
/// The oldest version that a server of this release still speaks.
pub const VERSION_MIN: u16 = 1;

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
    /// What the tenant's site says of a customer, signed by it. It proves the name instead of the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// A customer's one-time code, made on another device: with it this device's secret proves the name from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_code: Option<String>,
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
    /// The other side's lines are on my user's screen up to here. Never stored.
    Delivered {
        /// Where; customers leave it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        /// The newest line of the other side.
        up_to: LineNo,
    },
    /// My user is there, and looks at this. Agents only, never stored; said when it changes, and at most once a minute while
    /// the user does something.
    Viewing {
        /// What is on the screen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
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
    /// A part of what to start afresh from, at most 64 KiB; the first one of agents is larger by the desk.
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
