//! `GET /metrics`: the numbers, in the text format of Prometheus. For this computer itself, or with an admin's token.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use minicom_protocol::{people::Role, refusal::Refusal};

use super::{
    App,
    error::ApiError,
    extract::{ByAgent, Peer},
};
use crate::{
    config::MetricsFor,
    telemetry::{self, gauges},
};

/// The numbers, for Prometheus.
///
/// For this computer itself, or with an admin's token.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "health",
    security((), ("bearer" = [])),
    responses((status = 200, body = String, content_type = "text/plain", description = "The numbers, in the text format")),
)]
pub async fn metrics(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let from_here = match app.vitals.metrics {
        MetricsFor::Nobody => return Err(ApiError::unknown_route()),
        MetricsFor::Tokens => false,
        MetricsFor::ThisComputer => {
            let Peer(peer) = Peer::from_request_parts(&mut parts, &app).await?;
            peer.to_canonical().is_loopback() && !came_through_a_proxy(&parts.headers)
        }
    };
    if !from_here {
        let ByAgent(agent) = ByAgent::from_request_parts(&mut parts, &app).await?;
        if agent.role != Role::Admin {
            return Err(Refusal::Forbidden.into());
        }
    }
    let handle = telemetry::handle();
    let around = gauges::Around {
        data: &app.data,
        sockets: app.vitals.sockets(),
        backup: app.vitals.backup.as_ref(),
    };
    gauges::set(&app.desk, around).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, handle.render()).into_response())
}

/// A proxy on this computer connects from it, whoever is behind it.
fn came_through_a_proxy(headers: &HeaderMap) -> bool {
    ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}
