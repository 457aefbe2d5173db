//! Notes on a conversation: what only agents see.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::AgentCommand,
    context::NoteRow,
    event::Noted,
    ids::{AgentId, ConversationId, GroupId, Rev, Time},
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::does;
use crate::{
    clock::rfc3339,
    http::{
        App,
        api::words::{Person, either},
        asked::{Asked, Named},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{LongLimit, begins_at, place_text},
    },
};

/// A note.
#[derive(Serialize, ToSchema)]
pub struct NoteAnswer {
    /// Its position in the desk's journal.
    id: u64,
    /// Its conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// Who wrote it.
    agent: Person,
    /// What it says. Show it as text and nothing else.
    content: String,
    /// When.
    #[schema(format = DateTime)]
    timestamp: String,
}

impl NoteAnswer {
    /// The note that an event tells of.
    pub fn of(rev: Rev, conversation: ConversationId, note: &Noted, at: Time) -> NoteAnswer {
        NoteAnswer {
            id: rev.0,
            session_id: conversation,
            agent: Person::from(&note.agent),
            content: note.text.as_str().to_owned(),
            timestamp: rfc3339(at),
        }
    }
}

impl From<&NoteRow> for NoteAnswer {
    fn from(it: &NoteRow) -> NoteAnswer {
        NoteAnswer {
            id: it.rev.0,
            session_id: it.conversation,
            agent: Person::from(&it.by),
            content: it.text.clone(),
            timestamp: rfc3339(it.at),
        }
    }
}

/// A page of notes, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Notes)]
pub struct NotesAnswer {
    /// The page.
    notes: Vec<NoteAnswer>,
    /// Hand in as `cursor` for older ones; `null` at the end.
    next_cursor: Option<String>,
}

/// How many notes, and from where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotesQuery {
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "notes";

/// Lists the notes on a conversation, newest first.
#[utoipa::path(
    get, path = "/sessions/{id}/notes", tag = "sessions", operation_id = "list_notes",
    params(("id" = Uuid, Path, description = "The conversation"), NotesQuery),
    responses((status = 200, body = NotesAnswer))
)]
pub async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    Asked(query): Asked<NotesQuery>,
) -> Result<Json<NotesAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let before = begins_at(query.cursor.as_deref(), LIST, whose, |at| at.parse().ok().map(Rev))?;
    let limit = query.limit.unwrap_or_default().0;
    let (notes, more) = app.desk.notes(key, conversation, before, limit).await?;
    let last = notes.last().filter(|_| more);
    Ok(Json(NotesAnswer {
        next_cursor: last.map(|it| place_text(LIST, &it.rev.to_string(), whose)),
        notes: notes.iter().map(NoteAnswer::from).collect(),
    }))
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
pub struct NewNote {
    /// What it says.
    #[serde(alias = "note", alias = "text")]
    #[schema(
        max_length = 16384,
        example = "Third time this month. @Bo knows the story.",
        nullable = false
    )]
    content: Option<String>,
    /// Another name for `content`.
    #[schema(max_length = 16384, nullable = false)]
    message: Option<String>,
    /// Agents whom it mentions: they are told.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    mentions: Vec<AgentId>,
    /// Groups that it mentions: their members are told.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    groups: Vec<GroupId>,
}

/// Writes a note on a conversation. Only agents see it.
#[utoipa::path(
    post, path = "/sessions/{id}/notes", tag = "sessions", operation_id = "add_note",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = NewNote,
    responses((status = 201, body = NoteAnswer))
)]
pub async fn add(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<NewNote>,
) -> Result<(StatusCode, Json<NoteAnswer>), ApiError> {
    let NewNote {
        content,
        message,
        mentions,
        groups,
    } = change.body;
    let command = AgentCommand::Note {
        conversation,
        text: either(message, content)?.unwrap_or_default(),
        agents: mentions,
        groups,
    };
    let done = does(&app, &agent, change.command, command).await?;
    let key = app.desk.tenant(&agent.tenant)?;
    let before = done.rev.map(|rev| rev.next());
    let (notes, _) = app.desk.notes(key, conversation, before, 1).await?;
    // Blanked out since by a repeat's time, it is as if it were not there.
    let note = notes
        .iter()
        .find(|it| Some(it.rev) == done.rev)
        .ok_or(Refusal::NotFound)?;
    Ok((StatusCode::CREATED, Json(NoteAnswer::from(note))))
}
