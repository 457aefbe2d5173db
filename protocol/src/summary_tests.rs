//! A row is the fold of its events, whatever happens and in however many pieces it is told.

use proptest::prelude::*;

use super::*;
use crate::{
    event::*,
    ids::Seq,
    intake::Priority,
    line::{LineRef, LineState, Notice},
    stage::Closer,
    tests::fixtures::*,
    words::Skill,
};

/// The row after these have happened, a minute each; the conversation begins at minute 1.
fn after(bodies: &[EventBody]) -> Summary {
    let mut row = Summary::open(&event(1, minute(1), EventBody::Opened(opened()))).unwrap();
    for (n, body) in (2..).zip(bodies) {
        row.apply(&event(n, minute(n.cast_signed()), body.clone()));
    }
    row
}

fn wanted() -> EventBody {
    wanted_by(None)
}

fn wanted_by(respond_by: Option<Deadline>) -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason: HandOverReason::NoBot,
        by_customer: false,
        respond_by,
        note: None,
    })
}

fn deadline(warn: i64, due: i64) -> Deadline {
    Deadline {
        warn: minute(warn),
        due: minute(due),
    }
}

fn taken(agent: AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver {
        agent,
        by: None,
        routed: false,
    })
}

fn to(to: Target) -> EventBody {
    EventBody::Transferred(Transferred { by: ada(), to })
}

fn to_group() -> EventBody {
    to(Target::Group { group: returns() })
}

fn gone() -> EventBody {
    EventBody::Requeued(Requeued {
        agent: ada(),
        reason: HandOverReason::OwnerGone,
    })
}

fn back() -> EventBody {
    EventBody::HandedBack(HandedBack { agent: ada() })
}

fn snoozed(until: Option<i64>) -> EventBody {
    EventBody::Snoozed(Snoozed {
        agent: ada(),
        until: until.map(minute),
    })
}

fn woken() -> EventBody {
    EventBody::Woken(Woken {
        agent: ada(),
        why: WokenBy::Time,
    })
}

fn says(number: u64, words: &str) -> EventBody {
    posted(Author::Customer, number, words)
}

fn answers(number: u64, words: &str) -> EventBody {
    posted(by(ada()), number, words)
}

fn told(number: u64, notice: Notice) -> EventBody {
    EventBody::Posted(Posted {
        author: Author::System,
        line: LineNo(number),
        parts: parts("later"),
        quote: None,
        notice: Some(notice),
        state: LineState::Original,
    })
}

fn changed(side: Side, number: u64, state: LineState, words: Option<&str>) -> EventBody {
    EventBody::LineChanged(LineChanged {
        line: LineRef {
            side,
            line: LineNo(number),
        },
        state,
        parts: words.map(parts).unwrap_or_default(),
        agent: None,
    })
}

fn noted(mentions: Vec<AgentId>) -> EventBody {
    EventBody::Noted(Noted {
        agent: ada(),
        text: text("psst"),
        mentions,
        handover: false,
    })
}

fn closed(ask_rating: bool) -> EventBody {
    EventBody::Closed(Closed {
        by: Closer::Customer,
        ask_rating,
    })
}

fn tags(all: &[&str]) -> EventBody {
    EventBody::TagsChanged(TagsChanged {
        agent: ada(),
        tags: all.iter().map(|it| tag(it)).collect(),
    })
}

