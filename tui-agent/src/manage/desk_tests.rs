use minicom_protocol::{intake::Priority, settings::First};

use super::*;

fn mistakes(text: &str) -> String {
    match parse("desk.toml", text) {
        Ok(_) => String::new(),
        Err(mistakes) => mistakes.iter().map(|it| format!("{it}\n")).collect(),
    }
}

#[test]
fn bad_files_are_refused_line_by_line() {
    let check = |text: &str, expected: &str| {
        let found = mistakes(text);
        assert!(
            found.starts_with(expected) && !found.is_empty(),
            "{text:?} gives {found}"
        );
    };
    check(
        "first = \"bott\"\n",
        "desk.toml:1:9: `first` cannot be \"bott\"; it is \"bot\" or \"queue\"; did you mean \"bot\"?",
    );
    check(
        "name = \"x\"\nfirts = \"bot\"\n",
        "desk.toml:2:1: there is no `firts`; did you mean `first`?",
    );
    check(
        "[hours]\nweek.mon = []\n",
        "desk.toml:1:1: `hours` is without `zone`, which it must have",
    );
    check(
        "[hours]\nzone = \"UTC\"\nweek.mno = []\n",
        "desk.toml:3:6: there is no `hours.week.mno`",
    );
    check(
        "[hours]\nzone = \"UTC\"\nweek.mon = [\"9-12\"]\n",
        "desk.toml:3:1: hours.week.mon: \"9-12\" is no interval",
    );
    check("name = \"x\"\n\ncapacity = 0\n", "desk.toml:3:1: capacity is 0");
    check(
        "capacity = -1\n",
        "desk.toml:1:12: `capacity` must be a whole number, 0 or more, and is -1",
    );
    check(
        "capacity = \"five\"\n",
        "desk.toml:1:12: `capacity` must be a whole number, 0 or more, and is \"five\"",
    );
    check("name = 7\n", "desk.toml:1:8: `name` must be a text in quotes, and is 7");
    check(
        "require_totp = \"yes\"\n",
        "desk.toml:1:16: `require_totp` must be true or false, and is \"yes\"",
    );
    check(
        "origins = true\n",
        "desk.toml:1:11: `origins` must be a list, as in [\"a\", \"b\"], and is true",
    );
    check("hours = []\n", "desk.toml:1:9: `hours` must be a table, and is a list");
    check(
        "[first_response_min]\nhigh = 1.5\n",
        "desk.toml:2:8: `first_response_min.high` must be a whole number, 0 or more, and is a number with a fraction",
    );
    check(
        "[hours]\nzone = \"UTC\"\ncapacity = 3\n",
        "desk.toml:3:1: there is no `hours.capacity`; it belongs at the top of the file, before the first [table]",
    );
    check(
        "zone = \"UTC\"\n",
        "desk.toml:1:1: there is no `zone`; it belongs under [hours]",
    );
    check(
        "kind = \"text\"\n",
        "desk.toml:1:1: there is no `kind`; it belongs under [[attributes]]",
    );
    check(
        "[[attributes]]\nkey = \"a\"\nkind = \"txt\"\n",
        "desk.toml:3:8: `attributes.kind` cannot be \"txt\"; it is \"text\" or ",
    );
    check("name = \"\"\n", "desk.toml:1:1: name is empty");
    check(
        "[first_response_min]\nvery = 1\n",
        "desk.toml:2:1: there is no `first_response_min.very`",
    );
    check("customer_silent_h = 1\n", "desk.toml: silence_warning_min is 60");
    check(
        "questions = [{ key = \"a\" }]\n",
        "desk.toml:1:14: `questions` is without `text`, which it must have",
    );
    check("name = \n", "desk.toml:1:");
    let unquoted = mistakes("name = Shop\n");
    assert!(
        unquoted.starts_with("desk.toml:1:8: this is not TOML: ")
            && unquoted.contains("in the line of `name`; texts stand in quotes"),
        "{unquoted}"
    );
}

#[test]
fn what_is_shown_can_be_applied_and_changes_nothing() {
    let full: DeskSettings = desk_text::example().try_into().unwrap();
    let odd = DeskSettings {
        name: "Be\u{202e}droht \"\\".to_owned(),
        first_response_min: [(Priority::Low, 7)].into(),
        ..DeskSettings::default()
    };
    for settings in [DeskSettings::default(), full, odd] {
        let text = desk_text::render(&settings).unwrap();
        assert_eq!(parse("desk.toml", &text).as_ref(), Ok(&settings), "{text}");
        assert!(
            text.lines()
                .all(|line| minicom_tui_kit::Shown::line(line).as_str() == line),
            "{text}"
        );
        assert_eq!(changes(&settings, &settings).unwrap(), Vec::<String>::new());
    }
}

#[test]
fn changes_are_told_key_by_key() {
    let known = DeskSettings {
        capacity: Some(3),
        ..DeskSettings::default()
    };
    let wanted = DeskSettings {
        first: First::Queue,
        first_response_min: [(Priority::Urgent, 5)].into(),
        ..DeskSettings::default()
    };
    let expected = [
        "first: \"bot\" -> \"queue\"",
        "first_response_min.urgent: not set -> 5",
        "capacity: 3 -> not set",
    ];
    assert_eq!(changes(&known, &wanted).unwrap(), expected);
}

#[test]
fn what_no_desk_has_is_told_and_not_left_out_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("desk.toml"), "name = \"x\"\n").unwrap();
    std::fs::write(path("README.md"), "notes").unwrap();
    std::fs::create_dir(path(".git")).unwrap();
    assert!(read_any(folder.path()).unwrap().is_ok());
    std::fs::create_dir(path("reples")).unwrap();
    let Err(told) = read_any(folder.path()).unwrap() else {
        panic!("`reples` was left out without a word");
    };
    let told = format!("{told:?}");
    assert!(
        told.contains("reples") && told.contains("a desk has no such part"),
        "{told}"
    );
}
