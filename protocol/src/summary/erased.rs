//! What is left of a conversation's row when its texts are erased.

use super::Summary;
use crate::{intake::ClientInfo, line::LineState, people::CustomerRef};

impl Summary {
    /// What is left when the texts are gone: who answered, when, how long it took, and what agents sorted it by.
    pub(super) fn erase(&mut self, customer: &CustomerRef) {
        self.customer = customer.clone();
        self.intake.subject = None;
        self.intake.client = ClientInfo::default();
        self.answers.clear();
        if let (Some(last), Some(words)) = (&mut self.last_line, LineState::Blanked.words()) {
            words.clone_into(&mut last.excerpt);
        }
    }
}
