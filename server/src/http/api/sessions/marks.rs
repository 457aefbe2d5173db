//! What is written on a conversation: tags, priority, subject, how far it was read.

use axum::{Json, extract::State};
use minicom_protocol::{
    command::AgentCommand,
    ids::{ConversationId, LineNo},
    intake::Priority,
    words::{SubjectLine, Tag},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{SessionAnswer, acts::ALL_SEEN, done_to};
use crate::http::{
    App,
    api::words::PriorityWord,
    asked::Named,
    error::ApiError,
    extract::{ByAgent, Change},
};

type Shown = Result<Json<SessionAnswer>, ApiError>;

/// Tags to put on and to take off. A tag is 1 to 32 letters, digits, `-`, `_` and `.`.
#[derive(Deserialize, ToSchema)]
pub struct TagChange {
    /// To put on.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 200, example = json!(["vip"]))]
    add: Vec<Tag>,
    /// To take off.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 200, example = json!(["new"]))]
    remove: Vec<Tag>,
}

/// Puts tags on a conversation and takes others off.
#[utoipa::path(
    post, path = "/sessions/{id}/tags", tag = "sessions", operation_id = "tag_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = TagChange,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn tags(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<TagChange>,
) -> Shown {
    let TagChange { add, remove } = change.body;
    let command = AgentCommand::Tag {
        conversation,
        add,
        remove,
    };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// How urgent a conversation is.
#[derive(Deserialize, ToSchema)]
pub struct PriorityChange {
    /// The priority.
    #[schema(value_type = PriorityWord, example = "high")]
    priority: Priority,
}

/// Says how urgent a conversation is.
#[utoipa::path(
    post, path = "/sessions/{id}/priority", tag = "sessions", operation_id = "prioritise_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = PriorityChange,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn priority(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<PriorityChange>,
) -> Shown {
    let priority = change.body.priority;
    let command = AgentCommand::SetPriority { conversation, priority };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// What a conversation is about.
#[derive(Deserialize, ToSchema)]
pub struct SubjectChange {
    /// The subject, on one line; `null`, or left out: nothing is said.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Late parcel")]
    subject: Option<SubjectLine>,
}

/// Says what a conversation is about.
#[utoipa::path(
    post, path = "/sessions/{id}/subject", tag = "sessions", operation_id = "name_session",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = SubjectChange,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn subject(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<SubjectChange>,
) -> Shown {
    let subject = change.body.subject;
    let command = AgentCommand::SetSubject { conversation, subject };
    done_to(&app, &agent, change.command, conversation, command).await
}

/// How far a conversation was read.
#[derive(Deserialize, ToSchema)]
pub struct Reading {
    /// The number of the newest customer's line that was read; all, if left out.
    #[serde(alias = "last_seen_id")]
    #[schema(minimum = 0, nullable = false)]
    up_to: Option<u64>,
}

/// Marks a conversation as read.
///
/// Only the owner's reading counts, and only forward; for others nothing happens.
#[utoipa::path(
    post, path = "/sessions/{id}/seen", tag = "sessions", operation_id = "mark_session_seen",
    params(("id" = Uuid, Path, description = "The conversation")), request_body = Option<Reading>,
    responses((status = 200, body = SessionAnswer))
)]
pub async fn seen(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
    change: Change<Reading>,
) -> Shown {
    let up_to = change.body.up_to.map_or(ALL_SEEN, |up_to| LineNo(up_to).min(ALL_SEEN));
    let command = AgentCommand::MarkSeen { conversation, up_to };
    done_to(&app, &agent, change.command, conversation, command).await
}
