//! The HTTP API: a request becomes a question or a command for the desk, and the answer a status and JSON. The table of
//! routes is on this page. It refuses to know SQL, and it decides nothing but who may ask.

mod agents;
mod aliases;
mod answers;
pub(crate) mod api;
mod around;
mod asked;
mod conversation;
mod dashboard;
mod error;
mod extract;
mod front;
pub mod health;
mod login;
mod metrics;
mod page;
mod pages;
mod takeover;
pub mod vitals;

use axum::{
    Router,
    http::Method,
    middleware,
    routing::{MethodRouter, get, patch, post},
};
use tokio_util::sync::CancellationToken;

pub use self::{
    aliases::spelled,
    api::EventFeeds,
    error::ApiError,
    extract::TENANT,
    page::{cursor_from, cursor_text},
};
use crate::{
    accounts::Accounts,
    auth::seal::SealingKey,
    desk::Desk,
    session::{Rates, Registry},
    signals::Signals,
    webhooks::Webhooks,
};

/// What the handlers work with.
#[derive(Clone)]
pub struct App {
    /// The front door.
    pub desk: Desk,
    /// Who may ask.
    pub accounts: Accounts,
    /// Cancelled when the server stops: then only the health routes are answered.
    pub draining: CancellationToken,
    /// The data folder, for the look at the free space.
    pub data: std::path::PathBuf,
    /// Seals secrets that must be read back.
    pub sealing: std::sync::Arc<SealingKey>,
    /// Who has connections open, to end them with their sign-in.
    pub registry: Registry,
    /// Other programs that are told.
    pub webhooks: Webhooks,
    /// Feeds of events that are open.
    pub feeds: EventFeeds,
    /// What the health routes and the numbers look at.
    pub vitals: vitals::Vitals,
    /// Who is there, and whether the desk is open.
    pub signals: Signals,
    /// How fast customers may write: one count for what comes by sockets and by HTTP.
    pub rates: std::sync::Arc<Rates>,
}

/// Every route. `sockets` are the routes that become WebSockets.
pub fn router(app: App, sockets: Router) -> Router {
    let routes: [(&str, MethodRouter<App>); 14] = [
        ("/api/conversation/{customer_id}", get(conversation::history)),
        ("/api/agent/dashboard", get(dashboard::list)),
        ("/api/agent/takeover", post(takeover::take_over)),
        ("/api/agent/login", post(login::login)),
        ("/api/agent/logout", post(login::logout)),
        ("/api/agents", get(agents::list).post(agents::add)),
        ("/api/agents/{email}", patch(agents::change).post(agents::change)),
        ("/healthz", get(health::live)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(metrics::metrics)),
        ("/", get(front::page)),
        ("/chat/{customer_id}", get(pages::chat)),
        ("/agent/dashboard", get(pages::dashboard)),
        ("/agent/chat/{customer_id}", get(pages::agent_chat)),
    ];
    let (api, _description) = api::routes().split_for_parts();
    let mut router = api;
    for (path, methods) in routes {
        router = router.route(path, methods);
    }
    let router = router
        .merge(sockets.with_state(()))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), around::around))
        .with_state(app);
    aliases::spelled(router)
}

async fn unknown_route() -> ApiError {
    ApiError::unknown_route()
}

/// Axum adds `Allow` with the methods of the route.
async fn wrong_method(method: Method) -> ApiError {
    ApiError::wrong_method(&method)
}
