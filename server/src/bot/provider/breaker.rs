//! Leaves a provider alone that fails: after some errors in a short time nobody asks it for a while, then one request tries it again.
//! Pure: the time is given.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::limits::{PROVIDER_ERRORS_MAX, PROVIDER_ERRORS_WITHIN, PROVIDER_LEFT_ALONE_FOR};

/// See the module.
#[derive(Default, Debug)]
pub struct Breaker {
    errors: VecDeque<Instant>,
    /// Since when nobody asks.
    open: Option<Instant>,
    /// Since when one request tries it again. One that is never told of does not keep it closed for ever.
    trying: Option<Instant>,
}

/// How a breaker stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// Requests go.
    Closed,
    /// None does.
    Open,
}

impl Breaker {
    /// Whether a request may go now. One that may is to be told of, by [`Breaker::worked`] or [`Breaker::failed`].
    pub fn lets_go(&mut self, now: Instant) -> bool {
        let within = |since: Instant, span: Duration| now.saturating_duration_since(since) < span;
        match self.open {
            None => true,
            Some(since) if within(since, PROVIDER_LEFT_ALONE_FOR) => false,
            Some(_) if self.trying.is_some_and(|since| within(since, PROVIDER_LEFT_ALONE_FOR)) => false,
            Some(_) => {
                self.trying = Some(now);
                true
            }
        }
    }

    /// A request was answered.
    pub fn worked(&mut self) {
        *self = Breaker::default();
    }

    /// A request failed by the provider's doing.
    pub fn failed(&mut self, now: Instant) {
        if self.open.is_some() {
            (self.open, self.trying) = (Some(now), None);
            return;
        }
        self.errors.push_back(now);
        self.errors
            .retain(|at| now.saturating_duration_since(*at) < PROVIDER_ERRORS_WITHIN);
        if self.errors.len() >= PROVIDER_ERRORS_MAX {
            self.errors.clear();
            self.open = Some(now);
        }
    }

    /// A request ended, and nobody knows whether the provider is well: it was called off.
    pub fn called_off(&mut self) {
        self.trying = None;
    }

    /// How it stands.
    pub fn stands(&self) -> Stands {
        match self.open {
            Some(_) => Stands::Open,
            None => Stands::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_errors_in_a_minute_open_it_and_one_request_tries_again() {
        let mut breaker = Breaker::default();
        let at = |seconds: u64| Instant::now() + Duration::from_secs(seconds);
        let began = at(0);
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        for second in [0, 40, 61] {
            assert!(breaker.lets_go(at(second)));
            breaker.failed(at(second));
        }
        assert!(breaker.lets_go(at(62)), "the first one is a minute old");
        breaker.failed(at(62));
        assert_eq!(breaker.stands(), Stands::Open);
        assert!(!breaker.lets_go(at(121)));
        assert!(breaker.lets_go(at(122)));
        assert!(!breaker.lets_go(at(122)), "one tries, the others wait");
        breaker.failed(at(123));
        assert!(!breaker.lets_go(at(182)));
        assert!(breaker.lets_go(at(183)));
        breaker.called_off();
        assert!(breaker.lets_go(at(183)), "nothing was learnt from it");
        breaker.worked();
        assert!(breaker.lets_go(at(184)) && breaker.lets_go(at(184)));
    }

    #[test]
    fn a_try_that_nobody_tells_of_does_not_keep_it_open() {
        let mut breaker = Breaker::default();
        let now = Instant::now();
        (0..3).for_each(|_| breaker.failed(now));
        assert!(breaker.lets_go(now + Duration::from_secs(60)));
        assert!(!breaker.lets_go(now + Duration::from_secs(100)));
        assert!(breaker.lets_go(now + Duration::from_secs(120)));
    }
}
