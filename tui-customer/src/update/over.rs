//! What takes the keys first: help, the desk's questions, how it was, a choice, an article.

use minicom_client::{PendingMark, transfers::To};
use minicom_protocol::{command::CustomerCommand, line::LineRef, refusal::Refusal};
use minicom_tui_kit::{
    Key, Now, Overlay, Prompt, Shown,
    overlay::{Body, Read},
    picker::Picked,
    prompt::{Asked, Question},
};
use ratatui::layout::{Position, Rect};

use super::Effects;
use crate::{
    actions::Action,
    beginning::{Beginning, answers_to},
    model::{App, Ends, Writing},
    over::Over,
    view, wishes,
};

impl App {
    /// Returns whether the key was for what takes the keys first.
    pub(super) fn key_over(&mut self, action: Option<Action>, key: Key, now: Now, effects: &mut Effects) -> bool {
        match &mut self.over {
            None => false,
            Some(Over::Help { .. }) => self.key_in_help(action, key, now, effects),
            Some(Over::Reading(_)) => self.key_in_reading(action, key),
            Some(Over::Consent { .. }) => {
                self.key_in_consent(action, key, now, effects);
                true
            }
            Some(Over::Questions(prompt) | Over::Comment { prompt, .. }) => {
                let asked = prompt.key(key);
                self.asked(asked, action, now, effects);
                true
            }
            Some(Over::Files(_)) => {
                self.key_in_files(key, action, now, effects);
                true
            }
            Some(Over::Menu(_)) => {
                self.key_in_menu(key, action, now, effects);
                true
            }
            Some(Over::Attach(_)) => {
                self.key_in_attach(key, action, now, effects);
                true
            }
            Some(Over::Quotes(picker)) => {
                let picked = picker.key(key);
                self.picked(picked, action, now, effects);
                true
            }
        }
    }

    /// Returns whether the paste was for what takes the keys first.
    pub(super) fn paste_over(&mut self, text: &str) -> bool {
        match &mut self.over {
            Some(Over::Questions(prompt) | Over::Comment { prompt, .. } | Over::Attach(prompt)) => {
                drop(prompt.paste(text));
            }
            Some(Over::Files(picker)) => drop(picker.paste(text)),
            Some(Over::Menu(picker)) => drop(picker.paste(text)),
            Some(Over::Quotes(picker)) => drop(picker.paste(text)),
            Some(Over::Help { .. }) => {
                self.close_help();
                return self.paste_over(text);
            }
            Some(Over::Consent { .. }) => {}
            Some(Over::Reading(_)) | None => {
                self.over = None;
                return false;
            }
        }
        true
    }

    /// Tells it its size.
    pub(super) fn fit_over(&mut self) {
        let area = view::help_area(self.size);
        let choice = self.quotes_area();
        match &mut self.over {
            Some(Over::Reading(reading) | Over::Consent { reading, .. }) => {
                reading.set_size(area.width, area.height);
            }
            Some(Over::Quotes(picker)) => picker.set_size(choice.height),
            Some(Over::Files(picker)) => picker.set_size(choice.height),
            Some(Over::Menu(picker)) => picker.set_size(choice.height),
            _ => {}
        }
    }

    /// Whether q closes what is read, as in other programs that show a text. Where something is written already it goes on with
    /// that, as every other letter does.
    pub(crate) fn q_closes(&self) -> bool {
        let read = matches!(self.over, Some(Over::Reading(_) | Over::Help { under: None, .. }));
        read && self.composer.is_empty()
    }

    /// As in the help: letters are text.
    fn key_in_reading(&mut self, action: Option<Action>, key: Key) -> bool {
        let q_closes = self.q_closes();
        let Some(Over::Reading(reading)) = &mut self.over else {
            return false;
        };
        let read = match (key.typed(), action) {
            (Some('q'), _) if q_closes => Read::Closed,
            (Some(_), _) => Read::No,
            (None, Some(Action::Clear)) => Read::Closed,
            (None, _) => reading.key(key),
        };
        match read {
            Read::Moved => true,
            Read::Closed => {
                self.over = None;
                true
            }
            Read::No => {
                self.over = None;
                false
            }
        }
    }

