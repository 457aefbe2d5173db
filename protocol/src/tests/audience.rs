//! What of each event a customer sees, and that nothing else is in it.

use proptest::prelude::*;

use super::{examples::*, fixtures::*};
use crate::{
    customer_event::CustomerBody,
    event::*,
    ids::{CommandId, LineNo, Mark, Rev, Seq, TicketNo},
    intake::{Intake, Priority},
    line::{LineRef, LineState, Notice},
    people::AgentRef,
    settings::PreChatAnswer,
    stage::{Closer, HandOverReason, Side},
    text::DisplayName,
    words::GroupName,
};

/// What a customer gets of this kind, in the order of [`every_body`].
const SEEN: &[(&str, Option<&str>)] = &[
    ("chat.session.started", Some("chat.session.started")),
    ("chat.message.new", Some("chat.message.new")),
    ("chat.session.assigned", Some("chat.agent.joined")),
    ("chat.session.handed_back", Some("chat.session.handed_back")),
    ("chat.session.waiting", Some("chat.session.waiting")),
    ("chat.message.seen", Some("chat.message.seen")),
    ("chat.session.closed", Some("chat.session.closed")),
    ("chat.session.transferred", Some("chat.session.requeued")),
    ("chat.session.requeued", Some("chat.session.requeued")),
    ("chat.session.snoozed", None),
    ("chat.session.woken", None),
    ("chat.note.new", None),
    ("chat.message.changed", Some("chat.message.changed")),
    ("chat.session.tags", None),
    ("chat.session.subject", None),
    ("chat.session.priority", None),
    ("chat.session.ticket", Some("chat.session.ticket")),
    ("chat.session.rated", Some("chat.session.rated")),
    ("chat.session.erased", None),
    ("customer.changed", None),
    ("customer.merged", None),
    ("agent.changed", None),
    ("agent.mentions_read", None),
    ("group.changed", None),
    ("group.deleted", None),
    ("desk.settings", None),
    ("library.reply.changed", None),
    ("library.reply.deleted", None),
    ("library.article.changed", None),
    ("library.article.deleted", None),
    ("ticket.changed", None),
    ("moon.phase", None),
];

#[test]
fn what_a_customer_sees_of_each_kind() {
    let found: Vec<_> = every_body()
        .into_iter()
        .map(|body| {
            (
                body.kind().to_owned(),
                body.for_customer().map(|it| it.kind().to_owned()),
            )
        })
        .collect();
    let wanted: Vec<_> = SEEN
        .iter()
        .map(|(kind, seen)| ((*kind).to_owned(), seen.map(str::to_owned)))
        .collect();
    assert_eq!(found, wanted);
    let told = found.iter().filter_map(|(_, seen)| seen.as_deref());
    let told: std::collections::BTreeSet<&str> = told.collect();
    let known: std::collections::BTreeSet<&str> = CustomerBody::KINDS.iter().copied().collect();
    assert_eq!(told, known, "a kind that no event becomes");
}

#[test]
fn how_sure_something_is_is_told_to_agents_alone() {
    let sure = ["percent", "probability", "nearness", "example"];
    let named = |text: String| sure.iter().any(|word| text.contains(&format!("\"{word}\"")));
    let frames = every_frame_to_customers();
    for frame in &frames {
        assert!(!named(serde_json::to_string(frame).unwrap()), "{frame:?}");
    }
    for told in every_event().iter().filter_map(Event::for_customer) {
        assert!(!named(serde_json::to_string(&told).unwrap()), "{told:?}");
    }
    let to_agents = every_frame_to_agents();
    assert!(
        to_agents.iter().any(|it| named(serde_json::to_string(it).unwrap())),
        "the words are those of the wire"
    );
}

