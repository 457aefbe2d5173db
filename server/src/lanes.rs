//! Tenants' lanes in the writer's queue, drained in turn: a tenant that floods waits behind itself.

use std::collections::{BTreeMap, VecDeque};

use crate::store::TenantKey;

/// What waits, by tenant.
pub struct Lanes<T> {
    lanes: BTreeMap<TenantKey, VecDeque<T>>,
    len: usize,
    /// The tenant whose turn was last.
    last: Option<TenantKey>,
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            lanes: BTreeMap::new(),
            len: 0,
            last: None,
        }
    }
}

impl<T> Lanes<T> {
    /// Puts a piece of work at the end of its tenant's lane.
    pub fn push(&mut self, tenant: TenantKey, item: T) {
        self.lanes.entry(tenant).or_default().push_back(item);
        self.len += 1;
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Takes at most `most`, one from each lane in turn, each lane in its own order.
    pub fn take(&mut self, most: usize) -> Vec<T> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let after_last = self
                .lanes
                .keys()
                .find(|key| Some(**key) > self.last)
                .or(self.lanes.keys().next());
            let Some(tenant) = after_last.copied() else { break };
            self.last = Some(tenant);
            if let Some(lane) = self.lanes.get_mut(&tenant) {
                taken.extend(lane.pop_front());
                if lane.is_empty() {
                    self.lanes.remove(&tenant);
                }
            }
        }
        self.len -= taken.len();
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flooding_tenant_waits_behind_itself() {
        let mut lanes = Lanes::default();
        (0..5).for_each(|n| lanes.push(TenantKey(1), (1, n)));
        lanes.push(TenantKey(2), (2, 0));
        assert_eq!(lanes.len(), 6);
        assert_eq!(lanes.take(3), [(1, 0), (2, 0), (1, 1)]);
        assert_eq!(lanes.take(9), [(1, 2), (1, 3), (1, 4)]);
        assert!(lanes.is_empty());
        assert_eq!(lanes.len(), 0);
    }
}
