//! The table of keys: what an agent can do, by which keys, in which context. Footer, help, palette, lookup, `minicom-agent keys` and the
//! table of `docs/keys.md` are made from it. It refuses to know what an action does.

mod action;
mod table;

use minicom_tui_kit::{
    Available, Key, Keymap, composer,
    config::{Config, Mistake},
    help,
    keymap::{HelpRow, Row, Rules, TableWrong},
};

pub use self::{action::Action, table::TABLE};

/// Where keys mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The cursor is in the composer; everything that prints is text.
    Compose,
    /// The cursor is in the list; letters are orders.
    List,
    /// Both.
    Everywhere,
}

use Action as A;
use Context::{Compose, Everywhere, List};

/// The contexts by their names in a file of settings.
pub const CONTEXTS: &[(&str, Context)] = &[("compose", Compose), ("list", List), ("everywhere", Everywhere)];

/// What an agent does all day. Each of these has a chord, a function key and a letter of the list, as any of the three may be taken by
/// a terminal or a multiplexer.
pub const FREQUENT: &[Action] = &[
    A::Next,
    A::TakeOver,
    A::HandBack,
    A::Done,
    A::Note,
    A::Find,
    A::Menu,
    A::SavedReplies,
    A::Transfer,
    A::Help,
];

/// What an agent cannot be without: the ways out, and the one to everything else.
const NEEDED: &[Action] = &[A::Interrupt, A::Escape, A::Menu];

/// An action's row.
pub fn row_of(action: Action) -> Option<&'static Row<Action, Context>> {
    TABLE.iter().find(|row| row.action == action)
}

/// Whether the menu offers it. Moving about is left out: each of those is one key away, and none is looked for by name.
pub fn in_menu(action: Action) -> bool {
    !matches!(
        action,
        A::Send
            | A::Open
            | A::Menu
            | A::Jump
            | A::Up
            | A::Down
            | A::First
            | A::Last
            | A::PageUp
            | A::PageDown
            | A::RowUp
            | A::RowDown
            | A::Escape
            | A::Interrupt
    )
}

/// The contexts in which keys are looked up, the first one first.
pub fn contexts(composing: bool) -> &'static [Context] {
    if composing { WRITING } else { LISTING }
}

const WRITING: &[Context] = &[Compose, Everywhere];
const LISTING: &[Context] = &[List, Everywhere];

/// The checked table. `function_keys_first` for multiplexers that take chords for themselves.
///
/// # Errors
/// The table is wrong; a test keeps it right.
pub fn keymap(function_keys_first: bool) -> Result<Keymap<Action, Context>, TableWrong> {
    Ok(Keymap::new(TABLE)?.prefer_function_keys(function_keys_first))
}

/// The table with an agent's own keys over it.
///
/// # Errors
/// What is wrong in the agent's file of settings.
pub fn with_own(keymap: Keymap<Action, Context>, config: &Config) -> Result<Keymap<Action, Context>, Vec<Mistake>> {
    let rules = Rules {
        contexts: CONTEXTS,
        orders: &[("while writing", WRITING), ("in the list", LISTING)],
        needed: NEEDED,
        fixed: &[A::Send],
        unfit: &unfit,
    };
    keymap.merged(config, &rules)
}

/// Why an action cannot have a key.
fn unfit(action: Option<Action>, context: Context, key: Key) -> Option<String> {
    let digit = key.to_string().chars().last().and_then(|it| it.to_digit(10));
    if action == Some(A::Jump) && digit.is_none_or(|it| it == 0) {
        return Some("has no digit from 1 to 9, which says the row to jump to".to_owned());
    }
    let opens_when_empty = action == Some(A::SavedReplies) && key.typed().is_some();
    if context == List || opens_when_empty {
        return composer::is_half_a_key(key);
    }
    composer::is_for_text(key, matches!(action, None | Some(A::Send)))
}

/// The rows of the help in a context. Nine keys for nine rows are told as one.
pub fn help_rows(
    keymap: &Keymap<Action, Context>,
    composing: bool,
    available: impl Fn(Action) -> Available,
) -> Vec<HelpRow> {
    let mut rows = keymap.help(contexts(composing), available);
    // Who has bound some anew reads each.
    let usual = keymap.keys(contexts(composing), A::Jump).len() == if composing { 9 } else { 18 };
    let jump = |row: &&mut HelpRow| usual && row.title == keymap.title(A::Jump);
    for row in rows.iter_mut().filter(jump) {
        row.keys = if composing { "Alt+1..9" } else { "1..9 Alt+1..9" }.to_owned();
    }
    if composing {
        rows.extend(help::writing(|key| keymap.action(WRITING, key).is_none()));
    }
    rows
}

/// The whole table for programs, for `minicom-agent keys --json`: a row an action.
pub fn as_json(keymap: &Keymap<Action, Context>) -> String {
    keymap.as_json(CONTEXTS)
}

/// The whole table for `docs/keys.md`.
pub fn as_markdown(keymap: &Keymap<Action, Context>) -> String {
    keymap.as_markdown(&[("while writing", WRITING), ("in the list", LISTING)])
}

/// The whole table as text, for `minicom-agent keys`.
pub fn as_text(keymap: &Keymap<Action, Context>) -> String {
    let mut out = String::new();
    for (title, composing) in [("While writing", true), ("In the list (after Esc)", false)] {
        let rows = help_rows(keymap, composing, |_| Available::Yes);
        let columns = rows.iter().map(|row| row.keys.chars().count()).max().unwrap_or(0);
        out.push_str(&format!("{title}:\n"));
        for row in rows {
            out.push_str(&format!("  {:columns$}  {}\n", row.keys, row.title));
        }
        out.push('\n');
    }
    out.pop();
    out
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