    /// Only y agrees, and only n and Esc do not: nothing that is typed on agrees by mistake.
    fn key_in_consent(&mut self, action: Option<Action>, key: Key, now: Now, effects: &mut Effects) {
        let Some(Over::Consent { text, reading }) = &mut self.over else {
            return;
        };
        let agrees = match (key.typed(), action) {
            (Some('y' | 'Y'), _) => true,
            (Some('n' | 'N'), _) | (None, Some(Action::Clear | Action::Escape)) => false,
            (None, Some(Action::Help)) => return self.help(),
            (Some(_), _) => return,
            (None, _) => match reading.key(key) {
                Read::Closed => false,
                Read::Moved | Read::No => return,
            },
        };
        let text = std::mem::take(text);
        self.over = None;
        if !agrees {
            self.files.unagreed.clear();
            let words = match self.waits_for_consent() {
                true => format!(
                    "You did not agree: your line is not sent. {} asks again.",
                    self.key_hint(Action::Retry)
                ),
                false => "You did not agree: nothing was sent. Enter asks again.".to_owned(),
            };
            return self.notice(Shown::line(&words), Ends::WithText);
        }
        self.notice = None;
        self.agreed_to = Some(text.clone());
        self.send(CustomerCommand::Consent { text }, now, effects);
        let attaches = self.attach_agreed(effects);
        // What was written before the desk could say that it asks.
        while self.waits_for_consent() {
            self.retry(now, effects);
        }
        if !attaches {
            self.submit(now, effects);
        }
    }

    /// Whether the oldest line that was not taken was not for want of agreement.
    pub(super) fn waits_for_consent(&self) -> bool {
        let undecided = self.undecided();
        let mut pending = self.replica.pending_commands();
        let oldest = pending.find(|it| Some(it.id) == undecided);
        oldest.is_some_and(|it| matches!(&it.mark, PendingMark::Failed(Refusal::ConsentRequired)))
    }

    /// A line was written before it was known that the desk asks for agreement: it asks now, and the line waits.
    pub(super) fn ask_consent_late(&mut self) {
        if self.over.is_none()
            && self.waits_for_consent()
            && let Some(text) = self.consent_due()
        {
            self.ask_consent(text);
        }
    }

    /// The desk has another text, or none, while its old one is being read.
    pub(super) fn ask_consent_anew(&mut self) {
        let Some(Over::Consent { text: shown, .. }) = &self.over else {
            return;
        };
        match self.consent_due() {
            Some(text) if text != *shown => self.ask_consent(text),
            Some(_) => {}
            // What is written is still in the composer, and Enter sends it.
            None => self.over = None,
        }
    }

    /// What is to be agreed to before anything is sent, if it is not yet.
    pub(super) fn consent_due(&self) -> Option<String> {
        let text = &self.replica.me()?.consent;
        (!text.is_empty() && self.agreed_to.as_ref() != Some(text)).then(|| text.clone())
    }

    /// Shows it. What is written stays where it is, and is sent behind the answer.
    pub(super) fn ask_consent(&mut self, text: String) {
        let body = Body::Markdown(text.clone());
        let reading = Overlay::new(Shown::fixed("Before you write"), body, self.theme)
            .hint(Shown::fixed("y agrees and sends, n does not"));
        let reading = Box::new(reading);
        self.over = Some(Over::Consent { text, reading });
        self.fit_over();
    }

    /// Keys that mean the same while something is asked or chosen.
    pub(super) fn key_beside(&mut self, action: Option<Action>, now: Now, effects: &mut Effects) {
        match action {
            Some(Action::Escape | Action::Clear) => self.leave_over(now, effects),
            Some(
                it @ (Action::Older
                | Action::Newer
                | Action::RowUp
                | Action::RowDown
                | Action::Reconnect
                | Action::Redraw
                | Action::Suspend
                | Action::Help),
            ) => self.act(it, now, effects),
            _ => {}
        }
    }

