//! What is written: lines, words, and answers to what the desk asks first.

use minicom_protocol::{command::CustomerCommand, frame::CustomerQuestion, gate::Shown, ids::CommandId};
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{Asking, Effects, Lines};
use crate::{
    Order,
    beginning::{Beginning, answers_to},
    exit,
    slash::{self, Meaning, Word},
    wishes::{self, Wish},
};

/// Words that only lines need, besides those of [`Word`].
const MORE_WORDS: &[&str] = &[
    "/older: what was said before",
    "/reconnect: connect now",
    "/resend, /discard: send or throw away the line that has waited for long",
    "/attach FILE -- TEXT sends a file with a text. A line that begins with // begins with a real slash.",
];
/// Columns of a line that is answered, where it is told.
const QUOTE_COLUMNS: usize = 60;

impl Lines {
    pub(super) fn text(&mut self, text: &str, now: Now, effects: &mut Effects) {
        if self.asking.as_ref().is_some_and(|asking| asking.consent.is_some()) {
            return self.agreed(text, now, effects);
        }
        if let Some(asking) = &mut self.asking {
            asking.texts.push(text.trim().to_owned());
            return self.ask_next(now, effects);
        }
        // A slash in front is a real one by now: the loop has read the words.
        match slash::meaning(&slash::written(text)) {
            Meaning::Text(text) => self.line(text, now, effects),
            Meaning::Refused(words) => self.not_sent(words.as_str(), now, effects),
            Meaning::Blank | Meaning::Word(..) => {}
        }
    }

    pub(super) fn command(&mut self, name: &str, rest: &str, now: Now, effects: &mut Effects) {
        let word = Word::of(name);
        let asked = match name {
            "quit" | "resend" | "discard" | "older" | "reconnect" if !rest.is_empty() => {
                return self.not_sent(&format!("/{name} stands alone. Nothing was done."), now, effects);
            }
            "quit" => return self.quit(now, effects),
            _ => self.asking.is_some() && word != Some(Word::Help),
        };
        if asked {
            let words = "First the question: answer it, or skip it with an empty line. Nothing was done.";
            return self.tell(words, now, effects);
        }
        match (word, name) {
            (Some(word), _) => match word.check(rest) {
                Ok(()) => self.word(word, rest, now, effects),
                Err(why) => self.not_sent(why.as_str(), now, effects),
            },
            (None, "resend") => self.decide_stale(Order::Resend, now, effects),
            (None, "older") => self.older(now, effects),
            (None, "reconnect") if self.state.is_live() => self.tell("It is connected.", now, effects),
            (None, "reconnect") => effects.push(PlainEffect::Program(Order::Reconnect)),
            (None, "discard") => self.decide_stale(Order::Discard, now, effects),
            (None, _) => {
                let name = Shown::line(name).cut(20);
                let words = format!("There is no /{name}; /help shows the words. Not sent.");
                self.not_sent(&words, now, effects);
            }
        }
    }

    fn word(&mut self, word: Word, rest: &str, now: Now, effects: &mut Effects) {
        // There is no list to choose from here: the newest is meant.
        let rest = match (word, rest) {
            (Word::Quote, "") => "1",
            _ => rest,
        };
        let server_now = self.replica.server_time(self.start + now.elapsed);
        match wishes::wish(word, rest, &self.replica, &mut self.beginning, (server_now, &self.zone)) {
            Wish::Send(command) => self.word_sent = Some(self.send(command, now, effects)),
            Wish::Line(text) => self.line(text, now, effects),
            Wish::Told(words) => self.tell(words.as_str(), now, effects),
            Wish::Wrong(words) => self.not_sent(words.as_str(), now, effects),
            Wish::Otherwise(words) => self.not_done(exit::OTHERWISE, words.as_str(), now, effects),
            Wish::EditAgain(..) => self.not_sent("Write /edit and the new text behind it.", now, effects),
            Wish::Quote(quoted) => {
                self.quote = Some(quoted.line);
                let excerpt = quoted.excerpt.cut(QUOTE_COLUMNS);
                let words = format!("your next line answers {}: {excerpt}", quoted.name);
                self.tell(&words, now, effects);
            }
            Wish::Read(slug) => {
                self.wanted = Some(slug.clone());
                effects.push(PlainEffect::Program(Order::Ask(CustomerQuestion::Article { slug })));
            }
            Wish::Ask(question) => {
                self.account_asked += 1;
                effects.push(PlainEffect::Program(Order::Ask(question)));
            }
            Wish::Attach(rest) => self.attach(&rest, now, effects),
            Wish::Drop => self.drop_file(now, effects),
            Wish::Files => self.tell_files(now, effects),
            Wish::Fetch(file, to) => self.fetch(file, to, now, effects),
            Wish::ChooseQuote => {}
            Wish::Copy { text, what } => {
                self.copying = what;
                effects.push(PlainEffect::Copy(text));
            }
            Wish::Show { title, text } => {
                self.tell(title.as_str(), now, effects);
                effects.extend(text.lines().map(|line| PlainEffect::Say(Shown::line(line))));
            }
            Wish::Help => self.help(now, effects),
            Wish::Quit => self.quit(now, effects),
        }
    }

