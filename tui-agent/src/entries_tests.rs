//! Events as entries: by whom, in which words.

use minicom_client::ClientEvent;
use minicom_protocol::{Touches, UnknownBody, stage::Closer};

use super::*;
use crate::testing::{ADA, BO, Desk, agent};

fn eyes() -> Eyes {
    Eyes {
        me: Some(agent(ADA).id),
        customer: Shown::fixed("carol"),
        zone: Zone::utc(),
        dot: "·",
    }
}

/// What carol's desk has told, each as `who: words`, or `-- words`.
#[track_caller]
fn check(what: impl FnOnce(&mut Desk) -> &mut Desk, expected: &[&str]) {
    let mut desk = Desk::new();
    let _ = desk.fresh();
    what(&mut desk);
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let told: Vec<String> = events
        .iter()
        .filter_map(|event| eyes().entry(event))
        .map(|entry| match entry.kind {
            Kind::Line { name, .. } => format!("{name}: {}", entry.text),
            Kind::System => format!("-- {}", entry.text),
        })
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn lines_are_told_apart_by_word() {
    check(
        |desk| {
            desk.says("carol", "hello")
                .bot("carol", "Hi.")
                .taken("carol", ADA)
                .replies("carol", ADA, "me")
        },
        &["carol: hello", "bot: Hi.", "-- you took over · 14:00", "you: me"],
    );
    check(
        |desk| {
            desk.says("carol", "hello")
                .taken("carol", BO)
                .replies("carol", BO, "Bo here")
        },
        &["carol: hello", "-- Bo took over · 14:00", "Bo: Bo here"],
    );
}

#[test]
fn what_happened_is_told_with_its_time() {
    check(
        |desk| {
            desk.says("carol", "x")
                .asks("carol")
                .taken("carol", BO)
                .handed_back("carol", BO)
        },
        &[
            "carol: x",
            "-- carol asked for a person · 14:00",
            "-- Bo took over · 14:00",
            "-- Bo handed back to the bot · 14:00",
        ],
    );
    check(
        |desk| {
            desk.says("carol", "x")
                .closed("carol", Closer::Customer)
                .says("carol", "again")
        },
        &[
            "carol: x",
            "-- carol ended the chat · 14:00",
            "-- conversation 2 · 14:00",
            "carol: again",
        ],
    );
    check(
        |desk| {
            desk.says("carol", "x")
                .closed("carol", Closer::Agent { agent: agent(ADA) })
        },
        &["carol: x", "-- you ended the chat · 14:00"],
    );
}

#[test]
fn read_marks_are_no_entries_and_own_lines_have_marks() {
    check(|desk| desk.says("carol", "x").reads("carol", Side::Desk), &["carol: x"]);
    let mut desk = Desk::new();
    desk.says("carol", "x")
        .taken("carol", ADA)
        .replies("carol", ADA, "y")
        .replies("carol", BO, "z");
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let marks: Vec<Option<DeliveryMark>> = events
        .iter()
        .filter_map(|it| eyes().entry(it))
        .map(|it| it.mark)
        .collect();
    assert_eq!(marks, [None, None, Some(DeliveryMark::Stored), None]);
}

#[test]
fn a_kind_of_a_later_version_is_told_by_its_fallback() {
    let mut desk = Desk::new();
    desk.says("carol", "x");
    let ClientEvent::Batch { events, .. } = desk.batch() else {
        unreachable!()
    };
    let mut event = events[1].clone();
    let unknown = |touches, fallback: Option<&str>| {
        EventBody::Unknown(UnknownBody {
            kind: "chat.later".to_owned(),
            touches,
            fallback: fallback.map(str::to_owned),
            data: serde_json::Value::Null,
        })
    };
    event.body = unknown(minicom_protocol::Touches::Line, Some("something\u{1b}[2J later"));
    assert_eq!(
        eyes().entry(&event).unwrap().text.as_str(),
        "something␛[2J later · 14:00"
    );
    event.body = unknown(minicom_protocol::Touches::Line, None);
    assert_eq!(eyes().entry(&event), None);
    event.body = unknown(minicom_protocol::Touches::Nothing, Some("nothing to see"));
    assert_eq!(eyes().entry(&event), None);
}

#[test]
fn a_strangers_text_is_gated() {
    check(
        |desk| desk.says("carol", "a\u{1b}[31mred\tb"),
        &["carol: a␛[31mred    b"],
    );
}
