//! The lines of a conversation: a page of them, and what is done to one that was written.

use axum::{Json, extract::State};
use minicom_protocol::{
    command::AgentCommand,
    event::{Event, EventBody},
    ids::{ConversationId, Seq},
    line::LineRef,
    refusal::Refusal,
    stage::Side,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{MessageAnswer, does};
use crate::{
    accounts::SignedIn,
    http::{
        App,
        api::words::{Nothing, either},
        asked::{Asked, Named, NamedIn},
        error::ApiError,
        extract::{ByAgent, Change},
        page::{ShortLimit, cursor_from, cursor_text},
    },
};

/// A page of lines, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Messages)]
pub struct MessagesAnswer {
    /// Which conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// The page.
    messages: Vec<MessageAnswer>,
    /// Hand in as `cursor` for the page before; `null` at the beginning of the conversation.
    next_cursor: Option<String>,
}

/// How many lines, and before which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<ShortLimit>,
    /// The `next_cursor` of the page after.
    pub cursor: Option<String>,
}

/// Lists the lines of a conversation: the newest page, oldest first.
///
/// What only agents see (notes, tags, snoozing) is not among them.
#[utoipa::path(
    get, path = "/sessions/{id}/messages", tag = "messages", operation_id = "list_messages",
    params(("id" = Uuid, Path, description = "The conversation"), LinesQuery),
    responses((status = 200, body = MessagesAnswer))
)]
pub async fn page(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    Asked(query): Asked<LinesQuery>,
) -> Result<Json<MessagesAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let before = match &query.cursor {
        Some(text) => Some(cursor_from(text).ok_or_else(ApiError::bad_cursor)?),
        None => None,
    };
    let limit = query.limit.unwrap_or_default().0;
    let found = app.desk.session_lines(key, conversation, before, limit).await?;
    let found = found.map_err(|_| ApiError::bad_cursor())?;
    Ok(Json(MessagesAnswer {
        session_id: conversation,
        messages: found.lines.iter().filter_map(MessageAnswer::for_agents).collect(),
        next_cursor: found.before.map(cursor_text),
    }))
}

/// The line of a conversation at a position of its thread.
pub async fn line_at(
    app: &App,
    agent: &SignedIn,
    conversation: ConversationId,
    at: u64,
) -> Result<(Event, LineRef), ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let row = app.desk.summary(key, conversation).await?;
    let at = Seq(at.min(i64::MAX as u64 - 1));
    let event = app.desk.event_at(key, row.customer.id, at).await?;
    match &event.body {
        EventBody::Posted(posted) if event.subject.conversation() == Some(conversation) => {
            let line = LineRef {
                side: posted.author.side(),
                line: posted.line,
            };
            Ok((event, line))
        }
        _ => Err(Refusal::NotFound.into()),
    }
}

/// A position in a path. What cannot be one is as what is not there, once the rest of the request is good.
fn position(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// The line as it is now.
async fn told(
    app: &App,
    agent: &SignedIn,
    conversation: ConversationId,
    at: u64,
) -> Result<Json<MessageAnswer>, ApiError> {
    let (event, _) = line_at(app, agent, conversation, at).await?;
    let answer = MessageAnswer::for_agents(&event).ok_or(Refusal::NotFound)?;
    Ok(Json(answer))
}

/// What a line says now.
#[derive(Deserialize, ToSchema)]
pub struct EditedLine {
    /// The text.
    #[schema(max_length = 16384, example = "On Tuesday, not on Monday.", nullable = false)]
    message: Option<String>,
    /// Another name for `message`.
    #[schema(max_length = 16384, nullable = false)]
    content: Option<String>,
}

/// Changes one's own last line. For a short time.
#[utoipa::path(
    patch, path = "/sessions/{id}/messages/{message_id}", tag = "messages", operation_id = "edit_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message_id" = u64, Path, description = "The line, by its `id`")
    ),
    request_body = EditedLine,
    responses((status = 200, body = MessageAnswer))
)]
pub async fn edit(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    NamedIn(conversation, at): NamedIn<ConversationId, String>,
    change: Change<EditedLine>,
) -> Result<Json<MessageAnswer>, ApiError> {
    let at = position(&at)?;
    let text = either(change.body.message, change.body.content)?.unwrap_or_default();
    let line = own(line_at(&app, &agent, conversation, at).await?.1)?;
    let command = AgentCommand::EditLine {
        conversation,
        line,
        text,
    };
    does(&app, &agent, change.command, command).await?;
    told(&app, &agent, conversation, at).await
}

/// Takes one's own last line back. For a short time.
#[utoipa::path(
    delete, path = "/sessions/{id}/messages/{message_id}", tag = "messages", operation_id = "withdraw_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message_id" = u64, Path, description = "The line, by its `id`")
    ),
    responses((status = 200, body = MessageAnswer, description = "What stands in its place"))
)]
pub async fn withdraw(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    NamedIn(conversation, at): NamedIn<ConversationId, String>,
    change: Change<Nothing>,
) -> Result<Json<MessageAnswer>, ApiError> {
    let at = position(&at)?;
    let line = own(line_at(&app, &agent, conversation, at).await?.1)?;
    let command = AgentCommand::WithdrawLine { conversation, line };
    does(&app, &agent, change.command, command).await?;
    told(&app, &agent, conversation, at).await
}

/// Erases what a line says: a pasted secret. The line stays, without its text, and this cannot be undone.
#[utoipa::path(
    post, path = "/sessions/{id}/messages/{message_id}/blank", tag = "messages", operation_id = "blank_message",
    params(
        ("id" = Uuid, Path, description = "The conversation"),
        ("message_id" = u64, Path, description = "The line, by its `id`")
    ),
    request_body = Option<Nothing>,
    responses((status = 200, body = MessageAnswer))
)]
pub async fn blank(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    NamedIn(conversation, at): NamedIn<ConversationId, String>,
    change: Change<Nothing>,
) -> Result<Json<MessageAnswer>, ApiError> {
    let at = position(&at)?;
    let (_, line) = line_at(&app, &agent, conversation, at).await?;
    let command = AgentCommand::BlankLine { conversation, line };
    does(&app, &agent, change.command, command).await?;
    told(&app, &agent, conversation, at).await
}

/// The number of a desk's line. A customer's is nobody's to change.
fn own(line: LineRef) -> Result<minicom_protocol::ids::LineNo, ApiError> {
    match line.side {
        Side::Desk => Ok(line.line),
        Side::Customer => Err(Refusal::TooLate.into()),
    }
}
