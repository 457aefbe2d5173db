//! The calls that are not made over the socket: signing in and out, whose address is whose, and what is managed.

pub mod account;
pub mod api;
pub mod feed;
pub mod files;
mod pace;

pub use reqwest::Method;

use minicom_protocol::{
    ids::TenantId,
    library::Article,
    refusal::Refusal,
    rest::{AccountAnswer, AccountsAnswer, LoginAnswer, LoginRequest},
    search::FoundArticle,
    words::{SubjectLine, Tag},
};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    credentials::Secret,
    limits::{REST_BYTES_MAX, REST_TIMEOUT},
    server_url::ServerUrl,
    tls,
};

/// Why a login did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The server did not answer.
    #[error("cannot reach {server}: {why}. Is the server running?")]
    Unreachable {
        /// Which server.
        server: ServerUrl,
        /// What the network says.
        why: String,
    },
    /// The server is not who it should be, or speaks no TLS.
    #[error("{0}")]
    Untrusted(String),
    /// The server said no.
    #[error("{}", .0.message())]
    Refused(Refusal),
    /// Something answered that is no Minicom server.
    #[error("{}", not_minicom(server, Some(*status)))]
    Strange {
        /// Which server.
        server: ServerUrl,
        /// The status of its answer.
        status: u16,
    },
}

/// What is told of another program at the address, over HTTP as over the socket.
pub(crate) fn not_minicom(server: &ServerUrl, status: Option<u16>) -> String {
    let status = status.map_or(String::new(), |status| format!(" (HTTP status {status})"));
    format!("what answers at {server} is not a Minicom server{status}. Check the address")
}

/// Signs an agent in.
///
/// # Errors
/// The server cannot be reached, refuses, or is none.
pub async fn login(server: &ServerUrl, request: &LoginRequest) -> Result<LoginAnswer, LoginError> {
    let call = http(server)?.post(server.http("/api/agent/login")).json(request);
    let (status, body) = answer_of(server, call).await?;
    serde_json::from_slice(&body).map_err(|_| strange(server, status))
}

