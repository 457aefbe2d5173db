//! `login`, `logout`, `whoami`, `password`, `totp`: an agent and the own account.

use utoipa_axum::router::OpenApiRouter;

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
