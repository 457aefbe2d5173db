//! One conversation from its beginning, in pages.

use minicom_protocol::{
    event::Event,
    ids::{ConversationId, Rev},
    refusal::Refusal,
};

use super::{Desk, Session, sessions::with_profiles};
use crate::{
    limits::TRANSCRIPT_PAGE_EVENTS,
    store::{TenantKey, conversations, journal},
};

/// A page of a conversation's events.
#[derive(Clone, PartialEq, Debug)]
pub struct TranscriptPage {
    /// The conversation as it stands.
    pub session: Session,
    /// Its events, oldest first, in their present form.
    pub events: Vec<Event>,
    /// Behind what the next page begins; `None` at the end.
    pub next: Option<Rev>,
}

impl Desk {
    /// A page of all that happened in a conversation.
    ///
    /// # Errors
    /// `not_found` for an unknown conversation and for one of another tenant; what kept the store from answering.
    pub async fn transcript(
        &self,
        tenant: TenantKey,
        conversation: ConversationId,
        after: Option<Rev>,
    ) -> Result<TranscriptPage, Refusal> {
        let page = self.read(move |conn| {
            let Some(row) = conversations::load(conn, tenant, conversation)? else {
                return Ok(None);
            };
            let customer = row.customer.id;
            let after = match after {
                Some(after) => after,
                None => journal::before_conversation(conn, tenant, customer, conversation)?,
            };
            // Between them may be what happened to the customer's next conversation, if this one was tagged or rated later.
            let mut events = journal::of_thread(conn, tenant, customer, after, TRANSCRIPT_PAGE_EVENTS)?;
            let full = events.len() as i64 == TRANSCRIPT_PAGE_EVENTS;
            let next = events.last().map(|it| it.rev).filter(|last| full && *last < row.rev);
            events.retain(|it| it.subject.conversation() == Some(conversation));
            let session = with_profiles(conn, tenant, vec![row])?.pop();
            Ok(session.map(|session| TranscriptPage { session, events, next }))
        });
        page.await?.ok_or(Refusal::NotFound)
    }
}
