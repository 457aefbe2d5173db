//! What a saved reply's text means, where it is refused, and that what is put in stays what it is.

use proptest::prelude::*;

use super::*;

fn answers(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    given
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect()
}

fn carol() -> Values {
    Values::new()
        .with(Known::CustomerName, "Carol")
        .with(Known::AgentName, "Ada")
        .with(Known::Subject, "")
        .with(Known::ConversationNumber, "12")
}

#[track_caller]
fn fills(template: &str, given: &[(&str, &str)], expected: &str) {
    let parsed = Template::parse(template).expect("the template is understood");
    let filled = parsed.fill(&carol(), &answers(given));
    assert_eq!(filled.as_deref(), Ok(expected), "of {template:?}");
}

#[track_caller]
fn unresolved(template: &str, given: &[(&str, &str)], expected: &[&str]) {
    let parsed = Template::parse(template).expect("the template is understood");
    match parsed.fill(&carol(), &answers(given)) {
        Err(FillError::Unresolved { holes }) => {
            let names: Vec<_> = holes.iter().map(Source::to_string).collect();
            assert_eq!(names, expected, "of {template:?}");
        }
        other => panic!("{template:?} gave {other:?}"),
    }
}

#[track_caller]
fn refused(template: &str, (line, column): (usize, usize), why: TemplateFault) {
    let error = Template::parse(template).expect_err("the template is refused");
    assert_eq!(
        (error.line, error.column, &error.why),
        (line, column, &why),
        "of {template:?}"
    );
    assert!(template.is_char_boundary(error.at));
}

#[test]
fn holes_are_filled() {
    fills("", &[], "");
    fills("Hi {{customer_name}}, {{agent_name}} here.", &[], "Hi Carol, Ada here.");
    fills("{{customer_name}}{{customer_name}}", &[], "CarolCarol");
    fills("{{ \tcustomer_name\t }}", &[], "Carol");
    fills("about {{subject|your question}}", &[], "about your question");
    fills("about {{ subject |  a b | c }}.", &[], "about a b | c.");
    fills("<{{customer_email|}}>", &[], "<>");
    fills("Order {{?order_id}}", &[("order_id", "7")], "Order 7");
    fills("Order {{ ? order_id | none }}", &[], "Order none");
    fills("{{?a.b_2}}", &[("a.b_2", "x"), ("other", "y")], "x");
    fills("{{subject|{a} }}", &[], "{a}");
}

#[test]
fn a_question_is_asked_once_and_its_default_holds_everywhere() {
    let text = "{{?b}} {{?a|one}} {{?b|two}} {{customer_name}} {{?b}}";
    let template = Template::parse(text).expect("it is understood");
    let asked: Vec<_> = template
        .questions()
        .iter()
        .map(|question| (question.name.as_str(), question.default.as_deref()))
        .collect();
    assert_eq!(asked, [("b", Some("two")), ("a", Some("one"))]);
    assert_eq!(template.holes().count(), 5);
    fills(text, &[], "two one two Carol two");
    fills(text, &[("b", "B")], "B one B Carol B");
}

#[test]
fn braces_that_are_no_hole_stay() {
    fills("{{{{customer_name}}", &[], "{{customer_name}}");
    fills("{{{{{{customer_name}}}}", &[], "{{Carol}}");
    fills("{{{customer_name}}}", &[], "{Carol}");
    fills("{{{{{{{customer_name}}", &[], "{{{Carol");
    fills("{{{{{", &[], "{{{");
    fills("{{{{{{{{", &[], "{{{{");
    fills("fn f() { a } }}", &[], "fn f() { a } }}");
}

#[test]
fn what_is_missing_or_blank_is_unresolved() {
    unresolved("{{customer_email}}", &[], &["customer_email"]);
    unresolved("{{subject}}", &[], &["subject"]);
    unresolved(
        "{{?b}} {{customer_name}} {{ticket}} {{?a}} {{?b}} {{ticket}}",
        &[],
        &["?b", "ticket", "?a"],
    );
    unresolved("{{?a}}", &[("a", " \u{200b}\n")], &["?a"]);
    // A question does not take a value of the same name.
    unresolved("{{?customer_name}}", &[], &["?customer_name"]);
}

#[test]
fn what_is_put_in_is_not_looked_at_again() {
    for nasty in [
        "{{agent_name}}",
        "{{{{",
        "{{?order_id}}",
        "}}",
        "{{customer_name}}",
        "{",
    ] {
        let values = carol().with(Known::CustomerName, nasty);
        let template = Template::parse("{{{customer_name}}{{?q}}").expect("it is understood");
        let filled = template.fill(&values, &answers(&[("q", nasty)]));
        assert_eq!(filled, Ok(format!("{{{nasty}{nasty}")));
    }
}

