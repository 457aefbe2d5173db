//! `public/...`: what a customer without the terminal program calls.

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
