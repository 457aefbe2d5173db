use minicom_tui_kit::Shown;

use super::*;

fn mistakes(text: &str) -> String {
    let mistakes = parse("bot.toml", text).unwrap_err();
    mistakes.iter().map(|it| format!("{it}\n")).collect()
}

#[test]
fn mistakes_have_their_line() {
    let rule = "[[rule]]\nname = \"a\"\nwords = [\"x\"]\nanswer = \"y\"\n";
    for (text, expected) in [
        (
            "greting = \"x\"\n".to_owned(),
            "bot.toml:1:1: there is no `greting`; did you mean `greeting`?",
        ),
        (
            "\ngreeting = \"{{name}}\"\n".to_owned(),
            "bot.toml:2:1: greeting: unknown variable",
        ),
        (
            "off = [\"jbos\"]\n".to_owned(),
            "bot.toml:1:1: off: there is no topic \"jbos\"",
        ),
        (format!("{rule}wrods = []\n"), "bot.toml:5:1: there is no `rule.wrods`"),
        (format!("{rule}{rule}"), "bot.toml:5:1: rule \"a\": it is there twice"),
        (
            format!("{rule}[[rule]]\nname = \"b\"\nwords = []\nanswer = \"y\"\n"),
            "bot.toml:5:1: rule \"b\": words: there are none",
        ),
        (
            "[[rule]]\nname = \"a\"\n".to_owned(),
            "bot.toml:1:1: `rule` is without `words`, which it must have",
        ),
        (
            "builtin = \"no\"\n".to_owned(),
            "bot.toml:1:11: `builtin` must be true or false, and is \"no\"",
        ),
    ] {
        let found = mistakes(&text);
        assert!(found.starts_with(expected), "{text:?} gives {found}");
    }
}

#[test]
fn what_is_shown_can_be_applied_and_changes_nothing() {
    let full = BotSettings {
        greeting: "Moin \u{202e}\"{{customer_name}}\"!".to_owned(),
        hand_over_words: vec!["人工客服".to_owned()],
        builtin: false,
        program: false,
        off: vec!["jobs".to_owned()],
        rules: vec![BotRule {
            name: "boats".to_owned(),
            on: false,
            words: vec!["boat*".to_owned()],
            except: vec!["steamboat".to_owned()],
            answer: "Two\nlines.".to_owned(),
            article: None,
            hand_over: true,
        }],
        provider: true,
        provider_tokens_per_month: Some(200_000),
        ..BotSettings::default()
    };
    for bot in [BotSettings::default(), full] {
        let text = render(&bot);
        assert_eq!(parse("bot.toml", &text).as_ref(), Ok(&bot), "{text}");
        assert!(text.lines().all(|line| Shown::line(line).as_str() == line), "{text}");
    }
}

/// What stands there as a hint is right.
#[test]
fn every_key_has_its_comment_and_every_hint_can_be_used() {
    let mut told: Vec<&str> = FIELDS.iter().map(|(key, ..)| *key).chain(["rule"]).collect();
    told.sort_unstable();
    assert_eq!(told, example().keys().map(String::as_str).collect::<Vec<_>>());
    let hints: String = FIELDS.iter().map(|(_, _, unset)| format!("{unset}\n")).collect();
    let rule = RULE.split("# [[rule]]").nth(1).unwrap();
    let rule: String = rule
        .lines()
        .map(|line| format!("{}\n", line.trim_start_matches("# ")))
        .filter(|line| !line.starts_with("article"))
        .collect();
    let bot = parse("bot.toml", &format!("{hints}[[rule]]{rule}")).unwrap();
    assert!(bot.rules[0].hand_over && !bot.off.is_empty());
}
