//! The table of keys: what an agent can do, by which keys, in which context. Footer, help, lookup and `minicom-agent keys` are
//! made from it. It refuses to know what an action does.

mod action;

use minicom_tui_kit::{
    Available, Keymap,
    composer::EDITING_KEYS,
    help,
    keymap::{HelpRow, Row, TableWrong},
};

pub use self::action::Action;

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

const fn row(
    action: A,
    name: &'static str,
    title: &'static str,
    keys: &'static [(Context, &'static str)],
) -> Row<A, Context> {
    Row {
        action,
        name,
        title,
        keys,
    }
}

/// All actions.
#[rustfmt::skip]
pub const TABLE: &[Row<Action, Context>] = &[
    row(A::Send, "send", "send; take over where the title says so", &[(Compose, "enter")]),
    row(A::Open, "open", "to the composer; on a section: fold", &[(List, "enter i")]),
    row(A::Next, "next-for-me", "next that needs me: open and claim", &[(Everywhere, "ctrl-n f2"), (List, "n")]),
    row(A::Previous, "previous-of-mine", "previous conversation of mine", &[(Everywhere, "ctrl-p")]),
    row(A::NextUnread, "next-unread", "next unread of mine, claims nothing", &[(Everywhere, "alt-a")]),
    row(A::Jump, "jump", "row 1 to 9 of the list", &[
        (Everywhere, "alt-1 alt-2 alt-3 alt-4 alt-5 alt-6 alt-7 alt-8 alt-9"), (List, "1 2 3 4 5 6 7 8 9")]),
    row(A::TakeOver, "take-over", "take over", &[(Everywhere, "ctrl-t"), (List, "t")]),
    row(A::HandBack, "hand-back", "back to the bot", &[(Everywhere, "f4"), (List, "b")]),
    row(A::Transfer, "transfer", "to a colleague, a group or the queue", &[(Everywhere, "f7"), (List, "x")]),
    row(A::Assign, "assign", "make somebody the owner (admins)", &[(List, "A")]),
    row(A::Snooze, "snooze", "put aside until later; take up again", &[(List, "s")]),
    row(A::Intent, "intent", "be available, busy or away", &[(Everywhere, "alt-p"), (List, "P")]),
    row(A::Done, "done", "done: end the chat; again within 5 s: undo", &[(Compose, "ctrl-d"), (Everywhere, "f9"), (List, "e")]),
    row(A::Undo, "undo", "undo done", &[(List, "u ctrl-_")]),
    row(A::SavedReplies, "saved-replies", "a saved reply; // for a real slash", &[(Compose, "/")]),
    row(A::Note, "note", "write a note, which only agents see", &[(Compose, "tab"), (Everywhere, "f6"), (List, "m")]),
    row(A::Article, "article", "an article with the reply", &[(List, "a")]),
    row(A::Suggestion, "suggestion", "what fits best into the reply", &[(Everywhere, "alt-s")]),
    row(A::Suggestions, "suggestions", "all that fits: articles, saved replies", &[(Everywhere, "alt-h"), (List, "h")]),
    row(A::SuggestionsShown, "show-suggestions", "show or hide what fits (also /suggest on, off)", &[]),
    row(A::Recap, "summary", "the chat in a few lines (also /summary)", &[(Everywhere, "alt-r"), (List, "R")]),
    row(A::AttachFile, "attach-file", "a file with the reply (also /attach)", &[(Everywhere, "ctrl-o"), (List, "+")]),
    row(A::Files, "files", "the files of this chat: fetch, open", &[(Everywhere, "alt-o"), (List, "F")]),
    row(A::AsFile, "as-file", "send a large paste as a file", &[(Everywhere, "alt-v")]),
    row(A::DropFile, "drop-file", "take a file off; stop one that comes", &[(Everywhere, "alt-x")]),
    row(A::Editor, "editor", "write this in your own editor", &[(Everywhere, "ctrl-x-ctrl-e"), (List, "v")]),
    row(A::Quote, "quote", "answer one line", &[(Everywhere, "alt-q"), (List, "Q")]),
    row(A::EditLast, "edit-last", "change my last line", &[(Everywhere, "alt-e"), (List, "E")]),
    row(A::WithdrawLast, "withdraw-last", "take my last line back", &[(List, "W")]),
    row(A::Blank, "blank-out", "blank a secret out, for good", &[(List, "B")]),
    row(A::ReadInFull, "read-in-full", "read the long line on the screen in full", &[(List, "l")]),
    row(A::Copy, "copy", "copy a line, a block or the chat", &[(List, "y")]),
    row(A::Pipe, "pipe", "a line through a command; !! the chat", &[(List, "!")]),
    row(A::Tags, "tags", "tags", &[(List, "#")]),
    row(A::Priority, "priority", "how urgent it is", &[(List, "p")]),
    row(A::Subject, "subject", "what it is about", &[(List, "S")]),
    row(A::Ticket, "ticket", "make a ticket of it", &[(List, "K")]),
    row(A::Retry, "retry", "send again what was not sent", &[(List, "r")]),
    row(A::Discard, "discard", "drop what was not sent", &[(List, "d")]),
    row(A::Down, "down", "next row", &[(List, "j down")]),
    row(A::Up, "up", "row before", &[(List, "k up")]),
    row(A::First, "first", "first row", &[(List, "g home")]),
    row(A::Last, "last", "last row", &[(List, "G")]),
    row(A::Fold, "fold", "show or hide the section", &[(List, "-")]),
    row(A::Mark, "mark", "mark the row; on a section: fold", &[(List, "space")]),
    row(A::MarkAll, "mark-all", "mark all rows of the section, or none", &[(List, "*")]),
    row(A::Filter, "filter", "only rows that fit", &[(List, "f")]),
    row(A::Sort, "sort", "another order of the rows", &[(List, "o")]),
    row(A::Views, "views", "views: filters with names", &[(List, "V")]),
    row(A::MarkUnread, "mark-unread", "show as unread", &[(List, "U")]),
    row(A::PageUp, "page-up", "older lines", &[(Everywhere, "pgup")]),
    row(A::PageDown, "page-down", "newer lines", &[(Everywhere, "pgdn")]),
    row(A::RowUp, "row-up", "older lines, by a row", &[(Everywhere, "shift-up")]),
    row(A::RowDown, "row-down", "newer lines, by a row", &[(Everywhere, "shift-down")]),
    row(A::Latest, "latest", "latest line", &[(Everywhere, "end")]),
    row(A::Divider, "unread-divider", "first unread line", &[(Everywhere, "alt-u")]),
    row(A::Details, "details", "customer's details", &[(Everywhere, "f8"), (List, "c")]),
    row(A::OpenEarlier, "open-earlier", "an earlier chat or ticket of the customer", &[]),
    row(A::CustomerEdit, "edit-customer", "name, address and attributes of the customer", &[]),
    row(A::Merge, "merge", "join two customers who are one person", &[]),
    row(A::Block, "block", "keep the customer out; let in again", &[(List, "X")]),
    row(A::Find, "find", "find what was said; Tab: here or everywhere", &[(Everywhere, "ctrl-f f3"), (List, "/")]),
    row(A::NextHit, "next-hit", "older place with the words found; n in the list", &[(Everywhere, "alt-n")]),
    row(A::PreviousHit, "previous-hit", "newer place with the words found", &[(List, "N")]),
    row(A::Mentions, "mentions", "notes that mention me", &[(Everywhere, "alt-m"), (List, "@")]),
    row(A::Tickets, "tickets", "the list of tickets", &[(List, "T")]),
    row(A::Why, "why", "why it waits, and who may take it", &[(Everywhere, "alt-w"), (List, "w")]),
    row(A::Workload, "workload", "who has how much to do", &[(List, "L")]),
    row(A::Queue, "queue", "the queue in numbers", &[(List, "O")]),
    row(A::Statistics, "statistics", "figures of today, 7, 30, 90 days", &[(List, "%")]),
    row(A::Transcript, "transcript", "write the chat to a file", &[(List, "D")]),
    row(A::Replies, "replies", "saved replies: make, change, delete", &[]),
    row(A::Articles, "articles", "articles: make, change, delete", &[]),
    row(A::Lessons, "lessons", "what the bot could learn; gaps", &[]),
    row(A::Groups, "groups", "groups and their members", &[]),
    row(A::Agents, "agents", "agents, their skills, and how much each can have", &[]),
    row(A::DeskSettings, "desk-settings", "what the desk has chosen", &[]),
    row(A::Menu, "menu", "every action, and conversations by name", &[(Everywhere, "ctrl-k f10"), (List, ":")]),
    row(A::Reconnect, "reconnect", "connect now", &[(Everywhere, "f5")]),
    row(A::Escape, "escape", "close, to the latest line, to the list", &[(Everywhere, "esc")]),
    row(A::Help, "help", "these keys", &[(Everywhere, "f1"), (List, "?")]),
    row(A::Interrupt, "interrupt", "clear what is written; twice: quit", &[(Everywhere, "ctrl-c")]),
    row(A::Quit, "quit", "quit", &[(List, "q")]),
    row(A::Redraw, "redraw", "draw anew", &[(Everywhere, "ctrl-l")]),
    row(A::Suspend, "suspend", "to the shell", &[(Everywhere, "ctrl-z")]),
];

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
    if composing {
        &[Compose, Everywhere]
    } else {
        &[List, Everywhere]
    }
}

