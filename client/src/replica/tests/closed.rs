//! Closed conversations: how far back they are known, and which rows stay when there are too many or all begins afresh.

use std::time::Instant;

use minicom_protocol::{
    frame::*,
    ids::*,
    refusal::Refusal,
    stage::{Closer, Stage},
    summary::Summary,
};

use super::desk::*;
use crate::{AgentReplica, Section, limits::DONE_MAX};

fn conversation(n: u64) -> ConversationId {
    ConversationId::from_bytes(u128::from(n).to_be_bytes())
}

/// A conversation that ended with the event of its number.
fn closed(n: u64) -> Summary {
    let base = Desk::of(&[deed(0, Do::Close, 0)]).rows(2);
    let mut row = base.into_values().next().expect("a row");
    let (at, by) = (Time(1), Closer::System);
    row.conversation = conversation(n);
    row.stage = Stage::Closed { at, by };
    (row.rev, row.stage_rev) = (Rev(n), Rev(n));
    row
}

fn closed_of(n: u64, customer: u8) -> Summary {
    let customer = super::desk::customer(customer);
    Summary { customer, ..closed(n) }
}

fn fresh(replica: &mut AgentReplica, conversations: Vec<Summary>) -> Vec<AgentQuestion> {
    let event = super::desk::fresh(100_000, conversations, true, DeskState::default());
    replica.apply(event, Instant::now())
}

fn told(replica: &mut AgentReplica, question: &AgentQuestion, reply: AgentReply) {
    let _ = replica.apply_reply(question, Told::Reply(reply));
}

/// The row of one conversation comes alone: it was asked for, or something has happened there.
fn comes(replica: &mut AgentReplica, row: Summary) {
    let question = AgentQuestion::Summary {
        conversation: row.conversation,
    };
    let summary = Box::new(row);
    told(replica, &question, AgentReply::Summary { summary });
}

fn is_here(replica: &AgentReplica, n: u64) -> bool {
    replica.summary(conversation(n)).is_some()
}

fn done(replica: &AgentReplica) -> Vec<u64> {
    replica.section(Section::Done).map(|row| row.rev.0).collect()
}

/// As many as are kept: 10,001 and on.
fn full() -> AgentReplica {
    let mut replica = AgentReplica::new();
    let _ = fresh(
        &mut replica,
        (1..=DONE_MAX as u64).map(|n| closed(10_000 + n)).collect(),
    );
    replica
}

#[test]
fn an_old_chat_opens_and_stays_however_many_have_ended() {
    let mut replica = full();
    comes(&mut replica, closed(5));
    assert!(is_here(&replica, 5), "it came to be opened");
    assert_eq!(replica.count(Section::Done), DONE_MAX);
    let _ = replica.open_conversation(conversation(5));
    for n in 1..=9 {
        comes(&mut replica, closed(20_000 + n));
    }
    assert!(is_here(&replica, 5), "somebody reads it");
    assert_eq!(replica.count(Section::Done), DONE_MAX);
    assert!(!is_here(&replica, 10_010) && is_here(&replica, 10_011), "the oldest go");

    // Another is looked at.
    let _ = replica.open_conversation(conversation(10_100));
    comes(&mut replica, closed(20_100));
    assert!(!is_here(&replica, 5));
}

#[test]
fn of_the_oldest_those_that_were_read_lately_go_last() {
    let mut replica = full();
    comes(&mut replica, closed_of(5, 1));
    let _ = replica.open_conversation(conversation(5));
    comes(&mut replica, closed_of(20_000, 2));
    let _ = replica.open_conversation(conversation(20_000));
    comes(&mut replica, closed(6));
    comes(&mut replica, closed(20_001));
    assert!(is_here(&replica, 5) && !is_here(&replica, 6));
}

