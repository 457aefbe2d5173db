//! Words with a slash, and what they lead to on the screen: another text for a line, the line to be answered, an article.

use minicom_protocol::{
    frame::{CustomerQuestion, CustomerReply, Customers, Told},
    words::Tag,
};
use minicom_tui_kit::{
    Effect, Now, Overlay, Picker, Shown,
    clipboard::Copied,
    composer::HELD_BYTES_MAX,
    editor::{Edit, Edited},
    overlay::Body,
    picker::{Row, numbered},
    preview,
    transcript::EntryKey,
};

use super::{Effects, sending::Sent};
use crate::{
    account,
    model::{App, Ends, Order, Writing},
    over::Over,
    slash::{self, Word},
    taking,
    wishes::{self, Wish},
};

/// Lines that are offered to be answered.
const QUOTES_MAX: usize = 50;

impl App {
    /// What comes of a word.
    pub(super) fn wish(&mut self, word: Word, rest: &str, now: Now) -> Wish {
        let server_now = self.replica.server_time(self.instant(now));
        wishes::wish(word, rest, &self.replica, &mut self.beginning, (server_now, &self.zone))
    }

    /// A word is written.
    pub(super) fn submit_word(&mut self, word: Word, rest: &str, now: Now, effects: &mut Effects) {
        // What is folded in front of the reader is meant before what is not.
        if word == Word::Show && rest.is_empty() && self.show_folded(self.transcript.newest_folded(), effects) {
            return self.take_text(Sent::Word, now, effects);
        }
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
            // What says how to go on stays until that is done.
            Wish::Told(words) if matches!(word, Word::Export | Word::Forget) => self.notice(words, Ends::WithText),
            Wish::Told(words) | Wish::Otherwise(words) => self.tell(words),
            Wish::Wrong(words) => self.notice(words, Ends::WithText),
            // Sent above, as a line is.
            Wish::Line(_) => {}
            Wish::EditAgain(line, text) => {
                self.composer.set_aside_for(&slash::written(&text));
                self.writing = Writing::Edit(line);
            }
            Wish::ChooseQuote => self.choose_quote(),
            Wish::Quote(quoted) => self.writing = Writing::Answer(quoted),
            Wish::Read(slug) => self.want(slug, effects),
            Wish::Ask(question) => self.ask_account(question, effects),
            Wish::Copy { text, what } => self.copy_text(text, what, effects),
            Wish::Show { title, text } => self.show(title, &text),
            Wish::Help => self.help(),
            Wish::Attach(text) => self.attach(&text, effects),
            Wish::Drop => {
                if !self.drop_file(now, effects) {
                    self.tell(Shown::fixed("No file waits or comes."));
                }
            }
            Wish::Files => self.choose_file(None),
            Wish::Fetch(file, to) => self.fetch(file, to, effects),
            Wish::Quit => self.quit(effects),
        }
    }

    /// A long line is read over the screen.
    pub(super) fn show(&mut self, title: Shown, text: &str) {
        let body = Body::Lines(preview::whole(text, &self.theme));
        self.show_over(title, body);
    }

    fn show_over(&mut self, title: Shown, body: Body) {
        let overlay = Overlay::new(title, body, self.theme);
        self.over = Some(Over::Reading(Box::new(overlay)));
    }

    /// Shows what was asked for and has come. Letters close it and are text, so that it takes nothing away from who writes; an answer that
    /// is being given, a path or a choice would be lost, and stays.
    pub(super) fn show_late(&mut self, title: Shown, body: Body) {
        match self.over {
            None | Some(Over::Reading(_)) => self.show_over(title, body),
            Some(_) => {
                let words = format!("\"{title}\" has come and is not shown over this: ask for it again.");
                self.tell(Shown::line(&words));
            }
        }
    }

    /// Reads a line in full that is folded on the screen. Whether there is one.
    pub(super) fn show_folded(&mut self, key: Option<EntryKey>, effects: &mut Effects) -> bool {
        let Some(EntryKey::Stored(seq)) = key else { return false };
        if self.read_file(EntryKey::Stored(seq), effects) {
            return true;
        }
        let event = self.replica.thread().event(seq);
        match event.and_then(|event| taking::in_full(event, &self.zone)) {
            Some((title, text)) => self.show(title, &text),
            None => return false,
        }
        true
    }

    /// What became of a copy. It is always told: nobody sees a clipboard.
    pub(super) fn copied(&mut self, copied: &Copied) {
        let words = copied.words(self.copying);
        match copied {
            Copied::Sent { .. } => self.tell(words),
            Copied::Failed(_) => self.notice(words, Ends::WithText),
        }
    }

    // One's own editor.

    /// What is written goes to the editor.
    pub(super) fn edit(&mut self, effects: &mut Effects) {
        self.keep_draft_now(effects);
        let edit = Edit::new("message.md", self.composer.text()).at_most(HELD_BYTES_MAX);
        effects.push(Effect::Edit(edit));
    }

    /// The editor has ended. What it did not do leaves the text as it was.
    pub(super) fn edited(&mut self, edited: Edited, now: Now, effects: &mut Effects) {
        match edited {
            Edited::Unchanged => self.tell(Shown::fixed("Nothing was changed.")),
            Edited::Failed(words) => self.notice(words, Ends::WithText),
            Edited::Changed(text) => {
                self.composer.set_text(&text);
                self.text_changed(now, effects);
            }
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
            return self.tell(Shown::fixed(words));
        }
        effects.push(Effect::Program(Order::Ask(question)));
    }

    /// What was told of the account: to be read, for a code is typed on another device meanwhile.
    pub(super) fn account_came(&mut self, told: Option<&Told<Customers>>) {
        let Some(words) = account::words(told, &self.command, &self.zone) else {
            return;
        };
        match &words[..] {
            [one] => {
                let columns = usize::from(self.areas().chat.width).saturating_sub(1);
                self.notice(account::on_screen(one, columns), Ends::WithText);
            }
            more => {
                let rows: Vec<&str> = more.iter().map(Shown::as_str).collect();
                let body = Body::Markdown(rows.iter().map(|row| format!("- {row}\n")).collect());
                self.show_late(account::title(told), body);
            }
        }
    }

    // Articles.

    /// An article is to be read.
    pub(super) fn want(&mut self, slug: Tag, effects: &mut Effects) {
        if !self.state.is_live() {
            let words = "An article can be read when the connection is back.";
            return self.tell(Shown::fixed(words));
        }
        self.wanted = Some(slug.clone());
        effects.push(Effect::Program(Order::Ask(CustomerQuestion::Article { slug })));
    }

    /// What was told to the question for an article; nothing if it was lost. One that nobody waits for any more is not shown.
    pub(super) fn article_came(&mut self, asked: &Tag, told: Option<&Told<Customers>>) {
        if self.wanted.take_if(|slug| *slug == *asked).is_none() {
            return;
        }
        match told {
            Some(Told::Reply(CustomerReply::Article { article })) => {
                let body = Body::Markdown(article.body.clone());
                self.show_late(article.title.shown(), body);
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
