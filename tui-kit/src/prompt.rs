//! One-line questions above the composer, one after the other.
//!
//! Owns what was answered so far, the way back to an earlier question, and that an answer which does not do is told why. It refuses
//! to know what the answers are for: the program gets all of them at the end, or none.

mod question;

use minicom_protocol::gate::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use crate::bars::{rule, rule_fits};
use crate::composer::{Field, Handled};
use crate::key::Key;
use crate::text::{width, wrap};
use crate::theme::Theme;

pub use question::{Check, Question};

/// Rows of the screen at least: the rule with the title, and the question. See [`Prompt::rows`].
pub const PROMPT_ROWS: u16 = 2;
/// Rows that the words of a long question take at most; the rest of them is cut.
const LABEL_ROWS_MAX: usize = 4;

/// Rows that what is wrong with an answer takes at most.
const WRONG_ROWS_MAX: usize = 4;

/// What Esc does, where the program does not say it.
const ESCAPE: &str = "Esc cancels";
/// What Enter does with the last answer, where the program does not say it.
const TAKES: &str = "Enter takes it";
/// What Enter does with an empty answer that may be one, before the last.
const SKIPS: &str = "Enter skips";

/// What became of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Asked {
    /// Not one of its keys: it is the program's.
    No,
    /// The text, the cursor or the question changed. What is wrong with an answer is told by the prompt itself.
    Changed,
    /// Everything was answered, in the order of the questions, without blanks around. The program closes it.
    Done(Vec<String>),
    /// It is to be closed without answers.
    Cancelled,
}

/// Questions and the answers so far.
#[derive(Debug, Clone)]
pub struct Prompt {
    title: Shown,
    escape: &'static str,
    verb: &'static str,
    questions: Vec<Question>,
    /// What was written, one for each question.
    texts: Vec<String>,
    at: usize,
    field: Field,
    wrong: Option<Shown>,
    earlier: Vec<String>,
    /// Which of those stands there, and what was written before it.
    recalled: Option<(usize, String)>,
}

impl Prompt {
    /// Asks these questions. Without any there is nothing to ask: the caller goes on without a prompt.
    pub fn new(title: Shown, questions: Vec<Question>) -> Option<Prompt> {
        let mut questions = questions.into_iter();
        let mut prompt = Prompt::ask(title, questions.next()?);
        for question in questions {
            prompt.texts.push(question.begun().to_owned());
            prompt.questions.push(question);
        }
        Some(prompt)
    }

    /// One question, as most are.
    pub fn ask(title: Shown, question: Question) -> Prompt {
        let text = question.begun().to_owned();
        let mut field = Field::default();
        field.set_text(&text);
        Prompt {
            title,
            escape: ESCAPE,
            verb: TAKES,
            questions: vec![question],
            texts: vec![text],
            at: 0,
            field,
            wrong: None,
            earlier: Vec::new(),
            recalled: None,
        }
    }

    /// What Esc does, in words: `Esc sends without`.
    pub fn escape(mut self, words: &'static str) -> Prompt {
        self.escape = words;
        self
    }

    /// What Enter does with the last answer, in words: `Enter attaches`.
    pub fn verb(mut self, words: &'static str) -> Prompt {
        self.verb = words;
        self
    }

    /// Answers that were given before, the newest last: Up and Down bring them back.
    pub fn remembers(mut self, earlier: Vec<String>) -> Prompt {
        self.earlier = earlier;
        self
    }

    /// The answers to the questions before the one that is asked now, as [`Asked::Done`] would have them.
    pub fn answered(&self) -> Vec<String> {
        let before = self.questions.iter().zip(&self.texts).take(self.at);
        before
            .map(|(question, text)| question.answer(text).unwrap_or_default())
            .collect()
    }

    /// What is written into the answer that is asked for now, as it was written.
    pub fn written(&self) -> String {
        self.field.text()
    }

    /// Writes another answer in the place of what is written, as a path that was completed.
    pub fn set_written(&mut self, text: &str) {
        self.wrong = None;
        self.field.set_text(text);
    }

    /// Rows of the screen that it wants in so many columns: a question that is long stands above its answer.
    pub fn rows(&self, columns: u16) -> u16 {
        let columns = usize::from(columns);
        let label = self.label_rows(columns).map_or(0, |rows| rows.len());
        PROMPT_ROWS + u16::try_from(label + self.wrong_rows(columns).len()).unwrap_or(0)
    }