/// The checked table. `function_keys_first` for multiplexers that take chords for themselves.
///
/// # Errors
/// The table is wrong; a test keeps it right.
pub fn keymap(function_keys_first: bool) -> Result<Keymap<Action, Context>, TableWrong> {
    Ok(Keymap::new(TABLE)?.prefer_function_keys(function_keys_first))
}

/// The rows of the help in a context. Nine keys for nine rows are told as one.
pub fn help_rows(
    keymap: &Keymap<Action, Context>,
    composing: bool,
    available: impl Fn(Action) -> Available,
) -> Vec<HelpRow> {
    let mut rows = keymap.help(contexts(composing), available);
    for row in rows.iter_mut().filter(|row| row.title == keymap.title(A::Jump)) {
        row.keys = if composing { "Alt+1..9" } else { "1..9 Alt+1..9" }.to_owned();
    }
    if composing {
        rows.extend(help::rows_of(EDITING_KEYS));
    }
    rows
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
mod tests {
    use super::*;
    use minicom_tui_kit::{Key, testing::key};

    #[test]
    fn the_table_is_right_and_every_action_can_be_reached() {
        let keymap = keymap(false).unwrap();
        for row in TABLE {
            let reachable = [true, false].map(|composing| !keymap.keys(contexts(composing), row.action).is_empty());
            assert!(
                reachable.contains(&true) || in_menu(row.action),
                "{} has no key and is not in the menu",
                row.name
            );
        }
    }

    #[test]
    fn frequent_actions_have_a_chord_a_function_key_and_a_letter() {
        let keymap = keymap(false).unwrap();
        for (action, compose, function, letter) in [
            (A::Next, "ctrl-n", "f2", "n"),
            (A::HandBack, "f4", "f4", "b"),
            (A::Done, "ctrl-d", "f9", "e"),
            (A::TakeOver, "ctrl-t", "ctrl-t", "t"),
            (A::Help, "f1", "f1", "?"),
        ] {
            assert_eq!(keymap.action(contexts(true), key(compose)), Some(action));
            assert_eq!(keymap.action(contexts(true), key(function)), Some(action));
            assert_eq!(keymap.action(contexts(false), key(letter)), Some(action));
        }
    }

    #[test]
    fn what_comes_later_is_not_bound() {
        let keymap = keymap(false).unwrap();
        assert_eq!(keymap.action(contexts(false), key("z")), None);
    }

    #[test]
    fn no_action_steals_a_letter_from_the_composer() {
        for row in TABLE {
            for (context, names) in row.keys.iter().filter(|(context, _)| *context != List) {
                for key in names.split_whitespace().filter_map(|name| name.parse::<Key>().ok()) {
                    let opens_saved_replies = row.action == A::SavedReplies && key.typed() == Some('/');
                    assert!(
                        key.typed().is_none() || opens_saved_replies,
                        "{} {context:?} {key}",
                        row.name
                    );
                }
            }
        }
    }

    #[test]
    fn the_printed_table_has_both_contexts() {
        let text = as_text(&keymap(false).unwrap());
        assert!(text.contains("^N F2"), "{text}");
        assert!(text.contains("1..9 Alt+1..9"), "{text}");
        assert!(text.contains("new line (also \\ then Enter)"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 100), "{text}");
    }
}
