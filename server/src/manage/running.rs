//! A server that runs: asked by HTTP, with the local token of its data folder.

use std::{path::Path, time::Duration};

use minicom_protocol::ids::TenantId;
use reqwest::{Client, Method, Response, Url};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    accounts::LOCAL_TOKEN,
    exit::{ExitKind, Fatal},
    http::TENANT,
    limits, refused,
    server_file::ServerFile,
    tls,
};

/// The server is on this computer: it answers at once or not at all.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// See the module.
pub struct Running {
    client: Client,
    /// The beginning of every address: `https://127.0.0.1:8000`.
    root: String,
    token: String,
}

/// As much of an error as is shown.
#[derive(Deserialize)]
struct Refused {
    code: String,
    message: String,
}

impl Running {
    /// Finds the server of a data folder by what it wrote there.
    pub fn find(data: &Path) -> Result<Running, Fatal> {
        let Some(found) = ServerFile::read(data) else {
            return Err(Fatal::new(
                ExitKind::TryLater,
                format!(
                    "Another program has the data folder {} and does not serve.",
                    refused::shown(data)
                ),
                "It may be starting or ending: try again in a moment.",
            ));
        };
        let path = data.join(LOCAL_TOKEN);
        let token = std::fs::read_to_string(&path).map_err(|error| {
            Fatal::new(
                ExitKind::Permission,
                format!("Cannot read {}: {error}.", refused::shown(&path)),
                "Run this as the user who runs the server.",
            )
        })?;
        let mut client = tls::http_client();
        if let Some(fingerprint) = &found.fingerprint {
            let config = tls::pinned_to(fingerprint).map_err(|error| broken(&error))?;
            client = client.tls_backend_preconfigured(config);
        }
        let client = client
            // What is meant for this computer goes through no proxy.
            .no_proxy()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(limits::HTTP_REQUEST_DEADLINE)
            .build()
            .map_err(|error| broken(&error))?;
        Ok(Running {
            client,
            root: format!("{}://{}", found.scheme(), found.from_here()),
            token: token.trim().to_owned(),
        })
    }

    /// Asks the API.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        tenant: &TenantId,
        body: Option<&Value>,
    ) -> Result<Value, Fatal> {
        let url = Url::parse(&format!("{}{path}", self.root)).map_err(|error| broken(&error))?;
        let request = self.client.request(method, url).bearer_auth(&self.token);
        let request = request.header(TENANT, tenant.as_str());
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        let lines = is_lines(response.headers());
        let bytes = response.bytes().await.map_err(|error| broken(&error))?;
        match bytes.is_empty() {
            true => Ok(Value::Null),
            false if lines => Ok(Value::from(String::from_utf8_lossy(&bytes))),
            false => serde_json::from_slice(&bytes).map_err(|error| broken(&error)),
        }
    }

    /// Asks for what is told also where it is bad news: the status, and the answer whatever it is.
    pub async fn look(&self, path: &str) -> Result<(u16, Value), Fatal> {
        let url = Url::parse(&format!("{}{path}", self.root())).map_err(|error| broken(&error))?;
        let request = self.client.get(url).bearer_auth(&self.token);
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status().as_u16();
        let answer = response.json().await.unwrap_or(Value::Null);
        Ok((status, answer))
    }

    /// The beginning of its addresses.
    pub fn root(&self) -> String {
        self.root.clone()
    }

    /// The status with which a WebSocket is answered: 101 if it is opened.
    pub async fn upgrade(&self) -> Result<u16, Fatal> {
        let url = Url::parse(&self.root()).map_err(|error| broken(&error))?;
        upgrade(&self.client, &url)
            .await
            .map_err(|error| self.unreachable(&error))
    }

    async fn refused(&self, response: Response) -> Fatal {
        let status = response.status();
        match response.json::<Refused>().await {
            Ok(refused) if refused.code == "sign_in" => Fatal::new(
                ExitKind::Permission,
                format!("The server at {} does not take the local token.", self.root),
                "It is good from loopback only: let the server listen on 127.0.0.1 too, or stop it and run this again.",
            ),
            Ok(refused) => super::refusal(&refused.code, &refused.message),
            Err(_) => broken(&format!("it answered {status}")),
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Fatal {
        let what = if error.is_timeout() {
            "does not answer"
        } else {
            "cannot be reached"
        };
        Fatal::new(
            ExitKind::Unavailable,
            format!("The server of this data folder should be at {}, but {what}.", self.root),
            "It may be starting or ending: try again in a moment, and look at its log.",
        )
    }
}

/// Asks a server for a WebSocket as agents do, says nothing on it and drops it. Returns the answer's status.
pub async fn upgrade(client: &Client, url: &Url) -> reqwest::Result<u16> {
    let mut url = url.clone();
    url.set_path("/ws");
    let asking = client
        .get(url)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "bWluaWNvbSBkb2N0b3Ihkg==");
    Ok(asking.send().await?.status().as_u16())
}

/// What answered is not understood.
pub(super) fn broken(error: &impl std::fmt::Display) -> Fatal {
    let words = minicom_protocol::gate::Shown::line(&error.to_string()).cut(200);
    Fatal::new(
        ExitKind::Unavailable,
        format!("The server was not understood: {words}."),
        "Use a server and a command line of the same release.",
    )
}

/// Whether an answer is not one JSON value but a line each.
pub(super) fn is_lines(headers: &axum::http::HeaderMap) -> bool {
    headers
        .get(axum::http::header::CONTENT_TYPE)
        .is_some_and(|it| it == "application/x-ndjson")
}
