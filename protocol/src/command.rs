//! What people ask for. A command travels with an id made by its sender and is done at most once.

mod agent;
mod check;
mod customer;

use serde::{Deserialize, Serialize};

pub use self::{
    agent::{AgentCommand, Assignee, ReplyUse, SeenLines, TransferTo},
    check::{ATTRIBUTE_CHARS_MAX, BLOCK_MINUTES_MAX, COMMAND_LIST_MAX},
    customer::CustomerCommand,
};
use crate::{
    ids::{AgentId, ConversationId, CustomerId, Rev, Seq, TicketNo},
    refusal::Refusal,
};

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
    /// It was done, but something should be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
    /// The ticket that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketNo>,
}

/// What should be known of something that was done all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The new owner has more than the agent can have.
    OverCapacity {
        /// How many now.
        active: u32,
        /// How many at most.
        capacity: u32,
    },
    /// The new owner lacks skills, is not in the group, or is away.
    NotSuited,
}

impl Warning {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Warning::OverCapacity { active, capacity } => format!("has {active} of {capacity} now"),
            Warning::NotSuited => "is not one who may take it: done all the same, as an admin asked".to_owned(),
        }
    }
}

impl Done {
    /// As the customer gets it: without the journal's position.
    pub fn for_customer(self) -> Done {
        Done {
            rev: None,
            warning: None,
            ..self
        }
    }
}

/// Who sent a command: the first part of its key. Two senders may use the same command id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sender {
    /// An agent.
    Agent(AgentId),
    /// A customer.
    Customer(CustomerId),
    /// The bot.
    Bot,
    /// The server's timers and its own housekeeping.
    Server,
}
