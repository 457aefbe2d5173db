//! What happens besides conversations: to customers, agents, groups, the desk's settings, its library and its tickets.

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::{
    context::Profile,
    ids::{AgentId, GroupId, ReplyId, Rev},
    library::{ArticleRow, SavedReply},
    people::{AgentRef, CustomerRef},
    settings::DeskSettings,
    staff::{Group, StaffMember},
    ticket::{Ticket, TicketChange},
    words::Tag,
};

/// See [`super::EventBody::CustomerChanged`]. It carries the whole profile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomerChanged {
    /// Whose.
    pub customer: CustomerRef,
    /// All that is said of the customer now.
    pub profile: Profile,
    /// The agent who did it; absent if it was the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
}

/// See [`super::EventBody::CustomersMerged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CustomersMerged {
    /// Who did it.
    pub agent: AgentRef,
    /// One name of the customer.
    pub customer: CustomerRef,
    /// The other.
    pub also: CustomerRef,
}

/// See [`super::EventBody::MentionsRead`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MentionsRead {
    /// Whose.
    pub agent: AgentId,
    /// The newest note read.
    pub up_to: Rev,
}

/// See [`super::EventBody::GroupChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GroupChanged {
    /// The group as it is now.
    pub group: Group,
}

/// See [`super::EventBody::GroupDeleted`]. What waited for it waits for anybody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GroupDeleted {
    /// Which.
    pub group: GroupId,
}

/// See [`super::EventBody::SettingsChanged`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// All settings as they are now.
    pub settings: Box<DeskSettings>,
}

/// See [`super::EventBody::ReplyChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplyChanged {
    /// The saved reply as it is now.
    pub reply: SavedReply,
}

/// See [`super::EventBody::ReplyDeleted`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReplyDeleted {
    /// Which.
    pub reply: ReplyId,
}

/// See [`super::EventBody::ArticleChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArticleChanged {
    /// The article as it is now, without its body.
    pub article: ArticleRow,
}

/// See [`super::EventBody::ArticleDeleted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArticleDeleted {
    /// Which.
    pub slug: Tag,
}

/// See [`super::EventBody::TicketChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TicketChanged {
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// Who did it.
    pub by: AgentRef,
    /// What was done.
    #[serde(flatten)]
    pub what: TicketChange,
}

/// See [`super::EventBody::AgentChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentChanged {
    /// The account as it is now.
    #[serde(flatten)]
    pub member: StaffMember,
    /// Whether the agent did nothing but choose another intent: no line is made of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub intent_only: bool,
}