/// Ends a sign-in: the token is good for nothing any more. One that was not good anyway is no error.
///
/// # Errors
/// The server cannot be reached, refuses, or is none. The token is still good then.
pub async fn logout(server: &ServerUrl, tenant: &TenantId, token: &Secret) -> Result<(), LoginError> {
    let call = http(server)?.post(server.http("/api/agent/logout"));
    let call = call.header("x-minicom-tenant", tenant.as_str());
    match answer_of(server, call.bearer_auth(token.reveal())).await {
        Ok(_) | Err(LoginError::Refused(Refusal::SignIn)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// All accounts with their addresses, which are told nowhere else. For admins.
///
/// # Errors
/// The server cannot be reached, refuses, or is none.
pub async fn accounts(server: &ServerUrl, tenant: &TenantId, token: &Secret) -> Result<Vec<AccountAnswer>, LoginError> {
    let call = http(server)?.get(server.http("/api/agents"));
    let call = call.header("x-minicom-tenant", tenant.as_str());
    let (status, body) = answer_of(server, call.bearer_auth(token.reveal())).await?;
    let answer: AccountsAnswer = serde_json::from_slice(&body).map_err(|_| strange(server, status))?;
    Ok(answer.agents)
}

/// The published articles that fit some words, as anybody may ask for them.
///
/// # Errors
/// The server cannot be reached, refuses, or is none.
pub async fn public_articles(
    server: &ServerUrl,
    tenant: &TenantId,
    query: &str,
    limit: u32,
) -> Result<Vec<FoundArticle>, LoginError> {
    let query = api::segment(query);
    let path = format!("/api/v1/chat/public/articles?limit={limit}&query={query}");
    let call = http(server)?.get(server.http(&path));
    let (status, body) = answer_of(server, call.header("x-minicom-tenant", tenant.as_str())).await?;
    let answer: PublicArticles = serde_json::from_slice(&body).map_err(|_| strange(server, status))?;
    let articles = answer.articles.into_iter().map(|it| FoundArticle {
        slug: it.id,
        title: it.title,
        excerpt: it.excerpt,
    });
    Ok(articles.collect())
}

/// A published article, as anybody may ask for it.
///
/// # Errors
/// There is none of that name, or the server cannot be reached, refuses, or is none.
pub async fn public_article(server: &ServerUrl, tenant: &TenantId, slug: &Tag) -> Result<Article, LoginError> {
    let path = format!("/api/v1/chat/public/articles/{}", api::segment(slug.as_str()));
    let call = http(server)?.get(server.http(&path));
    let (status, body) = answer_of(server, call.header("x-minicom-tenant", tenant.as_str())).await?;
    let it: WholeArticle = serde_json::from_slice(&body).map_err(|_| strange(server, status))?;
    Ok(Article {
        slug: it.id,
        title: it.title,
        body: it.content,
        questions: None,
    })
}

#[derive(Deserialize)]
struct WholeArticle {
    id: Tag,
    title: SubjectLine,
    content: String,
}

#[derive(Deserialize)]
struct PublicArticles {
    articles: Vec<PublicArticle>,
}

#[derive(Deserialize)]
struct PublicArticle {
    id: Tag,
    title: SubjectLine,
    excerpt: String,
}

/// A client for calls that end in time.
fn http(server: &ServerUrl) -> Result<reqwest::Client, LoginError> {
    let client = client_for(server)?.timeout(REST_TIMEOUT).build();
    client.map_err(|error| unreachable(server, &error))
}

/// A client for answers of any length: only silence ends them.
fn http_without_end(server: &ServerUrl) -> Result<reqwest::Client, LoginError> {
    let client = client_for(server)?
        .connect_timeout(REST_TIMEOUT)
        .read_timeout(REST_TIMEOUT)
        .build();
    client.map_err(|error| unreachable(server, &error))
}

/// No proxy, as for the socket: a password goes to the server that was named and nowhere else.
fn client_for(server: &ServerUrl) -> Result<reqwest::ClientBuilder, LoginError> {
    let client = tls::http_client_for(server).map_err(|bad| LoginError::Untrusted(bad.to_string()))?;
    Ok(client.no_proxy().redirect(reqwest::redirect::Policy::none()))
}

/// The body of a successful answer.
async fn answer_of(
    server: &ServerUrl,
    call: reqwest::RequestBuilder,
) -> Result<(reqwest::StatusCode, Vec<u8>), LoginError> {
    let response = call.send().await.map_err(|error| unreachable(server, &error))?;
    let status = response.status();
    let body = body_of(server, response).await?;
    if status.is_success() {
        return Ok((status, body));
    }
    Err(refusal_in(&body).map_or_else(|| strange(server, status), LoginError::Refused))
}

/// What an answer that is no success says.
async fn refused(server: &ServerUrl, response: reqwest::Response) -> LoginError {
    let status = response.status();
    match body_of(server, response).await {
        Ok(body) => refusal_in(&body).map_or_else(|| strange(server, status), LoginError::Refused),
        Err(error) => error,
    }
}

async fn body_of(server: &ServerUrl, mut response: reqwest::Response) -> Result<Vec<u8>, LoginError> {
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(server, &error))? {
        body.extend_from_slice(&chunk);
        if body.len() > REST_BYTES_MAX {
            return Err(strange(server, status));
        }
    }
    Ok(body)
}

fn unreachable(server: &ServerUrl, error: &reqwest::Error) -> LoginError {
    if let Some(words) = tls::words_of(server, error) {
        return LoginError::Untrusted(words);
    }
    LoginError::Unreachable {
        server: server.clone(),
        why: root_cause(error),
    }
}

fn strange(server: &ServerUrl, status: reqwest::StatusCode) -> LoginError {
    LoginError::Strange {
        server: server.clone(),
        status: status.as_u16(),
    }
}

/// The refusal in an answer of the HTTP API.
pub(crate) fn refusal_in(body: &[u8]) -> Option<Refusal> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let refusal = match value.get("error") {
        Some(inner @ Value::Object(_)) => inner.clone(),
        _ => value,
    };
    Refusal::from_wire(refusal).ok()
}

/// The innermost reason: "connection refused" helps, "error sending request" does not.
pub(crate) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
#[path = "rest_tests.rs"]
mod tests;
