//! Lines that change, notes in a thread, what can still be changed, and how far lines have come: case by case.

use std::time::{Duration, Instant};

use minicom_protocol::{
    customer_event::CustomerBody,
    event::*,
    frame::*,
    ids::*,
    line::{LineRef, LineState, Quote},
    people::Role,
    stage::Side,
    thread_view::ThreadView,
};

use super::desk::*;
use crate::{AgentReplica, ClientEvent, CustomerReplica};

fn conversation() -> ConversationId {
    ConversationId::from_bytes([1; 16])
}

/// A replica in which carol's whole thread is open, at the journal's end.
fn opened(desk: &Desk) -> AgentReplica {
    let at = desk.journal.len();
    let mut replica = AgentReplica::new();
    let _ = replica.apply(
        ClientEvent::Fresh {
            me: AgentMe {
                agent: agent(0),
                role: Role::Agent,
                tenant: TenantId::default_tenant(),
            },
            time: time_at(at),
            cursor: Cursor {
                at: at as u64,
                mark: Mark(1),
            },
            parts: vec![AgentSnapshot {
                conversations: desk.rows(at).into_values().collect(),
                more_closed: false,
                desk: Some(Box::new(desk.state(at))),
            }],
        },
        Instant::now(),
    );
    let questions = replica.open_thread(customer_id(0));
    let (events, more) = desk.page(customer_id(0), at, None, 99);
    let customer = customer_id(0);
    let told = Told::Reply(AgentReply::Thread { customer, events, more });
    let _ = replica.apply_reply(&questions[0], told);
    replica
}

fn happen(replica: &mut AgentReplica, desk: &mut Desk, deed: Deed) {
    let from = desk.journal.len();
    desk.write(deed);
    let _ = replica.apply_batch(Rev(desk.journal.len() as u64), desk.journal[from..].to_vec());
}

fn line(replica: &AgentReplica, rev: u64) -> Posted {
    let thread = replica.thread(customer_id(0)).expect("opened");
    match &thread.event(rev).expect("known").body {
        EventBody::Posted(posted) => posted.clone(),
        other => panic!("a line, not {other:?}"),
    }
}

#[test]
fn a_line_changes_where_it_stands_and_what_is_gone_is_gone_everywhere() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0)]);
    let mut replica = opened(&desk);
    let quoted = LineRef {
        side: Side::Customer,
        line: LineNo(1),
    };
    let mut answer = Desk::of(&[deed(0, Do::Line, 0), deed(0, Do::AgentLine, 0)]).journal[2].clone();
    if let EventBody::Posted(posted) = &mut answer.body {
        posted.quote = Some(Quote {
            line: quoted,
            excerpt: "line 1".to_owned(),
        });
    }
    desk.journal.push(answer.clone());
    desk.as_read.push(answer.clone());
    let _ = replica.apply_batch(Rev(3), vec![answer]);
    happen(
        &mut replica,
        &mut desk,
        deed(0, Do::Change(Side::Customer, LineState::Edited), 0),
    );
    assert_eq!(line(&replica, 2).state, LineState::Edited);
    assert_eq!(line(&replica, 2).text(), "edited at 3");
    assert_eq!(line(&replica, 3).quote.map(|it| it.excerpt).as_deref(), Some("line 1"));

    happen(
        &mut replica,
        &mut desk,
        deed(0, Do::Change(Side::Customer, LineState::Blanked), 0),
    );
    assert_eq!(
        (line(&replica, 2).state, line(&replica, 2).text()),
        (LineState::Blanked, String::new())
    );
    assert_eq!(
        line(&replica, 3).quote.map(|it| it.excerpt).as_deref(),
        Some("(blanked out)")
    );
    let thread = replica.thread(customer_id(0)).expect("opened");
    let kept = format!("{:?}", thread.events().collect::<Vec<_>>());
    assert!(!kept.contains("edited at"), "the change before held the words too");
}

