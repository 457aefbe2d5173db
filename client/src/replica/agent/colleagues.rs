//! Signals: who is there and looks at what, who types, and what is on the customers' screens. Momentary, whole values.

use std::{collections::HashMap, time::Instant};

use minicom_protocol::{
    event::{Author, Event, EventBody},
    frame::{AgentSignal, Typist},
    ids::{AgentId, ConversationId, LineNo},
    staff::Presence,
};

use crate::replica::typing::TypingBoard;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum TypistKey {
    Customer,
    Bot,
    Agent(AgentId),
}

/// What was last signalled.
#[derive(Clone, Debug)]
pub(crate) struct Colleagues {
    pub presence: Vec<Presence>,
    pub typing: TypingBoard<(ConversationId, TypistKey), Typist>,
    /// What the bot is saying where.
    pub says: TypingBoard<ConversationId, String>,
    delivered: HashMap<ConversationId, LineNo>,
}

impl Colleagues {
    pub fn new() -> Self {
        Self {
            presence: Vec::new(),
            typing: TypingBoard::new(),
            says: TypingBoard::new(),
            delivered: HashMap::new(),
        }
    }

    /// Starts afresh. Presence stays until it is told again, which is at once.
    pub fn clear(&mut self) {
        self.typing.clear();
        self.says.clear();
        self.delivered.clear();
    }

    pub fn signal(&mut self, signal: AgentSignal, now: Instant) {
        match signal {
            AgentSignal::Presence { agents } => self.presence = agents,
            AgentSignal::Typing {
                conversation,
                who,
                on,
                at,
            } => {
                let key = match &who {
                    Typist::Customer => TypistKey::Customer,
                    Typist::Bot => TypistKey::Bot,
                    Typist::Agent { agent } => TypistKey::Agent(agent.id),
                };
                self.typing.signal((conversation, key), who, on, at.0, now);
            }
            AgentSignal::BotDelta { conversation, text, at } => self.says.signal(conversation, text, true, at.0, now),
            AgentSignal::BotDone { conversation, at } => {
                self.says.signal(conversation, String::new(), false, at.0, now)
            }
            // One's own, and kept elsewhere.
            AgentSignal::Views { .. } => {}
            AgentSignal::Delivered { conversation, up_to } => {
                let known = self.delivered.entry(conversation).or_default();
                *known = up_to.max(*known);
            }
        }
    }

    pub fn event(&mut self, conversation: ConversationId, event: &Event) {
        match &event.body {
            EventBody::Posted(posted) => {
                let who = match &posted.author {
                    Author::Customer => TypistKey::Customer,
                    Author::Bot => TypistKey::Bot,
                    Author::Agent { agent } => TypistKey::Agent(agent.id),
                    Author::System => return,
                };
                self.typing.line((conversation, who), event.rev.0);
                if who == TypistKey::Bot {
                    self.says.line(conversation, event.rev.0);
                }
            }
            EventBody::Noted(it) => {
                let by = TypistKey::Agent(it.agent.id);
                self.typing.line((conversation, by), event.rev.0);
            }
            EventBody::TakenOver(_) => {
                self.typing.stop(|key| *key == (conversation, TypistKey::Bot));
                self.says.line(conversation, event.rev.0);
            }
            // What was begun before is nothing any more, also if it comes later.
            EventBody::HumanRequested(_) | EventBody::HandedBack(_) => self.says.line(conversation, event.rev.0),
            EventBody::Closed(_) => {
                self.says.line(conversation, event.rev.0);
                self.typing.forget(|(where_, _)| *where_ == conversation);
                self.delivered.remove(&conversation);
            }
            _ => {}
        }
    }

    pub fn delivered(&self, conversation: ConversationId) -> LineNo {
        self.delivered.get(&conversation).copied().unwrap_or_default()
    }
}
