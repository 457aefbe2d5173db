//! Where a conversation stands. A stage carries what is true only in that stage.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AgentId, Time},
    people::AgentRef,
};

/// Where a conversation stands, as agents see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The bot answers.
    Bot,
    /// A person is wanted; nobody has taken over yet.
    Waiting {
        /// When it first came into the queue.
        since: Time,
        /// Why.
        reason: HandOverReason,
    },
    /// An agent owns it.
    Active {
        /// The owner.
        agent: AgentRef,
        /// Since when.
        since: Time,
    },
    /// An agent owns it and has put it aside. It counts against nobody's capacity and calls nobody.
    Snoozed {
        /// The owner.
        agent: AgentRef,
        /// Since when the agent owns it.
        since: Time,
        /// Until when, or until the customer writes; absent: only until the customer writes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
    },
    /// Over, for good. The next line of the customer opens a new conversation.
    Closed {
        /// When.
        at: Time,
        /// By whom.
        by: Closer,
    },
}

impl Stage {
    /// The sources' status: `pending`, `active` or `closed`.
    pub fn status(&self) -> &'static str {
        match self {
            Stage::Bot | Stage::Waiting { .. } => "pending",
            Stage::Active { .. } | Stage::Snoozed { .. } => "active",
            Stage::Closed { .. } => "closed",
        }
    }

    /// The sources' flag `is_bot_active`.
    pub fn is_bot(&self) -> bool {
        matches!(self, Stage::Bot)
    }

    /// Whether it waits in the queue.
    pub fn is_waiting(&self) -> bool {
        matches!(self, Stage::Waiting { .. })
    }

    /// Whether an agent is at it; a snoozed one is put aside.
    pub fn is_active(&self) -> bool {
        matches!(self, Stage::Active { .. })
    }

    /// Whether a line can still be added to this conversation.
    pub fn is_open(&self) -> bool {
        !matches!(self, Stage::Closed { .. })
    }

    /// The agent who owns the conversation, while one does.
    pub fn owner(&self) -> Option<&AgentRef> {
        match self {
            Stage::Active { agent, .. } | Stage::Snoozed { agent, .. } => Some(agent),
            _ => None,
        }
    }

    /// Whether this agent owns the conversation.
    pub fn is_owned_by(&self, agent: AgentId) -> bool {
        self.owner().is_some_and(|owner| owner.id == agent)
    }
}

/// A stage without what belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageIs {
    /// The bot answers.
    Bot,
    /// A person is wanted.
    Waiting,
    /// An agent is at it.
    Active,
    /// Put aside.
    Snoozed,
    /// Over.
    Closed,
}

impl StageIs {
    /// All, in their order of life.
    pub const ALL: [StageIs; 5] = [
        StageIs::Bot,
        StageIs::Waiting,
        StageIs::Active,
        StageIs::Snoozed,
        StageIs::Closed,
    ];

    /// The word, as it is typed and shown.
    pub fn word(self) -> &'static str {
        match self {
            StageIs::Bot => "bot",
            StageIs::Waiting => "waiting",
            StageIs::Active => "active",
            StageIs::Snoozed => "snoozed",
            StageIs::Closed => "closed",
        }
    }

    /// Of a stage.
    pub fn of(stage: &Stage) -> StageIs {
        match stage {
            Stage::Bot => StageIs::Bot,
            Stage::Waiting { .. } => StageIs::Waiting,
            Stage::Active { .. } => StageIs::Active,
            Stage::Snoozed { .. } => StageIs::Snoozed,
            Stage::Closed { .. } => StageIs::Closed,
        }
    }
}

/// Why a person is wanted. A closed list: it is shown in the queue and counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverReason {
    /// The customer asked for a person.
    CustomerAsked,
    /// The bot did not understand twice in a row.
    NotUnderstood,
    /// A rule of the bot says that a person must answer this.
    Rule,
    /// The bot failed.
    BotFailed,
    /// The bot did not answer in time.
    BotLate,
    /// The desk has no bot.
    NoBot,
    /// An agent transferred it.
    Transferred,
    /// The owner was gone for too long.
    OwnerGone,
    /// The owner went away and handed back.
    OwnerAway,
    /// The owner was there, but did not answer for too long.
    OwnerSilent,
    /// It was snoozed, and its owner is away.
    SnoozeEnded,
    /// A reason of a later version.
    #[serde(other)]
    Other,
}

impl HandOverReason {
    /// The reason in a few words, for the queue.
    pub fn words(self) -> &'static str {
        match self {
            HandOverReason::CustomerAsked => "asked for a person",
            HandOverReason::NotUnderstood => "the bot did not understand",
            HandOverReason::Rule => "the bot's rules want a person",
            HandOverReason::BotFailed => "the bot failed",
            HandOverReason::BotLate => "the bot did not answer in time",
            HandOverReason::NoBot => "there is no bot",
            HandOverReason::Transferred => "transferred",
            HandOverReason::OwnerGone => "the owner is gone",
            HandOverReason::OwnerAway => "the owner is away",
            HandOverReason::OwnerSilent => "the owner did not answer",
            HandOverReason::SnoozeEnded => "the snooze ended",
            HandOverReason::Other => "a person is wanted",
        }
    }
}

/// Who ended a conversation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Closer {
    /// The customer.
    Customer,
    /// An agent.
    Agent {
        /// Which one.
        agent: AgentRef,
    },
    /// The desk itself.
    System,
}

/// The two sides of a thread. Lines are numbered on each side, and each side marks how far it has
/// read the other's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The customer.
    Customer,
    /// Bot, agents and the desk.
    Desk,
}
