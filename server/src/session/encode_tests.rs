use bytes::Bytes;
use minicom_protocol::{
    codec,
    customer_event::{Author, CustomerBody, CustomerEvent, Posted},
    event::{Event, EventBody, Opened, Part, Subject},
    frame::{Agents, Customers, DeskState, ToClient},
    ids::{AgentId, ConversationId, CustomerId, LineNo, Mark, Rev, Seq, Time},
    intake::Intake,
    line::LineState,
    people::{AgentRef, CustomerRef, Realm, Role},
    staff::{Intent, Staff, StaffMember},
    summary::Summary,
    text::{CustomerName, DisplayName, MessageText},
    thread_view::ThreadView,
    words::Skill,
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
            quote: None,
            state: LineState::Original,
        }),
    }
}

fn summary(n: u64) -> Summary {
    let id = Uuid::from_u128(n.into());
    let opened = Opened {
        customer: CustomerRef {
            id: CustomerId(id),
            name: CustomerName::parse(format!("c{n}")).unwrap(),
            realm: Realm::Named,
        },
        number: 1,
        customer_lines: LineNo(0),
        desk_lines: LineNo(0),
        customer_mark: LineNo(0),
        desk_mark: LineNo(0),
        intake: Intake::default(),
        answers: vec![],
        hint: None,
    };
    let event = Event {
        rev: Rev(n),
        seq: Some(Seq(n)),
        mark: Mark(n),
        time: Time(0),
        subject: Subject::Conversation {
            customer: CustomerId(id),
            conversation: ConversationId(id),
        },
        command: None,
        body: EventBody::Opened(opened),
    };
    Summary::open(&event).unwrap()
}

/// A desk with so many agents.
fn desk(agents: u64) -> DeskState {
    let member = |n: u64| StaffMember {
        agent: AgentRef {
            id: AgentId(Uuid::from_u128(n.into())),
            name: DisplayName::parse(format!("agent {n}")).unwrap(),
        },
        role: Role::Agent,
        enabled: true,
        skills: vec![Skill::parse("refunds").unwrap()],
        capacity: None,
        intent: Intent::Available,
    };
    DeskState {
        staff: Staff {
            agents: (0..agents).map(member).collect(),
            groups: vec![],
        },
        mentions_unread: 3,
        ..DeskState::default()
    }
}

#[test]
fn a_batch_is_the_frame_that_the_protocol_says() {
    let events = [line(8, "hi"), line(9, "a \"quoted\" \u{1} line")];
    let encoded = events.iter().map(|event| Encoded {
        at: event.seq.0,
        mark: event.mark,
        json: Bytes::from(serde_json::to_vec(event).unwrap()),
        own: None,
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
        desk: None,
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
    fn agents_parts_join_to_the_list_in_its_order(count in 0..400u64, more_closed: bool, agents in 0..300u64) {
        let conversations: Vec<Summary> = (0..count).map(summary).collect();
        let desk = Box::new(desk(agents));
        let snapshot = AgentSnapshot { conversations: conversations.clone(), more_closed, desk: Some(desk.clone()) };
        let parts = agent_snapshot(&snapshot);
        prop_assert!(parts.iter().all(|part| part.len() <= limits::SNAPSHOT_PART_BYTES_MAX));
        let decoded = decoded::<Agents>(&parts);
        prop_assert_eq!(decoded.last().unwrap().more_closed, more_closed);
        prop_assert_eq!(decoded[0].desk.as_ref(), Some(&desk), "the first part draws the first screen");
        prop_assert!(decoded[1..].iter().all(|part| part.desk.is_none()), "and it is sent once");
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
    fn what_cannot_be_cut_passes_if_it_fits(size in 0..2 * limits::REPLY_BYTES_MAX) {
        let text = "x".repeat(size);
        match whole(&text) {
            Ok(same) => prop_assert!(json(same).len() <= limits::REPLY_BYTES_MAX),
            Err(refusal) => {
                let is_told = matches!(refusal, Refusal::TooLarge { .. });
                prop_assert!(is_told && size + 2 > limits::REPLY_BYTES_MAX - REPLY_FRAME_BYTES);
            }
        }
    }

    #[test]
    fn no_text_of_ours_is_too_deep(text in "[^\\x00]{0,200}") {
        prop_assert_eq!(depth(json(&line(1, &format!("x{text}"))).as_bytes()), Ok(()));
    }
}

#[test]
fn depth_counts_what_is_not_quoted() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(depth(nested(limits::JSON_DEPTH_MAX).as_bytes()), Ok(()));
    assert!(depth(nested(limits::JSON_DEPTH_MAX + 1).as_bytes()).is_err());
    assert_eq!(depth(format!("{:?}", nested(10_000)).as_bytes()), Ok(()), "in a string");
    assert_eq!(
        depth(format!(r#"{{"a":"\"{}"}}"#, nested(50)).as_bytes()),
        Ok(()),
        "after an escaped quote"
    );
    assert!(depth(format!(r#"{{"a":"\\","b":{}}}"#, nested(50)).as_bytes()).is_err());
    assert!(depth("[".repeat(10_000).as_bytes()).is_err());
}
