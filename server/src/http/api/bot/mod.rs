//! `bot`: what the bot knows, what it would do, and what conversations teach it.

mod asked;
mod examples;
mod gaps;
mod model;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::App;

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

/// A share as a percentage, for people.
fn percent(share: f32) -> u8 {
    // 0 to 1, so it fits.
    (share.clamp(0.0, 1.0) * 100.0).round() as u8
}
