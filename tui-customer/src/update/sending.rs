//! What is sent, and what becomes of what cannot be sent.

use minicom_client::{ClientEvent, PendingMark};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    ids::CommandId,
    refusal::Refusal,
};
use minicom_tui_kit::{Effect, Now};

use super::Effects;
use crate::{
    actions::Action,
    entries,
    layout::NARROW,
    model::{App, Ends, Order},
    slash::{self, Meaning, Wish, Word},
};

/// The code of what our own side does not take; the server has no such code.
const UNSENT: &str = "unsent";

/// What was taken out of the composer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sent {
    /// A line for the desk.
    Line,
    /// A word with a slash.
    Word,
}

impl App {
    /// Enter.
    pub(super) fn submit(&mut self, now: Now, effects: &mut Effects) {
        match slash::meaning(&self.composer.text()) {
            Meaning::Blank => {}
            Meaning::Refused(words) => self.notice(words, Ends::WithText),
            Meaning::Text(text) => {
                self.composer.take();
                self.text_taken(Sent::Line, now, effects);
                self.send(CustomerCommand::Post { text }, now, effects);
            }
            Meaning::Word(word) => {
                self.composer.take();
                self.text_taken(Sent::Word, now, effects);
                self.word(word, now, effects);
            }
        }
    }

    fn word(&mut self, word: Word, now: Now, effects: &mut Effects) {
        let wish = match word {
            Word::Help => {
                self.help = Some(0);
                return;
            }
            Word::Human => slash::human(self.stage()),
            Word::End => slash::end(self.stage()),
        };
        match wish {
            Wish::Send(command) => self.send(command, now, effects),
            Wish::Told(words) => self.notice(words, Ends::WithText),
        }
    }

    /// On the screen at once, then on its way.
    pub(super) fn send(&mut self, command: CustomerCommand, now: Now, effects: &mut Effects) {
        let id = self.ids.next(now.wall);
        self.replica.pending(id, command.clone());
        self.show_pending(now);
        self.transcript.remove_divider();
        self.transcript.to_end();
        effects.push(Effect::Program(Order::Send { id, command }));
    }

    /// The connection does not take a command: its line is marked, with the reason.
    pub(super) fn unsent_because(&mut self, id: CommandId, command: CustomerCommand, why: String, now: Now) {
        let refusal = Refusal::Unknown {
            code: UNSENT.to_owned(),
            message: why,
            retryable: false,
        };
        let outcome = Outcome::Refused { refusal };
        self.news(ClientEvent::Answered { id, command, outcome }, now, &mut Vec::new());
    }

    /// The oldest line that waits for a decision is sent: a stale one as it is, a refused one as a new command, because the
    /// same one would get the same answer for ever.
    pub(super) fn retry(&mut self, now: Now, effects: &mut Effects) {
        let Some(pending) = self
            .undecided()
            .and_then(|id| self.replica.pending_commands().find(|it| it.id == id))
        else {
            return;
        };
        let (id, command, stale) = (pending.id, pending.command.clone(), pending.mark == PendingMark::Stale);
        if stale {
            self.replica.confirm(id);
            self.show_pending(now);
            effects.push(Effect::Program(Order::Resend(id)));
        } else {
            self.replica.forget(id);
            self.send(command, now, effects);
        }
    }

    /// The oldest line that waits for a decision is thrown away.
    pub(super) fn discard(&mut self, now: Now, effects: &mut Effects) {
        let Some(id) = self.undecided() else { return };
        self.replica.forget(id);
        self.show_pending(now);
        effects.push(Effect::Program(Order::Discard(id)));
    }

    /// Brings what is on its way into the transcript, behind all else.
    pub(super) fn show_pending(&mut self, now: Now) {
        let (retry, discard) = (self.key_hint(Action::Retry), self.key_hint(Action::Discard));
        // The footer says it in full.
        let keys = match self.size.width {
            0..NARROW => format!("  {retry} {discard}"),
            _ => format!("  {retry} retry  {discard} discard"),
        };
        let room = usize::from(self.areas().chat.width).saturating_sub("! not sent: ".len());
        let pending: Vec<_> = self.replica.pending_commands().cloned().collect();
        let gone: Vec<CommandId> = self
            .numbers
            .keys()
            .filter(|id| pending.iter().all(|it| it.id != **id))
            .copied()
            .collect();
        for id in gone {
            if let Some(key) = self.pending_key(id) {
                self.transcript.remove(key);
            }
            self.numbers.remove(&id);
        }
        for it in pending {
            let next = &mut self.next_number;
            let number = *self.numbers.entry(it.id).or_insert_with(|| {
                *next += 1;
                *next
            });
            let entry = entries::of_pending(&it, number, now.wall, room, &keys);
            if let Some(entry) = entry.filter(|entry| self.transcript.get(entry.key) != Some(entry)) {
                self.transcript.insert(entry);
            }
        }
    }
}
