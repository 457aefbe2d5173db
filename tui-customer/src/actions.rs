//! What a customer can do by a key: the one table that lookup, footer, help, palette, `minicom-chat keys` and the table of `docs/keys.md`
//! are made from. It refuses to know how anything is done.

use minicom_tui_kit::{
    Available, Keymap, composer,
    config::{Config, Mistake, Source},
    help,
    keymap::{HelpRow, Row, Rules},
};

use crate::{model::SettingsRead, slash::Word};

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
    /// Look for articles.
    Find,
    /// Copy the newest line.
    Copy,
    /// Only the chat, so that the terminal's own selection takes text and nothing else.
    Bare,
    /// Whether wheel and clicks come here, or stay the terminal's.
    Mouse,
    /// What the file of settings says by now.
    ReloadSettings,
    /// Every action and every word, by name.
    Menu,
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
pub const TABLE: &[Row<Action, Context>] = &[
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
    row(
        Action::Find,
        "find",
        "look for articles",
        &[(Context::Chat, "ctrl-f f3")],
    ),
    row(
        Action::Copy,
        "copy",
        "copy the newest line",
        &[(Context::Chat, "alt-c f4")],
    ),
    row(
        Action::Menu,
        "menu",
        "every action and word, by name",
        &[(Context::Chat, "ctrl-k f10")],
    ),
    row(
        Action::Bare,
        "bare",
        "only the chat, to select text with the mouse",
        &[(Context::Chat, "alt-l f11")],
    ),
    row(
        Action::Mouse,
        "mouse",
        "clicks and wheel: here, or the terminal's",
        &[(Context::Chat, "alt-m f12")],
    ),
    row(
        Action::ReloadSettings,
        "reload-settings",
        "read my file of settings again",
        &[(Context::Chat, "ctrl-x-ctrl-r")],
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
        "clear; with nothing written, twice in 2 s: quit",
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

/// The contexts by their names in a file of settings.
pub const CONTEXTS: &[(&str, Context)] = &[("chat", Context::Chat)];

/// What a customer cannot be without: the ways out, and the ones to everything else.
const NEEDED: &[Action] = &[Action::Clear, Action::Escape, Action::Help];

/// The table, checked.
pub fn keymap() -> Keymap<Action, Context> {
    Keymap::new(TABLE).expect("the table of keys is checked by a test")
}

/// The file of settings in the platform's folder for them.
pub(crate) const FILE: &str = "chat.toml";

pub(crate) fn contexts() -> Vec<&'static str> {
    CONTEXTS.iter().map(|(name, _)| *name).collect()
}

/// The table for this terminal: Zellij takes the chords for itself.
pub(crate) fn keymap_here() -> Keymap<Action, Context> {
    keymap().prefer_function_keys(std::env::var_os("ZELLIJ").is_some())
}

/// Reads the file of settings again for a program that runs. Blocking.
pub(crate) fn reread(source: &Source) -> SettingsRead {
    let read = source.read(FILE, &contexts(), |config| with_own(keymap_here(), config));
    read.map(Box::new)
}

/// The table with a customer's own keys over it.
///
/// # Errors
/// What is wrong in the customer's file of settings.
pub fn with_own(keymap: Keymap<Action, Context>, config: &Config) -> Result<Keymap<Action, Context>, Vec<Mistake>> {
    let rules = Rules {
        contexts: CONTEXTS,
        orders: &[("in the chat", CHAT)],
        needed: NEEDED,
        fixed: &[Action::Send],
        unfit: &|action, _, key| composer::is_for_text(key, matches!(action, None | Some(Action::Send))),
    };
    keymap.merged(config, &rules)
}

/// Whether the menu offers it. Moving about is left out: each of those is one key away, and none is looked for by name.
pub fn in_menu(action: Action) -> bool {
    !matches!(
        action,
        Action::Send
            | Action::Older
            | Action::Newer
            | Action::RowUp
            | Action::RowDown
            | Action::Latest
            | Action::Complete
            | Action::Menu
            | Action::Escape
    )
}

/// The whole table for programs, for `minicom-chat keys --json`: a row an action.
pub fn as_json(keymap: &Keymap<Action, Context>) -> String {
    keymap.as_json(CONTEXTS)
}

/// The whole table for `docs/keys.md`.
pub fn as_markdown(keymap: &Keymap<Action, Context>) -> String {
    keymap.as_markdown(&[("keys", CHAT)])
}

/// The keys, words and keys of writing as text, for `minicom-chat keys`.
pub fn as_text(keymap: &Keymap<Action, Context>) -> String {
    let rows = help_rows(keymap, |_| Available::Yes);
    let columns = rows.iter().map(|row| row.keys.chars().count()).max().unwrap_or(0);
    let line = |row: &HelpRow| format!("{:columns$}  {}\n", row.keys, row.title);
    rows.iter().map(line).collect()
}

/// All rows of the help: keys, words, and the keys of writing.
pub fn help_rows(keys: &Keymap<Action, Context>, available: impl Fn(Action) -> Available) -> Vec<HelpRow> {
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
    rows.extend(help::writing(|key| keys.action(CHAT, key).is_none()));
    rows
}

#[cfg(test)]
#[path = "actions_tests.rs"]
mod tests;
