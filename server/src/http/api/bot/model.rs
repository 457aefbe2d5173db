//! `bot/model`: what the bot has learnt from, trained anew, and gone back to what it was before.

use axum::{Json, extract::State};
use minicom_protocol::refusal::Refusal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    accounts::SignedIn,
    bot::learner,
    clock::rfc3339,
    execute::Scope,
    http::{
        App,
        api::words::Nothing,
        error::ApiError,
        extract::{ByAdmin, ByAgent, Change},
    },
    store::{
        TenantKey,
        bot_models::{self, ModelRow},
    },
};

/// A model.
#[derive(Serialize, ToSchema)]
#[schema(as = Model)]
pub struct ModelAnswer {
    /// Counted from 1.
    #[schema(example = 7)]
    version: u64,
    /// When it was trained.
    #[schema(format = DateTime)]
    made_at: String,
    /// Articles that it knows.
    #[schema(example = 42)]
    articles: u64,
    /// Titles, questions and passages that it learnt from.
    #[schema(example = 311)]
    examples: u64,
    /// SHA-256 of all that it was trained on, in hex.
    inputs: String,
    /// SHA-256 of what training made of it, in hex: the same inputs give the same.
    heads: String,
}

impl From<&ModelRow> for ModelAnswer {
    fn from(it: &ModelRow) -> ModelAnswer {
        let hex = |bytes: &[u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        ModelAnswer {
            version: it.version,
            made_at: rfc3339(it.made_at),
            articles: it.articles,
            examples: it.examples,
            inputs: hex(&it.inputs),
            heads: hex(&it.heads),
        }
    }
}

/// What the bot knows.
#[derive(Serialize, ToSchema)]
#[schema(as = BotModel)]
pub struct ModelsAnswer {
    /// What is used; `null` before there is an article.
    model: Option<ModelAnswer>,
    /// Whether it is the one before, gone back to until something else is to be learnt.
    back: bool,
    /// The other one that is kept: the one before, or after going back the one that was left.
    other: Option<ModelAnswer>,
}

async fn shown(app: &App, agent: &SignedIn) -> Result<Json<ModelsAnswer>, ApiError> {
    let tenant = app.desk.tenant(&agent.tenant)?;
    let mut all = app.desk.read(move |conn| bot_models::all(conn, tenant)).await?;
    let back = all.iter().any(|it| it.instead.is_some());
    if back {
        all.reverse();
    }
    Ok(Json(ModelsAnswer {
        model: all.first().map(ModelAnswer::from),
        back,
        other: all.get(1).map(ModelAnswer::from),
    }))
}

/// Shows what the bot has learnt from.
#[utoipa::path(
    get, path = "/bot/model", tag = "bot", operation_id = "show_bot_model", responses((status = 200, body = ModelsAnswer))
)]
pub async fn show(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<ModelsAnswer>, ApiError> {
    shown(&app, &agent).await
}

/// Trains the bot on what is published now.
///
/// It does so by itself after each change. After going back, this goes on again.
#[utoipa::path(
    post, path = "/bot/train", tag = "bot", operation_id = "train_bot", responses((status = 200, body = ModelsAnswer))
)]
pub async fn train(
    State(app): State<App>,
    ByAdmin(agent): ByAdmin,
    _change: Change<Nothing>,
) -> Result<Json<ModelsAnswer>, ApiError> {
    let by = agent.by();
    let trained = changed(&app, &agent, move |scope, tenant| {
        bot_models::go_on(scope.conn, tenant)?;
        scope.audit(&by, "bot.trained", "bot", json!({}))?;
        Ok(true)
    });
    trained.await
}

/// Goes back to what the bot knew before its newest model.
///
/// Until something else is to be learnt. 404 if there is nothing before it.
#[utoipa::path(
    post, path = "/bot/back", tag = "bot", operation_id = "bot_goes_back", responses((status = 200, body = ModelsAnswer))
)]
pub async fn back(
    State(app): State<App>,
    ByAdmin(agent): ByAdmin,
    _change: Change<Nothing>,
) -> Result<Json<ModelsAnswer>, ApiError> {
    let by = agent.by();
    let gone = changed(&app, &agent, move |scope, tenant| {
        let Some(model) = bot_models::go_back(scope.conn, tenant)? else {
            return Ok(false);
        };
        scope.audit(&by, "bot.gone_back", "bot", json!({"version": model.version}))?;
        Ok(true)
    });
    gone.await
}

/// Changes which model is used, waits until it is learnt, as far as that takes no long time, and shows it. `change` says whether there
/// was something to change.
async fn changed(
    app: &App,
    agent: &SignedIn,
    change: impl FnOnce(&Scope<'_>, TenantKey) -> crate::store::Result<bool> + Send + 'static,
) -> Result<Json<ModelsAnswer>, ApiError> {
    let tenant = app.desk.tenant(&agent.tenant)?;
    let written = app.desk.write(tenant, move |scope| change(scope, tenant));
    if !written.await? {
        return Err(Refusal::NotFound.into());
    }
    match app.desk.minds().of(tenant) {
        Some(learner) => {
            learner.changed();
            learner.newest().await;
        }
        None => drop(learner::once(&app.desk, tenant).await?),
    }
    shown(app, agent).await
}
