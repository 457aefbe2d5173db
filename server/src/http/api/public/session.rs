//! `public/session/{id}`: a conversation as its customer reads it, and what a customer does to it besides writing.

use std::net::IpAddr;

use axum::{Json, extract::State, http::HeaderMap, response::Response};
use minicom_protocol::{command::CustomerCommand, event::Event, ids::LineNo, refusal::Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Visitor;
use crate::http::{
    App,
    api::{
        sessions::{
            MessageAnswer, OwnSessionAnswer,
            transcript::{self, Reader, Written},
        },
        words::Nothing,
    },
    asked::{Asked, Named},
    error::ApiError,
    extract::{Change, Peer},
    page::{ShortLimit, cursor_from, cursor_text},
};

/// A conversation and a page of its lines.
#[derive(Serialize, ToSchema)]
#[schema(as = PublicSession)]
pub struct SessionPage {
    /// The conversation.
    session: OwnSessionAnswer,
    /// Its lines, oldest first.
    messages: Vec<MessageAnswer>,
    /// Hand in as `cursor` for the page before; `null` at the beginning of the conversation.
    next_cursor: Option<String>,
}

/// Whose desk.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TenantQuery {
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[param(max_length = 32)]
    pub tenant_id: Option<String>,
}

/// Whose desk, how many lines, and before which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[param(max_length = 32)]
    tenant_id: Option<String>,
    /// At most so many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<ShortLimit>,
    /// The `next_cursor` of the page after.
    cursor: Option<String>,
}

/// Shows a conversation to its customer: how it stands, and the newest page of its lines. Needs the session's key.
#[utoipa::path(
    get, path = "/public/session/{id}", tag = "public", operation_id = "show_public_session",
    params(("id" = Uuid, Path, description = "The conversation"), PageQuery),
    responses((status = 200, body = SessionPage)), security((), ("bearer" = []))
)]
pub async fn show(
    State(app): State<App>,
    Named(id): Named<String>,
    Asked(query): Asked<PageQuery>,
    headers: HeaderMap,
) -> Result<Json<SessionPage>, ApiError> {
    let (visitor, session) = Visitor::of_session(&app, &headers, query.tenant_id.as_deref(), &id, None).await?;
    let before = match &query.cursor {
        Some(text) => Some(cursor_from(text).ok_or_else(ApiError::bad_cursor)?),
        None => None,
    };
    let limit = query.limit.unwrap_or_default().0;
    let found = app.desk.session_lines(visitor.key, session, before, limit).await?;
    let found = found.map_err(|_| ApiError::bad_cursor())?;
    // What a customer may know is decided in one place, for sockets and for this.
    let theirs = found.lines.iter().filter_map(Event::for_customer);
    Ok(Json(SessionPage {
        messages: theirs.filter_map(|event| MessageAnswer::for_customer(&event)).collect(),
        session: OwnSessionAnswer::of(&found.session.row),
        next_cursor: found.before.map(cursor_text),
    }))
}

/// How a transcript is wanted, and whose desk.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OwnTranscriptQuery {
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[param(max_length = 32)]
    tenant_id: Option<String>,
    /// How it is written.
    #[serde(default)]
    #[param(inline, default = "text")]
    format: Written,
}

/// One conversation as a document for its customer: text, Markdown or JSON. Needs the session's key.
#[utoipa::path(
    get, path = "/public/session/{id}/transcript", tag = "public", operation_id = "show_public_transcript",
    params(("id" = Uuid, Path, description = "The conversation"), OwnTranscriptQuery),
    responses((status = 200, description = "the whole conversation", body = String, content_type = "text/plain")),
    security((), ("bearer" = []))
)]
pub async fn transcript(
    State(app): State<App>,
    Named(id): Named<String>,
    Asked(query): Asked<OwnTranscriptQuery>,
    Peer(peer): Peer,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (key, session, under_way) = Visitor::staying(&app, &headers, query.tenant_id.as_deref(), &id, peer).await?;
    let format = query.format;
    transcript::send(app.desk, (key, session), Reader::Customer, format, under_way).await
}

/// Does a customer's command about the newest conversation, which is the one that the path must name.
async fn done(
    app: &App,
    (headers, peer): (&HeaderMap, IpAddr),
    (id, tenant): (&str, Option<&str>),
    command_id: minicom_protocol::ids::CommandId,
    command: CustomerCommand,
) -> Result<Json<OwnSessionAnswer>, ApiError> {
    let (visitor, session) = Visitor::of_session(app, headers, tenant, id, Some(peer)).await?;
    let newest = app.desk.newest(visitor.key, visitor.customer.id).await?;
    let again = app.desk.was_answered(&visitor.caller, command_id).await?;
    if !again && newest.is_none_or(|newest| newest.conversation != session) {
        return Err(Refusal::Closed.into());
    }
    visitor.does(app, command_id, command).await?;
    let now = app.desk.summary(visitor.key, session).await?;
    Ok(Json(OwnSessionAnswer::of(&now)))
}

