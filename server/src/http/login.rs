//! `POST /api/agent/login` and `/logout`: a token for an e-mail address and a password, and its end.

use axum::{Json as Answer, extract::State, http::StatusCode};
use minicom_protocol::{
    refusal::Refusal,
    rest::{AgentAnswer, LoginAnswer, LoginRequest},
};

use super::{
    App,
    error::ApiError,
    extract::{ByAgent, Json, Peer},
};
use crate::clock::rfc3339;

/// Gives a token, shown this once.
pub async fn login(
    State(app): State<App>,
    Peer(peer): Peer,
    Json(request): Json<LoginRequest>,
) -> Result<Answer<LoginAnswer>, ApiError> {
    let login = match app.accounts.login(request, peer).await {
        Ok(login) => login,
        Err(Refusal::SignIn) => return Err(ApiError::wrong_login()),
        Err(other) => return Err(other.into()),
    };
    Ok(Answer(LoginAnswer {
        token: login.token.reveal(),
        expires_at: rfc3339(login.expires_at),
        agent: AgentAnswer {
            id: login.agent.id.to_string(),
            name: login.agent.name.to_string(),
            email: login.email,
            role: login.role,
        },
    }))
}

/// Ends the token that the request came with.
pub async fn logout(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<StatusCode, ApiError> {
    app.accounts.logout(&agent).await?;
    Ok(StatusCode::NO_CONTENT)
}
