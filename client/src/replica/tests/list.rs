//! The list under load, by counts: what an event, a key and the time cost.

use std::time::{Duration, Instant};

use minicom_protocol::{
    command::{AgentCommand, Outcome, SeenLines},
    event::{AgentChanged, Event, EventBody, PriorityChanged},
    frame::*,
    ids::*,
    intake::Priority,
    people::Role,
    queue::WhyNot,
    refusal::Refusal,
    settings::DeskSettings,
    staff::{Staff, StaffMember},
    stage::{HandOverReason, Stage},
    summary::Summary,
    words::Skill,
};

use super::desk::*;
use crate::{AgentReplica, ClientEvent, ListFilter, Section, view_of};

fn conversation(n: u64) -> ConversationId {
    ConversationId::from_bytes(u128::from(n).to_be_bytes())
}

/// A conversation that waits since `queued` seconds.
fn waiting(n: u64, priority: Priority, queued: i64) -> Summary {
    let base = Desk::of(&[deed(0, Do::Line, 0)]).rows(2);
    let mut row = base.into_values().next().expect("a row");
    row.conversation = conversation(n);
    row.intake.priority = priority;
    row.queued_at = Some(Time(queued * 1_000_000));
    row.queued_rev = Some(Rev(n));
    row.stage = Stage::Waiting {
        since: Time(queued * 1_000_000),
        reason: HandOverReason::Rule,
    };
    row
}

fn desk(capacity: Option<u32>) -> DeskState {
    DeskState {
        staff: Staff {
            agents: vec![StaffMember { capacity, ..member(0) }, member(1)],
            groups: vec![group(0), group(1)],
        },
        settings: DeskSettings::default(),
        ..DeskState::default()
    }
}

fn replica(rows: Vec<Summary>, capacity: Option<u32>, now: Instant) -> AgentReplica {
    let mut replica = AgentReplica::new();
    let _ = replica.apply(
        ClientEvent::Fresh {
            me: AgentMe {
                agent: agent(0),
                role: Role::Agent,
                tenant: TenantId::default_tenant(),
            },
            time: Time(100_000_000),
            cursor: Cursor {
                at: 20_000,
                mark: Mark(1),
            },
            parts: vec![AgentSnapshot {
                conversations: rows,
                more_closed: false,
                desk: Some(Box::new(desk(capacity))),
            }],
        },
        now,
    );
    replica
}

fn event(rev: u64, n: u64, body: EventBody) -> Event {
    Event {
        rev: Rev(rev),
        seq: None,
        mark: Mark(rev),
        time: Time(100_000_000),
        subject: minicom_protocol::event::Subject::Conversation {
            customer: customer_id(0),
            conversation: conversation(n),
        },
        command: None,
        body,
    }
}

fn waiting_ones(replica: &AgentReplica, count: usize) -> Vec<u64> {
    let number = |row: &Summary| u128::from_be_bytes(*row.conversation.as_bytes()) as u64;
    replica.section(Section::Waiting).take(count).map(number).collect()
}

