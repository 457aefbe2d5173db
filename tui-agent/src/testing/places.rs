//! Where the agent's program shows what strangers wrote, and what a server says.

use std::time::Duration;

use minicom_client::{ClientEvent, CommandIds, ConnState, doctor, limits::LIBRARY_PAGE};
use minicom_protocol::{
    command::Outcome,
    frame::{AgentQuestion, AgentReply, Agents, Typist},
    ids::{ReplyId, TicketNo},
    library::SavedReply,
    refusal::Refusal,
    text::{CustomerName, MessageText},
    ticket::{Ticket, TicketComment, TicketStatus},
    words::{SubjectLine, Tag},
};
use minicom_tui_kit::{
    Now, Zone,
    plain::{PlainApp, PlainEffect, PlainInput, as_line, meaning},
    testing::{
        BENCH_START,
        places::{Given, Place},
        wire::{Between, only_own_words},
    },
};
use serde_json::{Value, json};

use super::{ADA, Desk, Seat, agent, client_start};
use crate::{
    app::Msg,
    exit::{self, Failure},
    plain::{Listener, PlainAgent},
    shell::{
        format::{Format, Unknown},
        list, rows,
    },
};

/// All of them.
pub const PLACES: &[Place] = &[
    ("screen of an agent", screen),
    ("words of the server on an agent's screen", troubles),
    ("saved replies and tickets on an agent's screen", library),
    ("--plain of an agent", lines),
    ("minicom-agent list", shell),
    ("the end of minicom-agent", end),
    ("doctor", doctor),
];

/// What is opened over a chat, key by key.
const OVER: &[&str] = &[
    "<ctrl-k>", "<f1>", "<f4>", "<f7>", "<alt-l>", "<alt-c>", "<alt-z>", "/", "<f10>", "<alt-m>",
];

fn message(text: &str) -> &str {
    MessageText::parse(text).map_or("a line", |_| text)
}

/// A desk where one customer says one text, and has the other for a name if it can be one.
fn desk(given: &Given) -> (Desk, String) {
    let name = CustomerName::parse(&given.a).map_or("carol".to_owned(), |name| name.as_str().to_owned());
    let mut desk = Desk::new();
    desk.ago(99)
        .says(&name, message(&given.a))
        .asks(&name)
        .taken(&name, ADA);
    desk.replies(&name, ADA, message(&given.b))
        .says(&name, message(&given.b));
    let customer = desk.row(&name).customer.id;
    let extra = AgentReply::Extra {
        lines: vec![given.a.clone(), given.b.clone()],
        trouble: Some(given.b.clone()),
    };
    desk.replies.push((AgentQuestion::Extra { customer }, extra));
    (desk, name)
}

fn screen(given: &Given) -> Result<(), String> {
    let (desk, name) = desk(given);
    let mut seat = Seat::with(desk, given.size.width, given.size.height, given.theme);
    seat.bench.wire(false);
    seat.press("<enter>");
    seat.bench.draw_on_wire();
    let delta = seat.desk.bot_delta(&name, &given.a);
    seat.client(delta);
    let types = seat.desk.types(&name, Typist::Customer, true);
    seat.client(types);
    seat.happens(|desk| desk.says(&name, message(&given.a)));
    seat.bench.draw_on_wire();
    seat.bench.paste(&given.b).draw_on_wire();
    let over = OVER[usize::from(given.size.width + given.size.height) % OVER.len()];
    seat.press(over);
    seat.bench.draw_on_wire().paste(&given.a).draw_on_wire().on_wire()?;
    seat.bench.leave_wire().map(drop)
}

/// The desk has a saved reply and a ticket of these words, and the customer's own.
fn with_library(desk: &mut Desk, name: &str, given: &Given) {
    let title = SubjectLine::parse(&given.a).unwrap_or_else(|_| SubjectLine::parse("a title").expect("it fits"));
    let reply = SavedReply {
        id: ReplyId::from_bytes([1; 16]),
        code: Tag::parse("refund").expect("it fits"),
        title: title.clone(),
        text: given.b.clone(),
        owner: None,
        actions: Vec::new(),
        uses: 3,
        questions: Some(vec![title.clone()]),
    };
    let all = AgentQuestion::Replies {
        query: String::new(),
        after: None,
        limit: LIBRARY_PAGE,
    };
    let replies = vec![reply];
    desk.replies.push((all, AgentReply::Replies { replies, more: false }));
    let row = desk.row(name);
    let ticket = Ticket {
        number: TicketNo(1),
        title,
        status: TicketStatus::Open,
        assignee: Some(agent(ADA)),
        conversation: row.conversation,
        customer: row.customer.clone(),
        opened_by: agent(ADA),
        opened_at: row.opened_at,
        updated_at: row.opened_at,
        comments: 1,
    };
    let comment = TicketComment {
        by: agent(ADA),
        at: row.opened_at,
        text: given.b.clone(),
    };
    for (status, assignee) in [
        (None, None),
        (Some(TicketStatus::Open), None),
        (None, Some(agent(ADA).id)),
    ] {
        let question = AgentQuestion::Tickets {
            status,
            assignee,
            before: None,
            limit: LIBRARY_PAGE,
        };
        let tickets = vec![ticket.clone()];
        desk.replies
            .push((question, AgentReply::Tickets { tickets, more: false }));
    }
    let question = AgentQuestion::Ticket { number: ticket.number };
    let comments = vec![comment];
    desk.replies.push((question, AgentReply::Ticket { ticket, comments }));
}

