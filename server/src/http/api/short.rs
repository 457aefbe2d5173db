//! The short paths of the first version, and what stands beside the API: health and the front page. The handlers are files of
//! their own beside this folder.

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::{App, agents, conversation, dashboard, front, health, login, metrics, pages, takeover};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(conversation::history))
        .routes(routes!(dashboard::list))
        .routes(routes!(takeover::take_over))
        .routes(routes!(login::login))
        .routes(routes!(login::logout))
        .routes(routes!(agents::list, agents::add))
        .routes(routes!(agents::change))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
        .routes(routes!(front::page))
        .routes(routes!(pages::chat))
        .routes(routes!(pages::dashboard))
        .routes(routes!(pages::agent_chat))
}
