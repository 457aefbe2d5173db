//! Ending a chat: the wish is held back for five seconds and can be undone; a line that the customer writes meanwhile undoes it too.

use std::time::Duration;

use minicom_protocol::{
    command::AgentCommand,
    ids::{ConversationId, LineNo},
    stage::Stage,
};
use minicom_tui_kit::{Key, Now, Shown, composer};

use crate::{
    app::{App, Ends, HeldClose},
    keys::{Action, Context, contexts},
    update::about::NONE_CHOSEN,
    words,
};

/// How long ending a chat can be undone.
pub const UNDO: Duration = Duration::from_secs(5);

impl App {
    /// Ends the chats, or takes that wish back if it was there.
    pub(crate) fn done(&mut self, now: Now) {
        let about = self.targets();
        let Some(first) = about.first().copied() else {
            return self.tell(Shown::fixed(NONE_CHOSEN), now);
        };
        if about.len() == 1 && self.closing_of(first).is_some() {
            return self.undo(Some(first), now);
        }
        let (can, cannot): (Vec<_>, Vec<_>) = about.into_iter().partition(|it| self.not_to_end(*it).is_none());
        if can.is_empty() {
            let words = cannot.first().and_then(|it| self.not_to_end(*it)).unwrap_or_default();
            return self.tell_here(Shown::line(&words), now);
        }
        if !self.has_connection("Done") {
            return;
        }
        self.closing.retain(|held| !can.contains(&held.conversation));
        let until = now.elapsed + UNDO;
        for conversation in &can {
            let seen = self.seen_of(*conversation);
            self.closing.push(HeldClose {
                conversation: *conversation,
                seen,
                until,
            });
        }
        self.notice = None;
        if can.len() + cannot.len() > 1 {
            let left_out = match cannot.len() {
                0 => String::new(),
                left => format!(" {left} cannot be ended by you."),
            };
            let chats = words::count(can.len() as u64, "chat ends", "chats end");
            let undo = self.list_key_words(Action::Undo);
            self.tell(Shown::line(&format!("{chats} in 5 s; {undo} undoes.{left_out}")), now);
        }
        if self.habits.next_after_done && self.is_composing() && self.next().is_some() {
            self.go_on_after_done(first, now);
        }
    }

    /// Who goes on at once can still take the end back.
    fn go_on_after_done(&mut self, ended: ConversationId, now: Now) {
        self.take_next(now);
        let words = format!(
            "The chat with {} ends in 5 s; {} {} keeps it.",
            self.name_of(ended),
            self.key_words(Action::Escape),
            self.list_key_words(Action::Undo)
        );
        self.tell(Shown::line(&words), now);
    }

    /// What was not on the screen was not read: then the server refuses to end it. A row that is not open was marked by hand, with
    /// all that the list told of it.
    fn seen_of(&self, conversation: ConversationId) -> LineNo {
        match &self.chat {
            Some(chat) if chat.conversation == conversation => chat.shown().customer,
            _ => self
                .replica
                .summary(conversation)
                .map_or(LineNo(0), |row| row.customer_lines),
        }
    }

    fn not_to_end(&self, conversation: ConversationId) -> Option<String> {
        let summary = self.replica.summary(conversation)?;
        match &summary.stage {
            Stage::Closed { .. } => Some("This conversation has ended.".to_owned()),
            Stage::Active { agent, since } | Stage::Snoozed { agent, since, .. }
                if !self.is_mine(summary) && !self.is_admin() =>
            {
                Some(format!(
                    "{} has it since {}; only the owner or an admin ends a chat.",
                    agent.name.shown(),
                    self.zone.clock(since.0)
                ))
            }
            _ => None,
        }
    }

    /// Keeps chats that are about to end: this one, else those that were ended last. Those that were ended with one key are kept with
    /// one key.
    pub(crate) fn undo(&mut self, conversation: Option<ConversationId>, now: Now) {
        let this = conversation.and_then(|it| self.closing_of(it));
        let Some(until) = this.or(self.closing.last()).map(|held| held.until) else {
            return self.tell(Shown::fixed("There is nothing to undo."), now);
        };
        let kept = self.closing.extract_if(.., |held| held.until == until);
        let kept: Vec<ConversationId> = kept.map(|held| held.conversation).collect();
        let words = match kept[..] {
            [one] => format!("Kept: the chat with {} goes on.", self.name_of(one)),
            _ => format!("Kept: {} chats go on.", kept.len()),
        };
        self.tell(Shown::line(&words), now);
    }

    /// The one key by which the title of the composer and the footer tell how an end is undone, and what it is the key of. Of the chosen
    /// chat it is one that does it in the list too, and whatever is written; of another one it is a letter in the list.
    pub(crate) fn undo_key(&self) -> Option<(Key, Action)> {
        let keys = |contexts: &[Context], action| self.keymap.keys(contexts, action).into_iter();
        let here = contexts(self.is_composing());
        match self.subject().and_then(|subject| self.closing_of(subject)) {
            Some(_) => {
                let all = keys(&[Context::Everywhere], Action::Done).chain(keys(here, Action::Done));
                let mut all = all.filter(|key| !self.is_composing() || !composer::is_shared(*key));
                all.next().map(|key| (key, Action::Done))
            }
            None if self.is_composing() || self.closing.is_empty() => None,
            None => keys(here, Action::Undo).next().map(|key| (key, Action::Undo)),
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

#[cfg(test)]
#[path = "closing_tests.rs"]
mod tests;
