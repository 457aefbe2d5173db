//! What of a customer's thread is the open conversation's own: the thread goes on with later ones.

use minicom_client::AgentReplica;
use minicom_protocol::event::{Event, EventBody};
use minicom_tui_kit::transcript::EntryKey;

use super::Chat;

impl Chat {
    /// Goes to where the conversation itself ends: its last words are the last on the screen. Returns whether that is known here.
    pub fn to_its_end(&mut self, replica: &AgentReplica) -> bool {
        let Some(thread) = replica.thread(self.customer) else {
            return false;
        };
        let ends = |event: &&Event| {
            matches!(event.body, EventBody::Closed(_)) && event.subject.conversation() == Some(self.conversation)
        };
        let Some(ended) = thread.events().rev().find(ends) else {
            return false;
        };
        let begins = |event: &&Event| event.rev > ended.rev && matches!(event.body, EventBody::Opened(_));
        let entries = self.transcript.entries();
        let last = match thread.events().find(begins) {
            Some(next) => entries
                .iter()
                .rev()
                .find(|entry| entry.key < EntryKey::Stored(next.rev.0)),
            None => None,
        };
        match last.map(|entry| entry.key) {
            Some(last) => self.transcript.to_end_of(last),
            None => {
                self.transcript.to_end();
                true
            }
        }
    }
}
