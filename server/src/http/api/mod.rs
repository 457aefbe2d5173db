//! The API under `/api/v1/chat`: one file per resource, each with its routes and their description (OpenAPI 3.1) in one
//! place. Handlers are thin: extractor, [`Desk`](crate::desk::Desk) or [`Accounts`](crate::accounts::Accounts), answer.

mod account;
mod agents;
mod audit;
mod customers;
mod events;
mod library;
mod public;
mod queue;
mod sessions;
mod settings;
mod tenants;
mod tickets;
mod tokens;
mod webhooks;

use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

pub use self::events::Places as EventFeeds;
use super::App;

/// Where the API lives.
pub const BASE: &str = "/api/v1/chat";

#[derive(OpenApi)]
#[openapi(info(
    title = "Minicom",
    description = "The HTTP API of a Minicom server. docs/api.md explains it in prose."
))]
struct Description;

/// All routes of the API, with their description.
pub fn routes() -> OpenApiRouter<App> {
    let resources = OpenApiRouter::new()
        .merge(account::routes())
        .merge(agents::routes())
        .merge(audit::routes())
        .merge(customers::routes())
        .merge(events::routes())
        .merge(library::routes())
        .merge(public::routes())
        .merge(queue::routes())
        .merge(sessions::routes())
        .merge(settings::routes())
        .merge(tenants::routes())
        .merge(tickets::routes())
        .merge(tokens::routes())
        .merge(webhooks::routes());
    OpenApiRouter::with_openapi(Description::openapi()).nest(BASE, resources)
}
