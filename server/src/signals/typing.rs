//! Who types where: to agents from everybody, to the customer from the owner and the bot.

use std::sync::Arc;

use minicom_protocol::{
    frame::{AgentSignal, CustomerSignal, Typist},
    ids::{ConversationId, CustomerId, Rev, Seq},
    people::AgentRef,
    stage::Stage,
    summary::Summary,
    text::DisplayName,
};

use super::{
    Floor, Signals,
    agents::{Key, TypistKey},
};
use crate::store::{TenantKey, conversations, tenants, threads};

/// Where something was said: the positions of one moment.
pub(super) struct Moment {
    pub(super) summary: Summary,
    rev: Rev,
    seq: Seq,
}

impl Signals {
    /// A customer types, or has stopped. Nothing if no conversation is open.
    pub async fn customer_types(&self, tenant: TenantKey, customer: CustomerId, on: bool) {
        let found = self
            .desk
            .read(move |conn| {
                let newest = conversations::newest(conn, tenant, customer)?;
                Ok((newest, Rev(tenants::head(conn, tenant)?.cursor.at)))
            })
            .await;
        if let (Ok((Some(summary), at)), Some(floor)) = (found, self.floor(tenant))
            && summary.stage.is_open()
        {
            floor.tell_agents(summary.conversation, Typist::Customer, on, at);
        }
    }

    /// An agent types, or has stopped. Colleagues are told; the customer is told of the owner only. Nothing if the
    /// conversation is unknown, of another tenant, or closed.
    pub async fn agent_types(&self, tenant: TenantKey, agent: &AgentRef, conversation: ConversationId, on: bool) {
        let Some((floor, moment)) = self.moment(tenant, conversation).await else {
            return;
        };
        let who = Typist::Agent { agent: agent.clone() };
        floor.tell_agents(conversation, who, on, moment.rev);
        if moment.summary.stage.is_owned_by(agent.id) {
            floor.tell_customer(&moment, Some(agent.name.clone()), on);
        }
    }

    /// The bot works on an answer. Nothing unless the bot answers in that conversation, and nothing is read where nobody
    /// would hear of it. It ends with [`Signals::bot_rests`].
    pub async fn bot_types(&self, tenant: TenantKey, customer: CustomerId, conversation: ConversationId) {
        let heard = self.floor(tenant).is_some_and(|floor| floor.is_heard(customer));
        if !heard {
            return;
        }
        let Some((floor, moment)) = self.moment(tenant, conversation).await else {
            return;
        };
        if moment.summary.stage == Stage::Bot {
            floor.tell_agents(conversation, Typist::Bot, true, moment.rev);
            floor.tell_customer(&moment, None, true);
        }
    }

    /// The bot works on no answer any more, whatever came of it.
    pub fn bot_rests(&self, tenant: TenantKey, customer: CustomerId, conversation: ConversationId) {
        if let Some(floor) = self.floor(tenant) {
            floor.agents.end_typing(Key::Typing(conversation, TypistKey::Bot));
            floor.customers.end_bot_typing(customer);
        }
    }

    /// Where the bot's answer will grow; `None` if nobody would see it.
    pub async fn saying(
        &self,
        tenant: TenantKey,
        customer: CustomerId,
        conversation: ConversationId,
    ) -> Option<Saying> {
        let heard = self.floor(tenant).is_some_and(|floor| floor.is_heard(customer));
        let (floor, moment) = if heard {
            self.moment(tenant, conversation).await?
        } else {
            return None;
        };
        (moment.summary.stage == Stage::Bot).then_some(Saying {
            floor,
            customer,
            conversation,
            rev: moment.rev,
            seq: moment.seq,
        })
    }

    /// Ends when a customer who is connected now is not any more.
    pub fn customer_left(&self, tenant: TenantKey, customer: CustomerId) -> impl Future<Output = ()> + Send + use<> {
        let left = self.floor(tenant).map(|floor| floor.customers.left(customer));
        async move {
            match left {
                Some(left) => left.await,
                None => std::future::pending().await,
            }
        }
    }

    /// The conversation, if it is open, and where the journal and its thread stand.
    pub(super) async fn moment(&self, tenant: TenantKey, conversation: ConversationId) -> Option<(Arc<Floor>, Moment)> {
        let floor = self.floor(tenant)?;
        let found = self
            .desk
            .read(move |conn| {
                let Some(summary) = conversations::load(conn, tenant, conversation)? else {
                    return Ok(None);
                };
                let seq = threads::load(conn, tenant, summary.customer.id)?.view.seq;
                let rev = Rev(tenants::head(conn, tenant)?.cursor.at);
                Ok(Some(Moment { summary, rev, seq }))
            })
            .await;
        let moment = found.ok()??;
        moment.summary.stage.is_open().then_some((floor, moment))
    }
}

/// An answer of the bot's that grows on the screens of those who look. It ends when this is dropped.
pub struct Saying {
    floor: Arc<Floor>,
    customer: CustomerId,
    conversation: ConversationId,
    rev: Rev,
    seq: Seq,
}

impl Saying {
    /// It is this far. All of it is told each time, so that what gets lost costs nothing.
    pub fn so_far(&self, text: &str) {
        let (conversation, at) = (self.conversation, self.rev);
        let delta = AgentSignal::BotDelta {
            conversation,
            text: text.to_owned(),
            at,
        };
        self.floor.agents.post(Key::Says(conversation), delta);
        let (text, at) = (text.to_owned(), self.seq);
        self.floor
            .customers
            .says(self.customer, CustomerSignal::BotDelta { text, at });
    }
}

impl Drop for Saying {
    fn drop(&mut self) {
        self.floor.agents.end_saying(self.conversation);
        self.floor.customers.end_saying(self.customer);
    }
}

impl Floor {
    pub(super) fn tell_agents(&self, conversation: ConversationId, who: Typist, on: bool, at: Rev) {
        let key = Key::Typing(conversation, who.clone().into());
        let signal = AgentSignal::Typing {
            conversation,
            who,
            on,
            at,
        };
        self.agents.post(key, signal);
    }

    fn tell_customer(&self, moment: &Moment, name: Option<DisplayName>, on: bool) {
        let signal = CustomerSignal::Typing {
            name,
            on,
            at: moment.seq,
        };
        self.customers.typing(moment.summary.customer.id, signal);
    }

    /// Whether anybody is there who would hear of something in this customer's thread.
    fn is_heard(&self, customer: CustomerId) -> bool {
        self.agents.has_readers() || self.customers.has(customer)
    }
}
