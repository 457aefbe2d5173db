//! `/api/agents`: the accounts of the tenant, for admins. The command line manages a running server by these.

use axum::{
    Json as Answer,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use minicom_protocol::{
    rest::{AccountAnswer, AccountsAnswer, ChangeAccountRequest, NewAccountRequest},
    text::DisplayName,
};

use super::{
    App, answers,
    error::ApiError,
    extract::{self as asked, ByAdmin},
};
use crate::accounts::{Change, NewAgent};

/// All accounts, oldest first.
#[utoipa::path(
    get,
    path = "/api/agents",
    tag = "short paths",
    responses((status = 200, body = AccountsAnswer, description = "The accounts of the tenant")),
)]
pub async fn list(State(app): State<App>, ByAdmin(admin): ByAdmin) -> Result<Answer<AccountsAnswer>, ApiError> {
    let accounts = app.accounts.list(&admin.tenant).await?;
    Ok(Answer(AccountsAnswer {
        agents: accounts.iter().map(answers::account).collect(),
    }))
}

/// Make an account.
#[utoipa::path(
    post,
    path = "/api/agents",
    tag = "short paths",
    request_body(
        content = NewAccountRequest,
        example = json!({"email": "cy@example.org", "name": "Cy", "role": "agent", "password": "correct horse battery"}),
    ),
    responses((status = 201, body = AccountAnswer, description = "The account")),
)]
pub async fn add(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    asked::Change {
        body: request, once, ..
    }: asked::Change<NewAccountRequest>,
) -> Result<(StatusCode, Answer<AccountAnswer>), ApiError> {
    let new = NewAgent {
        email: request.email,
        name: display_name(&request.name)?,
        role: request.role,
        password: request.password,
    };
    let account = app.accounts.add_by(admin.by(), once, &admin.tenant, new).await?;
    Ok((StatusCode::CREATED, Answer(answers::account(&account))))
}

/// Change an account: its name, whether it may sign in, its password.
///
/// What is left out stays.
#[utoipa::path(
    method(patch, post),
    path = "/api/agents/{email}",
    tag = "short paths",
    params(("email" = String, Path, description = "The account's e-mail address", max_length = 254)),
    request_body(content = ChangeAccountRequest, example = json!({"name": "Bo Berg"})),
    responses((status = 200, body = AccountAnswer, description = "The account as it is now")),
)]
pub async fn change(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    asked::Change {
        body: request, once, ..
    }: asked::Change<ChangeAccountRequest>,
) -> Result<Answer<AccountAnswer>, ApiError> {
    let Path(email) = path.map_err(|_| ApiError::bad_field("the address in the path is not UTF-8"))?;
    let change = Change {
        name: request.name.as_deref().map(display_name).transpose()?,
        enabled: request.enabled,
        password: request.password,
        ..Change::default()
    };
    let account = app
        .accounts
        .change_by(admin.by(), once, &admin.tenant, &email, change)
        .await?;
    Ok(Answer(answers::account(&account)))
}

fn display_name(name: &str) -> Result<DisplayName, ApiError> {
    DisplayName::parse(name).map_err(|refused| ApiError::bad_field(format!("`name`: {refused}")))
}
