//! The table of presence, who owns what, what is forsaken, and what the queue's past says of its future.

use std::time::Duration;

use minicom_protocol::{
    event::{
        AgentChanged, Author, Closed, Event, HandedBack, HumanRequested, Opened, Part, Posted, Requeued, Seen,
        SettingsChanged, Subject, TakenOver, Target, Transferred, Woken, WokenBy,
    },
    frame::Estimate,
    ids::{ConversationId, CustomerId, LineNo, Mark, Seq},
    line::LineState,
    people::{AgentRef, CustomerRef, Realm, Role},
    staff::{Intent, StaffMember},
    stage::{Closer, HandOverReason, Side},
    text::{CustomerName, DisplayName, MessageText},
};
use uuid::Uuid;

use super::*;
use crate::limits;

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn agent(n: u128, name: &str) -> AgentRef {
    AgentRef {
        id: AgentId(Uuid::from_u128(n)),
        name: DisplayName::parse(name).unwrap(),
    }
}

pub(crate) fn member(n: u128, name: &str, intent: Intent) -> StaffMember {
    StaffMember {
        agent: agent(n, name),
        role: Role::Agent,
        enabled: true,
        skills: vec![],
        capacity: None,
        intent,
    }
}

pub(crate) fn conversation(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(n))
}

/// An event in a conversation, so many seconds after the first.
pub(crate) fn event(rev: u64, n: u128, at_s: i64, body: EventBody) -> Event {
    Event {
        rev: Rev(rev),
        seq: Some(Seq(rev)),
        mark: Mark(rev),
        time: Time(0).plus_ms(at_s * 1_000),
        subject: Subject::Conversation {
            customer: CustomerId(Uuid::from_u128(n)),
            conversation: conversation(n),
        },
        command: None,
        body,
    }
}

/// A conversation that has just begun.
pub(crate) fn row(n: u128) -> Summary {
    let customer = CustomerRef {
        id: CustomerId(Uuid::from_u128(n)),
        name: CustomerName::parse("alice").unwrap(),
        realm: Realm::Named,
    };
    let opened = Opened {
        customer,
        number: 1,
        customer_lines: LineNo(0),
        desk_lines: LineNo(0),
        customer_mark: LineNo(0),
        desk_mark: LineNo(0),
        intake: Default::default(),
        answers: vec![],
        hint: None,
    };
    Summary::open(&event(1, n, 0, EventBody::Opened(opened))).unwrap()
}

pub(crate) fn taken(agent: &AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver {
        agent: agent.clone(),
        by: None,
        routed: false,
    })
}

pub(crate) fn wanted() -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason: HandOverReason::CustomerAsked,
        by_customer: true,
        respond_by: None,
        note: None,
    })
}

pub(crate) fn closed() -> EventBody {
    EventBody::Closed(Closed {
        by: Closer::Customer,
        ask_rating: false,
    })
}

pub(crate) fn seen(side: Side, up_to: u64) -> EventBody {
    let up_to = LineNo(up_to);
    EventBody::Seen(Seen { side, up_to })
}

