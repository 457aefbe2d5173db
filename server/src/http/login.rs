//! `POST /api/agent/login` and `/logout`: a token for an e-mail address and a password, and its end.

use std::net::IpAddr;

use axum::{Json as Answer, extract::State, http::StatusCode};
use minicom_protocol::{
    refusal::Refusal,
    rest::{AgentAnswer, LoginAnswer, LoginRequest},
};

use super::{
    App,
    error::ApiError,
    extract::{ByAnySignIn, Json, Peer},
};
use crate::{accounts, clock::rfc3339};

/// Signs in; the same for all spellings of the route.
pub async fn sign_in(app: &App, request: LoginRequest, peer: IpAddr) -> Result<accounts::Login, ApiError> {
    match app.accounts.login(request, peer).await {
        Ok(login) => Ok(login),
        Err(Refusal::SignIn) => Err(ApiError::wrong_login()),
        Err(other) => Err(other.into()),
    }
}

/// A token for an e-mail address and a password.
///
/// It is shown this once.
#[utoipa::path(
    post,
    path = "/api/agent/login",
    tag = "short paths",
    security(()),
    request_body(content = LoginRequest, example = json!({"email": "bo@example.org", "password": "correct horse battery"})),
    responses((status = 200, body = LoginAnswer, description = "The token, and whose it is")),
)]
pub async fn login(
    State(app): State<App>,
    Peer(peer): Peer,
    Json(request): Json<LoginRequest>,
) -> Result<Answer<LoginAnswer>, ApiError> {
    let login = sign_in(&app, request, peer).await?;
    Ok(Answer(LoginAnswer {
        token: login.token.reveal(),
        expires_at: rfc3339(login.expires_at),
        only_for: login.only_for.map(|it| it.name().to_owned()),
        device: login.device,
        agent: AgentAnswer {
            id: login.agent.id.to_string(),
            name: login.agent.name.to_string(),
            email: login.email,
            role: login.role,
        },
    }))
}

/// End the token that the request came with.
#[utoipa::path(
    post,
    path = "/api/agent/logout",
    tag = "short paths",
    responses((status = 204, description = "It is good for nothing any more")),
)]
pub async fn logout(State(app): State<App>, ByAnySignIn(agent): ByAnySignIn) -> Result<StatusCode, ApiError> {
    app.accounts.logout(&agent).await?;
    Ok(StatusCode::NO_CONTENT)
}
