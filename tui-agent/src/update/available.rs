//! Whether an action can be done now, and why not, in words: for the help, the menu, and whoever tries all the same. It looks at what is
//! known here; what only the server knows is told when it refuses.

use minicom_client::Section;
use minicom_protocol::stage::Stage;
use minicom_tui_kit::{Available, Shown};

use crate::{app::App, keys::Action};

impl App {
    /// Whether an action can be done now.
    pub(crate) fn available(&self, action: Action) -> Available {
        match self.why_not(action) {
            Some(reason) => Available::No(reason),
            None => Available::Yes,
        }
    }

    fn why_not(&self, action: Action) -> Option<Shown> {
        if needs_connection(action) && !self.is_live() {
            return Some(Shown::fixed("needs a connection"));
        }
        if self.lacks_choice(action) {
            return Some(Shown::fixed("nothing is chosen"));
        }
        match action {
            Action::TakeOver | Action::HandBack | Action::Done | Action::Send => self.why_not_owner(action),
            Action::Transfer => self
                .not_to_give(&self.targets())
                .map(|words| Shown::line(&in_short(&words))),
            Action::Snooze => self
                .not_to_snooze(&self.targets())
                .map(|words| Shown::line(&in_short(&words))),
            Action::Assign if !self.is_admin() => Some(Shown::fixed("for admins")),
            _ => self.why_not_here(action).map(Shown::fixed),
        }
    }

    /// What depends on who has it.
    fn why_not_owner(&self, action: Action) -> Option<Shown> {
        let summary = self.targets().first().and_then(|it| self.replica.summary(*it))?;
        let reason = match (action, &summary.stage) {
            (_, Stage::Closed { .. }) => "it has ended",
            (Action::TakeOver, Stage::Active { .. }) if self.is_mine(summary) => "it is yours",
            (Action::Done, Stage::Active { .. } | Stage::Snoozed { .. }) if self.is_admin() => return None,
            (_, Stage::Active { .. } | Stage::Snoozed { .. }) if !self.is_mine(summary) => "a colleague has it",
            (Action::HandBack, Stage::Bot) => "the bot has it",
            (Action::TakeOver | Action::Send, Stage::Bot | Stage::Waiting { .. }) => {
                return self
                    .may_not_take(summary.conversation)
                    .map(|words| Shown::line(&in_short(&words)));
            }
            _ => return None,
        };
        Some(Shown::fixed(reason))
    }

    /// What depends on what there is.
    fn why_not_here(&self, action: Action) -> Option<&'static str> {
        match action {
            Action::Next if self.next().is_none() => Some("nobody waits"),
            Action::Next if self.next_to_take().is_none() => Some("needs a connection"),
            Action::Previous if self.list.count(Section::Mine) == 0 => Some("none is yours"),
            Action::Undo if self.closing.is_empty() => Some("nothing to undo"),
            Action::Reconnect if self.is_live() => Some("connected"),
            Action::Retry
                if self
                    .conversation()
                    .and_then(|open| self.files.beside(open))
                    .is_some_and(|files| files.failed().is_some()) =>
            {
                None
            }
            Action::AsFile if !self.has_large_paste() => Some("nothing large was pasted"),
            Action::Retry | Action::Discard
                if self
                    .chat
                    .as_ref()
                    .is_none_or(|chat| chat.unsent(&self.replica).is_none()) =>
            {
                Some("nothing was refused")
            }
            Action::Draft if self.chat.is_some() && !self.provider_is_on() => Some("not switched on"),
            Action::Suggestion if self.chat.is_some() && self.fitting().is_empty() => Some("nothing fits"),
            Action::Editor
            | Action::Suggestion
            | Action::Suggestions
            | Action::Recap
            | Action::Draft
            | Action::Divider
            | Action::Note
            | Action::SavedReplies
            | Action::Article
            | Action::Quote
            | Action::ReadInFull
            | Action::Copy
            | Action::Pipe
            | Action::AttachFile
            | Action::Files
            | Action::EditLast
            | Action::WithdrawLast
            | Action::Blank
                if self.chat.is_none() =>
            {
                Some("nothing is open")
            }
            _ => None,
        }
    }
}

/// Ownership, and what only the server knows.
pub(crate) fn needs_connection(action: Action) -> bool {
    matches!(
        action,
        Action::TakeOver
            | Action::HandBack
            | Action::Done
            | Action::Transfer
            | Action::Assign
            | Action::Snooze
            | Action::Intent
            | Action::Why
            | Action::Block
            | Action::Article
            | Action::EditLast
            | Action::WithdrawLast
            | Action::Recap
            | Action::Draft
    )
}

/// A sentence as a reason in brackets: `It is not yours: take it over first.` -> `it is not yours: take it over first`.
fn in_short(words: &str) -> String {
    let words = words.trim_end_matches('.');
    let mut chars = words.chars();
    // A name at the beginning stays as it is.
    let lower = ["It ", "This ", "You ", "No "]
        .iter()
        .any(|start| words.starts_with(start));
    match chars.next() {
        Some(first) if lower => first.to_lowercase().chain(chars).collect(),
        _ => words.to_owned(),
    }
}