#[test]
fn where_it_stands() {
    let check = |bodies: &[EventBody], expected: Stage| {
        let row = after(bodies);
        assert_eq!(row.stage, expected, "{bodies:?}");
        assert_eq!(row.rev.0, u64::try_from(bodies.len()).unwrap() + 1);
    };
    let active = |agent, n| Stage::Active {
        agent,
        since: minute(n),
    };
    let waiting = |n, reason| Stage::Waiting {
        since: minute(n),
        reason,
    };
    let aside = |until: Option<i64>| Stage::Snoozed {
        agent: ada(),
        since: minute(2),
        until: until.map(minute),
    };
    check(&[], Stage::Bot);
    check(&[wanted()], waiting(2, HandOverReason::NoBot));
    check(&[wanted(), taken(ada())], active(ada(), 3));
    check(&[taken(ada()), taken(bo())], active(bo(), 3));
    check(&[taken(ada()), to(Target::Agent { agent: bo() })], active(bo(), 3));
    check(
        &[wanted(), taken(ada()), to_group()],
        waiting(2, HandOverReason::Transferred),
    );
    check(
        &[wanted(), taken(ada()), to(Target::Queue)],
        waiting(2, HandOverReason::Transferred),
    );
    check(&[taken(ada()), gone()], waiting(3, HandOverReason::OwnerGone));
    check(&[wanted(), back()], Stage::Bot);
    check(&[taken(ada()), snoozed(None)], aside(None));
    check(&[taken(ada()), snoozed(Some(60))], aside(Some(60)));
    check(&[taken(ada()), snoozed(Some(60)), snoozed(Some(90))], aside(Some(60)));
    check(&[taken(ada()), snoozed(Some(60)), woken()], active(ada(), 2));
    check(&[taken(ada()), woken()], active(ada(), 2));
    check(&[taken(ada()), snoozed(None), taken(bo())], active(bo(), 4));
    check(
        &[taken(ada()), snoozed(None), gone()],
        waiting(4, HandOverReason::OwnerGone),
    );
    check(&[wanted(), snoozed(None)], waiting(2, HandOverReason::NoBot));
    check(
        &[closed(true)],
        Stage::Closed {
            at: minute(2),
            by: Closer::Customer,
        },
    );
}

#[test]
fn the_first_time_in_the_queue_is_kept_until_the_bot_has_it_again() {
    let check = |bodies: &[EventBody], first: Option<i64>, group: bool| {
        let row = after(bodies);
        assert_eq!(row.queued_at, first.map(minute), "{bodies:?}");
        assert_eq!(row.queued_rev, first.map(|n| Rev(n.cast_unsigned())), "{bodies:?}");
        assert_eq!(row.group, group.then(returns), "{bodies:?}");
    };
    check(&[], None, false);
    check(&[taken(ada())], None, false);
    check(&[wanted()], Some(2), false);
    check(&[wanted(), taken(ada())], Some(2), false);
    check(&[wanted(), taken(ada()), to(Target::Queue)], Some(2), false);
    check(
        &[wanted(), taken(ada()), to(Target::Agent { agent: bo() })],
        Some(2),
        false,
    );
    check(&[wanted(), taken(ada()), to_group()], Some(2), true);
    check(&[wanted(), taken(ada()), to_group(), taken(bo())], Some(2), false);
    check(
        &[wanted(), taken(ada()), to_group(), taken(bo()), gone()],
        Some(2),
        false,
    );
    check(&[taken(ada()), to_group()], Some(3), true);
    check(&[taken(ada()), gone()], Some(3), false);
    check(&[wanted(), taken(ada()), to_group(), back()], None, false);
    check(&[wanted(), back(), wanted()], Some(4), false);
    check(&[wanted(), taken(ada()), closed(false)], Some(2), false);
}

#[test]
fn wait_and_handling_are_of_the_first_owner() {
    let check = |bodies: &[EventBody], assigned: Option<i64>, wait: Option<i64>| {
        let row = after(bodies);
        assert_eq!(
            (row.assigned_at, row.wait_ms),
            (assigned.map(minute), wait.map(|it| it * 60_000)),
            "{bodies:?}"
        );
    };
    check(&[wanted(), says(1, "a")], None, None);
    check(&[wanted(), says(1, "a"), taken(ada())], Some(4), Some(2));
    check(&[says(1, "a"), taken(ada())], Some(3), Some(2)); // never in the queue: since it began
    check(&[wanted(), taken(ada()), gone(), taken(bo())], Some(3), Some(1));
    check(
        &[wanted(), taken(ada()), to(Target::Agent { agent: bo() })],
        Some(3),
        Some(1),
    );
    let row = after(&[wanted(), taken(ada()), says(1, "a")]);
    assert_eq!(row.handling_ms(minute(10)), Some(7 * 60_000));
    let row = after(&[wanted(), taken(ada()), says(1, "a"), closed(false)]);
    assert_eq!(row.handling_ms(minute(10)), Some(2 * 60_000));
    assert_eq!(after(&[wanted(), closed(false)]).handling_ms(minute(10)), None);
    // A clock that was set back makes no wait of less than nothing.
    let mut row = after(&[wanted()]);
    row.apply(&event(9, minute(-9), taken(ada())));
    assert_eq!(row.wait_ms, Some(0));
}