#[test]
fn an_agent_who_is_given_it_has_joined_by_whatever_way() {
    let joined = |body: EventBody| match body.for_customer() {
        Some(CustomerBody::Joined(it)) => it.name,
        other => panic!("{other:?}"),
    };
    let to = Target::Agent { agent: bo() };
    assert_eq!(joined(EventBody::Transferred(Transferred { by: ada(), to })), bo().name);
    let given = |by, routed| {
        EventBody::TakenOver(TakenOver {
            agent: bo(),
            by,
            routed,
        })
    };
    for body in [given(None, false), given(Some(ada()), false), given(None, true)] {
        assert_eq!(joined(body), bo().name);
    }
    let queue = EventBody::Transferred(Transferred {
        by: ada(),
        to: Target::Queue,
    });
    assert!(matches!(queue.for_customer(), Some(CustomerBody::Requeued(_))));
}

#[test]
fn a_command_id_goes_back_to_the_customer_who_sent_it_and_to_nobody_else() {
    let line = LineRef {
        side: Side::Customer,
        line: LineNo(1),
    };
    let change = |agent| {
        EventBody::LineChanged(LineChanged {
            line,
            state: LineState::Withdrawn,
            parts: vec![],
            agent,
        })
    };
    let asked = |by_customer| {
        EventBody::HumanRequested(HumanRequested {
            reason: HandOverReason::Rule,
            by_customer,
            respond_by: None,
            note: None,
        })
    };
    let seen = |side| EventBody::Seen(Seen { side, up_to: LineNo(1) });
    let closed = |by| EventBody::Closed(Closed { by, ask_rating: false });
    let check = |body: EventBody, own: bool| {
        let told = event(9, START, body.clone()).for_customer().unwrap();
        assert_eq!(told.command.is_some(), own, "{body:?}");
    };
    check(EventBody::Opened(opened()), true);
    check(posted(Author::Customer, 1, "a"), true);
    check(posted(Author::Bot, 1, "a"), false);
    check(posted(by(ada()), 1, "a"), false);
    check(posted(Author::System, 1, "a"), false);
    check(change(None), true);
    check(change(Some(ada())), false);
    check(asked(true), true);
    check(asked(false), false);
    check(seen(Side::Customer), true);
    check(seen(Side::Desk), false);
    check(closed(Closer::Customer), true);
    check(closed(Closer::Agent { agent: ada() }), false);
    check(closed(Closer::System), false);
    check(
        EventBody::Rated(Rated {
            score: None,
            comment: None,
        }),
        true,
    );
    check(
        EventBody::TakenOver(TakenOver {
            agent: ada(),
            by: None,
            routed: false,
        }),
        false,
    );
    check(EventBody::HandedBack(HandedBack { agent: ada() }), false);
    check(
        EventBody::Transferred(Transferred {
            by: ada(),
            to: Target::Queue,
        }),
        false,
    );
    check(
        EventBody::Ticketed(Ticketed {
            agent: ada(),
            ticket: TicketNo(7),
        }),
        false,
    );
}

/// Bodies in which everything that is not for customers is, or has in it, the marker.
fn note(mark: &str) -> HandOverNote {
    HandOverNote {
        question: Some(crate::line::Quote {
            line: LineRef {
                side: Side::Customer,
                line: LineNo(1),
            },
            excerpt: mark.to_owned(),
        }),
        why: Some(mark.to_owned()),
        tried: vec![],
        nearest: None,
        mood: Mood::Upset,
        language: Some(mark.to_owned()),
    }
}

