//! Which keys a file of rules has, and of what kind: looked at before anything is made of it, so that a mistake is told in words and with
//! its line, as one in the configuration file is.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::config::nearest;

/// What stands at a key.
enum Kind {
    /// A text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A whole number, 0 or more.
    Count,
    /// A list of texts.
    Texts,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Names of the file's own, each with a text.
    Named,
    /// A table with these keys.
    Table(&'static [Key]),
    /// Tables with these keys, each below `[[...]]`.
    Tables(&'static [Key]),
}

/// A key, and whether its table must have it.
struct Key(&'static str, Kind, bool);

const fn may(name: &'static str, kind: Kind) -> Key {
    Key(name, kind, false)
}

const fn must(name: &'static str, kind: Kind) -> Key {
    Key(name, kind, true)
}

/// The whole file.
const FILE: &[Key] = &[
    may("extends_builtin", Kind::Bool),
    may("small_words", Kind::Text),
    may("talk", Kind::Table(TALK)),
    may("desk", Kind::Table(DESK)),
    may("words", Kind::Named),
    may("negation", Kind::Table(NEGATION)),
    may("spelling", Kind::Table(SPELLING)),
    may("rule", Kind::Tables(RULE)),
];

const TALK: &[Key] = &[
    may("greeting", Kind::Text),
    may("not_understood", Kind::Text),
    may("not_understood_again", Kind::Text),
    may("article", Kind::Text),
    may("after_article", Kind::Text),
    may("offer", Kind::Text),
    may("after_offer", Kind::Text),
    may("offer_one", Kind::Text),
    may("after_offer_one", Kind::Text),
    may("person", Kind::Text),
    may("repeated", Kind::Text),
    may("none_of_these", Kind::Text),
    may("did_it_help", Kind::Text),
    may("helped_yes", Kind::Text),
    may("helped_no", Kind::Text),
    may("helped", Kind::Text),
];

const DESK: &[Key] = &[
    may("closed", Kind::Text),
    may("nobody", Kind::Text),
    may("answer_here", Kind::Text),
    may("leave_address", Kind::Text),
    may("address_taken", Kind::Text),
    may("long_wait", Kind::Text),
    may("silence", Kind::Text),
    may("bot_late", Kind::Text),
    may("today", Kind::Text),
    may("tomorrow", Kind::Text),
    may("date", Kind::Text),
    may("weekdays", Kind::Texts),
    may("months", Kind::Texts),
];

const NEGATION: &[Key] = &[must("before", Kind::Texts), must("after", Kind::Texts)];

const SPELLING: &[Key] = &[
    must("words", Kind::Texts),
    must("keep", Kind::Texts),
    must("alias", Kind::Named),
];

const RULE: &[Key] = &[
    must("name", Kind::Text),
    must("patterns", Kind::Texts),
    may("except", Kind::Texts),
    may("unless_negated", Kind::Bool),
    may("other_words_max", Kind::Count),
    may("greets", Kind::Bool),
    may("answer", Kind::Text),
    may("hand_over", Kind::Word(&["customer_asked", "rule"])),
    may("silent", Kind::Bool),
    may("gives_way", Kind::Word(&["to_an_answer", "to_articles"])),
];

/// A mistake at a place of the text.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) at: usize,
    pub(super) what: String,
    pub(super) fix: String,
}

/// The first mistake in a text, if it has one.
pub(super) fn first_mistake(text: &str) -> Option<Mistake> {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            return Some(Mistake {
                at: error.span().map_or(0, |span| span.start),
                what: error.message().replace('\n', "; "),
                fix: "Correct this line: it is not TOML. Texts stand in quotes, for example name = \"refunds\"."
                    .to_owned(),
            });
        }
    };
    let mut mistakes = Vec::new();
    walk("", 0..0, table.get_ref(), FILE, &mut mistakes);
    // The first in the file, not in the alphabet.
    mistakes.into_iter().min_by_key(|it| it.at)
}

fn walk(inside: &str, at: Range<usize>, table: &DeTable, keys: &[Key], mistakes: &mut Vec<Mistake>) {
    for (key, value) in table {
        let (name, place) = (key.get_ref().as_ref(), value.span());
        let whole = format!("{inside}{name}");
        let Some(Key(_, kind, _)) = keys.iter().find(|it| it.0 == name) else {
            mistakes.push(Mistake {
                at: key.span().start,
                what: format!("unknown key '{whole}'"),
                fix: what_is_meant(inside, name, keys),
            });
            continue;
        };
        check(&whole, place, value.get_ref(), kind, mistakes);
    }
    for Key(name, kind, _) in keys
        .iter()
        .filter(|it| it.2 && !table.iter().any(|(key, _)| key.get_ref() == it.0))
    {
        mistakes.push(Mistake {
            at: at.start,
            what: format!("'{}' has no '{name}'", inside.trim_end_matches('.')),
            fix: format!("Add {name} = {}.", expected(kind)),
        });
    }
}

