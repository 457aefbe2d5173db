//! What happens around every request: its number, its deadline, a panic in it, the refusal while the server stops, and the
//! headers that every answer has. Logs the route's pattern and never a path: a path has a name in it.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use minicom_protocol::refusal::Refusal;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, debug, error};
use uuid::Uuid;

use super::{
    App,
    error::{ApiError, ErrorBody},
};
use crate::{limits, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// See the module.
pub async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = Uuid::new_v4();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    // Whatever is logged on the way has the request's number.
    let span = tracing::error_span!("request", id = %id);
    let answer = match refuse(&app, &request, &route) {
        Some(refused) => refused.into_response(),
        None => {
            let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span);
            match timeout(limits::HTTP_REQUEST_DEADLINE, answered).await {
                Ok(Ok(response)) => response,
                Ok(Err(_)) => {
                    // The panic's own message went to the panic hook.
                    error!(request_id = %id, %method, route, "a request panicked");
                    ApiError::from(Refusal::Internal).into_response()
                }
                Err(_) => ApiError::too_slow().into_response(),
            }
        }
    };
    let response = finish(answer, id);
    let status = response.status().as_u16();
    count(&route, status, began.elapsed());
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        error!(request_id = %id, %method, route, status, ms, "a request failed");
    } else {
        debug!(request_id = %id, %method, route, status, ms, "request");
    }
    response
}

/// Counts a request, and a try to sign in by its outcome.
fn count(route: &str, status: u16, took: Duration) {
    metrics::counter!(telemetry::REQUESTS, "status" => telemetry::status_class(status)).increment(1);
    metrics::histogram!(telemetry::REQUEST_SECONDS).record(took);
    if route.trim_end_matches('/').ends_with("/login") {
        metrics::counter!(telemetry::LOGINS, "outcome" => telemetry::login_outcome(status)).increment(1);
    }
}

/// What is refused before anybody looks at it.
fn refuse(app: &App, request: &Request, route: &str) -> Option<ApiError> {
    let health = route.starts_with("/healthz") || route.starts_with("/readyz");
    if app.draining.is_cancelled() && !health {
        let retry_after_ms = u64::try_from(limits::RESTART_RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
        return Some(Refusal::Stopping { retry_after_ms }.into());
    }
    // Two hosts are read as one by a proxy and as the other by us.
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if request.version() == Version::HTTP_11 && hosts != 1 {
        return Some(ApiError::bad_request(
            "A request of HTTP/1.1 has the header Host, once.",
        ));
    }
    None
}

/// Puts the number into an error's body, and the headers that every answer has.
fn finish(mut response: Response, id: Uuid) -> Response {
    if let Some(mut error) = response.extensions_mut().remove::<ErrorBody>() {
        if error.with_request_id {
            error.fields.insert("request_id".to_owned(), id.to_string().into());
        }
        let text = serde_json::Value::Object(error.fields).to_string();
        *response.body_mut() = Body::from(text);
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Conversations and tokens belong into no cache.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
