//! Who asks the server over HTTP as a program of an agent does, and how long the answers take.

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Client;
use serde_json::Value;

use crate::server::ServerProcess;

/// Somebody with a token.
pub(super) struct Asking {
    http: Client,
    base: String,
    token: String,
}

impl Asking {
    /// Of this server, with this token.
    ///
    /// # Errors
    /// There is no client for HTTP.
    pub(super) fn new(server: &ServerProcess, token: &str) -> Result<Asking> {
        Ok(Asking {
            http: minicom_client::tls::http_client().build()?,
            base: format!("{}/api/v1/chat", server.url().to_string().trim_end_matches('/')),
            token: token.to_owned(),
        })
    }

    /// How long an answer takes. Told to slow down, it waits as it is told to: that is not the answer's time.
    ///
    /// # Errors
    /// There is no answer, or it refuses for another reason.
    pub(super) async fn get(&self, path: &str) -> Result<(Value, Duration)> {
        loop {
            let began = Instant::now();
            let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token);
            let answer = request.send().await?;
            if answer.status() == reqwest::StatusCode::TOO_MANY_REQUESTS {
                let refusal: Value = answer.json().await?;
                tokio::time::sleep(Duration::from_millis(refusal["retry_after_ms"].as_u64().unwrap_or(1))).await;
                continue;
            }
            let answer = answer.error_for_status()?.json().await?;
            return Ok((answer, began.elapsed()));
        }
    }

    /// Waits until what is made of the journal and answers here has everything.
    ///
    /// # Errors
    /// As [`Asking::get`].
    pub(super) async fn until_nothing_is_behind(&self, path: &str) -> Result<()> {
        while self.get(path).await?.0["behind"] != 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }
}

/// The time that so many of a hundred do not pass; nothing of nothing.
pub(super) fn percentile(times: &[Duration], part: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() * part / 100).copied().unwrap_or_default()
}
