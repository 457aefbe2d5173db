//! Figures equal what is counted naively from the whole journal, for any story, however it was cut into pieces, and whatever stopped
//! the server in between.

use std::{cell::RefCell, collections::BTreeMap};

use minicom_protocol::{
    event::{
        Author, Closed, Deadline, Erased, Event, EventBody, HandedBack, HumanRequested, Lateness, Opened, Posted,
        PriorityChanged, Rated, Requeued, Subject, TagsChanged, TakenOver, Target, Ticketed, Transferred,
    },
    ids::{GroupId, Mark, TenantId, TicketNo, Time},
    intake::Priority,
    line::LineState,
    people::{AgentRef, CustomerRef},
    staff::GroupRef,
    stage::{Closer, HandOverReason, Stage},
    summary::Summary,
    words::{GroupName, Tag},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

use super::*;
use crate::{
    figures::{Count, TimeOf, count_of_reason, count_of_stars},
    store::{
        conversations, erasure,
        fixture::{Store, Talk, by, parts},
        journal::{Chance, New, Standing as JournalStanding},
        tenants, threads,
    },
};

/// What may happen next, to one of three customers.
#[derive(Clone, Copy, Debug)]
enum Act {
    Line(u8),
    TakeOver(u8),
    Human(u8, bool),
    HandBack,
    ToAgent(u8),
    ToGroup(u8),
    ToQueue,
    Requeue,
    Close(u8),
    Tag(u8),
    Rate(u8),
    Ticket,
    Urgent(bool),
    Erase,
}

/// An act, whom it is about, and how many minutes after the one before.
type Step = (Act, usize, i64);

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..4_u8).prop_map(Act::Line),
        3 => (0..2_u8).prop_map(Act::TakeOver),
        3 => (0..12_u8, any::<bool>()).prop_map(|(reason, target)| Act::Human(reason, target)),
        1 => Just(Act::HandBack),
        1 => (0..2_u8).prop_map(Act::ToAgent),
        2 => (0..2_u8).prop_map(Act::ToGroup),
        1 => Just(Act::ToQueue),
        1 => Just(Act::Requeue),
        3 => (0..4_u8).prop_map(Act::Close),
        3 => (0..8_u8).prop_map(Act::Tag),
        2 => (0..6_u8).prop_map(Act::Rate),
        1 => Just(Act::Ticket),
        1 => any::<bool>().prop_map(Act::Urgent),
        1 => Just(Act::Erase),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((act(), 0..3_usize, 0..400_i64), 1..60)
}

/// A desk that a story happens to.
struct Scene {
    store: Store,
    agents: [AgentRef; 2],
    groups: [GroupRef; 2],
    customers: Vec<CustomerRef>,
    now: Time,
}

impl Scene {
    fn new() -> Scene {
        let mut store = Store::new();
        let group = |n: u128, name: &str| GroupRef {
            id: GroupId(Uuid::from_u128(n)),
            name: GroupName::parse(name).unwrap(),
        };
        let agents = [store.agent("Ada"), store.agent("Bo")];
        Scene {
            agents,
            groups: [group(71, "billing"), group(72, "repairs")],
            customers: vec![],
            store,
            now: Time(0),
        }
    }

    /// Everything afresh, for a tenant that has nothing yet.
    fn begin(&mut self, tenant: &str) {
        let id = TenantId::parse(tenant).unwrap();
        self.store.tenant = tenants::ensure(&self.store.conn, &id, Mark(9), Time(0)).unwrap();
        self.now = Time(1_700_000_000_000_000);
        self.customers = ["carol", "dave", "eve"].map(|name| self.store.customer(name)).to_vec();
    }

    fn append(&mut self, subject: Subject, body: EventBody) {
        let (conn, tenant) = (&self.store.conn, self.store.tenant);
        let new = New {
            time: self.now,
            subject,
            command: None,
            body,
            chance: Chance {
                mark: Mark(5),
                salt: [5; 16],
            },
        };
        let mut standing = JournalStanding::read(conn, tenant, subject).unwrap();
        journal::append(conn, tenant, new, &mut standing).unwrap();
    }

