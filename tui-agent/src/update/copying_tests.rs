//! What y copies, and what l reads.

use minicom_tui_kit::{Input, clipboard::Copied};

use crate::testing::{ADA, Desk, Seat};

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(500).says("carol", "do this:\n```\nls -l\ncd /\n```\nit fails");
    desk.says(
        "carol",
        &(1..=40).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n"),
    );
    desk.ago(400).taken("carol", ADA).replies("carol", ADA, "which order?");
    desk.ago(300).says("carol", "order 48213");
    desk
}

fn seat() -> Seat {
    let mut seat = Seat::at(desk(), 80, 24);
    seat.press("<ctrl-n><esc>");
    seat
}

/// What was copied by these keys.
fn copied(seat: &mut Seat, keys: &str) -> Option<String> {
    seat.press(keys).copied.take()
}

#[test]
fn a_letter_says_what_is_copied() {
    let mut seat = seat();
    seat.press("y").sees("l line").sees("order 48213").sees("t transcript");
    seat.press("<esc>");
    assert_eq!(copied(&mut seat, "yl").as_deref(), Some("order 48213"));
    assert_eq!(copied(&mut seat, "yy").as_deref(), Some("order 48213"));
    assert_eq!(copied(&mut seat, "y<enter>").as_deref(), Some("order 48213"));
    let block = copied(&mut seat, "yb").unwrap();
    assert!(
        block.starts_with("line 1\nline 2") && block.ends_with("line 40"),
        "{block}"
    );
    assert_eq!(copied(&mut seat, "yo<down><enter>").as_deref(), Some("which order?"));
    let chat = copied(&mut seat, "yt").unwrap();
    assert!(
        chat.contains("carol: do this:\n```\n") && chat.contains("you: which order?\n"),
        "{chat}"
    );
    assert!(chat.ends_with("carol: order 48213\n"), "{chat}");
}

#[test]
fn where_one_reads_up_the_line_there_is_meant() {
    let mut seat = Seat::at(desk(), 80, 12);
    seat.press("<ctrl-n><esc><pgup><pgup><pgup><pgup><pgup><pgup>");
    let line = copied(&mut seat, "yl").unwrap();
    assert!(line.starts_with("do this") || line.starts_with("line 1"), "{line}");
}

#[test]
fn what_became_of_it_is_told() {
    let mut seat = seat();
    copied(&mut seat, "yl");
    let told = Copied::Sent {
        lines: 1,
        bytes: 11,
        to: "sent to the terminal",
    };
    seat.input(Input::Copied(told))
        .sees("Copied the line: 1 line, 11 B, sent to the terminal.");
}

#[test]
fn a_long_line_is_folded_and_read_in_full() {
    let mut seat = seat();
    seat.sees("… 27 more lines · l reads all")
        .sees("line 40")
        .sees_no("line 20");
    seat.press("l")
        .sees("carol · ")
        .sees("40 lines")
        .sees("line 20")
        .sees("y copies");
    seat.sees("lines 1-").sees(" of 40");
    let whole = copied(&mut seat, "y").unwrap();
    assert!(whole.ends_with("line 40"));
    seat.sees("line 20").press("<esc>").sees_no("line 20");
    // Where letters are text none of them is named.
    seat.press("i").sees("… 27 more lines").sees_no("reads all");
    seat.press("<esc>").sees("… 27 more lines · l reads all");
    let mut short = Desk::new();
    short.ago(9).says("carol", "hello").taken("carol", ADA);
    let mut seat = Seat::at(short, 80, 24);
    seat.press("<ctrl-n><esc>l")
        .sees("Every line on the screen is shown in full.");
}
