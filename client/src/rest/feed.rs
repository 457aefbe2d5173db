//! The journal followed over HTTP: lines as they come, from a cursor on, over lost connections. Whoever keeps the cursor of the
//! last line that was dealt with misses nothing.

use std::time::{Duration, Instant};

use minicom_protocol::{ids::TenantId, refusal::Refusal};
use rand::RngExt;
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::time::sleep;

use super::{LoginError, account::Seat, api::segment, client_for, refused, strange, unreachable};
use crate::{
    backoff::Backoff,
    credentials::Secret,
    limits::{
        BACKOFF_CAP, BACKOFF_FIRST, FEED_LINE_BYTES_MAX, FEED_SILENCE_MAX, REST_TIMEOUT, RETRY_UNTRUSTED, STABLE_AFTER,
    },
    server_url::ServerUrl,
};

/// What is followed, and by whom.
#[derive(Clone)]
pub struct FeedOf {
    /// Where.
    pub server: ServerUrl,
    /// At which tenant.
    pub tenant: TenantId,
    /// By what.
    pub token: Secret,
    /// Only these kinds, with commas between them; empty: all.
    pub kinds: String,
}

/// A line of the feed.
#[derive(Clone, PartialEq, Debug)]
pub struct FeedLine {
    /// Where it stands: what comes after it has not been seen.
    pub cursor: String,
    /// The whole line as the server sent it, where something happened; else nothing has happened up to the cursor.
    pub event: Option<String>,
}

/// What the feed tells.
#[derive(Clone, PartialEq, Debug)]
pub enum FeedNews {
    /// Lines, in order.
    Lines(Vec<FeedLine>),
    /// The connection is lost; it is made again by itself.
    Away {
        /// Why, in words.
        why: String,
    },
    /// It is back.
    Back,
}

/// Why the feed ended for good.
#[derive(Debug, thiserror::Error)]
pub enum FeedEnded {
    /// The journal does not hold the cursor: another server, or one that was restored.
    #[error("the journal does not hold this cursor: it is another server's, or the server was restored from a copy")]
    Reset,
    /// It cannot be reached at the beginning, or refuses.
    #[error(transparent)]
    Server(#[from] LoginError),
}

/// The feed.
pub struct Feed {
    of: FeedOf,
    cursor: String,
    response: Option<Open>,
    backoff: Backoff,
    /// Whether there was a connection ever: before it nobody knows that the server is one.
    began: bool,
    /// Whether the loss of the connection was told.
    away: bool,
    wait: Option<Duration>,
}

/// A connection.
struct Open {
    response: Response,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    since: Instant,
}

impl Feed {
    /// One that begins after a cursor; `0`: at the very first event.
    pub fn after(of: FeedOf, cursor: String) -> Feed {
        Feed {
            of,
            cursor,
            response: None,
            backoff: Backoff::new(BACKOFF_FIRST, BACKOFF_CAP),
            began: false,
            away: false,
            wait: None,
        }
    }

    /// Goes on with the newest token, after the one before was refused: a server on this computer makes a new one when it starts.
    /// Whether it is another one.
    pub fn renew(&mut self, token: Secret) -> bool {
        let is_new = self.of.token != token;
        self.of.token = token;
        is_new
    }

