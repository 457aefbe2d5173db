//! How fast customers may write, counted over all of a customer's windows and across reconnects.

use std::num::NonZeroU32;

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};
use minicom_protocol::{ids::CustomerId, refusal::Refusal};

use crate::{limits, run_limits::RunLimits, store::TenantKey};

type Key = (TenantKey, CustomerId);
type Keyed = RateLimiter<Key, DashMapStateStore<Key>, DefaultClock>;

/// See the module.
pub struct Rates {
    lines: Keyed,
    /// Read marks have a rate of their own: reading must not cost a line.
    marks: Keyed,
}

impl Rates {
    /// With the customer's burst and refill.
    pub fn new(limits: &RunLimits) -> Rates {
        let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(limits.customer_refill_per_s))
            .allow_burst(at_least_one(limits.customer_burst));
        Rates {
            lines: RateLimiter::dashmap(quota),
            marks: RateLimiter::dashmap(quota),
        }
    }

    /// Counts a line, or another wish.
    pub fn line(&self, tenant: TenantKey, customer: CustomerId) -> Result<(), Refusal> {
        check(&self.lines, (tenant, customer))
    }

    /// Counts a read mark.
    pub fn mark(&self, tenant: TenantKey, customer: CustomerId) -> Result<(), Refusal> {
        check(&self.marks, (tenant, customer))
    }
}

fn check(limiter: &Keyed, key: Key) -> Result<(), Refusal> {
    if limiter.len() > limits::RATE_KEYS_MAX {
        limiter.retain_recent();
    }
    limiter.check_key(&key).map_err(|not_yet| {
        let wait = not_yet.wait_time_from(DefaultClock::default().now());
        // Rounded up: who comes at the told time is let in.
        let retry_after_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Refusal::RateLimited { retry_after_ms }
    })
}