    fn help(&self, now: Now, effects: &mut Effects) {
        for word in Word::ALL {
            self.tell(&format!("{}: {}", word.usage(), word.title()), now, effects);
        }
        for words in MORE_WORDS {
            self.tell(words, now, effects);
        }
    }

    // What the desk asks first.

    /// A line. Before the first of a conversation a person is asked what the desk wants to know.
    pub(super) fn line(&mut self, line: String, now: Now, effects: &mut Effects) {
        if let Some(consent) = self.consent_due() {
            return self.ask_consent(line, consent, now, effects);
        }
        let asks = self.replica.me().is_some_and(|me| !me.questions.is_empty());
        let due = self.replica.thread().is_loaded() && Beginning::is_due(&self.replica);
        if self.person && asks && due {
            let (consent, texts) = (None, Vec::new());
            self.asking = Some(Asking { line, consent, texts });
            self.tell("Before it is sent (an empty line skips a question):", now, effects);
            return self.ask_next(now, effects);
        }
        self.post(line, Vec::new(), now, effects);
    }

    /// A line was written before it was known that the desk asks for agreement. It asks now; whether it does.
    pub(super) fn ask_consent_late(
        &mut self,
        id: CommandId,
        command: &CustomerCommand,
        now: Now,
        effects: &mut Effects,
    ) -> bool {
        let due = self.consent_due().filter(|_| self.asking.is_none());
        let (Some(consent), CustomerCommand::Post { text, .. }) = (due, command) else {
            return false;
        };
        self.replica.forget(id);
        self.ask_consent(text.clone(), consent, now, effects);
        true
    }

    /// What is to be agreed to, if it is not yet.
    pub(super) fn consent_due(&self) -> Option<String> {
        let text = &self.replica.me()?.consent;
        (!text.is_empty() && self.agreed_to.as_ref() != Some(text)).then(|| text.clone())
    }

    /// Shows what is to be agreed to. Where nobody sits who could, nothing is sent.
    fn ask_consent(&mut self, line: String, consent: String, now: Now, effects: &mut Effects) {
        if self.agrees {
            self.agree(consent, now, effects);
            return self.line(line, now, effects);
        }
        for row in consent.lines() {
            self.tell(row, now, effects);
        }
        if !self.person {
            let words = "This desk asks you to agree to that before you write. Not sent; --agree says that you do.";
            return self.not_sent(words, now, effects);
        }
        self.tell("Do you agree? y sends your line, n does not", now, effects);
        let (consent, texts) = (Some(consent), Vec::new());
        self.asking = Some(Asking { line, consent, texts });
    }

    pub(super) fn agree(&mut self, text: String, now: Now, effects: &mut Effects) {
        self.agreed_to = Some(text.clone());
        self.send(CustomerCommand::Consent { text }, now, effects);
    }

    /// What was answered to what is to be agreed to.
    fn agreed(&mut self, answer: &str, now: Now, effects: &mut Effects) {
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => {
                let Some(asking) = self.asking.take() else { return };
                if let Some(text) = asking.consent {
                    self.agree(text, now, effects);
                }
                self.line(asking.line, now, effects);
            }
            "n" | "no" => {
                let line = self.asking.take().map(|asking| asking.line).unwrap_or_default();
                let words = format!("You did not agree. Your line was not sent: {line}");
                self.not_sent(&words, now, effects);
            }
            _ => self.tell("Write y or n.", now, effects),
        }
    }

    /// The next question, or the line after the last.
    fn ask_next(&mut self, now: Now, effects: &mut Effects) {
        let Some(asking) = &self.asking else { return };
        let questions = self.replica.me().map(|me| me.questions.as_slice()).unwrap_or_default();
        match questions.get(asking.texts.len()) {
            Some(question) => self.tell(&question.text, now, effects),
            None => self.end_asking(now, effects),
        }
    }

    /// The line is sent with the answers that there are.
    pub(super) fn end_asking(&mut self, now: Now, effects: &mut Effects) {
        if let Some(asking) = self.asking.take_if(|asking| asking.consent.is_none()) {
            self.post(asking.line, asking.texts, now, effects);
        }
    }

    fn post(&mut self, text: String, texts: Vec<String>, now: Now, effects: &mut Effects) {
        let questions = self.replica.me().map(|me| me.questions.as_slice()).unwrap_or_default();
        let answers = answers_to(questions, texts);
        // Somebody else may have begun one meanwhile; what was answered is said all the same.
        if Beginning::is_due(&self.replica) || !answers.is_empty() {
            let start = self.beginning.start(answers);
            self.send(start, now, effects);
        }
        let quote = self.quote.take();
        let mut files = std::mem::take(&mut self.ready).into_iter();
        let file = files.next();
        self.send(CustomerCommand::Post { text, quote, file }, now, effects);
        // A line has one file; the others follow it.
        for file in files {
            let (text, quote, file) = (String::new(), None, Some(file));
            self.send(CustomerCommand::Post { text, quote, file }, now, effects);
        }
    }
}
