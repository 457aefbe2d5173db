//! The menu: every action by name, with its keys and, where it cannot be done now, why not; and the open conversations by name.

use minicom_client::Section;
use minicom_tui_kit::{Available, Key, Now, Picker, Shown, picker::Row};

use crate::{
    app::App,
    keys::{self, Action, contexts},
    over::{Choice, PickFor},
    words,
};

/// Conversations that are offered by name.
const CONVERSATIONS_MAX: usize = 1_000;

impl App {
    /// Opens the menu.
    pub(crate) fn menu(&mut self) {
        let mut rows: Vec<Row<Choice>> = keys::TABLE
            .iter()
            .filter(|row| keys::in_menu(row.action))
            .map(|row| self.menu_row(row.action, row.name, row.title))
            .collect();
        let open = Section::ALL.into_iter().filter(|section| *section != Section::Done);
        let open = open.flat_map(|section| self.replica.section(section));
        rows.extend(open.take(CONVERSATIONS_MAX).map(|row| {
            let stage = words::stage(&row.stage, self.me(), &self.zone);
            let subject = row
                .intake
                .subject
                .as_ref()
                .map(|it| format!(" {} {}", self.theme.signs().dot, it.shown()));
            let detail = Shown::line(&format!("chat {stage}{}", subject.unwrap_or_default()));
            Row::new(
                Choice::Conversation(row.conversation),
                row.customer.name.shown(),
                detail,
            )
        }));
        let picker = Picker::new(Shown::fixed("Menu"), rows);
        self.open_picker(PickFor::Menu, Vec::new(), picker);
    }

    fn menu_row(&self, action: Action, name: &str, title: &'static str) -> Row<Choice> {
        // Keys of the list are told while writing too: Esc is before them.
        let all = contexts(self.is_composing())
            .iter()
            .chain(contexts(!self.is_composing()));
        let keys = self.keymap.keys(&all.copied().collect::<Vec<_>>(), action);
        let mut hints: Vec<String> = Vec::new();
        for hint in keys.into_iter().map(Key::hint) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        let keys = hints.join(" ");
        let told = |words: &str| match keys.as_str() {
            "" => Shown::line(words),
            keys => Shown::line(&format!("{keys} {} {words}", self.theme.signs().dot)),
        };
        let reason = match self.available(action) {
            Available::Yes => None,
            Available::No(reason) => Some(told(reason.as_str())),
        };
        let label = Shown::line(&name.replace('-', " "));
        Row::new(Choice::Action(action), label, told(title)).disabled(reason)
    }

    pub(crate) fn menu_chosen(&mut self, choice: &Choice, now: Now) {
        match choice {
            Choice::Action(action) => self.act(*action, 0, now),
            Choice::Conversation(conversation) => self.open_chat(*conversation),
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "menu_tests.rs"]
mod tests;
