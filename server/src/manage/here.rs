//! A data folder that no server has: opened, asked by the very API that a server has, and closed again.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use http_body_util::BodyExt;
use minicom_protocol::ids::TenantId;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tracing::warn;

use super::running::{broken, is_lines};
use crate::{
    accounts::Accounts,
    auth::{seal::SealingKey, token::Token},
    bot::rules::Rules,
    config::Config,
    desk::Desk,
    exit::Fatal,
    faults::Faults,
    http::{self, TENANT},
    refused,
    run::{bounds, writing::Writing},
    run_limits::RunLimits,
    session::{Rates, Registry},
    signals::Signals,
    store::open::DataFolder,
    uploads::Uploads,
};

/// See the module.
pub struct Here {
    router: Router,
    token: Token,
    uploads: Uploads,
    writing: Writing,
}

impl Here {
    /// Opens the desk, without anything that serves.
    pub fn start(config: &Config, folder: DataFolder, conn: Connection) -> Result<Here, Fatal> {
        let settings = bounds::settings(config);
        let data = folder.path.clone();
        let sealing = SealingKey::of(&data).map_err(|error| refused::writing(&data, &error))?;
        let (desk, writer) = Desk::start(conn, &folder.database(), settings, Faults::default())
            .map_err(|error| refused::writer_failed(&data, &error))?;
        let writing = Writing::watch(writer, folder)?;
        let sealing = Arc::new(sealing);
        let accounts = Accounts::new(desk.clone(), sealing.clone());
        let token = accounts
            .operator_token()
            .map_err(|refusal| refused::starting(&refusal))?;
        let limits = RunLimits::default();
        // Nothing is sent from a folder at rest but what is asked for: a test.
        if let Some(file) = &config.bot.rules {
            desk.minds().speak_by(Arc::new(Rules::load_file(file)?));
        }
        let webhooks = bounds::webhooks(config, &desk, &sealing)?;
        let uploads = Uploads::new(desk.clone(), &data, bounds::uploads(config));
        let app = http::App {
            // Nobody is connected to a folder at rest.
            signals: Signals::new(desk.clone(), &limits),
            rates: Arc::new(Rates::new(&limits)),
            uploads: uploads.clone(),
            desk,
            accounts,
            draining: CancellationToken::new(),
            data,
            sealing,
            registry: Registry::new(),
            webhooks,
            feeds: http::EventFeeds::default(),
            vitals: http::vitals::Vitals::default(),
        };
        Ok(Here {
            router: http::router(app, Router::new()),
            token,
            uploads,
            writing,
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
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("authorization", format!("Bearer {}", self.token.reveal()))
            .header(TENANT, tenant.as_str())
            .extension(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).map_err(|error| broken(&error))?;
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let lines = is_lines(response.headers());
        let bytes = response
            .into_body()
            .collect()
            .await
            .map_err(|error| broken(&error))?
            .to_bytes();
        let value: Value = match bytes.is_empty() {
            true => Value::Null,
            false if lines => Value::from(String::from_utf8_lossy(&bytes)),
            false => serde_json::from_slice(&bytes).map_err(|error| broken(&error))?,
        };
        if status.is_success() {
            return Ok(value);
        }
        let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default();
        Err(super::refusal(text("code"), text("message")))
    }

    /// Waits until the writer has ended and the folder is free.
    pub async fn close(self) -> Result<(), Fatal> {
        let Here {
            router,
            uploads,
            mut writing,
            ..
        } = self;
        drop(router);
        // What was erased takes its files with it at once, as where a server runs.
        if let Err(error) = uploads.sweep().await {
            warn!(%error, "files that are gone could not be removed; the server does it when it starts");
        }
        drop(uploads);
        writing.ended().await
    }
}
