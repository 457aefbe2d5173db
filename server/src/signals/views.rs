//! What an agent called filters of the list, told to the agent's other programs.

use minicom_protocol::{frame::AgentSignal, ids::AgentId};

use super::{Signals, agents::Key};
use crate::store::TenantKey;

impl Signals {
    /// An agent has saved or deleted a view: all the agent's programs are told how they are now. What cannot be read is told with
    /// the next change, and to whoever connects.
    pub async fn views_changed(&self, tenant: TenantKey, agent: AgentId) {
        let Some(floor) = self.floor(tenant) else { return };
        let _turn = floor.views.lock().await;
        if let Ok(views) = self.desk.views(tenant, agent).await {
            floor.agents.post(Key::Views(agent), AgentSignal::Views { views });
        }
    }
}
