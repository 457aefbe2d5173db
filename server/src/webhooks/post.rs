//! One request to a receiver: its name is looked up once, every address that it has is judged, and what was judged is what is
//! connected to. Redirects are not followed, no proxy is asked, and of the answer only the status is used.

use std::{
    error::Error,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};

use super::{
    address::{self, NotAllowed, Policy},
    sign::{Secret, signatures},
};
use crate::{clock, limits, tls};

/// Looks a name up.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The system's own.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// A lookup whose answers are judged, all of them: a name with one address outside and one inside is meant to get in.
struct Judged {
    lookup: Lookup,
    policy: Policy,
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, policy) = ((self.lookup)(name.as_str().to_owned()), self.policy);
        Box::pin(async move {
            let found = found.await?;
            for ip in &found {
                address::judge(*ip, policy)?;
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}

/// Sends requests. Cheap to clone.
#[derive(Clone)]
pub struct Poster {
    client: Client,
    policy: Policy,
}

/// What came of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answered {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Why it was not good; `None`: it was taken.
    pub error: Option<&'static str>,
}

impl Poster {
    /// With this lookup.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn new(policy: Policy, lookup: Lookup) -> Result<Poster, reqwest::Error> {
        let client = tls::http_client()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("minicom-server/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits::WEBHOOK_CONNECT_WITHIN)
            .timeout(limits::WEBHOOK_ANSWER_WITHIN)
            .pool_max_idle_per_host(1)
            .dns_resolver(Arc::new(Judged { lookup, policy }))
            .build()?;
        Ok(Poster { client, policy })
    }

    /// Sends a body, signed by each of these secrets. `id` is the same for every try.
    pub async fn post(&self, url: &str, secrets: &[Secret], id: &str, body: Vec<u8>) -> Answered {
        let failed = |error| Answered {
            status: None,
            error: Some(error),
        };
        // Again: the operator may have changed what is allowed since it was made.
        let url = match address::check(url, self.policy) {
            Ok(url) => url,
            Err(NotAllowed(reason)) => return failed(reason.error()),
        };
        let timestamp = clock::now().0 / 1_000_000;
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures(secrets, id, timestamp, &body))
            .body(body);
        match request.send().await {
            Ok(response) => {
                let status = response.status();
                let error = match status.as_u16() {
                    200..300 => None,
                    300..400 => Some("redirect"),
                    _ => Some("status"),
                };
                drain(response).await;
                Answered {
                    status: Some(status.as_u16()),
                    error,
                }
            }
            Err(error) => failed(why(&error)),
        }
    }
}

/// Reads a short answer to its end, so that the connection can be used again. A long one is left: then it is closed.
async fn drain(mut response: reqwest::Response) {
    let mut left = limits::WEBHOOK_ANSWER_BYTES_MAX;
    while let Ok(Some(bytes)) = response.chunk().await {
        match left.checked_sub(bytes.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// The class of what went wrong. The library's words have addresses in them.
fn why(error: &reqwest::Error) -> &'static str {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(NotAllowed(reason)) = inner.downcast_ref() {
            return reason.error();
        }
        source = inner.source();
    }
    if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connection"
    } else {
        "no_answer"
    }
}

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
