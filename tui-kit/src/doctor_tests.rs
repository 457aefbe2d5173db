use super::*;
use crate::desktop::Desktop;

type Pairs = &'static [(&'static str, &'static str)];

fn var(pairs: Pairs) -> impl Fn(&str) -> Option<String> + Copy {
    move |name| pairs.iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
}

fn terminal() -> Surroundings {
    Surroundings {
        is_terminal: true,
        size: Some((120, 40)),
        ground: Some(Ground::Dark),
        tmux: None,
    }
}

fn found(around: &Surroundings, wanted: &Look, pairs: Pairs) -> Vec<Finding> {
    look(around, wanted, &Notifier::of(var(pairs)), var(pairs))
}

#[track_caller]
fn part(found: &[Finding], part: &str) -> Finding {
    let it = found.iter().find(|it| it.part == part);
    it.unwrap_or_else(|| panic!("{part} is not in {found:#?}")).clone()
}

const GOOD: Pairs = &[
    ("TERM", "xterm-kitty"),
    ("COLORTERM", "truecolor"),
    ("LANG", "de_DE.UTF-8"),
    ("KITTY_WINDOW_ID", "1"),
];

#[test]
fn a_terminal_that_can_everything_has_nothing_to_try() {
    let found = found(&terminal(), &Look::default(), GOOD);
    assert!(found.iter().all(|it| it.fix.is_none() && !it.failed), "{found:#?}");
    let parts: Vec<&str> = found.iter().map(|it| it.part).collect();
    assert_eq!(
        parts,
        [
            "terminal",
            "characters",
            "colours",
            "clipboard",
            "links",
            "notifications"
        ]
    );
}

/// Each is broken once, and it is that one which says what to try.
#[test]
fn each_part_says_what_to_try() {
    let narrow = Surroundings {
        size: Some((20, 5)),
        ..terminal()
    };
    let no_size = Surroundings {
        size: None,
        ..terminal()
    };
    let silent = Surroundings {
        ground: None,
        ..terminal()
    };
    let cases: &[(&Surroundings, Pairs, &str, &str)] = &[
        (&terminal(), &[("TERM", "dumb")], "terminal", "TERM=xterm-256color"),
        (&narrow, GOOD, "terminal", "at least 30x8"),
        (&no_size, GOOD, "terminal", "stty"),
        (
            &terminal(),
            &[("TERM", "xterm"), ("LANG", "de_DE.ISO-8859-1")],
            "characters",
            "UTF-8",
        ),
        (&silent, GOOD, "colours", "--theme light"),
        (&terminal(), &[("TERM", "linux")], "clipboard", "MINICOM_CLIPBOARD"),
        (
            &terminal(),
            &[("TERM", "xterm")],
            "notifications",
            "MINICOM_NOTIFY=osc9",
        ),
        (
            &terminal(),
            &[("TERM", "xterm"), ("MINICOM_NOTIFY_COMMAND", "a 'b")],
            "notifications",
            "quote",
        ),
        (&terminal(), &[("TERM", "xterm"), ("TMUX", "/tmp/x")], "tmux", "PATH"),
        (
            &terminal(),
            &[("TERM", "xterm"), ("ZELLIJ", "0")],
            "zellij",
            "unlock-first",
        ),
    ];
    for (around, pairs, name, words) in cases {
        let it = part(&found(around, &Look::default(), pairs), name);
        let fix = it.fix.unwrap_or_default();
        assert!(fix.contains(words), "{name}: {fix:?} has no {words:?}");
    }
}

#[test]
fn a_value_that_a_variable_does_not_take_is_told_with_those_that_it_takes() {
    const WRONG: Pairs = &[
        ("MINICOM_NOTIFY", "osc8"),
        ("MINICOM_CLIPBOARD", "foo"),
        ("MINICOM_LINKS", "maybe"),
        ("MINICOM_IMAGES", "kity"),
    ];
    let it = part(&found(&terminal(), &Look::default(), WRONG), "environment");
    assert!(!it.failed, "the programs go on without them: {it:?}");
    for (variable, value) in WRONG {
        assert!(it.says.contains(&format!("{variable}={value}")), "{it:?}");
    }
    let fix = it.fix.unwrap();
    for words in [
        "MINICOM_NOTIFY=osc9? It takes osc9, osc777, osc99, off",
        "MINICOM_CLIPBOARD takes osc52, tmux, off",
        "MINICOM_LINKS takes on, off",
        "MINICOM_IMAGES=kitty? It takes kitty, iterm2, sixel, blocks, off",
    ] {
        assert!(fix.contains(words), "{words:?} is not in {fix}");
    }
}

