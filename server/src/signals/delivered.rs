//! How far lines have come: on a screen of the other side. Only forward, kept while it says more than the read mark does,
//! and given to whoever comes later.

use minicom_protocol::{
    event::EventBody,
    ids::{AgentId, ConversationId, CustomerId, LineNo},
    stage::Side,
};

use super::{Floor, Signals};
use crate::{
    presence::News,
    store::{TenantKey, conversations},
};

impl Signals {
    /// A customer's client has shown the desk's lines up to this one. What it cannot have shown does not count.
    pub async fn customer_got(&self, tenant: TenantKey, customer: CustomerId, up_to: LineNo) {
        let newest = self
            .desk
            .read(move |conn| conversations::newest(conn, tenant, customer))
            .await;
        let (Ok(Some(row)), Some(floor)) = (newest, self.floor(tenant)) else {
            return;
        };
        let up_to = up_to.min(row.desk_lines);
        if row.stage.is_open() && up_to > row.customer_mark {
            floor.agents.delivered(row.conversation, up_to);
        }
    }

    /// An agent's client has shown the customer's lines up to this one. Only the owner's counts: what a colleague glances at
    /// is in nobody's hands.
    pub async fn agent_got(&self, tenant: TenantKey, agent: AgentId, conversation: ConversationId, up_to: LineNo) {
        let Some((floor, moment)) = self.moment(tenant, conversation).await else {
            return;
        };
        let row = &moment.summary;
        let up_to = up_to.min(row.customer_lines);
        if row.stage.is_owned_by(agent) && up_to > row.desk_mark {
            floor.customers.delivered(row.customer.id, up_to);
        }
    }
}

impl Floor {
    /// Forgets what a read mark or an end has overtaken.
    pub(super) fn forget_delivered(&self, news: &News) {
        let News::Event(event) = news else { return };
        let (Some(conversation), Some(customer)) = (event.subject.conversation(), event.subject.customer()) else {
            return;
        };
        match &event.body {
            EventBody::Seen(seen) if seen.side == Side::Customer => {
                self.agents.overtaken(conversation, Some(seen.up_to))
            }
            EventBody::Seen(seen) => self.customers.overtaken(customer, Some(seen.up_to)),
            EventBody::Closed(_) => {
                self.agents.overtaken(conversation, None);
                self.customers.overtaken(customer, None);
            }
            _ => {}
        }
    }
}
