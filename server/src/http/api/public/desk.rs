//! `public/desk`: what a site shows before somebody asks.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use minicom_protocol::ids::TenantId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{session::TenantQuery, tenant};
use crate::{
    clock::rfc3339,
    http::{App, asked::Asked, error::ApiError},
};

/// A desk, as everybody may know it.
#[derive(Serialize, ToSchema)]
#[schema(as = Desk)]
pub struct DeskAnswer {
    /// Whose.
    #[schema(value_type = String, example = "default")]
    tenant_id: TenantId,
    /// The desk's name.
    #[schema(example = "Shop support")]
    title: String,
    /// A line under the name; empty: none.
    subtitle: String,
    /// Its colour, as `#rrggbb`; empty: none was chosen.
    colour: String,
    /// Whether it is within the desk's hours; `true` for a desk without hours.
    open_now: bool,
    /// Whether an agent is there who takes customers.
    agents_available: bool,
    /// When it opens next, if it is closed.
    #[schema(format = DateTime)]
    next_open_at: Option<String>,
    /// What a customer agrees to before the first line; empty: nothing is asked.
    consent: String,
    /// What is asked before the first line. Each can be skipped.
    questions: Vec<QuestionAnswer>,
    /// The bytes that a file may have.
    #[schema(example = 10_485_760)]
    file_bytes_max: u64,
}

/// Something asked before the first line.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
struct QuestionAnswer {
    /// Its key in `answers`.
    key: String,
    /// The question as the customer reads it.
    text: String,
}

/// Tells what a site shows before somebody asks: the desk's name and colours, and whether somebody is there.
#[utoipa::path(
    get, path = "/public/desk", tag = "public", operation_id = "show_desk", params(TenantQuery),
    responses((status = 200, body = DeskAnswer)), security(())
)]
pub async fn desk(
    State(app): State<App>,
    Asked(query): Asked<TenantQuery>,
    headers: HeaderMap,
) -> Result<Json<DeskAnswer>, ApiError> {
    let tenant_id = tenant(query.tenant_id.as_deref(), &headers)?;
    let key = app.desk.tenant(&tenant_id)?;
    let settings = Arc::new(app.desk.desk_settings(key).await?);
    let open = app.signals.open(key, &settings);
    let questions = settings.questions.iter().map(|it| QuestionAnswer {
        key: it.key.clone(),
        text: it.text.clone(),
    });
    Ok(Json(DeskAnswer {
        tenant_id,
        title: settings.name.clone(),
        subtitle: settings.subtitle.clone(),
        colour: settings.colour.clone(),
        open_now: open.open_now,
        agents_available: open.agents_available,
        next_open_at: open.next_open_at.map(rfc3339),
        consent: settings.consent.clone(),
        questions: questions.collect(),
        file_bytes_max: app.uploads.bytes_max(),
    }))
}