fn library(given: &Given) -> Result<(), String> {
    let (mut desk, name) = desk(given);
    with_library(&mut desk, &name, given);
    let mut seat = Seat::with(desk, given.size.width, given.size.height, given.theme);
    seat.bench.wire(false);
    for keys in [
        "<enter>/",
        "<tab>",
        "<enter>",
        "<ctrl-c><esc>T",
        "<enter>",
        "<esc><esc>:saved replies: make<enter>",
        "<enter>",
    ] {
        seat.press(keys);
        seat.bench.draw_on_wire();
    }
    seat.bench.on_wire()?;
    seat.bench.leave_wire().map(drop)
}

/// What a server can say beside what happened.
fn said(given: &Given) -> [ClientEvent<Agents>; 4] {
    let retry_at = client_start() + Duration::from_secs(9);
    let why = given.a.clone();
    let refusal = Refusal::Unknown {
        code: given.b.clone(),
        message: given.a.clone(),
        retryable: true,
    };
    [
        ClientEvent::State(ConnState::Reconnecting {
            retry_at,
            attempt: 1,
            why,
        }),
        ClientEvent::State(ConnState::Untrusted {
            retry_at,
            why: given.b.clone(),
        }),
        ClientEvent::OutboxTrouble(given.a.clone()),
        ClientEvent::Deferred(refusal),
    ]
}

fn troubles(given: &Given) -> Result<(), String> {
    let (desk, _) = desk(given);
    let mut seat = Seat::with(desk, given.size.width, given.size.height, given.theme);
    seat.bench.wire(false);
    seat.press("<enter>hello<enter>");
    for (id, command) in seat.sent() {
        let refusal = Refusal::Unknown {
            code: given.a.clone(),
            message: given.b.clone(),
            retryable: false,
        };
        let outcome = Outcome::Refused { refusal };
        seat.client(ClientEvent::Answered { id, command, outcome });
        seat.bench.draw_on_wire();
    }
    for event in said(given) {
        seat.client(event);
        seat.bench.draw_on_wire();
    }
    seat.bench.on_wire()?;
    seat.bench.leave_wire().map(drop)
}

fn lines(given: &Given) -> Result<(), String> {
    let (mut desk, name) = desk(given);
    let listener = Listener {
        person: true,
        rings: true,
    };
    let mut app = PlainAgent::new(Zone::utc(), CommandIds::starting_at(7), client_start(), listener);
    let client = |event| PlainInput::Message(Msg::Client(Box::new(event)));
    let mut inputs = vec![client(desk.fresh()), client(ClientEvent::State(ConnState::Live))];
    inputs.extend(meaning(&format!("/open {name}")));
    desk.says(&name, message(&given.b));
    inputs.push(client(desk.batch()));
    inputs.extend(["/list", "/who", "/context"].iter().filter_map(|line| meaning(line)));
    inputs.extend(meaning(&given.a));
    inputs.extend(said(given).map(client));
    let mut text = String::new();
    let now = Now {
        elapsed: Duration::ZERO,
        wall: BENCH_START,
    };
    while !inputs.is_empty() {
        for effect in app.update(inputs.remove(0), now) {
            match effect {
                PlainEffect::Say(words) => text.push_str(&as_line(&words)),
                PlainEffect::Program(crate::app::Order::Ask(question)) => {
                    inputs.insert(0, client(desk.reply(question)))
                }
                _ => {}
            }
        }
    }
    only_own_words(text.as_bytes(), Between::Lines)
}

fn shell(given: &Given) -> Result<(), String> {
    let Given { a, b, .. } = given;
    let row = json!({"session_id": b, "stage": "active", "customer_id": a, "agent_id": "2", "agent": {"name": b},
        "unread_count": a, "message_count": 2, "last_message_at": b, "queued_at": a, "unanswered_since": b});
    let now = jiff::Timestamp::UNIX_EPOCH;
    let table = list::table(std::slice::from_ref(&row), "1", &Zone::utc(), now);
    only_own_words(table.as_bytes(), Between::Columns)?;
    only_own_words(rows::json_line(&row).as_bytes(), Between::Lines)?;
    let format = Format::parse("{customer} {owner}: {id} {wait}").map_err(|failure| failure.words)?;
    let filled = format.fill(&row, Unknown::Empty, |name| rows::extra(&row, name, now));
    let text = filled.unwrap_or_else(|failure| failure.told("minicom-agent"));
    only_own_words(text.as_bytes(), Between::Lines)
}

fn end(given: &Given) -> Result<(), String> {
    let failure = Failure::new(exit::BUG, format!("{}: {}", given.a, given.b));
    only_own_words(failure.told("minicom-agent").as_bytes(), Between::Lines)?;
    let usage = exit::usage_words(&format!("error: '{}'\n\nUsage: {}", given.a, given.b));
    only_own_words(usage.as_str().as_bytes(), Between::Lines)
}

fn doctor(given: &Given) -> Result<(), String> {
    let parts = [
        doctor::Part::ok("name", given.a.as_str()),
        doctor::Part::fail("hello", given.b.as_str(), given.a.as_str()),
    ];
    only_own_words(doctor::as_lines(&parts).as_bytes(), Between::Lines)?;
    let json = doctor::as_json(&parts);
    only_own_words(json.as_bytes(), Between::Lines)?;
    let read: Result<Value, _> = serde_json::from_str(&json);
    read.map(drop).map_err(|error| error.to_string())
}
