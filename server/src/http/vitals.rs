//! What the health routes and the numbers look at, beside the desk.

use crate::{config::MetricsFor, session::Registry, upkeep::schedule::Plan};

/// Cheap to clone. The default is that of a desk that serves nobody.
#[derive(Clone, Default)]
pub struct Vitals {
    /// The connections that are signed in, and how many connections there may be.
    pub connections: Option<(Registry, usize)>,
    /// The daily copies, if there are any.
    pub backup: Option<Plan>,
    /// Whether there is a bot.
    pub bot: bool,
    /// Who may read the numbers.
    pub metrics: MetricsFor,
}

impl Vitals {
    /// Connections of agents and of customers that are signed in.
    pub fn sockets(&self) -> (usize, usize) {
        self.connections
            .as_ref()
            .map_or((0, 0), |(registry, _)| registry.counts())
    }
}
