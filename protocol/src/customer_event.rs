//! What happened, as a customer may know it.

use serde::{Deserialize, Serialize};

use crate::{
    event::{Part, Seen, parts_text},
    ids::{CommandId, ConversationId, LineNo, Mark, Seq, TicketNo, Time},
    kinds::{UnknownBody, bodies},
    line::{LineRef, LineState, Quote},
    stage::Side,
    text::DisplayName,
};

/// An event of the customer's own thread.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomerEvent {
    /// Position in the thread.
    pub seq: Seq,
    /// Random; proves continuity together with `seq`.
    pub mark: Mark,
    /// When, by the server's clock.
    pub time: Time,
    /// Which conversation of the thread.
    pub conversation: ConversationId,
    /// The customer's own command that caused it, if one did.
    pub command: Option<CommandId>,
    /// What happened.
    pub body: CustomerBody,
}

bodies! {
    /// What happened, for the customer.
    pub enum CustomerBody {
        /// A conversation began.
        Opened(Opened) = "chat.session.started", Summary;
        /// A line was written.
        Posted(Posted) = "chat.message.new", Line;
        /// A person is with the customer from here on.
        Joined(Joined) = "chat.agent.joined", Line;
        /// The bot answers again.
        HandedBack(HandedBack) = "chat.session.handed_back", Line;
        /// A person has been asked for.
        HumanRequested(HumanRequested) = "chat.session.waiting", Line;
        /// One side has read the other's lines up to a number.
        Seen(Seen) = "chat.message.seen", Summary;
        /// The conversation ended.
        Closed(Closed) = "chat.session.closed", Line;
        /// The customer waits for a person again; the place in the queue is kept.
        Requeued(Requeued) = "chat.session.requeued", Line;
        /// A line was changed, taken back or blanked out.
        LineChanged(LineChanged) = "chat.message.changed", Line;
        /// There is a ticket now.
        Ticketed(Ticketed) = "chat.session.ticket", Line;
        /// The customer said how it was, or did not want to.
        Rated(Rated) = "chat.session.rated", Line;
    }
}

/// See [`CustomerBody::Opened`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// The how-manieth conversation of the thread, from 1.
    pub number: u64,
}

/// See [`CustomerBody::Posted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// Who wrote it.
    #[serde(flatten)]
    pub author: Author,
    /// Its number on the author's side of the thread.
    pub line: LineNo,
    /// What it says; empty where its text is gone.
    pub parts: Vec<Part>,
    /// What it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    /// What became of it since. Lines are always told in their present form.
    #[serde(default, skip_serializing_if = "LineState::is_original")]
    pub state: LineState,
}

impl Posted {
    /// The line as plain text: its parts' texts, a line each.
    pub fn text(&self) -> String {
        parts_text(&self.parts)
    }
}

/// Who wrote a line, as the customer may know it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "sender", rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The first-line bot.
    Bot,
    /// An agent.
    Agent {
        /// The agent's name, and no more of the agent than that.
        name: DisplayName,
    },
    /// The desk itself.
    System,
}

impl Author {
    /// The side of the thread that the author is on.
    pub fn side(&self) -> Side {
        match self {
            Author::Customer => Side::Customer,
            _ => Side::Desk,
        }
    }
}

/// See [`CustomerBody::Joined`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Joined {
    /// The agent's name.
    pub name: DisplayName,
}

/// See [`CustomerBody::HandedBack`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedBack {}

/// See [`CustomerBody::HumanRequested`]. Customers do not get the reason.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HumanRequested {}

/// See [`CustomerBody::Closed`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Who ended it.
    pub by: Closer,
    /// Whether the customer is asked how it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask_rating: bool,
}

/// See [`CustomerBody::Requeued`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requeued {}

/// See [`CustomerBody::LineChanged`].
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
}

/// See [`CustomerBody::Ticketed`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ticketed {
    /// Its number.
    pub ticket: TicketNo,
}

/// See [`CustomerBody::Rated`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rated {
    /// From 1 (bad) to 5 (good); absent: not wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

/// Who ended a conversation, as the customer may know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closer {
    /// The customer.
    Customer,
    /// An agent.
    Agent,
    /// The desk itself.
    System,
}

impl CustomerBody {
    /// The event in words for the customer; `None` where nothing is to be shown in the thread.
    pub fn fallback(&self) -> Option<String> {
        match self {
            CustomerBody::Joined(it) => Some(format!("{} joined", it.name)),
            CustomerBody::HandedBack(_) => Some("The assistant answers again.".to_owned()),
            CustomerBody::HumanRequested(_) => Some("A person has been asked for.".to_owned()),
            CustomerBody::Closed(it) => Some(match it.by {
                Closer::Customer => "You ended this chat.".to_owned(),
                Closer::Agent | Closer::System => "This chat has ended. Write again to start a new one.".to_owned(),
            }),
            CustomerBody::Requeued(_) => Some("You are back in the queue; your place is kept.".to_owned()),
            CustomerBody::Ticketed(it) => Some(format!("This is now ticket {}.", it.ticket)),
            CustomerBody::Rated(it) => Some(match it.score {
                Some(score) => format!("You rated this chat {score} of 5. Thank you."),
                None => "You did not rate this chat.".to_owned(),
            }),
            CustomerBody::Unknown(it) => it.fallback.clone(),
            CustomerBody::LineChanged(_)
            | CustomerBody::Opened(_)
            | CustomerBody::Posted(_)
            | CustomerBody::Seen(_) => None,
        }
    }
}
