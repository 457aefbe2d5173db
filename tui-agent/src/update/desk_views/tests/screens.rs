//! The views on screens of every size, in colour, without, and with ASCII signs.

use insta::assert_snapshot;
use minicom_protocol::{staff::PresenceState, ticket::TicketStatus};
use minicom_tui_kit::Theme;

use super::{article, desk, knows_articles, knows_replies, knows_tickets, mentions_ada, menu, ticket, why};
use crate::testing::{ADA, BO, Desk, Seat};

fn seat(width: u16, height: u16, theme: Theme) -> Seat {
    let mut seat = Seat::with(desk(), width, height, theme);
    seat.press("<esc>1");
    seat.client(Desk::presence(&[
        (ADA, PresenceState::Available),
        (BO, PresenceState::Busy),
    ]));
    let told = why(&seat, "dmitri");
    seat.desk.replies.push(told);
    let tickets = [
        ticket(
            &seat,
            12,
            "send a new label to the address in the profile",
            TicketStatus::Open,
            Some(ADA),
        ),
        ticket(&seat, 9, "look for the parcel", TicketStatus::Pending, Some(BO)),
        ticket(&seat, 7, "say thank you", TicketStatus::Solved, None),
    ];
    knows_tickets(&mut seat, &tickets);
    knows_replies(&mut seat);
    let articles = [
        article("refunds", "How refunds work", true),
        article("labels", "Labels", false),
    ];
    knows_articles(&mut seat, "", &articles);
    mentions_ada(
        &mut seat,
        "alice",
        "@Ada can you look at this, please? It is about the second label.",
    );
    seat
}

/// All views one after the other.
fn all(seat: &mut Seat) -> String {
    let mut screens = String::new();
    for (view, keys) in [
        ("why", ""),
        ("queue", ""),
        ("workload", ""),
        ("workload", "j<enter>"),
        ("tickets", ""),
        ("tickets", "<enter>"),
        ("tickets", "<enter>a"),
        ("tickets", "<enter>c"),
        ("mentions", ""),
        ("replies", ""),
        ("articles", ""),
        ("articles", "<enter>"),
        ("groups", ""),
        ("groups", "<enter>"),
        ("agents", ""),
        ("desk settings", ""),
        ("merge", ""),
        ("merge", "carol<enter>"),
    ] {
        menu(seat, view);
        seat.press(keys);
        screens.push_str(&format!("### {view} {keys}\n{}\n", seat.bench.screen()));
        seat.press("<ctrl-c>");
    }
    screens
}

#[test]
fn at_80x24() {
    assert_snapshot!(all(&mut seat(80, 24, Theme::ansi())));
}

#[test]
fn at_120x40() {
    assert_snapshot!(all(&mut seat(120, 40, Theme::ansi())));
}

#[test]
fn at_50x12_with_ascii_signs() {
    let theme = Theme {
        ascii: true,
        ..Theme::mono()
    };
    assert_snapshot!(all(&mut seat(50, 12, theme)));
}

#[test]
fn styles_in_colour_and_without() {
    for (name, theme) in [("ansi", Theme::ansi()), ("mono", Theme::mono())] {
        let mut seat = seat(80, 12, theme);
        let mut screens = String::new();
        for view in ["why", "workload", "tickets", "mentions"] {
            menu(&mut seat, view);
            screens.push_str(&seat.bench.styled());
            seat.press("<ctrl-c>");
        }
        assert_snapshot!(name, screens);
    }
}

#[test]
fn without_a_connection() {
    let mut seat = seat(80, 12, Theme::ansi());
    seat.lose();
    let mut screens = String::new();
    for view in ["queue", "tickets", "articles"] {
        menu(&mut seat, view);
        screens.push_str(&format!("{}\n", seat.bench.screen()));
        seat.press("<ctrl-c>");
    }
    assert_snapshot!(screens);
}
