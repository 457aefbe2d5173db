//! `groups`: agents who answer one sort of question. Everybody at the desk reads them, admins make them.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{
    command::AgentCommand,
    ids::{AgentId, GroupId},
    refusal::Refusal,
    staff::Group,
    words::{GroupName, Skill},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{made_id, sessions::does, words::Nothing};
use crate::{
    accounts::SignedIn,
    http::{
        App,
        asked::Named,
        error::ApiError,
        extract::{ByAdmin, ByAgent, Change},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(show, change, delete))
}

/// A group.
#[derive(Serialize, ToSchema)]
#[schema(as = Group)]
struct GroupAnswer {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: GroupId,
    /// Its name, unique in the tenant.
    #[schema(example = "billing")]
    name: String,
    /// Who is in it, by id.
    #[schema(value_type = Vec<Uuid>)]
    members: Vec<AgentId>,
    /// What its members are good at.
    skills: Vec<String>,
}

impl From<&Group> for GroupAnswer {
    fn from(it: &Group) -> GroupAnswer {
        GroupAnswer {
            id: it.id,
            name: it.name.as_str().to_owned(),
            members: it.members.clone(),
            skills: it.skills.iter().map(|skill| skill.as_str().to_owned()).collect(),
        }
    }
}

/// All groups.
#[derive(Serialize, ToSchema)]
#[schema(as = Groups)]
struct GroupsAnswer {
    /// At most 200.
    groups: Vec<GroupAnswer>,
}

/// Lists the groups.
#[utoipa::path(
    get, path = "/groups", tag = "settings", operation_id = "list_groups",
    responses((status = 200, body = GroupsAnswer))
)]
async fn list(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<GroupsAnswer>, ApiError> {
    let groups = all(&app, &agent).await?;
    let groups = groups.iter().map(GroupAnswer::from).collect();
    Ok(Json(GroupsAnswer { groups }))
}

async fn all(app: &App, agent: &SignedIn) -> Result<Vec<Group>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    Ok(app.desk.groups(key).await?)
}

async fn one(app: &App, agent: &SignedIn, id: GroupId) -> Result<Group, ApiError> {
    let found = all(app, agent).await?.into_iter().find(|it| it.id == id);
    found.ok_or_else(|| Refusal::NotFound.into())
}

/// Shows a group.
#[utoipa::path(
    get, path = "/groups/{id}", tag = "settings", operation_id = "show_group",
    params(("id" = Uuid, Path, description = "The group")),
    responses((status = 200, body = GroupAnswer))
)]
async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(id): Named<GroupId>,
) -> Result<Json<GroupAnswer>, ApiError> {
    Ok(Json(GroupAnswer::from(&one(&app, &agent, id).await?)))
}

/// A group to make.
#[derive(Deserialize, ToSchema)]
struct NewGroup {
    /// Its name, unique in the tenant: 1 to 32 letters, digits, `-`, `_` and `.`.
    #[schema(value_type = String, min_length = 1, max_length = 32, example = "billing")]
    name: GroupName,
    /// Who is in it, by id.
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 200)]
    members: Vec<AgentId>,
    /// What its members are good at.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 200, example = json!(["invoices"]))]
    skills: Vec<Skill>,
}

/// Makes a group.
#[utoipa::path(
    post, path = "/groups", tag = "settings", operation_id = "add_group", request_body = NewGroup,
    responses((status = 201, body = GroupAnswer))
)]
async fn add(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    change: Change<NewGroup>,
) -> Result<(StatusCode, Json<GroupAnswer>), ApiError> {
    let NewGroup { name, members, skills } = change.body;
    let id = GroupId(made_id(&admin, change.command));
    let group = Group {
        id,
        name,
        members,
        skills,
    };
    does(&app, &admin, change.command, AgentCommand::SaveGroup { group }).await?;
    let group = one(&app, &admin, id).await?;
    Ok((StatusCode::CREATED, Json(GroupAnswer::from(&group))))
}

/// What is changed of a group. What is left out stays.
#[derive(Deserialize, ToSchema)]
struct GroupPatch {
    /// Its name.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32, nullable = false)]
    name: Option<GroupName>,
    /// All who are in it, by id.
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 200, nullable = false)]
    members: Option<Vec<AgentId>>,
    /// All that its members are good at.
    #[schema(value_type = Option<Vec<String>>, max_items = 200, example = json!(["invoices", "refunds"]), nullable = false)]
    skills: Option<Vec<Skill>>,
}

/// Changes a group.
#[utoipa::path(
    patch, path = "/groups/{id}", tag = "settings", operation_id = "change_group",
    params(("id" = Uuid, Path, description = "The group")), request_body = GroupPatch,
    responses((status = 200, body = GroupAnswer))
)]
async fn change(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Named(id): Named<GroupId>,
    change: Change<GroupPatch>,
) -> Result<Json<GroupAnswer>, ApiError> {
    let known = one(&app, &admin, id).await?;
    let GroupPatch { name, members, skills } = change.body;
    let group = Group {
        id,
        name: name.unwrap_or(known.name),
        members: members.unwrap_or(known.members),
        skills: skills.unwrap_or(known.skills),
    };
    does(&app, &admin, change.command, AgentCommand::SaveGroup { group }).await?;
    Ok(Json(GroupAnswer::from(&one(&app, &admin, id).await?)))
}

/// Deletes a group. What waits for it waits for anybody.
#[utoipa::path(
    delete, path = "/groups/{id}", tag = "settings", operation_id = "delete_group",
    params(("id" = Uuid, Path, description = "The group")),
    responses((status = 204, description = "It is gone"))
)]
async fn delete(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Named(group): Named<GroupId>,
    change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    does(&app, &admin, change.command, AgentCommand::DeleteGroup { group }).await?;
    Ok(StatusCode::NO_CONTENT)
}
