//! Whole screens, at 14:00 on a Thursday, as text; some with their styles.

use std::time::{Duration, UNIX_EPOCH};

use insta::assert_snapshot;
use minicom_client::{ClientEvent, ConnState, Ended};
use minicom_protocol::{frame::Typist, refusal::Refusal, staff::PresenceState, stage::Closer};
use minicom_tui_kit::{Theme, testing::BENCH_START};

use crate::testing::{ADA, BO, Desk, Seat, agent};

/// A desk with somebody in every section.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.ago(4_000).says("carol", "earlier").bot("carol", "Anything else?");
    desk.ago(3_900).closed("carol", Closer::Agent { agent: agent(ADA) });
    desk.ago(430).says("carol", "Hello, my parcel never arrived");
    desk.ago(428).bot(
        "carol",
        "Sorry to hear that. Do you have an order number? You can also type \"human\".",
    );
    desk.ago(260).says("carol", "order 48213").says("carol", "human please");
    desk.ago(250).asks("carol").ago(60).says("carol", "is anyone there?");
    desk.ago(95)
        .says("dmitri", "invoice 991 is wrong")
        .asks("dmitri")
        .ago(92);
    desk.ago(9).says("erin", "hi").asks("erin");
    desk.ago(300)
        .says("alice", "hello")
        .taken("alice", ADA)
        .replies("alice", ADA, "Hi Alice.");
    desk.reads("alice", minicom_protocol::stage::Side::Desk);
    desk.ago(40)
        .says("alice", "can I change the address?")
        .says("alice", "to the office");
    desk.ago(200)
        .says("bob", "thanks")
        .taken("bob", ADA)
        .replies("bob", ADA, "done, anything else?");
    desk.reads("bob", minicom_protocol::stage::Side::Desk);
    desk.ago(100).says("frank", "prices?").bot("frank", "Here they are.");
    desk.ago(90)
        .says("heidi", "hey")
        .taken("heidi", BO)
        .replies("heidi", BO, "Hello Heidi.");
    desk.ago(80)
        .says("judy", "bye")
        .bot("judy", "Bye.")
        .closed("judy", Closer::Customer);
    desk
}

pub fn seat(width: u16, height: u16) -> Seat {
    let mut seat = Seat::at(desk(), width, height);
    seat.client(Desk::presence(&[
        (ADA, PresenceState::Available),
        (BO, PresenceState::Available),
    ]));
    seat
}