    fn newest(&self, customer: &CustomerRef) -> Option<(Talk, Summary)> {
        let row = conversations::newest(&self.store.conn, self.store.tenant, customer.id).unwrap()?;
        let talk = Talk(Subject::Conversation {
            customer: customer.id,
            conversation: row.conversation,
        });
        Some((talk, row))
    }

    /// Opens a conversation of a customer, if the customer has none that is open.
    fn open(&mut self, customer: &CustomerRef) -> Talk {
        if let Some((talk, row)) = self.newest(customer)
            && row.stage.is_open()
        {
            return talk;
        }
        let view = threads::load(&self.store.conn, self.store.tenant, customer.id)
            .unwrap()
            .view;
        let number = self.newest(customer).map_or(1, |it| it.1.number + 1);
        let talk = Talk(Subject::Conversation {
            customer: customer.id,
            conversation: minicom_protocol::ids::ConversationId(self.store.id()),
        });
        let opened = Opened {
            customer: customer.clone(),
            number,
            customer_lines: view.customer_lines,
            desk_lines: view.desk_lines,
            customer_mark: view.customer_mark,
            desk_mark: view.desk_mark,
            intake: Default::default(),
            answers: vec![],
            hint: None,
        };
        self.append(talk.0, EventBody::Opened(opened));
        talk
    }

    fn line(&mut self, talk: Talk, who: u8) {
        let author = match who {
            0 => Author::Customer,
            1 => Author::Bot,
            2 => by(&self.agents[0]),
            _ => Author::System,
        };
        let view = threads::load(&self.store.conn, self.store.tenant, talk.customer())
            .unwrap()
            .view;
        let posted = Posted {
            line: match who {
                0 => view.customer_lines.next(),
                _ => view.desk_lines.next(),
            },
            author,
            parts: parts("words"),
            quote: None,
            notice: None,
            state: LineState::Original,
        };
        self.append(talk.0, EventBody::Posted(posted));
    }

    fn due(&self, minutes: i64) -> Deadline {
        Deadline {
            warn: self.now,
            due: self.now.plus_ms(minutes * 60_000),
        }
    }

