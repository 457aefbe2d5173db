//! What lies over the chat, as whole screens.

use insta::assert_snapshot;
use minicom_protocol::staff::{Intent, PresenceState};
use minicom_tui_kit::{Input, Theme};
use ratatui::layout::Position;

use crate::testing::{ADA, BO, Desk, Seat};

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.member(ADA, |ada| ada.capacity = Some(5))
        .member(BO, |bo| bo.capacity = Some(5))
        .member("Cy", |cy| cy.intent = Intent::Away)
        .member("Dee", |dee| dee.capacity = Some(1))
        .group("billing", &[BO, "Cy"], &[]);
    desk.ago(250)
        .says("carol", "Hello, my parcel never arrived")
        .asks("carol");
    desk.ago(200)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice, what can I do for you?");
    desk.ago(90).says("heidi", "hey").taken("heidi", BO);
    desk.ago(80).says("ivan", "hey").taken("ivan", "Dee");
    desk
}

fn with(theme: Theme, width: u16, height: u16) -> Seat {
    let mut seat = Seat::with(desk(), width, height, theme);
    seat.client(Desk::presence(&[
        (ADA, PresenceState::Available),
        (BO, PresenceState::Busy),
        ("Dee", PresenceState::Available),
    ]));
    seat.press("<alt-2>");
    if width >= 100 {
        // The details have tests of their own.
        seat.press("<f8>");
    }
    seat
}

fn seat(width: u16, height: u16) -> Seat {
    with(Theme::ansi(), width, height)
}

#[test]
fn the_menu() {
    let screens = [(80, 24), (120, 40), (50, 12)].map(|(width, height)| {
        let mut seat = seat(width, height);
        seat.press("<f10>");
        let all = seat.bench.screen();
        seat.press("tra");
        format!("{all}=====\n{}", seat.bench.screen())
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_transfer() {
    let screens = [(80, 24), (120, 40), (50, 12)].map(|(width, height)| {
        let mut seat = seat(width, height);
        seat.press("<f7>");
        seat.bench.screen()
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_transfer_in_mono_with_ascii_signs_and_a_reason() {
    let theme = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut seat = with(theme, 80, 24);
    seat.press("<f7>3");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn the_note_of_a_transfer() {
    let screens = [(80, 24), (40, 12)].map(|(width, height)| {
        let mut seat = seat(width, height);
        seat.press("<f7>1wants");
        seat.bench.screen()
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_snooze() {
    let screens = [(80, 24), (120, 40), (50, 12)].map(|(width, height)| {
        let mut seat = seat(width, height);
        seat.press("<esc>s");
        let offered = seat.bench.screen();
        seat.press("2h");
        format!("{offered}=====\n{}", seat.bench.screen())
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn tags_and_intents() {
    let mut seat = seat(80, 24);
    seat.press("<esc>#new").press("<enter>");
    let tags = seat.bench.screen();
    seat.press("<esc>P");
    assert_snapshot!(format!("{tags}=====\n{}", seat.bench.screen()));
}

#[test]
fn the_cursor_stands_where_one_types_and_at_the_least_size_nothing_breaks() {
    let mut seat = seat(80, 24);
    seat.press("<f7>que");
    assert_eq!(seat.bench.cursor().y, 22);
    for (width, height) in [(30, 8), (31, 9), (59, 10), (60, 8)] {
        for keys in ["<f10>", "<f7>", "<f7>1", "<esc>s", "<esc>#", "<esc>S"] {
            let mut seat = self::seat(width, height);
            seat.press(keys).press("a");
            let screen = seat.bench.screen();
            assert!(screen.contains('a'), "{width}x{height} {keys}\n{screen}");
        }
    }
}

#[test]
fn the_mouse_chooses_scrolls_and_closes() {
    let mut seat = seat(80, 24);
    seat.press("<f7>");
    let row = |seat: &Seat, words: &str| {
        let screen = seat.bench.screen();
        let y = screen.lines().position(|row| row.contains(words)).unwrap();
        Position {
            x: 40,
            y: u16::try_from(y).unwrap(),
        }
    };
    let at = row(&seat, "billing");
    seat.input(Input::Click { at, double: false });
    assert!(seat.row_with("billing").contains('›'));
    let up = true;
    seat.input(Input::Wheel { up, at });
    assert!(!seat.row_with("billing").contains('›'));
    seat.input(Input::Click { at, double: true });
    seat.sees("Transfer to the group billing");
    let at = Position { x: 2, y: 3 };
    seat.input(Input::Click { at, double: false });
    assert!(seat.bench.app.over.is_none());
    seat.sees("alice");
}

#[test]
fn what_is_pasted_goes_where_one_types() {
    let mut seat = seat(80, 24);
    seat.press("<f7>").input(Input::Paste("queue".into()));
    seat.sees("1 of 5")
        .press("<enter>")
        .input(Input::Paste("two\nlines".into()));
    seat.sees("two lines");
}
