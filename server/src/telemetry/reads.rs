//! The reads that run now, and since when: one that runs for long keeps the write-ahead log from being moved.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The reads that run now. Cheap to clone.
#[derive(Clone, Default, Debug)]
pub struct Reads(Arc<Mutex<Running>>);

#[derive(Default, Debug)]
struct Running {
    number: u64,
    since: BTreeMap<u64, Instant>,
}

/// One read; it ends when this is dropped.
#[derive(Debug)]
pub struct Read {
    reads: Reads,
    number: u64,
}

impl Reads {
    /// Notes that one begins.
    pub fn begin(&self) -> Read {
        let mut running = self.lock();
        running.number += 1;
        let number = running.number;
        running.since.insert(number, Instant::now());
        drop(running);
        Read {
            reads: self.clone(),
            number,
        }
    }

    /// How long the oldest has run; zero if none runs.
    pub fn oldest(&self) -> Duration {
        let running = self.lock();
        // The numbers are given in the order of the beginnings.
        running.since.values().next().map_or(Duration::ZERO, Instant::elapsed)
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        self.reads.lock().since.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_counts_and_what_has_ended_does_not() {
        let reads = Reads::default();
        assert_eq!(reads.oldest(), Duration::ZERO);
        let first = reads.begin();
        let since = reads.lock().since[&first.number];
        let second = reads.begin();
        let at_least = since.elapsed();
        assert!(reads.oldest() >= at_least, "the first, not the second");
        drop(first);
        assert_eq!(reads.lock().since.len(), 1);
        drop(second);
        assert_eq!(reads.oldest(), Duration::ZERO);
    }
}
