//! What has no room in the details is cut with a sign of it.

use minicom_protocol::{
    event::{EventBody, HandOverNote, HumanRequested},
    ids::LineNo,
    line::{LineRef, Quote},
    stage::{HandOverReason, Side},
    summary::excerpt,
};

use crate::testing::{ADA, Desk, Seat};

const LONG: &str = "a-name-of-a-customer-that-is-longer-than-the-details-are-wide";

#[test]
fn a_long_name_is_cut_with_a_sign() {
    let mut desk = Desk::new();
    desk.ago(100).says(LONG, "hello").taken(LONG, ADA);
    let mut seat = Seat::at(desk, 120, 40);
    seat.press("<ctrl-n>").sees("│ a-name-of-a-customer-that-i›");
}

#[test]
fn a_fact_that_has_more_rows_than_there_is_room_for_ends_with_a_sign() {
    let mut desk = Desk::new();
    desk.ago(100)
        .with(|intake| intake.channel = "one two three four five six ".repeat(9))
        .says("carol", "hello")
        .taken("carol", ADA);
    let mut seat = Seat::at(desk, 120, 40);
    seat.press("<ctrl-n>");
    let (screen, first) = (seat.bench.screen(), "channel one two three four");
    let row = screen
        .lines()
        .position(|row| row.contains(first))
        .unwrap_or_else(|| panic!("{screen}"));
    let last = screen.lines().nth(row + 2).unwrap();
    assert!(last.ends_with('›'), "{screen}");
}

#[test]
fn an_address_that_a_quote_has_cut_is_not_told_as_one() {
    let text = format!("Why does https://shop.example/{}orders say no?", "a/".repeat(40));
    let mut desk = Desk::new();
    desk.ago(100).says("carol", &text);
    let line = LineRef {
        side: Side::Customer,
        line: LineNo(1),
    };
    let note = HandOverNote {
        question: Some(Quote {
            line,
            excerpt: excerpt(&text),
        }),
        ..HandOverNote::default()
    };
    desk.happens(
        "carol",
        EventBody::HumanRequested(HumanRequested {
            reason: HandOverReason::CustomerAsked,
            by_customer: false,
            respond_by: None,
            note: Some(Box::new(note)),
        }),
    );
    let mut seat = Seat::at(desk, 120, 40);
    seat.press("<ctrl-n>").sees("last question: Why does").sees("a/…");
}
