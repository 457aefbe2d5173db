//! The second factor: an authenticator app (RFC 6238).

use axum::{
    Json as Answer,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use minicom_protocol::refusal::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::login::SignIn;
use crate::{
    auth::scope::OnlyFor,
    http::{
        App,
        api::words::Nothing,
        error::ApiError,
        extract::{ByAdmin, ByAgent, ByAnySignIn, Change, Json},
    },
};

/// A secret for an app, shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct Started {
    /// For who types it into the app.
    secret: String,
    /// The same for an app that reads it, as a QR code.
    otpauth_uri: String,
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"totp": "492039"}))]
pub(super) struct TheCode {
    /// What the app shows, or a recovery code where one is good.
    totp: String,
}

/// A second factor that is set up.
#[derive(Serialize, ToSchema)]
pub(super) struct Confirmed {
    /// One-time codes for when the app is lost, shown this once.
    recovery_codes: Vec<String>,
    /// A token that is good for all, if the one that asked was only good for this.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignIn>,
}

/// Begin to set up a second factor.
///
/// Nothing is asked for at logins until it is confirmed with a first code. Beginning again gives another secret.
#[utoipa::path(post, path = "/totp/start", tag = "account",
    responses((status = 200, body = Started), (status = 401), (status = 403), (status = 409)))]
pub(super) async fn start(State(app): State<App>, ByAnySignIn(me): ByAnySignIn) -> Result<Answer<Started>, ApiError> {
    may_set_up(me.only_for)?;
    let started = app.accounts.start_totp(&me).await?;
    Ok(Answer(Started {
        secret: started.secret,
        otpauth_uri: started.uri,
    }))
}

/// Confirm a second factor with its first code.
///
/// From then on each login asks for a code. The recovery codes are each good once in its place.
#[utoipa::path(post, path = "/totp/confirm", tag = "account", request_body = TheCode,
    responses((status = 200, body = Confirmed), (status = 401), (status = 403), (status = 404), (status = 429)))]
pub(super) async fn confirm(
    State(app): State<App>,
    ByAnySignIn(me): ByAnySignIn,
    Json(request): Json<TheCode>,
) -> Result<Answer<Confirmed>, ApiError> {
    may_set_up(me.only_for)?;
    let confirmed = app.accounts.confirm_totp(&me, &request.totp).await?;
    Ok(Answer(Confirmed {
        recovery_codes: confirmed.recovery_codes,
        sign_in: confirmed.login.map(SignIn::from),
    }))
}

/// Take the own second factor away.
///
/// Needs a code, so that a stolen token cannot do it. Refused where the tenant asks for a second factor.
#[utoipa::path(post, path = "/totp/disable", tag = "account", request_body = TheCode,
    responses((status = 204), (status = 401), (status = 403), (status = 404), (status = 429)))]
pub(super) async fn disable(
    State(app): State<App>,
    ByAgent(me): ByAgent,
    Json(request): Json<TheCode>,
) -> Result<StatusCode, ApiError> {
    app.accounts.disable_totp(&me, &request.totp).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an agent's second factor away, who has lost the app and the recovery codes.
#[utoipa::path(delete, path = "/agents/{id}/totp", tag = "account",
    params(("id" = String, Path, description = "The account's id or address")),
    responses((status = 204), (status = 403), (status = 404, description = "no such account, or `no_factor`: it has none")))]
pub(super) async fn reset(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let Path(who) = path.map_err(|_| Refusal::NotFound)?;
    app.accounts.reset_totp(&admin, &admin.tenant, &who, once).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn may_set_up(only_for: Option<OnlyFor>) -> Result<(), Refusal> {
    match only_for {
        Some(OnlyFor::NewPassword) => Err(Refusal::NewPasswordRequired),
        None | Some(OnlyFor::TotpSetup) => Ok(()),
    }
}
