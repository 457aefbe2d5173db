//! Who may take what, in which order, and that no answer breaks its own rules.

use proptest::prelude::*;

use super::*;
use crate::{
    event::{Author, EventBody, HumanRequested, Opened, Snoozed, TakenOver, Target, Transferred},
    intake::Intake,
    staff::Group,
    stage::HandOverReason,
    tests::fixtures::*,
};

/// A conversation of its own, which has just begun. `rev` is also the minute.
fn began(n: u8, rev: u64, priority: Priority, skills: &[&str]) -> Summary {
    let intake = Intake {
        priority,
        skills: skills.iter().map(|it| skill(it)).collect(),
        ..Intake::default()
    };
    let body = EventBody::Opened(Opened { intake, ..opened() });
    let row = Summary::open(&event(rev, minute(rev.cast_signed()), body)).unwrap();
    Summary {
        conversation: conversation_id(n),
        ..row
    }
}

/// The next thing that happens to it, a minute later.
fn then(mut row: Summary, body: EventBody) -> Summary {
    let rev = row.rev.0 + 1;
    row.apply(&event(rev, minute(rev.cast_signed()), body));
    assert_eq!(row.rev, Rev(rev));
    row
}

fn wanted() -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason: HandOverReason::CustomerAsked,
        by_customer: true,
        respond_by: None,
        note: None,
    })
}

fn taken(agent: AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver {
        agent,
        by: None,
        routed: false,
    })
}

fn to_group(group: &Group) -> EventBody {
    EventBody::Transferred(Transferred {
        by: ada(),
        to: Target::Group { group: group.to_ref() },
    })
}

/// It came into the queue at the minute `rev`.
fn waits(n: u8, rev: u64, priority: Priority, skills: &[&str]) -> Summary {
    then(began(n, rev - 1, priority, skills), wanted())
}

fn medium(n: u8, rev: u64) -> Summary {
    waits(n, rev, Priority::Medium, &[])
}

fn desk(agents: Vec<StaffMember>, groups: Vec<Group>) -> Staff {
    Staff { agents, groups }
}

fn of_both() -> Staff {
    desk(vec![member(ada(), &[]), member(bo(), &[])], vec![])
}

fn settings() -> DeskSettings {
    DeskSettings::default()
}

fn queue<'a>(staff: &'a Staff, settings: &'a DeskSettings, now: i64) -> Queue<'a> {
    Queue {
        staff,
        settings,
        now: minute(now),
    }
}

fn at(agent: AgentId, presence: PresenceState, active: u32, last_assigned: u64) -> Routable {
    Routable {
        agent,
        presence,
        active,
        last_assigned: Rev(last_assigned),
    }
}

fn here(agent: AgentId, active: u32, last_assigned: u64) -> Routable {
    at(agent, PresenceState::Available, active, last_assigned)
}

