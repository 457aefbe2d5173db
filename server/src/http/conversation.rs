//! `GET /api/conversation/{customer_id}`: a customer's thread, for that customer (by the secret) and for agents (by a
//! token), both as `Authorization: Bearer`. Everybody else gets the answer for a thread that is not there.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, Uri},
};
use minicom_protocol::{event::Event, ids::CustomerId, refusal::Refusal, rest::HistoryAnswer, text::CustomerName};

use super::{
    App, answers,
    error::ApiError,
    extract::{Peer, bearer, tenant},
    page::{Page, PageQuery, cursor_from, cursor_text},
};
use crate::{auth::token, store::TenantKey};

/// Who reads a thread.
enum Reader {
    Agent,
    Customer,
}

/// A customer's thread.
///
/// For that customer, by the secret, and for agents, by a token. Everybody else gets the answer for a thread that is not there.
#[utoipa::path(
    get,
    path = "/api/conversation/{customer_id}",
    tag = "short paths",
    params(
        ("customer_id" = String, Path, description = "The customer's name", max_length = 64),
        PageQuery,
    ),
    responses((status = 200, body = HistoryAnswer, description = "The newest conversation, and a page of messages")),
)]
pub async fn history(
    State(app): State<App>,
    Peer(peer): Peer,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Json<HistoryAnswer>, ApiError> {
    let name = path.ok().and_then(|Path(name)| CustomerName::parse(name).ok());
    let (Some(name), Some(proof), Some(tenant)) = (name, bearer(&headers), tenant(&headers)) else {
        return Err(ApiError::no_such_thread());
    };
    // Who may read comes before what is asked for: a stranger learns nothing from a bad cursor either.
    let found = if proof.starts_with(token::PREFIX) {
        let signed_in = app.accounts.sign_in(&tenant, proof, peer).await;
        match signed_in {
            Ok(_) => named(&app, &tenant, &name).await.map(|id| (id, Reader::Agent)),
            Err(refusal) => Err(refusal),
        }
    } else {
        let known = app.accounts.known_customer(&tenant, name.clone(), proof).await;
        known.map(|customer| (customer.id, Reader::Customer))
    };
    let (customer, reader) = found.map_err(|refusal| match refusal {
        Refusal::SignIn | Refusal::NotFound => ApiError::no_such_thread(),
        other => other.into(),
    })?;
    let key = app.desk.tenant(&tenant)?;
    page(&app, key, name, customer, &reader, &uri).await.map(Json)
}

async fn named(
    app: &App,
    tenant: &minicom_protocol::ids::TenantId,
    name: &CustomerName,
) -> Result<CustomerId, Refusal> {
    let key = app.desk.tenant(tenant)?;
    Ok(app.desk.customer(key, name.clone()).await?.customer.id)
}

async fn page(
    app: &App,
    key: TenantKey,
    name: CustomerName,
    customer: CustomerId,
    reader: &Reader,
    uri: &Uri,
) -> Result<HistoryAnswer, ApiError> {
    let page = Page::of(uri)?;
    let before = match &page.cursor {
        Some(text) => Some(cursor_from(text).ok_or_else(ApiError::bad_cursor)?),
        None => None,
    };
    let found = app.desk.history(key, customer, before, page.limit).await?;
    let found = found.map_err(|_| ApiError::bad_cursor())?;
    let messages = found.lines.iter().filter_map(|event: &Event| match reader {
        Reader::Agent => answers::for_agents(event),
        // What a customer may know is decided in one place, for sockets and for this.
        Reader::Customer => answers::for_customer(&event.for_customer()?),
    });
    let conversation = match reader {
        Reader::Agent => answers::conversation,
        Reader::Customer => answers::own_conversation,
    };
    Ok(HistoryAnswer {
        customer_id: name.to_string(),
        conversation: found.newest.as_ref().map(conversation),
        messages: messages.collect(),
        next_cursor: found.before.map(cursor_text),
    })
}
