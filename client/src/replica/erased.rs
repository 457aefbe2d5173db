//! What a server has erased is forgotten here too.

use minicom_protocol::{
    event::{EventBody, LineChanged, Posted},
    frame::Agents,
    ids::ConversationId,
    intake::ClientInfo,
    line::LineState,
    people::CustomerRef,
    text::MessageText,
};

use super::thread::Thread;

/// What stands where a note had to say something, as the server has it.
const GONE: &str = "(erased)";

impl Thread<Agents> {
    /// Takes all that was said out of a conversation, as pages tell it from now on. `customer` is who the customer is from here on.
    pub(crate) fn erase(&mut self, conversation: ConversationId, customer: &CustomerRef) {
        for event in self.events_mut() {
            if event.subject.conversation() != Some(conversation) {
                continue;
            }
            match &mut event.body {
                EventBody::Posted(Posted {
                    parts, state, quote, ..
                }) => {
                    parts.clear();
                    *state = LineState::Blanked;
                    if let (Some(quote), Some(words)) = (quote, LineState::Blanked.words()) {
                        words.clone_into(&mut quote.excerpt);
                    }
                }
                EventBody::LineChanged(LineChanged { parts, state, .. }) => {
                    parts.clear();
                    *state = LineState::Blanked;
                }
                EventBody::Noted(it) => {
                    if let Ok(gone) = MessageText::parse(GONE) {
                        it.text = gone;
                    }
                }
                EventBody::SubjectChanged(it) => it.subject = None,
                EventBody::Rated(it) => it.comment = None,
                EventBody::Opened(it) => {
                    it.customer.clone_from(customer);
                    (it.intake.subject, it.intake.client) = (None, ClientInfo::default());
                    it.answers.clear();
                }
                _ => {}
            }
        }
    }
}
