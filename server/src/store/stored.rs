//! How an event's body stands on disk: a short kind and JSON. The names here are the store's own and outlive
//! changes of the wire; this file is the one mapping between the two. When a payload changes on the wire, the
//! form that is on disks gets its own type here.

use minicom_protocol::{
    event::{Author, EventBody, HandOverNote, HumanRequested, Posted},
    ids::AgentId,
    line::{LineRef, Quote},
    stage::{Closer, Side},
};

use super::{Result, from_json, to_json};

/// The kind of lines.
pub const POSTED: &str = "posted";
/// The kind of what wants a person.
const WANTED: &str = "human_requested";
/// The kind of what became of lines.
pub const LINE_CHANGED: &str = "line_changed";

macro_rules! kinds {
    ($($variant:ident = $kind:literal,)*) => {
        /// The stored kind and body of an event. [`None`] for a body that this version cannot have made.
        pub fn encode(body: &EventBody) -> Result<Option<(&'static str, String)>> {
            Ok(Some(match body {
                EventBody::Posted(it) => (POSTED, encode_line(it)?),
                EventBody::HumanRequested(it) => (WANTED, encode_wanted(it)?),
                $(EventBody::$variant(it) => ($kind, to_json(it)?),)*
                EventBody::Unknown(_) => return Ok(None),
            }))
        }

        /// The body of a stored event.
        pub fn decode(kind: &str, body: &str) -> Result<EventBody> {
            Ok(match kind {
                POSTED => EventBody::Posted(from_json(body)?),
                WANTED => EventBody::HumanRequested(from_json(body)?),
                $($kind => EventBody::$variant(from_json(body)?),)*
                other => return Err(super::damaged(UnknownKind(other.to_owned()))),
            })
        }
    };
}

kinds! {
    Opened = "opened",
    TakenOver = "taken_over",
    HandedBack = "handed_back",
    Seen = "seen",
    Closed = "closed",
    Transferred = "transferred",
    Requeued = "requeued",
    Snoozed = "snoozed",
    Woken = "woken",
    Noted = "noted",
    LineChanged = "line_changed",
    TagsChanged = "tags_changed",
    SubjectChanged = "subject_changed",
    PriorityChanged = "priority_changed",
    Ticketed = "ticketed",
    Rated = "rated",
    Erased = "erased",
    CustomerChanged = "customer_changed",
    CustomersMerged = "customers_merged",
    AgentChanged = "agent_changed",
    MentionsRead = "mentions_read",
    GroupChanged = "group_changed",
    GroupDeleted = "group_deleted",
    SettingsChanged = "settings_changed",
    ReplyChanged = "reply_changed",
    ReplyDeleted = "reply_deleted",
    ArticleChanged = "article_changed",
    ArticleDeleted = "article_deleted",
    TicketChanged = "ticket_changed",
}

/// A quoted line's words are not stored with the line that quotes it: they could not be erased there. They are read where they
/// stand.
fn encode_line(line: &Posted) -> Result<String> {
    match &line.quote {
        None => to_json(line),
        Some(quote) => to_json(&Posted {
            quote: Some(without_words(quote)),
            ..line.clone()
        }),
    }
}

/// Nor are those of the question that a hand-over's note names.
fn encode_wanted(wanted: &HumanRequested) -> Result<String> {
    match &wanted.note {
        None => to_json(wanted),
        Some(note) => to_json(&HumanRequested {
            note: Some(Box::new(HandOverNote {
                question: note.question.as_ref().map(without_words),
                ..(**note).clone()
            })),
            ..wanted.clone()
        }),
    }
}

fn without_words(quote: &Quote) -> Quote {
    Quote {
        line: quote.line,
        excerpt: String::new(),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the journal has an event of the unknown kind `{0}`")]
struct UnknownKind(String);

/// What the header says of a body: the agent, and of a line, or of what became of one, its side and number.
#[derive(Clone, Copy, Default)]
pub struct Header {
    /// The agent it is about, or who did it.
    pub agent: Option<AgentId>,
    /// Side and number of a line.
    pub line: Option<LineRef>,
}

/// The header columns of a body.
pub fn header(body: &EventBody) -> Header {
    let line = match body {
        EventBody::Posted(it) => Some(LineRef {
            side: it.author.side(),
            line: it.line,
        }),
        EventBody::LineChanged(it) => Some(it.line),
        _ => None,
    };
    Header {
        agent: agent_of(body),
        line,
    }
}

fn agent_of(body: &EventBody) -> Option<AgentId> {
    match body {
        EventBody::Posted(it) => match &it.author {
            Author::Agent { agent } => Some(agent.id),
            Author::Customer | Author::Bot | Author::System => None,
        },
        EventBody::TakenOver(it) => Some(it.agent.id),
        EventBody::HandedBack(it) => Some(it.agent.id),
        EventBody::Closed(it) => match &it.by {
            Closer::Agent { agent } => Some(agent.id),
            Closer::Customer | Closer::System => None,
        },
        EventBody::Transferred(it) => Some(it.by.id),
        EventBody::Requeued(it) => Some(it.agent.id),
        EventBody::Snoozed(it) => Some(it.agent.id),
        EventBody::Woken(it) => Some(it.agent.id),
        EventBody::Noted(it) => Some(it.agent.id),
        EventBody::LineChanged(it) => it.agent.as_ref().map(|agent| agent.id),
        EventBody::TagsChanged(it) => Some(it.agent.id),
        EventBody::SubjectChanged(it) => it.agent.as_ref().map(|agent| agent.id),
        EventBody::PriorityChanged(it) => Some(it.agent.id),
        EventBody::Ticketed(it) => Some(it.agent.id),
        EventBody::Erased(it) => it.agent.as_ref().map(|agent| agent.id),
        EventBody::CustomerChanged(it) => it.agent.as_ref().map(|agent| agent.id),
        EventBody::CustomersMerged(it) => Some(it.agent.id),
        EventBody::AgentChanged(it) => Some(it.member.agent.id),
        EventBody::MentionsRead(it) => Some(it.agent),
        EventBody::TicketChanged(it) => Some(it.by.id),
        EventBody::ReplyChanged(it) => it.reply.owner,
        EventBody::ArticleChanged(it) => it.article.updated_by.as_ref().map(|agent| agent.id),
        EventBody::Opened(_)
        | EventBody::HumanRequested(_)
        | EventBody::Seen(_)
        | EventBody::Rated(_)
        | EventBody::GroupChanged(_)
        | EventBody::GroupDeleted(_)
        | EventBody::SettingsChanged(_)
        | EventBody::ReplyDeleted(_)
        | EventBody::ArticleDeleted(_)
        | EventBody::Unknown(_) => None,
    }
}

/// A side's name on disk.
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Customer => "customer",
        Side::Desk => "desk",
    }
}

#[cfg(test)]
#[path = "stored_tests.rs"]
mod tests;
