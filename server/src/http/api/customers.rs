//! `customers`: who asks: profile, devices, blocking, export and erasure.

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