    /// The words of a question that would leave its answer less than half of the row.
    fn label_rows(&self, columns: usize) -> Option<Vec<Shown>> {
        let label = self.questions[self.at].label();
        if width(label.as_str()) <= (columns / 2).max(1).saturating_sub(3) {
            return None;
        }
        let columns = columns.saturating_sub(2).max(1);
        let rows = wrap(label.as_str(), columns);
        let mut rows: Vec<Shown> = rows.into_iter().map(|row| Shown::line(&label.as_str()[row])).collect();
        rows.truncate(LABEL_ROWS_MAX);
        Some(rows)
    }

    /// What is wrong with the answer, if the rule has no room for it: it says what would do, mostly at its end.
    fn wrong_rows(&self, columns: usize) -> Vec<Shown> {
        let Some(wrong) = &self.wrong else { return Vec::new() };
        if rule_fits(wrong.as_str(), "", columns) {
            return Vec::new();
        }
        let rows = wrap(wrong.as_str(), columns.saturating_sub(2).max(1)).into_iter();
        let rows = rows.map(|row| Shown::line(&wrong.as_str()[row]));
        rows.take(WRONG_ROWS_MAX).collect()
    }

    /// What Enter does now, in words: the same in the rule, in an empty answer and in a footer.
    pub fn enter(&self) -> &'static str {
        let question = &self.questions[self.at];
        let is_skipped = self.field.text().trim().is_empty() && question.is_skipped_empty();
        match self.at + 1 < self.questions.len() {
            true if is_skipped => SKIPS,
            true => "Enter next",
            // Nothing is left to be skipped to: it is done without this answer.
            false if is_skipped => question.empty_does().unwrap_or(self.verb),
            false => self.verb,
        }
    }

    /// What Esc does, in words: the same in the rule and in a footer.
    pub fn leaves(&self) -> &'static str {
        self.escape
    }

    /// The number of the question that is asked now, from 0.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Why the last Enter did nothing, until the next key. Drawn by the prompt too.
    pub fn wrong(&self) -> Option<&Shown> {
        self.wrong.as_ref()
    }

    /// Something that the program found wrong with the answers, such as a refusal by the server; the last question stays open.
    pub fn refuse(&mut self, reason: Shown) {
        self.wrong = Some(reason);
    }

    /// One key. The prompt is asked before the program's own table. Up or Shift-Tab goes back to the question before.
    pub fn key(&mut self, key: Key) -> Asked {
        match key.to_string().as_str() {
            "esc" => return Asked::Cancelled,
            name @ ("up" | "down") if !self.earlier.is_empty() => return self.recall(name == "up"),
            "up" | "shift-tab" => {
                self.wrong = None;
                self.go(self.at.saturating_sub(1));
                return Asked::Changed;
            }
            "enter" | "down" | "tab" => return self.next(),
            _ => {}
        }
        let handled = self.field.key(key);
        self.after(handled)
    }

    /// A paste into the answer: one line, and it never sends.
    pub fn paste(&mut self, text: &str) -> Asked {
        let handled = self.field.paste(text);
        self.after(handled)
    }

    fn after(&mut self, handled: Handled) -> Asked {
        self.wrong = None;
        match handled {
            Handled::No => return Asked::No,
            Handled::Refused(reason) => self.wrong = Some(reason),
            Handled::Moved | Handled::Changed | Handled::Submit => {}
        }
        Asked::Changed
    }

    /// The answer before the one that stands there, or the one after it; behind the newest is what was being written.
    fn recall(&mut self, up: bool) -> Asked {
        let (at, stash) = match self.recalled.take() {
            Some((at, stash)) => (at, stash),
            None => (self.earlier.len(), self.field.text()),
        };
        let to = if up { at.saturating_sub(1) } else { at + 1 };
        self.wrong = None;
        match self.earlier.get(to) {
            Some(text) => {
                self.field.set_text(text);
                self.recalled = Some((to, stash));
            }
            None => self.field.set_text(&stash),
        }
        Asked::Changed
    }

    fn next(&mut self) -> Asked {
        match self.questions[self.at].answer(&self.field.text()) {
            Err(reason) => {
                self.wrong = Some(reason);
                Asked::Changed
            }
            Ok(_) if self.at + 1 < self.questions.len() => {
                self.wrong = None;
                self.go(self.at + 1);
                Asked::Changed
            }
            Ok(_) => {
                self.wrong = None;
                self.texts[self.at] = self.field.text();
                let answers = self.questions.iter().zip(&self.texts);
                // Every one was looked at when it was left.
                Asked::Done(
                    answers
                        .map(|(question, text)| question.answer(text).unwrap_or_default())
                        .collect(),
                )
            }
        }
    }

    fn go(&mut self, to: usize) {
        self.texts[self.at] = self.field.text();
        self.at = to;
        self.field.set_text(&self.texts[to]);
    }

    /// Draws the rule and the question at the bottom of an area ([`Prompt::rows`] high, at least [`PROMPT_ROWS`] where there is no
    /// room), and tells where the terminal's cursor belongs.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) -> Position {
        if area.is_empty() {
            return area.as_position();
        }
        Clear.render(area, buffer);
        let columns = usize::from(area.width);
        let row = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        let room = usize::from(area.height.saturating_sub(PROMPT_ROWS));
        let fitting = |mut rows: Vec<Shown>, room: usize| {
            if rows.len() > room && room > 0 {
                rows[room - 1] = Shown::line(&format!("{}{}", rows[room - 1], theme.signs().more_right));
            }
            rows.truncate(room);
            rows
        };
        // What is wrong is told before what was asked.
        let wrong_rows = fitting(self.wrong_rows(columns), room);
        let room = room - wrong_rows.len();
        let label_rows = self.label_rows(columns).filter(|_| room > 0);
        let label_rows = label_rows.map(|rows| fitting(rows, room));
        let wrong = wrong_rows.iter().map(|words| (words, theme.error()));
        let label = label_rows.iter().flatten().map(|words| (words, theme.hint_key()));
        let rows: Vec<_> = wrong.chain(label).collect();
        let above = u16::try_from(rows.len()).unwrap_or(0);
        if area.height >= PROMPT_ROWS {
            let (line, style) = self.rule(columns, wrong_rows.is_empty(), theme);
            buffer.set_stringn(area.x, row.y - 1 - above, line, columns, style);
        }
        for (y, (words, style)) in (row.y - above..row.y).zip(rows) {
            buffer.set_stringn(area.x + 1, y, words.as_str(), columns - 1, style);
        }
        let question = &self.questions[self.at];
        let lead = match label_rows {
            Some(_) => format!(" {} ", theme.signs().marker),
            None if question.label().is_empty() => " ".to_owned(),
            // The answer has at least half of the row. A question ends with a sign of its own.
            None => {
                let label = question.label().cut((columns / 2).max(1).saturating_sub(3));
                let colon = if label.as_str().ends_with(['?', ':', '.', '!']) {
                    ""
                } else {
                    ":"
                };
                format!(" {label}{colon} ")
            }
        };
        buffer.set_stringn(area.x, row.y, &lead, columns, theme.hint_key());
        let used = u16::try_from(width(&lead)).unwrap_or(u16::MAX).min(area.width - 1);
        let place = Rect {
            x: area.x + used,
            width: area.width - used,
            ..row
        };
        self.field.view(place, buffer, theme, &question.hint(self.enter()))
    }

    /// The rule above the question. What is wrong stands in it, if it stands in no rows of its own.
    fn rule(&self, columns: usize, tells_wrong: bool, theme: &Theme) -> (String, ratatui::style::Style) {
        let signs = theme.signs();
        if let Some(wrong) = self.wrong.as_ref().filter(|_| tells_wrong) {
            return (rule(wrong.as_str(), self.escape, columns, signs.rule), theme.error());
        }
        let title = match self.questions.len() {
            1 => self.title.to_string(),
            many => format!("{} {} {} of {many}", self.title, signs.dot, self.at + 1),
        };
        let (both, fits) = (
            format!("{} {} {}", self.enter(), signs.dot, self.escape),
            |words: &&str| rule_fits(&title, words, columns),
        );
        // The way out is the same everywhere; what Enter does is not.
        let words = [both.as_str(), self.enter()].into_iter().find(fits);
        (
            rule(&title, words.unwrap_or_default(), columns, signs.rule),
            theme.title(),
        )
    }
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;