#[test]
fn who_may_take_what() {
    let french = group(0x20, "french", &[ada()], &["french", "refunds"]);
    let other = group(0x21, "other", &[bo()], &[]);
    let gone = group(0x22, "gone", &[], &[]);
    let groups = vec![french.clone(), other.clone()];
    let check = |who: StaffMember, active: u32, limit: Option<u32>, row: &Summary, expected: Option<WhyNot>| {
        let staff = desk(vec![who.clone()], groups.clone());
        let settings = DeskSettings {
            capacity: limit,
            ..settings()
        };
        let found = queue(&staff, &settings, 20).may_take(&who, active, row).err();
        assert_eq!(found, expected, "{who:?} with {active} of {limit:?}");
    };
    let missing = |names: &[&str]| {
        Some(WhyNot::Skills {
            missing: names.iter().map(|it| skill(it)).collect(),
        })
    };
    let full = |active, capacity| Some(WhyNot::Full { active, capacity });
    let plain = medium(1, 5);
    let ada_is = |skills| member(ada(), skills);

    check(ada_is(&[]), 0, None, &plain, None);
    check(ada_is(&[]), 1_000, None, &plain, None);
    check(
        StaffMember {
            enabled: false,
            ..ada_is(&[])
        },
        0,
        None,
        &plain,
        Some(WhyNot::Disabled),
    );

    // Skills: by oneself, by a group that one is in, and not by another group. All that are missing are named.
    let skilled = |needs: &[&str]| waits(2, 5, Priority::Medium, needs);
    check(ada_is(&["german"]), 0, None, &skilled(&["german"]), None);
    check(ada_is(&[]), 0, None, &skilled(&["french"]), None);
    check(ada_is(&["german"]), 0, None, &skilled(&["german", "refunds"]), None);
    check(
        member(bo(), &[]),
        0,
        None,
        &skilled(&["french", "german"]),
        missing(&["french", "german"]),
    );
    check(
        member(bo(), &["german"]),
        0,
        None,
        &skilled(&["french", "german"]),
        missing(&["french"]),
    );

    // Groups: only while it waits there, and only while there is such a group.
    let for_group = |group: &Group| then(then(began(3, 5, Priority::Medium, &[]), taken(ada())), to_group(group));
    check(ada_is(&[]), 0, None, &for_group(&french), None);
    check(
        ada_is(&[]),
        0,
        None,
        &for_group(&other),
        Some(WhyNot::Group { group: other.to_ref() }),
    );
    check(ada_is(&[]), 0, None, &for_group(&gone), None);
    let renamed = Group {
        name: crate::words::GroupName::parse("old-name").unwrap(),
        ..other.clone()
    };
    check(
        ada_is(&[]),
        0,
        None,
        &for_group(&renamed),
        Some(WhyNot::Group { group: other.to_ref() }),
    );
    check(ada_is(&[]), 0, None, &then(for_group(&other), taken(bo())), None);
    check(
        ada_is(&["x"]),
        9,
        Some(1),
        &for_group(&other),
        Some(WhyNot::Group { group: other.to_ref() }),
    );

    // Capacity: one's own limit counts before the tenant's, and no limit is none.
    let own = |capacity| StaffMember {
        capacity: Some(capacity),
        ..ada_is(&[])
    };
    check(ada_is(&[]), 3, Some(4), &plain, None);
    check(ada_is(&[]), 4, Some(4), &plain, full(4, 4));
    check(ada_is(&[]), 5, Some(4), &plain, full(5, 4));
    check(own(6), 5, Some(4), &plain, None);
    check(own(6), 6, Some(4), &plain, full(6, 6));
    check(own(2), 2, None, &plain, full(2, 2));
    check(own(0), 0, Some(4), &plain, full(0, 0));
    check(ada_is(&[]), 4, Some(4), &skilled(&["german"]), missing(&["german"]));
}

#[test]
fn who_may_be_given_what() {
    let check = |intent, presence, active, expected: Option<WhyNot>| {
        let who = StaffMember {
            intent,
            capacity: Some(2),
            ..member(ada(), &[])
        };
        let staff = desk(vec![who.clone()], vec![]);
        let found = queue(&staff, &settings(), 20)
            .may_be_given(&who, presence, active, &medium(1, 5))
            .err();
        assert_eq!(found, expected, "{intent:?} {presence:?}");
        assert!(
            queue(&staff, &settings(), 20)
                .may_take(&who, active.min(1), &medium(1, 5))
                .is_ok(),
            "by hand one may"
        );
    };
    let chose = |intent| Some(WhyNot::NotAvailable { intent });
    let (who, given_back) = (
        member(ada(), &[]),
        Summary {
            left_by: Some(ada().id),
            ..medium(1, 5)
        },
    );
    let staff = desk(vec![who.clone()], vec![]);
    assert_eq!(
        queue(&staff, &settings(), 20).may_be_given(&who, PresenceState::Available, 1, &given_back),
        Err(WhyNot::HadItLast)
    );
    check(Intent::Available, PresenceState::Available, 1, None);
    check(
        Intent::Available,
        PresenceState::Available,
        2,
        Some(WhyNot::Full { active: 2, capacity: 2 }),
    );
    check(Intent::Available, PresenceState::Away, 0, Some(WhyNot::NotThere));
    check(Intent::Available, PresenceState::Offline, 0, Some(WhyNot::NotThere));
    check(Intent::Busy, PresenceState::Busy, 0, chose(Intent::Busy));
    check(Intent::Away, PresenceState::Away, 0, chose(Intent::Away));
    check(
        Intent::AwayHandBack,
        PresenceState::Offline,
        0,
        chose(Intent::AwayHandBack),
    );
}

