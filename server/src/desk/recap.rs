//! A conversation in a few lines, made of all that happened in it.

use minicom_protocol::{ids::ConversationId, recap::Recap, refusal::Refusal};

use super::Desk;
use crate::{limits::RECAP_PAGES_MAX, store::TenantKey};

impl Desk {
    /// A conversation in a few lines, from its events. What a language model would say of it is not looked for here.
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
}
