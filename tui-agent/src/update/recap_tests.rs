//! The chat in a few lines, on the screen.

use insta::assert_snapshot;
use minicom_protocol::{
    ids::Time,
    recap::{BotSaid, Said},
    stage::HandOverReason,
};
use minicom_tui_kit::{Theme, testing::BENCH_START};

use super::*;
use crate::{testing::Seat, writing_tools_tests::desk};

fn seat(width: u16, height: u16) -> Seat {
    let mut desk = desk();
    let said = |text: &str| Said {
        at: Time(BENCH_START - 240_000_000),
        text: text.to_owned(),
    };
    let recap = Recap {
        first: Some(said("my order 48213 never came")),
        tried: vec![BotSaid {
            said: said("Here is how:"),
            article: Some("A parcel that is late".parse().unwrap()),
        }],
        wanted: Some(HandOverReason::NotUnderstood),
        open: vec![said("and I paid"), said("\u{1b}[2Jhello?")],
        ..Recap::begin(desk.row("bob"))
    };
    let conversation = recap.conversation;
    let reply = AgentReply::Recap { recap: Box::new(recap) };
    desk.replies.push((
        AgentQuestion::Recap {
            conversation,
            words: false,
        },
        reply,
    ));
    let mut seat = Seat::with(desk, width, height, Theme::ansi());
    seat.press("<alt-2>");
    seat
}

#[test]
fn it_is_read_in_a_box_and_goes_into_a_note() {
    let mut seat = seat(80, 24);
    seat.press("/summary<enter>");
    assert_snapshot!("at 80x24", seat.bench.screen());
    seat.press("i").sees("NOTE").sees("Asked first").sees_no("Summary: bob");
    let app = &seat.bench.app;
    let conversation = app.conversation().unwrap();
    assert_eq!(app.writing.mode(conversation), Mode::Note);
    assert!(seat.commands().is_empty(), "nothing is sent by itself");
    seat.press("<ctrl-c>by hand<alt-r>")
        .press("<enter>")
        .sees("by hand")
        .sees("Asked first");
}

#[test]
fn a_key_opens_it_and_esc_closes_it() {
    let mut seat = seat(120, 40);
    seat.press("<alt-r>")
        .sees("Summary: bob")
        .press("<esc>")
        .sees_no("Summary: bob");
    seat.press("<esc>R").sees("Summary: bob");
    seat.press("<esc><enter>").lose();
    seat.press("<alt-r>").sees("A summary needs a connection");
}

#[test]
fn whoever_has_gone_on_is_not_brought_back() {
    let mut seat = seat(80, 24);
    seat.bench.press("<alt-r><alt-1>");
    seat.pump().sees_no("Summary: bob");
}
