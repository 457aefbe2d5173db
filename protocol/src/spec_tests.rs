//! Every frame in the crate's documentation is decoded and encoded again.

use serde_json::Value;

use crate::{
    codec::{decode, decode_from_server},
    event::EventBody,
    frame::{Agents, Audience, Customers, ToClient, ToServer},
    refusal::Refusal,
};

/// The frames of the block with this heading, from the crate's documentation.
fn frames(heading: &str) -> Vec<&'static str> {
    let mut lines = include_str!("lib.rs")
        .lines()
        .map(|line| line.trim_start_matches("//!").trim());
    assert!(
        lines.any(|line| line == format!("```frames {heading}")),
        "no block {heading}"
    );
    lines.take_while(|line| *line != "```").collect()
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
    written["type"].as_str().unwrap().to_owned()
}

#[test]
fn every_documented_frame_survives_decoding_and_encoding() {
    let to_server = ["hello", "command", "ask", "typing", "ping"];
    let to_client = [
        "welcome", "snapshot", "batch", "answer", "reply", "signal", "pong", "bye",
    ];
    for (found, wanted) in [
        (check_to_server::<Agents>("agents to-server"), &to_server[..]),
        (check_to_server::<Customers>("customers to-server"), &to_server[..]),
        (check_to_client::<Agents>("agents to-client"), &to_client[..]),
        (check_to_client::<Customers>("customers to-client"), &to_client[..]),
    ] {
        for kind in wanted {
            assert!(found.iter().any(|it| it == kind), "no example of {kind}");
        }
    }
}

#[test]
fn every_command_and_question_has_an_example() {
    fn named(heading: &str, outer: &str, tag: &str, names: &[&str]) {
        let all: Vec<Value> = frames(heading)
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        for name in names {
            assert!(
                all.iter().any(|frame| frame[outer][tag] == *name),
                "no example of {name} in {heading}"
            );
        }
    }
    named("agents to-server", "command", "do", Agents::COMMANDS);
    named("customers to-server", "command", "do", Customers::COMMANDS);
    named("agents to-server", "question", "ask", Agents::QUESTIONS);
    named("customers to-server", "question", "ask", Customers::QUESTIONS);
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
    let text = r#"{"type":"batch","from":1,"to":2,"mark":"0000000000000001","events":[{"rev":2,"mark":"0000000000000001","time":5,"subject":{"of":"ticket","ticket":7},"kind":"ticket.made","touches":"line","fallback":"A ticket was made","data":{"n":7}}]}"#;
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
