//! `presence`, `workload`, `agents/{id}/workload`: who is there, and how much each has to do.

use axum::{Json, extract::State};
use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, ConversationId},
    refusal::Refusal,
    staff::{Intent, Presence, PresenceState, Workload},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{sessions::does, words::Person};
use crate::{
    clock::rfc3339,
    http::{
        App,
        asked::Named,
        error::ApiError,
        extract::{ByAgent, Change},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(presence, choose))
        .routes(routes!(workloads))
        .routes(routes!(workload))
}

/// How an agent stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Presence)]
struct PresenceAnswer {
    /// Who.
    agent: Person,
    /// How the agent stands to others.
    #[schema(value_type = PresenceWord)]
    status: PresenceState,
    /// What the agent chose to be.
    #[schema(value_type = IntentWord)]
    intent: Intent,
    /// When the agent last did something, if the server has seen it.
    #[schema(format = DateTime)]
    last_activity_at: Option<String>,
    /// What the agent has on the screen.
    #[schema(value_type = Option<Uuid>)]
    viewing: Option<ConversationId>,
}

/// How an agent stands to others.
#[derive(ToSchema)]
#[schema(as = PresenceState, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
enum PresenceWord {
    Available,
    Busy,
    Away,
    Offline,
}

/// What an agent chose to be: `available` takes customers, `busy` wants no new ones, `away` keeps the conversations,
/// `away_hand_back` gives back those whose customers wait.
#[derive(ToSchema)]
#[schema(as = Intent, rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes the protocol's own type")]
enum IntentWord {
    Available,
    Busy,
    Away,
    AwayHandBack,
}

impl From<&Presence> for PresenceAnswer {
    fn from(it: &Presence) -> PresenceAnswer {
        PresenceAnswer {
            agent: Person::from(&it.agent),
            status: it.state,
            intent: it.intent,
            last_activity_at: it.last_activity_at.map(rfc3339),
            viewing: it.viewing,
        }
    }
}

/// Who is there.
#[derive(Serialize, ToSchema)]
#[schema(as = Everybody)]
struct PresencesAnswer {
    /// Agents who may sign in, by name.
    agents: Vec<PresenceAnswer>,
}

/// Tells who is there.
#[utoipa::path(
    get, path = "/presence", tag = "agents", operation_id = "list_presence",
    responses((status = 200, body = PresencesAnswer))
)]
async fn presence(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<PresencesAnswer>, ApiError> {
    let loads = loads(&app, &agent.tenant, None).await?;
    let agents = loads.iter().map(|it| PresenceAnswer::from(&it.presence)).collect();
    Ok(Json(PresencesAnswer { agents }))
}

/// What to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = IntentChange)]
struct Choice {
    /// What the caller chooses to be.
    #[serde(alias = "status")]
    #[schema(value_type = IntentWord, example = "busy")]
    intent: Intent,
}

/// Chooses what to be: available, busy, away.
///
/// It is remembered across connections. It is no activity: who is connected is known by the sockets.
#[utoipa::path(
    post, path = "/presence", tag = "agents", operation_id = "set_intent", request_body = Choice,
    responses((status = 200, body = PresenceAnswer))
)]
async fn choose(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<Choice>,
) -> Result<Json<PresenceAnswer>, ApiError> {
    let intent = change.body.intent;
    does(&app, &agent, change.command, AgentCommand::SetIntent { intent }).await?;
    let own = loads(&app, &agent.tenant, Some(agent.agent.id)).await?;
    let own = own.first().ok_or(Refusal::NotFound)?;
    Ok(Json(PresenceAnswer {
        // The room hears of it a moment later than the journal.
        intent,
        ..PresenceAnswer::from(&own.presence)
    }))
}

/// How much an agent has to do.
#[derive(Serialize, ToSchema)]
#[schema(as = Workload)]
struct WorkloadAnswer {
    /// Who.
    agent: Person,
    /// How the agent stands to others.
    #[schema(value_type = PresenceWord)]
    status: PresenceState,
    /// Conversations that count: active ones that are not put aside.
    active_sessions: u32,
    /// Those that are put aside.
    snoozed_sessions: u32,
    /// How many at once; `null`: no limit.
    capacity: Option<u32>,
    /// Share of the capacity in use, in percent; `null` without a limit.
    utilisation: Option<u32>,
    /// How many more; `null` without a limit.
    free_slots: Option<u32>,
    /// Which ones.
    #[schema(value_type = Vec<Uuid>)]
    sessions: Vec<ConversationId>,
}

impl From<Workload> for WorkloadAnswer {
    fn from(it: Workload) -> WorkloadAnswer {
        WorkloadAnswer {
            agent: Person::from(&it.presence.agent),
            status: it.presence.state,
            active_sessions: it.active,
            snoozed_sessions: it.snoozed,
            capacity: it.capacity,
            utilisation: it.utilisation,
            free_slots: it.free,
            sessions: it.conversations,
        }
    }
}

/// Who has how much to do.
#[derive(Serialize, ToSchema)]
#[schema(as = Workloads)]
struct WorkloadsAnswer {
    /// Agents who may sign in, by name.
    agents: Vec<WorkloadAnswer>,
}

/// Tells who has how much to do.
#[utoipa::path(
    get, path = "/workload", tag = "agents", operation_id = "list_workload",
    responses((status = 200, body = WorkloadsAnswer))
)]
async fn workloads(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<WorkloadsAnswer>, ApiError> {
    let agents = loads(&app, &agent.tenant, None).await?;
    let agents = agents.into_iter().map(WorkloadAnswer::from).collect();
    Ok(Json(WorkloadsAnswer { agents }))
}

/// Tells how much one agent has to do.
#[utoipa::path(
    get, path = "/agents/{id}/workload", tag = "agents", operation_id = "show_workload",
    params(("id" = String, Path, description = "The agent's id or e-mail address, or `me`")),
    responses((status = 200, body = WorkloadAnswer))
)]
async fn workload(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(named): Named<String>,
) -> Result<Json<WorkloadAnswer>, ApiError> {
    let id = match named.as_str() {
        "me" => agent.agent.id,
        named if named.contains('@') => {
            let key = app.desk.tenant(&agent.tenant)?;
            app.desk.agent_by_email(key, named.to_lowercase()).await?
        }
        named => named.parse().map_err(|_| Refusal::NotFound)?,
    };
    let found = loads(&app, &agent.tenant, Some(id)).await?;
    let one = found.into_iter().next().ok_or(Refusal::NotFound)?;
    Ok(Json(WorkloadAnswer::from(one)))
}

async fn loads(
    app: &App,
    tenant: &minicom_protocol::ids::TenantId,
    only: Option<AgentId>,
) -> Result<Vec<Workload>, ApiError> {
    let key = app.desk.tenant(tenant)?;
    let presence = app.signals.presence(key);
    Ok(app.desk.workload(key, presence, only).await?)
}