#[test]
fn a_long_wait_raises_by_one_class_exactly_at_the_minute() {
    let staff = of_both();
    let check = |priority, limit, now_us: i64, expected| {
        let settings = DeskSettings {
            ageing_min: limit,
            ..settings()
        };
        let queue = Queue {
            staff: &staff,
            settings: &settings,
            now: Time(minute(5).0 + now_us),
        };
        assert_eq!(
            queue.effective_priority(&waits(1, 5, priority, &[])),
            expected,
            "{priority:?} {now_us}"
        );
    };
    let ten = 600_000_000;
    for (priority, raised) in [
        (Priority::Low, Priority::Medium),
        (Priority::Medium, Priority::High),
        (Priority::High, Priority::Urgent),
        (Priority::Urgent, Priority::Urgent),
    ] {
        check(priority, 10, 0, priority);
        check(priority, 10, ten - 1, priority);
        check(priority, 10, ten, raised);
        check(priority, 10, ten * 100, raised); // by one class, however long
        check(priority, 0, ten * 100, priority);
        check(priority, 10, -ten, priority); // a clock that was set back
        check(priority, u32::MAX, ten * 100, priority);
        check(priority, u32::MAX, i64::MAX - minute(5).0, raised); // no bound of a number is met
    }
    let settings = DeskSettings {
        ageing_min: 10,
        ..settings()
    };
    let bot = began(1, 1, Priority::Low, &[]);
    assert_eq!(
        queue(&staff, &settings, 1_000).effective_priority(&bot),
        Priority::Low,
        "only the queue ages"
    );
}

#[test]
fn the_order_is_priority_then_the_first_time_in_the_queue_then_the_id() {
    let (staff, settings) = (
        of_both(),
        DeskSettings {
            ageing_min: 10,
            ..settings()
        },
    );
    let order = |now, rows: &[&Summary]| -> Vec<u8> {
        let rows = rows.iter().copied();
        let found = queue(&staff, &settings, now).in_order(rows);
        found.iter().map(|row| row.conversation.as_bytes()[15]).collect()
    };
    let (late, early) = (medium(1, 8), medium(2, 5));
    assert_eq!(order(9, &[&late, &early]), [2, 1]);
    let high = waits(3, 9, Priority::High, &[]);
    assert_eq!(order(9, &[&late, &early, &high]), [3, 2, 1]);
    // At minute 15 the early one has become as urgent as the high one, and was there before it.
    assert_eq!(order(14, &[&late, &early, &high]), [3, 2, 1]);
    assert_eq!(order(15, &[&late, &early, &high]), [2, 3, 1]);
    assert_eq!(
        order(17, &[&late, &early, &waits(4, 16, Priority::Urgent, &[])]),
        [4, 2, 1]
    );
    // Who comes back keeps the first place: taken at 6, put back at 7.
    let back = then(
        then(early.clone(), taken(ada())),
        EventBody::Transferred(Transferred {
            by: ada(),
            to: Target::Queue,
        }),
    );
    let between = medium(1, 6);
    assert!(back.stage_rev > between.stage_rev);
    assert_eq!(order(11, &[&between, &back]), [2, 1]);
    // What the bot had again begins anew.
    let anew = then(
        then(
            early.clone(),
            EventBody::HandedBack(crate::event::HandedBack { agent: ada() }),
        ),
        wanted(),
    );
    assert_eq!(order(9, &[&medium(1, 6), &anew]), [1, 2]);
    // Of equals, the id; and skills and groups change nothing.
    let twin = Summary {
        conversation: conversation_id(9),
        ..early.clone()
    };
    let picky = Summary {
        conversation: conversation_id(7),
        ..waits(7, 5, Priority::Medium, &["german"])
    };
    assert_eq!(order(9, &[&twin, &picky, &early]), [2, 7, 9]);
    assert_eq!(
        order(
            9,
            &[&began(1, 5, Priority::Urgent, &[]), &then(medium(2, 5), taken(ada()))]
        ),
        [] as [u8; 0]
    );
}

