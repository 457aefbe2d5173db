//! `views`: names that the caller gave to filters of the list.

use axum::{Json, extract::State, http::StatusCode};
use minicom_protocol::{search::SavedView, words::Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::words::Nothing;
use crate::http::{
    App,
    asked::Named,
    error::ApiError,
    extract::{ByAgent, Change},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, save)).routes(routes!(delete))
}

/// A name for a filter of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = View)]
struct ViewAnswer {
    /// Its name.
    #[schema(example = "mine-late")]
    name: String,
    /// The filter, as it is typed in the terminal.
    #[schema(example = "owner:me wait>1h")]
    filter: String,
}

impl From<SavedView> for ViewAnswer {
    fn from(it: SavedView) -> ViewAnswer {
        ViewAnswer {
            name: it.name,
            filter: it.filter,
        }
    }
}

/// The caller's views.
#[derive(Serialize, ToSchema)]
#[schema(as = Views)]
struct ViewsAnswer {
    /// In the order in which they were made, at most 20.
    views: Vec<ViewAnswer>,
}

/// Lists the caller's views.
#[utoipa::path(
    get, path = "/views", tag = "agents", operation_id = "list_views",
    responses((status = 200, body = ViewsAnswer))
)]
async fn list(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<ViewsAnswer>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let views = app.desk.views(key, agent.agent.id).await?;
    Ok(Json(ViewsAnswer {
        views: views.into_iter().map(ViewAnswer::from).collect(),
    }))
}

/// A view to save.
#[derive(Deserialize, ToSchema)]
struct NewView {
    /// Its name: 1 to 32 letters, digits, `-`, `_` and `.`.
    #[schema(value_type = String, min_length = 1, max_length = 32, example = "mine-late")]
    name: Tag,
    /// The filter, as it is typed in the terminal. What it means is known there.
    #[schema(min_length = 1, max_length = 500, example = "owner:me wait>1h")]
    filter: String,
}

/// Saves a view, in the place of one of the same name.
#[utoipa::path(
    post, path = "/views", tag = "agents", operation_id = "save_view", request_body = NewView,
    responses((status = 201, body = ViewAnswer))
)]
async fn save(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<NewView>,
) -> Result<(StatusCode, Json<ViewAnswer>), ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let NewView { name, filter } = change.body;
    let name = name.as_str().to_owned();
    let view = SavedView { name, filter };
    let saved = app.desk.save_view(key, agent.agent.id, change.once, view).await?;
    app.signals.views_changed(key, agent.agent.id).await;
    Ok((StatusCode::CREATED, Json(ViewAnswer::from(saved))))
}

/// Deletes a view.
#[utoipa::path(
    delete, path = "/views/{id}", tag = "agents", operation_id = "delete_view",
    params(("id" = String, Path, description = "The view's name")),
    responses((status = 204, description = "It is gone"))
)]
async fn delete(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(name): Named<Tag>,
    change: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let name = name.as_str().to_owned();
    app.desk.delete_view(key, agent.agent.id, change.once, name).await?;
    app.signals.views_changed(key, agent.agent.id).await;
    Ok(StatusCode::NO_CONTENT)
}
