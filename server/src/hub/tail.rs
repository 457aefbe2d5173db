//! Events as a topic keeps them: encoded once, and forgotten when a line has other words.

use std::collections::VecDeque;

use bytes::Bytes;
use minicom_protocol::{
    event::{Event, EventBody, ReplyChanged, ReplyDeleted},
    ids::{AgentId, CustomerId, Mark},
    line::LineRef,
};

/// An event encoded for its audience, with its position.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Position as the audience counts.
    pub at: u64,
    /// The mark there.
    pub mark: Mark,
    /// The event as JSON.
    pub json: Bytes,
    /// Whose own it is, and what it is for everybody else.
    pub own: Option<(AgentId, Bytes)>,
}

impl Encoded {
    pub(super) fn new(at: u64, mark: Mark, event: &impl serde::Serialize) -> Self {
        Self {
            at,
            mark,
            json: json(event),
            own: None,
        }
    }

    pub(super) fn for_agents(event: &Event) -> Self {
        Self {
            own: own(event),
            ..Self::new(event.rev.0, event.mark, event)
        }
    }

    /// As somebody may read it who is no agent: another program of the tenant.
    pub fn for_programs(event: &Event) -> Self {
        Self::for_agents(event).read_by(None)
    }

    /// As this agent may read it.
    pub(super) fn read_by(self, reader: Option<AgentId>) -> Self {
        match self.own {
            Some((owner, others)) if reader != Some(owner) => Self {
                json: others,
                own: None,
                ..self
            },
            _ => self,
        }
    }
}

fn json(event: &impl serde::Serialize) -> Bytes {
    Bytes::from(serde_json::to_vec(event).expect("an event always has a JSON form"))
}

/// An agent's own saved reply is nobody else's to read: to them it is one that is not there, or not any more.
fn own(event: &Event) -> Option<(AgentId, Bytes)> {
    let EventBody::ReplyChanged(ReplyChanged { reply }) = &event.body else {
        return None;
    };
    let gone = Event {
        body: EventBody::ReplyDeleted(ReplyDeleted { reply: reply.id }),
        ..event.clone()
    };
    Some((reply.owner?, json(&gone)))
}

/// An event in a tail, with the lines whose words it carries: its own, and the one that it quotes.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) event: Encoded,
    pub(super) lines: [Option<(CustomerId, LineRef)>; 2],
    /// Whether it says that its line has other words now.
    pub(super) changes: bool,
    /// Whether it says that texts are erased: nothing before it may be told from memory.
    pub(super) erases: bool,
}

impl Kept {
    pub(super) fn new(event: Encoded, of: &Event) -> Self {
        let line = |line: LineRef| of.subject.customer().map(|customer| (customer, line));
        let (lines, changes) = match &of.body {
            EventBody::Posted(it) => {
                let own = LineRef {
                    side: it.author.side(),
                    line: it.line,
                };
                ([line(own), it.quote.as_ref().and_then(|quote| line(quote.line))], false)
            }
            EventBody::HumanRequested(it) => {
                let question = it.note.as_ref().and_then(|note| note.question.as_ref());
                ([None, question.and_then(|quote| line(quote.line))], false)
            }
            EventBody::LineChanged(it) => ([line(it.line), None], true),
            _ => ([None, None], false),
        };
        Self {
            event,
            lines,
            changes,
            erases: matches!(of.body, EventBody::Erased(_)),
        }
    }
}

impl From<Encoded> for Kept {
    fn from(event: Encoded) -> Self {
        Self {
            event,
            lines: [None, None],
            changes: false,
            erases: false,
        }
    }
}

/// Takes out of a tail what a line said before, and all that is older: who lags that far reads the store, where lines stand as they
/// are now.
pub(super) fn evict(tail: &mut VecDeque<Kept>, change: &Kept) {
    let line = change.lines[0];
    let newest = tail
        .iter()
        .rposition(|kept| line.is_some() && kept.lines.contains(&line));
    if let Some(newest) = newest {
        tail.drain(..=newest);
    }
}
