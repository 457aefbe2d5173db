use std::sync::LazyLock;

use minicom_protocol::settings::BotSettings;

use super::*;
use crate::bot::rules::{Ask, Turn, TurnKind};

static SHIPPED: LazyLock<Rules> = LazyLock::new(Rules::builtin);

fn ask(text: &str) -> Ask<'_> {
    Ask {
        text,
        customer_name: "alice",
        misses_before: 0,
        first_line: false,
        published: &[],
    }
}

fn chosen(toml: &str) -> Rules {
    let chosen: BotSettings = toml::from_str(toml).unwrap();
    chosen.check().unwrap();
    SHIPPED.of_tenant(&chosen)
}

fn on_request(turn: &Turn) -> bool {
    matches!(
        &turn.kind,
        TurnKind::HandOver {
            reason: HandOverReason::CustomerAsked,
            ..
        }
    )
}

/// The names that a tenant may switch off are those of the rules, in their order.
#[test]
fn topics_are_the_rules_that_ship_except_for_those_that_hand_over_on_request() {
    let rules = SHIPPED.rules.iter().filter(|rule| !rule.hands_over_on_request());
    let names: Vec<&str> = rules.map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, BotSettings::TOPICS);
    let asked = SHIPPED.rules.iter().filter(|rule| rule.hands_over_on_request());
    for rule in asked {
        assert!(BotSettings::TAKEN.contains(&rule.name.as_str()), "{}", rule.name);
    }
}

#[test]
fn nothing_chosen_changes_nothing() {
    let same = SHIPPED.of_tenant(&BotSettings::default());
    assert_eq!(same.names().collect::<Vec<_>>(), SHIPPED.names().collect::<Vec<_>>());
    for text in [
        "hello",
        "human please",
        "where is my order",
        "qwzx vbnm",
        "help",
        "jobs",
    ] {
        assert_eq!(same.answer(&ask(text)), SHIPPED.answer(&ask(text)), "{text}");
    }
}

#[test]
fn words_are_found_whole_in_several_languages() {
    let rules = chosen(
        r#"
        [[rules]]
        name = "boats"
        words = ["boat", "boot mieten", "louer un bateau", "lodź*", "лодк*", "租船", "ボート", "보트"]
        except = ["speed boat", "租船厂"]
        answer = "By the lake."
        "#,
    );
    for text in [
        "a BOAT, please",
        "can I have a boat?",
        "Kann ich ein Boot mieten?",
        "je veux louer  un bateau!",
        "lodź",
        "LODŹ",
        "lodźi",
        "хочу лодку",
        "我想租船。",
        "ボートを借りたい",
        "보트를 빌리고 싶어요",
    ] {
        assert_eq!(rules.answer(&ask(text)).rule, "boats", "{text}");
    }
    for text in [
        "a boatswain",
        "steamboat",
        "mein Boot ist zu mieten",
        "boot, mieten",
        "speed boat or boat",
        "我在租船厂工作",
    ] {
        assert_ne!(rules.answer(&ask(text)).rule, "boats", "{text}");
    }
    // A slip of the finger in a long word is mended, also in a tenant's.
    assert_eq!(rules.answer(&ask("louer un batteau")).rule, "boats");
}

#[test]
fn who_asks_for_a_person_gets_one_whatever_a_tenant_chooses() {
    let rules = chosen(
        r#"
        builtin = false
        hand_over = "Einen Augenblick, {{customer_name}}."
        hand_over_words = ["mitarbeiter*", "ein Mensch", "人工客服"]
        [[rules]]
        name = "between"
        words = ["human", "mensch", "person", "mitarbeiterin"]
        answer = "No."
        "#,
    );
    for text in [
        "human please",
        "ich will eine Mitarbeiterin",
        "Ein Mensch bitte",
        "我要人工客服",
        "talk to a person",
    ] {
        let turn = rules.answer(&ask(text));
        assert!(on_request(&turn), "{text}: {turn:?}");
        assert!(
            matches!(&turn.kind, TurnKind::HandOver { words, .. } if words == "Einen Augenblick, alice."),
            "{turn:?}"
        );
    }
    assert!(!on_request(&rules.answer(&ask("I don't want ein Mensch"))));
    assert!(rules.answer(&ask("where is my order")).is_miss(), "no topic is left");
}

#[test]
fn a_tenants_rules_come_first_replace_and_can_be_off() {
    let rules = chosen(
        r#"
        greeting = "Moin, {{customer_name}}."
        help = "Say what it is about."
        not_understood = "Pardon?"
        not_understood_again = "I call somebody."
        off = ["jobs", "prices"]
        [[rules]]
        name = "refund"
        words = ["refund"]
        answer = "Within a week."
        [[rules]]
        name = "fire"
        words = ["fire"]
        hand_over = true
        [[rules]]
        name = "sleeping"
        on = false
        words = ["where is my order"]
        answer = "Never said."
        "#,
    );
    let reply = |ask: Ask| match rules.answer(&ask).kind {
        TurnKind::Reply(words) | TurnKind::HandOver { words, .. } => words,
        other => panic!("{other:?}"),
    };
    assert_eq!(reply(ask("where is my refund")), "Within a week.");
    assert_eq!(rules.names().filter(|name| *name == "refund").count(), 1);
    assert_eq!(reply(ask("qwzx vbnm")), "Pardon?");
    assert_eq!(
        reply(Ask {
            misses_before: 1,
            ..ask("qwzx vbnm")
        }),
        "I call somebody."
    );
    assert_eq!(
        reply(Ask {
            first_line: true,
            ..ask("refund")
        }),
        "Moin, alice. Within a week."
    );
    assert_eq!(reply(ask("help")), "Say what it is about.");
    assert_eq!(rules.answer(&ask("where is my order")).rule, "order_status");
    assert_ne!(rules.answer(&ask("are there any jobs")).rule, "jobs");
    let fire = rules.answer(&ask("there is a fire"));
    assert!(
        matches!(
            fire.kind,
            TurnKind::HandOver {
                reason: HandOverReason::Rule,
                ..
            }
        ),
        "{fire:?}"
    );
}

#[test]
fn an_article_is_given_while_customers_can_read_it() {
    let rules = chosen("[[rules]]\nname = \"returns\"\nwords = [\"umtausch\"]\narticle = \"exchange\"\n");
    let slug = Tag::parse("exchange").unwrap();
    assert_eq!(rules.articles(), std::slice::from_ref(&slug));
    assert!(rules.answer(&ask("umtausch")).is_miss(), "a draft is passed over");
    let published = [slug.clone()];
    let turn = rules.answer(&Ask {
        published: &published,
        ..ask("umtausch")
    });
    assert!(
        matches!(&turn.kind, TurnKind::Article { slug: found, words } if *found == slug && words.contains("alice"))
    );
}

/// As many words as are allowed, and the longest line of what nearly fits them.
#[test]
fn the_most_that_can_be_chosen_is_still_quick() {
    let rule = |n: usize| BotRule {
        name: format!("r{n}"),
        on: true,
        words: (0..22).map(|word| format!("w{n}x{word}y")).collect(),
        except: vec![],
        answer: "y".to_owned(),
        article: None,
        hand_over: false,
    };
    let chosen = BotSettings {
        rules: (0..100).map(rule).collect(),
        ..BotSettings::default()
    };
    chosen.check().unwrap();
    let rules = SHIPPED.of_tenant(&chosen);
    let text = "w1x w2x ".repeat(2_000);
    assert!(rules.answer(&ask(&text)).is_miss());
    assert_eq!(rules.answer(&ask(&format!("{text} w99x21y"))).rule, "r99");
}
