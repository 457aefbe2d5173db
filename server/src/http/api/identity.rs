//! `identity-keys`: the keys by which the tenant's site vouches for its customers.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use minicom_protocol::{
    context::Vouched,
    text::CustomerName,
    words::{Email, SubjectLine},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::identity::Claims,
    clock::{self, rfc3339},
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, ByOperator, Change},
    },
    limits,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(sign))
        .routes(routes!(retire))
}

/// The keys of the tenant's site.
#[derive(Serialize, ToSchema)]
struct Keys {
    /// The newest first.
    keys: Vec<Key>,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
struct Key {
    /// By which a token names it (`kid`).
    id: String,
    /// When it was made, RFC 3339.
    created_at: String,
    /// When it was retired; `null`: it is good.
    retired_at: Option<String>,
}

/// The keys of the tenant's site, without their secrets.
#[utoipa::path(get, path = "/identity-keys", tag = "identity", responses((status = 200, body = Keys)))]
async fn list(State(app): State<App>, ByAdmin(admin): ByAdmin) -> Result<Json<Keys>, ApiError> {
    let keys = app
        .accounts
        .identity_keys(&admin.tenant)
        .await?
        .into_iter()
        .map(|key| Key {
            id: key.id,
            created_at: rfc3339(key.created_at),
            retired_at: key.retired_at.map(rfc3339),
        });
    Ok(Json(Keys { keys: keys.collect() }))
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
struct MadeKey {
    /// By which a token names it (`kid`).
    id: String,
    /// The secret: the bytes of this text are the key of the HMAC. It is shown this once.
    secret: String,
    /// When it was made, RFC 3339.
    created_at: String,
}

/// Nothing is asked.
#[derive(Deserialize)]
struct Nothing {}

/// Makes a key. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/identity-keys", tag = "identity", responses((status = 201, body = MadeKey)))]
async fn make(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    Change { once, .. }: Change<Nothing>,
) -> Result<(StatusCode, Json<MadeKey>), ApiError> {
    let made = app.accounts.make_identity_key(&admin, once).await?;
    let secret = String::from_utf8_lossy(&made.key.secret).into_owned();
    let answer = MadeKey {
        id: made.key.id,
        secret,
        created_at: rfc3339(made.created_at),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Retires a key: nothing that it signed is good from now on.
#[utoipa::path(delete, path = "/identity-keys/{id}", tag = "identity", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
async fn retire(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let Path(id) = path.map_err(|_| ApiError::bad_field("the key in the path is not UTF-8"))?;
    app.accounts.retire_identity_key(&admin, id, once).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a site would say of a customer.
#[derive(Deserialize, ToSchema)]
struct Trial {
    /// The customer's id on the site.
    #[schema(value_type = String)]
    customer_id: CustomerName,
    /// The name to be called by.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Option<SubjectLine>,
    /// The e-mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Option<Email>,
    /// What else the site says.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// For how many hours.
    #[serde(default)]
    hours: Option<u32>,
}

/// What was signed.
#[derive(Serialize, ToSchema)]
struct Signed {
    /// The token, as the site would give it to the customer.
    identity: String,
}

/// Signs what a site would say, with the newest key, to try it out. For whoever runs the server.
#[utoipa::path(post, path = "/identity-keys/sign", tag = "identity", request_body = Trial,
    responses((status = 200, body = Signed), (status = 404)))]
async fn sign(
    State(app): State<App>,
    ByOperator(operator): ByOperator,
    change: Change<Trial>,
) -> Result<Json<Signed>, ApiError> {
    let trial = change.body;
    let (hours, most) = (trial.hours.unwrap_or(1), limits::TRIAL_IDENTITY_HOURS_MAX);
    if !(1..=most).contains(&hours) {
        return Err(ApiError::bad_field(format!("`hours` is 1 to {most}")));
    }
    let issued_s = clock::now().0 / 1_000_000;
    let claims = Claims {
        customer: trial.customer_id,
        issued_s,
        expires_s: issued_s + i64::from(hours) * 3_600,
        vouched: Vouched {
            name: trial.name,
            email: trial.email,
            attributes: trial.attributes,
        },
    };
    let identity = app.accounts.sign_identity(&operator, &claims).await?;
    Ok(Json(Signed { identity }))
}