#[test]
fn what_was_stored_before_the_queue_had_a_memory_is_in_it_all_the_same() {
    let (staff, settings) = (of_both(), settings());
    let old = Summary {
        queued_at: None,
        queued_rev: None,
        ..medium(1, 5)
    };
    let queue = queue(&staff, &settings, 15);
    assert_eq!(queue.effective_priority(&old), Priority::High);
    assert_eq!(
        queue.stats([&old]),
        QueueStats {
            waiting: 1,
            medium: 1,
            longest_wait_ms: 600_000,
            average_wait_ms: 600_000,
            effective: ByPriority {
                high: 1,
                ..ByPriority::default()
            },
            ..QueueStats::default()
        }
    );
    assert!(queue.key(&old) < queue.key(&medium(2, 6)));
}

#[test]
fn next_is_ones_own_unanswered_then_the_first_that_one_may_take() {
    let staff = desk(
        vec![
            member(ada(), &["german"]),
            member(bo(), &[]),
            StaffMember {
                capacity: Some(1),
                ..member(cy(), &[])
            },
        ],
        vec![],
    );
    let settings = settings();
    let check = |agent: AgentRef, rows: &[Summary], expected: Option<u8>| {
        let found = queue(&staff, &settings, 30).next_for(agent.id, rows);
        assert_eq!(
            found.map(|row| row.conversation.as_bytes()[15]),
            expected,
            "for {}",
            agent.name
        );
    };
    let owned = |n, rev, agent| then(began(n, rev, Priority::Low, &[]), taken(agent));
    let unanswered = |n, rev, agent| then(owned(n, rev, agent), posted(Author::Customer, 1, "hello?"));
    let urgent = waits(1, 20, Priority::Urgent, &[]);

    check(ada(), &[], None);
    check(ada(), std::slice::from_ref(&urgent), Some(1));
    check(ada(), &[urgent.clone(), unanswered(2, 22, ada())], Some(2));
    check(
        ada(),
        &[urgent.clone(), unanswered(2, 22, ada()), unanswered(3, 21, ada())],
        Some(3),
    );
    check(
        ada(),
        &[urgent.clone(), unanswered(2, 22, bo()), owned(3, 2, ada())],
        Some(1),
    );
    let answered = then(unanswered(2, 20, ada()), posted(by(ada()), 1, "yes?"));
    check(ada(), &[urgent.clone(), answered], Some(1));
    let aside = then(
        unanswered(2, 20, ada()),
        EventBody::Snoozed(Snoozed {
            agent: ada(),
            until: None,
        }),
    );
    check(ada(), &[urgent.clone(), aside], Some(1));

    // What one may not take is passed over.
    let german = waits(4, 19, Priority::Urgent, &["german"]);
    check(ada(), &[urgent.clone(), german.clone()], Some(4));
    check(bo(), &[urgent.clone(), german.clone()], Some(1));
    check(bo(), &[german], None);
    // Who is full still has the own ones.
    check(cy(), &[urgent.clone(), owned(2, 1, cy())], None);
    check(cy(), &[urgent.clone(), unanswered(2, 1, cy())], Some(2));
    check(named(0x77, "Nobody"), std::slice::from_ref(&urgent), None);

    // A customer whom the agent had before comes first among equals by priority, and only there.
    let known = |n, rev, priority| Summary {
        hint: Some(ada()),
        ..waits(n, rev, priority, &[])
    };
    let rows = [waits(5, 21, Priority::High, &[]), known(6, 25, Priority::High)];
    check(ada(), &rows, Some(6));
    check(bo(), &rows, Some(5));
    check(ada(), &[urgent, known(6, 25, Priority::High)], Some(1));
}

