//! Tickets: what is left to do after a conversation, with a number that people can name.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, TicketNo, Time},
    people::{AgentRef, CustomerRef},
    words::SubjectLine,
};

/// Where a ticket stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Something is to be done.
    Open,
    /// It waits for somebody else.
    Pending,
    /// Done.
    Solved,
}

impl TicketStatus {
    /// All, in their order of life.
    pub const ALL: [TicketStatus; 3] = [TicketStatus::Open, TicketStatus::Pending, TicketStatus::Solved];

    /// The word, as it is typed and shown.
    pub fn word(self) -> &'static str {
        match self {
            TicketStatus::Open => "open",
            TicketStatus::Pending => "pending",
            TicketStatus::Solved => "solved",
        }
    }
}

impl std::str::FromStr for TicketStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = TicketStatus::ALL.into_iter().find(|it| it.word() == text.trim());
        known.ok_or_else(|| "a ticket is open, pending or solved".to_owned())
    }
}

/// A ticket without its comments. Its transcript is the conversation that it was made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number, from 1 in each tenant.
    pub number: TicketNo,
    /// What is to be done.
    pub title: SubjectLine,
    /// Where it stands.
    pub status: TicketStatus,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AgentRef>,
    /// The conversation that it was made of.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerRef,
    /// Who made it.
    pub opened_by: AgentRef,
    /// When.
    pub opened_at: Time,
    /// When it was last changed or commented.
    pub updated_at: Time,
    /// How many comments it has.
    #[serde(default)]
    pub comments: u32,
}

/// A comment on a ticket. Only agents see it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketComment {
    /// Who wrote it.
    pub by: AgentRef,
    /// When.
    pub at: Time,
    /// What it says.
    pub text: String,
}

/// What happened to a ticket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum TicketChange {
    /// It was made.
    Opened,
    /// It stands elsewhere.
    Status,
    /// Somebody else does it, or nobody.
    Assigned,
    /// It has another title.
    Titled,
    /// Somebody commented.
    Commented {
        /// What was said.
        text: String,
    },
}
