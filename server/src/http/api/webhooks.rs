//! `webhooks`: other programs that are told, for admins.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
};
use minicom_protocol::{ids::Rev, refusal::Refusal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    clock::{self, rfc3339},
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::{ByAdmin, Change},
        page::{ShortLimit, begins_at, place_text},
    },
    store::webhooks::{Delivery, Webhook},
    webhooks::{self, HookError, NotAllowed},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, change, delete))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
        .routes(routes!(rotate))
        .routes(routes!(test))
}

/// A webhook to be made.
#[derive(Deserialize, ToSchema)]
struct NewWebhook {
    /// Where it listens: http or https, port 80 or 443, not inside.
    #[schema(example = "https://example.org/minicom")]
    url: String,
    /// The kinds of events that it wants; left out or empty: all.
    #[serde(default)]
    #[schema(example = json!(["chat.message.new", "chat.session.closed"]))]
    kinds: Vec<String>,
    /// Whether it is told from now on.
    #[serde(default = "yes")]
    enabled: bool,
}

fn yes() -> bool {
    true
}

/// What is changed of a webhook. What is left out stays.
#[derive(Deserialize, ToSchema)]
struct ChangedWebhook {
    /// Where it listens.
    url: Option<String>,
    /// The kinds of events that it wants; empty: all.
    kinds: Option<Vec<String>>,
    /// Whether it is told. Enabling it forgets that it failed.
    enabled: Option<bool>,
}

/// A program that is told what happens.
#[derive(Serialize, ToSchema)]
struct WebhookAnswer {
    /// Its id.
    id: String,
    /// Where it listens.
    url: String,
    /// The kinds of events that it wants; empty: all.
    kinds: Vec<String>,
    /// Whether it is told.
    enabled: bool,
    /// When it was made.
    created_at: String,
    /// Since when every try has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<String>,
    /// Why the server disabled it: `gone` (it answered 410) or `failing` (for three days).
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_for: Option<String>,
    /// Until when requests are signed by the secret from before too, after a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_secret_until: Option<String>,
    /// With which requests are signed. Told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: Option<String>,
}

impl WebhookAnswer {
    fn of(it: &Webhook) -> WebhookAnswer {
        WebhookAnswer {
            id: it.id.to_string(),
            url: it.url.clone(),
            kinds: it.kinds.clone(),
            enabled: it.enabled,
            created_at: rfc3339(it.created_at),
            failing_since: it.failing_since.map(rfc3339),
            disabled_for: it.disabled_for.clone(),
            old_secret_until: it
                .old_secret
                .as_ref()
                .filter(|(_, until)| *until > clock::now())
                .map(|(_, until)| rfc3339(*until)),
            secret: None,
        }
    }
}

/// All webhooks.
#[derive(Serialize, ToSchema)]
struct WebhooksAnswer {
    /// Oldest first.
    webhooks: Vec<WebhookAnswer>,
}

/// What a webhook was told, or is to be told.
#[derive(Serialize, ToSchema)]
struct DeliveryAnswer {
    /// The event's position in the journal.
    rev: u64,
    /// `due`, `done` or `failed`.
    state: String,
    /// Tries so far.
    attempts: u32,
    /// When it was due first.
    first_at: String,
    /// The newest try.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<String>,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<String>,
    /// What was answered to the newest try.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why that was not good.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl DeliveryAnswer {
    fn of(it: &Delivery) -> DeliveryAnswer {
        DeliveryAnswer {
            rev: it.rev.0,
            state: it.state.clone(),
            attempts: it.attempts,
            first_at: rfc3339(it.first_at),
            last_at: it.last_at.map(rfc3339),
            next_at: (it.state == "due").then(|| rfc3339(it.due)),
            status: it.status,
            error: it.error.clone(),
        }
    }
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// At most so many.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<ShortLimit>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
    /// Without a cursor: only of events before this one.
    before: Option<u64>,
}

