use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

static BUILTIN_RULES: LazyLock<Rules> = LazyLock::new(Rules::builtin);

fn ask(text: &str) -> Ask<'_> {
    Ask {
        text,
        customer_name: "alice",
        misses_before: 0,
        first_line: false,
        published: &[],
    }
}

fn answer(text: &str) -> Turn {
    BUILTIN_RULES.answer(&ask(text))
}

fn reply(turn: Turn) -> String {
    match turn.kind {
        TurnKind::Reply(words) => words,
        other => panic!("no reply but {other:?} by {}", turn.rule),
    }
}

fn hands_over_on_request(turn: &Turn) -> bool {
    matches!(&turn.kind, TurnKind::HandOver { reason: HandOverReason::CustomerAsked, words } if !words.is_empty())
}

/// The lines of a table without its comments. A table that got lost would pass everything, hence the least.
fn cases(table: &'static str, least: usize) -> Vec<&'static str> {
    let lines: Vec<&str> = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert!(lines.len() >= least, "only {} cases", lines.len());
    lines
}

#[test]
fn each_input_hits_its_rule() {
    let table = cases(include_str!("cases/topics.txt"), 120);
    let mut wrong = Vec::new();
    for line in table {
        let (expected, text) = line.split_once(": ").expect("rule: text");
        let turn = answer(text);
        if !expected.split('|').any(|rule| rule == turn.rule) {
            wrong.push(format!("{text:?} hit {} and not {expected}", turn.rule));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let topics = include_str!("cases/topics.txt");
    for rule in BUILTIN_RULES.names() {
        let covered = topics
            .lines()
            .any(|line| line.split(": ").next().unwrap().split('|').any(|name| name == rule));
        let on_request = ["ask_for_human", "nobody_here", "no_more_bot"].contains(&rule);
        assert!(covered || on_request, "no case for {rule}");
    }
}

#[test]
fn who_asks_for_a_person_gets_one() {
    let missed: Vec<String> = cases(include_str!("cases/asks_for_a_person.txt"), 250)
        .into_iter()
        .filter(|text| !hands_over_on_request(&answer(text)))
        .map(|text| format!("{text:?} hit {}", answer(text).rule))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn who_does_not_ask_stays_with_the_bot() {
    let wrong: Vec<String> = cases(include_str!("cases/traps.txt"), 200)
        .into_iter()
        .filter(|text| hands_over_on_request(&answer(text)))
        .map(|text| format!("{text:?} hit {}", answer(text).rule))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The traps are not known one by one: the same nouns in a request do hand over.
#[test]
fn the_trap_is_in_the_sentence_and_not_in_the_word() {
    for (request, trap) in [
        ("I need a human", "I don't need a human"),
        ("human please", "human resources please"),
        ("I want to talk to your agent", "I want to talk to my travel agent"),
        ("get me an agent", "get me an agent orange poster"),
        ("I want to speak to a person", "the person I wanted to speak about"),
        (
            "why don't you connect me to a human",
            "I don't want you to connect me to a human",
        ),
        ("no, human please", "no human please"),
    ] {
        assert!(hands_over_on_request(&answer(request)), "{request}");
        assert!(!hands_over_on_request(&answer(trap)), "{trap}");
    }
}

#[test]
fn hello_i_need_help_is_greeted() {
    for first_line in [true, false] {
        let words = reply(BUILTIN_RULES.answer(&Ask {
            first_line,
            ..ask("Hello, I need help")
        }));
        assert!(words.starts_with("Hello alice"), "{words}");
        assert_eq!(words.matches("Hello").count(), 1, "{words}");
        assert!(words.contains("human"), "says how to get a person: {words}");
    }
}

#[test]
fn the_first_answer_greets_whatever_it_is() {
    for text in ["where is my order", "qwzx vbnm", "hi", "help", "where is my refund"] {
        let first = Ask {
            first_line: true,
            ..ask(text)
        };
        let words = reply(BUILTIN_RULES.answer(&first));
        assert!(words.starts_with("Hello alice"), "{text}: {words}");
    }
    assert!(!reply(answer("where is my order")).contains("Hello"));
    // Who says hello later is greeted too, before the answer.
    assert!(reply(answer("hello, where is my order")).starts_with("Hello alice! You see"));
}

#[test]
fn not_understood_twice_in_a_row_hands_over() {
    let first = answer("the blue thing from before");
    assert!(first.is_miss());
    let words = reply(first);
    assert!(words.contains("Sorry") && words.contains("type \"human\""), "{words}");
    for misses_before in [1, 2, u8::MAX] {
        let again = BUILTIN_RULES.answer(&Ask {
            misses_before,
            ..ask("no, the other blue thing")
        });
        assert!(again.is_miss());
        assert!(
            matches!(&again.kind, TurnKind::HandOver { reason: HandOverReason::NotUnderstood, words } if !words.is_empty()),
            "{again:?}"
        );
    }
    // A line that is understood in between is answered, however many were not before it.
    let understood = BUILTIN_RULES.answer(&Ask {
        misses_before: 1,
        ..ask("where is my order")
    });
    assert!(!understood.is_miss());
    reply(understood);
}

#[test]
fn what_the_bot_says_leads_to_a_person() {
    // The hint that the bot gives must work.
    assert!(hands_over_on_request(&answer("human")));
    assert!(hands_over_on_request(&answer("\"human\"")));
}

#[test]
fn a_matter_for_a_person_says_so() {
    for text in [
        "I was scammed by your shop",
        "what a joke, you are useless",
        "my account was hacked",
    ] {
        let turn = answer(text);
        assert!(
            matches!(
                turn.kind,
                TurnKind::HandOver {
                    reason: HandOverReason::Rule,
                    ..
                }
            ),
            "{text}: {turn:?}"
        );
    }
}

#[test]
fn nothing_gets_nothing() {
    for blank in ["", " ", "\n\t \u{3000}"] {
        assert_eq!(
            answer(blank),
            Turn {
                rule: BLANK.to_owned(),
                kind: TurnKind::Silence
            }
        );
    }
}

#[test]
fn values_are_put_in_once_and_as_they_are() {
    for name in ["{{customer_name}}", "$1 ${0} \\1", "{{", "}}{{customer_name}}"] {
        let words = reply(BUILTIN_RULES.answer(&Ask {
            customer_name: name,
            ..ask("hello")
        }));
        assert!(words.starts_with(&format!("Hello {name}!")), "{words}");
    }
    let nobody = reply(BUILTIN_RULES.answer(&Ask {
        customer_name: " ",
        ..ask("hello")
    }));
    assert!(nobody.starts_with("Hello! "), "{nobody}");
}

#[test]
fn a_tenants_rules_come_first_and_replace_those_of_the_same_name() {
    let rules = Rules::parse(
        r#"
        [talk]
        not_understood = "Pardon, {{customer_name}}?"
        [words]
        boat = "boats?|canoes?|kayaks?"
        [[rule]]
        name = "rental"
        patterns = ["rent (?:a |an )?@boat"]
        answer = "Boats are by the lake, {{ customer_name }}."
        [[rule]]
        name = "quiet"
        patterns = ["^psst$"]
        silent = true
        [[rule]]
        name = "opening_hours"
        patterns = ["opening hours"]
        answer = "From nine to five."
        [[rule]]
        name = "tries_to_come_between"
        patterns = ["human"]
        answer = "No."
        "#,
        "tenant.toml",
    )
    .unwrap();
    assert_eq!(
        reply(rules.answer(&ask("can I rent a kayak?"))),
        "Boats are by the lake, alice."
    );
    assert_eq!(reply(rules.answer(&ask("opening hours?"))), "From nine to five.");
    assert_eq!(rules.answer(&ask("psst")).kind, TurnKind::Silence);
    assert_eq!(reply(rules.answer(&ask("qwzx vbnm"))), "Pardon, alice?");
    assert_eq!(rules.answer(&ask("where is my order")).rule, "order_status");
    assert_eq!(rules.names().filter(|name| *name == "opening_hours").count(), 1);
    // Who asks for a person gets one, whatever a tenant's rules say.
    assert!(hands_over_on_request(&rules.answer(&ask("human please"))));
}

#[test]
fn rules_can_stand_alone_if_they_let_people_out() {
    let rules = |hand_over: &str| {
        let toml = format!(
            "extends_builtin = false\n[[rule]]\nname = 'out'\npatterns = ['out']\nanswer = 'Bye'\n{hand_over}\n"
        );
        Rules::parse(&toml, "tenant.toml")
    };
    let alone = rules("hand_over = 'customer_asked'").unwrap();
    assert_eq!(alone.names().collect::<Vec<_>>(), ["out"]);
    assert!(alone.answer(&ask("hello")).is_miss());
    for trap in ["", "hand_over = 'rule'"] {
        let error = rules(trap).unwrap_err();
        assert!(error.what.contains("no rule hands over"), "{error}");
    }
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let rule = "[[rule]]\nname = 'a'\npatterns = ['x']\nanswer = 'y'\n";
    let cases: &[(String, Option<usize>, &str)] = &[
        ("[[rule]\nname = 'a'".to_owned(), Some(1), ""),
        (format!("{rule}answers = 'z'\n"), Some(5), "unknown key 'rule.answers'"),
        (format!("{rule}\n[tlak]\n"), Some(6), "unknown key 'tlak'"),
        ("[talk]\nhello = 'x'\n".to_owned(), Some(2), "unknown key 'talk.hello'"),
        (format!("{rule}{rule}"), Some(6), "a name used twice"),
        (rule.replace("'a'", "'A b'"), Some(2), "cannot be the name"),
        (rule.replace("'a'", "'not_understood'"), Some(2), "cannot be the name"),
        (rule.replace("['x']", "[]"), Some(2), "no pattern"),
        (rule.replace("['x']", "['x', '(y']"), Some(3), "unclosed group"),
        (rule.replace("['x']", "['(?=y)']"), Some(3), "look-around"),
        (rule.replace("['x']", "[' ']"), Some(3), "empty"),
        (
            rule.replace("['x']", "['(?:(?:a{1000}){1000}){1000}']"),
            Some(3),
            "size limit",
        ),
        (
            rule.replace("['x']", "['@nonesuch']"),
            Some(3),
            "there is no '@nonesuch'",
        ),
        (
            rule.replace("'y'", "'{{name}}'"),
            Some(4),
            "unknown variable '{{name}}'",
        ),
        (rule.replace("'y'", "'{{customer_name'"), Some(4), "without '}}'"),
        (rule.replace("'y'", "'customer_name}}'"), Some(4), "without '{{'"),
        (rule.replace("'y'", "' '"), Some(4), "not blank"),
        (
            rule.replace("'y'", &format!("'{}'", "x".repeat(4_001))),
            Some(4),
            "1 to 4000 bytes",
        ),
        (
            rule.replace("'y'", &format!("'{}'", "{{customer_name}}".repeat(11))),
            Some(4),
            "more than 10 variables",
        ),
        (
            rule.replace("answer = 'y'", "except = []"),
            Some(2),
            "not clear what rule 'a' does",
        ),
        (
            format!("{rule}silent = true\n"),
            Some(2),
            "not clear what rule 'a' does",
        ),
        (
            format!("{rule}hand_over = 'maybe'\n"),
            Some(5),
            "the value of 'rule.hand_over' cannot be used: it is the text \"maybe\"",
        ),
        (format!("{rule}other_words_max = -1\n"), Some(5), ""),
        ("[desk]\nclosed = 'later'\n".to_owned(), Some(2), "it has no {{when}}"),
        (
            "[desk]\nnobody = 'nobody {{x}}'\n".to_owned(),
            Some(2),
            "not known here",
        ),
        (
            "[desk]\nweekdays = ['Mo', 'Di']\n".to_owned(),
            Some(2),
            "there are 2 names, and not 7",
        ),
        ("[words]\na = '@b'\nb = '@a'\n".to_owned(), Some(2), "deep"),
        ("[words]\n\"big A\" = 'x'\n".to_owned(), Some(2), "cannot be used"),
        (
            "[negation]\nbefore = ['(']\nafter = []\n".to_owned(),
            Some(2),
            "unclosed group",
        ),
    ];
    for (toml, line, what) in cases {
        let error = Rules::parse(toml, "tenant.toml").expect_err(toml);
        assert_eq!(error.line, *line, "{toml}\n{error}");
        assert!(error.what.contains(what), "{what:?} is not in {error}");
        let words = error.to_string();
        assert!(
            words.starts_with(&format!("The bot's rules, tenant.toml line {}: ", line.unwrap())),
            "{words}"
        );
        assert_eq!(words.lines().count(), 2, "{words}");
        assert_eq!(crate::exit::Fatal::from(error).code(), 78);
    }
}

#[test]
fn bom_and_crlf_are_accepted() {
    let toml = "\u{FEFF}[[rule]]\r\nname = 'a'\r\npatterns = ['xyzzy']\r\nanswer = 'y'\r\n";
    let rules = Rules::parse(toml, "tenant.toml").unwrap();
    assert_eq!(reply(rules.answer(&ask("xyzzy"))), "y");
}

#[test]
fn files_that_cannot_be_read_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    let code = |path: &Path| Rules::load_file(path).unwrap_err().kind.code();
    assert_eq!(code(&path), 66);
    assert_eq!(code(folder.path()), 66);
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(code(&path), 78);
    std::fs::write(&path, "#".repeat(256 * 1024 + 1)).unwrap();
    assert_eq!(code(&path), 78);
    std::fs::write(&path, "[[rule]]\nname = 'a'\npatterns = ['xyzzy']\nanswer = 'y'\n").unwrap();
    assert_eq!(reply(Rules::load_file(&path).unwrap().answer(&ask("xyzzy"))), "y");
}

/// The longest line of nothing but beginnings of requests: every pattern tries and none holds.
#[test]
fn the_worst_line_is_answered() {
    for piece in [
        "talk to a real human ",
        "i dont want to ",
        "no ",
        "a",
        "human.",
        "é",
        "@np ",
        "\u{200B}",
    ] {
        let text: String = piece.chars().cycle().take(16_384).collect();
        let turn = answer(&text);
        assert!(!turn.rule.is_empty());
    }
}

#[test]
fn the_end_of_a_long_line_is_read_too() {
    let story = "and then the sun went down over the hills while we sat on the porch. ".repeat(100);
    assert!(hands_over_on_request(&answer(&format!(
        "{story} Let me talk to a human."
    ))));
    assert!(hands_over_on_request(&answer(&format!(
        "Let me talk to a human. {story}"
    ))));
}

proptest! {
    #[test]
    fn there_is_always_an_answer_and_the_same_again(text in "\\PC{0,200}", misses_before in 0u8..3, first_line: bool) {
        let ask = Ask { text: &text, customer_name: "alice", misses_before, first_line, published: &[] };
        let turn = BUILTIN_RULES.answer(&ask);
        prop_assert_eq!(&turn, &BUILTIN_RULES.answer(&ask));
        match turn.kind {
            TurnKind::Reply(words) | TurnKind::Article { words, .. } | TurnKind::HandOver { words, .. } => {
                prop_assert!(minicom_protocol::text::MessageText::parse(words).is_ok());
            }
            TurnKind::Silence => prop_assert!(text.trim().is_empty()),
        }
    }

    /// Case, stretched letters, decoration and punctuation hide nothing.
    #[test]
    fn a_request_survives_its_decoration(
        at in 0usize..40, marks in "[!?. ]{0,6}", upper: bool, zero_width: bool,
    ) {
        let asks = cases(include_str!("cases/asks_for_a_person.txt"), 250);
        let text = asks[at * 6];
        let mut dressed = if upper { text.to_uppercase() } else { text.to_owned() };
        if zero_width {
            dressed = dressed.chars().flat_map(|c| [c, '\u{200B}']).collect();
        }
        let dressed = format!("{marks} {dressed}{marks}");
        prop_assert!(hands_over_on_request(&answer(&dressed)), "{}", dressed);
    }
}

#[test]
fn the_desk_speaks_the_languages_that_ship_with_the_program() {
    use crate::{bot::language, decide::words::ENGLISH};
    assert_eq!(*language::words("en"), *ENGLISH);
    let german = language::words("de");
    for (own, english) in [
        (&german.closed, &ENGLISH.closed),
        (&german.nobody, &ENGLISH.nobody),
        (&german.answer_here, &ENGLISH.answer_here),
        (&german.leave_address, &ENGLISH.leave_address),
        (&german.address_taken, &ENGLISH.address_taken),
        (&german.long_wait, &ENGLISH.long_wait),
        (&german.silence, &ENGLISH.silence),
        (&german.bot_late, &ENGLISH.bot_late),
    ] {
        assert_ne!(own, english);
    }
    assert_eq!(german.when.weekdays[6], "Sonntag");
    assert_eq!(*language::words("xx"), *ENGLISH);
}