#[test]
fn only_a_persons_words_are_the_first_answer() {
    let check = |bodies: &[EventBody], expected: Option<i64>| {
        assert_eq!(after(bodies).first_response_at, expected.map(minute), "{bodies:?}");
    };
    check(
        &[says(1, "a"), posted(Author::Bot, 1, "b"), told(2, Notice::Hours)],
        None,
    );
    check(&[says(1, "a"), wanted(), taken(ada()), noted(vec![])], None);
    check(&[says(1, "a"), wanted(), taken(ada()), answers(1, "b")], Some(5));
    check(&[says(1, "a"), taken(ada()), answers(1, "b"), answers(2, "c")], Some(4));
}

#[test]
fn a_target_is_met_missed_or_near() {
    let asked = wanted_by(Some(deadline(8, 10)));
    let check = |bodies: &[EventBody], now: i64, expected: Option<Lateness>| {
        assert_eq!(after(bodies).lateness(minute(now)), expected, "{bodies:?} at {now}");
    };
    let (fine, soon, late) = (Some(Lateness::InTime), Some(Lateness::LateSoon), Some(Lateness::Late));
    check(&[wanted()], 99, None);
    check(std::slice::from_ref(&asked), 7, fine);
    check(std::slice::from_ref(&asked), 8, soon);
    check(std::slice::from_ref(&asked), 9, soon);
    check(std::slice::from_ref(&asked), 10, late);
    check(&[asked.clone(), taken(ada())], 9, soon);
    check(&[asked.clone(), taken(ada()), answers(1, "b")], 99, fine);
    let mut answered_late = vec![asked.clone(), taken(ada())];
    answered_late.extend((1..=7).map(|n| says(n, "hello?")));
    answered_late.push(answers(1, "b"));
    check(&answered_late, 11, late);
    check(&[asked.clone(), closed(false)], 99, fine);
    // Another priority is another target; what is put back is not asked for anew.
    let urgent = EventBody::PriorityChanged(PriorityChanged {
        agent: ada(),
        priority: Priority::Urgent,
        respond_by: Some(deadline(3, 4)),
    });
    check(&[asked.clone(), urgent.clone()], 5, late);
    assert_eq!(
        after(&[asked.clone(), urgent.clone()]).intake.priority,
        Priority::Urgent
    );
    let none = EventBody::PriorityChanged(PriorityChanged {
        agent: ada(),
        priority: Priority::Low,
        respond_by: None,
    });
    check(&[asked.clone(), none], 99, None);
    check(&[asked.clone(), taken(ada()), gone()], 9, soon);
    check(&[asked, back()], 99, None);
}

#[test]
fn what_agents_say_of_it() {
    let row = after(&[tags(&["late", "vip"]), tags(&["vip"])]);
    assert_eq!(row.tags, [tag("vip")]);
    let about = |subject: Option<&str>| {
        EventBody::SubjectChanged(SubjectChanged {
            agent: None,
            subject: subject.map(line),
        })
    };
    assert_eq!(after(&[about(Some("parcel"))]).intake.subject, Some(line("parcel")));
    assert_eq!(after(&[about(Some("parcel")), about(None)]).intake.subject, None);
    let row = after(&[noted(vec![bo().id, ada().id]), noted(vec![]), noted(vec![bo().id])]);
    assert_eq!((row.notes, row.watchers), (3, vec![ada().id, bo().id]));
    let row = after(&[says(1, "a"), noted(vec![])]);
    assert_eq!(
        (row.message_count, row.last_at, row.unanswered_since),
        (1, minute(2), Some(minute(2))),
        "a note is no answer"
    );
    let row = after(&[EventBody::Ticketed(Ticketed {
        agent: ada(),
        ticket: TicketNo(7),
    })]);
    assert_eq!((row.ticket, row.stage), (Some(TicketNo(7)), Stage::Bot));
}

