//! What is made of the journal behind it, a piece of the writer's time at once.

use minicom_protocol::{ids::Rev, refusal::Refusal};

use super::Desk;
use crate::store::{TenantKey, figures, search};

/// What is made of the journal behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// The index of what can be found.
    Index,
    /// The figures.
    Figures,
}

impl Made {
    /// Its name, for the log.
    pub fn name(self) -> &'static str {
        match self {
            Made::Index => search::FOLLOWER,
            Made::Figures => figures::FOLLOWER,
        }
    }
}

impl Desk {
    /// Makes it of the next events. Where it has come, and whether there are more.
    pub(crate) async fn make_more(&self, tenant: TenantKey, made: Made) -> Result<(Rev, bool), Refusal> {
        self.write(tenant, move |scope| match made {
            Made::Index => search::go_on(scope.conn, tenant),
            Made::Figures => figures::go_on(scope.conn, tenant),
        })
        .await
    }
}
