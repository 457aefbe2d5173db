//! One conversation as a document: text, Markdown or JSON, from its beginning, sent as it is read.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use minicom_protocol::{
    event::{Event, EventBody},
    ids::{ConversationId, Time},
    stage::Stage,
    transcript::Format,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{MessageAnswer, OwnSessionAnswer, SessionAnswer, notes::NoteAnswer};
use crate::{
    clock::rfc3339,
    desk::{Desk, TranscriptPage},
    http::{
        App,
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, bearer},
        under_way::UnderWay,
    },
    store::TenantKey,
};

/// How a transcript is written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Written {
    /// Lines of text, safe to read on a terminal.
    #[default]
    Text,
    /// Markdown in which nobody's words are marks.
    Markdown,
    /// An object with `session`, `messages` and, if asked for, `notes` among them.
    Json,
}

/// Who reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// An agent, with what only agents see or without.
    Agent {
        /// With notes.
        notes: bool,
    },
    /// The customer.
    Customer,
}

/// How a transcript is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TranscriptQuery {
    /// How it is written.
    #[serde(default)]
    #[param(inline, default = "text")]
    format: Written,
    /// With the notes, which only agents see.
    #[serde(default)]
    notes: bool,
}

/// One conversation as a document: text, Markdown or JSON.
#[utoipa::path(
    get, path = "/sessions/{id}/transcript", tag = "sessions", operation_id = "show_transcript",
    params(("id" = Uuid, Path, description = "The conversation"), TranscriptQuery),
    responses((status = 200, description = "the whole conversation", body = String, content_type = "text/plain"))
)]
pub async fn transcript(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    Asked(query): Asked<TranscriptQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let under_way = UnderWay::of_agent(&app, &agent, bearer(&headers).unwrap_or_default()).await?;
    let reader = Reader::Agent { notes: query.notes };
    send(app.desk, (key, conversation), reader, query.format, under_way).await
}

/// Sends a conversation, from its first page on, as long as its reader may have it.
pub async fn send(
    desk: Desk,
    (key, conversation): (TenantKey, ConversationId),
    reader: Reader,
    written: Written,
    under_way: UnderWay,
) -> Result<Response, ApiError> {
    // The first page before the head: what cannot be read is refused, not cut off.
    let first = desk.transcript(key, conversation, None).await?;
    let writing = Writing {
        reader,
        written,
        begun: false,
        any: false,
    };
    let pages = stream::unfold(Some((writing, first, desk, under_way)), move |at| async move {
        let (mut writing, page, desk, under_way) = at?;
        let bytes = match writing.page(&page) {
            Ok(text) => Ok(Bytes::from(text)),
            Err(error) => return Some((Err(std::io::Error::other(error)), None)),
        };
        let next = match page.next {
            Some(next) => {
                let page = desk.transcript(key, conversation, Some(next));
                under_way.unless_over(page).await.flatten().map(Some)
            }
            None => Ok(None),
        };
        // A page that fails, or that its reader may have no more, cuts the body off in a way that the reader sees.
        Some(match next {
            Ok(next) => (bytes, next.map(|page| (writing, page, desk, under_way))),
            Err(refusal) => (Err(std::io::Error::other(refusal.code())), None),
        })
    });
    let (kind, ending) = match written {
        Written::Text => ("text/plain; charset=utf-8", "txt"),
        Written::Markdown => ("text/markdown; charset=utf-8", "md"),
        Written::Json => ("application/json", "json"),
    };
    let name = format!("attachment; filename=\"transcript-{conversation}.{ending}\"");
    let head = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, Body::from_stream(pages)).into_response())
}

/// A document that is being written.
struct Writing {
    reader: Reader,
    written: Written,
    /// Whether its head is written.
    begun: bool,
    /// Whether something stands in its list.
    any: bool,
}

impl Writing {
    /// What a page adds to it.
    fn page(&mut self, page: &TranscriptPage) -> Result<String, serde_json::Error> {
        match self.written {
            Written::Text => Ok(self.document(Format::Text, page)),
            Written::Markdown => Ok(self.document(Format::Markdown, page)),
            Written::Json => self.json(page),
        }
    }

    fn document(&mut self, format: Format, page: &TranscriptPage) -> String {
        let mut out = String::new();
        let row = &page.session.row;
        let customer = row.customer.name.as_str();
        if !std::mem::replace(&mut self.begun, true) {
            let mut facts = vec![("Opened", stamp(row.opened_at))];
            if let Stage::Closed { at, .. } = &row.stage {
                facts.push(("Ended", stamp(*at)));
            }
            if let Some(subject) = &row.intake.subject {
                facts.push(("Subject", subject.as_str().to_owned()));
            }
            out.push_str(&format.head(&format!("Chat {} with {customer}", row.number), &facts));
        }
        for event in &page.events {
            let at = stamp(event.time);
            out.push_str(&match self.reader {
                Reader::Agent { notes } => format.event(&at, customer, &event.body, notes),
                Reader::Customer => event
                    .for_customer()
                    .map_or_else(String::new, |it| format.own_event(&at, customer, &it.body)),
            });
        }
        out
    }

    fn json(&mut self, page: &TranscriptPage) -> Result<String, serde_json::Error> {
        let mut out = String::new();
        if !std::mem::replace(&mut self.begun, true) {
            let session = match self.reader {
                Reader::Agent { .. } => serde_json::to_string(&SessionAnswer::of(&page.session))?,
                Reader::Customer => serde_json::to_string(&OwnSessionAnswer::of(&page.session.row))?,
            };
            out.push_str(&format!("{{\"session\":{session},\"messages\":["));
        }
        for event in &page.events {
            let Some(told) = self.told(event) else { continue };
            if std::mem::replace(&mut self.any, true) {
                out.push(',');
            }
            out.push_str(&serde_json::to_string(&told)?);
        }
        if page.next.is_none() {
            out.push_str("]}\n");
        }
        Ok(out)
    }

    fn told(&self, event: &Event) -> Option<Told> {
        match (self.reader, &event.body) {
            (Reader::Agent { notes: true }, EventBody::Noted(note)) => {
                let note = NoteAnswer::of(event.rev, event.subject.conversation()?, note, event.time);
                Some(Told::Note { note })
            }
            (Reader::Agent { .. }, _) => MessageAnswer::for_agents(event).map(Told::message),
            (Reader::Customer, _) => MessageAnswer::for_customer(&event.for_customer()?).map(Told::message),
        }
    }
}

/// What stands in the list.
#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Message(Box<MessageAnswer>),
    Note { note: NoteAnswer },
}

impl Told {
    fn message(answer: MessageAnswer) -> Told {
        Told::Message(Box::new(answer))
    }
}

/// A moment, to the second, in UTC.
fn stamp(at: Time) -> String {
    let text = rfc3339(at);
    match text.get(..19) {
        Some(seconds) => format!("{} UTC", seconds.replace('T', " ")),
        None => text,
    }
}
