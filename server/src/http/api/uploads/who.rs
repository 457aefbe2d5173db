//! Who uploads or fetches a file: an agent by a token, or a customer by the key of the own conversations.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method};
use minicom_protocol::{
    ids::{AgentId, ConversationId, TenantId},
    refusal::Refusal,
    text::CustomerName,
};

use crate::{
    accounts::CustomerProof,
    auth::{scope::Scope, secret::CustomerSecret},
    http::{
        App,
        error::ApiError,
        extract::{self, bearer, sign_in},
    },
    store::{TenantKey, files::FileRow},
    uploads::Uploader,
};

/// For which thread a file is.
#[derive(Clone, Default)]
pub struct Thread {
    /// A conversation of it.
    pub session: Option<String>,
    /// The customer's name, for a customer without a conversation yet.
    pub customer: Option<String>,
    /// Whose desk; by the header if left out.
    pub tenant: Option<String>,
}

/// An agent who may do this, if the token is one's.
async fn agent(app: &App, headers: &HeaderMap, method: &Method, peer: IpAddr) -> Result<Option<AgentId>, ApiError> {
    match sign_in(app, headers, peer).await {
        Ok(signed_in) if signed_in.scope < Scope::Write && *method != Method::GET => Err(Refusal::Forbidden.into()),
        Ok(signed_in) => Ok(Some(signed_in.agent.id)),
        Err(Refusal::SignIn) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

fn tenant(named: Option<&str>, headers: &HeaderMap) -> Result<TenantId, Refusal> {
    match named {
        Some(named) => TenantId::parse(named).map_err(|_| Refusal::NotFound),
        None => extract::tenant(headers).ok_or(Refusal::NotFound),
    }
}

/// A secret, or what the tenant's site signed: the latter has dots in it.
fn proof(secret: &str) -> CustomerProof<'_> {
    match secret.contains('.') {
        true => CustomerProof {
            identity: Some(secret),
            ..CustomerProof::default()
        },
        false => CustomerProof::secret(secret),
    }
}

/// What is sent as a proof, if it can be one: a token that is nobody's proves nothing to a customer's route either.
///
/// # Errors
/// 401.
pub fn bearing(headers: &HeaderMap) -> Result<&str, ApiError> {
    let secret = bearer(headers).ok_or_else(ApiError::sign_in)?;
    Ok(secret)
}

fn can_be_customers(secret: &str) -> bool {
    secret.contains('.') || CustomerSecret::parse(secret).is_ok()
}

/// Whoever is none of those gets the answer of an unknown thread, to the byte.
fn nobody(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::SignIn | Refusal::NotFound | Refusal::WrongSecret => ApiError::no_such_thread(),
        other => other.into(),
    }
}

/// Who uploads, for this thread.
///
/// # Errors
/// No token at all; a field that is missing; and one answer for a thread that is not there or not one's own.
pub async fn uploads(app: &App, headers: &HeaderMap, peer: IpAddr, thread: &Thread) -> Result<Uploader, ApiError> {
    let secret = bearing(headers)?;
    let session = thread.session.as_deref().map(str::parse::<ConversationId>);
    if let Some(agent) = agent(app, headers, &Method::POST, peer).await? {
        let session = session.ok_or_else(|| {
            ApiError::bad_field("`session_id` names the conversation that the file is for; it stands before the file")
        })?;
        let session = session.map_err(|_| Refusal::NotFound)?;
        let id = extract::tenant(headers).ok_or(Refusal::NotFound)?;
        let key = app.desk.tenant(&id)?;
        let customer = app.desk.summary(key, session).await?.customer.id;
        return Ok(Uploader {
            tenant: key,
            customer,
            agent: Some((agent, session)),
        });
    }
    if !can_be_customers(secret) {
        return Err(ApiError::sign_in());
    }
    let id = tenant(thread.tenant.as_deref(), headers).map_err(nobody)?;
    let known = match (session, &thread.customer) {
        (Some(Ok(session)), _) => {
            let found = app
                .accounts
                .customer_of_session(&id, session, proof(secret), Some(peer));
            found.await
        }
        (None, Some(name)) => {
            let name = CustomerName::parse(name.clone()).map_err(|_| ApiError::no_such_thread())?;
            app.accounts.sign_in_customer(&id, &name, proof(secret), peer).await
        }
        (Some(Err(_)), _) => Err(Refusal::NotFound),
        // Without a thread to be the customer of, the token had to be an agent's.
        (None, None) => return Err(ApiError::sign_in()),
    };
    let known = known.map_err(nobody)?;
    if !known.consent.is_empty() {
        return Err(Refusal::ConsentRequired.into());
    }
    Ok(Uploader {
        tenant: app.desk.tenant(&id).map_err(nobody)?,
        customer: known.customer.id,
        agent: None,
    })
}

/// The file with this id, if who asks may have it: agents of the tenant and the customer of the thread, once it is sent; before
/// that, who uploaded it.
///
/// # Errors
/// No token at all; else one answer for a file that is not there and one that is not for this caller.
pub async fn may_have(
    app: &App,
    headers: &HeaderMap,
    peer: IpAddr,
    id: minicom_protocol::ids::FileId,
    tenant_named: Option<&str>,
) -> Result<(TenantKey, FileRow), ApiError> {
    let secret = bearing(headers)?;
    let agent = agent(app, headers, &Method::GET, peer).await?;
    if agent.is_none() && !can_be_customers(secret) {
        return Err(ApiError::sign_in());
    }
    let named = match agent {
        Some(_) => extract::tenant(headers).ok_or(Refusal::NotFound),
        None => tenant(tenant_named, headers),
    };
    let tenant = named.map_err(nobody)?;
    let key = app.desk.tenant(&tenant).map_err(nobody)?;
    let row = app.uploads.row(key, id).await.map_err(nobody)?;
    let may = match agent {
        Some(agent) => row.line.is_some() || row.agent == Some(agent),
        None => {
            let proven = app
                .accounts
                .customer_by_id(&tenant, row.customer, proof(secret), peer)
                .await;
            proven.map_err(nobody)?;
            row.line.is_some() || row.agent.is_none()
        }
    };
    match may {
        true => Ok((key, row)),
        false => Err(ApiError::no_such_thread()),
    }
}
