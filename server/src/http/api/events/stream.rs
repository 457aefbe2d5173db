//! A feed as the body of an answer: what is wanted of each batch, a sign of life when nothing comes, and a last word when it ends.

use bytes::Bytes;
use futures_util::{Stream, stream::unfold};
use minicom_protocol::{ids::Cursor, refusal::Refusal};
use rand::RngExt;
use serde_json::json;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::{Kinds, kind};
use crate::{
    http::{error::ApiError, page::cursor_text, under_way::UnderWay},
    hub::{Encoded, Feed},
    limits,
    places::Place,
};

/// How the body is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// JSON, an object a line.
    Lines,
    /// Server-sent events.
    Sse,
}

impl Form {
    /// As the header says it.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Lines => "application/x-ndjson",
            Form::Sse => "text/event-stream",
        }
    }

    fn event(self, event: &Encoded, out: &mut String) {
        let cursor = Cursor {
            at: event.at,
            mark: event.mark,
        };
        match self {
            Form::Lines => {
                out.push_str(&line(cursor, &event.json));
                out.push('\n');
            }
            Form::Sse => {
                let (id, json) = (cursor_text(cursor), String::from_utf8_lossy(&event.json));
                out.push_str(&format!("id: {id}\nevent: {}\ndata: {json}\n\n", kind(event)));
            }
        }
    }

    /// Nothing else has happened up to here.
    fn alive(self, cursor: Cursor) -> String {
        let cursor = cursor_text(cursor);
        match self {
            Form::Lines => format!("{{\"cursor\":\"{cursor}\"}}\n"),
            // Without data it is no event for its reader, but the id counts.
            Form::Sse => format!(": nothing else up to here\nid: {cursor}\n\n"),
        }
    }

    /// Why it ends, and whether and when to come again.
    fn end(self, cursor: Cursor, refusal: &Refusal) -> String {
        let why = refusal.to_wire();
        match self {
            Form::Lines => format!("{}\n", json!({"cursor": cursor_text(cursor), "end": why})),
            Form::Sse => {
                let retry = refusal
                    .retry_after_ms()
                    .map_or_else(String::new, |ms| format!("retry: {ms}\n"));
                format!("{retry}event: end\ndata: {why}\n\n")
            }
        }
    }
}

/// `{"cursor", "event"}`.
pub fn line(cursor: Cursor, event: &[u8]) -> String {
    format!(
        "{{\"cursor\":\"{}\",\"event\":{}}}",
        cursor_text(cursor),
        String::from_utf8_lossy(event)
    )
}

/// A reader of the feed.
pub struct Following {
    draining: CancellationToken,
    feed: Feed,
    kinds: Kinds,
    form: Form,
    /// Where it ends, if it does.
    until: Option<u64>,
    under_way: UnderWay,
    _place: Place<[u8; 32]>,
    alive_at: Instant,
    /// When the sign-in is looked at again, and with that used: however much there is to tell until then.
    look_at: Instant,
    over: bool,
}

impl Following {
    /// One that begins where the feed does.
    pub fn new(
        draining: CancellationToken,
        feed: Feed,
        (kinds, form): (Kinds, Form),
        until: Option<u64>,
        under_way: UnderWay,
        place: Place<[u8; 32]>,
    ) -> Following {
        let next = Instant::now() + limits::EVENTS_ALIVE_EVERY;
        Following {
            draining,
            feed,
            kinds,
            form,
            until,
            under_way,
            _place: place,
            alive_at: next,
            look_at: next,
            over: false,
        }
    }

    /// How far it has come.
    pub fn cursor(&self) -> Cursor {
        self.feed.cursor()
    }

    /// The newest event that is known.
    pub fn head(&self) -> u64 {
        self.feed.head()
    }

    /// The wanted events of the next batch, or none of it; nothing when it is time for a sign of life.
    ///
    /// # Errors
    /// The sign-in ended, the server stops, or the journal cannot be read.
    pub async fn wanted(&mut self) -> Result<Vec<Encoded>, ApiError> {
        match self.next().await {
            Next::Events(events) => Ok(events),
            Next::Alive => {
                self.alive_at = Instant::now() + limits::EVENTS_ALIVE_EVERY;
                Ok(vec![])
            }
            Next::End(refusal) => Err(refusal.into()),
        }
    }

    async fn next(&mut self) -> Next {
        if Instant::now() >= self.look_at {
            match self.under_way.still_good().await {
                Err(refusal) if !refusal.retryable() => return Next::End(refusal),
                _ => self.look_at = Instant::now() + limits::EVENTS_ALIVE_EVERY,
            }
        }
        tokio::select! {
            biased;
            why = self.under_way.over() => Next::End(why),
            () = self.draining.cancelled() => Next::End(stopping()),
            () = sleep_until(self.alive_at) => Next::Alive,
            batch = self.feed.next_batch() => match batch {
                Ok(mut batch) => {
                    batch.events.retain(|event| self.kinds.has(event));
                    Next::Events(batch.events)
                }
                Err(error) => {
                    error!(%error, "the journal could not be read");
                    Next::End(Refusal::Internal)
                }
            },
        }
    }

    /// The body.
    pub fn chunks(self) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        unfold(self, async |mut following: Following| {
            let chunk = following.chunk().await?;
            Some((Ok(Bytes::from(chunk)), following))
        })
    }

    async fn chunk(&mut self) -> Option<String> {
        while !self.over {
            if self.until.is_some_and(|until| self.cursor().at >= until) {
                self.over = true;
                return Some(self.form.alive(self.cursor()));
            }
            let mut text = String::new();
            match self.next().await {
                Next::Events(events) => events.iter().for_each(|event| self.form.event(event, &mut text)),
                Next::Alive => text = self.form.alive(self.cursor()),
                Next::End(refusal) => {
                    self.over = true;
                    text = self.form.end(self.cursor(), &refusal);
                }
            }
            if !text.is_empty() {
                self.alive_at = Instant::now() + limits::EVENTS_ALIVE_EVERY;
                return Some(text);
            }
        }
        None
    }
}

enum Next {
    Events(Vec<Encoded>),
    Alive,
    End(Refusal),
}

/// Each reader comes back at another time.
fn stopping() -> Refusal {
    let most = u64::try_from(limits::RESTART_RETRY_SPREAD.as_millis()).unwrap_or(u64::MAX);
    let retry_after_ms = rand::rng().random_range(1..=most);
    Refusal::Stopping { retry_after_ms }
}
