//! The bytes of an upload as they come: in pieces, not slower than people's lines are, and with so much around the file at most.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::limits;

/// A piece of what is around a file, in bytes: a file that begins in one counts as being around itself.
const AROUND_PIECE: usize = 4 * 1024;

/// Why no more comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Stopped {
    /// It did not come whole.
    #[error("the body did not come whole")]
    Cut,
    /// It comes too slowly.
    #[error("the body comes too slowly")]
    Slow,
    /// There is too much around the file.
    #[error("there is too much around the file")]
    TooMuchAround,
}

/// Whether what comes is the file, said by whoever reads it. Cheap to clone.
#[derive(Clone, Default)]
pub struct InFile(Arc<AtomicBool>);

impl InFile {
    /// From here on it is, or is not.
    pub fn set(&self, is: bool) {
        self.0.store(is, Ordering::Relaxed);
    }
}

/// See the module.
pub struct Pieces {
    body: BodyDataStream,
    in_file: InFile,
    /// What has come and is not given yet.
    rest: Bytes,
    received: u64,
    around: usize,
    /// A piece was given, and the next one waits for its reader to ask again: one that asks until nothing is there would hold all.
    given: bool,
    waiting: Option<Instant>,
    waited: Duration,
    slow_at: Pin<Box<Sleep>>,
}

impl Pieces {
    /// Those of a body.
    pub fn of(body: Body, in_file: InFile) -> Pieces {
        Pieces {
            body: body.into_data_stream(),
            in_file,
            rest: Bytes::new(),
            received: 0,
            around: 0,
            given: false,
            waiting: None,
            waited: Duration::ZERO,
            slow_at: Box::pin(sleep_until(Instant::now())),
        }
    }

    /// Waits for more: only this time counts, not that in which nobody read.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Stopped>>> {
        match Pin::new(&mut self.body).poll_next(cx) {
            Poll::Ready(more) => {
                self.waited += self.waiting.take().map_or(Duration::ZERO, |since| since.elapsed());
                Poll::Ready(more.map(|bytes| bytes.map_err(|_| Stopped::Cut)))
            }
            Poll::Pending => {
                let since = *self.waiting.get_or_insert_with(Instant::now);
                let earned =
                    Duration::from_millis(self.received.saturating_mul(1_000) / limits::UPLOAD_BYTES_PER_S_MIN);
                let slow_at = since + (limits::UPLOAD_PACE_GRACE + earned).saturating_sub(self.waited);
                if self.slow_at.deadline() != slow_at {
                    self.slow_at.as_mut().reset(slow_at);
                }
                ready!(self.slow_at.as_mut().poll(cx));
                Poll::Ready(Some(Err(Stopped::Slow)))
            }
        }
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, Stopped>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if std::mem::take(&mut this.given) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        while this.rest.is_empty() {
            match ready!(this.poll_more(cx)) {
                Some(Ok(bytes)) => {
                    this.received += bytes.len() as u64;
                    this.rest = bytes;
                }
                other => return Poll::Ready(other),
            }
        }
        let in_file = this.in_file.0.load(Ordering::Relaxed);
        let most = if in_file {
            limits::FILE_CHUNK_BYTES
        } else {
            AROUND_PIECE
        };
        let piece = this.rest.split_to(most.min(this.rest.len()));
        if !in_file {
            this.around += piece.len();
            if this.around > limits::UPLOAD_FORM_BYTES_MAX {
                return Poll::Ready(Some(Err(Stopped::TooMuchAround)));
            }
        }
        this.given = true;
        Poll::Ready(Some(Ok(piece)))
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
