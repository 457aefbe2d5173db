//! `customers/{id}/merge`: two customers who are one person.

use axum::{Json, extract::State};
use minicom_protocol::{command::AgentCommand, ids::CustomerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{sessions::does, words::CustomerName};
use crate::http::{
    App,
    asked::Named,
    error::ApiError,
    extract::{ByAgent, Change},
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(merge))
}

/// The other customer.
#[derive(Deserialize, ToSchema)]
#[schema(as = Merge)]
struct MergeBody {
    /// By internal id.
    #[schema(value_type = Uuid)]
    also: CustomerId,
}

/// One person.
#[derive(Serialize, ToSchema)]
#[schema(as = Merged)]
struct MergedAnswer {
    /// The customer of the path.
    customer: CustomerName,
    /// All other names of the same person.
    also: Vec<CustomerName>,
}

/// Joins two customers who are one person.
///
/// Threads stay what they are, and each shows the other's. A customer whom the tenant's site vouches for is joined with nobody.
#[utoipa::path(
    post, path = "/customers/{id}/merge", tag = "customers", operation_id = "merge_customers",
    params(("id" = Uuid, Path, description = "The customer, by internal id")), request_body = MergeBody,
    responses((status = 200, body = MergedAnswer))
)]
async fn merge(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Named(customer): Named<CustomerId>,
    change: Change<MergeBody>,
) -> Result<Json<MergedAnswer>, ApiError> {
    let also = change.body.also;
    let command = AgentCommand::MergeCustomers { customer, also };
    does(&app, &agent, change.command, command).await?;
    let key = app.desk.tenant(&agent.tenant)?;
    let known = app.desk.customer_context(key, customer).await?;
    Ok(Json(MergedAnswer {
        customer: CustomerName::from(&known.customer),
        also: known.also.iter().map(CustomerName::from).collect(),
    }))
}