    /// Does a step, as far as `decide` would have let it happen.
    fn step(&mut self, (act, whose, minutes): Step) {
        self.now = self.now.plus_ms(minutes * 60_000);
        let customer = self.customers[whose].clone();
        let Some((talk, row)) = self
            .newest(&customer)
            .filter(|it| !matches!(act, Act::Line(_)) || it.1.stage.is_open())
        else {
            let talk = self.open(&customer);
            return self.line(talk, 0);
        };
        let (open, owner) = (row.stage.is_open(), row.stage.owner().cloned());
        let agent = |n: u8| self.agents[usize::from(n)].clone();
        let body = match act {
            Act::Line(who) => return self.line(talk, who),
            Act::TakeOver(n) if open && owner.as_ref().is_none_or(|it| *it != agent(n)) => {
                EventBody::TakenOver(TakenOver {
                    agent: agent(n),
                    by: None,
                    routed: false,
                })
            }
            Act::Human(reason, target) if row.stage.is_bot() => EventBody::HumanRequested(HumanRequested {
                reason: crate::figures::REASONS[usize::from(reason)],
                by_customer: false,
                respond_by: target.then(|| self.due(90)),
                note: None,
            }),
            Act::HandBack if open && !row.stage.is_bot() => EventBody::HandedBack(HandedBack { agent: agent(0) }),
            Act::ToAgent(n) if open => EventBody::Transferred(Transferred {
                by: agent(0),
                to: Target::Agent { agent: agent(n) },
            }),
            Act::ToGroup(n) if open => EventBody::Transferred(Transferred {
                by: agent(1),
                to: Target::Group {
                    group: self.groups[usize::from(n)].clone(),
                },
            }),
            Act::ToQueue if open => EventBody::Transferred(Transferred {
                by: agent(1),
                to: Target::Queue,
            }),
            Act::Requeue if owner.is_some() => EventBody::Requeued(Requeued {
                agent: owner.unwrap(),
                reason: HandOverReason::OwnerGone,
            }),
            Act::Close(by) if open => EventBody::Closed(Closed {
                by: match by {
                    0 | 1 => Closer::Agent { agent: agent(by) },
                    2 => Closer::Customer,
                    _ => Closer::System,
                },
                ask_rating: true,
            }),
            Act::Tag(bits) => EventBody::TagsChanged(TagsChanged {
                agent: agent(0),
                tags: ["a", "b", "vip"]
                    .iter()
                    .enumerate()
                    .filter(|(n, _)| bits & (1 << n) != 0)
                    .map(|(_, tag)| Tag::parse(tag).unwrap())
                    .collect(),
            }),
            Act::Rate(score) if !open => EventBody::Rated(Rated {
                score: (score > 0).then_some(score),
                comment: None,
            }),
            Act::Ticket => EventBody::Ticketed(Ticketed {
                agent: agent(1),
                ticket: TicketNo(1),
            }),
            Act::Urgent(target) if open => EventBody::PriorityChanged(PriorityChanged {
                agent: agent(0),
                priority: Priority::Urgent,
                respond_by: target.then(|| self.due(30)),
            }),
            Act::Erase if !open => {
                let (conn, tenant) = (&self.store.conn, self.store.tenant);
                erasure::conversations(conn, tenant, &customer, &[talk.id()], self.now).unwrap();
                EventBody::Erased(Erased { customer, agent: None })
            }
            _ => return,
        };
        self.append(talk.0, body);
    }

    fn events(&self) -> Vec<Event> {
        journal::after(&self.store.conn, self.store.tenant, Rev(0), 100_000).unwrap()
    }
}

type Sums = BTreeMap<(Of, Hour), Tally>;

/// Counted naively: each conversation by itself, from all of its events and from its row before each of them.
fn naive(events: &[Event]) -> Sums {
    let mut sums = Sums::new();
    let mut talks: BTreeMap<ConversationId, Vec<&Event>> = BTreeMap::new();
    for event in events {
        if let Some(id) = event.subject.conversation() {
            talks.entry(id).or_default().push(event);
        }
    }
    for events in talks.values() {
        conversation(events, &mut sums);
    }
    sums.retain(|_, tally| !tally.is_empty());
    sums
}

