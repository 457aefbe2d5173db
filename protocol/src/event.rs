//! What happened: the journal's events as agents and followers get them, and the one place that decides
//! what of them a customer may see.

mod affairs;
mod conversation;
mod handover;
mod parts;

use serde::{Deserialize, Serialize};

pub use self::{affairs::*, conversation::*, handover::*, parts::*};
use crate::{
    customer_event::{self as theirs, CustomerBody, CustomerEvent},
    ids::{AgentId, CommandId, ConversationId, CustomerId, Mark, Rev, Seq, TicketNo, Time},
    kinds::{UnknownBody, bodies},
    stage::{Closer, HandOverReason, Side},
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
    /// A customer, apart from the conversations.
    Customer {
        /// Which one.
        customer: CustomerId,
    },
    /// The tenant's desk: its settings, its groups.
    Desk,
    /// Saved replies and articles.
    Library,
    /// A ticket.
    Ticket {
        /// Which one.
        number: TicketNo,
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
        /// An agent gave the conversation to somebody else, or to the queue.
        Transferred(Transferred) = "chat.session.transferred", Line;
        /// The conversation went back to the queue without an agent's doing.
        Requeued(Requeued) = "chat.session.requeued", Line;
        /// The owner put the conversation aside.
        Snoozed(Snoozed) = "chat.session.snoozed", Line;
        /// The conversation is back at its owner.
        Woken(Woken) = "chat.session.woken", Line;
        /// An agent wrote something that only agents see.
        Noted(Noted) = "chat.note.new", Line;
        /// A line was changed, taken back or blanked out.
        LineChanged(LineChanged) = "chat.message.changed", Line;
        /// The conversation's tags are others.
        TagsChanged(TagsChanged) = "chat.session.tags", Summary;
        /// The conversation is about something else.
        SubjectChanged(SubjectChanged) = "chat.session.subject", Summary;
        /// The conversation is more or less urgent.
        PriorityChanged(PriorityChanged) = "chat.session.priority", Summary;
        /// A ticket was made of the conversation.
        Ticketed(Ticketed) = "chat.session.ticket", Line;
        /// The customer said how it was.
        Rated(Rated) = "chat.session.rated", Line;
        /// What was said in the conversation, and who the customer is, was erased as far as it was to be.
        Erased(Erased) = "chat.session.erased", Line;
        /// Something else is known of the customer.
        CustomerChanged(CustomerChanged) = "customer.changed", Nothing;
        /// An agent joined two customers who are one person.
        CustomersMerged(CustomersMerged) = "customer.merged", Nothing;
        /// An agent's account was made or changed.
        AgentChanged(AgentChanged) = "agent.changed", Nothing;
        /// An agent has read the own mentions up to a note.
        MentionsRead(MentionsRead) = "agent.mentions_read", Nothing;
        /// A group was made or changed.
        GroupChanged(GroupChanged) = "group.changed", Nothing;
        /// A group is no more.
        GroupDeleted(GroupDeleted) = "group.deleted", Nothing;
        /// The tenant has chosen otherwise.
        SettingsChanged(SettingsChanged) = "desk.settings", Nothing;
        /// A saved reply was made or changed.
        ReplyChanged(ReplyChanged) = "library.reply.changed", Nothing;
        /// A saved reply is no more.
        ReplyDeleted(ReplyDeleted) = "library.reply.deleted", Nothing;
        /// An article was made or changed.
        ArticleChanged(ArticleChanged) = "library.article.changed", Nothing;
        /// An article is no more.
        ArticleDeleted(ArticleDeleted) = "library.article.deleted", Nothing;
        /// A ticket was made, changed or commented.
        TicketChanged(TicketChanged) = "ticket.changed", Nothing;
    }
}