#[test]
fn a_page_that_is_older_than_a_change_does_not_bring_it_back() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0)]);
    let at = desk.journal.len();
    let mut replica = opened(&Desk::default());
    let (events, more) = desk.page(customer_id(0), at, None, 99);
    let _ = replica.apply_fresh(Rev(2), vec![]);
    happen(
        &mut replica,
        &mut desk,
        deed(0, Do::Change(Side::Customer, LineState::Withdrawn), 0),
    );
    let customer = customer_id(0);
    let question = AgentQuestion::Thread {
        customer,
        before: None,
        limit: 50,
    };
    let told = Told::Reply(AgentReply::Thread { customer, events, more });
    let _ = replica.apply_reply(&question, told);
    assert_eq!(line(&replica, 2).state, LineState::Withdrawn);
    assert_eq!(line(&replica, 2).parts, []);
}

#[test]
fn notes_are_entries_of_the_thread_for_agents_only() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0)]);
    let mut replica = opened(&desk);
    happen(&mut replica, &mut desk, deed(0, Do::Note { mentions: 0 }, 1));
    let thread = replica.thread(customer_id(0)).expect("opened");
    let newest = thread.events().next_back().map(|event| &event.body);
    assert!(matches!(newest, Some(EventBody::Noted(_))), "{newest:?}");
    assert_eq!(desk.journal[2].for_customer(), None);
    assert_eq!(desk.journal[2].seq, None);
}

#[test]
fn ones_own_newest_line_can_be_changed_for_a_minute() {
    let mut desk = Desk::of(&[
        deed(0, Do::AgentLine, 0),
        deed(0, Do::AgentLine, 1),
        deed(0, Do::Line, 0),
    ]);
    let mut replica = opened(&desk);
    let written = time_at(2);
    let minute = written.plus_ms(60_000);
    assert_eq!(
        replica.editable(conversation(), minute),
        Some((LineNo(1), "line 1")),
        "what others wrote since is no matter"
    );
    assert_eq!(replica.editable(conversation(), minute.plus_ms(1)), None, "too late");
    assert_eq!(replica.editable(ConversationId::from_bytes([9; 16]), written), None);
    happen(&mut replica, &mut desk, deed(0, Do::AgentLine, 0));
    assert_eq!(replica.editable(conversation(), written), Some((LineNo(3), "line 3")));
    happen(
        &mut replica,
        &mut desk,
        deed(0, Do::Change(Side::Desk, LineState::Edited), 0),
    );
    assert_eq!(
        replica.editable(conversation(), written),
        Some((LineNo(3), "edited at 5"))
    );
    happen(
        &mut replica,
        &mut desk,
        deed(0, Do::Change(Side::Desk, LineState::Withdrawn), 0),
    );
    assert_eq!(
        replica.editable(conversation(), written),
        None,
        "gone, and no older one comes in its place"
    );
    happen(&mut replica, &mut desk, deed(0, Do::AgentLine, 0));
    happen(&mut replica, &mut desk, deed(0, Do::Close, 0));
    assert_eq!(replica.editable(conversation(), written), None, "over");
}

#[test]
fn lines_are_delivered_as_far_as_was_told_or_read() {
    let mut desk = Desk::of(&[deed(0, Do::AgentLine, 0), deed(0, Do::AgentLine, 0)]);
    let mut replica = opened(&desk);
    let signal = |replica: &mut AgentReplica, up_to| {
        let conversation = conversation();
        let signal = AgentSignal::Delivered { conversation, up_to };
        let _ = replica.apply(ClientEvent::Signal(signal), Instant::now());
    };
    assert_eq!(replica.delivered(conversation()), LineNo(0));
    signal(&mut replica, LineNo(2));
    signal(&mut replica, LineNo(1));
    assert_eq!(replica.delivered(conversation()), LineNo(2), "never back");
    happen(&mut replica, &mut desk, deed(0, Do::Line, 0));
    happen(&mut replica, &mut desk, deed(0, Do::Seen(Side::Customer), 0));
    assert_eq!(replica.delivered(conversation()), LineNo(2));
}

