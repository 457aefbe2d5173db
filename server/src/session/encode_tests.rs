use bytes::Bytes;
use minicom_protocol::{
    codec,
    customer_event::{Author, CustomerBody, CustomerEvent, Posted},
    event::Part,
    frame::{Agents, Customers, ToClient},
    ids::{ConversationId, CustomerId, LineNo, Mark, Rev, Seq, Time},
    people::{CustomerRef, Realm},
    stage::Stage,
    summary::Summary,
    text::{CustomerName, MessageText},
    thread_view::ThreadView,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::hub::Encoded;

fn line(seq: u64, text: &str) -> CustomerEvent {
    CustomerEvent {
        seq: Seq(seq),
        mark: Mark(seq * 7),
        time: Time(1),
        conversation: ConversationId(Uuid::from_u128(1)),
        command: None,
        body: CustomerBody::Posted(Posted {
            author: Author::Customer,
            line: LineNo(seq),
            parts: vec![Part::of_text(MessageText::parse(text).unwrap())],
        }),
    }
}

fn summary(n: u64) -> Summary {
    Summary {
        conversation: ConversationId(Uuid::from_u128(n.into())),
        customer: CustomerRef {
            id: CustomerId(Uuid::from_u128(n.into())),
            name: CustomerName::parse(format!("c{n}")).unwrap(),
            realm: Realm::Named,
        },
        number: 1,
        stage: Stage::Bot,
        opened_at: Time(0),
        rev: Rev(n),
        stage_rev: Rev(n),
        last_at: Time(0),
        message_count: 0,
        customer_lines: LineNo(0),
        desk_lines: LineNo(0),
        customer_mark: LineNo(0),
        desk_mark: LineNo(0),
        last_line: None,
        unanswered_since: None,
    }
}

#[test]
fn a_batch_is_the_frame_that_the_protocol_says() {
    let events = [line(8, "hi"), line(9, "a \"quoted\" \u{1} line")];
    let encoded = events.iter().map(|event| Encoded {
        at: event.seq.0,
        mark: event.mark,
        json: Bytes::from(serde_json::to_vec(event).unwrap()),
    });
    let made = batch(&Batch {
        from: 7,
        to: 9,
        mark: Mark(63),
        events: encoded.collect(),
    });
    let expected = ToClient::<Customers>::Batch {
        from: 7,
        to: 9,
        mark: Mark(63),
        events: events.to_vec(),
    };
    assert_eq!(made.as_str(), codec::encode(&expected));
}

#[test]
fn an_empty_snapshot_is_one_last_part() {
    let parts = agent_snapshot(&AgentSnapshot {
        conversations: vec![],
        more_closed: false,
    });
    assert_eq!(parts.len(), 1);
    assert!(parts[0].contains(r#""last":true"#));
}

fn decoded<A: minicom_protocol::frame::Audience>(parts: &[String]) -> Vec<A::Snapshot> {
    let decode = |(n, part): (usize, &String)| match codec::decode_from_server::<A>(part).unwrap() {
        ToClient::Snapshot { last, data } => {
            assert_eq!(last, n + 1 == parts.len(), "`last` is true in the last part only");
            data
        }
        _ => panic!("not a part of a snapshot: {part}"),
    };
    parts.iter().enumerate().map(decode).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn agents_parts_join_to_the_list_in_its_order(count in 0..400u64, more_closed: bool) {
        let conversations: Vec<Summary> = (0..count).map(summary).collect();
        let parts = agent_snapshot(&AgentSnapshot { conversations: conversations.clone(), more_closed });
        prop_assert!(parts.iter().all(|part| part.len() <= limits::SNAPSHOT_PART_BYTES_MAX));
        let decoded = decoded::<Agents>(&parts);
        prop_assert_eq!(decoded.last().unwrap().more_closed, more_closed);
        let joined: Vec<Summary> = decoded.into_iter().flat_map(|part| part.conversations).collect();
        prop_assert_eq!(joined, conversations);
    }

    #[test]
    fn customers_parts_join_to_the_page(sizes in proptest::collection::vec(1..16_384usize, 0..30), more: bool) {
        let events: Vec<CustomerEvent> = (1..).zip(&sizes).map(|(seq, size)| line(seq, &"x".repeat(*size))).collect();
        let view = ThreadView { seq: Seq(sizes.len() as u64), ..ThreadView::default() };
        let parts = customer_snapshot(&CustomerSnapshot { view: view.clone(), events: events.clone(), more });
        prop_assert!(parts.iter().all(|part| part.len() <= limits::SNAPSHOT_PART_BYTES_MAX));
        let decoded = decoded::<Customers>(&parts);
        prop_assert!(decoded.iter().all(|part| part.view == view && part.more == more));
        let joined: Vec<CustomerEvent> = decoded.into_iter().flat_map(|part| part.events).collect();
        prop_assert_eq!(joined, events);
    }

    #[test]
    fn a_page_is_cut_at_its_old_end(count in 1..60usize, size in 1..16_384usize) {
        let all: Vec<String> = (0..count).map(|n| format!("{n}:{}", "\u{1}".repeat(size))).collect();
        let (mut first, mut last) = (all.clone(), all.clone());
        let cut = fit(&mut first, Cut::First);
        prop_assert_eq!(cut, first.len() < all.len());
        prop_assert!(!first.is_empty() && all.ends_with(&first));
        prop_assert!(first.len() == 1 || json(&first).len() <= limits::REPLY_BYTES_MAX);
        fit(&mut last, Cut::Last);
        prop_assert!(!last.is_empty() && all.starts_with(&last));
    }

    #[test]
    fn no_text_of_ours_is_too_deep(text in "[^\\x00]{0,200}") {
        prop_assert_eq!(depth(&json(&line(1, &format!("x{text}")))), Ok(()));
    }
}

#[test]
fn depth_counts_what_is_not_quoted() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(depth(&nested(limits::JSON_DEPTH_MAX)), Ok(()));
    assert!(depth(&nested(limits::JSON_DEPTH_MAX + 1)).is_err());
    assert_eq!(depth(&format!("{:?}", nested(10_000))), Ok(()), "in a string");
    assert_eq!(
        depth(&format!(r#"{{"a":"\"{}"}}"#, nested(50))),
        Ok(()),
        "after an escaped quote"
    );
    assert!(depth(&format!(r#"{{"a":"\\","b":{}}}"#, nested(50))).is_err());
    assert!(depth(&"[".repeat(10_000)).is_err());
}
