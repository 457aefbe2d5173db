//! `mentions`: notes in which a colleague named the caller.

use axum::{Json, extract::State};
use minicom_protocol::{command::AgentCommand, ids::Rev};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    sessions::{NoteAnswer, does},
    words::CustomerName,
};
use crate::http::{
    App,
    asked::Asked,
    error::ApiError,
    extract::{ByAgent, Change},
    page::{LongLimit, begins_at, place_text},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// A note that mentions the caller.
#[derive(Serialize, ToSchema)]
#[schema(as = Mention)]
struct MentionAnswer {
    /// The note.
    note: NoteAnswer,
    /// Whose conversation it is in.
    customer: CustomerName,
}

/// A page of mentions, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Mentions)]
struct MentionsAnswer {
    /// The page.
    mentions: Vec<MentionAnswer>,
    /// Hand in as `cursor` for older ones; `null` at the end.
    next_cursor: Option<String>,
}

/// How many mentions, and from where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MentionsQuery {
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    limit: Option<LongLimit>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "mentions";

/// Lists the notes that mention the caller, newest first.
#[utoipa::path(
    get, path = "/mentions", tag = "agents", operation_id = "list_mentions", params(MentionsQuery),
    responses((status = 200, body = MentionsAnswer))
)]
async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<MentionsQuery>,
) -> Result<Json<MentionsAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let before = begins_at(query.cursor.as_deref(), LIST, whose, |at| at.parse().ok().map(Rev))?;
    let limit = query.limit.unwrap_or_default().0;
    let (found, more) = app.desk.mentions(key, agent.agent.id, before, limit).await?;
    let last = found.last().filter(|_| more);
    let mentions = found.iter().map(|it| MentionAnswer {
        note: NoteAnswer::from(&it.note),
        customer: CustomerName::from(&it.customer),
    });
    Ok(Json(MentionsAnswer {
        next_cursor: last.map(|it| place_text(LIST, &it.note.rev.to_string(), whose)),
        mentions: mentions.collect(),
    }))
}

/// How far the own mentions are read.
#[derive(Deserialize, ToSchema)]
#[schema(as = MentionsReading)]
struct ReadUpTo {
    /// The `id` of the newest note that was read.
    #[schema(minimum = 0)]
    up_to: u64,
}

/// How far the own mentions are read.
#[derive(Serialize, ToSchema)]
#[schema(as = MentionsRead)]
struct ReadAnswer {
    /// As it was said.
    up_to: u64,
}

/// Marks the own mentions as read.
#[utoipa::path(
    post, path = "/mentions/read", tag = "agents", operation_id = "mark_mentions_read", request_body = ReadUpTo,
    responses((status = 200, body = ReadAnswer))
)]
async fn read(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<ReadUpTo>,
) -> Result<Json<ReadAnswer>, ApiError> {
    let up_to = change.body.up_to;
    let rev = Rev(up_to.min(i64::MAX as u64));
    does(
        &app,
        &agent,
        change.command,
        AgentCommand::MarkMentionsRead { up_to: rev },
    )
    .await?;
    Ok(Json(ReadAnswer { up_to }))
}
