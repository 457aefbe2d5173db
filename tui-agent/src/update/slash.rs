//! Words after `/` that are no saved replies. They stand in the list of those as rows: what is chosen there is what Enter does.

use minicom_protocol::ids::ConversationId;
use minicom_tui_kit::{Key, Now, Shown, picker::Row};

use crate::{
    app::App,
    over::{Choice, Over, Pick, PickFor},
};

/// The words, and what each does.
const WORDS: [(&str, &str); 7] = [
    ("attach", "a file with the reply"),
    ("draft", "a language model's draft"),
    ("get", "a file of this chat"),
    ("suggest", "what fits, to choose from"),
    ("suggest off", "hides what fits"),
    ("suggest on", "shows what fits"),
    ("summary", "the chat in a few lines"),
];
/// Those behind which a path or a name can stand.
const WITH_MORE: [&str; 2] = ["attach", "get"];

/// Rows for the words that begin as what is typed. Before anything is, the list is of saved replies only.
pub(super) fn rows(query: &str) -> impl Iterator<Item = Row<Choice>> {
    let typed = query.trim();
    let begins = move |word: &&(&str, &str)| !typed.is_empty() && word.0.starts_with(typed);
    let whole = WORDS.iter().filter(begins).map(|(word, does)| (*word, *does));
    let has_more = move |word: &&(&str, &str)| {
        let more = typed.strip_prefix(word.0);
        WITH_MORE.contains(&word.0) && more.is_some_and(|more| more.starts_with(' '))
    };
    let more = WORDS.iter().filter(has_more).map(move |(_, does)| (typed, *does));
    whole.chain(more).map(|(word, does)| {
        let choice = Choice::Word(word.to_owned());
        Row::new(choice, Shown::line(&format!("/{word}")), Shown::fixed(does)).acts(Shown::fixed("Enter does it"))
    })
}

impl App {
    /// Something else is looked for among saved replies. A word that is typed whole is meant, whatever else fits it.
    pub(super) fn look_for_replies(&mut self) {
        self.refresh_saved_replies();
        if let Some(Over::Picker(pick)) = &mut self.over {
            let typed = pick.picker.query();
            pick.picker
                .select_where(|row| matches!(row, Choice::Word(word) if word == typed.trim()));
        }
    }

    /// A word to which no row belongs, such as one with a mistake behind it. Whether the key was for that.
    pub(super) fn is_word(&mut self, pick: &Pick, key: Key, now: Now) -> bool {
        pick.purpose == PickFor::SavedReply
            && key.to_string() == "enter"
            && pick.picker.selected().is_none()
            && self.does_word(&pick.about, &pick.picker.query(), now)
    }

    /// Does what a word says. Whether it is one.
    pub(super) fn does_word(&mut self, about: &[ConversationId], typed: &str, now: Now) -> bool {
        self.attach_word(about, typed, now) || self.get_word(typed, now) || self.help_word(typed, now)
    }
}
