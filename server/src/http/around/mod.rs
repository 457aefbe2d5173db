//! What happens around every request: what is refused at the door, who may call how often, its number, its deadline, a panic
//! in it, and the headers that every answer has. Logs the route's pattern and never a path: a path has a name in it.

mod doorstep;
mod etag;
mod headers;
mod origins;
mod rates;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use minicom_protocol::refusal::Refusal;
use tokio::time::{Instant, timeout};
use tower_http::{
    CompressionLevel,
    compression::{CompressionLayer, Predicate, predicate::SizeAbove},
};
use tracing::{Instrument, debug, error};
use uuid::Uuid;

pub use self::rates::HttpRates;
use self::{headers::Asked, rates::Rates};
use super::{
    App,
    error::{ApiError, ErrorBody, PROBLEM},
};
use crate::{limits, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer that is smaller is not packed, in bytes: it fits a packet either way.
const PACK_BYTES_MIN: u64 = 1_024;

/// What the door works with.
#[derive(Clone)]
struct Door {
    app: App,
    rates: Arc<Rates>,
}

/// The answer may be packed: it is one to a question. Answers to what was done can have a secret in them, and how well a
/// secret packs tells something of it.
#[derive(Clone, Copy)]
struct MayPack;

/// Puts all of it around these routes.
pub fn layered(router: Router<App>, app: &App, rates: HttpRates) -> Router<App> {
    let door = Door {
        app: app.clone(),
        rates: Arc::new(Rates::new(rates)),
    };
    let packable =
        |_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| extensions.get::<MayPack>().is_some();
    let packing = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(PACK_BYTES_MIN).and(packable));
    router
        .layer(middleware::from_fn_with_state(door, around))
        .layer(packing)
}

/// See the module.
async fn around(State(door): State<Door>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = Uuid::new_v4();
    let asked = Asked::of(&request);
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    let counted = door.rates.count(&door.app, &request, &route);
    let refused = doorstep::refused(&door.app, &request, &route);
    let refused = refused.or_else(|| counted.refused.clone().map(ApiError::from));
    let answer = match refused {
        Some(refused) => refused.into_response(),
        None => match origins::preflight(&door.app, &asked).await {
            Some(allowed) => allowed,
            None => answered(request, next, id, &route).await,
        },
    };
    let mut response = finish(answer, id, &route);
    if let Some(standing) = &counted.standing {
        standing.tell(response.headers_mut());
    }
    // Whoever asks too often must not cost a read each time: a page elsewhere is not told that it does.
    if counted.refused.is_none() {
        origins::tell(&door.app, &asked, response.headers_mut()).await;
    }
    headers::secure(response.headers_mut());
    if asked.reads() {
        response = etag::tagged(response, &asked).await;
        if is_whole_text(&response) {
            response.extensions_mut().insert(MayPack);
        }
    }
    let status = response.status().as_u16();
    count(&route, status, began.elapsed());
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let method = &asked.method;
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

async fn answered(request: Request, next: Next, id: Uuid, route: &str) -> Response {
    let method = request.method().clone();
    // Whatever is logged on the way has the request's number.
    let span = tracing::error_span!("request", id = %id);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span);
    let most = match route.ends_with("/uploads") {
        true => limits::UPLOAD_DEADLINE,
        false => limits::HTTP_REQUEST_DEADLINE,
    };
    match timeout(most, answered).await {
        Ok(Ok(response)) => options(&method, response),
        Ok(Err(_)) => {
            // The panic's own message went to the panic hook.
            error!(request_id = %id, %method, route, "a request panicked");
            ApiError::from(Refusal::Internal).into_response()
        }
        Err(_) => ApiError::too_slow().into_response(),
    }
}

/// `OPTIONS` asks what there is: the route adds `Allow`, as to its refusal.
fn options(method: &Method, refused: Response) -> Response {
    if *method != Method::OPTIONS || refused.status() != StatusCode::METHOD_NOT_ALLOWED {
        return refused;
    }
    StatusCode::NO_CONTENT.into_response()
}

/// Puts the number into an error's body, and makes an error of ours of what was refused without words of ours.
fn finish(response: Response, id: Uuid, route: &str) -> Response {
    let id = id.to_string();
    let mut response = match is_foreign_error(&response) {
        true => doorstep::reworded(response, route),
        false => response,
    };
    if let Some(error) = response.extensions_mut().remove::<ErrorBody>() {
        let text = error.json(response.status(), Some(&id));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(text);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// A library's refusal: words in plain text, or none.
fn is_foreign_error(response: &Response) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let health = status == StatusCode::SERVICE_UNAVAILABLE;
    (status.is_client_error() || status.is_server_error())
        && !health
        && response.extensions().get::<ErrorBody>().is_none()
        && !kind.starts_with(PROBLEM)
        && !kind.starts_with("application/json")
        && !kind.starts_with("text/html")
}

/// Text whose length is known; a stream goes out as it comes.
fn is_whole_text(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let text = kind.starts_with("application/json") || kind.starts_with("text/") || kind.starts_with(PROBLEM);
    text && !response.headers().contains_key(header::CONTENT_ENCODING)
        && axum::body::HttpBody::size_hint(response.body()).exact().is_some()
}
