//! Lookup, conflicts, hints.

use super::*;
use crate::testing::key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Do {
    Next,
    Take,
    Send,
    Help,
    Down,
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
        name: "next",
        title: "open what needs me most",
        keys: &[(At::Everywhere, "ctrl-n f2"), (At::List, "n")],
    },
    Row {
        action: Do::Take,
        name: "take-over",
        title: "take over",
        keys: &[(At::Everywhere, "ctrl-t"), (At::List, "t")],
    },
    Row {
        action: Do::Send,
        name: "send",
        title: "send",
        keys: &[(At::Compose, "enter")],
    },
    Row {
        action: Do::Down,
        name: "down",
        title: "move down",
        keys: &[(At::List, "j down")],
    },
    Row {
        action: Do::Help,
        name: "help",
        title: "show the keys",
        keys: &[(At::Everywhere, "f1"), (At::List, "?")],
    },
];

const COMPOSE: &[At] = &[At::Compose, At::Everywhere];
const LIST: &[At] = &[At::List, At::Everywhere];

fn map() -> Keymap<Do, At> {
    Keymap::new(TABLE).unwrap()
}

fn footer(map: &Keymap<Do, At>, contexts: &[At], columns: u16) -> String {
    let hints = [
        Hint::with(Do::Next, Shown::line("next: carol 4:10")),
        Hint::of(Do::Take, "take over"),
        Hint::of(Do::Down, "down"),
        Hint::words("/end finish"),
    ];
    let line = map.footer(contexts, &hints, &Hint::of(Do::Help, "help"), columns, &Theme::ansi());
    let text: String = line.spans.iter().map(|span| span.content.as_ref()).collect();
    assert!(width(&text) <= usize::from(columns).max(8), "{text:?}");
    text
}

#[test]
fn the_first_context_that_knows_a_key_decides() {
    let map = map();
    assert_eq!(map.action(COMPOSE, key("ctrl-n")), Some(Do::Next));
    assert_eq!(map.action(COMPOSE, key("n")), None, "letters are text while composing");
    assert_eq!(map.action(LIST, key("n")), Some(Do::Next));
    assert_eq!(map.action(COMPOSE, key("enter")), Some(Do::Send));
    assert_eq!(map.action(LIST, key("enter")), None);
}

#[test]
fn footers_drop_from_the_end_and_help_last() {
    let map = map();
    assert_eq!(
        footer(&map, COMPOSE, 60),
        " ^N next: carol 4:10  ^T take over  /end finish      F1 help"
    );
    assert_eq!(
        footer(&map, COMPOSE, 45),
        " ^N next: carol 4:10  ^T take over    F1 help"
    );
    assert_eq!(footer(&map, COMPOSE, 30), " ^N next: carol 4:10   F1 help");
    assert_eq!(footer(&map, COMPOSE, 20), "             F1 help");
    assert!(footer(&map, COMPOSE, 3).ends_with("F1 help"));
    assert!(
        footer(&map, LIST, 60).starts_with(" n next"),
        "the first context's key is the hint"
    );
    let zellij = map.prefer_function_keys(true);
    assert!(footer(&zellij, COMPOSE, 60).starts_with(" F2 next: carol"));
}

#[test]
fn help_tells_all_keys_and_reasons() {
    let rows = map().help(LIST, |action| match action {
        Do::Take => Available::No(Shown::fixed("needs a connection")),
        _ => Available::Yes,
    });
    let words: Vec<String> = rows
        .iter()
        .map(|row| format!("{}|{}|{}", row.keys, row.title, row.reason.clone().unwrap_or_default()))
        .collect();
    assert_eq!(
        words,
        [
            "n ^N F2|open what needs me most|",
            "t ^T|take over|needs a connection",
            "j Down|move down|",
            "? F1|show the keys|"
        ]
    );
}

#[test]
fn wrong_tables_are_refused() {
    const TWO_ON_ONE: &[Row<u8, u8>] = &[
        Row {
            action: 1,
            name: "one",
            title: "",
            keys: &[(0, "ctrl-h")],
        },
        Row {
            action: 2,
            name: "two",
            title: "",
            keys: &[(0, "backspace")],
        },
    ];
    assert_eq!(
        Keymap::new(TWO_ON_ONE).unwrap_err().to_string(),
        "backspace is on both one and two"
    );
    const NO_KEY: &[Row<u8, u8>] = &[Row {
        action: 1,
        name: "one",
        title: "",
        keys: &[(0, "ctrl-entr")],
    }];
    assert!(
        Keymap::new(NO_KEY)
            .unwrap_err()
            .to_string()
            .starts_with("action one: \"ctrl-entr\" is no key")
    );
    const TWICE: &[Row<u8, u8>] = &[
        Row {
            action: 1,
            name: "one",
            title: "",
            keys: &[],
        },
        Row {
            action: 1,
            name: "two",
            title: "",
            keys: &[],
        },
    ];
    assert_eq!(Keymap::new(TWICE).unwrap_err(), TableWrong::Twice("two"));
}