#[test]
fn what_it_began_with_is_in_the_row() {
    let began = Opened {
        intake: Intake {
            priority: Priority::Low,
            skills: vec![Skill::parse("german").unwrap()],
            ..Intake::default()
        },
        answers: vec![PreChatAnswer {
            key: "order".to_owned(),
            text: "4711".to_owned(),
        }],
        hint: Some(bo()),
        customer_lines: LineNo(4),
        desk_mark: LineNo(2),
        ..opened()
    };
    let row = Summary::open(&event(1, START, EventBody::Opened(began.clone()))).unwrap();
    assert_eq!(
        (&row.intake, &row.answers, &row.hint),
        (&began.intake, &began.answers, &began.hint)
    );
    assert_eq!(row.unread(), 0, "what was written before is dealt with");
    assert_eq!(Summary::open(&event(1, START, wanted())), None);
}

#[test]
fn the_customer_says_once_how_it_was() {
    let rated = |score| EventBody::Rated(Rated { score, comment: None });
    let check = |bodies: &[EventBody], asked, said, score| {
        let row = after(bodies);
        assert_eq!(
            (row.asked_rating, row.rated, row.rating),
            (asked, said, score),
            "{bodies:?}"
        );
        assert!(!row.stage.is_open(), "an answer opens nothing");
    };
    check(&[closed(false)], false, false, None);
    check(&[closed(true)], true, false, None);
    check(&[closed(true), rated(Some(4))], true, true, Some(4));
    check(&[closed(true), rated(None)], true, true, None);
}

#[test]
fn what_becomes_of_a_line_changes_the_excerpt_of_the_last_one_only() {
    let check = |bodies: &[EventBody], expected: &str| {
        let row = after(bodies);
        assert_eq!(row.last_line.as_ref().unwrap().excerpt, expected, "{bodies:?}");
        assert_eq!(row.message_count, 2, "no line is more or less");
    };
    let lines = [says(1, "first"), answers(1, "second")];
    let and = |more: &[EventBody]| [&lines[..], more].concat();
    check(&lines, "second");
    check(&and(&[changed(Side::Desk, 1, LineState::Edited, Some("2nd"))]), "2nd");
    check(
        &and(&[changed(Side::Desk, 1, LineState::Withdrawn, None)]),
        "(taken back)",
    );
    check(
        &and(&[changed(Side::Desk, 1, LineState::Blanked, None)]),
        "(blanked out)",
    );
    check(&and(&[changed(Side::Customer, 1, LineState::Blanked, None)]), "second");
    check(&and(&[changed(Side::Desk, 2, LineState::Edited, Some("x"))]), "second");
    check(
        &and(&[
            changed(Side::Desk, 1, LineState::Edited, Some("x")),
            changed(Side::Desk, 1, LineState::Blanked, None),
        ]),
        "(blanked out)",
    );
    // A page gives a line in its present form: the row is the same.
    let present = |state, parts| {
        EventBody::Posted(Posted {
            author: by(ada()),
            line: LineNo(1),
            parts,
            quote: None,
            notice: None,
            state,
        })
    };
    check(
        &[says(1, "first"), present(LineState::Withdrawn, vec![])],
        "(taken back)",
    );
    check(
        &[
            says(1, "first"),
            present(LineState::Edited, parts("2nd")),
            changed(Side::Desk, 1, LineState::Edited, Some("2nd")),
        ],
        "2nd",
    );
}

#[test]
fn what_the_desk_says_is_remembered_once() {
    let row = after(&[
        told(1, Notice::Hours),
        told(2, Notice::WaitLimit),
        told(3, Notice::Hours),
    ]);
    assert_eq!(row.notices, [Notice::Hours, Notice::WaitLimit]);
    assert_eq!(row.message_count, 3);
    let row = after(&[says(1, "a"), told(1, Notice::Hours)]);
    assert_eq!(
        row.unanswered_since,
        Some(minute(2)),
        "no answer to the customer's question"
    );
}

