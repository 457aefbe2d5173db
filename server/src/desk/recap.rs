//! A conversation in a few lines, made of all that happened in it.

use minicom_protocol::{
    ids::{AgentId, ConversationId},
    recap::Recap,
    refusal::Refusal,
};

use super::Desk;
use crate::{bot::drafting, limits::RECAP_PAGES_MAX, store::TenantKey};

impl Desk {
    /// A conversation in a few lines, from its events alone.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
    pub async fn recap(&self, tenant: TenantKey, conversation: ConversationId) -> Result<Recap, Refusal> {
        let mut page = self.transcript(tenant, conversation, None).await?;
        let mut recap = Recap::begin(&page.session.row);
        for _ in 0..RECAP_PAGES_MAX {
            page.events.iter().for_each(|event| recap.goes_on(event));
            let Some(after) = page.next else { break };
            page = self.transcript(tenant, conversation, Some(after)).await?;
        }
        Ok(recap)
    }

    /// The same, and also in the words of a language model, where the desk has one and it answers in time.
    ///
    /// # Errors
    /// As for [`Desk::recap`]: that there are no such words is none.
    pub async fn recap_in_words(
        &self,
        tenant: TenantKey,
        agent: AgentId,
        conversation: ConversationId,
    ) -> Result<Recap, Refusal> {
        let recap = self.recap(tenant, conversation).await?;
        let words = drafting::summary(self, tenant, agent, conversation).await?;
        Ok(Recap { words, ..recap })
    }
}
