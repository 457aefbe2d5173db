//! What a server has erased is forgotten here too.

use minicom_protocol::{
    event::{EventBody, LineChanged, Posted},
    frame::Agents,
    ids::ConversationId,
    line::LineState,
    text::MessageText,
};

use super::thread::Thread;

/// What stands where a note had to say something, as the server has it.
const GONE: &str = "(erased)";

impl Thread<Agents> {
    /// Takes all that was said out of a conversation, as pages tell it from now on.
    pub(crate) fn erase(&mut self, conversation: ConversationId) {
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
                    it.intake.subject = None;
                    it.answers.clear();
                }
                _ => {}
            }
        }
    }
}
