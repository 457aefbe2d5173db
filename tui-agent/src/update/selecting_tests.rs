//! The bare view and the mouse.

use minicom_tui_kit::Input;
use ratatui::layout::Position;

use crate::testing::{ADA, Desk, Seat};

fn seat() -> Seat {
    let mut desk = Desk::new();
    desk.ago(90)
        .says("carol", "see https://example.org/a now")
        .taken("carol", ADA);
    let mut seat = Seat::at(desk, 100, 24);
    seat.press("<ctrl-n>");
    seat
}

/// What became of the mouse since this was last asked.
fn mouse(seat: &mut Seat) -> Vec<bool> {
    std::mem::take(&mut seat.mouse)
}

#[test]
fn the_bare_view_has_nothing_but_the_chat_and_leaves_the_mouse_to_the_terminal() {
    for (opens, closes) in [
        ("<esc>z", "z"),
        ("<alt-l>", "<alt-l>"),
        ("<alt-l>", "<esc>"),
        ("<alt-l>", "q"),
    ] {
        let mut seat = seat();
        seat.press(opens).sees("carol: see https://example.org/a now");
        seat.sees("other keys go back")
            .sees_no("MINE")
            .sees_no("─")
            .sees_no("F1");
        assert_eq!(mouse(&mut seat), [false], "{opens}");
        seat.press("<pgup>").sees("carol: see");
        seat.press(closes).sees("MINE");
        assert_eq!(mouse(&mut seat), [true], "{closes}");
        assert_eq!(seat.quit, None);
    }
}

#[test]
fn a_mouse_that_was_off_stays_off() {
    let mut seat = seat();
    seat.press("<esc>M").sees("The mouse is the terminal's");
    assert_eq!(mouse(&mut seat), [false]);
    seat.press("zz");
    assert_eq!(mouse(&mut seat), [false, false]);
    seat.press("M").sees("come here again");
    assert_eq!(mouse(&mut seat), [true]);
}

#[test]
fn without_a_chat_there_is_nothing_to_show() {
    let mut seat = Seat::at(Desk::new(), 80, 24);
    seat.press("<esc>z").sees("No conversation is open.");
    assert!(mouse(&mut seat).is_empty());
}

#[test]
fn a_click_on_an_address_copies_it() {
    let mut seat = seat();
    let screen = seat.bench.screen();
    let (y, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("https://"))
        .unwrap();
    let before = line.split("https").next().unwrap().chars().count();
    let at = Position {
        x: u16::try_from(before + 3).unwrap(),
        y: u16::try_from(y).unwrap(),
    };
    seat.bench.input(Input::Click { at, double: false });
    seat.pump();
    assert_eq!(seat.copied.as_deref(), Some("https://example.org/a"));
    seat.copied = None;
    seat.press("<alt-c>a");
    assert_eq!(seat.copied.as_deref(), Some("https://example.org/a"));
}

#[test]
fn what_does_nothing_says_so_and_where_the_keys_are() {
    for (keys, told) in [
        ("<esc>Z", "Z does nothing here. ?"),
        ("<ctrl-g>", "^G does nothing here."),
        ("<alt-j>", "Alt+J does nothing here."),
        ("<esc><left>", "Left does nothing here."),
    ] {
        seat().press(keys).sees(told);
    }
    // Keys of a text that have nothing to do there are no mistakes.
    seat().press("<left><right><down>").sees_no("does nothing");
}
