//! Words with a slash, and what they lead to on the screen: another text for a line, the line to be answered, an article.

use minicom_protocol::{
    frame::{CustomerQuestion, CustomerReply, Customers, Told},
    words::Tag,
};
use minicom_tui_kit::{
    Effect, Now, Overlay, Picker, Shown,
    overlay::Body,
    picker::{Row, numbered},
};

use super::{Effects, sending::Sent};
use crate::{
    account,
    model::{App, Ends, Order, Writing},
    over::Over,
    slash::{self, Word},
    wishes::{self, Wish},
};

/// Lines that are offered to be answered.
const QUOTES_MAX: usize = 50;

impl App {
    /// What comes of a word.
    pub(super) fn wish(&mut self, word: Word, rest: &str, now: Now) -> Wish {
        let server_now = self.replica.server_time(self.instant(now));
        wishes::wish(word, rest, &self.replica, &mut self.beginning, server_now)
    }

    /// A word is written.
    pub(super) fn submit_word(&mut self, word: Word, rest: &str, now: Now, effects: &mut Effects) {
        let wish = match self.wish(word, rest, now) {
            Wish::Wrong(words) => return self.notice(words, Ends::WithText),
            Wish::Line(text) => {
                self.writing = Writing::Line;
                return self.submit_line(text, None, now, effects);
            }
            other => other,
        };
        self.take_text(Sent::Word, now, effects);
        match wish {
            Wish::Send(command) => self.send_word(command, now, effects),
            Wish::Told(words) | Wish::Wrong(words) => self.notice(words, Ends::WithText),
            // Sent above, as a line is.
            Wish::Line(_) => {}
            Wish::EditAgain(line, text) => {
                self.composer.set_text(&slash::written(&text));
                self.writing = Writing::Edit(line);
            }
            Wish::ChooseQuote => self.choose_quote(),
            Wish::Quote(quoted) => self.writing = Writing::Answer(quoted),
            Wish::Read(slug) => self.want(slug, effects),
            Wish::Ask(question) => self.ask_account(question, effects),
            Wish::Help => self.help(),
        }
    }

    fn choose_quote(&mut self) {
        let rows = wishes::quotable(&self.replica).take(QUOTES_MAX).map(|it| {
            let label = Shown::line(&format!("{} {}", self.zone.clock(it.time.0), it.name));
            Row::new(it.line, label, it.excerpt)
        });
        let picker = Picker::new(Shown::fixed("Answer a line"), numbered(rows.collect()))
            .verb(Shown::fixed("Enter answers it, Esc closes"))
            .when_empty(Shown::fixed("There is no line yet"));
        self.over = Some(Over::Quotes(Box::new(picker)));
    }

    // The account.

    fn ask_account(&mut self, question: CustomerQuestion, effects: &mut Effects) {
        if !self.state.is_live() {
            let words = "This can be asked when the connection is back.";
            return self.notice(Shown::fixed(words), Ends::WithText);
        }
        effects.push(Effect::Program(Order::Ask(question)));
    }

    /// What was told of the account: to be read, for a code is typed on another device meanwhile.
    pub(super) fn account_came(&mut self, told: Option<&Told<Customers>>) {
        let Some(words) = account::words(told, &self.command, &self.zone) else {
            return;
        };
        match &words[..] {
            [one] => self.notice(one.clone(), Ends::WithText),
            more => {
                let rows: Vec<&str> = more.iter().map(Shown::as_str).collect();
                let body = Body::Markdown(rows.iter().map(|row| format!("- {row}\n")).collect());
                let overlay = Overlay::new(account::title(told), body, self.theme);
                self.over = Some(Over::Reading(Box::new(overlay)));
            }
        }
    }

    // Articles.

    /// An article is to be read.
    pub(super) fn want(&mut self, slug: Tag, effects: &mut Effects) {
        if !self.state.is_live() {
            let words = "An article can be read when the connection is back.";
            return self.notice(Shown::fixed(words), Ends::WithText);
        }
        self.wanted = Some(slug.clone());
        effects.push(Effect::Program(Order::Ask(CustomerQuestion::Article { slug })));
    }

    /// What was told to the question for an article; nothing if it was lost. One that nobody waits for any more is not shown.
    pub(super) fn article_came(&mut self, asked: &Tag, told: Option<&Told<Customers>>) {
        let answering = matches!(self.over, Some(Over::Questions(_) | Over::Comment { .. }));
        if self.wanted.take_if(|slug| *slug == *asked).is_none() || answering {
            return;
        }
        match told {
            Some(Told::Reply(CustomerReply::Article { article })) => {
                let body = Body::Markdown(article.body.clone());
                let overlay = Overlay::new(article.title.shown(), body, self.theme);
                self.over = Some(Over::Reading(Box::new(overlay)));
            }
            Some(Told::Refusal(refusal)) => {
                let words = format!("/read {}: {}", Shown::line(asked.as_str()), refusal.message());
                self.notice(Shown::line(&words), Ends::WithText);
            }
            Some(Told::Reply(_)) | None => {
                let words = "The article was not fetched. Try again.";
                self.notice(Shown::fixed(words), Ends::WithText);
            }
        }
    }
}
