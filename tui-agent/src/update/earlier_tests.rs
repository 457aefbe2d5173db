//! Earlier conversations: chosen from a list, read in pages, opened if they are still open.

use minicom_client::ClientEvent;
use minicom_protocol::{frame::AgentQuestion, stage::Closer};
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    app::Msg,
    testing::{ADA, Desk, Seat},
};

fn desk(lines: usize) -> Desk {
    let mut desk = Desk::new();
    desk.ago(90_000).says("carol", "my parcel is late");
    for number in 0..lines {
        desk.replies("carol", ADA, &format!("line {number}"));
    }
    desk.ago(80_000).closed("carol", Closer::Customer);
    desk.ago(400).says("carol", "me again").taken("carol", ADA);
    desk
}

fn open(seat: &mut Seat) -> &mut Seat {
    seat.press("<ctrl-k>earlier<enter>").sees("Earlier chats")
}

#[test]
fn an_earlier_chat_is_read_over_the_screen() {
    let mut seat = Seat::at(desk(2), 80, 24);
    open(&mut seat).sees("my parcel is late").sees_no("me again ·");
    seat.press("<enter>")
        .sees("carol · 19 Nov")
        .sees("carol: my parcel is late")
        .sees("you: line 1");
    seat.press("<esc>").sees("me again");
    assert!(seat.bench.app.earlier.is_some(), "forgotten with the next reply");
    seat.hear();
    assert!(seat.bench.app.earlier.is_none());
}

#[test]
fn a_long_one_comes_in_pages_and_stops_at_its_bound() {
    let mut seat = Seat::at(desk(450), 80, 24);
    open(&mut seat)
        .press("<enter>")
        .sees("my parcel is late")
        .sees_no("loading");
    let mut seat = Seat::at(desk(1_500), 80, 24);
    open(&mut seat)
        .press("<enter>")
        .sees("What was said before is left out here.");
}

#[test]
fn without_a_connection_it_says_so() {
    let mut seat = Seat::at(desk(2), 80, 24);
    open(&mut seat).lose().press("<enter>").sees("This needs a connection.");
}

#[test]
fn other_replies_are_not_taken_for_it() {
    let mut seat = Seat::at(desk(2), 80, 24);
    open(&mut seat).press("<enter>");
    let customer = seat.desk.row("carol").customer.id;
    let question = AgentQuestion::Thread {
        customer,
        before: None,
        limit: 1,
    };
    let reply = seat.desk.reply(question);
    assert!(matches!(reply, ClientEvent::Reply { .. }));
    seat.input(minicom_tui_kit::Input::Message(Msg::Client(Box::new(reply))));
    seat.sees("my parcel is late");
}

#[test]
fn the_first_chat_has_nothing_before_it() {
    let mut desk = Desk::new();
    desk.says("carol", "hi");
    let mut seat = Seat::at(desk, 80, 24);
    open(&mut seat).sees("This is the first chat of this customer");
    assert_eq!(seat.bench.now().wall, BENCH_START);
}