fn marked(mark: &str) -> Vec<EventBody> {
    let hidden = AgentRef {
        id: agent_id(0xee),
        name: DisplayName::parse(mark).unwrap(),
    };
    let group = crate::staff::GroupRef {
        id: group_id(0xee),
        name: GroupName::parse(mark).unwrap(),
    };
    let words = text(mark);
    let known_by_name = AgentRef {
        id: agent_id(0xee),
        name: ada().name,
    };
    let mut all = vec![
        EventBody::Opened(Opened {
            intake: Intake {
                subject: Some(line(mark)),
                skills: vec![skill(mark)],
                channel: mark.to_owned(),
                ..Intake::default()
            },
            answers: vec![PreChatAnswer {
                key: mark.to_owned(),
                text: mark.to_owned(),
            }],
            hint: Some(hidden.clone()),
            ..opened()
        }),
        EventBody::Posted(Posted {
            author: by(known_by_name.clone()),
            line: LineNo(1),
            parts: parts("hello"),
            quote: None,
            notice: Some(Notice::Hours),
            state: LineState::Original,
        }),
        EventBody::TakenOver(TakenOver {
            agent: known_by_name.clone(),
            by: Some(hidden.clone()),
            routed: false,
        }),
        EventBody::HandedBack(HandedBack { agent: hidden.clone() }),
        EventBody::Closed(Closed {
            by: Closer::Agent { agent: hidden.clone() },
            ask_rating: true,
        }),
        EventBody::Transferred(Transferred {
            by: hidden.clone(),
            to: Target::Agent { agent: known_by_name },
        }),
        EventBody::Transferred(Transferred {
            by: hidden.clone(),
            to: Target::Group { group },
        }),
        EventBody::Transferred(Transferred {
            by: hidden.clone(),
            to: Target::Queue,
        }),
        EventBody::Snoozed(Snoozed {
            agent: hidden.clone(),
            until: None,
        }),
        EventBody::Woken(Woken {
            agent: hidden.clone(),
            why: WokenBy::Time,
        }),
        EventBody::Noted(Noted {
            agent: hidden.clone(),
            text: words.clone(),
            mentions: vec![hidden.id],
            handover: true,
        }),
        EventBody::LineChanged(LineChanged {
            line: LineRef {
                side: Side::Desk,
                line: LineNo(1),
            },
            state: LineState::Blanked,
            parts: vec![],
            agent: Some(hidden.clone()),
        }),
        EventBody::TagsChanged(TagsChanged {
            agent: hidden.clone(),
            tags: vec![tag(mark)],
        }),
        EventBody::SubjectChanged(SubjectChanged {
            agent: Some(hidden.clone()),
            subject: Some(line(mark)),
        }),
        EventBody::PriorityChanged(PriorityChanged {
            agent: hidden.clone(),
            priority: Priority::Low,
            respond_by: None,
        }),
        EventBody::Ticketed(Ticketed {
            agent: hidden.clone(),
            ticket: TicketNo(1),
        }),
        EventBody::Rated(Rated {
            score: Some(1),
            comment: Some(words),
        }),
    ];
    all.extend(every_reason().into_iter().flat_map(|reason| {
        [
            EventBody::HumanRequested(HumanRequested {
                reason,
                by_customer: false,
                respond_by: None,
                note: Some(Box::new(note(mark))),
            }),
            EventBody::Requeued(Requeued {
                agent: hidden.clone(),
                reason,
            }),
        ]
    }));
    all
}

proptest! {
    #[test]
    fn nothing_private_is_in_what_a_customer_gets(mark in "zq[a-z]{8,20}", command in any::<u128>(), rev in 1_u64 << 40..1 << 50) {
        for body in marked(&mark) {
            let told = Event {
                rev: Rev(rev),
                seq: Some(Seq(4)),
                mark: Mark(5),
                command: Some(CommandId(uuid::Uuid::from_u128(command))),
                ..event(1, START, body.clone())
            };
            let agents = serde_json::to_string(&told).unwrap();
            let Some(customers) = told.for_customer() else {
                prop_assert!(agents.contains(&mark), "{agents}");
                continue;
            };
            let text = serde_json::to_string(&customers).unwrap();
            let private = [
                mark.clone(),
                agent_id(0xee).to_string(),
                group_id(0xee).to_string(),
                carol().id.to_string(),
                rev.to_string(),
                "reason".to_owned(),
                "notice".to_owned(),
                "respond_by".to_owned(),
            ];
            for word in &private {
                prop_assert!(!text.contains(word.as_str()), "{word} is in {text}");
            }
            if let EventBody::HumanRequested(HumanRequested { reason, .. }) | EventBody::Requeued(Requeued { reason, .. }) = &body {
                prop_assert!(!text.contains(reason.words()), "{text}");
            }
            let own = matches!(&body, EventBody::Opened(_) | EventBody::Rated(_));
            prop_assert_eq!(text.contains(&uuid::Uuid::from_u128(command).to_string()), own, "{}", text);
        }
    }
}
