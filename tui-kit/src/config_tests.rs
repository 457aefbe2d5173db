//! Files of settings: what they say, and every mistake with its place.

use super::*;

const CONTEXTS: &[&str] = &["compose", "list"];

fn parse(text: &str) -> Result<Config, Vec<String>> {
    Config::parse("agent.toml", text, CONTEXTS).map_err(|all| all.iter().map(Mistake::to_string).collect())
}

#[track_caller]
fn refused(text: &str, told: &str) {
    let mistakes = parse(text).unwrap_err();
    assert!(mistakes.iter().any(|it| it == told), "{told:?} is not in {mistakes:#?}");
}

#[test]
fn what_is_not_said_is_as_usual() {
    let usual = parse("").unwrap();
    assert!(usual.mouse && usual.kitty_keys && usual.bindings.is_empty());
    let said = parse("mouse = false\nkitty_keys = false\n").unwrap();
    assert!(!said.mouse && !said.kitty_keys);
}

#[test]
fn bindings_stand_in_the_order_of_the_file() {
    let config =
        parse("[keys.list]\nz = \"done\"\n\"Alt-X\" = \"none\"\n[keys.compose]\nf12 = \"take-over\"\n").unwrap();
    let told: Vec<String> = config
        .bindings
        .iter()
        .map(|it| format!("{} {} {:?} {:?}", it.context, it.key, it.action.as_deref(), it.key_at))
        .collect();
    assert_eq!(
        told,
        [
            "list z Some(\"done\") (2, 1)",
            "list alt-x None (3, 1)",
            "compose f12 Some(\"take-over\") (5, 1)",
        ]
    );
}

#[test]
fn mistakes_have_their_places_and_the_nearest_name() {
    refused(
        "mouze = true",
        "agent.toml:1:1: there is no setting \"mouze\"; did you mean \"mouse\"?",
    );
    refused(
        "mouse = \"off\"",
        "agent.toml:1:9: mouse is true or false, without quotes",
    );
    refused(
        "\n\nkeys = 3",
        "agent.toml:3:8: keys stand in tables, as in [keys.compose]",
    );
    refused(
        "[keys.list]\nx = 3",
        "agent.toml:2:5: \"x\" needs the name of an action, or \"none\"",
    );
    refused(
        "[keys]\n\"ctrl-n\" = \"done\"",
        "agent.toml:2:1: there is no table of keys \"ctrl-n\"; known are compose, list",
    );
    let mistakes = parse("a = ").unwrap_err();
    assert!(
        mistakes[0].starts_with("agent.toml:1:5: this is not TOML: "),
        "{mistakes:?}"
    );
}

#[test]
fn what_a_mistake_quotes_is_no_command_to_the_terminal() {
    let mistakes = parse("\"a\\u001B[31m\" = 1").unwrap_err();
    assert!(!mistakes[0].contains('\u{1b}'), "{mistakes:?}");
}

#[test]
fn a_file_that_is_named_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.toml");
    let mistakes = Config::load(Some(&path), "agent.toml", CONTEXTS).unwrap_err();
    assert!(
        mistakes[0].what.starts_with("the settings cannot be read: "),
        "{mistakes:?}"
    );
    std::fs::write(&path, "mouse = false").unwrap();
    let config = Config::load(Some(&path), "agent.toml", CONTEXTS).unwrap();
    assert_eq!((config.mouse, config.file), (false, path.display().to_string()));
    let mistakes = Config::load(Some(folder.path()), "agent.toml", CONTEXTS).unwrap_err();
    assert!(mistakes[0].what.contains("no text file"), "{mistakes:?}");
}

/// What a terminal sends for these is another key: the action would never come.
#[test]
fn a_key_that_a_terminal_sends_as_another_is_told_by_that_ones_name() {
    for (key, sent) in [
        ("ctrl-i", "tab"),
        ("Ctrl-M", "enter"),
        ("ctrl-[", "esc"),
        ("ctrl-x-ctrl-i", "tab"),
        ("ctrl-alt-m", "enter"),
    ] {
        let named: Key = key::read_name(key).unwrap();
        refused(
            &format!("[keys.list]\n\"{key}\" = \"done\""),
            &format!("agent.toml:2:1: terminals send \"{sent}\" for \"{named}\", which never comes: bind another key"),
        );
    }
    for second in ["esc", "ctrl-g", "ctrl-c"] {
        refused(
            &format!("[keys.list]\n\"ctrl-x-{second}\" = \"done\""),
            &format!(
                "agent.toml:2:1: \"{second}\" takes the first of two keys back, so \"ctrl-x-{second}\" never comes: bind another key"
            ),
        );
    }
    assert!(parse("[keys.list]\ntab = \"done\"\n\"alt-i\" = \"done\"\n").is_ok());
}
