//! What a customer knows of the own thread besides its lines: always equal to the fold of the customer's
//! events, on the server and in the client.

use serde::{Deserialize, Serialize};

use crate::{
    customer_event::{Closer, CustomerBody, CustomerEvent},
    ids::{ConversationId, LineNo, Seq, Time},
    stage::Side,
    text::DisplayName,
};

/// Where the customer's newest conversation stands, as the customer sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum CustomerStage {
    /// The bot answers.
    Bot,
    /// A person has been asked for.
    Waiting {
        /// Since when, counted from the first time if the conversation came back to the queue.
        since: Time,
    },
    /// A person is here.
    Active {
        /// The person's name.
        name: DisplayName,
        /// Since when.
        since: Time,
    },
    /// Over; the next line opens a new conversation.
    Closed {
        /// When.
        at: Time,
        /// By whom.
        by: Closer,
    },
}

/// A customer's thread without its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ThreadView {
    /// The newest event folded.
    pub seq: Seq,
    /// The newest conversation; `None` before the first line.
    pub conversation: Option<ConversationId>,
    /// Where it stands.
    pub stage: Option<CustomerStage>,
    /// Newest line of the customer.
    pub customer_lines: LineNo,
    /// Newest line of the desk.
    pub desk_lines: LineNo,
    /// How far the customer has read the desk's lines.
    pub customer_mark: LineNo,
    /// How far the desk has read the customer's lines.
    pub desk_mark: LineNo,
    /// When the newest conversation first came into the queue, until the bot has it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Time>,
    /// Whether the customer is asked how the last conversation was, and has not answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask_rating: bool,
}

impl ThreadView {
    /// Folds one more event. Events that are already in it are ignored.
    pub fn apply(&mut self, event: &CustomerEvent) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        match &event.body {
            CustomerBody::Opened(_) => {
                self.conversation = Some(event.conversation);
                self.stage = Some(CustomerStage::Bot);
                (self.ask_rating, self.queued_at) = (false, None);
                // What was written before this conversation is dealt with: the desk's list counts from here too.
                self.desk_mark = self.desk_mark.max(self.customer_lines);
            }
            CustomerBody::Posted(posted) => match posted.author.side() {
                Side::Customer => self.customer_lines = self.customer_lines.max(posted.line),
                Side::Desk => self.desk_lines = self.desk_lines.max(posted.line),
            },
            CustomerBody::Joined(it) => {
                self.stage = Some(CustomerStage::Active {
                    name: it.name.clone(),
                    since: event.time,
                });
            }
            CustomerBody::HandedBack(_) => (self.stage, self.queued_at) = (Some(CustomerStage::Bot), None),
            CustomerBody::HumanRequested(_) | CustomerBody::Requeued(_) => {
                let since = *self.queued_at.get_or_insert(event.time);
                self.stage = Some(CustomerStage::Waiting { since });
            }
            CustomerBody::Seen(it) => match it.side {
                Side::Customer => self.customer_mark = self.customer_mark.max(it.up_to),
                Side::Desk => self.desk_mark = self.desk_mark.max(it.up_to),
            },
            CustomerBody::Closed(it) => {
                self.stage = Some(CustomerStage::Closed {
                    at: event.time,
                    by: it.by,
                });
                self.ask_rating = it.ask_rating;
            }
            CustomerBody::Rated(_) => self.ask_rating = false,
            CustomerBody::LineChanged(_) | CustomerBody::Ticketed(_) | CustomerBody::Unknown(_) => {}
        }
    }

    /// Lines of the desk that the customer has not read.
    pub fn unread(&self) -> u64 {
        self.desk_lines.0.saturating_sub(self.customer_mark.0)
    }
}

#[cfg(test)]
#[path = "thread_view_tests.rs"]
mod tests;