fn conversation(events: &[&Event], sums: &mut Sums) {
    let mut row = Summary::open(events[0]).unwrap();
    let (mut facts, mut closed, mut group, mut last_owner, mut judged) = (Tally::default(), None, None, None, false);
    let mut begun = Tally::default();
    begun.count(Count::Opened);
    add(sums, Of::Desk, row.opened_at, &begun);
    for event in &events[1..] {
        let (mut it, mut whose) = (Tally::default(), None);
        let since_queued = event.time.since(row.queued_at.unwrap_or(row.opened_at)) / 1_000;
        let late = |deadline: Deadline, at: Time| match deadline.lateness(Some(at), at) {
            Lateness::Late => Count::SlaMissed,
            _ => Count::SlaMet,
        };
        match &event.body {
            EventBody::Posted(line) => {
                let what = match &line.author {
                    Author::Customer => Count::LinesCustomer,
                    Author::Bot => Count::LinesBot,
                    Author::System => Count::LinesSystem,
                    Author::Agent { agent } => {
                        whose = Some(agent.id);
                        if row.first_response_at.is_none() {
                            it.time(TimeOf::FirstResponse, since_queued);
                            if let Some(deadline) = row.respond_by {
                                it.count(late(deadline, event.time));
                                judged = true;
                            }
                        }
                        Count::LinesAgent
                    }
                };
                it.count(what);
            }
            EventBody::TakenOver(taken) => {
                (whose, last_owner) = (Some(taken.agent.id), Some(taken.agent.id));
                it.count(Count::Taken);
                if row.assigned_at.is_none() {
                    it.time(TimeOf::Wait, since_queued);
                }
            }
            EventBody::HandedBack(_) => {
                (whose, group) = (Some(events_agent(event)), None);
                it.count(Count::HandedBack);
            }
            EventBody::HumanRequested(asked) => {
                group = None;
                it.add(count_of_reason(asked.reason), 1);
            }
            EventBody::Requeued(back) => {
                (whose, group) = (Some(back.agent.id), None);
                it.count(Count::Requeued);
            }
            EventBody::Transferred(given) => {
                whose = Some(given.by.id);
                it.count(Count::Transferred);
                match &given.to {
                    Target::Group { group: to } => group = Some(to.id),
                    Target::Queue => group = None,
                    Target::Agent { agent } => {
                        last_owner = Some(agent.id);
                        if row.assigned_at.is_none() {
                            // What the new owner waited for is the new owner's.
                            let mut wait = Tally::default();
                            wait.time(TimeOf::Wait, since_queued);
                            add(sums, Of::Desk, event.time, &wait);
                            add(sums, Of::Agent(agent.id), event.time, &wait);
                            facts.merge(&wait, 1);
                        }
                    }
                }
            }
            EventBody::Closed(end) => {
                let closer = match &end.by {
                    Closer::Agent { agent } => Some(agent.id),
                    _ => None,
                };
                whose = row.stage.owner().map(|it| it.id).or(closer);
                it.count(Count::Closed);
                if row.assigned_at.is_some() {
                    it.time(TimeOf::Resolution, event.time.since(row.opened_at) / 1_000);
                }
                match (&row.stage, row.assigned_at) {
                    (Stage::Bot, None) => it.count(Count::ResolvedByBot),
                    (Stage::Waiting { .. }, _) if closer.is_none() => it.count(Count::Abandoned),
                    _ => {}
                }
                if let (false, Some(deadline)) = (judged, row.respond_by) {
                    it.count(late(deadline, row.first_response_at.unwrap_or(event.time)));
                }
                closed = Some(event.time);
            }
            EventBody::Rated(rated) => {
                whose = last_owner;
                it.add(rated.score.map_or(Count::NotRated as u16, count_of_stars), 1);
            }
            EventBody::Ticketed(made) => {
                whose = Some(made.agent.id);
                it.count(Count::Tickets);
            }
            _ => {}
        }
        add(sums, Of::Desk, event.time, &it);
        if let Some(agent) = whose {
            add(sums, Of::Agent(agent), event.time, &it);
        }
        facts.merge(&it, 1);
        row.apply(event);
    }
    if let Some(closed) = closed {
        for of in row.tags.iter().cloned().map(Of::Tag).chain(group.map(Of::Group)) {
            add(sums, of, closed, &facts);
        }
    }
}

fn events_agent(event: &Event) -> minicom_protocol::ids::AgentId {
    match &event.body {
        EventBody::HandedBack(it) => it.agent.id,
        other => panic!("{other:?}"),
    }
}

fn add(sums: &mut Sums, of: Of, time: Time, tally: &Tally) {
    sums.entry((of, Hour::of(time))).or_default().merge(tally, 1);
}

/// Counts what happened, in pieces of these sizes; a piece of size 0 is one that is written, and lost before its commit.
fn count(scene: &Scene, pieces: &[u8]) {
    let (conn, tenant) = (&scene.store.conn, scene.store.tenant);
    for piece in pieces.iter().chain(&[200]) {
        let mut lost = false;
        let most = match piece {
            0 => {
                lost = true;
                7
            }
            most => i64::from(*most),
        };
        conn.execute_batch("SAVEPOINT piece").unwrap();
        while go_on_by(conn, tenant, most).unwrap().1 && !lost {}
        if lost {
            conn.execute_batch("ROLLBACK TO piece").unwrap();
        }
        conn.execute_batch("RELEASE piece").unwrap();
    }
}

