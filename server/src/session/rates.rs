//! How fast customers may write, counted over all of a customer's windows and across reconnects.

use minicom_protocol::{ids::CustomerId, refusal::Refusal};

use crate::{buckets::Buckets, run_limits::RunLimits, store::TenantKey};

/// See the module.
pub struct Rates {
    lines: Buckets<(TenantKey, CustomerId)>,
    /// Read marks have a rate of their own: reading must not cost a line.
    marks: Buckets<(TenantKey, CustomerId)>,
}

impl Rates {
    /// With the customer's burst and refill.
    pub fn new(limits: &RunLimits) -> Rates {
        let (refill, burst) = (limits.customer_refill_per_s, limits.customer_burst);
        Rates {
            lines: Buckets::per_second(refill, burst),
            marks: Buckets::per_second(refill, burst),
        }
    }

    /// Counts a line, or another wish.
    pub fn line(&self, tenant: TenantKey, customer: CustomerId) -> Result<(), Refusal> {
        self.lines.take(&(tenant, customer)).map(drop)
    }

    /// Counts a read mark.
    pub fn mark(&self, tenant: TenantKey, customer: CustomerId) -> Result<(), Refusal> {
        self.marks.take(&(tenant, customer)).map(drop)
    }
}
