//! The table is right, no action steals a letter, and a customer's own keys come over it.

use minicom_tui_kit::{
    Composer, Key,
    composer::Handled,
    testing::{self, key},
};

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

/// Keys that zellij takes for itself as it comes, before a program in it sees them.
const ZELLIJ: &str = "ctrl-g ctrl-p ctrl-t ctrl-n ctrl-h ctrl-s ctrl-o ctrl-q ctrl-b alt-n alt-i alt-o alt-f alt-h alt-j alt-k \
                      alt-l alt-left alt-right alt-up alt-down alt-= alt-+ alt-hyphen alt-[ alt-] alt-p";

#[test]
fn multiplexers_take_no_action_away_and_the_keys_that_are_told_are_free() {
    let taken: Vec<Key> = ZELLIJ.split_whitespace().filter_map(|name| name.parse().ok()).collect();
    let keys = keymap().prefer_function_keys(true);
    for row in TABLE {
        let first = keys.keys(CHAT, row.action).first().copied();
        assert!(
            first.is_some_and(|key| !taken.contains(&key)),
            "{} is told by {first:?}",
            row.name
        );
        for prefix in ["ctrl-a", "ctrl-b"] {
            assert_ne!(keys.action(CHAT, key(prefix)), Some(row.action), "{prefix}");
        }
    }
}

/// Terminals of macOS send no Alt unless they are told to.
#[test]
fn nothing_needs_alt_alone() {
    let keys = keymap();
    for row in TABLE {
        let all = keys.keys(CHAT, row.action);
        let without = all.iter().any(|key| !key.to_string().starts_with("alt-"));
        assert!(without || in_menu(row.action), "{} needs Alt", row.name);
    }
}

#[test]
fn a_customers_own_keys_come_over_the_table() {
    let own = |text: &str| with_own(keymap(), &Config::parse("chat.toml", text, &["chat"])?);
    let keys = own("[keys.chat]\n\"ctrl-g\" = \"files\"\nf9 = \"none\"\n").unwrap();
    assert_eq!(keys.action(CHAT, key("ctrl-g")), Some(Action::Files));
    assert_eq!(keys.action(CHAT, key("f9")), None);
    assert!(as_text(&keys).contains("^G Alt+O"), "{}", as_text(&keys));
    let told = |text: &str| own(text).map(drop).unwrap_err()[0].to_string();
    assert_eq!(
        told("[keys.chat]\nx = \"files\""),
        "chat.toml:2:1: \"x\" is text while one writes"
    );
    assert_eq!(
        told("[keys.chat]\n\"alt-b\" = \"files\""),
        "chat.toml:2:1: \"alt-b\" edits the text while one writes"
    );
    assert_eq!(
        told("[keys.chat]\nesc = \"none\""),
        "chat.toml:2:1: \"escape\" has no key left in the chat, and needs one"
    );
    assert_eq!(
        told("[keys.chat]\nenter = \"none\""),
        "chat.toml:2:1: \"enter\" stays \"send\", which can have other keys beside it"
    );
    assert!(own("[keys.chat]\nf12 = \"send\"\nenter = \"send\"").is_ok());
    assert!(own("[keys.chat]\nend = \"latest\"").is_ok(), "it is so already");
    assert_eq!(
        told("[keys.chat]\nf9 = \"file\""),
        "chat.toml:2:6: there is no action \"file\"; did you mean \"files\"?"
    );
}

#[test]
fn the_documents_table_is_the_programs() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keys.md");
    testing::same_in_document(file, "minicom-chat", &as_markdown(&keymap()));
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
