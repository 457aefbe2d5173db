//! Whether the server still takes the bytes of an upload, and answers behind the last one. It refuses to know what they are.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{Stream, TryStreamExt};
use tokio::time::{self, Instant, MissedTickBehavior};

use crate::limits::{UPLOAD_ANSWER_MAX, UPLOAD_STALLED_AFTER};

/// How often it is looked.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// One upload of so many bytes.
pub(super) struct Pace {
    size: u64,
    taken: Arc<AtomicU64>,
}

impl Pace {
    pub fn of(size: u64) -> Pace {
        let taken = Arc::default();
        Pace { size, taken }
    }

    /// The same pieces, counted as they are taken.
    pub fn watch(
        &self,
        pieces: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static,
    ) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
        let taken = self.taken.clone();
        pieces.inspect_ok(move |piece| {
            taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
        })
    }

    /// Ends when nothing has happened for too long; in words, what did not.
    pub async fn stalls(&self) -> &'static str {
        let mut ticks = time::interval(LOOKED_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut before, mut since) = (0, Instant::now());
        loop {
            ticks.tick().await;
            let taken = self.taken.load(Ordering::Relaxed);
            if taken != before {
                (before, since) = (taken, Instant::now());
            }
            let (most, words) = match taken >= self.size {
                true => (UPLOAD_ANSWER_MAX, "it gave no answer to the file"),
                false => (UPLOAD_STALLED_AFTER, "it takes no more of the file"),
            };
            if since.elapsed() >= most {
                return words;
            }
        }
    }
}
