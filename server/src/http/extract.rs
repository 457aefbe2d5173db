//! What handlers take from a request: who asks, in which tenant, from where, and a body of JSON. Every failure is an
//! [`ApiError`].

use std::{
    fmt,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use minicom_protocol::{
    ids::{CommandId, TenantId, Time},
    people::Role,
    refusal::Refusal,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    App,
    error::{ApiError, shown},
};
use crate::{accounts::SignedIn, auth::scope::Scope, desk::Once, limits, session, timers::derived_id};

/// The header that names a tenant; without it the default one is meant.
pub const TENANT: &str = "x-minicom-tenant";

/// Where a connection comes from. Not known counts as from the network: that may do less.
pub struct Peer(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let found = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Peer(
            found.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()),
        ))
    }
}

/// What stands behind `Authorization: Bearer`, if that header is there exactly once and well-formed.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The tenant that a request is for. `None` if the header can name none.
pub fn tenant(headers: &HeaderMap) -> Option<TenantId> {
    match headers.get(TENANT) {
        None => Some(TenantId::default_tenant()),
        Some(value) => TenantId::parse(value.to_str().ok()?).ok(),
    }
}

/// Signs in whoever sent these headers, as an agent.
pub async fn sign_in(app: &App, headers: &HeaderMap, peer: IpAddr) -> Result<SignedIn, Refusal> {
    let signed_in = sign_in_for_any(app, headers, peer).await?;
    match signed_in.only_for {
        None => Ok(signed_in),
        Some(only_for) => Err(only_for.refusal()),
    }
}

/// The same, also by a token that is not good for all.
async fn sign_in_for_any(app: &App, headers: &HeaderMap, peer: IpAddr) -> Result<SignedIn, Refusal> {
    let token = bearer(headers).ok_or(Refusal::SignIn)?;
    let tenant = tenant(headers).ok_or(Refusal::SignIn)?;
    app.accounts.sign_in_for_any(&tenant, token, peer).await
}

/// An agent by whatever token: also one that is only good for setting a password or a second factor, and one that may only
/// read. For routes about the own sign-in, which look at [`SignedIn::only_for`] themselves.
pub struct ByAnySignIn(pub SignedIn);

impl FromRequestParts<App> for ByAnySignIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Peer(peer) = Peer::from_request_parts(parts, app).await?;
        match sign_in_for_any(app, &parts.headers, peer).await {
            Ok(signed_in) => Ok(ByAnySignIn(signed_in)),
            Err(Refusal::SignIn) => Err(ApiError::sign_in()),
            Err(other) => Err(other.into()),
        }
    }
}

/// An agent who is signed in.
pub struct ByAgent(pub SignedIn);

impl FromRequestParts<App> for ByAgent {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Peer(peer) = Peer::from_request_parts(parts, app).await?;
        match sign_in(app, &parts.headers, peer).await {
            Ok(signed_in) if !allowed(signed_in.scope, &parts.method) => Err(Refusal::Forbidden.into()),
            Ok(signed_in) => Ok(ByAgent(signed_in)),
            Err(Refusal::SignIn) => Err(ApiError::sign_in()),
            Err(other) => Err(other.into()),
        }
    }
}

/// Whether a token of this scope may ask so.
fn allowed(scope: Scope, method: &Method) -> bool {
    scope >= Scope::Write || matches!(*method, Method::GET | Method::HEAD)
}

/// Who can read the data folder: the operator of this server, who manages its tenants. Acts as an admin of the tenant that
/// `X-Minicom-Tenant` names.
pub struct ByOperator(pub SignedIn);

impl FromRequestParts<App> for ByOperator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ByAgent(signed_in) = ByAgent::from_request_parts(parts, app).await?;
        match signed_in.operator {
            true => Ok(ByOperator(signed_in)),
            false => Err(Refusal::Forbidden.into()),
        }
    }
}

/// An admin who is signed in.
pub struct ByAdmin(pub SignedIn);

impl FromRequestParts<App> for ByAdmin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ByAgent(signed_in) = ByAgent::from_request_parts(parts, app).await?;
        match signed_in.role {
            Role::Admin if signed_in.scope == Scope::Admin => Ok(ByAdmin(signed_in)),
            Role::Admin | Role::Agent => Err(Refusal::Forbidden.into()),
        }
    }
}

/// A body of JSON, at most [`limits::HTTP_BODY_BYTES_MAX`]. Fields that are not known are passed over.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        check_type(request.headers())?;
        let bytes = collect(request.into_body()).await?;
        read(&bytes).map(Json)
    }
}

