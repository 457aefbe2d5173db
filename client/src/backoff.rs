//! How long to wait before connecting again: full jitter, so that a thousand clients that lost the same server do
//! not come back in the same moment. Pure: chance is handed in.

use std::time::Duration;

use crate::limits::RETRY_AFTER_MAX;

/// Counts failures in a row.
#[derive(Clone, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    cap: Duration,
    failures: u32,
}

impl Backoff {
    pub fn new(first: Duration, cap: Duration) -> Self {
        Self {
            first,
            cap,
            failures: 0,
        }
    }

    /// The longest that the next wait can be: doubles with each failure, up to the cap.
    pub fn ceiling(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.failures.min(31)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.cap)
    }

    /// The wait before the next attempt: anything from 0 to the ceiling, but not less than the server asks for.
    /// `random` gives a number from 0 to the bound it is handed.
    pub fn next(&mut self, random: impl FnOnce(u64) -> u64, server_asks: Option<Duration>) -> Duration {
        let ceiling = u64::try_from(self.ceiling().as_millis()).unwrap_or(u64::MAX);
        let jitter = Duration::from_millis(random(ceiling).min(ceiling));
        self.failures = self.failures.saturating_add(1);
        jitter.max(server_asks.unwrap_or_default().min(RETRY_AFTER_MAX))
    }

    /// Attempts made since the last reset, the next one included.
    pub fn attempt(&self) -> u32 {
        self.failures
    }

    /// A connection lasted.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn backoff() -> Backoff {
        Backoff::new(Duration::from_millis(500), Duration::from_secs(30))
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let mut backoff = backoff();
        let ceilings: Vec<u64> = (0..9)
            .map(|_| backoff.next(|max| max, None).as_millis() as u64)
            .collect();
        assert_eq!(
            ceilings,
            [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
        );
        assert_eq!(backoff.attempt(), 9);
        backoff.reset();
        assert_eq!(backoff.next(|max| max, None), Duration::from_millis(500));
    }

    #[test]
    fn the_servers_wish_is_a_lower_bound_within_reason() {
        let mut backoff = backoff();
        assert_eq!(
            backoff.next(|_| 0, Some(Duration::from_secs(7))),
            Duration::from_secs(7)
        );
        assert_eq!(
            backoff.next(|max| max, Some(Duration::from_millis(1))),
            Duration::from_secs(1)
        );
        assert_eq!(backoff.next(|_| 0, Some(Duration::from_secs(1 << 40))), RETRY_AFTER_MAX);
    }

    proptest! {
        #[test]
        fn every_wait_is_between_zero_and_the_cap(draws in proptest::collection::vec(any::<u64>(), 1..200)) {
            let mut backoff = backoff();
            for draw in draws {
                let ceiling = backoff.ceiling();
                let wait = backoff.next(|bound| draw % (bound + 1), None);
                prop_assert!(wait <= ceiling && ceiling <= Duration::from_secs(30));
            }
        }
    }
}
