//! One's own lines, typing, sections: case by case.

use std::time::{Duration, Instant};

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done, Outcome, SeenLines},
    event::{Author, Event, EventBody, Posted},
    frame::*,
    ids::*,
    line::LineState,
    people::Role,
    refusal::Refusal,
    search::SavedView,
    staff::{Intent, Presence, PresenceState, Staff},
    stage::{HandOverReason, Stage},
    summary::Summary,
    text::DisplayName,
};

use super::desk::*;
use crate::{AgentReplica, ClientEvent, CustomerReplica, PendingMark, Section};

fn conversation() -> ConversationId {
    ConversationId::from_bytes([1; 16])
}

fn id(n: u8) -> CommandId {
    CommandId::from_bytes([n; 16])
}

fn post(text: &str) -> AgentCommand {
    AgentCommand::Post {
        conversation: conversation(),
        text: text.to_owned(),
        seen: SeenLines::default(),
        take_over: false,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    }
}

fn me() -> AgentMe {
    AgentMe {
        agent: agent(0),
        role: Role::Agent,
        tenant: TenantId::default_tenant(),
    }
}

fn state() -> DeskState {
    let staff = Staff {
        agents: vec![member(0), member(1)],
        groups: vec![],
    };
    DeskState {
        staff,
        ..DeskState::default()
    }
}

fn replies() -> AgentQuestion {
    AgentQuestion::Replies {
        query: String::new(),
        after: None,
        limit: 100,
    }
}

fn fresh(at: u64, rows: Vec<Summary>) -> ClientEvent<Agents> {
    ClientEvent::Fresh {
        me: me(),
        time: Time(5_000_000),
        cursor: Cursor { at, mark: Mark(at) },
        parts: vec![AgentSnapshot {
            conversations: rows,
            more_closed: false,
            desk: Some(Box::new(state())),
        }],
    }
}

/// A conversation with one line of the customer, at position 2.
fn replica() -> (AgentReplica, Desk) {
    let mut desk = Desk::default();
    desk.write(deed(0, Do::Line, 0));
    let mut replica = AgentReplica::new();
    assert_eq!(
        replica.apply(fresh(2, desk.rows(2).into_values().collect()), Instant::now()),
        [replies(), AgentQuestion::Views {}]
    );
    (replica, desk)
}

fn event(rev: u64, command: Option<CommandId>, author: Author) -> Event {
    Event {
        rev: Rev(rev),
        seq: Some(Seq(rev)),
        mark: Mark(rev),
        time: Time(rev as i64),
        subject: minicom_protocol::event::Subject::Conversation {
            customer: customer_id(0),
            conversation: conversation(),
        },
        command,
        body: EventBody::Posted(Posted {
            author,
            line: LineNo(rev),
            parts: text_parts("hi"),
            quote: None,
            notice: None,
            state: LineState::Original,
        }),
    }
}

fn marks(replica: &AgentReplica) -> Vec<(CommandId, PendingMark)> {
    replica
        .pending_lines(conversation())
        .map(|it| (it.id, it.mark.clone()))
        .collect()
}

fn answer(replica: &mut AgentReplica, n: u8, outcome: Outcome) {
    let (id, command) = (id(n), post("x"));
    let _ = replica.apply(ClientEvent::Answered { id, command, outcome }, Instant::now());
}

fn done_at(rev: u64) -> Outcome {
    Outcome::Done(Done {
        rev: Some(Rev(rev)),
        ..Done::default()
    })
}

#[test]
fn a_line_is_one_line_whichever_comes_first() {
    let mine = || Author::Agent { agent: agent(0) };
    let (mut replica, _) = replica();
    for n in 1..=3 {
        replica.pending(id(n), post("x"));
        replica.pending(id(n), post("x"));
    }
    replica.pending(id(9), AgentCommand::TakeNext {});
    let waiting = |n| (id(n), PendingMark::Waiting);
    assert_eq!(
        marks(&replica),
        [waiting(1), waiting(2), waiting(3)],
        "in order, once each, lines only"
    );
    let _ = replica.apply_batch(Rev(3), vec![event(3, Some(id(1)), mine())]);
    assert_eq!(marks(&replica), [waiting(2), waiting(3)], "the event came first");
    answer(&mut replica, 1, done_at(3));
    answer(&mut replica, 2, done_at(4));
    assert_eq!(
        marks(&replica),
        [(id(2), PendingMark::Stored), waiting(3)],
        "the answer came first"
    );
    let _ = replica.apply_batch(Rev(4), vec![event(4, Some(id(2)), mine())]);
    assert_eq!(marks(&replica), [waiting(3)]);
    answer(&mut replica, 3, done_at(4));
    assert_eq!(marks(&replica), [], "a repeat: the event is long known");
}

