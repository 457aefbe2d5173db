//! The API under `/api/v1/chat`: one file per resource, each with its routes and their description (OpenAPI 3.1) in one
//! place. Handlers are thin: extractor, [`Desk`](crate::desk::Desk) or [`Accounts`](crate::accounts::Accounts), answer.

mod account;
pub(crate) mod agents;
pub(crate) mod audit;
mod bot;
mod customers;
mod events;
mod groups;
mod identity;
mod library;
mod mentions;
mod merge;
mod networks;
mod public;
mod queue;
mod reports;
mod search;
mod sessions;
mod settings;
mod short;
mod staff;
mod statistics;
pub(crate) mod tenants;
mod tickets;
mod tokens;
mod transfer;
mod uploads;
mod views;
mod webhooks;
mod words;

use minicom_protocol::ids::{CommandId, Time};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

pub use self::events::EventFeeds;
use super::App;
use crate::{accounts::SignedIn, timers::derived_id};

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
        .merge(bot::routes())
        .merge(customers::routes())
        .merge(events::routes())
        .merge(groups::routes())
        .merge(identity::routes())
        .merge(library::routes())
        .merge(mentions::routes())
        .merge(merge::routes())
        .merge(networks::routes())
        .merge(public::routes())
        .merge(queue::routes())
        .merge(reports::routes())
        .merge(search::routes())
        .merge(sessions::routes())
        .merge(settings::routes())
        .merge(staff::routes())
        .merge(statistics::routes())
        .merge(tenants::routes())
        .merge(tickets::routes())
        .merge(tokens::routes())
        .merge(transfer::routes())
        .merge(uploads::routes())
        .merge(views::routes())
        .merge(webhooks::routes());
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(short::routes())
        .nest(BASE, resources)
}

/// An id for what a request makes: the same for its repeat, and another for whoever else uses the same key.
fn made_id(by: &SignedIn, command: CommandId) -> Uuid {
    derived_id(Time(0), &[b"made", by.agent.id.as_bytes(), command.as_bytes()]).0
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod commands_tests;
