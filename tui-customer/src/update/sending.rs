//! What is sent, and what becomes of what cannot be sent.

use minicom_client::{ClientEvent, PendingMark};
use minicom_protocol::{
    command::{CustomerCommand, Outcome},
    customer_event::CustomerEvent,
    ids::{CommandId, FileId},
    line::Quote,
    refusal::Refusal,
    settings::PreChatAnswer,
};
use minicom_tui_kit::{Effect, Now, Shown};

use super::Effects;
use crate::{
    actions::Action,
    beginning::Beginning,
    entries,
    layout::NARROW,
    model::{App, Ends, Order, Writing},
    slash::{self, Meaning},
    wishes::{self, Wish},
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
        if let Some(score) = self.written_score() {
            return self.score_written(score, now, effects);
        }
        match slash::meaning(&self.composer.text()) {
            Meaning::Blank if !self.files.attached.is_empty() => self.submit_line(String::new(), None, now, effects),
            Meaning::Blank => {
                if let Some(slug) = self.article_at_hand() {
                    self.want(slug, effects);
                }
            }
            Meaning::Refused(words) => self.notice(words, Ends::WithText),
            Meaning::Text(text) => self.submit_line(text, None, now, effects),
            Meaning::Word(word, rest) => self.submit_word(word, &rest, now, effects),
        }
    }

    /// What is written is sent at last, with what the desk asked before it.
    pub(super) fn submit_with(&mut self, answers: Vec<PreChatAnswer>, now: Now, effects: &mut Effects) {
        match slash::meaning(&self.composer.text()) {
            Meaning::Text(text) => self.submit_line(text, Some(answers), now, effects),
            // Only `/human` asks the questions too: it stands for a line then.
            Meaning::Word(word, rest) => {
                match self.wish(word, &rest, now) {
                    Wish::Line(text) => self.submit_line(text, Some(answers), now, effects),
                    _ => self.submit_word(word, &rest, now, effects),
                };
            }
            Meaning::Blank if !self.files.attached.is_empty() => {
                self.submit_line(String::new(), Some(answers), now, effects);
            }
            Meaning::Blank | Meaning::Refused(_) => {}
        }
    }

    /// All files that a line waited for are there.
    pub(super) fn submit_ready(&mut self, now: Now, effects: &mut Effects) {
        match self.files.answers.take() {
            Some(answers) => self.submit_with(answers, now, effects),
            None => self.submit(now, effects),
        }
    }

    /// The files that go with a line, if all are there. If not, it goes when they are; if one does not go, that is told.
    fn files_ready(&mut self, answers: &mut Option<Vec<PreChatAnswer>>) -> Option<Vec<FileId>> {
        let attached = &mut self.files.attached;
        if let Some((it, why)) = attached.failed() {
            let why = why.as_str().trim_end_matches('.');
            let words = format!("{}: {why}. Nothing was sent.", it.name());
            let keys = (self.key_hint(Action::Retry), self.key_hint(Action::Discard));
            let words = format!("{words} {} tries again, {} takes it off", keys.0, keys.1);
            self.notice(Shown::line(&words), Ends::WithSending);
            return None;
        }
        let ready = attached.ready();
        if ready.is_none() {
            attached.sends = true;
            self.files.answers = answers.take();
        }
        ready
    }

    /// A line, by what it is to become. Where the desk asks something first and has no answers yet, it asks.
    pub(super) fn submit_line(
        &mut self,
        text: String,
        answers: Option<Vec<PreChatAnswer>>,
        now: Now,
        effects: &mut Effects,
    ) {
        if let Writing::Edit(line) = self.writing {
            self.writing = Writing::Line;
            self.take_text(Sent::Word, now, effects);
            return self.send_word(CustomerCommand::EditLine { line, text }, now, effects);
        }
        if let Some(text) = self.consent_due() {
            return self.ask_consent(text);
        }
        if answers.is_none() && self.asks_first() {
            return self.ask_first();
        }
        let mut answers = answers;
        let Some(files) = self.files_ready(&mut answers) else {
            return;
        };
        self.files.attached = Default::default();
        let quote = match std::mem::take(&mut self.writing) {
            Writing::Answer(quoted) => Some(quoted.line),
            Writing::Line | Writing::Edit(_) => None,
        };
        self.take_text(Sent::Line, now, effects);
        let answers = answers.unwrap_or_default();
        // Somebody else may have begun one meanwhile; what was answered is said all the same.
        if Beginning::is_due(&self.replica) || !answers.is_empty() {
            let start = self.beginning.start(answers);
            self.send(start, now, effects);
        }
        let mut files = files.into_iter();
        let file = files.next();
        self.send(CustomerCommand::Post { text, quote, file }, now, effects);
        // A line has one file; the others follow it.
        for file in files {
            let (text, quote, file) = (String::new(), None, Some(file));
            self.send(CustomerCommand::Post { text, quote, file }, now, effects);
        }
    }

    /// Whether what is written is to become a new line.
    pub(super) fn writing_to_desk(&self) -> bool {
        !matches!(self.writing, Writing::Edit(_)) && self.over.is_none()
    }

    /// Takes what is written out of the composer.
    pub(super) fn take_text(&mut self, what: Sent, now: Now, effects: &mut Effects) {
        self.composer.take();
        self.text_taken(what, now, effects);
    }

    /// On the screen at once, then on its way. Returns its id.
    pub(super) fn send(&mut self, command: CustomerCommand, now: Now, effects: &mut Effects) -> CommandId {
        let id = self.ids.next(now.wall);
        self.replica.pending(id, command.clone());
        self.show_pending(now);
        self.transcript.remove_divider();
        self.transcript.to_end();
        effects.push(Effect::Program(Order::Send { id, command }));
        id
    }

    /// As [`App::send`], and what comes of it is told.
    pub(super) fn send_word(&mut self, command: CustomerCommand, now: Now, effects: &mut Effects) {
        let id = self.send(command, now, effects);
        self.word_sent = Some(id);
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
        if self.waits_for_consent()
            && let Some(text) = self.consent_due()
        {
            return self.ask_consent(text);
        }
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
            let quote = self.quote_of(&it.command);
            let entry = entries::of_pending(&it, number, now.wall, quote, (room, &keys));
            if let Some(entry) = entry.filter(|entry| self.transcript.get(entry.key) != Some(entry)) {
                self.transcript.insert(entry);
            }
        }
    }

    /// What a line on its way answers, on one row.
    fn quote_of(&self, command: &CustomerCommand) -> Option<Shown> {
        let CustomerCommand::Post { quote: Some(line), .. } = command else {
            return None;
        };
        let is_it = |event: &&CustomerEvent| wishes::posted(event).is_some_and(|it| wishes::line_of(it) == *line);
        let event = self.replica.thread().events().rev().find(is_it)?;
        let (line, excerpt) = (*line, wishes::quoted(event)?.excerpt.to_string());
        Some(entries::quote(&Quote { line, excerpt }))
    }
}
