use proptest::prelude::*;

use super::*;

fn term(words: &[&str], prefix: bool) -> Term {
    Term {
        words: words.iter().map(|&it| it.to_owned()).collect(),
        prefix,
    }
}

#[test]
fn words_phrases_and_what_is_excluded() {
    let check = |text: &str, all: &[Term], none: &[Term]| {
        let query = Query::parse(text);
        assert_eq!((query.all.as_slice(), query.none.as_slice()), (all, none), "{text:?}");
        assert_eq!(query.unclear, Vec::<String>::new(), "{text:?}");
    };
    check("", &[], &[]);
    check(" - \" * -- (", &[], &[]);
    check("late parcel", &[term(&["late"], false), term(&["parcel"], true)], &[]);
    check("\"late parcel\"", &[term(&["late", "parcel"], false)], &[]);
    check("\"late par", &[term(&["late", "par"], false)], &[]);
    check("ref* order", &[term(&["ref"], true), term(&["order"], true)], &[]);
    check("order -refund", &[term(&["order"], true)], &[term(&["refund"], false)]);
    check(
        "order -\"of the\"",
        &[term(&["order"], true)],
        &[term(&["of", "the"], false)],
    );
    check("a", &[term(&["a"], false)], &[]);
    check(
        "x OR y NEAR(z",
        &[
            term(&["x"], false),
            term(&["or"], false),
            term(&["y"], false),
            term(&["near", "z"], false),
        ],
        &[],
    );
    check("foo@bar.example", &[term(&["foo", "bar", "example"], true)], &[]);
    check(
        "http://x.example/y",
        &[term(&["http", "x", "example", "y"], false)],
        &[],
    );
    check("10:30", &[term(&["10", "30"], true)], &[]);
    check("返金処理", &[term(&["返金", "金処", "処理"], false)], &[]);
}

#[test]
fn filters() {
    let query =
        Query::parse("from:ada,bot customer:alice tag:VIP is:open owner:me after:7d before:2026-11-20 in:notes x");
    assert_eq!(query.from, [FromIs::Named("ada".to_owned()), FromIs::Bot]);
    assert_eq!(query.customers, ["alice"]);
    assert_eq!(query.tags, [Tag::parse("vip").unwrap()]);
    assert_eq!(query.stages.len(), 4);
    assert_eq!(query.owner, Some(WhoseIs::Me));
    assert_eq!(query.after, Some(Moment::Ago(7 * 24 * 60 * 60 * 1_000)));
    assert_eq!(query.before, Some(Moment::Day(Date::new(2026, 11, 20).unwrap())));
    assert_eq!(query.only, Some(Only::Notes));
    assert_eq!(query.all, [term(&["x"], false)]);
    assert!(query.unclear.is_empty());
    assert_eq!(
        Query::parse("from:\"ada lovelace\"").from,
        [FromIs::Named("ada lovelace".to_owned())]
    );
}

#[test]
fn what_is_not_understood_is_said() {
    for text in [
        "before:soon",
        "after:2026-02-30",
        "stage:lost",
        "is:",
        "in:here",
        "tag:",
        "-tag:vip",
        "after:99999999d",
        "from:",
    ] {
        let query = Query::parse(text);
        assert_eq!(query.unclear, [text], "{text:?}");
        assert!(query.all.is_empty());
    }
}

#[test]
fn a_filter_that_there_is_none_of_is_named_with_the_one_that_was_meant() {
    for (text, key, meant) in [
        ("form:alice", "form", Some("from")),
        ("Form:alice lamp", "form", Some("from")),
        ("-custommer:alice", "custommer", Some("customer")),
        ("tags:vip", "tags", Some("tag")),
        ("befor:7d", "befor", Some("before")),
        ("status:open", "status", Some("stage")),
        ("priority:high", "priority", None),
    ] {
        let query = Query::parse(text);
        assert_eq!(
            query.unknown,
            [Unknown {
                key: key.to_owned(),
                meant
            }],
            "{text:?}"
        );
        assert!(
            !query.all.is_empty() || !query.none.is_empty(),
            "{text:?} is looked for all the same"
        );
    }
    for text in [
        "http://x.example/y",
        "10:30",
        "error:404",
        "\"form:alice\"",
        "form: alice",
        "std::io",
        "localhost:8080",
        "in:notes",
    ] {
        assert_eq!(Query::parse(text).unknown, [], "{text:?}");
    }
    assert_eq!(
        Query::parse("form:alice before:soon").troubles(),
        [
            "not understood: before:soon",
            "no filter is called form:, did you mean from:; it is looked for as words"
        ]
    );
}

#[test]
fn one_letter_is_the_beginning_of_a_word() {
    for (text, rest) in [
        ("parcel l", "parcel"),
        ("parcel  l", "parcel"),
        ("parcel late", "parcel late"),
        ("parcel l ", "parcel l "),
        ("l", "l"),
        ("tag:vip l", "tag:vip l"),
        ("\"parcel l", "\"parcel l"),
        ("返金 処", "返金 処"),
        ("é l", "é"),
    ] {
        assert_eq!(Query::without_begun(text), rest, "{text:?}");
    }
    for (text, begun) in [
        ("l", true),
        ("l ", false),
        ("lo", false),
        ("金", false),
        ("tag:vip l", false),
        ("l*", true),
        ("", false),
        ("a b", false),
    ] {
        assert_eq!(Query::is_barely_begun(text), begun, "{text:?}");
    }
}

#[test]
fn marks_stand_where_the_words_are() {
    let check = |query: &str, text: &str, expected: &[&str]| {
        let marks = Query::parse(query).marks(text);
        let parts: Vec<&str> = marks.into_iter().map(|it| &text[it]).collect();
        assert_eq!(parts, expected, "{query:?} in {text:?}");
    };
    check("late par", "Late: the parcels are late", &["Late", "parcels", "late"]);
    check("\"the parcel\"", "parcel, the Parcel", &["the Parcel"]);
    check("金", "返金処理 金", &["金", "金"]);
    check("返金処", "返金処理", &["返金処"]);
    check("-late", "late", &[]);
}

proptest! {
    #[test]
    fn any_text_is_a_query(text in ".{0,200}", other in ".{0,200}") {
        let query = Query::parse(&text);
        prop_assert!(text.starts_with(Query::without_begun(&text)));
        let _ = (Query::is_barely_begun(&text), query.troubles());
        for term in query.all.iter().chain(&query.none) {
            prop_assert!(!term.words.is_empty());
            prop_assert!(term.words.iter().all(|it| !it.is_empty() && !it.contains(|c: char| c == '"' || c == '\0' || c.is_whitespace())));
        }
        for mark in query.marks(&other) {
            prop_assert!(other.get(mark).is_some());
        }
    }

    #[test]
    fn hostile_syntax_is_a_query(text in "[-\"*:()^+{} a-cANDORNT0-9\u{0}返]{0,80}") {
        let _ = Query::parse(&text).marks(&text);
    }

    #[test]
    fn a_text_is_found_by_its_own_words(text in "[a-zA-Zéß 返金処0-9.-]{1,60}") {
        for word in words(&text) {
            let query = Query { all: vec![Term { words: vec![word.word], prefix: false }], ..Query::default() };
            prop_assert!(!query.marks(&text).is_empty());
        }
    }
}