#[test]
fn routing_prefers_who_knows_the_customer_then_the_fewest_then_the_longest_ago() {
    let staff = desk(vec![member(ada(), &[]), member(bo(), &[]), member(cy(), &[])], vec![]);
    let settings = DeskSettings {
        capacity: Some(5),
        ..settings()
    };
    let row = medium(1, 5);
    let check = |row: &Summary, agents: &[Routable], expected: Option<AgentRef>| {
        let found = queue(&staff, &settings, 20).route(row, agents);
        assert_eq!(found, expected.map(|it| it.id), "{agents:?}");
    };
    let (a, b, c) = (ada().id, bo().id, cy().id);
    check(&row, &[], None);
    check(&row, &[here(a, 2, 1), here(b, 1, 9), here(c, 3, 0)], Some(bo()));
    check(&row, &[here(a, 1, 7), here(b, 1, 3), here(c, 1, 5)], Some(bo()));
    check(&row, &[here(a, 1, 7), here(b, 1, 3), here(c, 1, 0)], Some(cy()));
    check(&row, &[here(c, 0, 0), here(b, 0, 0), here(a, 0, 0)], Some(ada()));
    check(&row, &[here(a, 5, 0), here(b, 4, 9)], Some(bo()));
    check(&row, &[here(a, 5, 0)], None);
    check(
        &row,
        &[
            at(a, PresenceState::Away, 0, 0),
            at(b, PresenceState::Offline, 0, 0),
            here(c, 4, 9),
        ],
        Some(cy()),
    );
    check(&row, &[here(named(0x77, "Nobody").id, 0, 0)], None);
    let known = Summary {
        hint: Some(cy()),
        ..row.clone()
    };
    check(&known, &[here(a, 0, 0), here(c, 4, 9)], Some(cy()));
    check(&known, &[here(a, 0, 0), here(c, 5, 9)], Some(ada()));
}

#[test]
fn chances_explain_by_the_rules_that_decide() {
    let staff = desk(
        vec![
            member(cy(), &[]),
            StaffMember {
                enabled: false,
                ..member(bo(), &["german"])
            },
            member(ada(), &["german"]),
        ],
        vec![],
    );
    let row = waits(1, 5, Priority::Medium, &["german"]);
    let agents = [
        here(cy().id, 0, 0),
        at(ada().id, PresenceState::Away, 0, 0),
        here(bo().id, 0, 0),
    ];
    let missing = WhyNot::Skills {
        missing: vec![skill("german")],
    };
    let settings = settings();
    let found = queue(&staff, &settings, 20).chances(&row, &agents);
    let expected = [
        Chance {
            agent: ada(),
            take: None,
            route: Some(WhyNot::NotThere),
        },
        Chance {
            agent: cy(),
            take: Some(missing.clone()),
            route: Some(missing),
        },
    ];
    assert_eq!(found, expected, "in the order of names");
}

