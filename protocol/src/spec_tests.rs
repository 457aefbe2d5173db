//! Every line of the specification is decoded and encoded again, and nothing that travels is left out of it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    codec::{decode, decode_from_server},
    customer_event::{CustomerBody, CustomerEvent},
    event::{Event, EventBody},
    frame::{Agents, Audience, Customers, ToClient, ToServer},
    refusal::Refusal,
    stage::HandOverReason,
    tests::examples::*,
};

/// The lines of the block with this heading, from the specification.
fn block(heading: &str) -> Vec<&'static str> {
    let mut lines = include_str!("spec.md").lines();
    assert!(lines.any(|line| line == format!("```{heading}")), "no block {heading}");
    lines.take_while(|line| *line != "```").collect()
}

fn frames(heading: &str) -> Vec<&'static str> {
    block(&format!("frames {heading}"))
}

fn check_to_server<A: Audience>(heading: &str) -> Vec<String> {
    let each = frames(heading).into_iter().map(|text| {
        let frame: ToServer<A> = decode(text).unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"));
        same(text, &serde_json::to_value(&frame).unwrap())
    });
    each.collect()
}

fn check_to_client<A: Audience>(heading: &str) -> Vec<String> {
    let each = frames(heading).into_iter().map(|text| {
        let frame: ToClient<A> = decode_from_server(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        same(text, &serde_json::to_value(&frame).unwrap())
    });
    each.collect()
}

fn same(text: &str, encoded: &Value) -> String {
    let written: Value = serde_json::from_str(text).unwrap();
    assert_eq!(&written, encoded, "\n{text}");
    ["type", "kind", "code"]
        .map(|tag| written[tag].as_str().unwrap_or_default())
        .concat()
}

/// The values that are at this place in the lines of a block.
fn at(heading: &str, path: &[&str]) -> BTreeSet<String> {
    let lines = block(heading)
        .into_iter()
        .map(|text| serde_json::from_str(text).unwrap());
    let there = lines.filter_map(|line: Value| {
        let value = path.iter().try_fold(&line, |value, key| value.get(key))?;
        value.as_str().map(str::to_owned)
    });
    there.collect()
}

/// The values of this tag in the examples.
fn tags<T: serde::Serialize>(examples: Vec<T>, tag: &str) -> BTreeSet<String> {
    let values = examples.iter().map(|it| serde_json::to_value(it).unwrap());
    values.map(|it| it[tag].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_documented_frame_survives_decoding_and_encoding() {
    fn check(found: Vec<String>, wanted: &[&str]) {
        let missing: Vec<_> = wanted
            .iter()
            .filter(|kind| !found.iter().any(|it| it == *kind))
            .collect();
        assert!(missing.is_empty(), "no example of {missing:?}");
    }
    let to_server = ["hello", "command", "ask", "typing", "delivered", "ping"];
    let to_client = [
        "welcome", "snapshot", "batch", "answer", "reply", "signal", "pong", "bye",
    ];
    check(check_to_server::<Agents>("agents to-server"), &to_server);
    check(check_to_server::<Agents>("agents to-server"), &["viewing"]);
    check(check_to_server::<Customers>("customers to-server"), &to_server);
    check(check_to_client::<Agents>("agents to-client"), &to_client);
    check(check_to_client::<Agents>("agents to-client"), &["refused"]);
    check(check_to_client::<Customers>("customers to-client"), &to_client);
}

#[test]
fn every_documented_event_and_refusal_survives_decoding_and_encoding() {
    fn check<T>(
        heading: &str,
        read: impl Fn(Value) -> serde_json::Result<T>,
        write: impl Fn(&T) -> Value,
        kinds: &BTreeSet<String>,
    ) {
        let each = block(heading).into_iter().map(|text| {
            let it = read(serde_json::from_str(text).unwrap()).unwrap_or_else(|error| panic!("{error}\n{text}"));
            same(text, &write(&it))
        });
        let found: BTreeSet<String> = each.collect();
        assert_eq!(&found, kinds, "{heading}");
    }
    let names = |kinds: &[&str]| kinds.iter().map(|it| (*it).to_owned()).collect();
    let value = |it: &Event| serde_json::to_value(it).unwrap();
    check("events agents", serde_json::from_value, value, &names(EventBody::KINDS));
    let value = |it: &CustomerEvent| serde_json::to_value(it).unwrap();
    check(
        "events customers",
        serde_json::from_value,
        value,
        &names(CustomerBody::KINDS),
    );
    let mut codes: BTreeSet<String> = every_refusal().iter().map(Refusal::code).collect();
    codes.retain(|code| code != "moon_phase");
    check("refusals", Refusal::from_wire, Refusal::to_wire, &codes);
}

#[test]
fn every_command_question_reply_and_signal_has_an_example() {
    let names = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        at("frames agents to-server", &["command", "do"]),
        names(Agents::COMMANDS)
    );
    assert_eq!(
        at("frames customers to-server", &["command", "do"]),
        names(Customers::COMMANDS)
    );
    assert_eq!(
        at("frames agents to-server", &["question", "ask"]),
        names(Agents::QUESTIONS)
    );
    assert_eq!(
        at("frames customers to-server", &["question", "ask"]),
        names(Customers::QUESTIONS)
    );
    assert_eq!(
        at("frames agents to-client", &["reply", "told"]),
        tags(every_agent_reply(), "told")
    );
    assert_eq!(
        at("frames customers to-client", &["reply", "told"]),
        tags(every_customer_reply(), "told")
    );
    assert_eq!(
        at("frames agents to-client", &["signal", "kind"]),
        tags(every_agent_signal(), "kind")
    );
    assert_eq!(
        at("frames customers to-client", &["signal", "kind"]),
        tags(every_customer_signal(), "kind")
    );
}

/// The document for authors of other clients names all that there is. What it says of it no test can judge.
#[test]
fn the_document_for_other_languages_names_everything() {
    let text = include_str!("../../docs/protocol.md");
    let quoted: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let mut wanted: BTreeSet<String> = every_refusal().iter().map(Refusal::code).collect();
    wanted.retain(|code| code != "moon_phase");
    for names in [
        Agents::COMMANDS,
        Agents::QUESTIONS,
        Customers::COMMANDS,
        Customers::QUESTIONS,
        EventBody::KINDS,
        CustomerBody::KINDS,
    ] {
        wanted.extend(names.iter().map(|it| (*it).to_owned()));
    }
    wanted.extend(tags(every_agent_signal(), "kind"));
    wanted.extend(tags(every_customer_signal(), "kind"));
    wanted.extend(tags(every_why_not(), "why"));
    wanted.extend(tags(every_warning(), "warning"));
    wanted.extend(tags(every_action(), "act"));
    wanted.extend(["delivered", "viewing"].map(str::to_owned));
    wanted.extend(crate::template::Known::ALL.iter().map(|it| it.name().to_owned()));
    for reason in every_reason().iter().filter(|it| **it != HandOverReason::Other) {
        wanted.insert(serde_json::to_value(reason).unwrap().as_str().unwrap().to_owned());
    }
    let settings = serde_json::to_value(settings()).unwrap();
    wanted.extend(settings.as_object().unwrap().keys().cloned());
    let missing: Vec<_> = wanted.iter().filter(|name| !quoted.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "docs/protocol.md does not name {missing:?}");
}

#[test]
fn bad_frames_are_refused_by_what_is_wrong_with_them() {
    fn check(text: &str, code: &str) {
        let refusal = decode::<Customers>(text).unwrap_err();
        assert_eq!(refusal.code(), code, "{text}: {refusal:?}");
    }
    check("", "bad_json");
    check("hello", "bad_json");
    check("{} {}", "bad_json");
    check("null", "bad_field");
    check("[]", "bad_field");
    check("{}", "bad_field");
    check(r#"{"type":1}"#, "bad_field");
    check(r#"{"type":"dance"}"#, "unknown_type");
    check(r#"{"type":"ping"}"#, "bad_field");
    check(r#"{"type":"ping","n":-1}"#, "bad_field");
    check(r#"{"type":"delivered"}"#, "bad_field");
    check(r#"{"type":"viewing","conversation":7}"#, "bad_field");
    check(r#"{"type":"ping","n":18446744073709551616}"#, "bad_field");
    check(r#"{"type":"command","id":"7","command":{"do":"close"}}"#, "bad_field");
    check(
        r#"{"type":"command","id":"01930000-0000-7000-8000-000000000001","command":{"do":"fly"}}"#,
        "unknown_type",
    );
    check(
        r#"{"type":"command","id":"01930000-0000-7000-8000-000000000001","command":{"do":"take_over","conversation":"01930000-0000-7000-8000-000000000001"}}"#,
        "forbidden",
    );
    check(
        r#"{"type":"ask","n":1,"question":{"ask":"summary","conversation":"01930000-0000-7000-8000-000000000001"}}"#,
        "forbidden",
    );
    check(
        r#"{"type":"command","id":"01930000-0000-7000-8000-000000000001","command":{"do":"post","text":"\ud800"}}"#,
        "bad_json",
    );
    check(&format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)), "bad_json");
}

#[test]
fn unknown_fields_are_ignored_and_unknown_kinds_are_carried() {
    let frame = decode::<Customers>(r#"{"type":"ping","n":1,"colour":"blue"}"#).unwrap();
    assert_eq!(frame, ToServer::Ping { n: 1, cursor: None });
    let text = r#"{"type":"batch","from":1,"to":2,"mark":"0000000000000001","events":[{"rev":2,"mark":"0000000000000001","time":5,"subject":{"of":"moon","crater":7},"kind":"ticket.made","touches":"line","fallback":"A ticket was made","data":{"n":7}}]}"#;
    let ToClient::<Agents>::Batch { events, .. } = decode_from_server(text).unwrap() else {
        panic!()
    };
    let EventBody::Unknown(body) = &events[0].body else {
        panic!()
    };
    assert_eq!(
        (body.kind.as_str(), events[0].body.fallback().as_deref()),
        ("ticket.made", Some("A ticket was made"))
    );
    let part = r#"{"sender":"bot","line":1,"parts":[{"type":"file","name":"x","fallback":"a file: x"}]}"#;
    let posted: crate::event::Posted = serde_json::from_str(part).unwrap();
    assert_eq!(posted.text(), "a file: x");
}

#[test]
fn a_refusal_of_a_later_version_keeps_whether_to_try_again() {
    let value = serde_json::json!({"code":"moon_phase","message":"Not tonight.","retryable":true});
    let refusal = Refusal::from_wire(value).unwrap();
    assert!(refusal.retryable());
    assert_eq!(
        (refusal.code().as_str(), refusal.message().as_str()),
        ("moon_phase", "Not tonight.")
    );
}

#[test]
fn hello_never_prints_its_token() {
    let ToServer::<Agents>::Hello(hello) = decode(frames("agents to-server")[0]).unwrap() else {
        panic!()
    };
    assert!(hello.token.is_some());
    assert!(!format!("{hello:?}").contains("mca_"));
}