/// A body that changes something, which may have come before. Without a body all its fields are left out. With
/// `Idempotency-Key` a repeat gets the first answer, for ever.
pub struct Change<T> {
    /// What is asked.
    pub body: T,
    /// For [`Desk::write_once`](crate::desk::Desk::write_once); `None` without the header.
    pub once: Option<Once>,
    /// For [`Desk::submit`](crate::desk::Desk::submit).
    pub command: CommandId,
}

impl<T: DeserializeOwned> FromRequest<App> for Change<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        let bytes = collect(body).await?;
        let none = bytes.is_empty() && !parts.headers.contains_key(header::CONTENT_TYPE);
        let asked = if none { b"{}" as &[u8] } else { &bytes };
        if !none {
            check_type(&parts.headers)?;
        }
        let body = read(asked)?;
        let once = key.as_deref().map(|key| {
            let path = parts.uri.path_and_query().map_or("", |it| it.as_str());
            let mut digest = Sha256::new();
            for part in [parts.method.as_str().as_bytes(), path.as_bytes(), asked] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
            Once {
                key: Sha256::digest(key).into(),
                digest: digest.finalize().into(),
            }
        });
        let command = match &key {
            // The time in the id must be one that the repeat has too, and a key has none.
            Some(key) => derived_id(Time(0), &[b"idempotency-key", key.as_bytes()]),
            None => CommandId(Uuid::now_v7()),
        };
        Ok(Change { body, once, command })
    }
}

/// The header, and the most bytes of its value.
const IDEMPOTENCY_KEY: (&str, usize) = ("idempotency-key", 255);

pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let (name, most) = IDEMPOTENCY_KEY;
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > most {
        return Err(ApiError::bad_field(format!(
            "`Idempotency-Key` is 1 to {most} printable ASCII characters"
        )));
    }
    Ok(Some(text.to_owned()))
}

/// Reads a body. It is no JSON at all, also behind the place where it did not fit, or a field does not fit, which is named.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    session::depth(bytes)?;
    let why = |error: &serde_json::Error| shown(&error.to_string()).as_str().to_owned();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let broken = match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => match reader.end() {
            // A list is read as the fields in their order, which nobody means.
            Ok(()) if bytes.trim_ascii_start().starts_with(b"[") => {
                return Err(ApiError::bad_field("the body is an object, not a list"));
            }
            Ok(()) => return Ok(value),
            Err(trailing) => trailing,
        },
        Err(unfit) => {
            let path = unfit.path().to_string();
            let error = unfit.into_inner();
            match serde_json::from_slice::<IgnoredAny>(bytes) {
                Err(broken) => broken,
                // Else the reason would be in the words of what it was to become.
                Ok(_) if !bytes.trim_ascii_start().starts_with(b"{") => {
                    return Err(ApiError::bad_field("the body is an object: {...}"));
                }
                // A list in the place of a word is told as if it were no JSON.
                Ok(_) if error.is_data() || error.to_string().starts_with("expected value") => {
                    let problem = ApiError::bad_field(why(&error));
                    // A field that is missing is named by the reason; the path ends at what should have it.
                    let missing = error.to_string().starts_with("missing field");
                    return Err(match path.as_str() {
                        "." | "?" => problem,
                        _ if missing => problem,
                        path => problem.of_field(path),
                    });
                }
                Ok(_) => error,
            }
        }
    };
    Err(Refusal::BadJson { why: why(&broken) }.into())
}

/// A field that is an object. What is derived reads a list too, as the fields in their order, which nobody means.
pub fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<T, D::Error> {
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(fields))
        }
    }

    reader.deserialize_map(Object(PhantomData))
}

/// The same for a field that may be `null`.
pub fn object_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(reader: D) -> Result<Option<T>, D::Error> {
    struct There<T>(T);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for There<T> {
        fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
            object(reader).map(There)
        }
    }

    let read = Option::<There<T>>::deserialize(reader)?;
    Ok(read.map(|it| it.0))
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
            charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    if !essence.eq_ignore_ascii_case("application/json") || !utf8 {
        let words = "The body must be JSON in UTF-8: Content-Type: application/json.";
        return Err(ApiError::unsupported_body(words));
    }
    if headers.contains_key(header::CONTENT_ENCODING) {
        let words = "The body must not be packed: leave Content-Encoding out.";
        return Err(ApiError::unsupported_body(words));
    }
    Ok(())
}

async fn collect(body: Body) -> Result<bytes::Bytes, ApiError> {
    let whole = Limited::new(body, limits::HTTP_BODY_BYTES_MAX).collect().await;
    whole.map(|body| body.to_bytes()).map_err(|error| {
        if error.is::<LengthLimitError>() {
            ApiError::too_large()
        } else {
            ApiError::bad_request("The body did not come whole.")
        }
    })
}
