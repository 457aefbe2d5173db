//! A person's own keys: what they change, and every mistake with its place.

use super::*;
use crate::keymap::Row;
use crate::testing::key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Do {
    Next,
    Done,
    Quit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum At {
    Compose,
    List,
    Everywhere,
}

const TABLE: &[Row<Do, At>] = &[
    Row {
        action: Do::Next,
        name: "next-for-me",
        title: "next",
        keys: &[(At::Everywhere, "ctrl-n f2"), (At::List, "n")],
    },
    Row {
        action: Do::Done,
        name: "done",
        title: "done",
        keys: &[(At::Compose, "ctrl-d"), (At::Everywhere, "f9"), (At::List, "e")],
    },
    Row {
        action: Do::Quit,
        name: "interrupt",
        title: "quit",
        keys: &[(At::Everywhere, "ctrl-c")],
    },
];

const NAMES: &[&str] = &["compose", "list", "everywhere"];
const COMPOSE: &[At] = &[At::Compose, At::Everywhere];
const LIST: &[At] = &[At::List, At::Everywhere];
const RULES: Rules<'_, Do, At> = Rules {
    contexts: &[
        ("compose", At::Compose),
        ("list", At::List),
        ("everywhere", At::Everywhere),
    ],
    orders: &[("while writing", COMPOSE), ("in the list", LIST)],
    needed: &[Do::Quit],
    fixed: &[],
    unfit: &|_, context, key| {
        (context != At::List && key.typed().is_some()).then(|| "is text while writing".to_owned())
    },
};

fn merged(text: &str) -> Result<Keymap<Do, At>, Vec<String>> {
    let words = |mistakes: Vec<Mistake>| mistakes.iter().map(Mistake::to_string).collect::<Vec<_>>();
    let config = Config::parse("agent.toml", text, NAMES).map_err(words)?;
    Keymap::new(TABLE).unwrap().merged(&config, &RULES).map_err(words)
}

#[track_caller]
fn refused(text: &str, told: &[&str]) {
    let mistakes = merged(text).map(drop).unwrap_err();
    assert_eq!(mistakes, told, "{text}");
}

#[test]
fn ones_own_keys_come_over_those_of_the_table() {
    let map =
        merged("[keys.everywhere]\n\"Ctrl-Q\" = \"done\"\n\"ctrl-n\" = \"none\"\n[keys.list]\nn = \"done\"\n").unwrap();
    assert_eq!(map.action(COMPOSE, key("ctrl-q")), Some(Do::Done));
    assert_eq!(map.action(COMPOSE, key("ctrl-n")), None);
    assert_eq!(map.action(LIST, key("n")), Some(Do::Done), "bound anew");
    assert_eq!(map.action(LIST, key("e")), Some(Do::Done), "the others stay");
    assert_eq!(map.keys(LIST, Do::Next), [key("f2")]);
    assert_eq!(map.keys(COMPOSE, Do::Done), [key("ctrl-d"), key("ctrl-q"), key("f9")]);
    assert_eq!(merged("").unwrap().keys(COMPOSE, Do::Next), [key("ctrl-n"), key("f2")]);
}

#[test]
fn names_that_there_are_not_are_told_with_the_nearest() {
    refused(
        "mouse = true\n[keys.list]\nx = \"next-for-mee\"\n",
        &["agent.toml:3:5: there is no action \"next-for-mee\"; did you mean \"next-for-me\"?"],
    );
    refused(
        "[keys.lisst]\nx = \"done\"\n",
        &["agent.toml:1:7: there is no table of keys \"lisst\"; did you mean \"list\"?"],
    );
    refused(
        "[keys.list]\n\"cntrl-x\" = \"done\"\n",
        &[
            "agent.toml:2:1: \"cntrl-x\" is no key: write it like ctrl-n, alt-enter, f5, pgup or a single character; did you mean \"ctrl-x\"?",
        ],
    );
}

