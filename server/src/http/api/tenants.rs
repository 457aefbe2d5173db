//! `tenants`: the desks of this server, for its operator; an admin sees the own one.

use axum::{
    Json as Answer,
    extract::{Path, Query, State as FromApp, rejection::PathRejection},
    http::StatusCode,
};
use minicom_protocol::{ids::TenantId, refusal::Refusal, text::DisplayName};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::{NewTenant, TenantChange, TenantError},
    clock::rfc3339,
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, ByOperator, Change},
    },
    limits,
    store::tenants::{Quotas, State, Tenant, Usage},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(show, change, delete))
}

/// A tenant.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TenantAnswer {
    /// Its short name, by which it is named everywhere.
    #[schema(example = "acme")]
    pub tenant_id: String,
    /// What it is called.
    #[schema(example = "Acme Ltd")]
    pub name: String,
    /// Whether it is served.
    pub enabled: bool,
    /// `enabled`, `disabled`, or `deleting`.
    pub state: String,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Since when it is not served, RFC 3339.
    #[serde(default)]
    pub disabled_at: Option<String>,
    /// How much it may have.
    pub quotas: Quotas,
    /// How much it has; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// All tenants.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct TenantsAnswer {
    /// The oldest first.
    pub tenants: Vec<TenantAnswer>,
}

/// A tenant to be made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewTenantRequest {
    /// Its short name: 1 to 32 of a-z, 0-9 and -.
    #[schema(example = "acme", min_length = 1, max_length = 32, pattern = "^[a-z0-9-]+$")]
    pub tenant_id: String,
    /// What it is called; its short name if left out. Its customers read it until it chooses another title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Acme Ltd")]
    pub name: Option<String>,
    /// The address of its first admin; `admin@localhost` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ada@acme.example")]
    pub admin_email: Option<String>,
    /// The name of that admin; `Admin` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ada")]
    pub admin_name: Option<String>,
    /// How much it may have.
    #[serde(default, deserialize_with = "crate::http::extract::object")]
    pub quotas: Quotas,
}

/// What is to be different about a tenant. What is left out stays.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct ChangeTenantRequest {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// How much it may have, all of it: what is left out of this has no bound any more.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::http::extract::object_or_null"
    )]
    pub quotas: Option<Quotas>,
}

/// A deletion is confirmed.
#[derive(Deserialize, IntoParams)]
struct Confirm {
    /// The tenant's name once more.
    #[serde(default)]
    confirm: String,
}

/// Nothing is asked but that it happens.
#[derive(Deserialize)]
struct Nothing {}

/// All tenants of this server, the oldest first. For its operator.
#[utoipa::path(get, path = "/tenants", tag = "tenants", operation_id = "list_tenants", responses((status = 200, body = TenantsAnswer)))]
async fn list(
    FromApp(app): FromApp<App>,
    ByOperator(_operator): ByOperator,
) -> Result<Answer<TenantsAnswer>, ApiError> {
    let all = app.accounts.tenants().await?;
    let tenants = all.iter().map(|row| answer(row, None)).collect();
    Ok(Answer(TenantsAnswer { tenants }))
}

/// Makes a tenant with its first admin, who has no password yet. It is served at once. For the operator.
#[utoipa::path(post, path = "/tenants", tag = "tenants", operation_id = "make_tenant", request_body = NewTenantRequest,
    responses((status = 201, body = TenantAnswer)))]
async fn make(
    FromApp(app): FromApp<App>,
    ByOperator(operator): ByOperator,
    Change { body, once, .. }: Change<NewTenantRequest>,
) -> Result<(StatusCode, Answer<TenantAnswer>), ApiError> {
    let bad = |field: &str, why: &dyn std::fmt::Display| ApiError::bad_field(format!("`{field}`: {why}"));
    let admin_name = body.admin_name.as_deref().unwrap_or("Admin");
    let new = NewTenant {
        id: TenantId::parse(&body.tenant_id).map_err(|why| bad("tenant_id", &why))?,
        name: body.name,
        admin_email: body.admin_email,
        admin_name: DisplayName::parse(admin_name).map_err(|why| bad("admin_name", &why))?,
        quotas: body.quotas,
    };
    let made = app.accounts.make_tenant(operator.by(), once, new).await?;
    Ok((StatusCode::CREATED, Answer(answer(&made, None))))
}

