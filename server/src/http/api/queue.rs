//! `queue/...`: who waits, and who is next.

use axum::{Json, extract::State};
use minicom_protocol::{command::AgentCommand, ids::ConversationId, intake::Priority, refusal::Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    sessions::{SessionAnswer, does, shown},
    words::{Nothing, PriorityWord},
};
use crate::{
    clock,
    desk::{Filter, Sort, Status},
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::{ByAgent, Change},
    },
    limits,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(stats))
        .routes(routes!(list))
        .routes(routes!(next))
}

/// The queue in numbers, and each conversation that waits.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueStats)]
struct Stats {
    /// How many wait.
    total: u64,
    /// Of those, urgent ones, by the priority that they were given.
    urgent: u64,
    /// High ones.
    high: u64,
    /// Medium ones.
    medium: u64,
    /// Low ones.
    low: u64,
    /// The same by what they count as now: a long wait raises the priority by one class.
    effective: Effective,
    /// The longest wait, in milliseconds.
    longest_wait_ms: i64,
    /// The mean wait, in milliseconds.
    average_wait_ms: i64,
    /// How many the caller has, without those that are put aside.
    mine: u64,
    /// Of those, in how many the customer waits for an answer.
    mine_unanswered: u64,
    /// Those that wait, first in the queue first; empty where they are not asked for.
    sessions: Vec<Waiting>,
}

/// How much is told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatsQuery {
    /// Whether each one that waits is told of too.
    #[serde(default = "yes")]
    #[param(default = true)]
    sessions: bool,
}

fn yes() -> bool {
    true
}

/// What waits by the priority that counts now.
#[derive(Serialize, ToSchema)]
#[schema(as = EffectivePriorities)]
struct Effective {
    /// Urgent ones.
    urgent: u64,
    /// High ones.
    high: u64,
    /// Medium ones.
    medium: u64,
    /// Low ones.
    low: u64,
}

/// A conversation that waits.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// The conversation.
    #[schema(value_type = Uuid)]
    session_id: ConversationId,
    /// The customer's name.
    customer_name: String,
    /// How urgent it is, without ageing.
    #[schema(value_type = PriorityWord)]
    priority: Priority,
    /// What an agent must be good at to take it.
    required_skills: Vec<String>,
    /// How long it has waited, in milliseconds.
    wait_ms: i64,
}

/// Tells the queue in numbers, and each conversation that waits, first in the queue first.
#[utoipa::path(
    get, path = "/queue/stats", tag = "queue", operation_id = "queue_stats", params(StatsQuery),
    responses((status = 200, body = Stats))
)]
async fn stats(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(query): Asked<StatsQuery>,
) -> Result<Json<Stats>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let numbers = app.desk.queue_stats(key).await?;
    let (mine, mine_unanswered) = app.desk.own_load(key, agent.agent.id).await?;
    let waiting = match query.sessions {
        true => app.desk.queue(key).await?,
        false => vec![],
    };
    let now = clock::now();
    let sessions = waiting.iter().map(|row| Waiting {
        session_id: row.conversation,
        customer_name: row.customer.name.to_string(),
        priority: row.intake.priority,
        required_skills: row.intake.skills.iter().map(|it| it.as_str().to_owned()).collect(),
        wait_ms: row.queued_since().map_or(0, |since| now.since(since) / 1_000),
    });
    Ok(Json(Stats {
        total: numbers.waiting,
        urgent: numbers.urgent,
        high: numbers.high,
        medium: numbers.medium,
        low: numbers.low,
        effective: Effective {
            urgent: numbers.effective.urgent,
            high: numbers.effective.high,
            medium: numbers.effective.medium,
            low: numbers.effective.low,
        },
        longest_wait_ms: numbers.longest_wait_ms,
        average_wait_ms: numbers.average_wait_ms,
        mine,
        mine_unanswered,
        sessions: sessions.collect(),
    }))
}

/// What waits.
#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
struct QueueAnswer {
    /// First in the queue first: a conversation's place is its index and one. At most 200.
    sessions: Vec<SessionAnswer>,
}

/// Lists what waits, first in the queue first.
#[utoipa::path(
    get, path = "/queue", tag = "queue", operation_id = "show_queue",
    responses((status = 200, body = QueueAnswer))
)]
async fn list(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<QueueAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let filter = Filter {
        status: Some(Status::Waiting),
        ..Filter::default()
    };
    let found = app
        .desk
        .sessions_sorted(key, filter, Sort::Priority, None, limits::PAGE_MAX);
    let (rows, _) = found.await?;
    let sessions = rows.iter().map(SessionAnswer::of).collect();
    Ok(Json(QueueAnswer { sessions }))
}

/// Takes what needs the caller most.
///
/// A conversation of the caller's own in which the customer spoke last; else the first of the queue that the caller may take,
/// which is the caller's from here on. 409 `nobody_waits` if there is none.
#[utoipa::path(
    post, path = "/queue/next", tag = "queue", operation_id = "take_next", request_body = Option<Nothing>,
    responses((status = 200, body = SessionAnswer))
)]
async fn next(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<Nothing>,
) -> Result<Json<SessionAnswer>, ApiError> {
    let done = does(&app, &agent, change.command, AgentCommand::TakeNext {}).await?;
    let conversation = done.conversation.ok_or(Refusal::Internal)?;
    let now = shown(&app, &agent, conversation).await?;
    Ok(Json(now.warned(done.warning)))
}