#[test]
fn two_actions_on_one_press_stop_the_start() {
    refused(
        "[keys.everywhere]\n\"ctrl-_\" = \"done\"\n\"ctrl-/\" = \"next-for-me\"\n",
        &["agent.toml:3:1: \"ctrl-_\" is bound in line 2 already: it is the same key"],
    );
    refused(
        "[keys.everywhere]\n\"ctrl-d\" = \"next-for-me\"\n",
        &[
            "agent.toml:2:1: \"ctrl-d\" would be two actions while writing: \"next-for-me\" here and \"done\" in [keys.compose]; bind it there instead, or to \"none\" there",
        ],
    );
    assert!(merged("[keys.everywhere]\n\"ctrl-d\" = \"next-for-me\"\n[keys.compose]\n\"ctrl-d\" = \"none\"\n").is_ok());
    assert!(
        merged("[keys.everywhere]\n\"ctrl-d\" = \"done\"\n").is_ok(),
        "the same action is no conflict"
    );
}

#[test]
fn what_is_needed_keeps_a_key_and_what_cannot_be_is_told() {
    refused(
        "[keys.everywhere]\n\"ctrl-c\" = \"none\"\n",
        &[
            "agent.toml:2:1: \"interrupt\" has no key left in the list, and needs one",
            "agent.toml:2:1: \"interrupt\" has no key left while writing, and needs one",
        ],
    );
    assert!(merged("[keys.everywhere]\n\"ctrl-c\" = \"none\"\n\"ctrl-q\" = \"interrupt\"\n").is_ok());
    refused(
        "[keys.compose]\nx = \"done\"\n",
        &["agent.toml:2:1: \"x\" is text while writing"],
    );
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let mistakes = merged("[keys.list]\nz = \"dne\"\na = \"nxt\"\n").map(drop).unwrap_err();
    assert_eq!(mistakes.len(), 2);
    assert!(mistakes[0].starts_with("agent.toml:2:5: "), "{mistakes:?}");
}

#[test]
fn a_key_is_taken_away_where_it_is() {
    refused(
        "[keys.compose]\nf9 = \"none\"\n",
        &["agent.toml:2:1: \"f9\" has nothing in [keys.compose] to take away: \"done\" is on it in [keys.everywhere]"],
    );
    refused(
        "[keys.compose]\nx = \"none\"\n",
        &["agent.toml:2:1: \"x\" is text while writing"],
    );
    assert!(merged("[keys.compose]\n\"ctrl-d\" = \"none\"\n[keys.list]\nn = \"none\"\n").is_ok());
}

/// The mistakes of a whole file, without its name.
fn mistakes(text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agent.toml");
    std::fs::write(&file, text).unwrap();
    let read = Config::with_keys(Some(&file), "agent.toml", NAMES, |config| {
        Keymap::new(TABLE).unwrap().merged(config, &RULES)
    });
    let told = read.map(drop).unwrap_err();
    told.iter()
        .filter_map(|it| it.to_string().split("agent.toml:").nth(1).map(str::to_owned))
        .collect()
}

#[test]
fn a_table_that_there_is_not_hides_no_other_mistake() {
    let text = "[keys.chat]\nz = \"done\"\n[keys.list]\nz = \"dne\"\n\"hyper-q\" = \"done\"\n[keys.everywhere]\n\"ctrl-c\" = \"none\"\n";
    assert_eq!(
        mistakes(text),
        [
            "1:7: there is no table of keys \"chat\"; known are compose, list, everywhere",
            "4:5: there is no action \"dne\"; did you mean \"done\"?",
            "5:1: \"hyper-q\" is no key: write it like ctrl-n, alt-enter, f5, pgup or a single character",
        ],
        "what would only follow from them is not told"
    );
}

#[test]
fn a_mistake_that_is_not_of_keys_hides_no_key_that_is_missed() {
    let of_keys = "[keys.everywhere]\n\"ctrl-c\" = \"none\"\n\"ctrl-d\" = \"next-for-me\"\n";
    let lines = |text: &str| -> Vec<String> {
        mistakes(text)
            .iter()
            .filter_map(|it| it.split(':').next().map(str::to_owned))
            .collect()
    };
    assert_eq!(lines(&format!("mouse = 3\n{of_keys}")), ["1", "3", "3", "4"]);
    assert_eq!(lines(&format!("[notify]\nbel = true\n{of_keys}")), ["2", "4", "4", "5"]);
    assert_eq!(
        lines(&format!("[key.list]\nq = \"interrupt\"\n{of_keys}")),
        ["1"],
        "what has an unknown name may have been meant as keys"
    );
}
