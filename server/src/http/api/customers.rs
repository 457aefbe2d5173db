//! `customers`: who asks: found, described, kept out, exported and erased. `{id}` is a customer's id, or the name of one whom
//! the site does not vouch for.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use minicom_protocol::{
    command::AgentCommand,
    context::Profile,
    ids::CustomerId,
    intake::Introduction,
    people::Realm,
    refusal::Refusal,
    text::CustomerName,
    words::{Email, SubjectLine},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    clock::{self, rfc3339},
    desk::{Desk, ExportFor, Whom},
    http::{
        App,
        asked::Asked,
        error::ApiError,
        extract::{ByAdmin, ByAgent, Change, bearer},
        page::{ShortLimit, begins_at, place_text},
        under_way::UnderWay,
    },
    limits,
    order::Order,
    store::{
        TenantKey,
        customers::{CustomerRow, Find},
    },
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, change, erase))
        .routes(routes!(block))
        .routes(routes!(unblock))
        .routes(routes!(export))
}

/// A customer.
#[derive(Serialize, ToSchema)]
struct Customer {
    /// The id.
    id: String,
    /// The name, as the customer connects with it.
    customer_id: String,
    /// `named`, `signed` or `anonymous`.
    #[schema(value_type = String)]
    realm: Realm,
    /// Whether the tenant's site vouches for the customer.
    verified: bool,
    /// What was said of the customer, by the customer, by agents and, in `vouched`, by the site.
    #[schema(value_type = Object)]
    profile: Profile,
    /// Whether the customer is kept out now.
    blocked: bool,
    /// When the customer was first here, RFC 3339.
    created_at: String,
    /// When the consent text was last agreed to.
    consented_at: Option<String>,
}

fn customer(row: CustomerRow) -> Customer {
    Customer {
        id: row.customer.id.to_string(),
        customer_id: row.customer.name.to_string(),
        realm: row.customer.realm,
        verified: row.customer.realm == Realm::Signed,
        blocked: row.profile.blocked.as_ref().is_some_and(|it| it.holds(clock::now())),
        profile: row.profile,
        created_at: rfc3339(row.created_at),
        consented_at: row.consented_at.map(rfc3339),
    }
}

/// A page of customers.
#[derive(Serialize, ToSchema)]
struct Customers {
    /// Customers, by their ids.
    customers: Vec<Customer>,
    /// For the next page; `null` on the last.
    next_cursor: Option<String>,
}

/// Which customers are wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// In the name, the name to be called by, or the e-mail address; in any case.
    #[serde(default)]
    q: String,
    /// Rows, 1 to 200.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<ShortLimit>,
    /// From the page before.
    #[serde(default)]
    cursor: Option<String>,
}

/// What the list is called in its cursors.
const LIST: &str = "customers";

/// Customers by name or address.
#[utoipa::path(get, path = "/customers", tag = "customers", params(Wanted), responses((status = 200, body = Customers)))]
async fn list(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Customers>, ApiError> {
    let limit = wanted.limit.unwrap_or_default().0;
    if wanted.q.chars().count() > limits::QUERY_CHARS_MAX {
        let most = limits::QUERY_CHARS_MAX;
        return Err(ApiError::bad_field(format!("`q` has more than {most} characters")));
    }
    let key = app.desk.tenant(&agent.tenant)?;
    let whose = app.desk.birth_mark(key).await?;
    let find = Find {
        text: wanted.q,
        after: begins_at(wanted.cursor.as_deref(), LIST, whose, |at| at.parse().ok())?,
        limit: limit + 1,
    };
    let mut rows = app.desk.customers(key, find).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    Ok(Json(Customers {
        next_cursor: last.map(|row| place_text(LIST, &row.customer.id.to_string(), whose)),
        customers: rows.into_iter().map(customer).collect(),
    }))
}

/// A customer, with the addresses from which the customer is connected now.
#[derive(Serialize, ToSchema)]
struct Shown {
    #[serde(flatten)]
    customer: Customer,
    /// From where the customer is connected now.
    #[schema(value_type = Vec<String>)]
    addresses: Vec<std::net::IpAddr>,
}

/// A customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = Shown), (status = 404)))]
async fn show(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Json<Shown>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let id = named(&app.desk, key, path).await?;
    let row = app.desk.customer_row(key, id).await?;
    Ok(Json(Shown {
        customer: customer(row),
        addresses: app.desk.doors().addresses(key, id),
    }))
}

/// What is to be known of a customer. What is left out stays.
#[derive(Deserialize, ToSchema)]
struct ChangeCustomer {
    /// The name to be called by.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Option<SubjectLine>,
    /// Where an answer can be sent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Option<Email>,
    /// The tenant's own attributes; an empty value takes one away.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Says something of a customer. What the site vouches for stays as the site says it.
#[utoipa::path(patch, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)),
    request_body = ChangeCustomer, responses((status = 200, body = Shown), (status = 404)))]