/// A tenant, and how much it has. For the operator; for an admin the own one.
#[utoipa::path(get, path = "/tenants/{id}", tag = "tenants", operation_id = "show_tenant", params(("id" = String, Path, description = "The tenant's name")),
    responses((status = 200, body = TenantAnswer)))]
async fn show(
    FromApp(app): FromApp<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
) -> Result<Answer<TenantAnswer>, ApiError> {
    let id = named(path)?;
    if !admin.operator && admin.tenant != id {
        // As for one that is not there.
        return Err(TenantError::Unknown(id).into());
    }
    let (tenant, usage) = app.accounts.tenant(&id).await?;
    Ok(Answer(answer(&tenant, Some(usage))))
}

/// Changes a tenant: its name, its quotas, whether it is served. For the operator.
#[utoipa::path(patch, path = "/tenants/{id}", tag = "tenants", operation_id = "change_tenant", request_body = ChangeTenantRequest,
    params(("id" = String, Path, description = "The tenant's name")), responses((status = 200, body = TenantAnswer)))]
async fn change(
    FromApp(app): FromApp<App>,
    ByOperator(operator): ByOperator,
    path: Result<Path<String>, PathRejection>,
    Change { body, once, .. }: Change<ChangeTenantRequest>,
) -> Result<Answer<TenantAnswer>, ApiError> {
    let change = TenantChange {
        name: body.name,
        enabled: body.enabled,
        quotas: body.quotas,
    };
    let changed = app
        .accounts
        .change_tenant(operator.by(), once, &named(path)?, change)
        .await?;
    Ok(Answer(answer(&changed, None)))
}

/// Deletes a disabled tenant with all that it has, for good. For the operator. A large one goes on being deleted after the
/// answer; its state is `deleting` until then.
#[utoipa::path(delete, path = "/tenants/{id}", tag = "tenants", operation_id = "delete_tenant",
    params(("id" = String, Path, description = "The tenant's name"), Confirm),
    responses((status = 200, body = TenantAnswer)))]
async fn delete(
    FromApp(app): FromApp<App>,
    ByOperator(operator): ByOperator,
    path: Result<Path<String>, PathRejection>,
    Query(Confirm { confirm }): Query<Confirm>,
    Change { once, .. }: Change<Nothing>,
) -> Result<Answer<TenantAnswer>, ApiError> {
    let row = app
        .accounts
        .delete_tenant(operator.by(), once, &named(path)?, &confirm)
        .await?;
    let mut told = answer(&row, None);
    // Who asked may hang up: it goes on.
    let removal = tokio::spawn(app.accounts.clone().remove_tenant(row));
    if let Ok(Ok(true)) = timeout(limits::DELETION_ANSWERED_WITHIN, removal).await {
        "deleted".clone_into(&mut told.state);
    }
    Ok(Answer(told))
}

/// The tenant that the path names. What can be no tenant's name is an unknown one.
fn named(path: Result<Path<String>, PathRejection>) -> Result<TenantId, ApiError> {
    let Path(id) = path.map_err(|_| Refusal::NotFound)?;
    TenantId::parse(&id).map_err(|_| Refusal::NotFound.into())
}

fn answer(it: &Tenant, usage: Option<Usage>) -> TenantAnswer {
    let state = match it.state {
        State::Served => "enabled",
        State::Disabled => "disabled",
        State::Deleting => "deleting",
    };
    TenantAnswer {
        tenant_id: it.id.to_string(),
        name: it.name.clone(),
        enabled: it.state == State::Served,
        state: state.to_owned(),
        created_at: rfc3339(it.created_at),
        disabled_at: it.disabled_at.map(rfc3339),
        quotas: it.quotas,
        usage,
    }
}
