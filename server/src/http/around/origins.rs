//! Pages of other origins that call the API from a browser (CORS). A tenant lists them, each whole; no origin is allowed by a
//! pattern, and no cookie is ever meant: proofs travel in `Authorization`, which the page itself puts there.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{super::App, headers::Asked};

/// Headers that a page may send.
const SENT: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-none-match, last-event-id, x-minicom-tenant",
);
/// Headers that a page may read.
const READ: HeaderValue =
    HeaderValue::from_static("allow, etag, location, ratelimit, ratelimit-policy, retry-after, x-request-id");
/// For how many seconds a browser may keep what a page may do.
const MAX_AGE_S: &str = "600";
/// Methods that a page may use.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

/// Answers a browser that asks what a page may do. It does not say for which tenant, so any that lists the origin will do;
/// the answer to the request itself is shown to the page only if the tenant that `X-Minicom-Tenant` names does, whatever the body or
/// the query names: the header is what a page of another origin has to ask for.
pub async fn preflight(app: &App, asked: &Asked) -> Option<Response> {
    let origin = asked.origin.as_ref().filter(|_| asked.preflight)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let listed = match origin.to_str() {
        Ok(text) => app.desk.welcomes(None, text.to_owned()).await.unwrap_or(false),
        Err(_) => false,
    };
    if listed {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        let age = HeaderValue::from_static(MAX_AGE_S);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, age);
    }
    Some(response)
}

/// Lets the page that asked read the answer, if the tenant lists its origin.
pub async fn tell(app: &App, asked: &Asked, headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if asked.preflight {
        return;
    }
    let (Some(origin), Some(tenant)) = (&asked.origin, &asked.tenant) else {
        return;
    };
    let Ok(text) = origin.to_str() else { return };
    let Ok(tenant) = app.desk.tenant(tenant) else { return };
    if app.desk.welcomes(Some(tenant), text.to_owned()).await.unwrap_or(false) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    }
}
