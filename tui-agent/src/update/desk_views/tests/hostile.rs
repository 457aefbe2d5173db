//! Names and texts made of escapes, holes, marks on marks and direction overrides do nothing but look odd, in every view.

use minicom_protocol::{
    event::{EventBody, ReplyChanged, Subject},
    frame::{AgentQuestion, AgentReply},
    library::Article,
    ticket::TicketStatus,
};

use super::{article, comment, knows_articles, knows_tickets, line, mentions_ada, menu, saved, seat, ticket};
use crate::testing::{BO, Seat};

fn hostile() -> String {
    format!(
        "\u{202e}a\u{1b}[2J\u{9b}31m{{{{customer_name}}}}\u{7}b{}\u{200b}",
        "\u{301}".repeat(300)
    )
}

/// A title cannot have control characters; everything else it can.
fn hostile_line() -> String {
    format!("\u{202e}evil\u{2066}{{{{x}}}}{}", "\u{301}".repeat(100))
}

#[track_caller]
fn is_harmless(seat: &Seat, view: &str) {
    let screen = seat.bench.screen();
    let raw = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}')
    };
    assert!(!screen.contains(raw), "{view}:\n{screen:?}");
    let piled = screen.chars().filter(|c| *c == '\u{301}').count();
    assert!(piled < 200, "{view}: {piled} marks");
}

#[test]
fn every_view_is_harmless() {
    let mut seat = seat();
    let bad = ticket(&seat, 1, &hostile_line(), TicketStatus::Open, Some(BO));
    knows_tickets(&mut seat, std::slice::from_ref(&bad));
    let question = AgentQuestion::Ticket { number: bad.number };
    seat.desk.replies.retain(|(asked, _)| *asked != question);
    let comments = vec![comment(BO, &hostile())];
    seat.desk
        .replies
        .push((question, AgentReply::Ticket { ticket: bad, comments }));
    mentions_ada(&mut seat, "alice", &hostile());
    let mut reply = saved("x", &hostile_line(), &hostile());
    reply.title = line(&hostile_line());
    let changed = EventBody::ReplyChanged(ReplyChanged { reply });
    seat.happens(|desk| desk.add(Subject::Library, changed));
    let row = article("bad", &hostile_line(), true);
    knows_articles(&mut seat, "", std::slice::from_ref(&row));
    seat.desk
        .replies
        .retain(|(asked, _)| !matches!(asked, AgentQuestion::Article { .. }));
    let whole = Article {
        slug: row.slug.clone(),
        title: row.title.clone(),
        body: format!("# {0}\n\n- {0}\n\n`{0}` &#27;[2J", hostile()),
        questions: None,
    };
    let slug = row.slug.clone();
    seat.desk.replies.push((
        AgentQuestion::Article { slug },
        AgentReply::Article { article: whole, row },
    ));
    for (view, keys) in [
        ("tickets", ""),
        ("tickets", "<enter>"),
        ("mentions", ""),
        ("replies", ""),
        ("articles", ""),
        ("articles", "<enter>"),
        ("desk settings", ""),
    ] {
        menu(&mut seat, view);
        seat.press(keys);
        is_harmless(&seat, &format!("{view} {keys}"));
        seat.press("<ctrl-c>");
    }
    seat.press("K");
    is_harmless(&seat, "new ticket");
}
