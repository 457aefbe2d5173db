//! Who calls, how often, and when nobody does.

use minicom_protocol::{
    event::{EventBody, Noted, TakenOver, Target},
    ids::Rev,
    staff::Intent,
    text::MessageText,
};

use crate::testing::{ADA, BO, Desk, Seat, agent};

/// alice is Ada's and open.
fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(290)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi.");
    let mut seat = Seat::at(desk, 80, 24);
    seat.advance(10);
    assert_eq!(seat.bells, 0);
    seat
}

#[test]
fn who_waits_calls_until_somebody_acts() {
    let mut seat = seat();
    seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
    assert_eq!(seat.bells, 1);
    seat.sees("carol waits: asked for a person.");
    seat.advance(29);
    assert_eq!(seat.bells, 1);
    seat.advance(1);
    assert_eq!(seat.bells, 2);
    seat.advance(60);
    assert_eq!(seat.bells, 4);
    seat.happens(|desk| desk.taken("carol", BO));
    seat.advance(300);
    assert_eq!(seat.bells, 4);
    assert_eq!(seat.bench.deadline(), None, "nothing wakes the program any more");
}

#[test]
fn who_comes_right_after_another_rings_after_all_unless_the_agent_is_there() {
    let mut seat = seat();
    seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
    seat.advance(1);
    seat.happens(|desk| desk.says("dave", "hi").asks("dave"));
    assert_eq!(seat.bells, 1);
    seat.advance(1);
    assert_eq!(seat.bells, 2);
    seat.happens(|desk| desk.says("frank", "hi").asks("frank"));
    seat.press("a").advance(3);
    assert_eq!(seat.bells, 2);
}

#[test]
fn what_is_told_of_who_waits_goes_with_the_waiting() {
    let mut seat = seat();
    for taken_by in [BO, ADA] {
        seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
        seat.sees("carol waits");
        seat.happens(|desk| desk.says("dmitri", "hello"));
        seat.sees("carol waits");
        seat.happens(|desk| desk.taken("carol", taken_by));
        seat.sees_no("carol waits");
        seat.advance(10).happens(|desk| desk.handed_back("carol", taken_by));
    }
    seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
    seat.sees("carol waits").advance(5).sees_no("carol waits");
}

#[test]
fn every_way_into_the_queue_calls() {
    let mut seat = seat();
    let mut bells = 0;
    let mut rings = |seat: &mut Seat, what: &str| {
        bells += 1;
        assert_eq!(seat.bells, bells, "{what}");
        seat.advance(3);
    };
    seat.happens(|desk| {
        desk.says("heidi", "hi")
            .taken("heidi", BO)
            .transferred("heidi", BO, Target::Queue)
    });
    rings(&mut seat, "transferred to the queue");
    seat.happens(|desk| desk.says("carol", "hi").asks("carol").says("carol", "hello?"));
    rings(&mut seat, "asked for a person");
    seat.happens(|desk| desk.says("carol", "anybody?"));
    assert_eq!(seat.bells, 2, "only once by itself");
    seat.lose();
    seat.desk.says("dmitri", "hi").asks("dmitri");
    seat.connect();
    rings(&mut seat, "came while there was no connection");
}

#[test]
fn what_may_not_be_taken_does_not_call() {
    let mut seat = seat();
    seat.happens(|desk| {
        desk.with(|intake| intake.skills = vec!["german".parse().unwrap()])
            .says("carol", "hallo")
            .asks("carol")
    });
    seat.advance(100);
    assert_eq!(seat.bells, 0);
    seat.press("<alt-1>").sees("needs german");
    seat.happens(|desk| desk.changes(ADA, |ada| ada.skills = vec!["german".parse().unwrap()]));
    seat.press("<alt-1>").sees_no("not for you").press("<alt-2>");
    seat.advance(60);
    assert!(seat.bells > 0, "it may be taken by now");
}

#[test]
fn nobody_calls_who_is_away_and_the_busy_are_called_once() {
    for (intent, bells) in [(Intent::Away, 0), (Intent::AwayHandBack, 0), (Intent::Busy, 1)] {
        let mut seat = seat();
        seat.happens(|desk| desk.changes(ADA, |ada| ada.intent = intent));
        seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
        seat.advance(200);
        assert_eq!(seat.bells, bells, "{intent:?}");
    }
}

#[test]
fn what_is_given_is_told() {
    let mut seat = seat();
    seat.happens(|desk| desk.says("carol", "hi").assigned("carol", ADA, BO));
    seat.sees("Bo gave you carol.");
    assert_eq!(seat.bells, 1);
    seat.advance(10).happens(|desk| {
        let to = Target::Agent { agent: agent(ADA) };
        desk.says("dmitri", "hi")
            .taken("dmitri", BO)
            .transferred("dmitri", BO, to)
    });
    seat.sees("Bo transferred dmitri to you.");
    assert_eq!(seat.bells, 2);
    seat.advance(10).happens(|desk| {
        desk.says("erin", "hi").happens(
            "erin",
            EventBody::TakenOver(TakenOver {
                agent: agent(ADA),
                by: None,
                routed: true,
            }),
        )
    });
    seat.sees("erin was given to you.");
    seat.advance(10)
        .happens(|desk| desk.says("frank", "hi").taken("frank", ADA));
    seat.sees_no("frank was");
}

#[test]
fn a_mention_rings_is_told_and_marks_the_row() {
    let mut seat = seat();
    let at = |seat: &Seat| Rev(seat.desk.row("carol").rev.0);
    let noted = |by: &str, text: &str| {
        EventBody::Noted(Noted {
            agent: agent(by),
            text: MessageText::parse(text).unwrap(),
            mentions: vec![agent(ADA).id],
            handover: false,
        })
    };
    seat.happens(|desk| desk.says("carol", "hi").happens("carol", noted(BO, "@Ada please look")));
    seat.sees("Bo mentions you in a note about carol.").sees("@1");
    assert_eq!(seat.bells, 1);
    assert!(seat.row_with("carol").contains('@'));
    let up_to = at(&seat);
    seat.advance(10).happens(|desk| {
        let subject = minicom_protocol::event::Subject::Agent { agent: agent(ADA).id };
        let agent = agent(ADA).id;
        desk.add(
            subject,
            EventBody::MentionsRead(minicom_protocol::event::MentionsRead { agent, up_to }),
        )
    });
    seat.sees_no("@1");
    assert!(!seat.row_with("carol").contains('@'));
}

#[test]
fn on_a_low_screen_words_do_not_move_what_is_read() {
    let mut desk = Desk::new();
    desk.ago(290).says("alice", "hello").taken("alice", ADA);
    let mut seat = Seat::at(desk, 80, 12);
    seat.happens(|desk| desk.says("carol", "hi").asks("carol"));
    assert_eq!(seat.bells, 1);
    seat.sees_no("carol waits");
}
