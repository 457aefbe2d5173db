//! The table of the module comment, row by row; what the desk's settings add to it; and properties over random sequences of
//! commands.

mod desk;
mod model;

use minicom_protocol::{
    command::CustomerCommand,
    event::{Author, Event, EventBody},
    ids::{LineNo, Seq},
    stage::Side,
};
use proptest::prelude::*;

use self::model::*;
use super::*;
use crate::order::{BotTurn, Turn};

pub fn in_stage(name: &str) -> Model {
    let mut model = Model::new();
    let steps: &[&str] = match name {
        "none" => &[],
        "bot" => &["c.post"],
        "waiting" => &["c.post", "c.human"],
        "mine" => &["c.post", "a.take"],
        "theirs" => &["c.post", "b.take"],
        "snoozed" => &["c.post", "a.take", "a.snooze"],
        "closed" => &["c.post", "c.close"],
        other => panic!("no stage {other}"),
    };
    for step in steps {
        let (who, order) = order(&model, step);
        model.run(&who, &order).unwrap();
    }
    model
}

pub fn told(result: Result<Decision, Refusal>) -> String {
    let name = |body: &EventBody| match body {
        EventBody::Opened(_) => "opened",
        EventBody::Posted(_) => "posted",
        EventBody::TakenOver(_) => "taken",
        EventBody::HandedBack(_) => "back",
        EventBody::HumanRequested(_) => "human",
        EventBody::Seen(_) => "seen",
        EventBody::Closed(_) => "closed",
        EventBody::Transferred(_) => "transferred",
        EventBody::Requeued(_) => "requeued",
        EventBody::Snoozed(_) => "snoozed",
        EventBody::Woken(_) => "woken",
        EventBody::Noted(_) => "noted",
        EventBody::LineChanged(_) => "changed",
        EventBody::TagsChanged(_) => "tags",
        EventBody::SubjectChanged(_) => "subject",
        EventBody::PriorityChanged(_) => "priority",
        EventBody::Ticketed(_) => "ticketed",
        EventBody::Rated(_) => "rated",
        EventBody::CustomerChanged(_) => "customer",
        EventBody::TicketChanged(_) => "ticket",
        other => panic!("{} is about no conversation", other.kind()),
    };
    match result {
        Ok(decision) if decision.events.is_empty() => "nothing".into(),
        Ok(decision) => decision.events.iter().map(name).collect::<Vec<_>>().join("+"),
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn the_table() {
    #[rustfmt::skip]
    let rows = [
        //  command          none                  bot            waiting        mine        theirs      snoozed      closed
        ("c.post", ["opened+posted", "posted", "posted", "posted", "posted", "posted+woken", "opened+posted"]),
        ("a.post", ["not_found", "not_owner", "not_owner", "posted", "taken_by", "posted", "closed"]),
        ("a.post+take", ["not_found", "taken+posted", "taken+posted", "posted", "taken_by", "posted", "closed"]),
        ("bot.reply", ["not_found", "posted", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("bot.hand", ["not_found", "posted+human", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("bot.silence", ["not_found", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("c.human", ["closed", "human", "nothing", "nothing", "nothing", "nothing", "closed"]),
        ("a.take", ["not_found", "taken", "taken", "nothing", "taken_by", "woken", "closed"]),
        ("a.back", ["not_found", "nothing", "back", "back", "taken_by", "back", "closed"]),
        ("a.seen", ["not_found", "nothing", "nothing", "seen", "nothing", "seen", "nothing"]),
        ("c.close", ["nothing", "closed", "closed", "closed", "closed", "closed", "nothing"]),
        ("a.close", ["not_found", "closed", "closed", "closed", "taken_by", "closed", "nothing"]),
        ("a.close late", ["not_found", "unseen", "unseen", "unseen", "taken_by", "unseen", "nothing"]),
        ("root.close", ["not_found", "closed", "closed", "closed", "closed", "closed", "nothing"]),
        ("fire", ["not_found", "posted+human", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("c.seen", ["nothing", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("c.start", ["opened", "nothing", "nothing", "nothing", "nothing", "nothing", "opened"]),
        ("c.name", ["customer", "customer", "customer", "customer", "customer", "customer", "customer"]),
        ("c.subject", ["closed", "subject", "subject", "subject", "subject", "subject", "closed"]),
        ("c.rate", ["not_found", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"]),
        ("root.assign b", ["not_found", "taken", "taken", "taken", "nothing", "taken", "closed"]),
        ("a.assign b", ["not_found", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden"]),
        ("a.to b", ["not_found", "not_owner", "not_owner", "transferred", "taken_by", "transferred", "closed"]),
        ("a.to group", ["not_found", "not_owner", "not_owner", "transferred", "taken_by", "transferred", "closed"]),
        ("a.to queue", ["not_found", "not_owner", "not_owner", "transferred", "taken_by", "transferred", "closed"]),
        ("root.to queue", ["not_found", "transferred", "nothing", "transferred", "transferred", "transferred", "closed"]),
        ("a.snooze", ["not_found", "not_owner", "not_owner", "snoozed", "taken_by", "nothing", "closed"]),
        ("a.wake", ["not_found", "not_owner", "not_owner", "nothing", "taken_by", "woken", "closed"]),
        ("a.note", ["not_found", "noted", "noted", "noted", "noted", "noted", "noted"]),
        ("a.tag", ["not_found", "tags", "tags", "tags", "tags", "tags", "tags"]),
        ("a.subject", ["not_found", "subject", "subject", "subject", "subject", "subject", "closed"]),
        ("a.urgent", ["not_found", "priority", "priority", "priority", "priority", "priority", "closed"]),
        ("a.blank", ["not_found", "changed", "changed", "changed", "changed", "changed", "changed"]),
        ("c.edit", ["closed", "changed", "changed", "changed", "changed", "changed", "closed"]),
        ("a.edit", ["not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "closed"]),
        ("a.ticket", ["not_found", "ticketed+ticket", "ticketed+ticket", "ticketed+ticket", "ticketed+ticket", "ticketed+ticket", "ticketed+ticket"]),
        ("gone a", ["not_found", "nothing", "nothing", "requeued", "nothing", "nothing", "nothing"]),
    ];
    for (command, expected) in rows {
        for (stage, wanted) in ["none", "bot", "waiting", "mine", "theirs", "snoozed", "closed"]
            .iter()
            .zip(expected)
        {
            let mut model = in_stage(stage);
            let (who, order) = order(&model, command);
            assert_eq!(told(model.run(&who, &order)), wanted, "{command} in {stage}");
        }
    }
}

pub fn check(steps: &[&str], last: &str, wanted: &str) {
    let mut model = Model::new();
    for step in steps {
        let (who, order) = order(&model, step);
        model
            .run(&who, &order)
            .unwrap_or_else(|refusal| panic!("{step}: {refusal:?}"));
    }
    let (who, order) = order(&model, last);
    assert_eq!(told(model.run(&who, &order)), wanted, "{last} after {steps:?}");
}

#[test]
fn what_was_asked_of_the_bot_before_a_hand_over_is_not_answered_after_a_hand_back() {
    check(&["c.post", "a.take", "a.back"], "bot.reply", "nothing");
    check(&["c.post", "a.take", "a.back"], "fire", "nothing");
    check(&["c.post", "a.take", "a.back", "c.post"], "bot.reply", "posted");
}

#[test]
fn a_reply_that_missed_somebody_elses_is_held() {
    check(&["c.post", "bot.reply"], "a.post late", "stale");
    check(&["c.post", "bot.reply"], "a.post anyway", "taken+posted");
    // Only others' lines count: two of one's own sent in a row are fine.
    check(&["c.post", "a.take", "a.post"], "a.post late", "posted");
}

#[test]
fn marks_only_move_forward_and_never_beyond_what_was_written() {
    check(&["c.post", "bot.reply"], "c.seen", "seen");
    check(&["c.post", "bot.reply", "c.seen"], "c.seen", "nothing");
    check(&["c.post", "a.take", "a.seen"], "a.seen", "nothing");
}

#[test]
fn a_desk_without_a_bot_queues_at_once() {
    let mut model = Model::new();
    model.settings.bot = false;
    let (who, post) = order(&model, "c.post");
    assert_eq!(told(model.run(&who, &post)), "opened+posted+human");
    let (who, take) = order(&model, "a.take");
    model.run(&who, &take).unwrap();
    let (who, back) = order(&model, "a.back");
    let queued_at = model.newest().unwrap().queued_at;
    assert_eq!(told(model.run(&who, &back)), "transferred");
    assert_eq!(model.newest().unwrap().queued_at, queued_at, "its place in the queue");
    let (who, back) = order(&model, "a.back");
    assert_eq!(told(model.run(&who, &back)), "nothing", "it waits already");
}

#[test]
fn nobody_decides_for_another() {
    let mut model = in_stage("bot");
    let (_, theirs) = order(&model, "c.post");
    assert_eq!(told(model.run(&agent(1), &theirs)), "forbidden");
    let (_, turn) = order(&model, "bot.reply");
    assert_eq!(told(model.run(&carol(), &turn)), "forbidden");
}

#[test]
fn a_customers_line_sets_the_bots_deadline_and_the_turn_clears_it() {
    let mut model = Model::new();
    let (who, post) = order(&model, "c.post");
    let due = model.now.plus_ms(1_000 + 6_000);
    let set = model.run(&who, &post).unwrap().timers;
    assert_eq!(
        set,
        [TimerChange::Set {
            kind: TimerKind::BotDeadline,
            due
        }]
    );
    let (who, turn) = order(&model, "bot.reply");
    let cleared = model.run(&who, &turn).unwrap().timers;
    let done = TimerChange::Clear {
        kind: TimerKind::BotDeadline,
        set_by: model.trigger(),
    };
    assert!(cleared.contains(&done), "{cleared:?}");
}

const ORDERS: &[&str] = &[
    "c.post",
    "c.human",
    "c.close",
    "c.seen",
    "a.post",
    "b.post",
    "a.post+take",
    "b.post+take",
    "a.post late",
    "a.post anyway",
    "a.take",
    "b.take",
    "a.back",
    "a.seen",
    "a.close",
    "a.close late",
    "root.close",
    "bot.reply",
    "bot.hand",
    "bot.silence",
    "fire",
    "c.start",
    "c.name",
    "c.rate",
    "root.assign b",
    "a.to b",
    "a.to group",
    "a.to queue",
    "root.to queue",
    "a.snooze",
    "a.wake",
    "a.note",
    "a.tag",
    "a.urgent",
    "a.blank",
    "c.edit",
    "c.undo",
    "a.edit",
    "a.undo",
    "a.ticket",
    "gone a",
    "fire snooze",
    "fire silent",
];

/// A bot's turn for an older line, as a slow or restarted bot would send it.
fn late_turn(model: &Model, back: usize) -> (Who, Order) {
    let lines: Vec<&Event> = model
        .journal
        .iter()
        .filter(|event| matches!(&event.body, EventBody::Posted(posted) if posted.author == Author::Customer))
        .collect();
    let Some(line) = lines.len().checked_sub(1 + back).and_then(|n| lines.get(n)) else {
        return order(model, "bot.silence");
    };
    let turn = BotTurn {
        conversation: line.subject.conversation().unwrap(),
        trigger: line.rev,
        turn: Turn::Reply {
            text: "Sorry, I was slow".into(),
        },
    };
    (Who::Bot, Order::BotTurn(turn))
}

proptest! {
    #[test]
    fn in_no_sequence_does_the_bot_speak_while_a_person_has_it(steps in prop::collection::vec((0..ORDERS.len(), 0..4_usize), 1..60)) {
        let mut model = Model::new();
        for (n, back) in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            // After whatever happened, an old turn of the bot comes in too. It is decided about its own conversation.
            let (who, turn) = late_turn(&model, back);
            let about = match &turn { Order::BotTurn(turn) => turn.conversation, _ => unreachable!() };
            if model.newest().is_some_and(|summary| summary.conversation == about) {
                let _ = model.run(&who, &turn);
            }
        }
        let mut human = false;
        for event in &model.journal {
            match &event.body {
                EventBody::TakenOver(_) | EventBody::Transferred(_) | EventBody::Requeued(_) => human = true,
                EventBody::HandedBack(_) | EventBody::Opened(_) => human = false,
                EventBody::Posted(posted) => prop_assert!(!(human && posted.author == Author::Bot), "{event:?}"),
                _ => {}
            }
        }
    }

    #[test]
    fn a_fold_from_any_point_equals_the_fold_of_all(steps in prop::collection::vec(0..ORDERS.len(), 1..60)) {
        let mut model = Model::new();
        let mut snapshots = vec![(0, model.conversations.clone(), model.view.clone())];
        for n in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            snapshots.push((model.journal.len(), model.conversations.clone(), model.view.clone()));
        }
        for (at, mut conversations, mut view) in snapshots {
            for event in &model.journal[at..] {
                let Some(id) = event.subject.conversation() else { continue };
                match conversations.iter_mut().find(|summary| summary.conversation == id) {
                    Some(summary) => summary.apply(event),
                    None => conversations.push(Summary::open(event).unwrap()),
                }
                if let Some(theirs) = event.for_customer() {
                    view.apply(&theirs);
                }
            }
            prop_assert_eq!(&conversations, &model.conversations);
            prop_assert_eq!(&view, &model.view);
        }
    }

    #[test]
    fn at_most_one_conversation_is_open_and_numbers_are_dense(steps in prop::collection::vec(0..ORDERS.len(), 1..60)) {
        let mut model = Model::new();
        for n in steps {
            let (who, order) = order(&model, ORDERS[n]);
            let _ = model.run(&who, &order);
            let open = model.conversations.iter().filter(|summary| summary.stage.is_open()).count();
            prop_assert!(open <= 1);
        }
        for (n, summary) in model.conversations.iter().enumerate() {
            prop_assert_eq!(summary.number, n as u64 + 1);
        }
        for side in [Side::Customer, Side::Desk] {
            let lines: Vec<u64> = model.journal.iter().filter_map(|event| match &event.body {
                EventBody::Posted(posted) if posted.author.side() == side => Some(posted.line.0),
                _ => None,
            }).collect();
            prop_assert_eq!(&lines, &(1..=lines.len() as u64).collect::<Vec<_>>());
        }
        let visible = model.journal.iter().filter(|event| event.seq.is_some()).count();
        prop_assert_eq!(model.view.seq, Seq(visible as u64));
    }

    #[test]
    fn two_that_mark_at_once_fall_silent(marks in prop::collection::vec(0..3_u64, 1..20)) {
        let mut model = in_stage("mine");
        let (who, post) = order(&model, "a.post");
        model.run(&who, &post).unwrap();
        let mut seen = 0;
        for n in marks {
            for (who, order) in [order(&model, "c.seen"), order(&model, "a.seen")] {
                let order = match order {
                    Order::Customer(_) => Order::Customer(CustomerCommand::MarkSeen { up_to: LineNo(n) }),
                    other => other,
                };
                seen += model.run(&who, &order).unwrap().events.len();
            }
        }
        prop_assert!(seen <= 2);
    }
}