fn check(name: &str, at: Range<usize>, value: &DeValue, kind: &Kind, mistakes: &mut Vec<Mistake>) {
    let texts = |items: &[toml::Spanned<DeValue>]| items.iter().all(|it| it.get_ref().as_str().is_some());
    let fits = match (kind, value) {
        (Kind::Text, DeValue::String(_)) | (Kind::Bool, DeValue::Boolean(_)) => true,
        (Kind::Count, DeValue::Integer(number)) => usize::from_str_radix(number.as_str(), number.radix()).is_ok(),
        (Kind::Texts, DeValue::Array(items)) => texts(items),
        (Kind::Word(words), DeValue::String(word)) => words.contains(&word.as_ref()),
        (Kind::Named, DeValue::Table(named)) => {
            for (key, value) in named.iter() {
                let name = format!("{name}.{}", key.get_ref());
                check(&name, value.span(), value.get_ref(), &Kind::Text, mistakes);
            }
            true
        }
        (Kind::Table(keys), DeValue::Table(table)) => {
            walk(&format!("{name}."), at.clone(), table, keys, mistakes);
            true
        }
        (Kind::Tables(keys), DeValue::Array(tables)) => {
            for it in tables.iter() {
                match it.get_ref() {
                    DeValue::Table(table) => walk(&format!("{name}."), it.span(), table, keys, mistakes),
                    other => check(name, it.span(), other, &Kind::Table(keys), mistakes),
                }
            }
            true
        }
        _ => false,
    };
    if !fits {
        mistakes.push(Mistake {
            at: at.start,
            what: format!("the value of '{name}' cannot be used: it is {}", found(value)),
            fix: format!("Expected: {}.", expected(kind)),
        });
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text => "a text in quotes".to_owned(),
        Kind::Bool => "true or false".to_owned(),
        Kind::Count => "a whole number, 0 or more".to_owned(),
        Kind::Texts => "a list of texts, for example [\"one\", \"two\"]".to_owned(),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            words.join(" or ")
        }
        Kind::Named => "a table of texts, for example { u = \"you\" }".to_owned(),
        Kind::Table(keys) | Kind::Tables(keys) => {
            let names: Vec<&str> = keys.iter().map(|it| it.0).collect();
            format!("a table with {}", names.join(", "))
        }
    }
}

fn found(value: &DeValue) -> String {
    match value {
        // A pattern may be long: its beginning tells which it is.
        DeValue::String(text) => format!("the text \"{}\"", text.chars().take(40).collect::<String>()),
        DeValue::Boolean(on) => on.to_string(),
        DeValue::Integer(number) => format!("the number {}", number.as_str()),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Datetime(_) => "a date or time".to_owned(),
        DeValue::Array(_) => "a list that has something else in it, or should be none".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn what_is_meant(inside: &str, name: &str, keys: &[Key]) -> String {
    let near = nearest(name, keys.iter().map(|it| it.0));
    if let Some(near) = near {
        return format!("Did you mean '{near}'?");
    }
    let elsewhere = [
        ("talk", TALK),
        ("desk", DESK),
        ("negation", NEGATION),
        ("spelling", SPELLING),
        ("rule", RULE),
    ];
    let elsewhere = elsewhere
        .into_iter()
        .find(|(_, keys)| keys.iter().any(|it| it.0 == name));
    match elsewhere {
        Some(("rule", _)) => format!("'{name}' belongs below a [[rule]]."),
        Some((table, _)) => format!("'{name}' belongs below [{table}]."),
        None if FILE.iter().any(|it| it.0 == name) => format!("'{name}' belongs at the top of the file."),
        None => {
            let names: Vec<&str> = keys.iter().map(|it| it.0).collect();
            let place = if inside.is_empty() { "here" } else { "there" };
            format!("Remove it; {place} can stand: {}.", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_with_its_key_what_was_expected_and_what_was_found() {
        for (text, what, fix) in [
            (
                "[talk]\ngreting = 'x'",
                "unknown key 'talk.greting'",
                "Did you mean 'greeting'?",
            ),
            (
                "[talk]\npatterns = 'x'",
                "unknown key 'talk.patterns'",
                "'patterns' belongs below a [[rule]].",
            ),
            (
                "[talk]\ngreeting = 3",
                "the value of 'talk.greeting' cannot be used: it is the number 3",
                "Expected: a text in quotes.",
            ),
            (
                "[[rule]]\nname = 'a'\npatterns = 'x'",
                "the value of 'rule.patterns' cannot be used: it is the text \"x\"",
                "Expected: a list of texts, for example [\"one\", \"two\"].",
            ),
            (
                "[[rule]]\npatterns = ['x']",
                "'rule' has no 'name'",
                "Add name = a text in quotes.",
            ),
            (
                "rule = 3",
                "the value of 'rule' cannot be used: it is the number 3",
                "Expected: a table with name",
            ),
            (
                "[words]\na = ['x']",
                "the value of 'words.a' cannot be used",
                "Expected: a text in quotes.",
            ),
            (
                "extends_builtin = 'no'",
                "the value of 'extends_builtin' cannot be used: it is the text \"no\"",
                "Expected: true or false.",
            ),
            ("x = ", "", "it is not TOML"),
        ] {
            let mistake = first_mistake(text).unwrap();
            assert!(
                mistake.what.contains(what) && mistake.fix.contains(fix),
                "{text}: {mistake:?}"
            );
        }
    }

    #[test]
    fn the_first_in_the_file_is_told() {
        let mistake = first_mistake("zebra = 1\napple = 2").unwrap();
        assert_eq!((mistake.at, mistake.what.as_str()), (0, "unknown key 'zebra'"));
    }
}