pub(crate) fn wrote(author: Author) -> EventBody {
    EventBody::Posted(Posted {
        author,
        line: LineNo(1),
        parts: vec![Part::of_text(MessageText::parse(r#"{"sender":"customer"}"#).unwrap())],
        quote: None,
        notice: None,
        state: LineState::Original,
    })
}

/// As everybody gets it.
pub(crate) fn news(event: &Event) -> Option<News> {
    News::read(&serde_json::to_vec(event).unwrap())
}

fn chosen(rev: u64, member: StaffMember) -> Event {
    let subject = Subject::Agent { agent: member.agent.id };
    let body = EventBody::AgentChanged(AgentChanged {
        member,
        intent_only: true,
    });
    Event {
        subject,
        ..event(rev, 0, 0, body)
    }
}

/// A room whose clock the test has.
struct Test {
    room: Room,
    now: Stamp,
}

impl Test {
    fn new(members: Vec<StaffMember>) -> Test {
        let mut test = Test {
            room: Room::default(),
            now: Stamp::now(),
        };
        let mut from = Beginning::default();
        from.staff.agents = members;
        test.room.begin(from, test.now);
        test
    }

    fn pass(&mut self, time: Duration) {
        self.now.at += time;
        self.now.time = self.now.time.plus_ms(time.as_millis() as i64);
    }

    fn hear(&mut self, event: &Event) {
        let news = news(event).expect("it matters");
        self.room.hear(&news, self.now);
    }

    fn join(&mut self, n: u128) -> u64 {
        self.room.attendance.join(&agent(n, "Ada"), true, self.now)
    }

    fn state(&self) -> PresenceState {
        self.room.attendance.all(self.now.at)[0].state
    }

    fn forsaken(&self) -> Vec<(ConversationId, Duration, u64)> {
        let found = self.room.forsaken();
        let tell = |it: &Forsaken| (it.conversation, it.due.saturating_duration_since(self.now.at), it.by.0);
        found.iter().map(tell).collect()
    }
}

#[tokio::test]
async fn the_table_of_presence() {
    use PresenceState::{Available, Away, Busy, Offline};
    let check = |intent, connected, idle, expected| {
        let mut test = Test::new(vec![member(1, "Ada", intent)]);
        if connected {
            test.join(1);
        }
        if idle {
            test.pass(10 * MINUTE);
        }
        assert_eq!(test.state(), expected, "{intent:?}, connected {connected}, idle {idle}");
    };
    check(Intent::Available, true, false, Available);
    check(Intent::Available, true, true, Away);
    check(Intent::Busy, true, false, Busy);
    check(Intent::Busy, true, true, Busy);
    check(Intent::Away, true, false, Away);
    check(Intent::AwayHandBack, true, false, Away);
    for intent in Intent::ALL {
        check(intent, false, false, Offline);
        check(intent, false, true, Offline);
    }
}

#[tokio::test]
async fn activity_restores_and_a_network_that_comes_back_does_not() {
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    let seat = test.join(1);
    assert_eq!(
        test.room.attendance.next_idle(test.now.at),
        Some(test.now.at + 10 * MINUTE)
    );
    test.pass(10 * MINUTE);
    assert_eq!(
        (test.state(), test.room.attendance.next_idle(test.now.at)),
        (PresenceState::Away, None)
    );
    let again = test.room.attendance.join(&agent(1, "Ada"), false, test.now);
    test.room.attendance.leave(agent(1, "Ada").id, seat, test.now);
    assert_eq!(test.state(), PresenceState::Away);
    assert!(test.room.attendance.act(agent(1, "Ada").id, test.now).was_idle);
    assert_eq!(test.state(), PresenceState::Available);
    test.room.attendance.leave(agent(1, "Ada").id, again, test.now);
    assert_eq!(test.state(), PresenceState::Offline);
}

#[tokio::test]
async fn never_idle_where_the_tenant_wants_it_so() {
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    test.join(1);
    let settings = DeskSettings {
        idle_away_min: 0,
        ..DeskSettings::default()
    };
    let settings = Box::new(settings);
    let body = EventBody::SettingsChanged(SettingsChanged { settings });
    test.hear(&Event {
        subject: Subject::Desk,
        ..event(1, 0, 0, body)
    });
    test.pass(100 * MINUTE);
    assert_eq!(test.state(), PresenceState::Available);
}

#[tokio::test]
async fn what_was_stored_counts_until_something_is_seen() {
    let mut test = Test::new(vec![]);
    let ago = Time(test.now.time.0 - 3_600_000_000);
    let mut from = Beginning::default();
    from.staff.agents = vec![member(1, "Ada", Intent::Available)];
    from.activity = vec![(agent(1, "Ada").id, ago)];
    test.room.begin(from, test.now);
    test.room.attendance.join(&agent(1, "Ada"), false, test.now);
    let shown = test.room.attendance.all(test.now.at).remove(0);
    assert_eq!((shown.state, shown.last_activity_at), (PresenceState::Away, Some(ago)));
}

#[tokio::test]
async fn routing_counts_on_one_who_has_just_gone_and_on_no_one_who_never_came() {
    let mut test = Test::new(vec![
        member(1, "Ada", Intent::Available),
        member(2, "Bo", Intent::Available),
    ]);
    let seat = test.join(1);
    let routable = |test: &Test, n| test.room.attendance.routable(agent(n, "x").id, test.now.at);
    test.room.attendance.leave(agent(1, "Ada").id, seat, test.now);
    assert_eq!(routable(&test, 1), PresenceState::Available);
    assert_eq!(routable(&test, 2), PresenceState::Offline);
    test.pass(limits::ROUTE_GRACE);
    assert_eq!(routable(&test, 1), PresenceState::Offline);
}

#[tokio::test]
async fn the_list_has_who_is_there_and_who_is_gone_and_owns() {
    let ada = agent(1, "Ada");
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available), member(2, "Bo", Intent::Busy)]);
    assert_eq!(
        test.room.look(test.now.at).told,
        None,
        "nobody is there, and nothing else was told"
    );
    let seat = test.join(1);
    let told = test.room.look(test.now.at).told.expect("Ada came");
    assert_eq!((told.len(), told[0].gone_since), (1, None));
    test.hear(&event(1, 7, 0, taken(&ada)));
    test.pass(MINUTE);
    test.room.attendance.act(ada.id, test.now);
    assert!(
        test.room.look(test.now.at).told.is_none(),
        "an activity by itself is no news"
    );
    test.room.attendance.view(ada.id, seat, Some(conversation(7)));
    let viewing = test.room.look(test.now.at);
    assert_eq!(viewing.told.unwrap()[0].viewing, Some(conversation(7)));
    assert!(!viewing.stirs, "nobody acts upon what somebody looks at");
    test.room.attendance.leave(ada.id, seat, test.now);
    let gone = test.room.look(test.now.at);
    let told = gone.told.expect("she owns one, so she is shown as gone");
    assert_eq!(
        (told[0].state, told[0].gone_since),
        (PresenceState::Offline, Some(test.now.time))
    );
    assert_eq!((told[0].viewing, gone.stirs), (None, true));
    test.hear(&event(2, 7, 0, closed()));
    assert_eq!(test.room.look(test.now.at).told, Some(vec![]));
}

