//! What an agent reads who comes to a conversation.

use proptest::prelude::*;

use super::*;
use crate::{
    event::*,
    tests::{examples::every_event, fixtures::*},
};

fn asks(words: &str) -> EventBody {
    posted(Author::Customer, 1, words)
}

fn answers(words: &str) -> EventBody {
    posted(by(ada()), 1, words)
}

fn taken(agent: AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver {
        agent,
        by: None,
        routed: false,
    })
}

fn wanted() -> EventBody {
    EventBody::HumanRequested(HumanRequested {
        reason: HandOverReason::NotUnderstood,
        by_customer: false,
        respond_by: None,
        note: None,
    })
}

fn card(title: &str) -> EventBody {
    let EventBody::Posted(mut posted) = posted(Author::Bot, 1, "Here is how:") else {
        unreachable!()
    };
    posted.parts.push(Part::Card(CardPart {
        kind: CardTag::Card,
        slug: tag("returns"),
        title: line(title),
        excerpt: String::new(),
        fallback: title.to_owned(),
    }));
    EventBody::Posted(posted)
}

/// Of carol's conversation, in which this has happened, a minute each.
fn after(bodies: &[EventBody]) -> Recap {
    let opened = event(1, minute(0), EventBody::Opened(opened()));
    let mut row = Summary::open(&opened).unwrap();
    let events: Vec<Event> = (2..)
        .zip(bodies)
        .map(|(n, body)| event(n, minute(n.cast_signed() - 1), body.clone()))
        .collect();
    for event in &events {
        row.apply(event);
    }
    Recap::of(&row, std::iter::once(&opened).chain(&events))
}

fn clock(at: Time) -> String {
    format!("{} min", (at.0 - START.0) / 60_000_000)
}

#[test]
fn it_tells_who_what_by_whom_and_what_is_open() {
    let recap = after(&[
        asks("hello"),
        posted(Author::Bot, 1, "Hello! What can I do for you?"),
        asks("how do I send something back?"),
        card("Returns"),
        asks("no, it was broken when it came"),
        wanted(),
        taken(ada()),
        answers("I am sorry to hear that."),
        EventBody::Transferred(Transferred {
            by: ada(),
            to: Target::Agent { agent: bo() },
        }),
        asks("and who pays\nfor the parcel?"),
    ]);
    assert_eq!(
        recap.text(clock),
        "carol, 7 lines since 0 min, with Bo\n\
         Asked first (3 min): how do I send something back?\n\
         The bot tried: \"Hello! What can I do for you?\"; the article \"Returns\"\n\
         A person was wanted: the bot did not understand\n\
         Had by: Ada 7 min to 9 min; Bo 9 min to now\n\
         Answered last by Ada (8 min): I am sorry to hear that.\n\
         Open (10 min): and who pays for the parcel?"
    );
}

#[test]
fn a_line_that_is_gone_is_not_told_and_the_first_is_not_told_twice() {
    let EventBody::Posted(mut gone) = asks("my card is 4111 1111 1111 1111") else {
        unreachable!()
    };
    gone.parts.clear();
    let recap = after(&[asks("where is my parcel?"), EventBody::Posted(gone)]);
    assert_eq!(recap.open.len(), 1);
    assert_eq!(
        recap.text(clock),
        "carol, 2 lines since 0 min, with the bot\nAsked first (1 min): where is my parcel?"
    );
}

#[test]
fn what_the_bot_said_as_it_gave_up_is_no_try() {
    let posted = posted(Author::Bot, 1, "I am passing you to a person.");
    let mut recap = after(&[asks("where is my parcel?"), card("Returns")]);
    for body in [posted, wanted()] {
        recap.goes_on(&event(9, minute(9), body));
    }
    let tried: Vec<&str> = recap.tried.iter().map(|it| it.said.text.as_str()).collect();
    assert_eq!((tried.len(), recap.wanted), (1, Some(HandOverReason::NotUnderstood)));
}

proptest! {
    #[test]
    fn whatever_happens_it_stays_short(which in prop::collection::vec(0usize..1_000, 0..60), long in 0usize..2_000) {
        let every = every_event();
        let mut bodies: Vec<EventBody> = which.iter().map(|n| every[n % every.len()].body.clone()).collect();
        bodies.push(asks(&"long ".repeat(long + 1)));
        let mut recap = Recap::begin(&Summary::open(&event(1, minute(0), EventBody::Opened(opened()))).unwrap());
        for (n, body) in (2..).zip(bodies) {
            recap.goes_on(&event(n, minute(n.cast_signed()), body));
        }
        prop_assert!(recap.open.len() <= LISTED_MAX && recap.tried.len() <= LISTED_MAX);
        prop_assert!(recap.held.len() <= LISTED_MAX && recap.files.len() <= LISTED_MAX);
        prop_assert!(recap.open.iter().all(|it| it.text.chars().count() <= SAID_CHARS_MAX));
        prop_assert!(recap.held.iter().rev().skip(1).all(|it| it.until.is_some()), "one owner at a time");
        let told = recap.text(clock);
        prop_assert!(told.len() < 32 * 1024);
    }
}
