//! The HTTP API: a request becomes a question or a command for the desk, and the answer a status and JSON. The routes
//! stand in `api/`, each with its description. It refuses to know SQL, and it decides nothing but who may ask.

mod agents;
mod aliases;
mod answers;
pub(crate) mod api;
mod around;
mod asked;
mod conversation;
mod dashboard;
mod describe;
mod error;
mod extract;
mod front;
pub mod health;
mod login;
mod metrics;
mod page;
mod pages;
mod sheet;
mod takeover;
mod under_way;
pub mod vitals;

use axum::{Router, http::Method};
use tokio_util::sync::CancellationToken;

pub use self::{
    aliases::spelled,
    api::EventFeeds,
    around::HttpRates,
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
    uploads::Uploads,
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
    /// Files that people send each other.
    pub uploads: Uploads,
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

/// Every route, with the usual rates. `sockets` are the routes that become WebSockets.
pub fn router(app: App, sockets: Router) -> Router {
    router_with(app, sockets, HttpRates::default())
}

/// The description of the API (OpenAPI 3.1), as it is served.
pub fn description() -> serde_json::Value {
    describe::whole(api::routes().into_openapi())
}

/// Every route, with these rates.
pub fn router_with(app: App, sockets: Router, rates: HttpRates) -> Router {
    let (api, description) = api::routes().split_for_parts();
    let router = api
        .merge(describe::routes(description))
        .merge(sockets.with_state(()))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method);
    aliases::spelled(around::layered(router, &app, rates).with_state(app))
}

async fn unknown_route() -> ApiError {
    ApiError::unknown_route()
}

/// Axum adds `Allow` with the methods of the route.
async fn wrong_method(method: Method) -> ApiError {
    ApiError::wrong_method(&method)
}