#[tokio::test]
async fn the_last_that_was_looked_at_in_a_window_that_is_open() {
    let ada = agent(1, "Ada");
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    let (first, second) = (test.join(1), test.join(1));
    let views = |test: &Test| test.room.attendance.all(test.now.at)[0].viewing;
    test.room.attendance.view(ada.id, first, Some(conversation(1)));
    test.room.attendance.view(ada.id, second, Some(conversation(2)));
    assert_eq!(views(&test), Some(conversation(2)));
    test.room.attendance.leave(ada.id, second, test.now);
    assert_eq!(views(&test), Some(conversation(1)));
    test.room.attendance.view(ada.id, first, None);
    assert_eq!(views(&test), None);
}

#[tokio::test]
async fn grace_runs_from_when_both_are_true_that_one_owns_it_and_is_gone() {
    let ada = agent(1, "Ada");
    let grace = Duration::from_secs(DeskSettings::default().owner_grace_s.into());
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    test.hear(&event(1, 7, 0, taken(&ada)));
    assert_eq!(
        test.forsaken(),
        [(conversation(7), grace, 1)],
        "also at the start, when nobody ever came"
    );
    let seat = test.join(1);
    assert_eq!(test.forsaken(), []);
    test.room.attendance.leave(ada.id, seat, test.now);
    test.pass(MINUTE);
    let to = Target::Agent { agent: ada.clone() };
    test.hear(&event(
        2,
        8,
        0,
        EventBody::Transferred(Transferred { by: agent(2, "Bo"), to }),
    ));
    let both = [(conversation(7), grace - MINUTE, 1), (conversation(8), grace, 2)];
    assert_eq!(test.forsaken(), both);
    test.hear(&event(3, 7, 0, wrote(Author::Customer)));
    assert_eq!(
        test.forsaken()[0],
        (conversation(7), grace - MINUTE, 3),
        "another occasion"
    );
    let reason = HandOverReason::OwnerGone;
    test.hear(&event(
        4,
        7,
        0,
        EventBody::Requeued(Requeued {
            agent: ada.clone(),
            reason,
        }),
    ));
    test.hear(&event(5, 8, 0, EventBody::HandedBack(HandedBack { agent: ada })));
    assert_eq!(test.forsaken(), []);
}

#[tokio::test]
async fn away_and_hand_back_gives_up_what_is_there_and_keeps_what_is_taken_until_it_calls() {
    let ada = agent(1, "Ada");
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    test.join(1);
    test.hear(&event(1, 7, 0, taken(&ada)));
    test.hear(&chosen(2, member(1, "Ada", Intent::AwayHandBack)));
    assert_eq!(
        test.forsaken(),
        [(conversation(7), Duration::ZERO, 1)],
        "at once, though she is connected"
    );
    test.hear(&event(3, 7, 0, closed()));
    test.hear(&event(4, 8, 0, taken(&ada)));
    assert_eq!(test.forsaken(), [], "taken while away, so it is meant");
    test.hear(&event(6, 8, 0, wrote(Author::Customer)));
    assert_eq!(test.forsaken(), [(conversation(8), Duration::ZERO, 6)]);
    test.hear(&chosen(7, member(1, "Ada", Intent::Available)));
    assert_eq!(test.forsaken(), []);
}