/// Asks for a person, where the bot answers. Needs the session's key.
#[utoipa::path(
    post, path = "/public/session/{id}/human", tag = "public", operation_id = "request_human",
    params(("id" = Uuid, Path, description = "The conversation"), TenantQuery), request_body = Option<Nothing>,
    responses((status = 200, body = OwnSessionAnswer)), security((), ("bearer" = []))
)]
pub async fn human(
    State(app): State<App>,
    Peer(peer): Peer,
    Named(id): Named<String>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
    change: Change<Nothing>,
) -> Result<Json<OwnSessionAnswer>, ApiError> {
    let place = (id.as_str(), query.tenant_id.as_deref());
    done(
        &app,
        (&headers, peer),
        place,
        change.command,
        CustomerCommand::RequestHuman {},
    )
    .await
}

/// Ends the conversation as its customer. Needs the session's key.
#[utoipa::path(
    post, path = "/public/session/{id}/close", tag = "public", operation_id = "close_public_session",
    params(("id" = Uuid, Path, description = "The conversation"), TenantQuery), request_body = Option<Nothing>,
    responses((status = 200, body = OwnSessionAnswer)), security((), ("bearer" = []))
)]
pub async fn close(
    State(app): State<App>,
    Peer(peer): Peer,
    Named(id): Named<String>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
    change: Change<Nothing>,
) -> Result<Json<OwnSessionAnswer>, ApiError> {
    let place = (id.as_str(), query.tenant_id.as_deref());
    done(&app, (&headers, peer), place, change.command, CustomerCommand::Close {}).await
}

/// How far the customer has read.
#[derive(Deserialize, ToSchema)]
#[schema(as = PublicReading)]
pub struct Reading {
    /// The number (`line`) of the newest line of the desk that was read; all, if left out.
    #[serde(alias = "last_seen_id")]
    #[schema(minimum = 0, nullable = false)]
    up_to: Option<u64>,
}

/// Marks the desk's lines as read by the customer. Needs the session's key.
#[utoipa::path(
    post, path = "/public/session/{id}/seen", tag = "public", operation_id = "mark_public_session_seen",
    params(("id" = Uuid, Path, description = "The conversation"), TenantQuery), request_body = Option<Reading>,
    responses((status = 200, body = OwnSessionAnswer)), security((), ("bearer" = []))
)]
pub async fn seen(
    State(app): State<App>,
    Peer(peer): Peer,
    Named(id): Named<String>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
    change: Change<Reading>,
) -> Result<Json<OwnSessionAnswer>, ApiError> {
    let up_to = LineNo(change.body.up_to.unwrap_or(u64::MAX).min(i64::MAX as u64));
    let place = (id.as_str(), query.tenant_id.as_deref());
    done(
        &app,
        (&headers, peer),
        place,
        change.command,
        CustomerCommand::MarkSeen { up_to },
    )
    .await
}

/// How it was.
#[derive(Deserialize, ToSchema)]
pub struct Rating {
    /// From 1 (bad) to 5 (good); left out: the customer does not want to say.
    #[serde(alias = "rating")]
    #[schema(minimum = 1, maximum = 5, example = 5, nullable = false)]
    score: Option<u8>,
    /// In the customer's words.
    #[schema(max_length = 16384, example = "Quick and kind.", nullable = false)]
    comment: Option<String>,
}

/// Says how it was, once, after the conversation has ended. Needs the session's key.
#[utoipa::path(
    post, path = "/public/session/{id}/rating", tag = "public", operation_id = "rate_session",
    params(("id" = Uuid, Path, description = "The conversation"), TenantQuery), request_body = Rating,
    responses((status = 200, body = OwnSessionAnswer)), security((), ("bearer" = []))
)]
pub async fn rate(
    State(app): State<App>,
    Peer(peer): Peer,
    Named(id): Named<String>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
    change: Change<Rating>,
) -> Result<Json<OwnSessionAnswer>, ApiError> {
    let Rating { score, comment } = change.body;
    let place = (id.as_str(), query.tenant_id.as_deref());
    let command = CustomerCommand::Rate { score, comment };
    done(&app, (&headers, peer), place, change.command, command).await
}