impl EventBody {
    /// The event in words for agents: what a client shows that does not know the kind, and what the HTTP
    /// history has as a system line. `None` where nothing is to be shown in a thread.
    pub fn fallback(&self) -> Option<String> {
        match self {
            EventBody::TakenOver(it) => Some(match &it.by {
                Some(admin) => format!("{} assigned it to {}", admin.name, it.agent.name),
                None if it.routed => format!("given to {}", it.agent.name),
                None => format!("{} took over", it.agent.name),
            }),
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
            EventBody::Transferred(it) => Some(match &it.to {
                Target::Agent { agent } => format!("{} transferred to {}", it.by.name, agent.name),
                Target::Group { group } => format!("{} transferred to {}", it.by.name, group.name.as_str()),
                Target::Queue => format!("{} put it back into the queue", it.by.name),
            }),
            EventBody::Requeued(it) => Some(format!("back in the queue: {}", it.reason.words())),
            EventBody::Snoozed(it) => Some(format!("{} snoozed the chat", it.agent.name)),
            EventBody::Woken(it) => Some(match it.why {
                WokenBy::Time => "the snooze ended".to_owned(),
                WokenBy::Customer => "the customer wrote: the snooze ended".to_owned(),
                WokenBy::Agent => format!("{} came back to it", it.agent.name),
            }),
            EventBody::Noted(it) => Some(format!("note by {}", it.agent.name)),
            EventBody::Ticketed(it) => Some(format!("{} made ticket {} of it", it.agent.name, it.ticket)),
            EventBody::Rated(it) => Some(match it.score {
                Some(score) => format!("the customer rated it {score} of 5"),
                None => "the customer did not rate it".to_owned(),
            }),
            EventBody::Erased(_) => Some("the texts of this chat were erased".to_owned()),
            EventBody::Unknown(it) => it.fallback.clone(),
            _ => None,
        }
    }

    /// Whether the customer's own command caused it, so that the customer may get the command's id back.
    fn is_by_customer(&self) -> bool {
        match self {
            EventBody::Posted(it) => it.author == Author::Customer,
            EventBody::HumanRequested(it) => it.by_customer,
            EventBody::Seen(it) => it.side == Side::Customer,
            EventBody::Closed(it) => it.by == Closer::Customer,
            EventBody::LineChanged(it) => it.agent.is_none(),
            EventBody::Rated(_) => true,
            EventBody::Opened(_) => true,
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
                quote: it.quote.clone(),
                state: it.state,
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
                ask_rating: it.ask_rating,
            }),
            EventBody::Transferred(it) => match &it.to {
                Target::Agent { agent } => CustomerBody::Joined(theirs::Joined {
                    name: agent.name.clone(),
                }),
                Target::Group { .. } | Target::Queue => CustomerBody::Requeued(theirs::Requeued {}),
            },
            EventBody::Requeued(_) => CustomerBody::Requeued(theirs::Requeued {}),
            EventBody::LineChanged(it) => CustomerBody::LineChanged(theirs::LineChanged {
                line: it.line,
                state: it.state,
                parts: it.parts.clone(),
            }),
            EventBody::Ticketed(it) => CustomerBody::Ticketed(theirs::Ticketed { ticket: it.ticket }),
            EventBody::Rated(it) => CustomerBody::Rated(theirs::Rated { score: it.score }),
            EventBody::Snoozed(_)
            | EventBody::Woken(_)
            | EventBody::Noted(_)
            | EventBody::TagsChanged(_)
            | EventBody::SubjectChanged(_)
            | EventBody::PriorityChanged(_)
            | EventBody::Erased(_)
            | EventBody::CustomerChanged(_)
            | EventBody::CustomersMerged(_)
            | EventBody::AgentChanged(_)
            | EventBody::MentionsRead(_)
            | EventBody::GroupChanged(_)
            | EventBody::GroupDeleted(_)
            | EventBody::SettingsChanged(_)
            | EventBody::ReplyChanged(_)
            | EventBody::ReplyDeleted(_)
            | EventBody::ArticleChanged(_)
            | EventBody::ArticleDeleted(_)
            | EventBody::TicketChanged(_)
            | EventBody::Unknown(_) => return None,
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

fn is_false(it: &bool) -> bool {
    !it
}
