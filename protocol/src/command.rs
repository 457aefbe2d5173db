//! What people ask for. A command travels with an id made by its sender and is done at most once.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, ConversationId, LineNo, Rev, Seq},
    refusal::Refusal,
    text::MessageText,
};

/// What an agent's author had on the screen when writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SeenLines {
    /// The newest customer's line of the thread.
    pub customer: LineNo,
    /// The newest desk's line of the thread.
    pub desk: LineNo,
}

/// What an agent asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum AgentCommand {
    /// Write to the customer. Only the owner may.
    Post {
        /// Where.
        conversation: ConversationId,
        /// What; see [`MessageText`] for its bounds.
        text: String,
        /// What the author had on the screen. If a colleague or the bot has answered since, the line is refused as `stale`.
        #[serde(default)]
        seen: SeenLines,
        /// Take the conversation over in the same breath, unless a colleague has it.
        #[serde(default)]
        take_over: bool,
        /// Post although something was missed: the author has been shown it.
        #[serde(default)]
        anyway: bool,
    },
    /// Become the owner.
    TakeOver {
        /// Of what.
        conversation: ConversationId,
    },
    /// Open what needs me most, and become its owner if it waits in the queue.
    TakeNext {},
    /// Give the conversation back to the bot.
    HandBack {
        /// Which.
        conversation: ConversationId,
    },
    /// End the conversation.
    Close {
        /// Which.
        conversation: ConversationId,
        /// The newest customer's line on the screen. If the customer wrote later, the command is refused as `unseen`.
        seen: LineNo,
    },
    /// The owner has read the customer's lines up to here.
    MarkSeen {
        /// Where.
        conversation: ConversationId,
        /// The newest customer's line read.
        up_to: LineNo,
    },
}

impl AgentCommand {
    /// The conversation that the command names.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            AgentCommand::Post { conversation, .. }
            | AgentCommand::TakeOver { conversation }
            | AgentCommand::HandBack { conversation }
            | AgentCommand::Close { conversation, .. }
            | AgentCommand::MarkSeen { conversation, .. } => Some(*conversation),
            AgentCommand::TakeNext {} => None,
        }
    }

    /// What the door looks at before anything is decided: the bounds of the text.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            AgentCommand::Post { text, .. } => MessageText::parse(text.as_str()).map(drop).map_err(Refusal::from),
            _ => Ok(()),
        }
    }
}

/// What a customer asks for. It never names a conversation: a customer has one thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum CustomerCommand {
    /// Write a line. If the last conversation is closed, it opens the next one.
    Post {
        /// What; see [`MessageText`] for its bounds.
        text: String,
    },
    /// Ask for a person.
    RequestHuman {},
    /// End the conversation.
    Close {},
    /// The customer has read the desk's lines up to here.
    MarkSeen {
        /// The newest desk's line read.
        up_to: LineNo,
    },
}

impl CustomerCommand {
    /// What the door looks at before anything is decided: the bounds of the text.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            CustomerCommand::Post { text } => MessageText::parse(text.as_str()).map(drop).map_err(Refusal::from),
            _ => Ok(()),
        }
    }
}

/// What became of a command. The same command gets the same outcome for ever.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is done, and on disk. A wish that was already true is done, without an event.
    Done(Done),
    /// It is refused.
    Refused {
        /// Why, and what to do.
        #[serde(with = "crate::refusal::wire")]
        refusal: Refusal,
    },
}

/// See [`Outcome::Done`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Done {
    /// Position in the journal of the command's last event. Agents only; absent if nothing happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<Rev>,
    /// Position in the thread of the command's last event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// The conversation it was about; for `take_next`, the one to open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Whether this is the stored answer to a command that came again.
    #[serde(default)]
    pub repeat: bool,
}

impl Done {
    /// As the customer gets it: without the journal's position.
    pub fn for_customer(self) -> Done {
        Done { rev: None, ..self }
    }
}

/// Who sent a command: the first part of its key. Two senders may use the same command id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sender {
    /// An agent.
    Agent(AgentId),
    /// A customer.
    Customer(crate::ids::CustomerId),
    /// The bot.
    Bot,
    /// The server's timers and its own housekeeping.
    Server,
}