#[test]
fn mistakes_are_refused_where_they_are() {
    use TemplateFault::*;
    let unknown = |name: &str| Unknown { name: name.to_owned() };
    refused("Hi {{custmer_name}}", (1, 6), unknown("custmer_name"));
    refused("é\nüü {{  nobody|x}}", (2, 8), unknown("nobody"));
    refused("a {{customer_name", (1, 3), NotClosed);
    refused("{{customer_name}", (1, 1), NotClosed);
    refused("{{customer_name\n}}", (1, 1), NotClosed);
    refused("{{subject|a\rb}}", (1, 1), NotClosed);
    refused("{{subject|{{agent_name}}}}", (1, 1), NotClosed);
    refused("{{", (1, 1), NotClosed);
    for bad in [
        "{{}}",
        "{{|a}}",
        "{{?}}",
        "{{A}}",
        "{{1a}}",
        "{{a b}}",
        "{{?é}}",
        "{{.a}}",
        "{{??a}}",
        "{{\u{1b}[2J}}",
    ] {
        refused(bad, (1, 3), BadName);
    }
    refused(&format!("{{{{?{}}}}}", "a".repeat(41)), (1, 3), BadName);
    fills(&format!("{{{{?{}|x}}}}", "a".repeat(40)), &[], "x");
    let name = "a".to_owned();
    refused("{{?a|1}} {{?a}} {{?a|1}} {{?a|2}}", (1, 26), TwoDefaults { name });
    refused("a\n\0", (2, 1), Nul);
}

#[test]
fn bounds_are_kept() {
    let full = "é".repeat(TEMPLATE_BYTES_MAX / 2);
    fills(&full, &[], &full);
    let error = Template::parse(&format!("a{full}")).expect_err("too long");
    let (limit, actual) = (TEMPLATE_BYTES_MAX, TEMPLATE_BYTES_MAX + 1);
    assert_eq!(
        (error.at, error.why),
        (limit - 1, TemplateFault::TooLong { limit, actual })
    );

    let hole = "{{agent_name}}";
    fills(&hole.repeat(HOLES_MAX), &[], &"Ada".repeat(HOLES_MAX));
    let column = HOLES_MAX * hole.len() + 1;
    let limit = HOLES_MAX;
    refused(
        &hole.repeat(HOLES_MAX + 1),
        (1, column),
        TemplateFault::TooManyHoles { limit },
    );
}

#[test]
fn a_result_is_a_message_in_size() {
    let template = Template::parse("{{customer_name}}{{customer_name}}").expect("it is understood");
    let fill = |bytes| template.fill(&carol().with(Known::CustomerName, "x".repeat(bytes)), &answers(&[]));
    let (limit, actual) = (MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX + 2);
    assert_eq!(fill(limit / 2).map(|text| text.len()), Ok(limit));
    assert_eq!(fill(limit / 2 + 1), Err(FillError::TooLong { limit, actual }));
    let known = Known::CustomerName;
    let nul = template.fill(&carol().with(known, "a\0"), &answers(&[]));
    assert_eq!(nul, Err(FillError::Nul { known }));
}

#[test]
fn an_answer_has_bounds() {
    let template = Template::parse("{{?q|none}}").expect("it is understood");
    let fill = |answer: String| template.fill(&carol(), &answers(&[("q", &answer)]));
    let (limit, actual) = (ANSWER_BYTES_MAX, ANSWER_BYTES_MAX + 1);
    let refused = |why| {
        let question = "q".to_owned();
        Err(FillError::Answer { question, why })
    };
    assert_eq!(fill("x".repeat(limit)), Ok("x".repeat(limit)));
    assert_eq!(
        fill("x".repeat(actual)),
        refused(AnswerRefused::TooLong { limit, actual })
    );
    assert_eq!(fill("a\0".to_owned()), refused(AnswerRefused::Nul));
}

#[test]
fn a_preview_tells_words_values_and_holes_apart() {
    let template = Template::parse("Hi {{customer_name}}: {{?q}} {{ ticket }} {{?r|-}}").expect("it is understood");
    let (values, answers) = (carol(), answers(&[("q", "{{x}}")]));
    let holes: Vec<_> = template.holes().collect();
    let expected = [
        Piece::Text("Hi "),
        Piece::Value("Carol"),
        Piece::Text(": "),
        Piece::Value("{{x}}"),
        Piece::Text(" "),
        Piece::Hole(holes[2]),
        Piece::Text(" "),
        Piece::Value("-"),
    ];
    assert_eq!(template.preview(&values, &answers), expected);
    assert_eq!(holes[2].to_string(), "{{ticket}}");
}