#[test]
fn a_refused_line_stays_with_its_reason_and_a_fresh_start_keeps_what_waits() {
    let (mut replica, desk) = replica();
    let other = ConversationId::from_bytes([7; 16]);
    replica.pending(id(1), post("one"));
    replica.pending(id(2), post("two"));
    replica.pending(id(3), post("three"));
    replica.pending(id(4), AgentCommand::TakeOver { conversation: other });
    let refusal = Refusal::NotOwner;
    answer(
        &mut replica,
        1,
        Outcome::Refused {
            refusal: refusal.clone(),
        },
    );
    answer(&mut replica, 2, done_at(9));
    let _ = replica.apply(
        ClientEvent::Stale {
            id: id(3),
            command: post("three"),
            age: Duration::ZERO,
        },
        Instant::now(),
    );
    let _ = replica.apply(
        ClientEvent::Answered {
            id: id(4),
            command: AgentCommand::TakeOver { conversation: other },
            outcome: Outcome::Refused {
                refusal: refusal.clone(),
            },
        },
        Instant::now(),
    );
    let failed = (id(1), PendingMark::Failed(refusal));
    let stale = (id(3), PendingMark::Stale);
    assert_eq!(
        marks(&replica),
        [failed.clone(), (id(2), PendingMark::Stored), stale.clone()]
    );
    assert_eq!(
        replica.pending_commands().count(),
        3,
        "a refused wish leaves nothing to show"
    );
    let _ = replica.apply(fresh(9, desk.rows(2).into_values().collect()), Instant::now());
    assert_eq!(marks(&replica), [failed, stale], "what is stored is in the snapshot");
    replica.confirm(id(3));
    replica.forget(id(1));
    assert_eq!(marks(&replica), [(id(3), PendingMark::Waiting)]);
}

#[test]
fn a_page_brings_the_event_too() {
    let (mut replica, _) = replica();
    replica.pending(id(1), post("x"));
    let questions = replica.open_thread(customer_id(0));
    let customer = customer_id(0);
    let beside = [AgentQuestion::Customer { customer }, AgentQuestion::Extra { customer }];
    let (question, rest) = questions.split_first().expect("a question");
    assert_eq!(rest, beside);
    let told = Told::Reply(AgentReply::Thread {
        customer: customer_id(0),
        events: vec![event(2, Some(id(1)), Author::Agent { agent: agent(0) })],
        more: false,
    });
    let _ = replica.apply_reply(question, told);
    assert_eq!(marks(&replica), []);
    assert_eq!(replica.open_thread(customer_id(0)), [], "it is here");
}

fn typing(replica: &mut AgentReplica, who: Typist, on: bool, at: u64, now: Instant) {
    let (conversation, at) = (conversation(), Rev(at));
    let signal = AgentSignal::Typing {
        conversation,
        who,
        on,
        at,
    };
    let _ = replica.apply(ClientEvent::Signal(signal), now);
}

#[test]
fn typing_ends_by_its_line_by_time_and_by_its_own_word() {
    let (mut replica, _) = replica();
    let now = Instant::now();
    let count = |replica: &AgentReplica, now| replica.typing(conversation(), now).len();
    typing(&mut replica, Typist::Customer, true, 2, now);
    assert_eq!(replica.typing(conversation(), now), [&Typist::Customer]);
    let end = replica.typing_ends_at(now).expect("it ends");
    assert_eq!(end, now + Duration::from_secs(6));
    assert_eq!(count(&replica, end), 0);
    assert_eq!(replica.typing_ends_at(end), None);

    let _ = replica.apply_batch(Rev(3), vec![event(3, None, Author::Customer)]);
    assert_eq!(count(&replica, now), 0, "the line it announced");
    typing(&mut replica, Typist::Customer, true, 2, now);
    assert_eq!(count(&replica, now), 0, "made before that line, and late");
    typing(&mut replica, Typist::Customer, true, 3, now);
    typing(&mut replica, Typist::Bot, true, 2, now);
    assert_eq!(count(&replica, now), 2, "another's line does not end it");
    typing(&mut replica, Typist::Customer, false, 3, now);
    assert_eq!(replica.typing(conversation(), now), [&Typist::Bot]);
    typing(&mut replica, Typist::Agent { agent: agent(0) }, true, 3, now);
    assert_eq!(count(&replica, now), 1, "not oneself");
    typing(&mut replica, Typist::Agent { agent: agent(1) }, true, 3, now);
    assert_eq!(count(&replica, now), 2);
}

#[test]
fn after_a_take_over_the_bot_does_not_type() {
    let (mut replica, mut desk) = replica();
    let now = Instant::now();
    typing(&mut replica, Typist::Bot, true, 2, now);
    typing(&mut replica, Typist::Customer, true, 2, now);
    desk.write(deed(0, Do::TakeOver, 1));
    let _ = replica.apply_batch(Rev(3), desk.journal[2..].to_vec());
    assert_eq!(replica.typing(conversation(), now), [&Typist::Customer]);
}

