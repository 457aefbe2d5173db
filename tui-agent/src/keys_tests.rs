//! The table is right, everything can be reached, and an agent's own keys come over it.

use super::*;
use minicom_tui_kit::testing::{self, key};

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

/// Keys that zellij takes for itself as it comes, before a program in it sees them.
const ZELLIJ: &str = "ctrl-g ctrl-p ctrl-t ctrl-n ctrl-h ctrl-s ctrl-o ctrl-q ctrl-b alt-n alt-i alt-o alt-f alt-h alt-j alt-k alt-l \
                      alt-left alt-right alt-up alt-down alt-= alt-+ alt-hyphen alt-[ alt-] alt-p";

#[test]
fn frequent_actions_have_a_chord_a_function_key_and_a_letter() {
    let keymap = keymap(false).unwrap();
    for action in FREQUENT {
        let name = row_of(*action).unwrap().name;
        let (writing, list) = (keymap.keys(WRITING, *action), keymap.keys(LISTING, *action));
        assert!(
            writing.iter().any(|key| key.is_function_key()),
            "{name} has no function key"
        );
        let chord = |key: &Key| !key.is_function_key() && key.typed().is_none();
        assert!(writing.iter().any(chord), "{name} has no chord");
        assert!(
            list.iter().any(|key| key.typed().is_some()),
            "{name} has no letter in the list"
        );
    }
}

#[test]
fn multiplexers_take_no_action_away() {
    let taken: Vec<Key> = ZELLIJ.split_whitespace().filter_map(|name| name.parse().ok()).collect();
    let keymap = keymap(true).unwrap();
    for row in TABLE {
        let keys = keymap
            .keys(WRITING, row.action)
            .into_iter()
            .chain(keymap.keys(LISTING, row.action));
        let free: Vec<Key> = keys.filter(|key| !taken.contains(key)).collect();
        assert!(
            !free.is_empty() || in_menu(row.action),
            "{} is taken by zellij",
            row.name
        );
        // What tmux and screen wait for.
        for prefix in ["ctrl-a", "ctrl-b"] {
            assert!(
                !free.iter().any(|key| key.to_string() == prefix),
                "{} is on {prefix}",
                row.name
            );
        }
    }
    for action in FREQUENT {
        for contexts in [WRITING, LISTING] {
            let first = keymap.keys(contexts, *action).first().copied();
            assert!(
                first.is_some_and(|key| !taken.contains(&key)),
                "{action:?} is told by {first:?}"
            );
        }
    }
}

/// Terminals of macOS send no Alt unless they are told to.
#[test]
fn nothing_needs_alt_alone() {
    let keymap = keymap(false).unwrap();
    for row in TABLE {
        let all = [WRITING, LISTING]
            .map(|contexts| keymap.keys(contexts, row.action))
            .concat();
        let without = all.iter().any(|key| !key.to_string().starts_with("alt-"));
        assert!(without || in_menu(row.action), "{} needs Alt", row.name);
    }
}

#[test]
fn an_agents_own_keys_come_over_the_table() {
    let own = |text: &str| {
        let names: Vec<&str> = CONTEXTS.iter().map(|(name, _)| *name).collect();
        let config = Config::parse("agent.toml", text, &names)?;
        with_own(keymap(false).unwrap(), &config)
    };
    let map = own("[keys.everywhere]\nf12 = \"done\"\n[keys.list]\nZ = \"quit\"\nq = \"none\"\n").unwrap();
    assert_eq!(map.action(WRITING, key("f12")), Some(A::Done));
    assert_eq!(map.action(LISTING, key("Z")), Some(A::Quit));
    assert_eq!(map.action(LISTING, key("q")), None);
    assert!(as_text(&map).contains("^D F12 F9"), "{}", as_text(&map));
    assert!(own("[keys.compose]\n\"/\" = \"none\"\n\"ctrl-d\" = \"none\"\n").is_ok());
    let refused = |text: &str| own(text).map(drop).unwrap_err()[0].to_string();
    for (text, told) in [
        (
            "[keys.compose]\nx = \"done\"",
            "agent.toml:2:1: \"x\" is text while one writes",
        ),
        (
            "[keys.everywhere]\n\"ctrl-w\" = \"done\"",
            "agent.toml:2:1: \"ctrl-w\" edits the text while one writes",
        ),
        (
            "[keys.compose]\nenter = \"done\"",
            "agent.toml:2:1: \"enter\" sends while one writes",
        ),
        (
            "[keys.compose]\n\"ctrl-a\" = \"done\"",
            "agent.toml:2:1: \"ctrl-a\" edits the text while one writes",
        ),
        (
            "[keys.compose]\nup = \"done\"",
            "agent.toml:2:1: \"up\" edits the text while one writes",
        ),
        (
            "[keys.compose]\nesc = \"none\"",
            "agent.toml:2:1: \"esc\" has nothing in [keys.compose] to take away: \"escape\" is on it in [keys.everywhere]",
        ),
        (
            "[keys.list]\n\"ctrl-x\" = \"done\"",
            "agent.toml:2:1: \"ctrl-x\" is the first of two keys, as in ctrl-x-ctrl-e",
        ),
        (
            "[keys.list]\ng = \"jump\"",
            "agent.toml:2:1: \"g\" has no digit from 1 to 9, which says the row to jump to",
        ),
        (
            "[keys.list]\ng = \"hand-bak\"",
            "agent.toml:2:5: there is no action \"hand-bak\"; did you mean \"hand-back\"?",
        ),
        (
            "[keys.compose]\nf12 = \"send\"\nenter = \"none\"",
            "agent.toml:3:1: \"enter\" stays \"send\", which can have other keys beside it",
        ),
        (
            "[keys.everywhere]\nesc = \"none\"",
            "agent.toml:2:1: \"escape\" has no key left in the list, and needs one",
        ),
    ] {
        assert_eq!(refused(text), told, "{text}");
    }
}

#[test]
fn the_documents_table_is_the_programs() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keys.md");
    testing::same_in_document(file, "minicom-agent", &as_markdown(&keymap(false).unwrap()));
}

#[test]
fn programs_get_a_row_an_action() {
    let text = as_json(&keymap(false).unwrap());
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), TABLE.len());
    let next = rows.iter().find(|row| row["action"] == "next-for-me").unwrap();
    assert_eq!(next["keys"]["everywhere"], serde_json::json!(["ctrl-n", "f2"]));
    assert_eq!(next["keys"]["list"], serde_json::json!(["n"]));
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