#[test]
fn values_of_variables_are_taken_in_capitals_too_and_an_empty_one_is_none() {
    const LOUD: Pairs = &[
        ("MINICOM_NOTIFY", "OSC9"),
        ("MINICOM_CLIPBOARD", "Off"),
        ("MINICOM_LINKS", "ON"),
        ("MINICOM_IMAGES", ""),
    ];
    let found = found(&terminal(), &Look::default(), LOUD);
    assert!(found.iter().all(|it| it.part != "environment"), "{found:#?}");
    assert!(part(&found, "notifications").says.contains("osc9"));
    assert!(part(&found, "clipboard").says.starts_with("none"));
    assert!(part(&found, "links").says.contains("can be clicked"));
}

#[test]
fn without_a_terminal_lines_are_as_they_should_be() {
    let around = Surroundings::default();
    let it = part(&found(&around, &Look::default(), &[]), "terminal");
    assert!(it.says.contains("--plain") && it.fix.is_none(), "{it:?}");
}

#[test]
fn tmux_is_told_what_is_lost_and_which_lines_help() {
    const INSIDE: Pairs = &[
        ("TERM", "tmux-256color"),
        ("TMUX", "/tmp/x"),
        ("MINICOM_NOTIFY", "osc9"),
    ];
    let with = |clipboard: &str, passthrough: &str, focus: &str, keys: &str| {
        let values = [clipboard, passthrough, focus, keys].map(str::to_owned);
        let names = ["set-clipboard", "allow-passthrough", "focus-events", "extended-keys"];
        let tmux = Tmux {
            version: "3.3a".to_owned(),
            outer: "WezTerm 2024".to_owned(),
            settings: names.into_iter().zip(values).collect(),
        };
        let around = Surroundings {
            tmux: Some(tmux),
            ..terminal()
        };
        found(&around, &Look::default(), INSIDE)
    };
    let usual = with("external", "off", "off", "off");
    let it = part(&usual, "tmux");
    assert!(
        it.says.starts_with("tmux 3.3a in WezTerm 2024: set-clipboard external"),
        "{it:?}"
    );
    let fix = it.fix.unwrap();
    for line in [
        "set -g allow-passthrough on",
        "set -s focus-events on",
        "set -s extended-keys on",
    ] {
        assert!(fix.contains(line), "{fix}");
    }
    assert!(!fix.contains("set-clipboard"), "{fix}");
    assert!(part(&usual, "notifications").fix.unwrap().contains("allow-passthrough"));
    let well = with("on", "on", "on", "always");
    assert_eq!(
        (part(&well, "tmux").fix, part(&well, "notifications").fix),
        (None, None)
    );
    assert!(
        part(&with("off", "on", "on", "on"), "tmux")
            .fix
            .unwrap()
            .contains("set-clipboard on")
    );
}

#[test]
fn the_theme_that_is_drawn_is_told_with_the_reason() {
    let of = |theme: Option<Choice>, ground, pairs: Pairs| {
        let look = Look { theme, ascii: false };
        part(&found(&Surroundings { ground, ..terminal() }, &look, pairs), "colours").says
    };
    assert!(of(None, Some(Ground::Light), GOOD).contains("light, by itself"));
    assert!(of(None, Some(Ground::Dark), GOOD).contains("ansi, by itself"));
    assert!(of(Some(Choice::Dark), None, GOOD).contains("dark, as was asked for"));
    assert!(of(None, None, &[("TERM", "xterm"), ("NO_COLOR", "1")]).contains("mono, for NO_COLOR is set"));
    assert!(of(None, Some(Ground::Light), &[("TERM", "linux")]).contains("16 colours"));
}

#[tokio::test]
async fn trying_a_call_tells_how_the_command_ended() {
    let with = |words: &[&str]| Notifier {
        hook: Hook::new(words.iter().map(|it| (*it).to_owned()).collect()),
        desktop: Some(Desktop::Osc9),
        ..Notifier::bell()
    };
    let tried = async |notifier: Notifier| try_notifying(&notifier, &mut Vec::new()).await;
    let it = tried(with(&["true"])).await;
    assert!(it.says.contains("true ended well") && !it.failed, "{it:?}");
    let it = tried(with(&["false"])).await;
    assert!(
        it.says.contains("false ended with 1") && it.failed && it.fix.is_some(),
        "{it:?}"
    );
    let it = tried(with(&["/nowhere/at-all"])).await;
    assert!(it.failed && it.fix.unwrap().contains("PATH"));
    assert!(!tried(Notifier::bell()).await.failed);
}

#[test]
fn the_file_of_settings_is_told_or_what_is_wrong_in_it() {
    let named = Config {
        file: "/home/ada/agent.toml".to_owned(),
        ..Config::default()
    };
    assert_eq!(settings(Ok(&named)).says, "/home/ada/agent.toml");
    assert!(settings(Ok(&Config::default())).says.starts_with("none"));
    let wrong = settings(Err("one\ntwo"));
    assert!(wrong.failed && wrong.fix.is_some());
    assert_eq!(wrong.says, "one\ntwo", "a mistake a line");
}
