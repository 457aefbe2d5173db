//! `public/message`: a customer writes.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use minicom_protocol::{command::CustomerCommand, ids::FileId, refusal::Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Visitor;
use crate::http::{
    App,
    api::{sessions::MessageAnswer, uploads, words::either},
    error::ApiError,
    extract::{Change, Peer},
};

/// A line to write.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewPublicMessage)]
pub struct MessageBody {
    /// Any conversation of the customer. If it has ended, the line opens the next one.
    #[schema(value_type = Uuid)]
    session_id: String,
    /// Whose desk; `default` if left out and not in `X-Minicom-Tenant`.
    #[schema(max_length = 32, nullable = false)]
    tenant_id: Option<String>,
    /// What it says.
    #[schema(max_length = 16384, example = "Where is my parcel?", nullable = false)]
    message: Option<String>,
    /// Another name for `message`.
    #[schema(max_length = 16384, nullable = false)]
    content: Option<String>,
    /// What it is.
    #[serde(rename = "type", default)]
    kind: Kind,
    /// The file that goes with it, for `file`: the `url` of an upload by this customer. The line may be without a `message`.
    #[schema(nullable = false)]
    attachment_url: Option<String>,
    /// The same by its `upload_id`.
    #[schema(value_type = Option<Uuid>, nullable = false)]
    upload_id: Option<FileId>,
}

/// What a customer's line is.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PublicMessageType)]
enum Kind {
    /// Text.
    #[default]
    Text,
    /// A file, with text or without.
    File,
}

/// Writes a line as the customer. Needs the session's key.
#[utoipa::path(
    post, path = "/public/message", tag = "public", operation_id = "post_public_message", request_body = MessageBody,
    responses((status = 201, body = MessageAnswer)), security((), ("bearer" = []))
)]
pub async fn post(
    State(app): State<App>,
    Peer(peer): Peer,
    headers: HeaderMap,
    change: Change<MessageBody>,
) -> Result<(StatusCode, Json<MessageAnswer>), ApiError> {
    let Change { body, command: id, .. } = change;
    let tenant = body.tenant_id.as_deref();
    let (visitor, _) = Visitor::of_session(&app, &headers, tenant, &body.session_id, Some(peer)).await?;
    let file = uploads::named(body.upload_id, body.attachment_url.as_deref())?;
    if (body.kind == Kind::File) != file.is_some() {
        let words = "`upload_id` names the file of a `file`, and of nothing else";
        return Err(ApiError::bad_field(words));
    }
    let text = either(body.message, body.content)?.unwrap_or_default();
    let done = visitor
        .does(
            &app,
            id,
            CustomerCommand::Post {
                text,
                quote: None,
                file,
            },
        )
        .await?;
    // Who wrote a line knows its number.
    let at = done.seq.ok_or(Refusal::Internal)?;
    let event = app.desk.line_of(visitor.key, visitor.customer.id, at, id).await?;
    let answer = event.for_customer().as_ref().and_then(MessageAnswer::for_customer);
    Ok((StatusCode::CREATED, Json(answer.ok_or(Refusal::Internal)?)))
}
