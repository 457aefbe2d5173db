//! A line in the names of the API: for agents, and for its customer.

use minicom_protocol::{
    customer_event::{self as theirs, CustomerBody, CustomerEvent},
    event::{Author, Event, EventBody, HandOverNote, Mood, Part, Posted, TriedHow, parts_text},
    ids::{AgentId, ConversationId, Time},
    line::{LineState, Quote},
    stage::Side,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{clock::rfc3339, http::api::uploads::UploadAnswer};

/// A line of a conversation, or what happened in words.
#[derive(Serialize, ToSchema)]
pub struct MessageAnswer {
    /// Its position in the customer's thread: lines of one thread are in the order of their ids.
    id: u64,
    /// Its conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Who wrote it; `system` is the desk itself, and what happened in words.
    #[schema(value_type = SenderWord)]
    sender: &'static str,
    /// The agent's name, where an agent wrote it.
    agent_name: Option<String>,
    /// The agent's id, where an agent wrote it; for agents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, nullable = false)]
    agent_id: Option<AgentId>,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(value_type = MessageWord)]
    kind: &'static str,
    /// What it says, as it was written. It is a stranger's text: show it as text and nothing else.
    content: String,
    /// What to choose from goes with it: who chooses writes the `pick` as a message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<ChoiceAnswer>,
    /// The article that goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "refunds", nullable = false)]
    kb_article_id: Option<String>,
    /// The file that goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attachment: Option<UploadAnswer>,
    /// Where that file is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attachment_url: Option<String>,
    /// What became of it since.
    #[schema(value_type = LineStateWord)]
    state: LineState,
    /// Its number on its author's side of the thread, for `seen`; none where it only tells what happened.
    line: Option<u64>,
    /// The line that it answers, by side and number, and its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote: Option<QuoteAnswer>,
    /// Where a person is wanted: what was before, for whoever takes it. For agents only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<HandOverAnswer>,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
}

/// Who wrote a line.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes words that are made elsewhere")]
enum SenderWord {
    Customer,
    Bot,
    Agent,
    System,
}

/// `text` is a line, `file` one with a file, `kb_article` one with an article, `event` tells what happened.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes words that are made elsewhere")]
enum MessageWord {
    Text,
    File,
    KbArticle,
    Event,
}

/// What became of a line.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
enum LineStateWord {
    Original,
    Edited,
    Withdrawn,
    Blanked,
}

/// One of several things to choose from.
#[derive(Serialize, ToSchema)]
struct ChoiceAnswer {
    /// What is written to choose it.
    #[schema(example = "1")]
    pick: String,
    /// What it is called.
    #[schema(example = "Refunds")]
    title: String,
    /// The article's short name, if it is one; `null`: a person.
    #[schema(example = "refunds")]
    kb_article_id: Option<String>,
}

impl ChoiceAnswer {
    fn all(part: &Part) -> Vec<ChoiceAnswer> {
        let Part::Choices(offer) = part else {
            return vec![];
        };
        let choices = offer.choices.iter().map(|choice| ChoiceAnswer {
            pick: choice.pick.clone(),
            title: choice.title.as_str().to_owned(),
            kb_article_id: choice.slug.as_ref().map(|slug| slug.as_str().to_owned()),
        });
        choices.collect()
    }
}

/// What was before a person was asked for.
#[derive(Serialize, ToSchema)]
pub struct HandOverAnswer {
    /// The customer's last question, by side and number of its line, with its beginning as it stands now; numbers of cards, addresses
    /// and the like are masked.
    question: Option<QuoteAnswer>,
    /// More of the reason, in words.
    #[schema(example = "no article is near enough")]
    why: Option<String>,
    /// Articles that the customer was given or offered.
    tried: Vec<TriedAnswer>,
    /// The article that is nearest to the question.
    nearest: Option<NearestAnswer>,
    /// How the customer sounds: `calm` or `upset`.
    #[schema(example = "calm")]
    mood: &'static str,
    /// The language that the customer writes, as a code of two letters.
    #[schema(example = "en")]
    language: Option<String>,
    /// All of it in words, a fact a line.
    lines: Vec<String>,
}

/// An article that was tried.
#[derive(Serialize, ToSchema)]
struct TriedAnswer {
    /// Its short name.
    #[schema(example = "refunds")]
    kb_article_id: String,
    /// Its title then.
    #[schema(example = "Refunds")]
    title: String,
    /// `answered` or `offered`.
    #[schema(example = "answered")]
    how: &'static str,
}

/// The article that is nearest to a question.
#[derive(Serialize, ToSchema)]
struct NearestAnswer {
    /// Its short name.
    #[schema(example = "refunds")]
    kb_article_id: String,
    /// Its title then.
    #[schema(example = "Refunds")]
    title: String,
    /// How probable it is that it answers, in percent.
    #[schema(example = 31)]
    percent: u8,
}

