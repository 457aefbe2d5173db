//! What an action is about: what is chosen, what is shown, or neither. With the cursor of the list on a title nothing is chosen, though the
//! chat that was open last stands beside it: nothing is done to that or written in it, and what only reads goes on in it.

use minicom_protocol::ids::ConversationId;

use crate::{
    app::{App, Focus},
    keys::Action,
    list::{Part, Spot},
};

/// What is said where none is chosen.
pub(crate) const NONE_CHOSEN: &str = "No conversation is chosen.";

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The marked conversations, else the chosen one.
    Marked,
    /// The chosen conversation: it is changed, or something is written in it.
    Chosen,
    /// The thread that is shown: it is read.
    Shown,
    /// No conversation, or one that the action finds by itself.
    Nothing,
}

impl About {
    /// What this action is about.
    pub fn of(action: Action) -> About {
        use Action as A;
        match action {
            A::HandBack | A::Done | A::Transfer | A::Assign | A::Snooze | A::Tags | A::Priority | A::Subject => {
                About::Marked
            }
            A::Send
            | A::TakeOver
            | A::Note
            | A::SavedReplies
            | A::Article
            | A::Suggestion
            | A::Suggestions
            | A::Draft
            | A::AttachFile
            | A::AsFile
            | A::Editor
            | A::Quote
            | A::EditLast
            | A::WithdrawLast
            | A::Blank
            | A::Retry
            | A::Discard
            | A::MarkUnread
            | A::Why
            | A::Ticket
            | A::Transcript
            | A::CustomerEdit
            | A::Merge
            | A::Block => About::Chosen,
            A::PageUp
            | A::PageDown
            | A::RowUp
            | A::RowDown
            | A::Latest
            | A::Divider
            | A::ReadInFull
            | A::Copy
            | A::Pipe
            | A::Recap
            | A::Files
            | A::Details
            | A::OpenEarlier
            | A::Bare
            | A::Find
            | A::NextHit
            | A::PreviousHit => About::Shown,
            A::Open
            | A::Next
            | A::Previous
            | A::NextUnread
            | A::Jump
            | A::Intent
            | A::Undo
            | A::DropFile
            | A::SuggestionsShown
            | A::Up
            | A::Down
            | A::First
            | A::Last
            | A::Fold
            | A::Mark
            | A::MarkAll
            | A::Filter
            | A::Sort
            | A::Views
            | A::Mentions
            | A::Tickets
            | A::Workload
            | A::Queue
            | A::Statistics
            | A::Replies
            | A::Articles
            | A::Lessons
            | A::Groups
            | A::Agents
            | A::DeskSettings
            | A::ReloadSettings
            | A::Menu
            | A::Reconnect
            | A::Escape
            | A::Help
            | A::Interrupt
            | A::Quit
            | A::Mouse
            | A::Redraw
            | A::Suspend => About::Nothing,
        }
    }
}

impl App {
    /// The conversation that orders are about: the open one, unless the cursor of the list stands on a title.
    pub(crate) fn subject(&self) -> Option<ConversationId> {
        match (self.focus, self.list.cursor()) {
            (Focus::List, Some(Spot::Title(_)) | None) => None,
            _ => self.conversation(),
        }
    }

    /// The title on which the cursor of the list stands, where letters are orders.
    pub(crate) fn title_at_cursor(&self) -> Option<Part> {
        match (self.focus, self.list.cursor()) {
            (Focus::List, Some(Spot::Title(part))) => Some(part),
            _ => None,
        }
    }

    /// The conversations that orders for many are about: the marked ones, else the one that orders are about.
    pub(crate) fn targets(&self) -> Vec<ConversationId> {
        let marked = match self.focus {
            Focus::List => self.list.marked(),
            // Whoever writes has one conversation in mind, whatever was marked before.
            Focus::Compose => Vec::new(),
        };
        match marked.is_empty() {
            true => self.subject().into_iter().collect(),
            false => marked,
        }
    }

    /// Whether what the action is about is not chosen.
    pub(crate) fn lacks_choice(&self, action: Action) -> bool {
        match About::of(action) {
            About::Marked => self.targets().is_empty(),
            About::Chosen => self.subject().is_none(),
            About::Shown | About::Nothing => false,
        }
    }
}

#[cfg(test)]
#[path = "about_tests.rs"]
mod tests;