#[test]
fn presence_and_the_servers_clock() {
    let (mut replica, mut desk) = replica();
    let now = Instant::now();
    let present = |n: u8, gone_since| Presence {
        agent: agent(n),
        state: PresenceState::Available,
        intent: Intent::Available,
        last_activity_at: None,
        gone_since,
        viewing: Some(conversation()),
    };
    let agents = vec![present(0, None), present(1, Some(Time(3)))];
    let signal = AgentSignal::Presence { agents: agents.clone() };
    let _ = replica.apply(ClientEvent::Signal(signal), now);
    assert_eq!(replica.presence(), agents);
    assert!(replica.viewers(conversation()).eq([&agent(1)]), "not oneself");
    assert_eq!(replica.gone_since(conversation()), None, "nobody owns it");
    desk.write(deed(0, Do::TakeOver, 1));
    let _ = replica.apply_batch(Rev(3), desk.journal[2..].to_vec());
    assert_eq!(replica.gone_since(conversation()), Some(Time(3)));
    let _ = replica.apply(fresh(2, desk.rows(2).into_values().collect()), now);
    assert_eq!(replica.server_time(now + Duration::from_secs(2)), Some(Time(7_000_000)));
}

#[test]
fn views_are_asked_for_on_each_connection_and_a_reply_that_was_overtaken_is_not_believed() {
    let (mut replica, desk) = replica();
    let now = Instant::now();
    let view = |name: &str| SavedView {
        name: name.to_owned(),
        filter: "owner:me".to_owned(),
    };
    let told = |views: &[SavedView]| {
        let reply = AgentReply::Views { views: views.to_vec() };
        (AgentQuestion::Views {}, Told::Reply(reply))
    };
    let signal = |views: &[SavedView]| ClientEvent::Signal(AgentSignal::Views { views: views.to_vec() });
    let rows = || desk.rows(2).into_values().collect();
    let asks = |questions: Vec<AgentQuestion>| questions.contains(&AgentQuestion::Views {});
    assert!(asks(replica.apply(fresh(2, rows()), now)));
    let (question, reply) = told(&[view("late")]);
    assert!(!asks(replica.apply_reply(&question, reply)), "once");
    assert_eq!(replica.views(), [view("late")]);
    let version = replica.views_version();

    assert!(asks(replica.apply(fresh(2, rows()), now)));
    assert_eq!(replica.views(), [view("late")], "until it is told otherwise");
    let _ = replica.apply(signal(&[view("late"), view("vip")]), now);
    let (question, reply) = told(&[view("late")]);
    let _ = replica.apply_reply(&question, reply);
    assert_eq!(replica.views(), [view("late"), view("vip")]);
    assert_ne!(replica.views_version(), version);
}

#[test]
fn each_section_has_its_order() {
    let base = Desk::of(&[deed(0, Do::Line, 0)]);
    let base = base.rows(2).into_values().next().expect("a row");
    let row = |n: u8, stage: Stage, last_at: i64, unanswered: Option<i64>| Summary {
        conversation: ConversationId::from_bytes([n; 16]),
        stage,
        last_at: Time(last_at),
        stage_rev: Rev(n.into()),
        unanswered_since: unanswered.map(Time),
        ..base.clone()
    };
    let waits = |since| Stage::Waiting {
        since: Time(since),
        reason: HandOverReason::Rule,
    };
    let snoozed = |n, until: Option<i64>| Stage::Snoozed {
        agent: agent(n),
        since: Time(1),
        until: until.map(Time),
    };
    let active = |n| Stage::Active {
        agent: agent(n),
        since: Time(1),
    };
    let closed = |at| Stage::Closed {
        at: Time(at),
        by: minicom_protocol::stage::Closer::System,
    };
    let rows = vec![
        row(1, waits(20), 99, Some(1)),
        row(2, waits(10), 1, Some(20)),
        row(3, active(0), 10, None),
        row(4, active(0), 30, None),
        row(5, active(0), 5, Some(9)),
        row(6, active(0), 50, Some(3)),
        row(7, active(1), 1, None),
        row(8, active(1), 2, Some(1)),
        row(13, snoozed(0, None), 9, None),
        row(14, snoozed(0, Some(80)), 1, None),
        row(15, snoozed(0, Some(70)), 2, None),
        row(16, snoozed(1, Some(70)), 3, None),
        row(9, Stage::Bot, 1, None),
        row(10, Stage::Bot, 2, None),
        row(12, closed(1), 9, None),
        row(11, closed(2), 8, None),
    ];
    let mut replica = AgentReplica::new();
    let _ = replica.apply(fresh(99, rows), Instant::now());
    let order = |section| -> Vec<u8> {
        replica
            .section(section)
            .map(|row| row.conversation.as_bytes()[0])
            .collect()
    };
    assert_eq!(
        order(Section::Waiting),
        [1, 2],
        "by the event that made them wait, whatever the clock said"
    );
    assert_eq!(order(Section::Mine), [6, 5, 4, 3]);
    assert_eq!(order(Section::Bot), [10, 9]);
    assert_eq!(order(Section::Snoozed), [15, 14, 13], "who comes back first");
    assert_eq!(order(Section::Others), [16, 8, 7]);
    assert_eq!(
        order(Section::Done),
        [12, 11],
        "by the event that closed it, whatever the clock said"
    );
    assert_eq!(replica.next().map(|row| row.conversation.as_bytes()[0]), Some(6));
}

