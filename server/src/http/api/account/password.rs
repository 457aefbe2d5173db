//! A new password: the own one, and an admin's one-time code for who has lost theirs.

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
    clock::rfc3339,
    http::{
        App,
        error::ApiError,
        extract::{ByAdmin, ByAnySignIn, Change, Json},
    },
};

/// A new password.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"old_password": "four otters on a raft", "new_password": "nine boats and a wet rope"}))]
pub(super) struct NewPassword {
    /// The one that holds; not needed by who signed in with an admin's code.
    old_password: Option<String>,
    /// The new one.
    new_password: String,
}

/// Set the own password.
///
/// All sign-ins of the account end, also those of programs; the answer has a new token in place of the one that asked.
#[utoipa::path(post, path = "/password", tag = "account", request_body = NewPassword,
    responses((status = 200, body = SignIn), (status = 400), (status = 401), (status = 403)))]
pub(super) async fn change(
    State(app): State<App>,
    ByAnySignIn(me): ByAnySignIn,
    Json(request): Json<NewPassword>,
) -> Result<Answer<SignIn>, ApiError> {
    if me.only_for == Some(OnlyFor::TotpSetup) {
        return Err(Refusal::TotpSetupRequired.into());
    }
    let changed = app
        .accounts
        .change_own_password(&me, request.old_password, request.new_password);
    Ok(Answer(changed.await?.into()))
}

/// A body without fields.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// A one-time code, shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct ResetCode {
    /// For whom.
    email: String,
    /// To be given in place of the password, once.
    code: String,
    /// When it ends, RFC 3339.
    expires_at: String,
}

/// Make a one-time code for who has lost the password.
///
/// The agent signs in with it in place of the password and can then only set a new one. An earlier code ends.
#[utoipa::path(post, path = "/agents/{id}/reset-code", tag = "account",
    params(("id" = String, Path, description = "The account's id or address")),
    responses((status = 201, body = ResetCode), (status = 403), (status = 404)))]
pub(super) async fn reset_code(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<(StatusCode, Answer<ResetCode>), ApiError> {
    let Path(who) = path.map_err(|_| Refusal::NotFound)?;
    let (code, email, ends) = app.accounts.reset_code(&admin, &who, once).await?;
    let answer = ResetCode {
        email,
        code: code.reveal(),
        expires_at: rfc3339(ends),
    };
    Ok((StatusCode::CREATED, Answer(answer)))
}