#[test]
fn errors_say_what_to_do() {
    let said = |text: &str| Template::parse(text).expect_err("refused").to_string();
    assert_eq!(
        said("Hi {{name}}"),
        "line 1, column 6: name is not known here (known: customer_name, customer_email, agent_name, subject, \
         tenant_name, conversation_number, ticket); to be asked for it write {{?name}}"
    );
    assert_eq!(
        said("{{a"),
        "line 1, column 1: this {{ is not closed: write }} after the name or its default, on the same line, or {{{{ \
         for the two characters"
    );
    let template = Template::parse("{{?a}}{{ticket}}").expect("it is understood");
    let error = template.fill(&carol(), &answers(&[])).expect_err("unresolved");
    assert_eq!(
        error.to_string(),
        "nothing fills ?a, ticket: answer it, or write it by hand"
    );
    assert!(!format!("{:?}", carol()).contains("Carol"));
}

#[test]
fn the_list_of_values_is_sound() {
    for known in Known::ALL {
        assert_eq!(Known::from_name(known.name()), Some(*known));
        fills(&format!("{{{{{}|x}}}}{{{{agent_name}}}}", known.name()), &[], &{
            let value = carol()
                .get(*known)
                .filter(|value| !value.is_empty())
                .unwrap_or("x")
                .to_owned();
            value + "Ada"
        });
        assert!(!known.title().is_empty());
    }
    assert_eq!(Known::from_name("nobody"), None);
}

/// Texts that are often templates, and often nearly.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{".to_owned()),
        Just("{{".to_owned()),
        Just("{{{{".to_owned()),
        Just("}".to_owned()),
        Just("}}".to_owned()),
        Just("|".to_owned()),
        Just("?".to_owned()),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("customer_name".to_owned()),
        "\\{\\{ ?(customer_name|agent_name|subject|\\?[ab]) ?(\\| ?[a-b{} é|]{0,4})?\\}\\}",
        "[a-zé\u{202e}\u{301}\u{1b}]{1,3}",
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Text with nothing that a template reads.
fn plain() -> impl Strategy<Value = String> {
    "[a-z é\n|?}]{0,12}"
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_at_a_place_in_it(text in prop_oneof![texts(), any::<String>()]) {
        match Template::parse(&text) {
            Ok(template) => {
                let printed = template.to_string();
                prop_assert!(printed.len() <= text.len());
                prop_assert_eq!(Template::parse(&printed), Ok(template.clone()));
                let (values, none) = (Values::new(), BTreeMap::new());
                let open = template.preview(&values, &none).iter().any(|piece| matches!(piece, Piece::Hole(_)));
                prop_assert_eq!(template.fill(&values, &none).is_err(), open);
            }
            Err(error) => {
                let before = &text[..error.at];
                prop_assert_eq!(error.line, before.split('\n').count());
                prop_assert_eq!(error.column, before.split('\n').next_back().unwrap_or_default().chars().count() + 1);
            }
        }
    }

    #[test]
    fn a_text_without_holes_is_itself(words in proptest::collection::vec("[^{\0]{0,6}", 1..6)) {
        let template = Template::parse(&words.join("{{{{")).expect("nothing in it is a hole");
        prop_assert_eq!(template.holes().count(), 0);
        prop_assert_eq!(template.fill(&Values::new(), &BTreeMap::new()), Ok(words.join("{{")));
    }

    #[test]
    fn values_come_out_as_they_are(
        words in proptest::collection::vec(plain(), 4),
        name in "[a-z{}|?_]{0,20}",
        answer in "[a-z{}|?_]{0,20}",
    ) {
        let written = format!(
            "{}{{{{customer_name}}}}{}{{{{?q|none}}}}{}{{{{agent_name}}}}{}",
            words[0], words[1], words[2], words[3]
        );
        let template = Template::parse(&written).expect("its holes are well formed");
        let values = Values::new()
            .with(Known::CustomerName, format!("x{name}"))
            .with(Known::AgentName, "Ada");
        let filled = template.fill(&values, &answers(&[("q", &answer)])).expect("every hole is filled");
        let answer = if answer.is_empty() { "none" } else { &answer };
        prop_assert_eq!(filled, format!("{}x{name}{}{answer}{}Ada{}", words[0], words[1], words[2], words[3]));
    }

    #[test]
    fn no_hole_of_the_template_is_left(text in texts()) {
        let Ok(template) = Template::parse(&text) else { return Ok(()) };
        let values = Known::ALL.iter().fold(Values::new(), |values, known| values.with(*known, "V"));
        let given = template.questions().iter().map(|question| (question.name.clone(), "A".to_owned())).collect();
        let filled = template.fill(&values, &given).expect("every hole is filled");
        let literal = text.matches("{{{{").count();
        prop_assert!(filled.matches("{{").count() <= literal);
    }
}
