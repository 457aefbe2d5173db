use super::*;

fn rule(name: &str) -> BotRule {
    BotRule {
        name: name.to_owned(),
        on: true,
        words: vec!["boat".to_owned()],
        except: vec![],
        answer: "By the lake, {{customer_name}}.".to_owned(),
        article: None,
        hand_over: false,
    }
}

#[test]
fn nothing_chosen_is_nothing_written() {
    let nothing = BotSettings::default();
    nothing.check().unwrap();
    let settings = serde_json::to_value(crate::settings::DeskSettings::default()).unwrap();
    assert!(settings.get("bot").is_none());
    let read: BotSettings = serde_json::from_str("{}").unwrap();
    assert!(read.is_default());
}

#[test]
fn what_fits_is_taken_and_comes_back_as_it_went() {
    let chosen = BotSettings {
        greeting: "Moin {{customer_name}}!".to_owned(),
        hand_over_words: vec!["mitarbeiter*".to_owned(), "人工客服".to_owned()],
        off: vec!["jobs".to_owned()],
        provider: true,
        provider_tokens_per_month: Some(200_000),
        rules: vec![
            rule("boats"),
            BotRule {
                answer: String::new(),
                article: Some(Tag::parse("refunds").unwrap()),
                ..rule("refund")
            },
            BotRule {
                on: false,
                answer: String::new(),
                hand_over: true,
                ..rule("fire")
            },
        ],
        ..BotSettings::default()
    };
    chosen.check().unwrap();
    let text = serde_json::to_string(&chosen).unwrap();
    assert_eq!(serde_json::from_str::<BotSettings>(&text).unwrap(), chosen);
}

#[test]
fn what_does_not_fit_is_told_with_its_field() {
    let of_rule = |change: fn(&mut BotRule)| {
        let mut one = rule("boats");
        change(&mut one);
        BotSettings {
            rules: vec![one],
            ..BotSettings::default()
        }
    };
    let of = |change: fn(&mut BotSettings)| {
        let mut settings = BotSettings::default();
        change(&mut settings);
        settings
    };
    let cases = [
        (of(|it| it.greeting = " ".to_owned()), "greeting: an answer has 1 to"),
        (of(|it| it.help = "{{name}}".to_owned()), "help: unknown variable"),
        (
            of(|it| it.off = vec!["jbos".to_owned()]),
            "off: there is no topic \"jbos\"",
        ),
        (
            of(|it| it.off = vec!["ask_for_human".to_owned()]),
            "off: there is no topic",
        ),
        (
            of(|it| it.off = vec!["jobs".to_owned(); 2]),
            "off: \"jobs\" is there twice",
        ),
        (
            of(|it| it.hand_over_words = vec!["?!".to_owned()]),
            "hand_over_words: \"?!\" has no letter",
        ),
        (
            of(|it| it.hand_over_words = vec!["a*b".to_owned()]),
            "hand_over_words: \"a*b\" has a '*'",
        ),
        (
            of(|it| it.hand_over_words = vec!["a *".to_owned()]),
            "hand_over_words: \"a *\" has a '*'",
        ),
        (
            of(|it| it.hand_over_words = vec!["a".repeat(81)]),
            "hand_over_words: \"aaa",
        ),
        (
            of(|it| it.hand_over_words = vec!["a".to_owned(); 61]),
            "hand_over_words: there are 61",
        ),
        (
            of(|it| it.rules = vec![rule("a"), rule("a")]),
            "rules: rule \"a\": it is there twice",
        ),
        (
            of(|it| it.rules = (0..101).map(|n| rule(&format!("r{n}"))).collect()),
            "rules: there are 101",
        ),
        (
            of_rule(|it| it.name = "Big".to_owned()),
            "rules: rule \"Big\": a name has",
        ),
        (
            of_rule(|it| it.name = "nobody_here".to_owned()),
            "rules: rule \"nobody_here\": this name",
        ),
        (
            of_rule(|it| it.words.clear()),
            "rules: rule \"boats\": words: there are none",
        ),
        (
            of_rule(|it| it.words = vec!["a, b".to_owned()]),
            "rules: rule \"boats\": words: \"a, b\" is more",
        ),
        (
            of_rule(|it| it.except = vec!["\u{1b}[2J".to_owned()]),
            "rules: rule \"boats\": except:",
        ),
        (
            of_rule(|it| it.answer.clear()),
            "rules: rule \"boats\": it does nothing",
        ),
        (
            of_rule(|it| it.answer = "{{".to_owned()),
            "rules: rule \"boats\": answer: '{{' without",
        ),
        (
            of_rule(|it| (it.hand_over, it.article) = (true, Tag::parse("a").ok())),
            "rules: rule \"boats\": article:",
        ),
        (
            of(|it| {
                let long = |n| BotRule {
                    answer: "x".repeat(4_000),
                    ..rule(&format!("r{n}"))
                };
                it.rules = (0..7).map(long).collect();
            }),
            "rules: all words and answers together",
        ),
    ];
    for (settings, why) in cases {
        let found = settings.check().unwrap_err();
        assert!(found.starts_with(why), "{why:?}: {found}");
    }
}