#[test]
fn an_old_chat_that_is_opened_tears_no_hole() {
    let mut replica = AgentReplica::new();
    let _ = fresh(&mut replica, vec![closed(100), closed(90)]);
    comes(&mut replica, closed(5));
    let _ = replica.open_conversation(conversation(5));
    let question = replica.older_closed().expect("there is more");
    let limit = 50;
    let before = Some(Rev(90));
    assert_eq!(question, AgentQuestion::Closed { before, limit });
    let (conversations, more) = (vec![closed(80), closed(70)], true);
    told(&mut replica, &question, AgentReply::Closed { conversations, more });
    assert_eq!(done(&replica), [100, 90, 80, 70, 5]);
    let question = replica.older_closed().expect("there is more");
    let before = Some(Rev(70));
    assert_eq!(question, AgentQuestion::Closed { before, limit });
    let (conversations, more) = (vec![closed(5), closed(4)], false);
    told(&mut replica, &question, AgentReply::Closed { conversations, more });
    assert_eq!(done(&replica), [100, 90, 80, 70, 5, 4]);
    assert_eq!((replica.older_closed(), replica.has_more_closed()), (None, false));
}

#[test]
fn a_page_that_does_not_join_any_more_is_none() {
    let mut replica = AgentReplica::new();
    let most = DONE_MAX as u64;
    let _ = fresh(
        &mut replica,
        (1..=most - 50).map(|n| closed_of(10_000 + n, 1)).collect(),
    );
    let question = replica.older_closed().expect("there is room for a page");
    assert_eq!(replica.older_closed(), None, "asked once");
    // Meanwhile so many end that the oldest go.
    for n in 1..=51 {
        comes(&mut replica, closed_of(20_000 + n, 1));
    }
    assert!(!is_here(&replica, 10_001));
    // Rows of whoever is looked at would stay, beyond those that went.
    let _ = replica.open_thread(customer_id(0));
    let (conversations, more) = (vec![closed(80), closed(70)], false);
    told(&mut replica, &question, AgentReply::Closed { conversations, more });
    assert!(!is_here(&replica, 80) && is_here(&replica, 10_002));
    assert!(replica.has_more_closed());
}

#[test]
fn what_is_looked_at_stays_though_a_snapshot_does_not_have_it() {
    let mut replica = AgentReplica::new();
    let _ = fresh(&mut replica, vec![closed(100), closed(90)]);
    comes(&mut replica, closed(5));
    comes(&mut replica, closed(6));
    let _ = replica.open_conversation(conversation(5));
    let question = AgentQuestion::Summary {
        conversation: conversation(5),
    };
    let asked = fresh(&mut replica, vec![closed(120), closed(110)]);
    assert!(asked.contains(&question), "{asked:?}");
    assert_eq!(done(&replica), [120, 110, 5]);
    let kept = replica.kept_desk(0, Instant::now()).expect("it began");
    assert!(kept.rows.iter().all(|row| row.rev != Rev(5)) && !kept.whole);
    // As it is by now, be it by the clock of a server that was set back.
    let row = Summary {
        message_count: 77,
        rev: Rev(4),
        ..closed(5)
    };
    let summary = Box::new(row.clone());
    told(&mut replica, &question, AgentReply::Summary { summary });
    assert_eq!(replica.summary(conversation(5)), Some(&row));
    let before = Some(Rev(110));
    let older = replica.older_closed();
    assert_eq!(older, Some(AgentQuestion::Closed { before, limit: 50 }));

    let asked = fresh(&mut replica, vec![closed(120), closed(110)]);
    assert!(asked.contains(&question), "{asked:?}");
    let _ = replica.apply_reply(&question, Told::Refusal(Refusal::NotFound));
    assert_eq!(done(&replica), [120, 110], "there is none");
    let asked = fresh(&mut replica, vec![closed(120)]);
    assert!(!asked.contains(&question), "{asked:?}");
}

#[test]
fn what_lies_beyond_the_pages_is_not_kept_on_the_disk() {
    let mut replica = AgentReplica::new();
    let _ = fresh(&mut replica, vec![closed(100), closed(90)]);
    comes(&mut replica, closed(5));
    let now = Instant::now();
    let kept = replica.kept_desk(0, now).expect("it began");
    let rows: Vec<u64> = kept.rows.iter().map(|row| row.rev.0).collect();
    assert_eq!((rows, kept.more_closed), (vec![100, 90], true));
    let mut replica = AgentReplica::new();
    let (desk, threads) = (kept, vec![]);
    replica.restore(crate::kept::Kept { desk, threads }, 0, now);
    let before = Some(Rev(90));
    let older = replica.older_closed();
    assert_eq!(older, Some(AgentQuestion::Closed { before, limit: 50 }));
}
