//! What a customer knows is the fold of what the customer was told.

use proptest::prelude::*;

use super::*;
use crate::{event::*, ids::LineNo, stage::HandOverReason, tests::fixtures::*};

/// The view after these have happened, a minute each, from the first on. What is hidden from customers counts as a minute too.
fn after(bodies: &[EventBody]) -> ThreadView {
    let mut view = ThreadView::default();
    for (n, body) in (1..).zip(bodies) {
        if let Some(told) = event(n, minute(n.cast_signed()), body.clone()).for_customer() {
            view.apply(&told);
        }
    }
    view
}

fn begins() -> EventBody {
    EventBody::Opened(opened())
}

fn wanted() -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason: HandOverReason::CustomerAsked,
        by_customer: true,
        respond_by: None,
        note: None,
    })
}

fn taken(agent: crate::people::AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver {
        agent,
        by: None,
        routed: false,
    })
}

fn gone() -> EventBody {
    EventBody::Requeued(Requeued {
        agent: ada(),
        reason: HandOverReason::OwnerGone,
    })
}

fn to(to: Target) -> EventBody {
    EventBody::Transferred(Transferred { by: ada(), to })
}

fn closed(ask_rating: bool) -> EventBody {
    EventBody::Closed(Closed {
        by: crate::stage::Closer::Agent { agent: ada() },
        ask_rating,
    })
}

fn rated(score: Option<u8>) -> EventBody {
    EventBody::Rated(Rated { score, comment: None })
}

#[test]
fn where_it_stands() {
    let check =
        |bodies: &[EventBody], expected: CustomerStage| assert_eq!(after(bodies).stage, Some(expected), "{bodies:?}");
    let waiting = |n| CustomerStage::Waiting { since: minute(n) };
    let active = |agent: crate::people::AgentRef, n| CustomerStage::Active {
        name: agent.name,
        since: minute(n),
    };
    assert_eq!(ThreadView::default().stage, None);
    check(&[begins()], CustomerStage::Bot);
    check(&[begins(), wanted()], waiting(2));
    check(&[begins(), wanted(), taken(ada())], active(ada(), 3));
    check(
        &[begins(), taken(ada()), to(Target::Agent { agent: bo() })],
        active(bo(), 3),
    );
    // The first time in the queue is kept, until the bot has it again.
    check(&[begins(), wanted(), taken(ada()), gone()], waiting(2));
    check(&[begins(), wanted(), taken(ada()), to(Target::Queue)], waiting(2));
    check(
        &[
            begins(),
            wanted(),
            taken(ada()),
            to(Target::Group { group: returns() }),
            taken(bo()),
            gone(),
        ],
        waiting(2),
    );
    check(&[begins(), taken(ada()), gone()], waiting(3));
    let back = EventBody::HandedBack(HandedBack { agent: ada() });
    check(&[begins(), wanted(), taken(ada()), back.clone()], CustomerStage::Bot);
    check(&[begins(), wanted(), back, wanted()], waiting(4));
    check(&[begins(), wanted(), closed(false), begins(), wanted()], waiting(5));
    // Putting it aside is none of the customer's business.
    let aside = EventBody::Snoozed(Snoozed {
        agent: ada(),
        until: None,
    });
    check(&[begins(), taken(ada()), aside], active(ada(), 2));
    check(
        &[begins(), closed(false)],
        CustomerStage::Closed {
            at: minute(2),
            by: Closer::Agent,
        },
    );
}

#[test]
fn it_is_asked_once_how_it_was() {
    let check = |bodies: &[EventBody], expected: bool| {
        let view = after(bodies);
        assert_eq!(view.ask_rating, expected, "{bodies:?}");
        assert!(!matches!(view.stage, Some(CustomerStage::Bot)) || view.conversation.is_some());
    };
    check(&[begins(), taken(ada())], false);
    check(&[begins(), closed(false)], false);
    check(&[begins(), closed(true)], true);
    check(&[begins(), closed(true), rated(Some(5))], false);
    check(&[begins(), closed(true), rated(None)], false);
    check(&[begins(), closed(true), begins()], false);
    let view = after(&[begins(), closed(true), rated(Some(1))]);
    assert!(
        matches!(view.stage, Some(CustomerStage::Closed { .. })),
        "an answer opens nothing"
    );
}

#[test]
fn lines_and_marks_only_grow() {
    let seen = |side, n| EventBody::Seen(Seen { side, up_to: LineNo(n) });
    let view = after(&[
        begins(),
        posted(Author::Customer, 1, "a"),
        posted(Author::Bot, 1, "b"),
        posted(Author::System, 2, "c"),
        seen(Side::Customer, 1),
        seen(Side::Customer, 0),
        seen(Side::Desk, 1),
    ]);
    assert_eq!(
        (view.customer_lines, view.desk_lines, view.customer_mark, view.desk_mark),
        (LineNo(1), LineNo(2), LineNo(1), LineNo(1))
    );
    assert_eq!(view.unread(), 1);
    let change = EventBody::LineChanged(LineChanged {
        line: crate::line::LineRef {
            side: Side::Customer,
            line: LineNo(1),
        },
        state: crate::line::LineState::Withdrawn,
        parts: vec![],
        agent: None,
    });
    let changed = after(&[begins(), posted(Author::Customer, 1, "a"), change]);
    assert_eq!(
        ThreadView { seq: Seq(2), ..changed },
        after(&[begins(), posted(Author::Customer, 1, "a")])
    );
}

fn any_body() -> impl Strategy<Value = EventBody> {
    prop::sample::select(vec![
        begins(),
        wanted(),
        taken(ada()),
        taken(bo()),
        gone(),
        to(Target::Queue),
        to(Target::Agent { agent: bo() }),
        closed(true),
        closed(false),
        rated(Some(3)),
        rated(None),
        EventBody::HandedBack(HandedBack { agent: ada() }),
        EventBody::Noted(Noted {
            agent: ada(),
            text: text("psst"),
            mentions: vec![],
            handover: false,
        }),
        posted(Author::Customer, 1, "a"),
        posted(Author::Customer, 2, "b"),
        posted(by(ada()), 1, "c"),
        EventBody::Seen(Seen {
            side: Side::Customer,
            up_to: LineNo(1),
        }),
        EventBody::Seen(Seen {
            side: Side::Desk,
            up_to: LineNo(2),
        }),
    ])
}

proptest! {
    #[test]
    fn a_snapshot_and_the_rest_is_the_whole(bodies in prop::collection::vec(any_body(), 0..30), cut in 0_usize..30, overlap in 0_usize..4) {
        let told: Vec<_> = (1..).zip(&bodies).filter_map(|(n, body)| event(n, minute(n.cast_signed()), body.clone()).for_customer()).collect();
        let mut whole = ThreadView::default();
        told.iter().for_each(|it| whole.apply(it));
        let cut = cut.min(told.len());
        let mut half = ThreadView::default();
        told[..cut].iter().for_each(|it| half.apply(it));
        let mut half: ThreadView = serde_json::from_str(&serde_json::to_string(&half).unwrap()).unwrap();
        // What is in it already changes nothing, also when it comes again.
        told[cut.saturating_sub(overlap)..].iter().for_each(|it| half.apply(it));
        prop_assert_eq!(half, whole);
    }
}
