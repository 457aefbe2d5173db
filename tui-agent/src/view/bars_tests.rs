//! The footer offers what its keys do where they are pressed.

use minicom_tui_kit::config::Config;

use crate::{
    keys,
    testing::{ADA, Desk, Seat},
};

fn seat(width: u16, height: u16) -> Seat {
    let mut desk = Desk::new();
    desk.ago(100).says("carol", "hello").taken("carol", ADA);
    desk.ago(10).replies("carol", ADA, "good day");
    let mut seat = Seat::at(desk, width, height);
    if width < 60 {
        seat.press("<enter>");
    }
    seat.press("<ctrl-n>");
    seat
}

fn footer(seat: &Seat) -> String {
    let screen = seat.bench.screen();
    screen.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_key_that_edits_what_is_written_is_named_for_nothing_else() {
    let mut seat = seat(80, 24);
    // Neither before: with the first letter it would be another.
    for written in ["", "a reply"] {
        seat.press(written).sees("F9 done").sees_no("^D");
    }
    // What is named is what it does.
    seat.press("<f9>")
        .sees("F9 undo")
        .sees_no("^D")
        .press("<f9>")
        .sees("F9 done");
}

#[test]
fn with_no_other_key_for_it_nothing_is_named() {
    let mut seat = seat(80, 24);
    let config = Config::parse("agent.toml", "[keys.everywhere]\nf9 = \"none\"\n", &["everywhere"]).unwrap();
    seat.bench.app.keymap = keys::with_own(keys::keymap(false).unwrap(), &config).unwrap();
    seat.press("a reply").sees_no(" done").sees("Tab note");
}

#[test]
fn the_keys_of_a_change_are_those_of_its_title_at_every_width() {
    for (width, height) in [(80, 24), (40, 12)] {
        let mut seat = seat(width, height);
        seat.press("<alt-e>").sees("Edit your line");
        let told = footer(&seat);
        assert!(told.starts_with(" Enter changes it  Esc cancels"), "{told}");
        seat.sees_no("Esc list").sees_no("^D");
        seat.press("<esc>").sees("Esc list");
    }
}

#[test]
fn the_way_out_is_named_by_where_it_leads() {
    let mut desk = Desk::new();
    desk.ago(100).says("carol", "hello").taken("carol", ADA);
    for number in 0..60 {
        desk.replies("carol", ADA, &format!("line {number}"));
    }
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<ctrl-n>").sees("Esc list");
    seat.press("<pgup>").sees("Esc latest").sees_no("Esc list");
    seat.press("<f8>").sees("Esc closes").press("<esc>").sees("Esc latest");
    seat.press("<esc>").sees("Esc list").sees("line 59");
}

#[test]
fn without_a_connection_nobody_is_offered_who_would_have_to_be_claimed() {
    let mut desk = Desk::new();
    desk.ago(400).says("dora", "hello").asks("dora");
    let mut seat = Seat::at(desk.clone(), 80, 24);
    seat.press("<esc>").sees("n next: dora").lose().sees_no("next: dora");
    seat.press("?").sees("needs a connection").press("<esc>");
    seat.press("i").sees_no("next: dora").resume().sees("^N next: dora");
    // One's own is there without it.
    desk.ago(100)
        .says("carol", "hello")
        .taken("carol", ADA)
        .says("carol", "well?");
    let mut seat = Seat::at(desk, 80, 24);
    seat.press("<esc>").lose().sees("n next: carol");
}

#[test]
fn the_way_to_a_list_that_is_not_seen_stands_before_what_is_done_to_the_chat() {
    for (width, height) in [(40, 12), (50, 12)] {
        let mut seat = seat(width, height);
        seat.happens(|desk| desk.ago(30).says("erin", "hello").asks("erin"));
        let told = footer(&seat);
        assert!(told.contains("next: erin") && told.contains("Esc list"), "{told}");
    }
}
