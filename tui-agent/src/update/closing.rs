//! Ending a chat: the wish is held back for five seconds and can be undone; a line that the customer writes meanwhile undoes it too.

use std::time::Duration;

use minicom_protocol::{command::AgentCommand, ids::ConversationId, stage::Stage};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, HeldClose},
    words,
};

/// How long ending a chat can be undone.
pub const UNDO: Duration = Duration::from_secs(5);

impl App {
    /// Ends the chat, or takes that wish back if it was there.
    pub(crate) fn done(&mut self, now: Now) {
        let Some(summary) = self.subject().and_then(|open| self.replica.summary(open)) else {
            return self.tell(Shown::fixed("No conversation is chosen."), now);
        };
        let conversation = summary.conversation;
        if self.closing_of(conversation).is_some() {
            return self.undo(Some(conversation), now);
        }
        let refused = match &summary.stage {
            Stage::Closed { .. } => Some("This conversation has ended.".to_owned()),
            Stage::Active { agent, since } if !self.is_mine(summary) => Some(format!(
                "{} has it since {}; only the owner ends a chat.",
                agent.name.shown(),
                self.zone.clock(since.0)
            )),
            _ => None,
        };
        if let Some(words) = refused {
            return self.tell(Shown::line(&words), now);
        }
        if !self.has_connection("Done") {
            return;
        }
        let Some(chat) = &self.chat else { return };
        // What was not on the screen was not read: then the server says so.
        let seen = chat.shown().customer;
        self.closing.push(HeldClose {
            conversation,
            seen,
            until: now.elapsed + UNDO,
        });
        self.notice = None;
    }

    /// Keeps a chat that is about to end: this one, else the one that was ended last.
    pub(crate) fn undo(&mut self, conversation: Option<ConversationId>, now: Now) {
        let at = match conversation.and_then(|it| self.closing.iter().position(|held| held.conversation == it)) {
            Some(at) => Some(at),
            None => self.closing.len().checked_sub(1),
        };
        match at {
            Some(at) => {
                let held = self.closing.remove(at);
                let words = format!("Kept: the chat with {} goes on.", self.name_of(held.conversation));
                self.tell(Shown::line(&words), now);
            }
            None => self.tell(Shown::fixed("There is nothing to undo."), now),
        }
    }

    /// The customer has written again.
    pub(crate) fn keep_open(&mut self, conversation: ConversationId) {
        if self.closing_of(conversation).is_some() {
            self.closing.retain(|held| held.conversation != conversation);
            let words = format!(
                "{} has written again: the chat was not ended.",
                self.name_of(conversation)
            );
            self.trouble(Shown::line(&words), Ends::Leaving);
        }
    }

    pub(crate) fn send_due_closes(&mut self, now: Now) {
        let due = |held: &HeldClose| held.until <= now.elapsed;
        while let Some(at) = self.closing.iter().position(due) {
            let held = self.closing.remove(at);
            self.send_close(held, now.wall);
        }
    }

    /// The program ends: what was wished is done at once.
    pub(crate) fn send_all_closes(&mut self, wall: i64) {
        for held in std::mem::take(&mut self.closing) {
            self.send_close(held, wall);
        }
    }

    fn send_close(&mut self, held: HeldClose, wall: i64) {
        let HeldClose { conversation, seen, .. } = held;
        self.send(AgentCommand::Close { conversation, seen }, wall);
    }

    /// When the countdown says something else.
    pub(crate) fn closing_changes_at(&self, now: Now) -> Option<Duration> {
        let ends = self.closing.iter().map(|held| held.until).min()?;
        let open = self.conversation().and_then(|open| self.closing_of(open));
        let label = open.and_then(|held| words::seconds_left_changes_in(self.start + held.until, self.instant(now)));
        Some(label.map_or(ends, |changes| ends.min(now.elapsed + changes)))
    }

    pub(crate) fn name_of(&self, conversation: ConversationId) -> Shown {
        let summary = self.replica.summary(conversation);
        summary.map_or(Shown::fixed("the customer"), |summary| summary.customer.name.shown())
    }
}