#[test]
fn older_closed_conversations_are_asked_for_before_the_oldest_known() {
    let desk = Desk::of(&[deed(0, Do::Close, 0), deed(1, Do::Close, 0)]);
    let rows: Vec<Summary> = desk.rows(4).into_values().collect();
    let mut replica = AgentReplica::new();
    let _ = replica.apply_fresh(
        Rev(4),
        vec![AgentSnapshot {
            conversations: vec![rows[1].clone()],
            more_closed: true,
            desk: None,
        }],
    );
    let question = replica.older_closed().expect("there is more");
    let before = Some(rows[1].rev);
    assert_eq!(question, AgentQuestion::Closed { before, limit: 50 });
    assert_eq!(replica.older_closed(), None, "asked once");
    let mut outdated = rows[1].clone();
    (outdated.rev, outdated.message_count) = (Rev(outdated.rev.0 - 1), 99);
    let conversations = vec![rows[0].clone(), outdated];
    let _ = replica.apply_reply(
        &question,
        Told::Reply(AgentReply::Closed {
            conversations,
            more: false,
        }),
    );
    assert!(
        replica.section(Section::Done).eq([&rows[1], &rows[0]]),
        "ours is newer than the page's"
    );
    assert_eq!(replica.older_closed(), None, "there is no more");
}

#[test]
fn a_customer_sees_who_types_the_place_and_the_own_line_once() {
    let desk = Desk::of(&[
        deed(0, Do::Line, 0),
        deed(0, Do::AgentLine, 0),
        deed(0, Do::TakeOver, 0),
    ]);
    let events: Vec<_> = desk.journal.iter().filter_map(Event::for_customer).collect();
    let now = Instant::now();
    let mut replica = CustomerReplica::new();
    let line = CustomerCommand::Post {
        text: "line 1".to_owned(),
        quote: None,
        file: None,
    };
    replica.pending(id(1), line);
    let signal = |replica: &mut CustomerReplica, signal| drop(replica.apply(ClientEvent::Signal(signal), now));
    let estimate = Some(Estimate { from_min: 3, to_min: 5 });
    let place = Some(2);
    signal(&mut replica, CustomerSignal::Place { place, estimate });
    assert_eq!(replica.estimate(), estimate);
    let ada = DisplayName::parse("Ada").expect("a name");
    let types = |at| CustomerSignal::Typing {
        name: Some(ada.clone()),
        on: true,
        at: Seq(at),
    };
    signal(&mut replica, types(1));
    assert_eq!((replica.place(), replica.typing(now)), (Some(2), Some(Some(&ada))));
    let says = |text: &str, at| CustomerSignal::BotDelta {
        text: text.to_owned(),
        at: Seq(at),
    };
    signal(&mut replica, says("A refund", 1));
    signal(&mut replica, says("A refund takes", 1));
    assert_eq!(replica.bot_says(now), Some("A refund takes"));
    signal(&mut replica, CustomerSignal::BotDone { at: Seq(1) });
    assert_eq!(replica.bot_says(now), None);
    signal(&mut replica, says("A refund", 1));
    let end = replica.typing_ends_at(now).expect("it ends");
    assert_eq!(replica.bot_says(end), None, "by itself");

    let mut mine = events[1].clone();
    mine.command = Some(id(1));
    replica.apply_batch(Seq(3), vec![events[0].clone(), mine, events[2].clone()]);
    assert_eq!(replica.pending_lines().count(), 0);
    assert_eq!(
        (replica.typing(now), replica.bot_says(now)),
        (None, None),
        "the desk's line came"
    );
    signal(&mut replica, types(2));
    signal(&mut replica, says("A refund", 2));
    assert_eq!((replica.typing(now), replica.bot_says(now)), (None, None), "late");
    assert_eq!(replica.place(), Some(2));
    replica.apply_batch(Seq(4), vec![events[3].clone()]);
    assert_eq!((replica.place(), replica.estimate()), (None, None), "somebody is here");
    assert_eq!(replica.view().unread(), 1);
}