#[test]
fn at_80x24_a_customer_waits() {
    let mut seat = seat(80, 24);
    let types = seat.desk.types("carol", Typist::Customer, true);
    seat.client(types);
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn at_120x40() {
    assert_snapshot!(seat(120, 40).bench.screen());
}

#[test]
fn at_200x60() {
    assert_snapshot!(seat(200, 60).bench.screen());
}

#[test]
fn at_50x12_one_pane_at_a_time() {
    let mut seat = seat(50, 12);
    let list = seat.bench.screen();
    seat.press("<enter>hello");
    let chat = seat.bench.screen();
    assert_snapshot!(format!("{list}=====\n{chat}"));
}

#[test]
fn at_40x12() {
    let mut seat = seat(40, 12);
    let list = seat.bench.screen();
    seat.press("<enter>");
    let chat = seat.bench.screen();
    seat.press("<f8>");
    let details = seat.bench.screen();
    assert_snapshot!(format!("{list}=====\n{chat}=====\n{details}"));
}

#[test]
fn at_30x8_and_below() {
    let mut seat = seat(30, 8);
    let list = seat.bench.screen();
    seat.press("<enter>");
    let chat = seat.bench.screen();
    seat.bench.resize(29, 8);
    let notice = seat.bench.screen();
    assert_snapshot!(format!("{list}=====\n{chat}=====\n{notice}"));
}

#[test]
fn in_mono_with_ascii_signs() {
    let theme = Theme {
        ascii: true,
        ..Theme::mono()
    };
    let mut seat = Seat::with(desk(), 80, 24, theme);
    seat.press("<alt-4>mine<enter><esc>");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn the_list_has_the_keys_and_sections_unfold() {
    let mut seat = seat(80, 24);
    seat.press("<esc>Gk ").press("j-");
    assert_snapshot!(seat.bench.styled());
}

#[test]
fn one_of_mine_with_lines_of_every_mark() {
    let mut seat = seat(80, 24);
    seat.press("<alt-5>One<enter>")
        .done(|desk| desk.replies("bob", ADA, "One"));
    seat.happens(|desk| desk.reads("bob", minicom_protocol::stage::Side::Customer));
    seat.press("Two<enter>").done(|desk| desk.replies("bob", ADA, "Two"));
    seat.press("Three<enter>");
    assert_snapshot!(seat.bench.screen());
}

#[test]
fn connection_lost_while_writing() {
    let mut seat = seat(80, 24);
    seat.press("<alt-5>")
        .lose()
        .press("kept and sent later<enter>next half");
    assert_snapshot!(seat.bench.screen());
    seat.press("<alt-1>taking<enter>");
    seat.sees("Take over needs a connection. Drafts are kept.")
        .sees("take over needs a connection");
}

#[test]
fn states_in_the_header() {
    let mut seat = Seat::away(80, 24, Theme::ansi());
    let header = |seat: &Seat| seat.bench.screen().lines().next().unwrap().to_owned();
    let now = seat.start;
    let mut told = vec![header(&seat)];
    let since = UNIX_EPOCH + Duration::from_micros(BENCH_START as u64);
    for state in [
        ConnState::Reconnecting {
            retry_at: now + Duration::from_secs(3),
            attempt: 1,
            why: "x".into(),
        },
        ConnState::Offline {
            since,
            retry_at: now + Duration::from_secs(7),
            why: "x".into(),
        },
        ConnState::Draining { retry_at: now },
        ConnState::Live,
    ] {
        seat.client(ClientEvent::State(state));
        told.push(header(&seat));
    }
    assert_snapshot!(told.join("\n"));
}

#[test]
fn before_there_is_a_connection() {
    assert_snapshot!(Seat::away(80, 24, Theme::ansi()).bench.screen());
}

#[test]
fn nobody_is_there() {
    assert_snapshot!(Seat::at(Desk::new(), 80, 24).bench.screen());
}

#[test]
fn the_end_of_a_connection_fills_the_screen() {
    let screens = [
        Ended::SignedOut,
        Ended::WrongVersion {
            client: 1,
            min: 2,
            max: 3,
        },
        Ended::Refused(Refusal::TotpSetupRequired),
    ]
    .map(|ended| {
        let mut seat = seat(80, 24);
        seat.client(ClientEvent::State(ended.clone().into()));
        seat.client(ClientEvent::Ended(ended));
        seat.bench.screen()
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_end_of_a_connection_says_how_to_go_on_on_a_small_screen_too() {
    for (width, height) in [(80, 24), (40, 12), (50, 12)] {
        let mut seat = seat(width, height);
        seat.client(ClientEvent::State(Ended::SignedOut.into()));
        seat.client(ClientEvent::Ended(Ended::SignedOut));
        seat.sees("You are signed out").sees("s signs in again").sees(" quits.");
    }
}

#[test]
fn a_server_that_is_not_who_it_should_be() {
    let why = "the certificate of https://desk.example:443 is not accepted: it expired on 2026-11-01 (certificate for \
               desk.example, issued by CN=Desk authority, good from 2026-01-01 to 2026-11-01). Tell whoever runs the server";
    let screens = [(80, 24), (120, 40), (50, 12)].map(|(width, height)| {
        let mut seat = seat(width, height);
        let retry_at = crate::testing::client_start() + std::time::Duration::from_secs(60);
        let why = why.to_owned();
        seat.client(ClientEvent::State(ConnState::Untrusted { retry_at, why }));
        seat.bench.screen()
    });
    assert_snapshot!(screens.join("=====\n"));
}

#[test]
fn the_keys() {
    let mut seat = seat(80, 24);
    seat.press("<f1>");
    let compose = seat.bench.screen();
    seat.press("<esc><esc>?");
    let list = seat.bench.screen();
    assert_snapshot!(format!("{compose}=====\n{list}"));
}

#[test]
fn a_colleague_was_faster() {
    let mut seat = seat(80, 24);
    seat.press("Hi Carol")
        .happens(|desk| desk.taken("carol", BO))
        .press("<enter>");
    assert_snapshot!(seat.bench.screen());
}

#[test]
fn details_over_the_chat() {
    let mut seat = seat(80, 24);
    seat.press("<f8>");
    assert_snapshot!(seat.bench.screen());
}

#[test]
fn many_lines_in_the_composer() {
    let mut seat = seat(80, 24);
    seat.press("<alt-5>one<alt-enter>two<ctrl-j>three<alt-enter>four");
    assert_snapshot!(seat.bench.screen());
    let cursor = seat.bench.cursor();
    assert_eq!((cursor.x, cursor.y), (32, 22));
}
