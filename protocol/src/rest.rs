//! Bodies of the HTTP API, with the fields as the sources have them.

use serde::{Deserialize, Serialize};

use crate::{intake::Priority, people::Role};

/// `POST /api/agent/login`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginRequest {
    /// The account's e-mail address.
    pub email: String,
    /// Its password.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub password: String,
    /// Which tenant; `default` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "tenant_id")]
    pub tenant: Option<String>,
    /// The code of the second factor, or a recovery code, where the account has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<String>,
    /// What the sign-in is listed as: the device and the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What an earlier login on this device was given as `device`: other people's tries do not keep a known device out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Answer to a login.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginAnswer {
    /// For `Authorization: Bearer ...` and the socket's Hello. Shown this once.
    pub token: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
    /// What alone it is good for: `new_password` or `totp_setup`; absent where it is good for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_for: Option<String>,
    /// For `device` at the next login from this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Whose it is.
    pub agent: AgentAnswer,
}

/// An agent's account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentAnswer {
    /// The account's id.
    pub id: String,
    /// The name that customers see.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// What it may do.
    pub role: Role,
}

/// A conversation in lists.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationAnswer {
    /// The conversation's id.
    pub id: String,
    /// The customer's name.
    pub customer_id: String,
    /// Whether the bot answers.
    pub is_bot_active: bool,
    /// `pending`, `active` or `closed`.
    pub status: String,
    /// The owner's name, while there is one.
    pub agent: Option<String>,
    /// When it began, RFC 3339.
    pub created_at: String,
    /// Lines in it.
    pub message_count: u64,
    /// When its newest line was written, RFC 3339.
    pub last_message_at: String,
    /// What only agents are told of it.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskFields>,
}

/// What agents are told of a conversation and customers are not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeskFields {
    /// What it is about.
    pub subject: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// When a person first became its owner, RFC 3339.
    pub assigned_at: Option<String>,
    /// How long the customer waited for that, in milliseconds.
    pub wait_ms: Option<i64>,
    /// When it ended, RFC 3339.
    pub ended_at: Option<String>,
    /// How long a person was at it, in milliseconds, once it has ended.
    pub handling_ms: Option<i64>,
}

/// A message of a thread.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageAnswer {
    /// Its position in the thread.
    pub id: u64,
    /// The conversation it belongs to.
    pub conversation_id: String,
    /// `customer`, `bot`, `agent` or `system`.
    pub sender: String,
    /// The agent's name, where an agent wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What it says, as it was written. It is a stranger's text: show it as text and nothing else.
    pub content: String,
    /// When, RFC 3339.
    pub timestamp: String,
}

/// `GET /api/conversation/{customer_id}`: the newest conversation, and a page of the thread's messages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryAnswer {
    /// The customer's name.
    pub customer_id: String,
    /// The newest conversation; `null` before the first line.
    pub conversation: Option<ConversationAnswer>,
    /// Messages, oldest first.
    pub messages: Vec<MessageAnswer>,
    /// Hand in as `cursor` for the page before; `null` at the beginning of the thread.
    pub next_cursor: Option<String>,
}

/// `GET /api/agent/dashboard`: a page of all conversations, open ones first, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DashboardAnswer {
    /// The page.
    pub conversations: Vec<ConversationAnswer>,
    /// Hand in as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// `POST /api/agent/takeover`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TakeOverRequest {
    /// The customer's name.
    pub customer_id: String,
}

/// An account, for admins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountAnswer {
    /// Whose.
    #[serde(flatten)]
    pub agent: AgentAnswer,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Whether it can log in with a password.
    pub has_password: bool,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// `GET /api/agents`: all accounts, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountsAnswer {
    /// The accounts.
    pub agents: Vec<AccountAnswer>,
}

/// `POST /api/agents`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAccountRequest {
    /// Its e-mail address.
    pub email: String,
    /// The name that customers see.
    pub name: String,
    /// What it may do; `agent` if left out.
    #[serde(default = "agent")]
    pub role: Role,
    /// Its password; without one nobody can log in until it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

fn agent() -> Role {
    Role::Agent
}

/// `PATCH /api/agents/{email}`. What is left out stays.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeAccountRequest {
    /// The name that customers see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it may sign in. Disabling ends all its sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// A new password. It ends all its sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}
