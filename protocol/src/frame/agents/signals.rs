//! What agents hear in passing: it is not stored, and each is a whole value.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, LineNo, Rev},
    people::AgentRef,
    search::SavedView,
    staff::Presence,
};

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
    /// The bot's answer as far as it is there; its line comes as an event, and ends it. Only who looks at the conversation is told.
    #[serde(rename = "bot.delta")]
    BotDelta {
        /// Where.
        conversation: ConversationId,
        /// All of it so far, not only what is new.
        text: String,
        /// The customer's line that it answers, by its position in the journal: older than the bot's last line, or than what ended the bot's part, it is ignored.
        at: Rev,
    },
    /// The bot's answer does not grow any more: its line is there, or nothing came of it.
    #[serde(rename = "bot.done")]
    BotDone {
        /// Where.
        conversation: ConversationId,
        /// As in `bot.delta`.
        at: Rev,
    },
    /// The views that I have saved are these now. Only the agent whose they are is told, in each program.
    #[serde(rename = "agent.views")]
    Views {
        /// In their order.
        views: Vec<SavedView>,
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
