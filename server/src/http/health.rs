//! Whether the server lives, and whether it can do its work. The two are asked by different machinery: one restarts it,
//! the other sends it requests.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::ids::TenantId;
use tokio::time::timeout;

use super::App;
use crate::{files, limits};

/// A writer that does not commit within this time is not ready.
const COMMIT_WITHIN: Duration = Duration::from_secs(2);

/// `GET /healthz`: the program answers. Touches nothing.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the writer commits, there is room on the disk, and the server is not stopping.
pub async fn ready(State(app): State<App>) -> Response {
    match not_ready(&app).await {
        None => "ready\n".into_response(),
        Some(why) => {
            let mut response = (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response();
            let wait = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, wait);
            response
        }
    }
}

async fn not_ready(app: &App) -> Option<&'static str> {
    if app.draining.is_cancelled() {
        return Some("stopping");
    }
    let Ok(key) = app.desk.tenant(&TenantId::default_tenant()) else {
        return Some("no tenant");
    };
    match timeout(COMMIT_WITHIN, app.desk.write(key, |_| Ok(()))).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) => return Some("the database cannot be written"),
        Err(_) => return Some("the writer is late"),
    }
    let data = app.data.clone();
    match tokio::task::spawn_blocking(move || files::free_bytes(&data)).await {
        Ok(Ok(free)) if free < limits::DISK_FREE_BYTES_MIN => Some("the disk is nearly full"),
        _ => None,
    }
}
