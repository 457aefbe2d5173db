//! The palette: every action by name, with its keys and, where it cannot be done now, why not; conversations and customers by name.

use std::collections::HashMap;

use minicom_client::Section;
use minicom_protocol::{ids::CustomerId, summary::Summary};
use minicom_tui_kit::{Available, Key, Now, Picker, Shown, picker::Row};

use crate::{
    app::App,
    keys::{self, Action, contexts},
    over::{Choice, Over, Pick, PickFor},
    words,
};

/// Conversations that are offered by name.
const CONVERSATIONS_MAX: usize = 1_000;
/// Customers that are offered by name.
const CUSTOMERS_MAX: usize = 1_000;

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
            let called = self.called_before(row.customer.id);
            let detail = Shown::line(&format!("{called}chat {stage}{}", subject.unwrap_or_default()));
            Row::new(
                Choice::Conversation(row.conversation),
                row.customer.name.shown(),
                detail,
            )
        }));
        rows.extend(self.customer_rows());
        let picker = Picker::new(Shown::fixed("Menu"), rows).also(Shown::fixed("Tab finds it everywhere"));
        self.open_picker(PickFor::Menu, Vec::new(), picker);
    }

    /// The menu's key while something lies over the chat: closes it, but opens the menu in the place of another list. That may have named
    /// the key for what it does not have.
    pub(super) fn menu_beside(&mut self) {
        match &self.over {
            Some(Over::Picker(pick)) if pick.purpose != PickFor::Menu => self.menu(),
            _ => self.over = None,
        }
    }

    /// Customers, also those whose chats have ended, each with the newest conversation that is known here.
    fn customer_rows(&self) -> Vec<Row<Choice>> {
        let mut newest: HashMap<CustomerId, &Summary> = HashMap::new();
        let all = Section::ALL
            .into_iter()
            .flat_map(|section| self.replica.section(section));
        for row in all {
            let held = newest.entry(row.customer.id).or_insert(row);
            // Ids of conversations grow with the time at which they begin.
            if row.conversation > held.conversation {
                *held = row;
            }
        }
        let mut rows: Vec<&Summary> = newest.into_values().collect();
        rows.sort_by_key(|row| row.customer.name.shown().to_string());
        let dot = self.theme.signs().dot;
        let told = |row: &&Summary| {
            let stage = words::stage(&row.stage, self.me(), &self.zone);
            let called = self.called_before(row.customer.id);
            let detail = format!("{called}customer {dot} details, last chat {stage}");
            let choice = Choice::Customer(row.conversation);
            Row::new(choice, row.customer.name.shown(), Shown::line(&detail))
        };
        rows.iter().take(CUSTOMERS_MAX).map(told).collect()
    }

    /// What a customer wants to be called, before what else is told: who is known by that is looked for by it. Nothing if it is not known
    /// here.
    fn called_before(&self, customer: CustomerId) -> String {
        let context = self.replica.context(customer);
        let called = context.and_then(|it| it.profile.name.as_ref());
        called.map_or_else(String::new, |it| format!("{} {} ", it.shown(), self.theme.signs().dot))
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
        // What it does is worth more than a third key.
        hints.truncate(match self.size.width {
            0..60 => 1,
            60..100 => 2,
            _ => hints.len(),
        });
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

    /// Tab looks everywhere for what is typed: a customer who is not in the list is found by what was said. Whether it was that key.
    pub(super) fn is_find_key(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        let is_it = pick.purpose == PickFor::Menu && key.to_string() == "tab";
        if is_it {
            self.find_everywhere(pick.picker.query(), now);
        }
        is_it
    }

    pub(crate) fn menu_chosen(&mut self, choice: &Choice, now: Now) {
        match choice {
            Choice::Action(action) => self.act(*action, 0, now),
            Choice::Conversation(conversation) => self.open_chat(*conversation),
            Choice::Customer(conversation) => {
                self.open_chat(*conversation);
                self.details = Some(true);
                self.details_top = 0;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "menu_tests.rs"]
mod tests;
