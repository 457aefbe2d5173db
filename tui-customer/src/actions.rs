//! What a customer can do by a key: the one table that lookup, footer and help are made from. It refuses to know how
//! anything is done.

use minicom_tui_kit::{
    Keymap,
    composer::EDITING_KEYS,
    help,
    keymap::{HelpRow, Row},
};

use crate::slash::Word;

/// What the user wants, by a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send what is written.
    Send,
    /// A page towards older messages.
    Older,
    /// A page towards newer messages.
    Newer,
    /// A row towards older messages.
    RowUp,
    /// A row towards newer messages.
    RowDown,
    /// The latest message.
    Latest,
    /// Try the line that was not sent again.
    Retry,
    /// Throw the line that was not sent away; take a file off.
    Discard,
    /// Write in one's own editor.
    Editor,
    /// Send a file with what is written.
    Attach,
    /// The files of the chat.
    Files,
    /// Make the last paste a file.
    AsFile,
    /// Connect now.
    Reconnect,
    /// Write the word out that is begun.
    Complete,
    /// Clear, then quit.
    Clear,
    /// Draw everything anew.
    Redraw,
    /// Back to the shell until `fg`.
    Suspend,
    /// Close what is passing: help, scroll position, notice.
    Escape,
    /// The keys.
    Help,
}

/// Where keys mean something. A customer's program has no modes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Context {
    /// In the chat.
    Chat,
}

/// All contexts there are.
pub const CHAT: &[Context] = &[Context::Chat];

const fn row(
    action: Action,
    name: &'static str,
    title: &'static str,
    keys: &'static [(Context, &'static str)],
) -> Row<Action, Context> {
    Row {
        action,
        name,
        title,
        keys,
    }
}

/// Letters are text, always; so every action is a chord or a key with a name.
const TABLE: &[Row<Action, Context>] = &[
    row(Action::Send, "send", "send", &[(Context::Chat, "enter")]),
    row(Action::Older, "older", "older messages", &[(Context::Chat, "pgup")]),
    row(Action::Newer, "newer", "newer messages", &[(Context::Chat, "pgdn")]),
    row(
        Action::RowUp,
        "row-up",
        "one row up (also the wheel)",
        &[(Context::Chat, "shift-up")],
    ),
    row(
        Action::RowDown,
        "row-down",
        "one row down",
        &[(Context::Chat, "shift-down")],
    ),
    row(
        Action::Latest,
        "latest",
        "the latest message (nothing written)",
        &[(Context::Chat, "end")],
    ),
    row(
        Action::Retry,
        "retry",
        "send what was not sent, files too",
        &[(Context::Chat, "ctrl-r f6")],
    ),
    row(
        Action::Discard,
        "discard",
        "discard what was not sent; take a file off",
        &[(Context::Chat, "f7 ctrl-x-ctrl-x")],
    ),
    row(
        Action::Editor,
        "editor",
        "write this in your own editor",
        &[(Context::Chat, "ctrl-x-ctrl-e")],
    ),
    row(
        Action::Attach,
        "attach",
        "send a file with your message",
        &[(Context::Chat, "ctrl-o f8")],
    ),
    row(
        Action::Files,
        "files",
        "the files of this chat: fetch, open",
        &[(Context::Chat, "alt-o f9")],
    ),
    row(
        Action::AsFile,
        "as-file",
        "send a large paste as a file",
        &[(Context::Chat, "alt-v")],
    ),
    row(Action::Reconnect, "reconnect", "connect now", &[(Context::Chat, "f5")]),
    row(
        Action::Escape,
        "escape",
        "close this; then to the latest message",
        &[(Context::Chat, "esc")],
    ),
    row(
        Action::Complete,
        "complete",
        "write the word with a slash out",
        &[(Context::Chat, "tab")],
    ),
    row(
        Action::Clear,
        "clear",
        "clear; twice in 2 s: quit",
        &[(Context::Chat, "ctrl-c")],
    ),
    row(
        Action::Redraw,
        "redraw",
        "draw the screen again",
        &[(Context::Chat, "ctrl-l")],
    ),
    row(
        Action::Suspend,
        "suspend",
        "to the shell; fg comes back",
        &[(Context::Chat, "ctrl-z")],
    ),
    row(Action::Help, "help", "this help", &[(Context::Chat, "f1")]),
];

/// The table, checked.
pub fn keymap() -> Keymap<Action, Context> {
    Keymap::new(TABLE).expect("the table of keys is checked by a test")
}

/// All rows of the help: keys, words, and the keys of writing.
pub fn help_rows(
    keys: &Keymap<Action, Context>,
    available: impl Fn(Action) -> minicom_tui_kit::Available,
) -> Vec<HelpRow> {
    let mut rows = keys.help(CHAT, available);
    rows.extend(Word::ALL.iter().map(|word| HelpRow {
        keys: word.usage(),
        title: word.title(),
        reason: None,
    }));
    rows.push(HelpRow {
        keys: "//".to_owned(),
        title: "a line that begins with a real slash",
        reason: None,
    });
    rows.extend(help::rows_of(EDITING_KEYS));
    rows
}

#[cfg(test)]
mod tests {
    use minicom_tui_kit::{Available, Composer, composer::Handled, testing::key};

    use super::*;

    #[test]
    fn the_table_is_sound_and_steals_no_key_from_the_composer() {
        let keys = keymap();
        for row in TABLE {
            for key in keys.keys(CHAT, row.action) {
                let handled = Composer::with_text("").key(key);
                let free = matches!(handled, Handled::No | Handled::Submit);
                assert!(free, "{key} of {} is the composer's: {handled:?}", row.name);
                assert!(key.typed().is_none(), "{key} is text");
            }
        }
        assert_eq!(keys.action(CHAT, key("f5")), Some(Action::Reconnect));
    }

    #[test]
    fn the_help_has_keys_words_and_editing() {
        let rows = help_rows(&keymap(), |_| Available::Yes);
        let text: Vec<String> = rows.iter().map(|row| format!("{} {}", row.keys, row.title)).collect();
        for wanted in [
            "F1 this help",
            "/human ask for a person",
            "^R F6 send what was not sent, files too",
        ] {
            assert!(text.iter().any(|row| row == wanted), "{wanted} is not in {text:#?}");
        }
    }
}
