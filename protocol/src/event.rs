//! What happened: the journal's events as agents and followers get them, and the one place that decides
//! what of them a customer may see.

use serde::{Deserialize, Serialize};

use crate::{
    customer_event::{self as theirs, CustomerBody, CustomerEvent},
    ids::{AgentId, CommandId, ConversationId, CustomerId, LineNo, Mark, Rev, Seq, Time},
    kinds::{UnknownBody, bodies},
    people::{AgentRef, CustomerRef, Role},
    stage::{Closer, HandOverReason, Side},
    text::MessageText,
};

/// A fact that happened, numbered and stored. For agents and followers; customers get
/// [`CustomerEvent`], which is another type so that nothing reaches them by oversight.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Position in the tenant's journal.
    pub rev: Rev,
    /// Position in the thread, exactly if the customer may see the event.
    pub seq: Option<Seq>,
    /// Random; proves continuity together with `rev` or `seq`.
    pub mark: Mark,
    /// When, by the server's clock.
    pub time: Time,
    /// What it happened to.
    pub subject: Subject,
    /// The command that caused it, for whoever sent that command.
    pub command: Option<CommandId>,
    /// What happened.
    pub body: EventBody,
}

/// What an event happened to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Subject {
    /// A conversation in a customer's thread.
    Conversation {
        /// Whose thread.
        customer: CustomerId,
        /// Which episode of it.
        conversation: ConversationId,
    },
    /// An agent's account.
    Agent {
        /// Which one.
        agent: AgentId,
    },
    /// A subject of a later version.
    #[serde(other)]
    Unknown,
}

impl Subject {
    /// The conversation, if it is one.
    pub fn conversation(&self) -> Option<ConversationId> {
        match self {
            Subject::Conversation { conversation, .. } => Some(*conversation),
            _ => None,
        }
    }

    /// The customer whose thread it is, if it is one.
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Subject::Conversation { customer, .. } => Some(*customer),
            _ => None,
        }
    }
}

bodies! {
    /// What happened, for agents.
    pub enum EventBody {
        /// A customer's conversation began.
        Opened(Opened) = "chat.session.started", Summary;
        /// A line was written.
        Posted(Posted) = "chat.message.new", Line;
        /// An agent became the owner.
        TakenOver(TakenOver) = "chat.session.assigned", Line;
        /// The conversation was given back to the bot.
        HandedBack(HandedBack) = "chat.session.handed_back", Line;
        /// A person is wanted.
        HumanRequested(HumanRequested) = "chat.session.waiting", Line;
        /// One side has read the other's lines up to a number.
        Seen(Seen) = "chat.message.seen", Summary;
        /// The conversation ended.
        Closed(Closed) = "chat.session.closed", Line;
        /// An agent's account was made or changed.
        AgentChanged(AgentChanged) = "agent.changed", Nothing;
    }
}

/// See [`EventBody::Opened`]. It carries all that a summary starts from, so that the fold needs nothing else.
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
}

/// See [`EventBody::Posted`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// Who wrote it.
    #[serde(flatten)]
    pub author: Author,
    /// Its number on the author's side of the thread.
    pub line: LineNo,
    /// What it says.
    pub parts: Vec<Part>,
}

impl Posted {
    /// The line as plain text: its parts' texts, a line each.
    pub fn text(&self) -> String {
        parts_text(&self.parts)
    }
}

/// Parts as plain text, a line each.
pub fn parts_text(parts: &[Part]) -> String {
    let texts: Vec<&str> = parts.iter().map(Part::text).collect();
    texts.join("\n")
}

/// Who wrote a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "sender", rename_all = "snake_case")]
pub enum Author {
    /// The customer.
    Customer,
    /// The first-line bot.
    Bot,
    /// An agent.
    Agent {
        /// Which one.
        agent: AgentRef,
    },
    /// The desk itself (hours, a bot that is late).
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

    /// The sources' name of the sender: `customer`, `bot`, `agent` or `system`.
    pub fn sender(&self) -> &'static str {
        match self {
            Author::Customer => "customer",
            Author::Bot => "bot",
            Author::Agent { .. } => "agent",
            Author::System => "system",
        }
    }
}

/// One part of a line. A client that does not know a part's type shows its fallback.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Plain text.
    Text(TextPart),
    /// A part of a later version.
    Unknown(UnknownPart),
}

impl Part {
    /// A part of plain text.
    pub fn of_text(text: MessageText) -> Part {
        Part::Text(TextPart {
            kind: TextTag::Text,
            text,
        })
    }

    /// The part's text, or what to show in its place.
    pub fn text(&self) -> &str {
        match self {
            Part::Text(part) => part.text.as_str(),
            Part::Unknown(part) => &part.fallback,
        }
    }
}

/// Plain text: `{"type":"text","text":"..."}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TextPart {
    /// Always `text`.
    #[serde(rename = "type")]
    pub kind: TextTag,
    /// As it was written.
    pub text: MessageText,
}

