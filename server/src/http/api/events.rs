//! `events`: the journal of the tenant, to follow and to resume: the sockets' feed as JSON lines, as server-sent events, or by
//! long poll. Whoever has a cursor misses nothing and gets nothing twice.

mod stream;

use std::{collections::HashSet, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::{event::EventBody, ids::Cursor, refusal::Refusal};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::stream::{Following, Form, line};
use crate::{
    desk::Since,
    http::{
        App,
        error::ApiError,
        extract::ByAgent,
        page::{cursor_from, cursor_text},
        under_way::UnderWay,
    },
    hub::Encoded,
    limits,
    places::Places,
};

/// When somebody with too many feeds may try again, in milliseconds.
const FULL_RETRY_AFTER_MS: u64 = 5_000;
/// What a browser's reader of server-sent events sends when it comes back.
const LAST_EVENT_ID: &str = "last-event-id";

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// How many feeds each token has open, by its digest.
pub type EventFeeds = Places<[u8; 32]>;

/// What is asked of the feed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// What comes after this cursor; `0`: from the very first event; left out: from now on.
    since: Option<String>,
    /// Only events of these kinds, with commas between them. The cursor passes over the others.
    kinds: Option<String>,
    /// Whether to go on with what happens from now on.
    follow: Option<bool>,
    /// Long poll: answer as soon as there is something, or after so many seconds; at most 25.
    wait: Option<u64>,
}

/// What a long poll is answered.
#[derive(Serialize, ToSchema)]
struct Polled {
    /// What happened, oldest first. Each one is `{"cursor", "event"}`.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Box<RawValue>>,
    /// Ask with this one next, also if nothing happened.
    #[schema(example = "814.0123456789abcdef")]
    cursor: String,
}

/// Which events are wanted.
pub struct Kinds(Option<HashSet<String>>);

impl Kinds {
    fn of(text: Option<&str>) -> Result<Kinds, ApiError> {
        let Some(text) = text else { return Ok(Kinds(None)) };
        let known = |kind: &&str| !EventBody::KINDS.contains(kind);
        if let Some(unknown) = text.split(',').find(known) {
            let unknown = crate::http::error::shown(unknown);
            return Err(ApiError::bad_field(format!("`kinds`: there is no kind '{unknown}'")));
        }
        Ok(Kinds(Some(text.split(',').map(str::to_owned).collect())))
    }

    /// Whether this one is.
    fn has(&self, event: &Encoded) -> bool {
        self.0
            .as_ref()
            .is_none_or(|wanted| wanted.contains(kind(event).as_str()))
    }
}

/// An event's kind, as this reader may know it.
fn kind(event: &Encoded) -> String {
    #[derive(Deserialize)]
    struct Head {
        kind: String,
    }
    serde_json::from_slice::<Head>(&event.json).map_or_else(|_| String::new(), |head| head.kind)
}

/// What happened, from a cursor on.
///
/// As JSON lines, each `{"cursor", "event"}`; the last line of an answer that ends has the cursor alone. With `follow=true` it goes on;
/// a line with a cursor alone then says that nothing else has happened up to it. With `Accept: text/event-stream` as server-sent
/// events, whose ids are cursors. With `wait` as one answer.
#[utoipa::path(
    get,
    path = "/events",
    tag = "events",
    params(Asked, ("Last-Event-ID" = Option<String>, Header, description = "the same as `since`, and before it")),
    responses(
        (status = 200, description = "with `wait`", body = Polled, content_type = "application/json"),
        (status = 410, description = "`reset`: the journal does not hold this cursor. `cursor` in the answer is the newest one"),
        (status = 429, description = "too many feeds with this token"),
    )
)]
async fn events(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(asked) =
        asked.map_err(|wrong| ApiError::bad_field(crate::http::error::shown(&wrong.body_text()).as_str()))?;
    let kinds = Kinds::of(asked.kinds.as_deref())?;
    let wait = asked.wait.map(Duration::from_secs);
    if wait.is_some_and(|wait| wait > limits::EVENTS_WAIT_MAX) {
        let most = limits::EVENTS_WAIT_MAX.as_secs();
        return Err(ApiError::bad_field(format!(
            "`wait` is a number of seconds from 0 to {most}"
        )));
    }
    let since = since(&asked, &headers)?;
    let most = limits::EVENT_FEEDS_PER_TOKEN_MAX;
    let place = app
        .feeds
        .take(*agent.token.as_bytes(), most)
        .ok_or(Refusal::RateLimited {
            retry_after_ms: FULL_RETRY_AFTER_MS,
        })?;
    let tenant = app.desk.tenant(&agent.tenant)?;
    let token = crate::http::extract::bearer(&headers).unwrap_or_default();
    let under_way = UnderWay::of_agent(&app, &agent, token).await?;
    let feed = app.desk.open_events(tenant, agent.agent.id, since).await?;
    let feed = feed.map_err(|newest| ApiError::reset(&cursor_text(newest)))?;
    let form = match wants_sse(&headers) {
        true => Form::Sse,
        false => Form::Lines,
    };
    let until = (form == Form::Lines && asked.follow != Some(true)).then(|| feed.head());
    let following = Following::new(app.draining, feed, (kinds, form), until, under_way, place);
    match wait {
        Some(wait) => Ok(poll(following, Instant::now() + wait).await?.into_response()),
        None => Ok(streamed(following, form)),
    }
}

/// Where to begin.
fn since(asked: &Asked, headers: &HeaderMap) -> Result<Since, ApiError> {
    let last = headers.get(LAST_EVENT_ID).map(|id| id.to_str().unwrap_or("?"));
    Ok(match last.filter(|id| !id.is_empty()).or(asked.since.as_deref()) {
        None => Since::Now,
        Some("0") => Since::Start,
        Some(text) => Since::After(cursor_from(text).ok_or_else(ApiError::bad_since)?),
    })
}

fn wants_sse(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    accepted
        .split(',')
        .any(|part| part.split(';').next().unwrap_or_default().trim() == "text/event-stream")
}

/// The first batch that has something wanted in it, or nothing when the time is over. What is there already is looked at
/// however short the time is.
async fn poll(mut following: Following, until: Instant) -> Result<Json<Polled>, ApiError> {
    let head = following.head();
    let mut found = vec![];
    while found.is_empty() {
        let behind = following.cursor().at < head;
        let time_is_over = Instant::now() >= until;
        found = match behind {
            true => following.wanted().await?,
            false if time_is_over => break,
            false => match timeout_at(until, following.wanted()).await {
                Ok(found) => found?,
                Err(_) => break,
            },
        };
        if time_is_over {
            // The rest next time: the cursor has come this far.
            break;
        }
    }
    let raw = |event: &Encoded| {
        let text = line(
            Cursor {
                at: event.at,
                mark: event.mark,
            },
            &event.json,
        );
        RawValue::from_string(text).map_err(|_| ApiError::from(Refusal::Internal))
    };
    Ok(Json(Polled {
        events: found.iter().map(raw).collect::<Result<_, _>>()?,
        cursor: cursor_text(following.cursor()),
    }))
}

fn streamed(following: Following, form: Form) -> Response {
    let mut response = Response::new(Body::from_stream(following.chunks()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    // What stands between must pass on every line as it comes.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
