//! What of the journal matters to those who keep the present: read from an event as agents get it, without taking the
//! whole of every line apart.

use std::borrow::Cow;

use minicom_protocol::{
    event::{Event, Subject},
    ids::{ConversationId, Rev},
};
use serde::Deserialize;

/// Something that matters.
#[derive(Clone, PartialEq, Debug)]
pub enum News {
    /// A customer wrote.
    CustomerLine {
        /// Where.
        conversation: ConversationId,
        /// By which event.
        rev: Rev,
    },
    /// Something else.
    Event(Box<Event>),
}

/// Kinds that change who is there, who owns what, what waits, or in which order.
const KINDS: [&str; 14] = [
    "chat.session.assigned",
    "chat.session.handed_back",
    "chat.session.waiting",
    "chat.session.closed",
    "chat.session.transferred",
    "chat.session.requeued",
    "chat.session.snoozed",
    "chat.session.woken",
    "chat.session.priority",
    "chat.message.seen",
    "agent.changed",
    "group.changed",
    "group.deleted",
    "desk.settings",
];

#[derive(Deserialize)]
struct Head<'a> {
    rev: Rev,
    subject: Subject,
    #[serde(borrow)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    data: Sender<'a>,
}

#[derive(Deserialize)]
struct Sender<'a> {
    #[serde(borrow)]
    sender: Cow<'a, str>,
}

impl News {
    /// Reads an event. `None` if it does not matter, or is of a later version.
    pub fn read(json: &[u8]) -> Option<News> {
        let head: Head<'_> = serde_json::from_slice(json).ok()?;
        if head.kind == "chat.message.new" {
            let conversation = head.subject.conversation()?;
            let line: Line<'_> = serde_json::from_slice(json).ok()?;
            let rev = head.rev;
            return (line.data.sender == "customer").then_some(News::CustomerLine { conversation, rev });
        }
        if !KINDS.contains(&head.kind.as_ref()) {
            return None;
        }
        serde_json::from_slice(json)
            .ok()
            .map(|event| News::Event(Box::new(event)))
    }
}
