//! `login`, `logout`, `whoami`, `password`, `totp`: an agent and the own account; and what an admin does for who cannot sign
//! in any more.

mod login;
mod password;
mod totp;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::App;

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login::login))
        .routes(routes!(login::logout))
        .routes(routes!(login::whoami))
        .routes(routes!(password::change))
        .routes(routes!(password::reset_code))
        .routes(routes!(totp::start))
        .routes(routes!(totp::confirm))
        .routes(routes!(totp::disable))
        .routes(routes!(totp::reset))
}