#[test]
fn it_calls_for_somebody_while_nobody_has_put_it_aside() {
    let check = |bodies: &[EventBody], expected: Option<i64>| {
        assert_eq!(after(bodies).waiting_since(), expected.map(minute), "{bodies:?}");
    };
    check(&[says(1, "a"), wanted()], Some(3));
    check(&[says(1, "a"), wanted(), taken(ada())], Some(2));
    check(&[says(1, "a"), wanted(), taken(ada()), answers(1, "b")], None);
    check(&[says(1, "a"), taken(ada()), snoozed(None)], None);
    check(&[says(1, "a"), taken(ada()), snoozed(None), woken()], Some(2));
    check(&[says(1, "a"), closed(false)], None);
}

fn any_body() -> impl Strategy<Value = EventBody> {
    let mut some = crate::tests::examples::every_body();
    some.extend([
        wanted(),
        wanted_by(Some(deadline(8, 10))),
        taken(ada()),
        taken(bo()),
        to(Target::Agent { agent: bo() }),
        to(Target::Queue),
        to_group(),
        gone(),
        back(),
        snoozed(None),
        snoozed(Some(60)),
        woken(),
        says(1, "a"),
        says(2, "b"),
        answers(1, "c"),
        answers(2, "d"),
        posted(Author::Bot, 3, "e"),
        told(4, Notice::Hours),
        told(5, Notice::Silence),
        changed(Side::Desk, 2, LineState::Edited, Some("2nd")),
        changed(Side::Customer, 2, LineState::Withdrawn, None),
        noted(vec![bo().id]),
        noted(vec![ada().id]),
        closed(true),
    ]);
    prop::sample::select(some)
}

proptest! {
    #[test]
    fn a_snapshot_and_the_rest_is_the_whole(bodies in prop::collection::vec(any_body(), 0..40), cut in 0_usize..40, overlap in 0_usize..5) {
        let whole = after(&bodies);
        let cut = cut.min(bodies.len());
        let half = after(&bodies[..cut]);
        let mut half: Summary = serde_json::from_str(&serde_json::to_string(&half).unwrap()).unwrap();
        // What is in it already changes nothing, also when it comes again.
        for (n, body) in (2_u64..).zip(&bodies).skip(cut.saturating_sub(overlap)) {
            half.apply(&event(n, minute(n.cast_signed()), body.clone()));
        }
        prop_assert_eq!(half, whole);
    }

    #[test]
    fn what_is_first_stays_first(bodies in prop::collection::vec(any_body(), 0..40)) {
        let mut before = after(&[]);
        for (n, body) in (2_u64..).zip(&bodies) {
            let mut row = before.clone();
            row.apply(&Event { seq: Some(Seq(n)), ..event(n, minute(n.cast_signed()), body.clone()) });
            let kept = |was: Option<Time>, is: Option<Time>| was.is_none() || was == is;
            prop_assert!(kept(before.assigned_at, row.assigned_at) && kept(before.first_response_at, row.first_response_at), "{:?}", body);
            prop_assert!(before.wait_ms.is_none() || before.wait_ms == row.wait_ms);
            prop_assert!(kept(before.queued_at, row.queued_at) || row.stage.is_bot(), "{:?}", body);
            prop_assert_eq!(row.queued_at.is_some(), row.queued_rev.is_some());
            prop_assert!(row.group.is_none() || !matches!(row.stage, Stage::Active { .. } | Stage::Snoozed { .. } | Stage::Bot), "{:?}", body);
            if let Stage::Waiting { since, .. } = row.stage {
                prop_assert_eq!(row.queued_at, Some(since));
            }
            prop_assert!(row.stage_rev == before.stage_rev && row.stage == before.stage || row.stage_rev == row.rev, "{:?}", body);
            prop_assert!(row.watchers.is_sorted() && row.rev > before.rev);
            before = row;
        }
    }
}