/// The server refuses to take from a colleague, an admin too: see `TakenBy`.
#[test]
fn what_a_colleague_has_nobody_may_take() {
    let (staff, settings) = (of_both(), settings());
    let row = then(waits(1, 5, Priority::Medium, &["german"]), taken(bo()));
    let agents = [here(ada().id, 0, 0), here(bo().id, 1, 0)];
    let taken = Some(WhyNot::Taken { by: bo() });
    let expected = [
        Chance {
            agent: ada(),
            take: taken.clone(),
            route: taken,
        },
        Chance {
            agent: bo(),
            take: None,
            route: None,
        },
    ];
    assert_eq!(queue(&staff, &settings, 20).chances(&row, &agents), expected);
}

#[test]
fn the_queue_in_numbers() {
    let (staff, settings) = (of_both(), settings());
    let rows = [
        waits(1, 4, Priority::Urgent, &[]),
        waits(2, 6, Priority::High, &[]),
        medium(3, 8),
        waits(4, 10, Priority::Low, &[]),
        began(5, 1, Priority::Urgent, &[]),
        then(medium(6, 2), taken(ada())),
    ];
    let stats = queue(&staff, &settings, 10).stats(&rows);
    let minutes = |n: i64| n * 60_000;
    assert_eq!(
        stats,
        QueueStats {
            waiting: 4,
            urgent: 1,
            high: 1,
            medium: 1,
            low: 1,
            longest_wait_ms: minutes(6),
            average_wait_ms: minutes(3),
            effective: stats.effective,
        }
    );
    assert_eq!(queue(&staff, &settings, 10).stats([]), QueueStats::default());
    let back = queue(&staff, &settings, 0).stats(&rows);
    assert_eq!(
        (back.waiting, back.longest_wait_ms, back.average_wait_ms),
        (4, 0, 0),
        "a clock that was set back"
    );
}

#[test]
fn only_active_ones_count() {
    let mine = then(began(1, 1, Priority::Medium, &[]), taken(ada()));
    let aside = then(
        mine.clone(),
        EventBody::Snoozed(Snoozed {
            agent: ada(),
            until: None,
        }),
    );
    let theirs = then(began(2, 1, Priority::Medium, &[]), taken(bo()));
    assert_eq!(active_count(ada().id, [&mine, &aside, &theirs, &medium(3, 5)]), 1);
}

#[test]
fn what_is_said_of_a_reason_is_safe_to_show() {
    for reason in crate::tests::examples::every_why_not() {
        let words = reason.words();
        assert!(!words.is_empty() && !words.contains(char::is_control), "{words:?}");
    }
}

/// Any row that waits, is with the bot, is owned, or is put aside.
fn any_row() -> impl Strategy<Value = Summary> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    let skills = prop::sample::subsequence(vec!["german", "french"], 0..=2);
    (any::<u8>(), 1_u64..30, priority, skills, 0_u8..8, any::<bool>()).prop_map(
        |(n, rev, priority, skills, what, hint)| {
            let new = began(n, rev, priority, &skills);
            let new = Summary {
                hint: hint.then(ada),
                ..new
            };
            let asked = |row| then(row, posted(Author::Customer, 1, "hello?"));
            match what {
                0 => new,
                1 => then(new, taken(ada())),
                2 => asked(then(new, taken(ada()))),
                3 => asked(then(new, taken(bo()))),
                4 => then(
                    then(new, taken(ada())),
                    EventBody::Snoozed(Snoozed {
                        agent: ada(),
                        until: None,
                    }),
                ),
                5 => then(then(new, taken(ada())), to_group(&group(0x20, "returns", &[], &[]))),
                _ => then(new, wanted()),
            }
        },
    )
}

fn any_staff() -> impl Strategy<Value = Staff> {
    let skills = prop::sample::subsequence(vec!["german", "french"], 0..=2);
    let one = |agent: AgentRef| {
        (skills.clone(), prop::option::of(0_u32..4), any::<bool>()).prop_map(move |(skills, capacity, enabled)| {
            StaffMember {
                capacity,
                enabled,
                ..member(agent.clone(), &skills)
            }
        })
    };
    let groups = prop::option::of(prop::sample::subsequence(vec![ada(), bo()], 0..=2));
    (one(ada()), one(bo()), groups).prop_map(|(a, b, members)| {
        let groups = members
            .map(|it| group(0x20, "returns", &it, &["french"]))
            .into_iter()
            .collect();
        desk(vec![a, b], groups)
    })
}

