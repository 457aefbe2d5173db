//! How an event's body stands on disk: a short kind and JSON. The names here are the store's own and outlive
//! changes of the wire; this file is the one mapping between the two. When a payload changes on the wire, the
//! form that is on disks gets its own type here.

use minicom_protocol::event::{Author, EventBody};
use minicom_protocol::ids::AgentId;
use minicom_protocol::stage::{Closer, Side};
use serde::{Serialize, de::DeserializeOwned};

use super::{Result, from_json, to_json};

/// The stored kind and body of an event. [`None`] for a body that this version cannot have made.
pub fn encode(body: &EventBody) -> Result<Option<(&'static str, String)>> {
    fn with(kind: &'static str, body: &impl Serialize) -> Result<Option<(&'static str, String)>> {
        Ok(Some((kind, to_json(body)?)))
    }
    match body {
        EventBody::Opened(it) => with("opened", it),
        EventBody::Posted(it) => with("posted", it),
        EventBody::TakenOver(it) => with("taken_over", it),
        EventBody::HandedBack(it) => with("handed_back", it),
        EventBody::HumanRequested(it) => with("human_requested", it),
        EventBody::Seen(it) => with("seen", it),
        EventBody::Closed(it) => with("closed", it),
        EventBody::AgentChanged(it) => with("agent_changed", it),
        EventBody::Unknown(_) => Ok(None),
    }
}

/// The body of a stored event.
pub fn decode(kind: &str, body: &str) -> Result<EventBody> {
    fn from<T: DeserializeOwned>(make: impl FnOnce(T) -> EventBody, body: &str) -> Result<EventBody> {
        from_json(body).map(make)
    }
    match kind {
        "opened" => from(EventBody::Opened, body),
        "posted" => from(EventBody::Posted, body),
        "taken_over" => from(EventBody::TakenOver, body),
        "handed_back" => from(EventBody::HandedBack, body),
        "human_requested" => from(EventBody::HumanRequested, body),
        "seen" => from(EventBody::Seen, body),
        "closed" => from(EventBody::Closed, body),
        "agent_changed" => from(EventBody::AgentChanged, body),
        other => Err(super::damaged(UnknownKind(other.to_owned()))),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the journal has an event of the unknown kind `{0}`")]
struct UnknownKind(String);

/// What the header says of a body: the agent, and for a line its side and number.
pub struct Header {
    /// The agent it is about, or who wrote the line.
    pub agent: Option<AgentId>,
    /// Side and number of a line.
    pub line: Option<(Side, u64)>,
}

/// The header columns of a body.
pub fn header(body: &EventBody) -> Header {
    let agent = |agent: AgentId| Header {
        agent: Some(agent),
        line: None,
    };
    match body {
        EventBody::Posted(it) => Header {
            agent: match &it.author {
                Author::Agent { agent } => Some(agent.id),
                _ => None,
            },
            line: Some((it.author.side(), it.line.0)),
        },
        EventBody::TakenOver(it) => agent(it.agent.id),
        EventBody::HandedBack(it) => agent(it.agent.id),
        EventBody::AgentChanged(it) => agent(it.agent.id),
        EventBody::Closed(it) => match &it.by {
            Closer::Agent { agent: closer } => agent(closer.id),
            _ => Header {
                agent: None,
                line: None,
            },
        },
        EventBody::Opened(_) | EventBody::HumanRequested(_) | EventBody::Seen(_) | EventBody::Unknown(_) => Header {
            agent: None,
            line: None,
        },
    }
}

/// A side's name on disk.
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Customer => "customer",
        Side::Desk => "desk",
    }
}
