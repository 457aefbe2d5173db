//! `agents`: accounts, for admins; who is there and how much each has to do, for everybody.

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
