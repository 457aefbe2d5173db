//! Keys: normal form, names, hints.

use super::*;

fn event(code: KeyCode, mods: KeyModifiers) -> Option<Key> {
    Key::from_event(KeyEvent::new(code, mods))
}

fn key(name: &str) -> Key {
    name.parse().expect("a key of this test")
}

#[test]
fn every_encoding_of_one_key_is_one_key() {
    let none = KeyModifiers::NONE;
    let cases = [
        (event(KeyCode::Char('N'), KeyModifiers::CONTROL), "ctrl-n"),
        (event(KeyCode::Char('7'), KeyModifiers::CONTROL), "ctrl-_"),
        (event(KeyCode::Char('/'), KeyModifiers::CONTROL), "ctrl-_"),
        (event(KeyCode::Char('4'), KeyModifiers::CONTROL), "ctrl-\\"),
        (event(KeyCode::Char('5'), KeyModifiers::CONTROL), "ctrl-]"),
        (event(KeyCode::Char('6'), KeyModifiers::CONTROL), "ctrl-^"),
        (event(KeyCode::Char('h'), KeyModifiers::CONTROL), "backspace"),
        (event(KeyCode::BackTab, none), "shift-tab"),
        (event(KeyCode::BackTab, KeyModifiers::SHIFT), "shift-tab"),
        (event(KeyCode::Char('G'), KeyModifiers::SHIFT), "G"),
        (event(KeyCode::Char('g'), KeyModifiers::SHIFT), "G"),
        (event(KeyCode::Char('é'), none), "é"),
        (
            event(KeyCode::Char('A'), KeyModifiers::ALT | KeyModifiers::SHIFT),
            "alt-A",
        ),
        (event(KeyCode::Enter, KeyModifiers::SHIFT), "shift-enter"),
    ];
    for (found, name) in cases {
        assert_eq!(found, Some(key(name)), "{name}");
    }
    let mut release = KeyEvent::new(KeyCode::Enter, none);
    release.kind = KeyEventKind::Release;
    assert_eq!(Key::from_event(release), None);
}

#[test]
fn names_read_back() {
    let mut names: Vec<String> = NAMES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
    names.extend((1..=12).map(|n| format!("f{n}")));
    names.extend(('!'..='~').filter(|c| *c != '-').map(String::from));
    for name in &names {
        assert_eq!(&key(name).to_string(), name);
        for prefix in ["ctrl-", "alt-", "shift-", "ctrl-alt-"] {
            let with = key(&format!("{prefix}{name}"));
            assert_eq!(key(&with.to_string()), with, "{prefix}{name}");
        }
    }
    assert_eq!(key("-"), key("hyphen"));
    for wrong in ["", "ctrl-", "f13", "f0", "entr", "ctrl-entr"] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong}");
    }
}

#[test]
fn hints() {
    for (name, hint) in [
        ("ctrl-n", "^N"),
        ("ctrl-5", "^]"),
        ("alt-enter", "Alt+Enter"),
        ("f1", "F1"),
        ("pgup", "PgUp"),
        ("q", "q"),
        ("alt-u", "Alt+U"),
        ("ctrl-space", "Ctrl+Space"),
    ] {
        assert_eq!(key(name).hint(), hint);
    }
}

#[test]
fn two_presses_are_one_key_with_a_name_and_a_hint() {
    let both = key("ctrl-x-ctrl-e");
    assert_eq!(both, key("ctrl-e").as_second());
    assert_eq!(
        (both.to_string().as_str(), both.hint().as_str()),
        ("ctrl-x-ctrl-e", "^X ^E")
    );
    assert_eq!(key("ctrl-x-d").typed(), None);
    assert!(key("ctrl-x").is_first_of_two() && !key("ctrl-x-ctrl-x").is_first_of_two() && !key("x").is_first_of_two());
}

#[test]
fn names_are_read_as_people_write_them() {
    for (written, name) in [
        ("Ctrl-N", "ctrl-n"),
        ("ALT-Enter", "alt-enter"),
        ("F5", "f5"),
        ("PgUp", "pgup"),
        ("N", "N"),
    ] {
        assert_eq!(
            read_name(written).map(|key| key.to_string()),
            Ok(name.to_owned()),
            "{written}"
        );
    }
    for (written, meant) in [
        ("cntrl-n", Some("ctrl-n")),
        ("C-n", Some("ctrl-n")),
        ("^N", Some("ctrl-n")),
        ("M-enter", Some("alt-enter")),
        ("<Esc>", Some("esc")),
        ("ctrl+pageup", Some("ctrl-pgup")),
        ("retrun", Some("enter")),
        ("bakcspace", Some("backspace")),
        ("f99", None),
        ("", None),
        ("hyper-x-y", None),
    ] {
        assert_eq!(
            nearest(written).map(|key| key.to_string()).as_deref(),
            meant,
            "{written}"
        );
    }
}