/// A customer's replica at the journal's end.
fn customer_at(desk: &Desk) -> CustomerReplica {
    let events: Vec<_> = desk.journal.iter().filter_map(Event::for_customer).collect();
    let mut view = ThreadView::default();
    events.iter().for_each(|event| view.apply(event));
    let at = events.len() as u64;
    let mut replica = CustomerReplica::new();
    let fresh = ClientEvent::Fresh {
        me: CustomerMe {
            consent: String::new(),
            verified: false,
            name: customer(0).name,
            tenant: TenantId::default_tenant(),
            desk: "Support".to_owned(),
            questions: vec![],
            subtitle: String::new(),
            colour: String::new(),
            first: Default::default(),
            edit_window_s: 60,
        },
        time: Time(1),
        cursor: Cursor { at, mark: Mark(at) },
        parts: vec![CustomerSnapshot {
            view,
            events,
            more: false,
        }],
    };
    let _ = replica.apply(fresh, Instant::now());
    replica
}

#[test]
fn a_customer_changes_the_own_line_and_is_asked_how_it_was_once() {
    let mut desk = Desk::of(&[deed(0, Do::Line, 0), deed(0, Do::AgentLine, 0)]);
    let mut replica = customer_at(&desk);
    let written = time_at(2);
    assert_eq!(replica.editable(written), Some((LineNo(1), "line 1")));
    assert_eq!(replica.editable(written.plus_ms(60_001)), None);
    desk.write(deed(0, Do::Change(Side::Customer, LineState::Edited), 0));
    let change = desk.journal[3].for_customer().expect("theirs too");
    replica.apply_batch(change.seq, vec![change]);
    assert_eq!(replica.editable(written), Some((LineNo(1), "edited at 3")));
    let changed = replica.thread().event(2).map(|event| event.body.clone());
    assert!(matches!(changed, Some(CustomerBody::Posted(it)) if it.state == LineState::Edited));

    assert!(!replica.ask_rating());
    desk.write(deed(0, Do::Close, 0));
    let closed = desk.journal[4].for_customer().expect("theirs too");
    replica.apply_batch(closed.seq, vec![closed]);
    assert!(replica.ask_rating());
    assert_eq!(replica.editable(written), None, "over");
    let (score, comment) = (Some(5), None);
    let rate = minicom_protocol::command::CustomerCommand::Rate { score, comment };
    replica.pending(CommandId::from_bytes([1; 16]), rate);
    assert!(!replica.ask_rating(), "the answer is on its way");
}

#[test]
fn a_customer_knows_what_is_delivered_and_whether_somebody_is_there() {
    let desk = Desk::of(&[deed(0, Do::Line, 0), deed(0, Do::Line, 0), deed(0, Do::AskHuman, 0)]);
    let mut replica = customer_at(&desk);
    let now = Instant::now();
    let signal = |replica: &mut CustomerReplica, signal| drop(replica.apply(ClientEvent::Signal(signal), now));
    assert_eq!((replica.delivered(), replica.open()), (LineNo(0), None));
    signal(&mut replica, CustomerSignal::Delivered { up_to: LineNo(2) });
    let (open_now, agents_available, next_open_at) = (false, true, Some(Time(9)));
    let open = CustomerSignal::Open {
        open_now,
        agents_available,
        next_open_at,
    };
    signal(&mut replica, open);
    assert_eq!(replica.delivered(), LineNo(2));
    let open = replica.open().expect("told");
    assert_eq!(
        (open.open_now, open.agents_available, open.next_open_at),
        (false, true, Some(Time(9)))
    );
    assert_eq!(
        replica.server_time(now + Duration::from_secs(1)).map(|it| it.0 >= 1),
        Some(true)
    );
}