#[tokio::test]
async fn a_snooze_that_ends_calls_unless_the_owner_ended_it() {
    let ada = agent(1, "Ada");
    let mut test = Test::new(vec![member(1, "Ada", Intent::Available)]);
    test.hear(&event(1, 7, 0, taken(&ada)));
    let woken = |why| {
        EventBody::Woken(Woken {
            agent: ada.clone(),
            why,
        })
    };
    test.hear(&event(2, 7, 0, woken(WokenBy::Agent)));
    assert_eq!(test.forsaken()[0].2, 1);
    test.hear(&event(3, 7, 0, woken(WokenBy::Time)));
    assert_eq!(test.forsaken()[0].2, 3);
}

#[test]
fn of_a_line_only_the_author_is_read_and_of_most_nothing() {
    let by_customer = event(3, 7, 0, wrote(Author::Customer));
    let line = News::CustomerLine {
        conversation: conversation(7),
        rev: Rev(3),
    };
    assert_eq!(news(&by_customer), Some(line));
    for author in [Author::Bot, Author::System, Author::Agent { agent: agent(1, "Ada") }] {
        assert_eq!(news(&event(3, 7, 0, wrote(author))), None, "whatever the text says");
    }
    let it = event(4, 7, 0, taken(&agent(1, "Ada")));
    assert_eq!(news(&it), Some(News::Event(Box::new(it.clone()))));
    assert_eq!(News::read(b"{}"), None);
}

/// So many conversations, each alone in the queue for so many minutes.
fn waits_of(minutes: &[i64]) -> Waits {
    let mut waits = Waits::default();
    for (n, minutes) in (1_u64..).zip(minutes) {
        waits.apply(&event(2 * n, n.into(), 0, wanted()));
        waits.apply(&event(2 * n + 1, n.into(), minutes * 60, taken(&agent(1, "Ada"))));
    }
    waits
}

#[test]
fn a_forecast_is_a_range_and_nothing_while_too_little_is_known() {
    assert_eq!(waits_of(&[1, 1, 1, 1]).estimate(1), None);
    let steady = waits_of(&[2; 5]);
    let range = |from_min, to_min| Some(Estimate { from_min, to_min });
    assert_eq!((steady.estimate(1), steady.estimate(3)), (range(2, 2), range(6, 6)));
    assert_eq!(waits_of(&[1, 1, 3, 9, 9, 1]).estimate(2), range(2, 14));
    assert_eq!(
        waits_of(&[0; 5]).estimate(1),
        range(0, 1),
        "nobody is promised no time at all"
    );
    let of_late = waits_of(&[&[500; 30][..], &[1; limits::WAITS_KEPT]].concat());
    assert_eq!(of_late.estimate(1), range(1, 1), "what is long ago is forgotten");
}

#[test]
fn who_came_in_behind_others_waited_for_them_too() {
    let ada = agent(1, "Ada");
    let mut waits = Waits::default();
    (1..=5).for_each(|n| waits.apply(&event(n, n.into(), 0, wanted())));
    assert_eq!(waits.waiting(), 5);
    (1..=5).for_each(|n| waits.apply(&event(n + 5, n.into(), 120 * n as i64, taken(&ada))));
    let per_place = Estimate { from_min: 2, to_min: 2 };
    assert_eq!((waits.waiting(), waits.estimate(1)), (0, Some(per_place)));
    let reason = HandOverReason::OwnerGone;
    let back = EventBody::Requeued(Requeued {
        agent: ada.clone(),
        reason,
    });
    waits.apply(&event(20, 1, 600, back));
    waits.apply(&event(21, 1, 99_999, taken(&ada)));
    assert_eq!(
        waits.estimate(1),
        Some(per_place),
        "a place that was kept says nothing of the queue"
    );
    waits.apply(&event(22, 2, 0, wanted()));
    waits.apply(&event(23, 2, 0, closed()));
    assert_eq!(waits.waiting(), 0);
}

#[test]
fn what_the_store_says_makes_the_same_forecast() {
    let mut closed_ones: Vec<Summary> = (1..=5).map(row).collect();
    for (n, row) in (1..).zip(&mut closed_ones) {
        row.apply(&event(10, n, 0, wanted()));
        row.apply(&event(20, n, 120 * n as i64, taken(&agent(1, "Ada"))));
        row.apply(&event(30, n, 9_000, closed()));
    }
    // All five came at once: the order in which they did is not in their times, so each counts as first.
    let mut waiting = row(6);
    waiting.apply(&event(40, 6, 60, wanted()));
    let waits = Waits::of(&[waiting], &closed_ones);
    assert_eq!(waits.waiting(), 1);
    let estimate = waits.estimate(1).unwrap();
    assert!(estimate.from_min >= 2 && estimate.to_min <= 10, "{estimate:?}");
}
