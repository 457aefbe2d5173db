//! `queue/...`: who waits.

use axum::{Json, extract::State};
use minicom_protocol::intake::Priority;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock,
    http::{App, error::ApiError, extract::ByAgent},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(stats))
}

/// The queue in numbers, and each conversation that waits.
#[derive(Serialize, ToSchema)]
struct Stats {
    /// How many wait.
    total: u64,
    /// Of those, urgent ones.
    urgent: u64,
    /// High ones.
    high: u64,
    /// Medium ones.
    medium: u64,
    /// Low ones.
    low: u64,
    /// The longest wait, in milliseconds.
    longest_wait_ms: i64,
    /// The mean wait, in milliseconds.
    average_wait_ms: i64,
    /// Those that wait, first in the queue first.
    sessions: Vec<Waiting>,
}

/// A conversation that waits.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// The conversation.
    session_id: String,
    /// The customer's name.
    customer_name: String,
    /// How urgent it is, without ageing.
    #[schema(value_type = String)]
    priority: Priority,
    /// How long it has waited, in milliseconds.
    wait_ms: i64,
}

/// The queue in numbers, and each conversation that waits, first in the queue first.
#[utoipa::path(get, path = "/queue/stats", tag = "queue", responses((status = 200, body = Stats)))]
async fn stats(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<Stats>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let (numbers, waiting) = (app.desk.queue_stats(key).await?, app.desk.queue(key).await?);
    let now = clock::now();
    let sessions = waiting.iter().map(|row| Waiting {
        session_id: row.conversation.to_string(),
        customer_name: row.customer.name.to_string(),
        priority: row.intake.priority,
        wait_ms: row.queued_at.map_or(0, |since| (now.0 - since.0).max(0) / 1_000),
    });
    Ok(Json(Stats {
        total: numbers.waiting,
        urgent: numbers.urgent,
        high: numbers.high,
        medium: numbers.medium,
        low: numbers.low,
        longest_wait_ms: numbers.longest_wait_ms,
        average_wait_ms: numbers.average_wait_ms,
        sessions: sessions.collect(),
    }))
}
