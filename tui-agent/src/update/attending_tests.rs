//! What is said in passing.

use minicom_protocol::stage::Side;
use minicom_tui_kit::Input;

use crate::{
    app::Order,
    testing::{ADA, BO, Desk, Seat},
};

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(250).says("carol", "hello").asks("carol");
    desk.ago(100)
        .says("alice", "hello")
        .taken("alice", ADA)
        .reads("alice", Side::Desk);
    desk.ago(90).says("heidi", "hello").taken("heidi", BO);
    desk
}

fn seat(width: u16) -> Seat {
    Seat::at(desk(), width, 24)
}

fn said(seat: &mut Seat) -> Vec<Order> {
    std::mem::take(&mut seat.said)
}

#[test]
fn what_is_on_the_screen_is_said_when_it_changes_and_again_while_somebody_works() {
    let mut seat = seat(80);
    let [alice, carol] = ["alice", "carol"].map(|name| Some(seat.desk.conversation(name)));
    assert_eq!(said(&mut seat), [Order::Viewing(carol)]);
    seat.press("<alt-2>");
    assert_eq!(said(&mut seat), [Order::Viewing(alice)]);
    seat.press("abc").advance(19).press("d");
    assert_eq!(said(&mut seat), [], "the same was said just now");
    seat.advance(2).press("e").press("f");
    assert_eq!(said(&mut seat), [Order::Viewing(alice)], "somebody is there");
    seat.advance(600).happens(|desk| desk.says("carol", "well?"));
    assert_eq!(said(&mut seat), [], "what others do is no sign of life");
    seat.input(Input::Focus(true));
    assert_eq!(said(&mut seat), []);
}

#[test]
fn a_list_alone_on_the_screen_shows_no_conversation() {
    let mut seat = seat(50);
    assert_eq!(said(&mut seat), []);
    seat.press("j");
    assert_eq!(said(&mut seat), [Order::Viewing(None)]);
    seat.press("<enter>");
    let carol = seat.bench.app.conversation();
    assert_eq!(said(&mut seat), [Order::Viewing(carol)]);
    seat.press("<esc>");
    assert_eq!(said(&mut seat), [Order::Viewing(None)]);
}

fn delivered(seat: &mut Seat) -> Vec<u64> {
    let said = said(seat).into_iter().filter_map(|order| match order {
        Order::Delivered { up_to, .. } => Some(up_to.0),
        _ => None,
    });
    said.collect()
}

#[test]
fn lines_on_the_screen_of_their_owner_are_delivered_whether_they_are_read_or_not() {
    let mut seat = seat(80);
    seat.press("<alt-2>").input(Input::Focus(false));
    assert_eq!(delivered(&mut seat), [0_u64; 0], "what was read needs no more");
    seat.happens(|desk| desk.says("alice", "and?"));
    assert_eq!(delivered(&mut seat), [2]);
    seat.press("x").happens(|desk| desk.says("carol", "well?"));
    assert_eq!(delivered(&mut seat), [0_u64; 0], "it is said once, and of the open one");
    seat.lose().happens(|desk| desk).resume();
    assert_eq!(
        delivered(&mut seat),
        [2],
        "what was said on the last connection may be lost"
    );
}

#[test]
fn what_a_colleague_has_is_not_delivered_by_being_looked_at() {
    let mut seat = seat(80);
    let heidi = seat.desk.conversation("heidi");
    seat.bench.app.open_chat(heidi);
    seat.press("<esc>").happens(|desk| desk.says("heidi", "hm"));
    assert_eq!(delivered(&mut seat), [0_u64; 0]);
}

#[test]
fn what_lies_over_the_chat_hides_its_lines() {
    let mut seat = seat(80);
    seat.press("<alt-2><f10>").happens(|desk| desk.says("alice", "and?"));
    assert_eq!(delivered(&mut seat), [0_u64; 0]);
    seat.press("<esc>");
    assert_eq!(delivered(&mut seat), [2]);
}
