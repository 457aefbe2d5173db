//! `GET /api/agent/dashboard`: all conversations of the tenant, open ones first, newest first.

use axum::{Json, extract::State, http::Uri};
use minicom_protocol::rest::DashboardAnswer;

use super::{
    App, answers,
    error::ApiError,
    extract::ByAgent,
    page::{Page, PageQuery, list_cursor_from, list_cursor_text},
};

/// All conversations, open ones first, newest first.
#[utoipa::path(
    get,
    path = "/api/agent/dashboard",
    tag = "short paths",
    params(PageQuery),
    responses((status = 200, body = DashboardAnswer, description = "A page of them")),
)]
pub async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    uri: Uri,
) -> Result<Json<DashboardAnswer>, ApiError> {
    let page = Page::of(&uri)?;
    let after = match &page.cursor {
        Some(text) => Some(list_cursor_from(text).ok_or_else(ApiError::bad_cursor)?),
        None => None,
    };
    let key = app.desk.tenant(&agent.tenant)?;
    let found = app.desk.conversations(key, after, page.limit).await?;
    let (rows, next) = found.map_err(|_| ApiError::bad_cursor())?;
    Ok(Json(DashboardAnswer {
        conversations: rows.iter().map(answers::conversation).collect(),
        next_cursor: next.map(list_cursor_text),
    }))
}
