//! Signing in and out, and who is signed in.

use axum::{Json as Answer, extract::State, http::StatusCode};
use minicom_protocol::{people::Role, rest::LoginRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    accounts,
    clock::rfc3339,
    http::{
        App,
        error::ApiError,
        extract::{ByAnySignIn, Json, Peer},
        login as short,
    },
};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.org", "password": "four otters on a raft", "label": "reports, nightly"}))]
pub(super) struct Login {
    /// The account's address.
    email: String,
    /// Its password, or an admin's one-time code in its place.
    #[schema(min_length = 1)]
    password: String,
    /// Which tenant; `default` if left out.
    #[serde(alias = "tenant_id")]
    tenant: Option<String>,
    /// The code of the second factor, or a recovery code, where the account has one.
    totp: Option<String>,
    /// What the sign-in is listed as: the device and the program.
    label: Option<String>,
    /// What an earlier login on this device was given as `device`.
    device: Option<String>,
}

impl From<Login> for LoginRequest {
    fn from(it: Login) -> LoginRequest {
        LoginRequest {
            email: it.email,
            password: it.password,
            tenant: it.tenant,
            totp: it.totp,
            label: it.label,
            device: it.device,
        }
    }
}

/// A sign-in. The token is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct SignIn {
    /// For `Authorization: Bearer` and the socket's Hello.
    token: String,
    /// By which it is listed and revoked.
    token_id: String,
    /// When it ends, RFC 3339.
    expires_at: String,
    /// What alone it is good for: `new_password` or `totp_setup`; absent where it is good for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_for: Option<&'static str>,
    /// For `device` at the next login from this device.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// Whose it is.
    agent: Agent,
}

/// An agent.
#[derive(Serialize, ToSchema)]
pub(super) struct Agent {
    /// The account's id.
    id: String,
    /// The name that customers see.
    name: String,
    /// The account's address.
    email: String,
    /// `agent` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

impl From<accounts::Login> for SignIn {
    fn from(login: accounts::Login) -> SignIn {
        SignIn {
            token: login.token.reveal(),
            token_id: login.id.to_string(),
            expires_at: rfc3339(login.expires_at),
            only_for: login.only_for.map(|it| it.name()),
            device: login.device,
            agent: Agent {
                id: login.agent.id.to_string(),
                name: login.agent.name.to_string(),
                email: login.email,
                role: login.role,
            },
        }
    }
}

/// Sign in.
///
/// Gives a token for an e-mail address and a password. The answer is the same for an unknown account, a wrong password and a
/// disabled account. Where the account has a second factor, its code belongs to it (`totp_required`, `totp_wrong`).
#[utoipa::path(post, path = "/login", tag = "account", request_body = Login,
    responses((status = 200, body = SignIn), (status = 401), (status = 429)))]
pub(super) async fn login(
    State(app): State<App>,
    Peer(peer): Peer,
    Json(request): Json<Login>,
) -> Result<Answer<SignIn>, ApiError> {
    short::sign_in(&app, request.into(), peer)
        .await
        .map(|login| Answer(login.into()))
}

/// Sign out.
///
/// Ends the token that the request came with, on every connection.
#[utoipa::path(post, path = "/logout", tag = "account", responses((status = 204), (status = 401)))]
pub(super) async fn logout(State(app): State<App>, ByAnySignIn(me): ByAnySignIn) -> Result<StatusCode, ApiError> {
    app.accounts.logout(&me).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct WhoAmI {
    /// The account.
    agent: Agent,
    /// Of which tenant.
    tenant: String,
    /// The token's id; absent for the local token of the server's own computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<String>,
    /// What the token is listed as.
    label: String,
    /// `login` or `machine`.
    kind: &'static str,
    /// What the token may do at most: `read`, `write` or `admin`.
    scope: &'static str,
    /// What alone the token is good for: `new_password` or `totp_setup`; absent where it is good for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    only_for: Option<&'static str>,
    /// Whether the account has a second factor.
    totp: bool,
    /// How many one-time codes are left in its place.
    recovery_codes_left: u64,
}

/// Who is signed in, and by what.
#[utoipa::path(get, path = "/whoami", tag = "account", responses((status = 200, body = WhoAmI), (status = 401)))]
pub(super) async fn whoami(State(app): State<App>, ByAnySignIn(me): ByAnySignIn) -> Result<Answer<WhoAmI>, ApiError> {
    let totp = app.accounts.totp_state(&me).await?;
    Ok(Answer(WhoAmI {
        agent: Agent {
            id: me.agent.id.to_string(),
            name: me.agent.name.to_string(),
            email: me.email,
            role: me.role,
        },
        tenant: me.tenant.to_string(),
        token_id: (!me.operator).then(|| me.token_id.to_string()),
        label: me.label,
        kind: me.kind.name(),
        scope: me.scope.name(),
        only_for: me.only_for.map(|it| it.name()),
        totp: totp.is_some(),
        recovery_codes_left: totp.unwrap_or(0),
    }))
}
