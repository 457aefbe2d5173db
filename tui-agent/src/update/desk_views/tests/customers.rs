//! Customers: what is known of them, and joining two.

use std::collections::BTreeMap;

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::AgentCommand,
    context::{AccountStatus, CustomerContext, Profile},
    frame::{AgentQuestion, AgentReply},
    intake::Introduction,
    people::Realm,
    refusal::Refusal,
    settings::{AttributeDef, AttributeKind},
    words::Email,
};

use super::{desk, line, menu, seat, seat_at};
use crate::testing::Seat;

fn kinds() -> Vec<AttributeDef> {
    let attribute = |key: &str, kind| AttributeDef {
        key: key.to_owned(),
        kind,
    };
    vec![
        attribute("plan", AttributeKind::Text),
        attribute("seats", AttributeKind::Number),
        attribute("newsletter", AttributeKind::YesNo),
        attribute("since", AttributeKind::Date),
    ]
}

/// On carol, whose plan is known.
fn at_carol() -> Seat {
    let mut desk = desk();
    desk.state.settings.attributes = kinds();
    let customer = desk.row("carol").customer.clone();
    let context = CustomerContext {
        customer: customer.clone(),
        profile: Profile {
            name: Some(line("Carol Ramos")),
            attributes: BTreeMap::from([("plan".to_owned(), "Pro".to_owned())]),
            ..Profile::default()
        },
        verified: false,
        first_seen: desk.row("carol").opened_at,
        status: AccountStatus::Active,
        also: vec![],
        conversations: 1,
        open_conversations: 1,
        newest: vec![],
        tickets: 0,
        open_tickets: 0,
        newest_tickets: vec![],
        notes: vec![],
    };
    let context = Box::new(context);
    let question = AgentQuestion::Customer { customer: customer.id };
    desk.replies.push((question, AgentReply::Customer { context }));
    let mut seat = seat_at(desk, 80, 24);
    seat.press("2");
    seat.ordered();
    seat
}

#[test]
fn only_what_was_changed_is_sent_and_an_empty_attribute_is_taken_away() {
    let mut seat = at_carol();
    menu(&mut seat, "edit customer");
    seat.sees("Customer carol").sees("Carol Ramos");
    seat.press("<enter>carol@example.test<enter><ctrl-u><enter>3<enter>yes<enter>2026-11-21<enter>");
    let attributes = [
        ("plan", ""),
        ("seats", "3"),
        ("newsletter", "yes"),
        ("since", "2026-11-21"),
    ];
    assert_eq!(
        seat.commands(),
        [AgentCommand::DescribeCustomer {
            customer: seat.desk.row("carol").customer.id,
            introduction: Introduction {
                name: None,
                email: Some(Email::parse("carol@example.test").unwrap()),
            },
            attributes: attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        }]
    );
    menu(&mut seat, "edit customer");
    seat.press("<enter><enter><enter><enter><enter><enter>")
        .sees("Nothing was changed.");
    assert_eq!(seat.commands(), []);
}

#[test]
fn every_attribute_is_checked_by_its_kind() {
    for (keys, words) in [
        ("<enter>carol<enter>", "this is not an e-mail address"),
        ("<enter><enter><enter>many<enter>", "a number"),
        ("<enter><enter><enter><enter>maybe<enter>", "say yes or no"),
        (
            "<enter><enter><enter><enter><enter>tomorrow<enter>",
            "a day, such as 2026-11-21",
        ),
    ] {
        let mut seat = at_carol();
        menu(&mut seat, "edit customer");
        seat.press(keys).sees(words);
        assert_eq!(seat.commands(), [], "{keys}");
    }
}

#[test]
fn two_customers_are_joined_by_name_and_with_a_yes() {
    let mut seat = seat();
    menu(&mut seat, "merge");
    seat.sees("carol is the same person as").sees("dmitri");
    seat.press("dmi<enter>")
        .sees("Join carol and dmitri")
        .sees("and it cannot be");
    seat.press("yes<enter>");
    let (customer, also) = (seat.desk.row("carol").customer.id, seat.desk.row("dmitri").customer.id);
    seat.sees_no("Join");
    let sent = seat.sent();
    assert_eq!(sent[0].1, AgentCommand::MergeCustomers { customer, also });
    seat.orders.push(crate::app::Order::Send {
        id: sent[0].0,
        command: sent[0].1.clone(),
    });
    seat.refused(Refusal::Verified).sees("whom the site vouches for");
}

#[test]
fn whom_the_site_vouches_for_is_told_and_not_offered() {
    let mut seat = seat();
    let mut fresh = seat.desk.fresh();
    if let ClientEvent::Fresh { parts, .. } = &mut fresh {
        let rows = parts.iter_mut().flat_map(|part| &mut part.conversations);
        rows.filter(|row| row.customer.name.as_str() == "dmitri")
            .for_each(|row| row.customer.realm = Realm::Signed);
    }
    seat.client(fresh);
    menu(&mut seat, "merge");
    seat.sees("the site vouches for this customer");
    seat.press("dmitri<enter>").sees("joined by hand");
    assert_eq!(seat.commands(), []);
    seat.press("<esc>1");
    menu(&mut seat, "merge");
    seat.sees("dmitri is vouched for by the site");
}

#[test]
fn a_customer_of_whom_nothing_is_here_yet_is_not_asked_about() {
    let mut seat = seat();
    seat.bench.press("3");
    seat.bench.press(":edit customer<enter>");
    seat.bench.sees("is still asked for");
}