    /// It is left without having said anything. What was written there is not lost.
    fn leave_over(&mut self, now: Now, effects: &mut Effects) {
        if let Some(Over::Comment { prompt, .. }) = self.over.take() {
            let written = prompt.written();
            if !written.trim().is_empty() && self.composer.is_empty() {
                self.composer.set_text(&written);
                self.text_changed(now, effects);
            }
        }
    }

    // The desk's questions.

    /// Whether something is to be asked before a line is sent.
    pub(super) fn asks_first(&self) -> bool {
        let asks = self.replica.me().is_some_and(|me| !me.questions.is_empty());
        asks && Beginning::is_due(&self.replica) && self.replica.thread().is_loaded()
    }

    /// Asks. What is written stays where it is, and is sent behind the answers.
    pub(super) fn ask_first(&mut self) {
        let questions = self.replica.me().map(|me| me.questions.clone()).unwrap_or_default();
        let questions = questions
            .iter()
            .map(|it| Question::new(Shown::line(&it.text)).optional());
        let prompt = Prompt::new(Shown::fixed("First"), questions.collect());
        self.over = prompt.map(|prompt| Over::Questions(prompt.verb("Enter sends").escape("Esc skips all")));
    }

    fn asked(&mut self, asked: Asked, action: Option<Action>, now: Now, effects: &mut Effects) {
        let answers = match (&self.over, asked) {
            (_, Asked::Changed) => return,
            (_, Asked::No) => return self.key_beside(action, now, effects),
            (Some(Over::Questions(prompt)), Asked::Cancelled) => prompt.answered(),
            (Some(Over::Comment { .. }), Asked::Cancelled) => return self.leave_over(now, effects),
            (_, Asked::Done(answers)) => answers,
            (_, Asked::Cancelled) => return,
        };
        match self.over.take() {
            Some(Over::Questions(_)) => {
                let questions = self.replica.me().map(|me| me.questions.as_slice()).unwrap_or_default();
                self.submit_with(answers_to(questions, answers), now, effects);
            }
            Some(Over::Comment { score, .. }) => self.rate(score, answers.into_iter().next(), now, effects),
            other => self.over = other,
        }
    }

    // Which line is answered.

    pub(crate) fn quotes_area(&self) -> Rect {
        self.areas().choice(|most| match &self.over {
            Some(Over::Quotes(picker)) => picker.wanted(most.saturating_sub(1)),
            Some(Over::Files(picker)) => picker.wanted(most.saturating_sub(1)),
            Some(Over::Menu(picker)) => picker.wanted(most.saturating_sub(1)),
            _ => 0,
        })
    }

    fn picked(&mut self, picked: Picked<LineRef>, action: Option<Action>, now: Now, effects: &mut Effects) {
        match picked {
            Picked::Moved | Picked::Asked => {}
            Picked::No => self.key_beside(action, now, effects),
            Picked::Closed => self.over = None,
            Picked::Unavailable(words) | Picked::Refused(words) => self.tell_unless_nothing_fits(words),
            Picked::Chosen(line) => {
                self.over = None;
                let quoted = wishes::quotable(&self.replica).find(|it| it.line == line);
                match quoted {
                    Some(quoted) => self.writing = Writing::Answer(quoted),
                    None => self.tell(Shown::fixed("This line is gone.")),
                }
            }
        }
    }

    pub(super) fn click_in_quotes(&mut self, at: Position, double: bool, now: Now, effects: &mut Effects) {
        let area = self.quotes_area();
        if let Some(Over::Menu(picker)) = &mut self.over {
            let picked = picker.click(area, at, double);
            self.offered(picked, None, now, effects);
        } else if let Some(Over::Quotes(picker)) = &mut self.over {
            let picked = picker.click(area, at, double);
            self.picked(picked, None, now, effects);
        } else if let Some(Over::Files(picker)) = &mut self.over
            && let Picked::Chosen(file) = picker.click(area, at, double)
        {
            self.file_chosen(Some(file), To::Downloads, effects);
        }
    }
}
