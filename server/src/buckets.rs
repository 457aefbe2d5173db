//! How often each key may do something: a bucket for each, of so many that memory holds. It refuses to know what a key is and what
//! is counted.
//!
//! There are [`limits::RATE_KEYS_MAX`] buckets at most. Keys that are not known when there are so many share one bucket: whoever
//! makes up keys fills that one, and those who are known keep theirs.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{
        InMemoryState, NotKeyed, StateStore,
        keyed::{DashMapStateStore, ShrinkableKeyedStateStore},
    },
};
use minicom_protocol::refusal::Refusal;

use crate::limits;

/// See the module.
pub struct Buckets<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Bounded<K>, DefaultClock, StateInformationMiddleware>,
    most: usize,
    began: Instant,
    /// When it is tidied next at the earliest, in milliseconds since it began.
    tidy_at: AtomicU64,
}

/// At least one.
fn count(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN)
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Each gets back so many a second, and holds `burst`.
    pub fn per_second(refill: u32, burst: u32) -> Self {
        Self::new(Quota::per_second(count(refill)), burst, limits::RATE_KEYS_MAX)
    }

    /// Each gets back so many a minute, and holds `burst`.
    pub fn per_minute(refill: u32, burst: u32) -> Self {
        Self::new(Quota::per_minute(count(refill)), burst, limits::RATE_KEYS_MAX)
    }

    /// Each gets back so many an hour, and holds `burst`.
    pub fn per_hour(refill: u32, burst: u32) -> Self {
        Self::new(Quota::per_hour(count(refill)), burst, limits::RATE_KEYS_MAX)
    }

    fn new(quota: Quota, burst: u32, most: usize) -> Self {
        let store = Bounded {
            known: DashMapStateStore::default(),
            others: InMemoryState::default(),
            most,
        };
        Buckets {
            limiter: RateLimiter::new(quota.allow_burst(count(burst)), store, DefaultClock::default()),
            most,
            began: Instant::now(),
            tidy_at: AtomicU64::new(0),
        }
    }

    /// Takes one out of a key's bucket. How many are left in it.
    ///
    /// # Errors
    /// `rate_limited`, with the time after which there is one again.
    pub fn take(&self, key: &K) -> Result<u32, Refusal> {
        self.tidy();
        match self.limiter.check_key(key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(not_yet) => {
                let wait = not_yet.wait_time_from(DefaultClock::default().now());
                // Rounded up: who comes at the told time is let in.
                let retry_after_ms = whole_ms(wait).saturating_add(1);
                Err(Refusal::RateLimited { retry_after_ms })
            }
        }
    }

    /// Forgets whose buckets are full again, if there are too many. Looking through all of them is not done for every request.
    fn tidy(&self) {
        if self.limiter.len() < self.most {
            return;
        }
        let now = whole_ms(self.began.elapsed());
        let next = now.saturating_add(whole_ms(limits::RATE_KEYS_TIDY_EVERY));
        let tidy_at = self.tidy_at.load(Ordering::Relaxed);
        let mine = now >= tidy_at
            && self
                .tidy_at
                .compare_exchange(tidy_at, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if mine {
            self.limiter.retain_recent();
        }
    }
}

fn whole_ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// As many buckets as there may be, and one for everybody else.
struct Bounded<K: Hash + Eq> {
    known: DashMapStateStore<K>,
    others: InMemoryState,
    most: usize,
}

impl<K: Hash + Eq + Clone> StateStore for Bounded<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, count: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        if self.known.len() >= self.most && !self.known.contains_key(key) {
            return self.others.measure_and_replace(&NotKeyed::NonKey, count);
        }
        self.known.measure_and_replace(key, count)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Bounded<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        ShrinkableKeyedStateStore::retain_recent(&self.known, drop_below);
    }

    fn len(&self) -> usize {
        self.known.len()
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(most: usize) -> Buckets<u32> {
        Buckets::new(Quota::per_hour(count(1)), 3, most)
    }

    fn taken(buckets: &Buckets<u32>, key: u32) -> usize {
        (0..100).take_while(|_| buckets.take(&key).is_ok()).count()
    }

    #[test]
    fn a_bucket_is_emptied_and_says_when_there_is_one_again() {
        let buckets = buckets(10);
        assert_eq!(buckets.take(&1), Ok(2));
        assert_eq!(taken(&buckets, 1), 2);
        let Err(Refusal::RateLimited { retry_after_ms }) = buckets.take(&1) else {
            panic!("the bucket was empty");
        };
        assert!((3_000_000..=3_600_001).contains(&retry_after_ms), "{retry_after_ms}");
        assert_eq!(taken(&buckets, 2), 3);
    }

    #[test]
    fn who_makes_up_keys_shares_one_bucket_and_those_who_are_known_keep_theirs() {
        let buckets = buckets(2);
        assert!(buckets.take(&1).is_ok() && buckets.take(&2).is_ok());
        let passed = (3..1_000).filter(|key| buckets.take(key).is_ok()).count();
        assert_eq!(passed, 3, "one bucket for all who are not known");
        assert_eq!(buckets.limiter.len(), 2, "memory holds no more");
        assert_eq!((taken(&buckets, 1), taken(&buckets, 2)), (2, 2));
    }
}
