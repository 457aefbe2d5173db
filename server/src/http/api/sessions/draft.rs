//! A draft of an agent's next line, by the provider of a language model. It is told to the agent who asks and to nobody else.

use axum::{Json, extract::State};
use minicom_protocol::ids::ConversationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    bot::drafting,
    http::{App, asked::Named, error::ApiError, extract::ByAgent},
};

/// A draft, or why there is none.
#[derive(Serialize, ToSchema)]
#[schema(as = Draft)]
pub struct DraftAnswer {
    /// Which conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// The draft, to be read and changed by a person. Show it as text and nothing else. `null` if there is none.
    content: Option<String>,
    /// Why there is none: `no_provider`, `off`, `budget`, `limited`, `resting` or `failed`.
    reason: Option<&'static str>,
    /// The same in words.
    message: Option<&'static str>,
}

/// Has the provider of a language model draft the next line. Nothing is sent.
#[utoipa::path(
    post, path = "/sessions/{id}/draft", tag = "sessions", operation_id = "draft_line",
    params(("id" = Uuid, Path, description = "The conversation")),
    responses((status = 200, body = DraftAnswer))
)]
pub async fn draft(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(conversation): Named<ConversationId>,
) -> Result<Json<DraftAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let drafted = drafting::draft(&app.desk, key, agent.agent.id, conversation).await?;
    Ok(Json(DraftAnswer {
        session_id: conversation,
        content: drafted.text,
        reason: drafted.no.map(|no| no.code()),
        message: drafted.no.map(|no| no.words()),
    }))
}
