//! `agents`: accounts, for admins; who is there and how much each has to do, for everybody.

use std::collections::HashMap;

use axum::{
    Json as Answer,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use minicom_protocol::{
    ids::AgentId,
    people::Role,
    refusal::Refusal,
    staff::{Intent, Presence, PresenceState},
    text::DisplayName,
    words::Skill,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::{self, Account, NewAgent, SignedIn},
    auth::scope::Scope,
    clock::rfc3339,
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, ByAgent, Change},
    },
    store::staff::{self, AgentCount},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change, delete))
}

/// An agent. What is about signing in is for admins alone.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentAnswer {
    /// The account's id.
    #[schema(format = Uuid)]
    pub id: String,
    /// The name that customers and colleagues see.
    #[schema(example = "Bo")]
    pub name: String,
    /// What it may do.
    #[schema(value_type = String, example = "agent")]
    pub role: Role,
    /// Whether it may sign in.
    pub enabled: bool,
    /// What the agent is good at.
    #[schema(value_type = Vec<String>)]
    pub skills: Vec<Skill>,
    /// How many conversations at once; `null`: the tenant's limit.
    pub capacity: Option<u32>,
    /// How the agent stands to others: `available`, `busy`, `away`, `offline`.
    #[schema(value_type = String)]
    pub presence: PresenceState,
    /// What the agent chose to be.
    #[schema(value_type = String)]
    pub intent: Intent,
    /// When the agent last did something, RFC 3339, if the server has seen it.
    pub last_activity_at: Option<String>,
    /// Conversations that count against the capacity.
    pub active: u32,
    /// Conversations put aside.
    pub snoozed: u32,
    /// The address that the agent signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether it can log in with a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_password: Option<bool>,
    /// When the account was made, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
}

/// All agents of the tenant.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Agents)]
pub struct AgentsAnswer {
    /// The oldest account first.
    pub agents: Vec<AgentAnswer>,
}

/// An account to be made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NewAgent)]
pub struct NewAgentRequest {
    /// The address that the agent signs in with.
    #[schema(example = "bo@acme.example")]
    pub email: String,
    /// The name that customers and colleagues see.
    #[schema(example = "Bo")]
    pub name: String,
    /// What it may do: `agent` (if left out) or `admin`.
    #[serde(default = "an_agent")]
    #[schema(value_type = String, example = "agent")]
    pub role: Role,
    /// The password; without one nobody can log in until it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "seven lamps on a quiet hill")]
    pub password: Option<String>,
}

/// What is to be different about an account. What is left out stays.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = AgentChange)]
pub struct ChangeAgentRequest {
    /// The name that customers and colleagues see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address that the agent signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What it may do. The last admin stays one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub role: Option<Role>,
    /// Whether it may sign in. Disabling ends all its sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// A new password. It ends all its sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What the agent is good at, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub skills: Option<Vec<Skill>>,
    /// How many conversations at once; `null`: the tenant's limit.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "said")]
    #[schema(value_type = Option<u32>)]
    pub capacity: Option<Option<u32>>,
}

fn an_agent() -> Role {
    Role::Agent
}

/// `null` is said too.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::<u32>::deserialize(deserializer).map(Some)
}

/// An account that is no more.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = DeletedAgent)]
pub struct DeletedAnswer {
    /// Its id, by which what stands in the journal still names it.
    pub id: String,
    /// Always `true`.
    pub deleted: bool,
}

/// Nothing is asked but that it happens.
#[derive(Deserialize)]
struct Nothing {}

/// All agents of the tenant, disabled ones too, with who is there and how much each has to do.
#[utoipa::path(get, path = "/agents", tag = "agents", operation_id = "list_agents",
    responses((status = 200, body = AgentsAnswer)))]
async fn list(State(app): State<App>, ByAgent(by): ByAgent) -> Result<Answer<AgentsAnswer>, ApiError> {
    let all = app.accounts.list(&by.tenant).await?;
    let room = Room::of(&app, &by).await?;
    let agents = all.iter().map(|account| room.answer(account)).collect();
    Ok(Answer(AgentsAnswer { agents }))
}

/// Makes an account. For admins.
#[utoipa::path(post, path = "/agents", tag = "agents", operation_id = "make_agent",
    request_body = NewAgentRequest, responses((status = 201, body = AgentAnswer)))]
async fn add(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Change { body, once, .. }: Change<NewAgentRequest>,
) -> Result<(StatusCode, Answer<AgentAnswer>), ApiError> {
    let new = NewAgent {
        email: body.email,
        name: display_name(&body.name)?,
        role: body.role,
        password: body.password,
    };
    let account = app.accounts.add_by(admin.by(), once, &admin.tenant, new).await?;
    Ok((
        StatusCode::CREATED,
        Answer(Room::of(&app, &admin).await?.answer(&account)),
    ))
}

