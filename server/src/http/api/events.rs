//! `events`: the journal of the tenant, to follow and to resume.

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
