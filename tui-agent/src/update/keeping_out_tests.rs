//! Keeping a customer out, on the screen.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    context::{Block, Profile, Vouched},
    frame::{AgentQuestion, AgentReply},
    ids::Time,
    words::Email,
};

use super::*;
use crate::testing::{BO, Desk, Seat, agent};

fn known(desk: &Desk, blocked: Option<Block>) -> CustomerContext {
    let vouched = Vouched {
        name: None,
        email: Email::parse("carol@example.test").ok(),
        attributes: BTreeMap::from([("plan".to_owned(), "Pro\u{1b}[2J".to_owned())]),
    };
    CustomerContext {
        customer: desk.row("carol").customer.clone(),
        status: match blocked {
            Some(_) => AccountStatus::Blocked,
            None => AccountStatus::Active,
        },
        profile: Profile {
            blocked,
            vouched,
            ..Profile::default()
        },
        verified: true,
        first_seen: desk.row("carol").opened_at,
        also: vec![],
        conversations: 1,
        open_conversations: 1,
        newest: vec![],
        tickets: 0,
        open_tickets: 0,
        newest_tickets: vec![],
        notes: vec![],
    }
}

/// Beside carol, who is kept out or not.
fn at_carol(until: Option<Option<i64>>) -> Seat {
    let mut desk = Desk::new();
    desk.ago(60).says("carol", "you fools");
    let blocked = until.map(|minutes| Block {
        by: agent(BO),
        since: desk.row("carol").opened_at,
        until: minutes.map(|it| Time(desk.row("carol").opened_at.0 + it * MINUTE)),
    });
    let context = Box::new(known(&desk, blocked));
    let customer = context.customer.id;
    let question = AgentQuestion::Customer { customer };
    desk.replies.push((question, AgentReply::Customer { context }));
    let mut seat = Seat::at(desk, 120, 40);
    seat.ordered();
    seat
}

fn told(seat: &mut Seat, changed: bool) {
    let (id, command) = seat.sent().pop().unwrap();
    let rev = changed.then_some(minicom_protocol::ids::Rev(99));
    let done = Done { rev, ..Done::default() };
    seat.client(minicom_client::ClientEvent::Answered {
        id,
        command,
        outcome: Outcome::Done(done),
    });
}

#[test]
fn a_customer_is_kept_out_with_a_second_key_and_colleagues_are_told_why() {
    let mut seat = at_carol(None);
    let conversation = seat.desk.conversation("carol");
    let customer = seat.desk.row("carol").customer.id;
    seat.press("<esc>X")
        .sees("Keep carol out")
        .sees("for good")
        .sees_no("let in again");
    assert_eq!(seat.commands(), [], "nothing yet");
    seat.press("2h<enter>").sees("Keep carol out for 2 hours").sees("why");
    assert_eq!(seat.commands(), [], "nothing yet");
    seat.press("insults<enter><enter>");
    assert_eq!(
        seat.commands(),
        [
            AgentCommand::Note {
                conversation,
                text: "Kept out for 2 hours: insults".to_owned(),
                agents: vec![],
                groups: vec![],
            },
            AgentCommand::BlockCustomer {
                customer,
                minutes: Some(120),
            },
        ]
    );
    let mut seat = at_carol(None);
    seat.press("<esc>Xgood<enter><enter><enter>");
    told(&mut seat, true);
    seat.sees("carol is kept out for good.");
}

#[test]
fn the_address_goes_by_another_way() {
    let mut seat = at_carol(None);
    let customer = seat.desk.row("carol").customer.id;
    seat.press("<esc>X1d<enter>spam<enter><ctrl-u>yes<enter>");
    let orders = seat.ordered();
    let asked = orders.iter().find_map(|order| match order {
        Order::BlockAddresses(it) => Some(it.clone()),
        _ => None,
    });
    let wish = WithAddresses {
        customer,
        minutes: Some(1_440),
        reason: "spam".to_owned(),
    };
    assert_eq!(asked, Some(wish));
    seat.input(minicom_tui_kit::Input::Message(crate::app::Msg::Addresses(Err(
        Shown::fixed("No such thing."),
    ))));
    seat.sees("No such thing.");
}

#[test]
fn who_is_kept_out_is_shown_so_and_let_in_again() {
    let mut seat = at_carol(Some(None));
    let customer = seat.desk.row("carol").customer.id;
    seat.sees("kept out").sees("for good");
    seat.press("<esc>X").sees("let in again");
    seat.press("<enter>");
    assert_eq!(seat.sent()[0].1, AgentCommand::UnblockCustomer { customer });
    at_carol(Some(Some(90))).sees("until 15:29");
}

#[test]
fn what_the_site_says_is_told_apart_and_passes_the_gate() {
    let mut seat = at_carol(None);
    seat.sees("verified by site").sees("THE SITE SAYS");
    seat.sees("carol@example.test").sees("Pro").sees_no("\u{1b}");
}

#[test]
fn without_a_connection_nobody_is_kept_out() {
    let mut seat = at_carol(None);
    seat.lose();
    seat.press("<esc>X")
        .sees("needs a connection")
        .sees_no("Keep carol out");
}

#[test]
fn how_long_in_words() {
    for (minutes, words) in [
        (None, "for good"),
        (Some(1), "for 1 minute"),
        (Some(60), "for 1 hour"),
        (Some(90), "for 90 minutes"),
        (Some(1_440), "for 1 day"),
        (Some(10_080), "for 7 days"),
    ] {
        assert_eq!(how_long(minutes), words);
    }
}