/// An agent, by id; for admins by address too.
#[utoipa::path(get, path = "/agents/{id}", tag = "agents", operation_id = "show_agent",
    params(("id" = String, Path, description = "The account's id, or its address")),
    responses((status = 200, body = AgentAnswer)))]
async fn show(
    State(app): State<App>,
    ByAgent(by): ByAgent,
    path: Result<Path<String>, PathRejection>,
) -> Result<Answer<AgentAnswer>, ApiError> {
    let id = named(path)?;
    if !manages(&by) && id.parse::<AgentId>().is_err() {
        // Addresses are for admins; which there are is not told by looking for one.
        return Err(Refusal::NotFound.into());
    }
    let account = app.accounts.account_of(&by.tenant, &id).await?;
    Ok(Answer(Room::of(&app, &by).await?.answer(&account)))
}

/// Changes an account. For admins.
#[utoipa::path(patch, path = "/agents/{id}", tag = "agents", operation_id = "change_agent",
    params(("id" = String, Path, description = "The account's id, or its address")),
    request_body = ChangeAgentRequest, responses((status = 200, body = AgentAnswer)))]
async fn change(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    Change { body, once, .. }: Change<ChangeAgentRequest>,
) -> Result<Answer<AgentAnswer>, ApiError> {
    let change = accounts::Change {
        name: body.name.as_deref().map(display_name).transpose()?,
        enabled: body.enabled,
        password: body.password,
        email: body.email,
        role: body.role,
        skills: body.skills,
        capacity: body.capacity,
    };
    let account = app
        .accounts
        .change_by(admin.by(), once, &admin.tenant, &named(path)?, change)
        .await?;
    Ok(Answer(Room::of(&app, &admin).await?.answer(&account)))
}

/// Disables an account for good and takes its name and address away. What it wrote stays, and what the journal and the audit log
/// say of it. For admins.
#[utoipa::path(delete, path = "/agents/{id}", tag = "agents", operation_id = "delete_agent",
    params(("id" = String, Path, description = "The account's id, or its address")),
    responses((status = 200, body = DeletedAnswer)))]
async fn delete(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<Answer<DeletedAnswer>, ApiError> {
    let account = app
        .accounts
        .delete_by(admin.by(), once, &admin.tenant, &named(path)?)
        .await?;
    Ok(Answer(DeletedAnswer {
        id: account.agent.id.to_string(),
        deleted: true,
    }))
}

fn named(path: Result<Path<String>, PathRejection>) -> Result<String, ApiError> {
    let Path(id) = path.map_err(|_| ApiError::bad_field("the address in the path is not UTF-8"))?;
    Ok(id)
}

fn display_name(name: &str) -> Result<DisplayName, ApiError> {
    DisplayName::parse(name).map_err(|refused| ApiError::bad_field(format!("`name`: {refused}")))
}

fn manages(by: &SignedIn) -> bool {
    by.role == Role::Admin && by.scope == Scope::Admin
}

/// What is known of the agents at this moment, for whoever asks.
struct Room {
    presence: HashMap<AgentId, Presence>,
    counts: HashMap<AgentId, AgentCount>,
    for_admin: bool,
}

impl Room {
    async fn of(app: &App, by: &SignedIn) -> Result<Room, ApiError> {
        let key = app.desk.tenant(&by.tenant)?;
        let presence = app.signals.presence(key);
        let counts = app.desk.read(move |conn| staff::counts(conn, key)).await?;
        Ok(Room {
            presence: presence.into_iter().map(|it| (it.agent.id, it)).collect(),
            counts: counts.into_iter().map(|it| (it.agent, it)).collect(),
            for_admin: manages(by),
        })
    }

    fn answer(&self, it: &Account) -> AgentAnswer {
        let id = it.agent.id;
        let presence = self.presence.get(&id);
        let counts = self.counts.get(&id);
        AgentAnswer {
            id: id.to_string(),
            name: it.agent.name.to_string(),
            role: it.role,
            enabled: it.enabled,
            skills: it.skills.clone(),
            capacity: it.capacity,
            presence: presence.map_or(PresenceState::Offline, |it| it.state),
            intent: it.intent,
            last_activity_at: presence.and_then(|it| it.last_activity_at).map(rfc3339),
            active: counts.map_or(0, |it| it.active),
            snoozed: counts.map_or(0, |it| it.snoozed),
            email: self.for_admin.then(|| it.email.clone()),
            has_password: self.for_admin.then_some(it.has_password),
            created_at: self.for_admin.then(|| rfc3339(it.created_at)),
        }
    }
}