/// A page of deliveries.
#[derive(Serialize, ToSchema)]
struct DeliveriesAnswer {
    /// Newest event first.
    deliveries: Vec<DeliveryAnswer>,
    /// For the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// What came of a test.
#[derive(Serialize, ToSchema)]
struct TestAnswer {
    /// Whether the receiver took it.
    delivered: bool,
    /// What was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Why that was not good.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<HookError> for ApiError {
    fn from(error: HookError) -> ApiError {
        match error {
            HookError::Url(NotAllowed(reason)) => {
                ApiError::url_not_allowed(reason.code(), NotAllowed(reason).to_string())
            }
            HookError::Kind(unknown) => ApiError::bad_field(format!("`kinds`: there is no kind '{unknown}'")),
            HookError::Refused(refusal) => refusal.into(),
        }
    }
}

/// The webhook in the path. What can be no id is an unknown one.
fn id_of(path: Result<Path<String>, PathRejection>) -> Result<Uuid, ApiError> {
    let Path(id) = path.map_err(|_| Refusal::NotFound)?;
    id.parse().map_err(|_| Refusal::NotFound.into())
}

/// All webhooks of the tenant, oldest first.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", responses((status = 200, body = WebhooksAnswer)))]
async fn list(State(app): State<App>, ByAdmin(admin): ByAdmin) -> Result<Json<WebhooksAnswer>, ApiError> {
    let webhooks = app.webhooks.list(&admin).await?;
    Ok(Json(WebhooksAnswer {
        webhooks: webhooks.iter().map(WebhookAnswer::of).collect(),
    }))
}

/// Makes a webhook. The answer has its secret, this once: a repeat with the same `Idempotency-Key` has none.
#[utoipa::path(
    post, path = "/webhooks", tag = "webhooks", request_body = NewWebhook,
    responses(
        (status = 201, body = WebhookAnswer),
        (status = 409, description = "`too_many`: there are 20 already"),
        (status = 422, description = "`url_not_allowed`, with `reason`: malformed, scheme, userinfo, port, loopback, private, link_local, reserved"),
    )
)]
async fn create(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    asked: Change<NewWebhook>,
) -> Result<(StatusCode, Json<WebhookAnswer>), ApiError> {
    let NewWebhook { url, kinds, enabled } = asked.body;
    let new = webhooks::New { url, kinds, enabled };
    let (made, secret) = app.webhooks.create(&admin, asked.once, new).await?;
    let answer = WebhookAnswer {
        secret: Some(secret),
        ..WebhookAnswer::of(&made)
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// One webhook.
#[utoipa::path(get, path = "/webhooks/{id}", tag = "webhooks", responses((status = 200, body = WebhookAnswer)), params(("id" = String, Path)))]
async fn show(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<WebhookAnswer>, ApiError> {
    let found = app.webhooks.show(&admin, id_of(path)?).await?;
    Ok(Json(WebhookAnswer::of(&found)))
}

/// Changes a webhook. What is left out stays.
#[utoipa::path(
    patch, path = "/webhooks/{id}", tag = "webhooks", request_body = ChangedWebhook, params(("id" = String, Path)),
    responses((status = 200, body = WebhookAnswer), (status = 422, description = "`url_not_allowed`, with `reason`"))
)]
async fn change(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    asked: Change<ChangedWebhook>,
) -> Result<Json<WebhookAnswer>, ApiError> {
    let ChangedWebhook { url, kinds, enabled } = asked.body;
    let change = webhooks::Change { url, kinds, enabled };
    let changed = app.webhooks.change(&admin, asked.once, id_of(path)?, change).await?;
    Ok(Json(WebhookAnswer::of(&changed)))
}

/// Nothing that is asked.
#[derive(Deserialize)]
struct Nothing {}

/// Deletes a webhook, with all that it was told and was to be told.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", responses((status = 204)), params(("id" = String, Path)))]
async fn delete(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    asked: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    app.webhooks.delete(&admin, asked.once, id_of(path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a webhook was told and is to be told, newest event first. `limit` and `cursor` as everywhere.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "webhooks", responses((status = 200, body = DeliveriesAnswer)),
    params(("id" = String, Path), Wanted)
)]
async fn deliveries(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<DeliveriesAnswer>, ApiError> {
    let id = id_of(path)?;
    let whose = app.desk.birth_mark(app.desk.tenant(&admin.tenant)?).await?;
    // Of this webhook alone: the places of another mean other deliveries.
    let list = format!("deliveries of {id}");
    let before = begins_at(wanted.cursor.as_deref(), &list, whose, rev_of)?;
    let before = before.or_else(|| wanted.before.map(|rev| Rev(rev.min(i64::MAX as u64))));
    let limit = wanted.limit.unwrap_or_default().0;
    let mut found = app.webhooks.deliveries(&admin, id, before, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    Ok(Json(DeliveriesAnswer {
        next_cursor: last.map(|it| place_text(&list, &it.rev.to_string(), whose)),
        deliveries: found.iter().map(DeliveryAnswer::of).collect(),
    }))
}

/// A position, of digits alone.
fn rev_of(text: &str) -> Option<Rev> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rev = text.parse().ok().filter(|_| digits)?;
    // More than the store can hold is no position.
    i64::try_from(rev).ok().map(|_| Rev(rev))
}

/// Tells a webhook an event again, or one that it was never told.
#[utoipa::path(
    post, path = "/webhooks/{id}/deliveries/{rev}/replay", tag = "webhooks", responses((status = 202, body = DeliveryAnswer)),
    params(("id" = String, Path), ("rev" = u64, Path))
)]
async fn replay(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<(String, String)>, PathRejection>,
    asked: Change<Nothing>,
) -> Result<(StatusCode, Json<DeliveryAnswer>), ApiError> {
    let Path((id, rev)) = path.map_err(|_| Refusal::NotFound)?;
    let rev = rev_of(&rev).ok_or(Refusal::NotFound)?;
    let delivery = app
        .webhooks
        .replay(&admin, asked.once, id_of(Ok(Path(id)))?, rev)
        .await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryAnswer::of(&delivery))))
}

/// Gives a webhook a new secret. For 24 hours requests are signed by both, so that the receiver can be told without missing any.
/// The answer has the new one, this once: a repeat with the same `Idempotency-Key` has none.
#[utoipa::path(post, path = "/webhooks/{id}/rotate", tag = "webhooks", responses((status = 200, body = WebhookAnswer)), params(("id" = String, Path)))]
async fn rotate(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    asked: Change<Nothing>,
) -> Result<Json<WebhookAnswer>, ApiError> {
    let (hook, secret) = app.webhooks.rotate(&admin, asked.once, id_of(path)?).await?;
    Ok(Json(WebhookAnswer {
        secret,
        ..WebhookAnswer::of(&hook)
    }))
}

/// Sends a webhook something that is no event (`webhook.test`), at once, and says what came of it.
#[utoipa::path(post, path = "/webhooks/{id}/test", tag = "webhooks", responses((status = 200, body = TestAnswer)), params(("id" = String, Path)))]
async fn test(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, PathRejection>,
    _: Change<Nothing>,
) -> Result<Json<TestAnswer>, ApiError> {
    let answered = app.webhooks.test(&admin, id_of(path)?).await?;
    Ok(Json(TestAnswer {
        delivered: answered.error.is_none(),
        status: answered.status,
        error: answered.error.map(str::to_owned),
    }))
}
