//! A thread that goes on in another conversation: the agent goes along, with what is being written, and so does what was asked for the
//! composer before. What was meant for one customer never comes into the composer of another. Whoever has opened what had ended stays
//! there.

use minicom_client::{ClientEvent, Section};
use minicom_protocol::{
    event::{Event, EventBody},
    frame::Agents,
    ids::ConversationId,
    stage::{Closer, Stage},
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Order},
    desk_view::Goal,
    list::{Part, Spot},
};

impl App {
    /// The new conversation of the customer whose thread is open and at its end.
    pub(super) fn came_back(&self, event: &ClientEvent<Agents>) -> Option<ConversationId> {
        let (ClientEvent::Batch { events, .. }, Some(chat)) = (event, &self.chat) else {
            return None;
        };
        let opens = |event: &&Event| {
            matches!(event.body, EventBody::Opened(_)) && event.subject.customer() == Some(chat.customer)
        };
        let opened = events.iter().rev().find(opens)?;
        opened.subject.conversation().filter(|_| chat.transcript.is_at_end())
    }

    /// The thread goes on in another conversation: so does the agent, with what is being written.
    pub(super) fn follow(&mut self, conversation: ConversationId, now: Now) {
        let Some(ended) = self.summary().filter(|summary| !summary.stage.is_open()) else {
            return;
        };
        let by_me =
            matches!(&ended.stage, Stage::Closed { by: Closer::Agent { agent }, .. } if Some(agent.id) == self.me());
        let ended = ended.conversation;
        // Whoever reads what had ended has chosen that. Where letters are orders, no other conversation comes under the cursor of whoever
        // had done with this one, or has chosen none.
        let (cursor, part) = (self.list.cursor(), self.list.part_at_cursor());
        let none = matches!(cursor, Some(Spot::Title(_)) | None);
        let has_done = by_me || part == Some(Part::Section(Section::Done));
        let has_chosen = self.chat.as_ref().is_some_and(|chat| chat.ended_before);
        if has_chosen || (has_done || none) && !self.is_composing() {
            self.views.go_to = Some((ended, Goal::End));
            return;
        }
        // The disk is asked before it is told of what moves there: else it would give the same back, and all would stand there twice.
        if self.drafts_known.insert(conversation) {
            self.order(Order::LoadDrafts(vec![conversation]));
        }
        self.writing.move_to(ended, conversation, now.elapsed);
        self.move_files(ended, conversation);
        self.open_chat(conversation);
    }

    /// Where what was asked for a conversation is written by now: where its thread goes on, if that is what is open.
    pub(super) fn goes_on_in(&self, about: ConversationId) -> ConversationId {
        let later =
            self.replica.summary(about).zip(self.summary()).filter(|(was, is)| {
                !was.stage.is_open() && was.customer.id == is.customer.id && was.number < is.number
            });
        later.map_or(about, |(_, is)| is.conversation)
    }

    /// The same for what was chosen or answered over the chat. Where another chat is open by then, nothing is written and that is said.
    pub(super) fn writes_in(&mut self, about: ConversationId) -> Option<ConversationId> {
        let to = self.goes_on_in(about);
        if self.conversation() == Some(to) {
            return Some(to);
        }
        let words = "The chat that this was for is not open any more. Nothing was written.";
        self.trouble(Shown::fixed(words), Ends::Leaving);
        None
    }
}

#[cfg(test)]
#[path = "following_tests.rs"]
mod tests;