/// The word `text`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTag {
    /// The word `text`.
    Text,
}

/// A part whose type this version does not know.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UnknownPart {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to show in its place.
    #[serde(default)]
    pub fallback: String,
}

/// See [`EventBody::TakenOver`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOver {
    /// The new owner.
    pub agent: AgentRef,
}

/// See [`EventBody::HandedBack`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandedBack {
    /// Who gave it back.
    pub agent: AgentRef,
}

/// See [`EventBody::HumanRequested`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HumanRequested {
    /// Why a person is wanted.
    pub reason: HandOverReason,
    /// Whether the customer's own command asked (a key or `/human`), not the bot or the desk.
    pub by_customer: bool,
}

/// See [`EventBody::Seen`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seen {
    /// Who has read: the customer the desk's lines, the desk the customer's.
    pub side: Side,
    /// The newest line read, of the other side.
    pub up_to: LineNo,
}

/// See [`EventBody::Closed`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closed {
    /// Who ended it.
    #[serde(flatten)]
    pub by: Closer,
}

/// See [`EventBody::AgentChanged`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentChanged {
    /// The account, with its present name.
    pub agent: AgentRef,
    /// Its role.
    pub role: Role,
    /// Whether it may sign in.
    pub enabled: bool,
}

impl EventBody {
    /// The event in words for agents: what a client shows that does not know the kind, and what the HTTP
    /// history has as a system line. `None` where nothing is to be shown in a thread.
    pub fn fallback(&self) -> Option<String> {
        match self {
            EventBody::TakenOver(it) => Some(format!("{} took over", it.agent.name)),
            EventBody::HandedBack(it) => Some(format!("{} handed back to the bot", it.agent.name)),
            EventBody::HumanRequested(it) => Some(match it.reason {
                HandOverReason::CustomerAsked => "the customer asked for a person".to_owned(),
                other => format!("a person is wanted: {}", other.words()),
            }),
            EventBody::Closed(it) => Some(match &it.by {
                Closer::Customer => "the customer ended the chat".to_owned(),
                Closer::Agent { agent } => format!("{} ended the chat", agent.name),
                Closer::System => "the chat was ended".to_owned(),
            }),
            EventBody::Unknown(it) => it.fallback.clone(),
            EventBody::Opened(_) | EventBody::Posted(_) | EventBody::Seen(_) | EventBody::AgentChanged(_) => None,
        }
    }

    /// Whether the customer's own command caused it, so that the customer may get the command's id back.
    fn is_by_customer(&self) -> bool {
        match self {
            EventBody::Posted(it) => it.author == Author::Customer,
            EventBody::HumanRequested(it) => it.by_customer,
            EventBody::Seen(it) => it.side == Side::Customer,
            EventBody::Closed(it) => it.by == Closer::Customer,
            _ => false,
        }
    }

    /// What the customer may see of it. The match is exhaustive on purpose: a new kind is hidden until
    /// somebody decides otherwise, here.
    pub fn for_customer(&self) -> Option<CustomerBody> {
        Some(match self {
            EventBody::Opened(it) => CustomerBody::Opened(theirs::Opened { number: it.number }),
            EventBody::Posted(it) => CustomerBody::Posted(theirs::Posted {
                author: match &it.author {
                    Author::Customer => theirs::Author::Customer,
                    Author::Bot => theirs::Author::Bot,
                    Author::Agent { agent } => theirs::Author::Agent {
                        name: agent.name.clone(),
                    },
                    Author::System => theirs::Author::System,
                },
                line: it.line,
                parts: it.parts.clone(),
            }),
            EventBody::TakenOver(it) => CustomerBody::Joined(theirs::Joined {
                name: it.agent.name.clone(),
            }),
            EventBody::HandedBack(_) => CustomerBody::HandedBack(theirs::HandedBack {}),
            EventBody::HumanRequested(_) => CustomerBody::HumanRequested(theirs::HumanRequested {}),
            EventBody::Seen(it) => CustomerBody::Seen(*it),
            EventBody::Closed(it) => CustomerBody::Closed(theirs::Closed {
                by: match &it.by {
                    Closer::Customer => theirs::Closer::Customer,
                    Closer::Agent { .. } => theirs::Closer::Agent,
                    Closer::System => theirs::Closer::System,
                },
            }),
            EventBody::AgentChanged(_) | EventBody::Unknown(_) => return None,
        })
    }
}

impl Event {
    /// The event as its customer gets it: without the journal's position, reasons, other people's command
    /// ids, or more of an agent than a name. `None` exactly if the event has no [`Seq`].
    pub fn for_customer(&self) -> Option<CustomerEvent> {
        Some(CustomerEvent {
            seq: self.seq?,
            mark: self.mark,
            time: self.time,
            conversation: self.subject.conversation()?,
            command: self.command.filter(|_| self.body.is_by_customer()),
            body: self.body.for_customer()?,
        })
    }
}
