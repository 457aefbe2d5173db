//! `tokens`: sign-ins of devices and tokens of programs. A token is named by its id, and shown when it is made alone.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
};
use minicom_protocol::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::{NewMachineToken, TokenRow},
    auth::scope::Scope,
    http::{
        App,
        api::words::Nothing,
        error::ApiError,
        extract::{ByAgent, Change},
    },
    limits,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(revoke))
}

/// Whose tokens.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// An account's id or address; left out: one's own. Others' are for admins.
    agent_id: Option<String>,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
struct Tokens {
    /// The newest first.
    tokens: Vec<TokenRow>,
}

/// List sign-ins and programs' tokens.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(Whose),
    responses((status = 200, body = Tokens), (status = 401), (status = 403), (status = 404)))]
async fn list(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    query: Result<Query<Whose>, QueryRejection>,
) -> Result<Json<Tokens>, ApiError> {
    let Query(whose) = query.map_err(|_| ApiError::bad_request("The query of the address cannot be read."))?;
    let tokens = app.accounts.tokens(&me, whose.agent_id.as_deref()).await?;
    Ok(Json(Tokens { tokens }))
}

/// A token for a program.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"label": "nightly report", "scope": "read", "expires_in_days": 30}))]
struct NewToken {
    /// What it is for.
    label: String,
    /// What it may do at most: `read`, `write` or `admin`; at most what one's own token may.
    #[schema(value_type = String)]
    scope: Scope,
    /// How many days it lasts, 1 to 366; 90 if left out.
    expires_in_days: Option<u32>,
    /// For whom, by id or address; left out: for oneself. For others only by admins.
    agent_id: Option<String>,
}

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
struct MadeToken {
    /// For `Authorization: Bearer`.
    token: String,
    /// How it is listed.
    #[serde(flatten)]
    row: TokenRow,
}

/// Make a token for a program.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = MadeToken), (status = 400), (status = 401), (status = 403), (status = 409)))]
async fn make(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    Change { body: asked, once, .. }: Change<NewToken>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    let new = NewMachineToken {
        agent: asked.agent_id,
        label: asked.label,
        scope: asked.scope,
        days: asked.expires_in_days.unwrap_or(limits::MACHINE_TOKEN_DAYS),
    };
    let (token, row) = app.accounts.make_token(&me, new, once).await?;
    let token = token.reveal();
    Ok((StatusCode::CREATED, Json(MadeToken { token, row })))
}

/// Revoke a token.
///
/// Its connections are closed within a second. One's own, or for admins anybody's.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens",
    params(("id" = String, Path, description = "The token's id")),
    responses((status = 204), (status = 401), (status = 404)))]
async fn revoke(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    path: Result<Path<String>, PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let Path(id) = path.map_err(|_| Refusal::NotFound)?;
    app.accounts.revoke_token(&me, &me.tenant, &id, once).await?;
    Ok(StatusCode::NO_CONTENT)
}
