//! How it was, after the end: a digit and Enter say it, then a reason may follow. Digits are text like all else until Enter, so
//! that a line that begins with a number is never taken for an answer.

use minicom_tui_kit::{Now, Prompt, Shown, prompt::Question};

use super::{Effects, sending::Sent};
use crate::{
    model::{App, Writing},
    over::Over,
    wishes::{self, SCORE_MAX},
};

impl App {
    /// Whether the customer is to be asked how it was.
    pub(crate) fn asks_rating(&self) -> bool {
        self.replica.ask_rating() && self.rating_hidden != self.replica.view().conversation && self.over.is_none()
    }

    /// The score that Enter would say: it is asked for, and one digit is all that is written. 0 is "not now".
    pub(crate) fn written_score(&self) -> Option<u8> {
        let may = self.asks_rating() && self.writing == Writing::Line && self.files.attached.is_empty();
        let text = self.composer.text();
        let mut written = text.trim().chars();
        let (Some(digit), None) = (written.next(), written.next()) else {
            return None;
        };
        let score = digit.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
        score.filter(|score| may && *score <= SCORE_MAX)
    }

    /// Enter behind a digit. Why is asked next; who does not want to say how it was is asked nothing more.
    pub(super) fn score_written(&mut self, score: u8, now: Now, effects: &mut Effects) {
        self.take_text(Sent::Word, now, effects);
        if score == 0 {
            return self.rate(0, None, now, effects);
        }
        let title = Shown::line(&format!("You say {score} of {SCORE_MAX}"));
        let prompt = Prompt::ask(title, Question::new(Shown::fixed("Why")).optional());
        let prompt = prompt.verb("Enter sends").escape("Esc takes it back");
        self.over = Some(Over::Comment { score, prompt });
    }

    pub(super) fn rate(&mut self, score: u8, comment: Option<String>, now: Now, effects: &mut Effects) {
        let comment = comment.filter(|it| !it.is_empty());
        self.send(wishes::rating(score, comment), now, effects);
    }

    /// What was said is not lost because more could have been said.
    pub(super) fn rate_before_the_end(&mut self, now: Now, effects: &mut Effects) {
        if let Some(Over::Comment { score, .. }) = self.over {
            self.over = None;
            self.rate(score, None, now, effects);
        }
    }
}