impl From<&HandOverNote> for HandOverAnswer {
    fn from(it: &HandOverNote) -> HandOverAnswer {
        let tried = it.tried.iter().map(|tried| TriedAnswer {
            kb_article_id: tried.article.as_str().to_owned(),
            title: tried.title.as_str().to_owned(),
            how: match tried.how {
                TriedHow::Offered => "offered",
                TriedHow::Answered | TriedHow::Other => "answered",
            },
        });
        HandOverAnswer {
            question: it.question.as_ref().map(QuoteAnswer::from),
            why: it.why.clone(),
            tried: tried.collect(),
            nearest: it.nearest.as_ref().map(|nearest| NearestAnswer {
                kb_article_id: nearest.article.as_str().to_owned(),
                title: nearest.title.as_str().to_owned(),
                percent: nearest.percent,
            }),
            mood: if it.mood == Mood::Upset { "upset" } else { "calm" },
            language: it.language.clone(),
            lines: it.lines(),
        }
    }
}

/// A line that is answered.
#[derive(Serialize, ToSchema)]
struct QuoteAnswer {
    /// `customer` or `desk`.
    side: &'static str,
    /// Its number on that side.
    line: u64,
    /// Its beginning, as it stands now.
    excerpt: String,
}

impl From<&Quote> for QuoteAnswer {
    fn from(it: &Quote) -> QuoteAnswer {
        let side = match it.line.side {
            Side::Customer => "customer",
            Side::Desk => "desk",
        };
        QuoteAnswer {
            side,
            line: it.line.line.0,
            excerpt: it.excerpt.clone(),
        }
    }
}

/// What a line says, or what stands in its place; and what goes with it.
#[derive(Default)]
struct SaidWith {
    content: String,
    article: Option<String>,
    file: Option<UploadAnswer>,
    choices: Vec<ChoiceAnswer>,
}

impl SaidWith {
    fn of(state: LineState, parts: &[Part]) -> SaidWith {
        if let Some(words) = state.words() {
            return SaidWith {
                content: words.to_owned(),
                ..SaidWith::default()
            };
        }
        SaidWith {
            content: parts_text(parts),
            article: parts.iter().find_map(|part| match part {
                Part::Card(card) => Some(card.slug.as_str().to_owned()),
                _ => None,
            }),
            file: parts.iter().find_map(|part| match part {
                Part::File(file) => Some(UploadAnswer::from(file)),
                _ => None,
            }),
            choices: parts.iter().flat_map(ChoiceAnswer::all).collect(),
        }
    }

    fn kind(&self) -> &'static str {
        match (&self.article, &self.file) {
            (_, Some(_)) => "file",
            (Some(_), None) => "kb_article",
            (None, None) => "text",
        }
    }

    /// Onto an answer that has the rest.
    fn on(self, rest: MessageAnswer) -> MessageAnswer {
        MessageAnswer {
            kind: self.kind(),
            content: self.content,
            choices: self.choices,
            kb_article_id: self.article,
            attachment_url: self.file.as_ref().map(UploadAnswer::url),
            attachment: self.file,
            ..rest
        }
    }
}

impl MessageAnswer {
    /// An event as agents read it; `None` if there is nothing to read.
    pub fn for_agents(event: &Event) -> Option<MessageAnswer> {
        let (seq, conversation) = (event.seq?.0, event.subject.conversation()?);
        let happened = |content| MessageAnswer::happened(seq, conversation, event.time, content);
        match &event.body {
            EventBody::Posted(posted) => {
                let agent = match &posted.author {
                    Author::Agent { agent } => Some(agent),
                    _ => None,
                };
                let Posted {
                    state,
                    parts,
                    quote,
                    line,
                    ..
                } = posted;
                Some(SaidWith::of(*state, parts).on(MessageAnswer {
                    sender: posted.author.sender(),
                    agent_name: agent.map(|it| it.name.to_string()),
                    agent_id: agent.map(|it| it.id),
                    state: *state,
                    line: Some(line.0),
                    quote: quote.as_ref().map(QuoteAnswer::from),
                    ..happened(String::new())
                }))
            }
            EventBody::HumanRequested(wanted) => Some(MessageAnswer {
                note: wanted.note.as_deref().map(HandOverAnswer::from),
                ..happened(event.body.fallback()?)
            }),
            other => Some(happened(other.fallback()?)),
        }
    }

    /// An event as its customer reads it; `None` if there is nothing to read.
    pub fn for_customer(event: &CustomerEvent) -> Option<MessageAnswer> {
        let happened = |content| MessageAnswer::happened(event.seq.0, event.conversation, event.time, content);
        match &event.body {
            CustomerBody::Posted(posted) => {
                let (sender, name) = match &posted.author {
                    theirs::Author::Customer => ("customer", None),
                    theirs::Author::Bot => ("bot", None),
                    theirs::Author::Agent { name } => ("agent", Some(name.to_string())),
                    theirs::Author::System => ("system", None),
                };
                Some(SaidWith::of(posted.state, &posted.parts).on(MessageAnswer {
                    sender,
                    agent_name: name,
                    state: posted.state,
                    line: Some(posted.line.0),
                    quote: posted.quote.as_ref().map(QuoteAnswer::from),
                    ..happened(String::new())
                }))
            }
            other => Some(happened(other.fallback()?)),
        }
    }

    fn happened(id: u64, session_id: ConversationId, time: Time, content: String) -> MessageAnswer {
        MessageAnswer {
            id,
            session_id,
            sender: "system",
            agent_name: None,
            agent_id: None,
            kind: "event",
            content,
            choices: vec![],
            kb_article_id: None,
            attachment: None,
            attachment_url: None,
            state: LineState::Original,
            line: None,
            quote: None,
            note: None,
            timestamp: rfc3339(time),
        }
    }
}
