//! `public/...`: what a customer without the terminal program calls, and a site for its customers. The key of a session is the
//! customer's secret; whoever has it is that customer. Without it nothing is told from nothing.

mod articles;
mod desk;
mod message;
mod session;
mod start;

use std::net::IpAddr;

use axum::http::HeaderMap;
use minicom_protocol::{
    command::{CustomerCommand, Done},
    ids::{CommandId, ConversationId, TenantId},
    people::CustomerRef,
    refusal::Refusal,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::session::TenantQuery;
use crate::{
    accounts::{CustomerProof, KnownCustomer},
    http::{
        App,
        error::ApiError,
        extract::{self, bearer},
        under_way::UnderWay,
    },
    order::{Caller, Order, Who},
    store::TenantKey,
};

/// See the module.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start::start))
        .routes(routes!(message::post))
        .routes(routes!(session::show))
        .routes(routes!(session::transcript))
        .routes(routes!(session::human))
        .routes(routes!(session::close))
        .routes(routes!(session::seen))
        .routes(routes!(session::rate))
        .routes(routes!(desk::desk))
        .routes(routes!(articles::list))
        .routes(routes!(articles::show))
}

/// The tenant that a request means: by its body or query, else by the header, else the default one.
fn tenant(named: Option<&str>, headers: &HeaderMap) -> Result<TenantId, Refusal> {
    match named {
        Some(named) => TenantId::parse(named).map_err(|_| Refusal::NotFound),
        None => extract::tenant(headers).ok_or(Refusal::NotFound),
    }
}

/// A customer who has shown the key of a session.
struct Visitor {
    caller: Caller,
    customer: CustomerRef,
    key: TenantKey,
}

impl Visitor {
    fn new(tenant: TenantId, key: TenantKey, customer: CustomerRef) -> Visitor {
        let caller = Caller::new(tenant, Who::Customer(customer.clone()));
        Visitor { caller, customer, key }
    }

    /// By the key that travels as `Authorization: Bearer`. An unknown tenant, an unknown or malformed session, and a wrong or
    /// missing key are one answer, to the byte. `peer` is where it comes from, for those who write.
    async fn of_session(
        app: &App,
        headers: &HeaderMap,
        tenant_named: Option<&str>,
        session: &str,
        peer: Option<IpAddr>,
    ) -> Result<(Visitor, ConversationId), ApiError> {
        let (tenant, known, session) = Self::proven(app, headers, tenant_named, session, peer).await?;
        let key = app.desk.tenant(&tenant).map_err(no_such_thread)?;
        Ok((Visitor::new(tenant, key, known.customer), session))
    }

    /// The same, with what ends with the sign-in: for what takes long.
    async fn staying(
        app: &App,
        headers: &HeaderMap,
        tenant_named: Option<&str>,
        session: &str,
        peer: IpAddr,
    ) -> Result<(TenantKey, ConversationId, UnderWay), ApiError> {
        let (tenant, known, session) = Self::proven(app, headers, tenant_named, session, Some(peer)).await?;
        let key = app.desk.tenant(&tenant).map_err(no_such_thread)?;
        let under_way = UnderWay::of_customer(app, &tenant, known, peer).await;
        Ok((key, session, under_way.map_err(no_such_thread)?))
    }

    async fn proven(
        app: &App,
        headers: &HeaderMap,
        tenant_named: Option<&str>,
        session: &str,
        peer: Option<IpAddr>,
    ) -> Result<(TenantId, KnownCustomer, ConversationId), ApiError> {
        let tenant = tenant(tenant_named, headers).map_err(no_such_thread)?;
        let (Some(secret), Ok(session)) = (bearer(headers), session.parse::<ConversationId>()) else {
            return Err(ApiError::no_such_thread());
        };
        let proof = CustomerProof::secret(secret);
        let found = app.accounts.customer_of_session(&tenant, session, proof, peer).await;
        Ok((tenant, found.map_err(no_such_thread)?, session))
    }

    /// Does a command, at the customer's pace.
    async fn does(&self, app: &App, id: CommandId, command: CustomerCommand) -> Result<Done, ApiError> {
        match command {
            CustomerCommand::MarkSeen { .. } => app.rates.mark(self.key, self.customer.id)?,
            _ => app.rates.line(self.key, self.customer.id)?,
        }
        Ok(app.desk.submit(&self.caller, id, Order::Customer(command)).await?)
    }
}

/// One answer for all that tells whether there is such a thread.
fn no_such_thread(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::SignIn | Refusal::NotFound | Refusal::WrongSecret => ApiError::no_such_thread(),
        other => other.into(),
    }
}
