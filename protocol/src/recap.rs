//! A conversation in a few lines, for an agent who comes to it: who, what was asked first, what the bot tried, who had it when, what is open.
//! A fold of its events, so that nothing in it is made up. Clocks and time zones are the caller's.

use serde::{Deserialize, Serialize};

use crate::{
    event::{Author, Event, EventBody, Part, Posted},
    ids::{ConversationId, TicketNo, Time},
    intake::Priority,
    people::{AgentRef, CustomerRef},
    stage::{HandOverReason, Stage},
    summary::Summary,
    words::{SubjectLine, Tag},
};

mod words;

/// Characters that are told of a line.
pub const SAID_CHARS_MAX: usize = 300;
/// Of each list, the newest so many.
pub const LISTED_MAX: usize = 8;
/// A line of fewer words is hardly the question: "hello".
const QUESTION_WORDS: usize = 3;

/// See the module.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Recap {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: CustomerRef,
    /// When it began.
    pub opened_at: Time,
    /// Where it stands.
    #[serde(flatten)]
    pub stage: Stage,
    /// Lines in it.
    pub lines: u64,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectLine>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Priority,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The ticket that was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketNo>,
    /// What the customer asked first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Said>,
    /// What the bot said to it, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<BotSaid>,
    /// Why a person was wanted, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<HandOverReason>,
    /// Who had it when, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// What an agent answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<Answered>,
    /// What the customer said since, the newest last: nobody has answered it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Said>,
    /// Names of the files that were sent, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// How many notes it has.
    #[serde(default)]
    pub notes: u64,
    /// The same in the words of a language model, where the desk has one and it answered in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// Something that was said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Said {
    /// When.
    pub at: Time,
    /// Its beginning, on one line, at most [`SAID_CHARS_MAX`] characters. As raw as it was said.
    pub text: String,
}

/// Something that the bot said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BotSaid {
    /// When, and its beginning.
    #[serde(flatten)]
    pub said: Said,
    /// The article that went with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<SubjectLine>,
}

/// What an agent answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Answered {
    /// Who.
    pub agent: AgentRef,
    /// When, and its beginning.
    #[serde(flatten)]
    pub said: Said,
}

/// A time in which an agent had it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// Who.
    pub agent: AgentRef,
    /// From then on.
    pub from: Time,
    /// Until then; left out: still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl Recap {
    /// Of a conversation, by its row and all of its events in order, as they stand now.
    pub fn of<'a>(row: &Summary, events: impl IntoIterator<Item = &'a Event>) -> Recap {
        let mut recap = Recap::begin(row);
        for event in events {
            recap.goes_on(event);
        }
        recap
    }

    /// Of a conversation of which no event is known yet.
    pub fn begin(row: &Summary) -> Recap {
        Recap {
            conversation: row.conversation,
            customer: row.customer.clone(),
            opened_at: row.opened_at,
            stage: row.stage.clone(),
            lines: row.message_count,
            subject: row.intake.subject.clone(),
            priority: row.intake.priority,
            tags: row.tags.clone(),
            ticket: row.ticket,
            first: None,
            tried: vec![],
            wanted: None,
            held: vec![],
            answered: None,
            open: vec![],
            files: vec![],
            notes: row.notes,
            words: None,
        }
    }

    /// Takes in the next event of the conversation; those of others are passed over.
    pub fn goes_on(&mut self, event: &Event) {
        if event.subject.conversation() != Some(self.conversation) {
            return;
        }
        let at = event.time;
        match &event.body {
            EventBody::Posted(line) => self.line(line, at),
            EventBody::TakenOver(it) => self.has(Some(&it.agent), at),
            EventBody::HandedBack(_) | EventBody::Requeued(_) | EventBody::Closed(_) => self.has(None, at),
            EventBody::Transferred(it) => match &it.to {
                crate::event::Target::Agent { agent } => self.has(Some(agent), at),
                _ => self.has(None, at),
            },
            EventBody::HumanRequested(it) => {
                self.wanted = Some(it.reason);
                // What the bot said as it gave up was no try.
                self.tried.pop_if(|last| last.said.at == at && last.article.is_none());
            }
            _ => {}
        }
    }

    fn has(&mut self, agent: Option<&AgentRef>, at: Time) {
        if let Some(last) = self.held.last_mut() {
            if agent == Some(&last.agent) && last.until.is_none() {
                return;
            }
            last.until.get_or_insert(at);
        }
        if let Some(agent) = agent.cloned() {
            let (from, until) = (at, None);
            push(&mut self.held, Held { agent, from, until });
        }
    }

    fn line(&mut self, line: &Posted, at: Time) {
        for part in &line.parts {
            if let Part::File(file) = part {
                push(&mut self.files, file.name.as_str().to_owned());
            }
        }
        let Some(said) = Said::of(line, at) else { return };
        match &line.author {
            Author::Customer => {
                let is_question = |it: &Said| it.text.split_whitespace().count() >= QUESTION_WORDS;
                if self
                    .first
                    .as_ref()
                    .is_none_or(|first| !is_question(first) && is_question(&said))
                {
                    self.first = Some(said.clone());
                }
                push(&mut self.open, said);
            }
            Author::Bot => {
                let article = line.parts.iter().find_map(|part| match part {
                    Part::Card(card) => Some(card.title.clone()),
                    _ => None,
                });
                // It has answered, if it could: whether that helped is told by what comes after.
                push(&mut self.tried, BotSaid { said, article });
            }
            Author::Agent { agent } => {
                let agent = agent.clone();
                self.answered = Some(Answered { agent, said });
                self.open.clear();
            }
            Author::System => {}
        }
    }
}

impl Said {
    /// What a line says; `None` if nothing of it can be read any more.
    fn of(line: &Posted, at: Time) -> Option<Said> {
        let text = line.text();
        let mut words = text.split_whitespace();
        let mut one_line = words.next()?.to_owned();
        for word in words {
            one_line.push(' ');
            one_line.push_str(word);
        }
        if let Some((cut, _)) = one_line.char_indices().nth(SAID_CHARS_MAX) {
            one_line.truncate(cut);
        }
        Some(Said { at, text: one_line })
    }
}

fn push<T>(list: &mut Vec<T>, it: T) {
    if list.len() == LISTED_MAX {
        list.remove(0);
    }
    list.push(it);
}

#[cfg(test)]
#[path = "recap_tests.rs"]
mod tests;
