//! Who uploads or fetches a file: an agent by a token, or a customer by the key of the own conversations.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method};
use minicom_protocol::{
    ids::{ConversationId, FileId, TenantId},
    refusal::Refusal,
    text::CustomerName,
};

use crate::{
    accounts::{CustomerProof, SignedIn},
    auth::{scope::Scope, secret::CustomerSecret},
    http::{
        App,
        error::ApiError,
        extract::{self, bearer, sign_in},
        under_way::UnderWay,
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

impl Thread {
    /// What is not said here is as it is said there.
    pub fn or(self, there: Thread) -> Thread {
        Thread {
            session: self.session.or(there.session),
            customer: self.customer.or(there.customer),
            tenant: self.tenant.or(there.tenant),
        }
    }
}

/// Who asks, as far as the token alone tells.
pub enum Asker {
    /// An agent.
    Agent(Box<SignedIn>),
    /// Perhaps a customer: the thread tells whose key it has to be.
    Customer,
}

impl Asker {
    /// Of a request that does this. Nothing of the body was read yet.
    ///
    /// # Errors
    /// 401 for what is no agent's token and can be no customer's key; 403 for a token that may not do this.
    pub async fn of(app: &App, headers: &HeaderMap, method: &Method, peer: IpAddr) -> Result<Asker, ApiError> {
        let secret = bearing(headers)?;
        match sign_in(app, headers, peer).await {
            Ok(signed_in) if signed_in.scope < Scope::Write && *method != Method::GET => Err(Refusal::Forbidden.into()),
            Ok(signed_in) => Ok(Asker::Agent(Box::new(signed_in))),
            Err(Refusal::SignIn) if can_be_customers(secret) => Ok(Asker::Customer),
            Err(Refusal::SignIn) => Err(ApiError::sign_in()),
            Err(other) => Err(other.into()),
        }
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

/// What is sent as a proof.
fn bearing(headers: &HeaderMap) -> Result<&str, ApiError> {
    bearer(headers).ok_or_else(ApiError::sign_in)
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

/// Who uploads, for this thread, and what ends with the sign-in.
///
/// # Errors
/// A field that is missing; and one answer for a thread that is not there or not one's own.
pub async fn uploads(
    app: &App,
    headers: &HeaderMap,
    peer: IpAddr,
    asker: &Asker,
    thread: &Thread,
) -> Result<(Uploader, UnderWay), ApiError> {
    let secret = bearing(headers)?;
    let session = thread.session.as_deref().map(str::parse::<ConversationId>);
    if let Asker::Agent(signed_in) = asker {
        let session = session.ok_or_else(|| {
            ApiError::bad_field("`session_id` names the conversation that the file is for; it stands before the file")
        })?;
        let session = session.map_err(|_| Refusal::NotFound)?;
        let key = app.desk.tenant(&signed_in.tenant)?;
        let customer = app.desk.summary(key, session).await?.customer.id;
        let by = Uploader {
            tenant: key,
            customer,
            agent: Some((signed_in.agent.id, session)),
        };
        return Ok((by, UnderWay::of_agent(app, signed_in, secret).await?));
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
    let by = Uploader {
        tenant: app.desk.tenant(&id).map_err(nobody)?,
        customer: known.customer.id,
        agent: None,
    };
    let under_way = UnderWay::of_customer(app, &id, known, peer).await;
    Ok((by, under_way.map_err(nobody)?))
}

/// The file with this id, if who asks may have it: agents of the tenant and the customer of the thread, once it is sent; before
/// that, who uploaded it. With what ends with the sign-in.
///
/// # Errors
/// No token at all; else one answer for a file that is not there and one that is not for this caller.
pub async fn may_have(
    app: &App,
    headers: &HeaderMap,
    peer: IpAddr,
    id: FileId,
    tenant_named: Option<&str>,
) -> Result<(TenantKey, FileRow, UnderWay), ApiError> {
    let secret = bearing(headers)?;
    let asker = Asker::of(app, headers, &Method::GET, peer).await?;
    let named = match &asker {
        Asker::Agent(signed_in) => Ok(signed_in.tenant.clone()),
        Asker::Customer => tenant(tenant_named, headers),
    };
    let tenant = named.map_err(nobody)?;
    let key = app.desk.tenant(&tenant).map_err(nobody)?;
    let row = app.uploads.row(key, id).await.map_err(nobody)?;
    let (may, under_way) = match asker {
        Asker::Agent(signed_in) => (
            row.line.is_some() || row.agent == Some(signed_in.agent.id),
            UnderWay::of_agent(app, &signed_in, secret).await?,
        ),
        Asker::Customer => {
            let proven = app
                .accounts
                .customer_by_id(&tenant, row.customer, proof(secret), peer)
                .await;
            let known = proven.map_err(nobody)?;
            let under_way = UnderWay::of_customer(app, &tenant, known, peer).await;
            (row.line.is_some() || row.agent.is_none(), under_way.map_err(nobody)?)
        }
    };
    match may {
        true => Ok((key, row, under_way)),
        false => Err(ApiError::no_such_thread()),
    }
}