    /// What comes next. It may be dropped and called again: nothing is lost by it.
    ///
    /// # Errors
    /// There is no use in trying again.
    pub async fn next(&mut self) -> Result<FeedNews, FeedEnded> {
        loop {
            if let Some(wait) = self.wait {
                sleep(wait).await;
                self.wait = None;
            }
            let Some(open) = &mut self.response else {
                match self.connect().await {
                    Ok(()) if std::mem::take(&mut self.away) => return Ok(FeedNews::Back),
                    Ok(()) => continue,
                    Err(error) => match self.lost(error)? {
                        Some(news) => return Ok(news),
                        None => continue,
                    },
                }
            };
            let came = open.lines(&self.of.server).await;
            if open.since.elapsed() >= STABLE_AFTER {
                self.backoff.reset();
            }
            match came {
                Ok(raw) if !raw.is_empty() => {
                    if let Some(news) = self.take_in(&raw)? {
                        return Ok(news);
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    if let Some(news) = self.lost(error)? {
                        return Ok(news);
                    }
                }
            }
        }
    }

    async fn connect(&mut self) -> Result<(), LoginError> {
        let Feed { of, cursor, .. } = self;
        let mut path = format!("/events?follow=true&since={}", segment(cursor));
        if !of.kinds.is_empty() {
            path.push_str(&format!("&kinds={}", segment(&of.kinds)));
        }
        let client = client_for(&of.server)?
            .connect_timeout(REST_TIMEOUT)
            .read_timeout(FEED_SILENCE_MAX)
            .build()
            .map_err(|error| unreachable(&of.server, &error))?;
        let seat = Seat {
            server: &of.server,
            tenant: &of.tenant,
            token: of.token.clone(),
        };
        let sent = seat.request(&client, Method::GET, &path).send().await;
        let response = sent.map_err(|error| unreachable(&of.server, &error))?;
        if !response.status().is_success() {
            return Err(refused(&of.server, response).await);
        }
        self.began = true;
        self.response = Some(Open {
            response,
            rest: Vec::new(),
            since: Instant::now(),
        });
        Ok(())
    }

    /// Lines as they are meant. The cursor goes with them.
    fn take_in(&mut self, raw: &[String]) -> Result<Option<FeedNews>, FeedEnded> {
        let mut lines = Vec::new();
        for text in raw {
            let line: Value = serde_json::from_str(text).unwrap_or_default();
            let Some(cursor) = line["cursor"].as_str() else {
                let (server, status) = (self.of.server.clone(), 200);
                return Err(LoginError::Strange { server, status }.into());
            };
            if let Some(end) = line.get("end") {
                if lines.is_empty() {
                    let refusal = Refusal::from_wire(end.clone()).unwrap_or(Refusal::Internal);
                    return self.lost(LoginError::Refused(refusal));
                }
                // What came before it is told first; the server says it again, or is gone.
                self.response = None;
                break;
            }
            self.cursor = cursor.to_owned();
            lines.push(FeedLine {
                cursor: self.cursor.clone(),
                event: line.get("event").map(|_| text.clone()),
            });
        }
        Ok((!lines.is_empty()).then_some(FeedNews::Lines(lines)))
    }

    /// What a failure means: it is tried again, or there is no use in it.
    fn lost(&mut self, error: LoginError) -> Result<Option<FeedNews>, FeedEnded> {
        self.response = None;
        let mut asked = None;
        match &error {
            LoginError::Refused(Refusal::Unknown { code, .. }) if code == "reset" => return Err(FeedEnded::Reset),
            LoginError::Refused(refusal) if !refusal.retryable() => return Err(error.into()),
            LoginError::Refused(refusal) => asked = refusal.retry_after_ms().map(Duration::from_millis),
            LoginError::Untrusted(_) => asked = Some(RETRY_UNTRUSTED),
            LoginError::Unreachable { .. } | LoginError::Strange { .. } => {}
        }
        if !self.began {
            return Err(error.into());
        }
        self.wait = Some(self.backoff.next(|most| rand::rng().random_range(0..=most), asked));
        let told = std::mem::replace(&mut self.away, true);
        Ok((!told).then(|| FeedNews::Away { why: error.to_string() }))
    }
}

impl Open {
    /// Whole lines that came. What has no end yet is kept, also if this is dropped in between.
    async fn lines(&mut self, server: &ServerUrl) -> Result<Vec<String>, LoginError> {
        let chunk = self
            .response
            .chunk()
            .await
            .map_err(|error| unreachable(server, &error))?;
        let Some(chunk) = chunk else {
            return Err(LoginError::Unreachable {
                server: server.clone(),
                why: "the connection was closed".to_owned(),
            });
        };
        self.rest.extend_from_slice(&chunk);
        if self.rest.len() > FEED_LINE_BYTES_MAX + chunk.len() {
            return Err(strange(server, self.response.status()));
        }
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
            return Ok(vec![]);
        };
        let whole: Vec<u8> = self.rest.drain(..=end).collect();
        let text = String::from_utf8_lossy(&whole);
        Ok(text.lines().map(str::to_owned).collect())
    }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
