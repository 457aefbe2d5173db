//! What was counted, on the screen: asked for by range, again when something happened, and seldom.

use super::{desk, seat};
use crate::{figures::tests::week, testing::Seat};
use insta::assert_snapshot;
use minicom_protocol::{
    figures::{By, Range},
    frame::{AgentQuestion, AgentReply},
};

fn told(seat: &mut Seat, range: Range, by: Option<By>) {
    let mut statistics = week();
    (statistics.range, statistics.by) = (range, by);
    let question = AgentQuestion::Statistics { range, by };
    let reply = AgentReply::Statistics {
        statistics: Box::new(statistics),
    };
    seat.desk.replies.push((question, reply));
}

#[test]
fn a_key_opens_them_and_others_choose_the_days() {
    let mut seat = seat();
    for range in Range::ALL {
        told(&mut seat, range, None);
    }
    told(&mut seat, Range::Quarter, Some(By::Tag));
    seat.press("%").sees("Statistics · 7 days").sees("3, the longest 4:10");
    seat.press("1").sees("Statistics · today");
    seat.press("4").sees("Statistics · 90 days");
    seat.sees_no("TAG  ")
        .press("t")
        .sees("Statistics · 90 days")
        .sees("TAG  ");
    seat.press("t").sees_no("TAG  ");
    seat.press("<esc>").sees_no("Statistics");
}

/// Beside the place of what is long the title has no room for it.
#[test]
fn the_way_out_is_told_at_every_width() {
    for (width, height) in [(50, 12), (40, 10)] {
        let mut seat = Seat::at(desk(), width, height);
        told(&mut seat, Range::Week, None);
        seat.press("<esc>%").sees("Esc closes").sees("1 today").sees("F1 help");
    }
}

#[test]
fn a_key_that_does_nothing_says_so() {
    let mut seat = seat();
    told(&mut seat, Range::Week, None);
    seat.press("%z").sees("z does nothing here. Esc closes.");
    seat.press("1").sees_no("does nothing");
}

#[test]
fn they_are_asked_for_again_when_something_happens_but_not_at_once() {
    let mut seat = seat();
    told(&mut seat, Range::Week, None);
    seat.press("%").sees("3, the longest 4:10");
    let Some((_, AgentReply::Statistics { statistics })) = seat.desk.replies.last_mut() else {
        panic!("the last reply is another");
    };
    statistics.now.waiting = 9;
    seat.advance(60).sees("3, the longest");
    seat.happens(|desk| desk.says("carol", "more")).pump();
    seat.sees("9, the longest");
    let Some((_, AgentReply::Statistics { statistics })) = seat.desk.replies.last_mut() else {
        panic!("the last reply is another");
    };
    statistics.now.waiting = 11;
    seat.happens(|desk| desk.says("carol", "and more")).pump();
    seat.sees("9, the longest");
    seat.advance(5).pump().sees("11, the longest");
}

#[test]
fn screens_of_them() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut seat = Seat::at(desk(), width, height);
        told(&mut seat, Range::Week, None);
        seat.press("<esc>%");
        assert_snapshot!(format!("at_{width}x{height}"), seat.bench.screen());
    }
}
