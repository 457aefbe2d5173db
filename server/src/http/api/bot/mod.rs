//! `bot`: what the bot knows, what it would do, and what conversations teach it.

mod asked;
mod examples;
mod gaps;
mod model;

use axum::http::StatusCode;
use minicom_protocol::{ids::Rev, refusal::Refusal};
use serde_json::json;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::SignedIn,
    http::{App, error::ApiError},
    store::{self, TenantKey},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(asked::why))
        .routes(routes!(asked::test))
        .routes(routes!(examples::list))
        .routes(routes!(examples::change, examples::delete))
        .routes(routes!(examples::accept))
        .routes(routes!(gaps::list))
        .routes(routes!(gaps::dismiss))
        .routes(routes!(gaps::draft))
        .routes(routes!(model::show))
        .routes(routes!(model::train))
        .routes(routes!(model::back))
}

/// Takes away what a person does not want to see again, and notes who did. `away` says whether it was there.
async fn taken_away(
    app: &App,
    agent: &SignedIn,
    id: Rev,
    action: &'static str,
    away: fn(&rusqlite::Connection, TenantKey, Rev) -> store::Result<bool>,
) -> Result<StatusCode, ApiError> {
    let (tenant, by) = (app.desk.tenant(&agent.tenant)?, agent.by());
    let written = app.desk.write(tenant, move |scope| {
        let gone = away(scope.conn, tenant, id)?;
        if gone {
            scope.audit(&by, action, id.0.to_string(), json!({}))?;
        }
        Ok(gone)
    });
    match written.await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Refusal::NotFound.into()),
    }
}

/// A share as a percentage, for people.
fn percent(share: f32) -> u8 {
    // 0 to 1, so it fits.
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
}
