//! Where the customer's program shows what others wrote, and what a server says.

use std::time::{Duration, Instant};

use minicom_client::{ClientEvent, CommandIds, ConnState};
use minicom_protocol::{
    customer_event::Author,
    frame::{CustomerMe, CustomerSignal, CustomerSnapshot, Customers},
    gate::Shown,
    ids::{Cursor, Mark},
    intake::ClientInfo,
    refusal::Refusal,
    text::{CustomerName, MessageText},
};
use minicom_tui_kit::{
    Now, Zone,
    plain::{PlainApp as _, PlainEffect, PlainInput, as_line, meaning},
    testing::{
        BENCH_START,
        places::{Given, Place},
        wire::{Between, only_own_words},
    },
};
use serde_json::json;

use super::rig::{self, Desk, Rig};
use crate::{Beginning, Lines, Msg, Wishes, exporting};

/// All of them.
pub const PLACES: &[Place] = &[
    ("screen of a customer", screen),
    ("--plain of a customer", lines),
    ("minicom-chat --export", export),
];

fn message(text: &str) -> &str {
    MessageText::parse(text).map_or("a line", |_| text)
}

fn desk(given: &Given) -> Desk {
    let mut desk = Desk::story();
    desk.says(4, Author::Customer, message(&given.a));
    desk.says(4, rig::agent(), message(&given.b));
    desk
}

/// A desk that calls itself so, and asks such things.
fn me(given: &Given) -> CustomerMe {
    CustomerMe {
        desk: given.a.clone(),
        subtitle: given.b.clone(),
        colour: given.a.clone(),
        consent: given.b.clone(),
        ..rig::asking(&[("order", given.a.as_str())])
    }
}

/// What a server can say beside what happened.
fn said(given: &Given, at: Instant, seq: minicom_protocol::ids::Seq) -> Vec<ClientEvent<Customers>> {
    let retry_at = at + Duration::from_secs(9);
    let refusal = Refusal::Unknown {
        code: given.b.clone(),
        message: given.a.clone(),
        retryable: true,
    };
    let text = given.a.clone();
    vec![
        ClientEvent::Signal(CustomerSignal::BotDelta { text, at: seq }),
        ClientEvent::Deferred(refusal),
        ClientEvent::OutboxTrouble(given.b.clone()),
        ClientEvent::State(ConnState::Untrusted {
            retry_at,
            why: given.a.clone(),
        }),
        ClientEvent::State(ConnState::Reconnecting {
            retry_at,
            attempt: 1,
            why: given.b.clone(),
        }),
    ]
}

fn screen(given: &Given) -> Result<(), String> {
    let mut rig = Rig::with(
        rig::settings(given.theme),
        desk(given),
        given.size.width,
        given.size.height,
    );
    rig.bench.wire(false);
    rig.connect_as(me(given));
    rig.bench
        .draw_on_wire()
        .paste(&given.a)
        .draw_on_wire()
        .press("<enter>")
        .draw_on_wire();
    rig.bench
        .press("<esc><esc><f1>")
        .draw_on_wire()
        .press("<esc><ctrl-k>")
        .paste(&given.b)
        .draw_on_wire();
    rig.bench.press("<esc>");
    let seq = rig.desk.view.seq;
    for event in said(given, rig.start, seq) {
        rig.tell(event).bench.draw_on_wire();
    }
    rig.bench.tell(Msg::FileRead {
        title: Shown::line(&given.a),
        text: Ok(given.b.clone()),
    });
    rig.bench.draw_on_wire().on_wire()?;
    rig.bench.leave_wire().map(drop)
}

fn lines(given: &Given) -> Result<(), String> {
    let name = CustomerName::parse("carol").map_err(|refused| refused.to_string())?;
    let (ids, start) = (CommandIds::starting_at(1), Instant::now());
    let beginning = Beginning::new(Wishes::default(), "tui", ClientInfo::default());
    let mut app = Lines::new(name, Zone::utc(), ids, start, true, beginning).called(given.a.clone());
    let desk = desk(given);
    let at = desk.view.seq.0;
    let snapshot = CustomerSnapshot {
        view: desk.view.clone(),
        events: desk.events.clone(),
        more: false,
    };
    let client = |event| PlainInput::Message(Msg::Client(event));
    let mut inputs = vec![
        client(ClientEvent::Fresh {
            me: me(given),
            time: rig::minute(0),
            cursor: Cursor { at, mark: Mark(at) },
            parts: vec![snapshot],
        }),
        client(ClientEvent::State(ConnState::Live)),
    ];
    inputs.extend(["/help", "/show", "/who"].iter().filter_map(|line| meaning(line)));
    inputs.extend(meaning(&given.a));
    inputs.extend(said(given, start, desk.view.seq).into_iter().map(client));
    let now = Now {
        elapsed: Duration::ZERO,
        wall: BENCH_START,
    };
    let mut text = String::new();
    for effect in inputs.into_iter().flat_map(|input| app.update(input, now)) {
        if let PlainEffect::Say(words) = effect {
            text.push_str(&as_line(&words));
        }
    }
    only_own_words(text.as_bytes(), Between::Lines)
}

fn export(given: &Given) -> Result<(), String> {
    let Given { a, b, .. } = given;
    let text = exporting::as_text([
        json!({"export": "conversation", "number": b, "opened_at": a, "subject": b}),
        json!({"export": "rating", "at": b, "score": 3, "comment": a}),
        json!({"export": "ticket", "number": 1, "title": a, "status": b, "opened_at": a}),
    ]);
    only_own_words(text.as_bytes(), Between::Lines)
}
