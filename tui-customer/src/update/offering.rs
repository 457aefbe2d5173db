//! The palette: every action and every word by name, with keys and, where it cannot be done now, why not.

use minicom_tui_kit::{Available, Key, Now, Picker, Shown, picker::Picked, picker::Row};

use super::Effects;
use crate::{
    actions::{self, Action, CHAT},
    model::App,
    over::{Offer, Over},
    slash::Word,
};

/// Below this width one key is told of each action.
const NARROW: u16 = 60;

impl App {
    /// Opens it.
    pub(super) fn offer_all(&mut self) {
        let actions = actions::TABLE.iter().filter(|row| actions::in_menu(row.action));
        let actions = actions.map(|row| self.action_row(row.action, row.name, row.title));
        let words = Word::ALL.iter().map(|word| self.word_row(*word));
        let mut rows: Vec<Row<Offer>> = actions.chain(words).collect();
        // What cannot be done now is below what can.
        rows.sort_by_key(|row| row.disabled.is_some());
        self.over = Some(Over::Menu(Box::new(Picker::new(Shown::fixed("Menu"), rows))));
        self.fit_over();
    }

    fn action_row(&self, action: Action, name: &str, title: &str) -> Row<Offer> {
        let keys: Vec<String> = self.keys.keys(CHAT, action).into_iter().map(Key::hint).collect();
        // What it does is worth more than a second key.
        let most = if self.size.width < NARROW { 1 } else { keys.len() };
        let keys = keys[..most.min(keys.len())].join(" ");
        let told = |words: &str| match keys.as_str() {
            "" => Shown::line(words),
            keys => Shown::line(&format!("{keys} {} {words}", self.theme.signs().dot)),
        };
        let reason = match self.available(action) {
            Available::Yes => None,
            Available::No(reason) => Some(told(reason.as_str())),
        };
        Row::new(Offer::Action(action), Shown::line(&name.replace('-', " ")), told(title)).disabled(reason)
    }

    fn word_row(&self, word: Word) -> Row<Offer> {
        let told = |words: &str| Shown::line(&format!("{} {} {words}", word.usage(), self.theme.signs().dot));
        // A word with a text is written in the composer, and what stands there would be lost.
        let blocked = word.takes_text() && !self.composer.is_empty();
        let reason = blocked.then(|| told("something else is being written"));
        Row::new(Offer::Word(word), Shown::line(word.name()), told(word.title())).disabled(reason)
    }

    pub(super) fn key_in_menu(&mut self, key: Key, action: Option<Action>, now: Now, effects: &mut Effects) {
        let Some(Over::Menu(picker)) = &mut self.over else {
            return;
        };
        let picked = picker.key(key);
        match picked {
            // The key that opened it closes it.
            Picked::No if action == Some(Action::Menu) => self.over = None,
            picked => self.offered(picked, action, now, effects),
        }
    }

    pub(super) fn offered(&mut self, picked: Picked<Offer>, action: Option<Action>, now: Now, effects: &mut Effects) {
        match picked {
            Picked::Moved | Picked::Asked => {}
            Picked::No => self.key_beside(action, now, effects),
            Picked::Closed => self.over = None,
            Picked::Unavailable(words) | Picked::Refused(words) => self.tell_unless_nothing_fits(words),
            Picked::Chosen(offer) => {
                self.over = None;
                match offer {
                    Offer::Action(action) => self.act(action, now, effects),
                    Offer::Word(word) => self.say_word(word, now, effects),
                }
            }
        }
    }

    /// Why nothing was chosen. That nothing fits the list says itself, in the same words.
    pub(super) fn tell_unless_nothing_fits(&mut self, words: Shown) {
        let fitting = match &self.over {
            Some(Over::Menu(picker)) => picker.fitting(),
            Some(Over::Quotes(picker)) => picker.fitting(),
            _ => 0,
        };
        if fitting > 0 {
            self.tell(words);
        }
    }

    /// A word that stands alone is said; one with a text behind it is begun. What is being written stays.
    pub(super) fn say_word(&mut self, word: Word, now: Now, effects: &mut Effects) {
        if word.takes_text() {
            if !self.composer.is_empty() {
                let words = format!(
                    "Something else is being written: send or clear it, then {}.",
                    word.usage()
                );
                return self.tell(Shown::line(&words));
            }
            self.composer.set_text(&format!("/{} ", word.name()));
            return self.text_changed(now, effects);
        }
        let written = self.composer.text();
        self.composer.set_text(&format!("/{}", word.name()));
        self.submit_word(word, "", now, effects);
        if !written.is_empty() {
            // What the word led to is told all the same.
            let told = self.notice.take();
            self.composer.set_text(&written);
            self.text_changed(now, effects);
            self.notice = told;
        }
    }

    /// The newest line goes to the clipboard; what is being written stays.
    pub(super) fn copy_newest(&mut self, now: Now, effects: &mut Effects) {
        let wish = self.wish(Word::Copy, "", now);
        match wish {
            crate::wishes::Wish::Copy { text, what } => self.copy_text(text, what, effects),
            crate::wishes::Wish::Wrong(words) | crate::wishes::Wish::Told(words) => self.tell(words),
            _ => {}
        }
    }
}
