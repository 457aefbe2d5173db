//! What is known of a customer besides the conversation: shown beside the chat.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConversationId, Rev, Time},
    intake::ClientInfo,
    people::{AgentRef, CustomerRef},
    settings::PreChatAnswer,
    summary::Summary,
    ticket::Ticket,
    words::{Email, SubjectLine},
};

/// What a customer, or an agent for the customer, has said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Profile {
    /// The name to be called by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SubjectLine>,
    /// Where an answer can be sent. Nobody has proven it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The tenant's own attributes, by key, in their written form.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What the customer's program last said of itself.
    #[serde(default, skip_serializing_if = "ClientInfo::is_empty")]
    pub client: ClientInfo,
    /// What was last answered before the first line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<PreChatAnswer>,
    /// What the tenant's site says of the customer. Nobody here can change it, and it never mixes with what was typed.
    #[serde(default, skip_serializing_if = "Vouched::is_empty")]
    pub vouched: Vouched,
    /// Whether the customer is kept out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Block>,
}

/// What the tenant's site says of a customer, as it was last signed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Vouched {
    /// The name to be called by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<SubjectLine>,
    /// Where an answer can be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// What else the site says, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

impl Vouched {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Vouched::default()
    }
}

/// That a customer is kept out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Block {
    /// Who decided it.
    pub by: AgentRef,
    /// Since when.
    pub since: Time,
    /// Until when; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl Block {
    /// Whether it holds at this time.
    pub fn holds(&self, now: Time) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Whether an account is in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// As any.
    #[default]
    Active,
    /// Kept out.
    Blocked,
}

/// What is known of a customer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CustomerContext {
    /// Who.
    pub customer: CustomerRef,
    /// What was said.
    pub profile: Profile,
    /// Whether the tenant's site vouches for the customer.
    pub verified: bool,
    /// When the customer was first here: the account's age counts from it.
    pub first_seen: Time,
    /// Whether the account is in use.
    #[serde(default)]
    pub status: AccountStatus,
    /// Other names of the same customer, joined by an agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<CustomerRef>,
    /// Conversations in all.
    pub conversations: u64,
    /// Of those, open ones.
    pub open_conversations: u64,
    /// The newest conversations, newest first, at most 20.
    pub newest: Vec<Summary>,
    /// Tickets in all.
    pub tickets: u64,
    /// Of those, not solved.
    pub open_tickets: u64,
    /// The newest tickets, newest first, at most 10.
    pub newest_tickets: Vec<Ticket>,
    /// The newest notes about the customer, newest first, at most 10.
    pub notes: Vec<NoteRow>,
}

/// A note in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NoteRow {
    /// Its position in the journal.
    pub rev: Rev,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Who wrote it.
    pub by: AgentRef,
    /// When.
    pub at: Time,
    /// What it says.
    pub text: String,
}

/// A note that mentions somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mention {
    /// The note.
    #[serde(flatten)]
    pub note: NoteRow,
    /// Whose conversation it is in.
    pub customer: CustomerRef,
}
