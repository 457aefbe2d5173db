//! Who has to leave at once: whoever keeps somebody out says it here, and who holds the connections closes them. Neither
//! knows the other.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use ipnet::IpNet;
use minicom_protocol::ids::{AgentId, CustomerId};

use crate::store::TenantKey;

/// Whose connections end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeptOut {
    /// A customer's: blocked.
    Customer(TenantKey, CustomerId),
    /// A customer's: erased.
    Erased(TenantKey, CustomerId),
    /// Those of one device of a customer, by its id.
    Device(TenantKey, CustomerId, String),
    /// Agents' of a tenant, of those sign-ins that a person made with a password alone: the tenant asks for a second factor from now on.
    OneFactor(TenantKey, Vec<AgentId>),
    /// All customers' from a network.
    Network(TenantKey, IpNet),
}

/// Who holds the connections.
pub trait Holds: Send + Sync {
    /// Ends these connections.
    fn close(&self, whose: &KeptOut);

    /// From where a customer is connected now.
    fn addresses(&self, tenant: TenantKey, customer: CustomerId) -> Vec<IpAddr>;
}

/// See the module. Cheap to clone.
#[derive(Clone, Default)]
pub struct Doors {
    holder: Arc<OnceLock<Box<dyn Holds>>>,
}

impl Doors {
    /// Names who holds the connections; the first one stays.
    pub fn held_by(&self, holder: impl Holds + 'static) {
        // A second listener on one desk has nothing of the first one's to close.
        let _ = self.holder.set(Box::new(holder));
    }

    /// Ends connections.
    pub fn close(&self, whose: &KeptOut) {
        if let Some(holder) = self.holder.get() {
            holder.close(whose);
        }
    }

    /// From where a customer is connected now.
    pub fn addresses(&self, tenant: TenantKey, customer: CustomerId) -> Vec<IpAddr> {
        self.holder
            .get()
            .map_or(vec![], |holder| holder.addresses(tenant, customer))
    }
}
