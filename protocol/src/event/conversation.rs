//! What happens to a conversation, besides its lines.

use serde::{Deserialize, Serialize};

use super::{handover::HandOverNote, is_false, parts::Part};
use crate::{
    ids::{AgentId, LineNo, TicketNo, Time},
    intake::{Intake, Priority},
    line::{LineRef, LineState},
    people::{AgentRef, CustomerRef},
    settings::PreChatAnswer,
    staff::GroupRef,
    stage::{Closer, HandOverReason, Side},
    text::MessageText,
    words::{SubjectLine, Tag},
};

/// See [`super::EventBody::Opened`]. It carries all that a summary starts from, so that the fold needs nothing else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// Whose.
    pub customer: CustomerRef,
    /// The how-manieth conversation of the thread, from 1.
    pub number: u64,
    /// Newest line of the customer before this conversation.
    pub customer_lines: LineNo,
    /// Newest line of the desk before this conversation.
    pub desk_lines: LineNo,
    /// How far the customer has read the desk's lines.
    pub customer_mark: LineNo,
    /// How far the desk has read the customer's lines.
    pub desk_mark: LineNo,
    /// What it begins with.
    #[serde(default, skip_serializing_if = "Intake::is_empty")]
    pub intake: Intake,
    /// What was answered before the first line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<PreChatAnswer>,
    /// Who had this customer last: a hint, never a lock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<AgentRef>,
}

/// See [`super::EventBody::TakenOver`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The new owner.
    pub agent: AgentRef,
    /// The admin who assigned it; absent if the owner took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
    /// Whether routing gave it to the owner.
    #[serde(default, skip_serializing_if = "is_false")]
    pub routed: bool,
}

/// See [`super::EventBody::HandedBack`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedBack {
    /// Who gave it back.
    pub agent: AgentRef,
}

/// See [`super::EventBody::HumanRequested`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HumanRequested {
    /// Why a person is wanted.
    pub reason: HandOverReason,
    /// Whether the customer's own command asked (a key or `/human`), not the bot or the desk.
    pub by_customer: bool,
    /// When a person must have answered, if the tenant has set a target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Deadline>,
    /// What was before, for whoever takes it. Never for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Box<HandOverNote>>,
}

/// A target of the tenant, as times.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// From here on it is late soon.
    pub warn: Time,
    /// From here on it is late.
    pub due: Time,
}

impl Deadline {
    /// How it stands now, or stood when it was answered.
    pub fn lateness(self, answered: Option<Time>, now: Time) -> Lateness {
        let at = answered.unwrap_or(now);
        if at >= self.due {
            Lateness::Late
        } else if at >= self.warn && answered.is_none() {
            Lateness::LateSoon
        } else {
            Lateness::InTime
        }
    }
}

/// How something stands to its [`Deadline`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lateness {
    /// Answered in time, or time enough is left.
    InTime,
    /// Not answered, and little time is left.
    LateSoon,
    /// Not answered in time.
    Late,
}

/// See [`super::EventBody::Seen`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Who has read: the customer the desk's lines, the desk the customer's.
    pub side: Side,
    /// The newest line read, of the other side.
    pub up_to: LineNo,
}

/// See [`super::EventBody::Closed`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Who ended it.
    #[serde(flatten)]
    pub by: Closer,
    /// Whether the customer is asked how it was.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ask_rating: bool,
}

/// See [`super::EventBody::Transferred`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transferred {
    /// Who did it: the owner until now, or an admin.
    pub by: AgentRef,
    /// To whom.
    pub to: Target,
}

/// To whom a conversation is transferred.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Target {
    /// An agent, who owns it from here on.
    Agent {
        /// Who.
        agent: AgentRef,
    },
    /// A group: it waits in the queue until one of its members takes it.
    Group {
        /// Which.
        group: GroupRef,
    },
    /// The queue.
    Queue,
}

/// See [`super::EventBody::Requeued`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requeued {
    /// Who owned it.
    pub agent: AgentRef,
    /// Why.
    pub reason: HandOverReason,
}

/// See [`super::EventBody::Snoozed`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Snoozed {
    /// The owner.
    pub agent: AgentRef,
    /// Until when; absent: until the customer writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// See [`super::EventBody::Woken`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Woken {
    /// The owner.
    pub agent: AgentRef,
    /// Why.
    pub why: WokenBy,
}

/// What ended a snooze.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WokenBy {
    /// Its time came.
    Time,
    /// The customer wrote.
    Customer,
    /// The owner came back to it.
    Agent,
}

/// See [`super::EventBody::Noted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Noted {
    /// Who wrote it.
    pub agent: AgentRef,
    /// What it says.
    pub text: MessageText,
    /// Whom it mentions, members of mentioned groups included. They are told, and watch from here on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<AgentId>,
    /// Whether it came with a transfer, for whoever is next.
    #[serde(default, skip_serializing_if = "is_false")]
    pub handover: bool,
}

/// See [`super::EventBody::LineChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LineChanged {
    /// Which line.
    #[serde(flatten)]
    pub line: LineRef,
    /// What became of it.
    pub state: LineState,
    /// What it says now; empty where its text is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// The agent who did it; absent if it was the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
}

/// See [`super::EventBody::TagsChanged`]. It carries all tags that the conversation has now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TagsChanged {
    /// Who did it.
    pub agent: AgentRef,
    /// All tags, sorted.
    pub tags: Vec<Tag>,
}

/// See [`super::EventBody::SubjectChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubjectChanged {
    /// The agent who did it; absent if it was the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    /// What it is about; absent: nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectLine>,
}

/// See [`super::EventBody::PriorityChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PriorityChanged {
    /// Who did it.
    pub agent: AgentRef,
    /// How urgent it is now.
    pub priority: Priority,
    /// When a person must have answered now, from when it first came into the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Deadline>,
}

/// See [`super::EventBody::Ticketed`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ticketed {
    /// Who did it.
    pub agent: AgentRef,
    /// The ticket.
    pub ticket: TicketNo,
}

/// See [`super::EventBody::Rated`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rated {
    /// From 1 (bad) to 5 (good); absent: the customer did not want to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// In the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<MessageText>,
}

/// See [`super::EventBody::Erased`]. Every line of the conversation is blanked out, its subject, its answers and its notes are
/// gone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Erased {
    /// Who the customer is from here on: under a name that says nothing, if the customer was erased too.
    pub customer: CustomerRef,
    /// The agent who did it; absent if it was the customer's wish, or the desk keeps nothing for longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
}