#[test]
fn an_event_moves_its_own_row_and_a_key_moves_none() {
    let now = Instant::now();
    let rows = (1..=10_000).map(|n| waiting(n, Priority::Medium, 99)).collect();
    let mut replica = replica(rows, None, now);
    assert_eq!((replica.placed(), replica.count(Section::Waiting)), (10_000, 10_000));
    let version = replica.version();

    for _ in 0..100 {
        assert_eq!(waiting_ones(&replica, 3), [1, 2, 3]);
        assert_eq!(replica.next().map(|row| row.conversation), Some(conversation(1)));
        assert!(!replica.advance(now + Duration::from_secs(60)));
    }
    assert_eq!(
        (replica.placed(), replica.version()),
        (10_000, version),
        "drawing costs nothing"
    );

    let urgent = EventBody::PriorityChanged(PriorityChanged {
        agent: agent(1),
        priority: Priority::Urgent,
        respond_by: None,
    });
    let _ = replica.apply_batch(Rev(20_001), vec![event(20_001, 7_000, urgent)]);
    assert_eq!(waiting_ones(&replica, 3), [7_000, 1, 2]);
    assert_eq!(replica.next().map(|row| row.conversation), Some(conversation(7_000)));
    assert_eq!(replica.placed(), 10_001);
    assert_ne!(replica.version(), version, "what was drawn is out of date");

    let version = replica.version();
    let id = CommandId::from_bytes([1; 16]);
    let post = AgentCommand::Post {
        conversation: conversation(1),
        text: "x".to_owned(),
        seen: SeenLines::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    replica.pending(id, post);
    let _ = replica.apply(ClientEvent::Latency(Duration::ZERO), now);
    assert_eq!(
        (replica.placed(), replica.version()),
        (10_001, version),
        "no row has changed"
    );
}

#[test]
fn a_long_wait_moves_those_whose_time_has_come_and_nobody_else() {
    let now = Instant::now();
    let rows = vec![
        waiting(1, Priority::High, 90),
        waiting(2, Priority::Medium, 50),
        waiting(3, Priority::Medium, 60),
        waiting(4, Priority::Urgent, 10),
        waiting(5, Priority::Low, 95),
    ];
    let mut replica = replica(rows, None, now);
    assert_eq!(waiting_ones(&replica, 9), [4, 1, 2, 3, 5]);
    // The server's clock is at 100 s; what came at 50 s is raised at 650 s.
    let first = replica.ages_at().expect("somebody will be raised");
    assert_eq!(first, now + Duration::from_secs(550));
    assert!(!replica.advance(first - Duration::from_millis(1)));
    assert!(replica.advance(first));
    assert_eq!(
        waiting_ones(&replica, 9),
        [4, 1, 2, 3, 5],
        "as high as 1, and later in the queue"
    );
    assert_eq!(replica.placed(), 6);
    assert_eq!(replica.ages_at(), Some(first + Duration::from_secs(10)));
    assert!(replica.advance(now + Duration::from_secs(590)));
    assert_eq!(
        waiting_ones(&replica, 9),
        [1, 4, 2, 3, 5],
        "1 is urgent now, and was there before 4"
    );
    assert!(replica.advance(now + Duration::from_secs(1_000)));
    assert_eq!(replica.ages_at(), None, "what is urgent cannot be raised");
    assert_eq!(replica.placed(), 9);
}

fn missing_skills() -> Vec<Skill> {
    vec![Skill::parse("german").expect("a skill")]
}

#[test]
fn what_one_may_not_take_is_known_before_the_key() {
    let missing = missing_skills();
    let mut skilled = waiting(1, Priority::Urgent, 1);
    skilled.intake.skills = missing.clone();
    let mut grouped = waiting(2, Priority::High, 1);
    grouped.group = Some(group(1).to_ref());
    let free = waiting(3, Priority::Low, 1);
    let mut mine = waiting(4, Priority::Low, 1);
    mine.unanswered_since = None;
    mine.stage = Stage::Active {
        agent: agent(0),
        since: Time(1),
    };
    let rows = vec![skilled, grouped, free, mine];
    let now = Instant::now();
    let roomy = replica(rows.clone(), Some(2), now);
    assert_eq!(roomy.may_take(conversation(1)), Err(WhyNot::Skills { missing }));
    let group = group(1).to_ref();
    assert_eq!(roomy.may_take(conversation(2)), Err(WhyNot::Group { group }));
    assert_eq!(roomy.may_take(conversation(3)), Ok(()));
    assert_eq!(roomy.next().map(|row| row.conversation), Some(conversation(3)));
    let mut learned = replica(rows.clone(), Some(2), now);
    assert_eq!(learned.next().map(|row| row.conversation), Some(conversation(3)));
    let member = StaffMember {
        skills: missing_skills(),
        ..member(0)
    };
    let intent_only = false;
    let body = EventBody::AgentChanged(AgentChanged { member, intent_only });
    let mut changed = event(20_001, 1, body);
    changed.subject = minicom_protocol::event::Subject::Agent { agent: agent(0).id };
    let _ = learned.apply_batch(Rev(20_001), vec![changed]);
    assert_eq!(
        learned.next().map(|row| row.conversation),
        Some(conversation(1)),
        "known at once"
    );
    let full = replica(rows, Some(1), now);
    let (active, capacity) = (1, 1);
    assert_eq!(full.may_take(conversation(3)), Err(WhyNot::Full { active, capacity }));
    assert_eq!(full.may_take(conversation(4)), Ok(()), "one has it");
    assert_eq!(full.next(), None);
}

#[test]
fn ten_thousand_rows_take_little() {
    // What a row holds besides itself: a name, an excerpt of 80 graphemes, a subject, places in two sets and two maps.
    let beside = 1_024;
    assert!(
        (size_of::<Summary>() + beside) * 10_000 < 20_000_000,
        "{}",
        size_of::<Summary>()
    );
}

#[test]
fn a_view_of_ten_thousand_keeps_the_order_of_the_queue() {
    let now = Instant::now();
    let priorities = [Priority::Medium, Priority::Urgent, Priority::Low];
    let rows = (1..=9_000)
        .map(|n| waiting(n, priorities[n as usize % 3], 99))
        .collect();
    let replica = replica(rows, None, now);
    let queue = replica.queue(Time(100_000_000));
    let filter: ListFilter = "priority:urgent,low group:priority".parse().expect("a filter");
    let groups = view_of(replica.section(Section::Waiting), &filter, &queue, Some(agent(0).id));
    let sizes: Vec<_> = groups.iter().map(|group| (group.priority, group.rows.len())).collect();
    assert_eq!(sizes, [(Some(Priority::Urgent), 3_000), (Some(Priority::Low), 3_000)]);
    for group in groups {
        assert!(group.rows.is_sorted_by_key(|row| queue.key(row)));
    }
}

#[test]
fn what_is_being_answered_needs_nobody() {
    let mut mine = waiting(1, Priority::Medium, 1);
    mine.stage = Stage::Active {
        agent: agent(0),
        since: Time(1),
    };
    mine.unanswered_since = Some(Time(1));
    let rows = vec![mine, waiting(2, Priority::Medium, 2)];
    let next = |replica: &AgentReplica| replica.next().map(|row| row.conversation);
    let id = CommandId::from_bytes([1; 16]);
    let post = AgentCommand::post(conversation(1), "hi", SeenLines::default());
    for (capacity, after) in [(Some(2), Some(conversation(2))), (Some(1), None)] {
        let mut replica = replica(rows.clone(), capacity, Instant::now());
        assert_eq!(next(&replica), Some(conversation(1)));
        replica.pending(id, post.clone());
        assert_eq!(next(&replica), after, "the line goes before the wish for the next");
        let refusal = Refusal::TooLate;
        let answered = ClientEvent::Answered {
            id,
            command: post.clone(),
            outcome: Outcome::Refused { refusal },
        };
        let _ = replica.apply(answered, Instant::now());
        assert_eq!(next(&replica), Some(conversation(1)), "it was not sent");
    }
}