const KINDS: [Kind; 4] = [Kind::Desk, Kind::Agent, Kind::Group, Kind::Tag];

fn equals_naive(scene: &Scene, (from, hours): (i64, i64)) {
    let (conn, tenant) = (&scene.store.conn, scene.store.tenant);
    let sums = naive(&scene.events());
    let begin = Hour::of(Time(1_700_000_000_000_000)).0;
    for range in [
        (Hour(begin), Hour(begin + 10_000)),
        (Hour(begin + from), Hour(begin + from + hours)),
    ] {
        for kind in KINDS {
            let mut expected: BTreeMap<Of, Tally> = BTreeMap::new();
            let inside = |hour: &Hour| (range.0..range.1).contains(hour);
            for ((of, _), tally) in sums.iter().filter(|((of, hour), _)| of.kind() == kind && inside(hour)) {
                expected.entry(of.clone()).or_default().merge(tally, 1);
            }
            assert_eq!(in_range(conn, tenant, kind, None, range).unwrap(), expected, "{kind:?}");
        }
        let hours: Vec<(Hour, Tally)> = by_hour(conn, tenant, range, true).unwrap();
        let expected = sums
            .iter()
            .filter(|((of, hour), _)| *of == Of::Desk && (range.0..range.1).contains(hour));
        let expected: Vec<(Hour, Tally)> = expected.map(|((_, hour), tally)| (*hour, tally.clone())).collect();
        assert_eq!(hours, expected);
    }
    assert_eq!(standing(conn, tenant).unwrap().behind, 0);
}

#[test]
fn figures_equal_the_naive_count_of_the_journal() {
    let scene = RefCell::new(Scene::new());
    let config = Config {
        cases: Config::default().cases.min(20_000),
        failure_persistence: None,
        ..Config::default()
    };
    let stories = (
        steps(),
        steps(),
        proptest::collection::vec(0..20_u8, 0..6),
        (0..400_i64, 0..400_i64),
    );
    let result = TestRunner::new(config).run(&stories, |(first, then, pieces, range)| {
        let mut scene = scene.borrow_mut();
        scene.store.conn.execute_batch("BEGIN").unwrap();
        scene.begin("story");
        for step in first {
            scene.step(step);
        }
        count(&scene, &pieces);
        for step in then {
            scene.step(step);
        }
        count(&scene, &pieces);
        equals_naive(&scene, range);
        scene.store.conn.execute_batch("ROLLBACK").unwrap();
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn a_conversation_counts_for_its_tags_with_all_of_it() {
    let mut scene = Scene::new();
    scene.begin("one");
    for act in [
        Act::Line(0),
        Act::Human(0, true),
        Act::TakeOver(0),
        Act::Line(2),
        Act::Close(0),
        Act::Rate(5),
        Act::Tag(1),
    ] {
        scene.step((act, 0, 10));
    }
    count(&scene, &[]);
    let all = (Hour(0), Hour(1_000_000));
    let of_tag = |scene: &Scene, tag: &str| {
        let of = Of::Tag(Tag::parse(tag).unwrap());
        let found = in_range(&scene.store.conn, scene.store.tenant, Kind::Tag, Some(&of), all).unwrap();
        found.get(&of).map(Tally::figures)
    };
    let told = of_tag(&scene, "a").unwrap();
    assert_eq!((told.closed, told.lines.agent, told.ratings.stars[4]), (1, 1, 1));
    assert_eq!((told.sla.met, told.first_response.count), (1, 1));
    // The tag goes, and everything with it.
    scene.step((Act::Tag(2), 0, 10));
    count(&scene, &[]);
    assert_eq!(of_tag(&scene, "a"), None);
    assert_eq!(of_tag(&scene, "b").unwrap(), told);
}
