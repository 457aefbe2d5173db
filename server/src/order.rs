//! What reaches the desk: who asks, and for what. People's commands come from the protocol; the bot's turns
//! and the timers' firings are made inside the server and exist on no wire.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Sender},
    event::{ChoicesPart, HandOverNote},
    ids::{AgentId, ConversationId, Rev, TenantId},
    people::{AgentRef, CustomerRef, Role},
    stage::HandOverReason,
};
use serde::Serialize;

use crate::store::audit::By;

/// Who asks. Made by signing in, and by nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// In which tenant. Every key begins with it.
    pub tenant: TenantId,
    /// As whom.
    pub who: Who,
    /// Who it is for the audit log, where that is more than `who` says: the operator, a program's token, an address.
    pub by: Option<By>,
}

/// As whom somebody asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// An agent.
    Agent {
        /// The account.
        agent: AgentRef,
        /// Its role.
        role: Role,
    },
    /// A customer.
    Customer(CustomerRef),
    /// The bot.
    Bot,
    /// Timers and housekeeping.
    Server,
}

impl Caller {
    /// Somebody of whom no more is known.
    pub fn new(tenant: TenantId, who: Who) -> Caller {
        Caller { tenant, who, by: None }
    }

    /// The sender part of the caller's command keys.
    pub fn sender(&self) -> Sender {
        match &self.who {
            Who::Agent { agent, .. } => Sender::Agent(agent.id),
            Who::Customer(customer) => Sender::Customer(customer.id),
            Who::Bot => Sender::Bot,
            Who::Server => Sender::Server,
        }
    }
}

/// What is asked for.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// By an agent.
    Agent(AgentCommand),
    /// By a customer.
    Customer(CustomerCommand),
    /// By the bot: its turn after a customer's line.
    BotTurn(BotTurn),
    /// By a timer that is due.
    Fire(Fire),
    /// An owner is gone for longer than the grace time.
    OwnerGone(OwnerGone),
    /// Routing has found an agent for what waits.
    Route(Route),
    /// A person was asked for, and no agent is there.
    NobodyThere(NobodyThere),
}

/// Says to a customer who waits that nobody is there, once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct NobodyThere {
    /// Which conversation.
    pub conversation: ConversationId,
}

/// An owner is gone for longer than the grace time: what becomes of one of the conversations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct OwnerGone {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who is gone.
    pub agent: AgentId,
}

/// Gives what waits to an agent, if it still waits and the agent may still be given it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Route {
    /// Which conversation.
    pub conversation: ConversationId,
    /// To whom.
    pub agent: AgentId,
}

/// The bot's turn: one per trigger, and the first that is stored stands for ever.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BotTurn {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The customer's line that it answers, by its position in the journal.
    pub trigger: Rev,
    /// What the bot does.
    pub turn: Turn,
}

/// What the bot does about a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "turn", rename_all = "snake_case")]
pub enum Turn {
    /// Answers.
    Reply {
        /// In these words.
        text: String,
    },
    /// Answers, with an article as a card if customers can read it by then.
    Article {
        /// In these words.
        text: String,
        /// The article, by its short name.
        slug: minicom_protocol::words::Tag,
        /// Asking whether it helped, if the card goes with it.
        #[serde(skip_serializing_if = "Option::is_none")]
        asks: Option<ChoicesPart>,
    },
    /// Lets the customer choose.
    Offer {
        /// After these words.
        text: String,
        /// Among these.
        choices: ChoicesPart,
    },
    /// Gives the conversation to a person.
    HandOver {
        /// Saying this.
        text: String,
        /// Because of this.
        reason: HandOverReason,
        /// What the bot knows of it. What was asked and tried is added from the journal.
        note: Box<HandOverNote>,
    },
    /// Says nothing, on purpose.
    Silence,
}

/// A timer that is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Fire {
    /// What it was set for.
    pub kind: TimerKind,
    /// For which conversation.
    pub conversation: ConversationId,
    /// The event that set it.
    pub set_by: Rev,
}

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The bot must have answered a customer's line.
    BotDeadline,
    /// A snooze ends.
    Snooze,
    /// The wait in the queue is longer than promised.
    WaitLimit,
    /// The owner must have answered.
    OwnerSilent,
    /// The customer is warned of being silent for too long.
    SilenceWarning,
    /// The customer stayed silent after the warning.
    SilenceClose,
}
