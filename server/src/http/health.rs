//! Whether the server lives, and whether it can do its work. The two are asked by different machinery: one restarts it,
//! the other sends it requests. An admin who asks is told of each part.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{
    Json,
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::ids::TenantId;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{App, extract::ByAdmin};
use crate::{
    store::migrations,
    upkeep::{
        part::{Part, State as Doing},
        standing,
    },
};

/// A writer that does not commit within this time is not ready; one that did within it is.
const COMMIT_WITHIN: Duration = Duration::from_secs(2);

/// The program answers.
///
/// It touches nothing.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()), responses((status = 200, body = String, description = "It lives")))]
pub async fn live() -> &'static str {
    "ok\n"
}

/// What admins are told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Readiness {
    /// Whether requests should be sent here.
    pub ready: bool,
    /// Each part.
    pub parts: Vec<Part>,
}

/// Whether it can do its work.
///
/// The writer commits, there is room on the disk, and the server is not stopping. An admin who asks is told of each part, as JSON:
/// `{"ready": true, "parts": [...]}`.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    security((), ("bearer" = [])),
    responses(
        (status = 200, description = "It is ready", content((String = "text/plain"), (Object = "application/json"))),
        (status = 503, description = "It is not, and why", content((String = "text/plain"), (Object = "application/json"))),
    ),
)]
pub async fn ready(State(app): State<App>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let asked_by_admin = parts.headers.contains_key(header::AUTHORIZATION)
        && ByAdmin::from_request_parts(&mut parts, &app).await.is_ok();
    let needed = [serving(&app), database(&app).await, disk(&app).await];
    let failing = needed.iter().find(|it| it.state == Doing::Fail);
    let mut response = match (asked_by_admin, failing) {
        (true, _) => {
            let ready = failing.is_none();
            let [serving, database, disk] = needed.clone();
            let backup = standing::last_backup(app.vitals.backup.as_ref());
            let parts = vec![serving, database, sockets(&app), bot(&app), disk, backup];
            Json(Readiness { ready, parts }).into_response()
        }
        (false, None) => "ready\n".into_response(),
        (false, Some(part)) => {
            let why = match part.part.as_str() {
                "serving" => "stopping",
                "disk" => "the disk is nearly full",
                _ => "the database cannot be written",
            };
            format!("not ready: {why}\n").into_response()
        }
    };
    if failing.is_some() {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let wait = HeaderValue::from_static("1");
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

fn serving(app: &App) -> Part {
    match app.draining.is_cancelled() {
        true => Part::fail(
            "serving",
            "the server is stopping",
            "It comes back by itself if it is started again.",
        ),
        false => Part::ok("serving", "requests are answered"),
    }
}

async fn database(app: &App) -> Part {
    const NAME: &str = "database";
    let fail = |says: &str| Part::fail(NAME, says, "Look at the log and at the disk of the data folder.");
    let ok = || Part::ok(NAME, format!("schema {}, commits", migrations::VERSION));
    if app.desk.counts().committed_within(COMMIT_WITHIN) {
        return ok();
    }
    let Ok(key) = app.desk.tenant(&TenantId::default_tenant()) else {
        return fail("there is no tenant");
    };
    match timeout(COMMIT_WITHIN, app.desk.write(key, |_| Ok(()))).await {
        Ok(Ok(())) => ok(),
        Ok(Err(_)) => fail("it cannot be written"),
        Err(_) => fail("the writer is late"),
    }
}

async fn disk(app: &App) -> Part {
    let data = app.data.clone();
    // Looking blocks on a network file system that is gone.
    match tokio::task::spawn_blocking(move || standing::disk(&data)).await {
        Ok(part) => part,
        Err(_) => Part::fail("disk", "cannot be looked at", "Look at the log."),
    }
}

fn sockets(app: &App) -> Part {
    const NAME: &str = "sockets";
    let (agents, customers) = app.vitals.sockets();
    let most = app.vitals.connections.as_ref().map_or(0, |(_, most)| *most);
    let says = format!("{agents} of agents, {customers} of customers, {most} at most in all");
    match most > 0 && (agents + customers) * 10 >= most * 9 {
        true => Part::warn(NAME, says, "Raise sockets.total, and the limit of open files with it."),
        false => Part::ok(NAME, says),
    }
}

fn bot(app: &App) -> Part {
    const NAME: &str = "bot";
    if !app.vitals.bot {
        return Part::ok(NAME, "off: conversations go to the queue at once");
    }
    let counts = &app.desk.counts().bot;
    let (turns, failures) = (
        counts.turns.load(Ordering::Relaxed),
        counts.failures.load(Ordering::Relaxed),
    );
    let says = format!("on, {turns} turns since the start, {failures} failed");
    match counts.last_failed() {
        true => Part::warn(
            NAME,
            says,
            "Its newest turn failed and a person was asked for. The log says why.",
        ),
        false => Part::ok(NAME, says),
    }
}