proptest! {
    #[test]
    fn the_order_is_total(rows in prop::collection::vec(any_row(), 2..12), now in 0_i64..60, staff in any_staff()) {
        let settings = settings();
        let queue = queue(&staff, &settings, now);
        for (a, b) in rows.iter().flat_map(|a| rows.iter().map(move |b| (a, b))) {
            let (ka, kb) = (queue.key(a), queue.key(b));
            prop_assert_eq!(ka.cmp(&kb), kb.cmp(&ka).reverse());
            prop_assert!(ka != kb || a.conversation == b.conversation, "two conversations have one place");
        }
        let order = queue.in_order(&rows);
        prop_assert_eq!(order.len(), rows.iter().filter(|row| row.stage.is_waiting()).count());
        prop_assert!(order.windows(2).all(|two| queue.key(two[0]) <= queue.key(two[1])));
        // It does not depend on the order in which they were given.
        let backwards: Vec<_> = queue.in_order(rows.iter().rev()).iter().map(|row| queue.key(row)).collect();
        prop_assert_eq!(backwards, order.iter().map(|row| queue.key(row)).collect::<Vec<_>>());
    }

    #[test]
    fn next_is_ones_own_or_what_one_may_take(rows in prop::collection::vec(any_row(), 0..12), now in 0_i64..60, staff in any_staff()) {
        let settings = settings();
        let queue = queue(&staff, &settings, now);
        let member = staff.agent(ada().id).unwrap();
        let active = active_count(ada().id, &rows);
        let own = rows.iter().any(|row| row.stage.is_active() && row.stage.is_owned_by(ada().id) && row.unanswered_since.is_some());
        let may = |row: &&Summary| row.stage.is_waiting() && queue.may_take(member, active, row).is_ok();
        match queue.next_for(ada().id, &rows) {
            Some(row) if own => prop_assert!(row.stage.is_owned_by(ada().id) && row.unanswered_since.is_some()),
            Some(row) => {
                prop_assert!(may(&row));
                let best = rows.iter().filter(may).map(|row| queue.effective_priority(row)).max();
                prop_assert_eq!(Some(queue.effective_priority(row)), best, "nobody more urgent is passed over");
            }
            None => prop_assert!(!own && !rows.iter().any(|row| may(&row))),
        }
    }

    #[test]
    fn waiting_longer_never_lowers(row in any_row(), ageing in 0_u32..30, earlier in -10_i64..60, more in 0_i64..60) {
        let (staff, settings) = (of_both(), DeskSettings { ageing_min: ageing, ..settings() });
        let at = |now| queue(&staff, &settings, now).effective_priority(&row);
        prop_assert!(at(earlier) <= at(earlier + more));
        prop_assert!(at(earlier) >= row.intake.priority && at(earlier) <= row.intake.priority.raised());
    }

    #[test]
    fn routing_gives_only_to_whom_it_may(row in any_row(), staff in any_staff(), active in prop::collection::vec(0_u32..5, 2), there in any::<bool>()) {
        let settings = settings();
        let queue = queue(&staff, &settings, 40);
        let presence = if there { PresenceState::Available } else { PresenceState::Away };
        let agents = [at(ada().id, presence, active[0], 1), here(bo().id, active[1], 2)];
        let may = |it: &Routable| queue.may_be_given(staff.agent(it.agent).unwrap(), it.presence, it.active, &row).is_ok();
        match queue.route(&row, &agents) {
            Some(agent) => prop_assert!(agents.iter().any(|it| it.agent == agent && may(it))),
            None => prop_assert!(!agents.iter().any(may)),
        }
    }
}
