//! `blocked-networks`: from where no customer comes in.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use ipnet::IpNet;
use minicom_protocol::command::BLOCK_MINUTES_MAX;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::rfc3339,
    http::{
        App,
        api::words::Nothing,
        error::ApiError,
        extract::{ByAgent, Change},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, block))
        .routes(routes!(unblock))
}

/// Networks from which no customer comes in.
#[derive(Serialize, ToSchema)]
struct Networks {
    /// The newest first.
    networks: Vec<Network>,
}

/// A network from which no customer comes in.
#[derive(Serialize, ToSchema)]
struct Network {
    /// An address with the length of its prefix.
    network: String,
    /// Why, in an agent's words.
    reason: String,
    /// Since when, RFC 3339.
    created_at: String,
    /// Until when; `null`: for good.
    expires_at: Option<String>,
}

/// From where no customer comes in.
#[utoipa::path(get, path = "/blocked-networks", tag = "customers", responses((status = 200, body = Networks)))]
async fn list(State(app): State<App>, ByAgent(agent): ByAgent) -> Result<Json<Networks>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let networks = app.desk.blocked_networks(key).await?.into_iter().map(|it| Network {
        network: it.network.to_string(),
        reason: it.reason,
        created_at: rfc3339(it.created_at),
        expires_at: it.expires_at.map(rfc3339),
    });
    Ok(Json(Networks {
        networks: networks.collect(),
    }))
}

/// A network to be kept out.
#[derive(Deserialize, ToSchema)]
struct NewBlock {
    /// An address, or one with the length of its prefix: `192.0.2.7`, `2001:db8::/64`.
    network: String,
    /// Why, for colleagues; at most 200 characters.
    #[serde(default)]
    reason: String,
    /// For how many minutes; left out: for good.
    #[serde(default)]
    minutes: Option<u32>,
}

/// Keeps a network out: customers' connections from there end within a second, and none is taken.
#[utoipa::path(post, path = "/blocked-networks", tag = "customers", request_body = NewBlock, responses((status = 204)))]
async fn block(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    change: Change<NewBlock>,
) -> Result<StatusCode, ApiError> {
    let NewBlock {
        network,
        reason,
        minutes,
    } = change.body;
    let network = read(&network)?;
    if network.prefix_len() == 0 {
        return Err(ApiError::bad_field(
            "`network` is the whole internet: nobody could come in",
        ));
    }
    if reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        return Err(ApiError::bad_field("`reason` is one line of at most 200 characters"));
    }
    if minutes.is_some_and(|it| !(1..=BLOCK_MINUTES_MAX).contains(&it)) {
        return Err(ApiError::bad_field(format!("`minutes` is 1 to {BLOCK_MINUTES_MAX}")));
    }
    let key = app.desk.tenant(&agent.tenant)?;
    app.desk
        .block_network(key, network, (reason, minutes), &agent.caller, change.once)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a network in again.
#[utoipa::path(delete, path = "/blocked-networks/{network}", tag = "customers", params(("network" = String, Path)),
    responses((status = 204), (status = 404)))]
async fn unblock(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let Path(network) = path.map_err(|_| ApiError::bad_field("the network in the path is not UTF-8"))?;
    let key = app.desk.tenant(&agent.tenant)?;
    app.desk
        .unblock_network(key, read(&network)?, &agent.caller, once)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A network, or one address as a network of its own.
fn read(text: &str) -> Result<IpNet, ApiError> {
    let network = match text.parse::<IpNet>() {
        Ok(network) => network,
        Err(_) => {
            let address: std::net::IpAddr = text.parse().map_err(|_| {
                ApiError::bad_field("`network` is an address such as 192.0.2.7, or a network such as 2001:db8::/64")
            })?;
            IpNet::from(address.to_canonical())
        }
    };
    Ok(network.trunc())
}