async fn change(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    change: Change<ChangeCustomer>,
) -> Result<Json<Shown>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let id = named(&app.desk, key, path).await?;
    let ChangeCustomer {
        name,
        email,
        attributes,
    } = change.body;
    let describe = AgentCommand::DescribeCustomer {
        customer: id,
        introduction: Introduction { name, email },
        attributes,
    };
    app.desk
        .submit(&agent.caller, change.command, Order::Agent(describe))
        .await?;
    Ok(Json(Shown {
        customer: customer(app.desk.customer_row(key, id).await?),
        addresses: app.desk.doors().addresses(key, id),
    }))
}

/// Erases all that is kept of a customer, for admins. It cannot be undone; the name is free again.
#[utoipa::path(delete, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)),
    responses((status = 204), (status = 404)))]
async fn erase(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    Change { once, .. }: Change<Nothing>,
) -> Result<StatusCode, ApiError> {
    let key = app.desk.tenant(&admin.tenant)?;
    let agent = admin.agent.clone();
    app.desk
        .erase_customer(key, whom(path)?, agent, &admin.caller, once)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For how long somebody is kept out.
#[derive(Deserialize, ToSchema)]
struct For {
    /// Minutes; left out: for good.
    #[serde(default)]
    minutes: Option<u32>,
}

/// What came of a command.
#[derive(Serialize, ToSchema)]
struct Blocked {
    /// The customer's id.
    id: String,
    /// Whether the customer is kept out now.
    blocked: bool,
}

/// Keeps a customer out: connections end within a second, and none is taken.
#[utoipa::path(post, path = "/customers/{id}/block", tag = "customers", params(("id" = String, Path)),
    request_body = For, responses((status = 200, body = Blocked), (status = 404)))]
async fn block(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    change: Change<For>,
) -> Result<Json<Blocked>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let customer = named(&app.desk, key, path).await?;
    let minutes = change.body.minutes;
    let order = Order::Agent(AgentCommand::BlockCustomer { customer, minutes });
    app.desk.submit(&agent.caller, change.command, order).await?;
    Ok(Json(Blocked {
        id: customer.to_string(),
        blocked: true,
    }))
}

/// Nothing is asked.
#[derive(Deserialize)]
struct Nothing {}

/// Lets a customer in again.
#[utoipa::path(post, path = "/customers/{id}/unblock", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, body = Blocked), (status = 404)))]
async fn unblock(
    State(app): State<App>,
    ByAgent(agent): ByAgent,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    change: Change<Nothing>,
) -> Result<Json<Blocked>, ApiError> {
    let key = app.desk.tenant(&agent.tenant)?;
    let customer = named(&app.desk, key, path).await?;
    let order = Order::Agent(AgentCommand::UnblockCustomer { customer });
    app.desk.submit(&agent.caller, change.command, order).await?;
    Ok(Json(Blocked {
        id: customer.to_string(),
        blocked: false,
    }))
}

/// All that is kept of a customer, for admins: a JSON object a line, the customer first, then what happened.
#[utoipa::path(get, path = "/customers/{id}/export", tag = "customers", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/x-ndjson", body = String), (status = 404)))]
async fn export(
    State(app): State<App>,
    ByAdmin(admin): ByAdmin,
    headers: HeaderMap,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, ApiError> {
    let key = app.desk.tenant(&admin.tenant)?;
    let id = named(&app.desk, key, path).await?;
    let under_way = UnderWay::of_agent(&app, &admin, bearer(&headers).unwrap_or_default()).await?;
    let by = admin.by();
    let told =
        move |scope: &mut crate::execute::Scope<'_>| scope.audit(&by, "customer.exported", id.to_string(), json!({}));
    app.desk.write(key, told).await?;
    // The first page before the head: what cannot be read is refused, not cut off.
    let first = app.desk.export_customer(key, id, None, ExportFor::Agents).await?;
    let desk = app.desk;
    let pages = stream::unfold(Some((first, desk, under_way)), move |at| async move {
        let ((rows, after), desk, under_way) = at?;
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let next = match after {
            Some(after) => {
                let page = desk.export_customer(key, id, Some(after), ExportFor::Agents);
                under_way.unless_over(page).await.flatten().map(Some)
            }
            None => Ok(None),
        };
        // A page that fails, or that its reader may have no more, cuts the body off in a way that the reader sees.
        Some(match next {
            Ok(next) => (Ok(Bytes::from(lines)), next.map(|page| (page, desk, under_way))),
            Err(refusal) => (Err(std::io::Error::other(refusal.code())), None),
        })
    });
    let head = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((head, Body::from_stream(pages)).into_response())
}

/// The customer whom a path names: by id, or by name.
async fn named(
    desk: &Desk,
    tenant: TenantKey,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<CustomerId, ApiError> {
    Ok(match whom(path)? {
        Whom::Id(id) => id,
        Whom::Named(name) => desk.customer(tenant, name).await?.customer.id,
    })
}

/// Whom the path names.
fn whom(path: Result<Path<String>, axum::extract::rejection::PathRejection>) -> Result<Whom, ApiError> {
    let Path(text) = path.map_err(|_| ApiError::bad_field("the customer in the path is not UTF-8"))?;
    if let Ok(id) = text.parse() {
        return Ok(Whom::Id(id));
    }
    let name = CustomerName::parse(&text).map_err(|_| Refusal::NotFound)?;
    Ok(Whom::Named(name))
}
