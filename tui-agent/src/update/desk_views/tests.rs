//! The views of the desk: keys and answers in, commands and screens out. Here is the desk that they look at.

mod asking;
mod customers;
mod hostile;
mod lessons;
mod library;
mod old_chats;
mod screens;
mod settings;
mod staff;
mod statistics;
mod tickets;

use minicom_protocol::{
    event::{EventBody, Noted, ReplyChanged, Subject, TicketChanged},
    frame::{AgentQuestion, AgentReply},
    ids::{ReplyId, TicketNo, Time},
    intake::Priority,
    library::{Article, ArticleRow, ReplyAction, SavedReply},
    queue::WhyNot,
    staff::Intent,
    text::MessageText,
    ticket::{Ticket, TicketChange, TicketComment, TicketStatus},
    words::{Skill, SubjectLine, Tag},
};
use minicom_tui_kit::testing::BENCH_START;

use crate::testing::{
    ADA, BO, Desk, Seat, agent,
    whys::{self, chance},
};

const MINUTE: i64 = 60_000_000;

fn tag(word: &str) -> Tag {
    Tag::parse(word).unwrap()
}

fn line(words: &str) -> SubjectLine {
    SubjectLine::parse(words).unwrap()
}

/// carol and dmitri wait, dmitri for somebody who speaks German; alice is Ada's, heidi and ivan are Bo's. Ada is an admin.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.by_admin()
        .member(ADA, |ada| ada.capacity = Some(3))
        .member(BO, |bo| {
            bo.capacity = Some(2);
            bo.skills = vec![Skill::parse("german").unwrap()];
        })
        .member("Cleo", |cleo| cleo.intent = Intent::Busy)
        .group("billing", &[BO], &["refunds"]);
    desk.ago(250)
        .says("carol", "My parcel is late.\nIt was order 48213.")
        .asks("carol");
    desk.ago(95)
        .with(|intake| {
            intake.priority = Priority::High;
            intake.skills = vec![Skill::parse("german").unwrap()];
            intake.subject = Some(line("invoice 991"));
        })
        .says("dmitri", "guten Tag")
        .asks("dmitri");
    desk.ago(60).says("alice", "hello").taken("alice", ADA);
    desk.ago(50).says("heidi", "hello").taken("heidi", BO);
    desk.ago(40)
        .says("ivan", "later, please")
        .taken("ivan", BO)
        .snoozed("ivan", BO, None);
    desk
}

/// In the list, on carol.
fn seat_at(desk: Desk, width: u16, height: u16) -> Seat {
    let mut seat = Seat::at(desk, width, height);
    seat.press("<esc>");
    seat.ordered();
    seat
}

fn seat() -> Seat {
    let mut seat = seat_at(desk(), 80, 24);
    // The first of the queue is dmitri, who is more urgent.
    seat.press("2").sees("carol   ");
    seat
}

/// Does something by its name in the menu.
fn menu(seat: &mut Seat, name: &str) {
    seat.press(&format!(":{name}<enter>"));
}

fn why(seat: &Seat, name: &str) -> (AgentQuestion, AgentReply) {
    let conversation = seat.desk.conversation(name);
    let missing = || WhyNot::Skills {
        missing: vec![Skill::parse("german").unwrap()],
    };
    let agents = vec![
        chance(ADA, Some(missing()), Some(missing())),
        chance(BO, None, Some(WhyNot::NotThere)),
        chance("Cleo", Some(WhyNot::Full { active: 2, capacity: 2 }), None),
    ];
    whys::why(conversation, Some(1), Priority::Urgent, agents)
}

fn ticket(seat: &Seat, number: u64, title: &str, status: TicketStatus, assignee: Option<&str>) -> Ticket {
    Ticket {
        number: TicketNo(number),
        title: line(title),
        status,
        assignee: assignee.map(agent),
        conversation: seat.desk.conversation("alice"),
        customer: seat.desk.row("alice").customer.clone(),
        opened_by: agent(BO),
        opened_at: Time(BENCH_START - 90 * MINUTE),
        updated_at: Time(BENCH_START - (20 - i64::try_from(number).unwrap()) * MINUTE),
        comments: 1,
    }
}

fn comment(by: &str, text: &str) -> TicketComment {
    TicketComment {
        by: agent(by),
        at: Time(BENCH_START - 30 * MINUTE),
        text: text.to_owned(),
    }
}

/// The server knows these tickets.
fn knows_tickets(seat: &mut Seat, tickets: &[Ticket]) {
    for status in [
        None,
        Some(TicketStatus::Open),
        Some(TicketStatus::Pending),
        Some(TicketStatus::Solved),
    ] {
        for assignee in [None, Some(agent(ADA).id)] {
            let question = AgentQuestion::Tickets {
                status,
                assignee,
                before: None,
                limit: 100,
            };
            let fits = |it: &&Ticket| {
                status.is_none_or(|status| status == it.status)
                    && (assignee.is_none() || assignee == it.assignee.as_ref().map(|it| it.id))
            };
            let tickets = tickets.iter().filter(fits).cloned().collect();
            seat.desk
                .replies
                .push((question, AgentReply::Tickets { tickets, more: false }));
        }
    }
    for ticket in tickets {
        let question = AgentQuestion::Ticket { number: ticket.number };
        let reply = AgentReply::Ticket {
            ticket: ticket.clone(),
            comments: vec![comment(BO, "I called the depot.\nThey look for it.")],
        };
        seat.desk.replies.push((question, reply));
    }
}

/// A ticket is changed by Bo, and everybody is told.
fn ticket_changes(seat: &mut Seat, ticket: &Ticket, comments: Vec<TicketComment>) {
    let question = AgentQuestion::Ticket { number: ticket.number };
    seat.desk.replies.retain(|(asked, _)| *asked != question);
    let reply = AgentReply::Ticket {
        ticket: ticket.clone(),
        comments,
    };
    seat.desk.replies.push((question, reply));
    let body = EventBody::TicketChanged(TicketChanged {
        ticket: ticket.clone(),
        by: agent(BO),
        what: TicketChange::Status,
    });
    let subject = Subject::Ticket { number: ticket.number };
    seat.happens(|desk| desk.add(subject, body));
}

fn mentions_ada(seat: &mut Seat, name: &str, text: &str) {
    let noted = EventBody::Noted(Noted {
        agent: agent(BO),
        text: MessageText::parse(text).unwrap(),
        mentions: vec![agent(ADA).id],
        handover: false,
    });
    seat.happens(|desk| desk.happens(name, noted));
}

fn saved(code: &str, title: &str, text: &str) -> SavedReply {
    SavedReply {
        id: ReplyId::from_bytes([code.as_bytes()[0]; 16]),
        code: tag(code),
        title: line(title),
        text: text.to_owned(),
        owner: None,
        actions: vec![],
        uses: 7,
        questions: None,
    }
}

fn knows_replies(seat: &mut Seat) {
    let mine = SavedReply {
        owner: Some(agent(ADA).id),
        actions: vec![ReplyAction::Tag { tag: tag("vip") }, ReplyAction::Close],
        ..saved("thanks", "a farewell", "Thank you, {{customer_name}}!\nCome back soon.")
    };
    for reply in [
        saved("hi", "a greeting", "Hello {{customer_name}}, {{agent_name}} here."),
        mine,
    ] {
        let body = EventBody::ReplyChanged(ReplyChanged { reply });
        seat.happens(|desk| desk.add(Subject::Library, body));
    }
}

fn article(slug: &str, title: &str, published: bool) -> ArticleRow {
    ArticleRow {
        slug: tag(slug),
        title: line(title),
        tags: vec![tag("money")],
        published,
        updated_at: Time(BENCH_START - 60 * MINUTE),
        updated_by: Some(agent(BO)),
        excerpt: "Send it back.".to_owned(),
    }
}

fn knows_articles(seat: &mut Seat, query: &str, articles: &[ArticleRow]) {
    let question = AgentQuestion::Articles {
        query: query.to_owned(),
        limit: crate::desk_view::ARTICLES_MAX,
    };
    seat.desk.replies.retain(|(asked, _)| *asked != question);
    let articles_told = AgentReply::Articles {
        articles: articles.to_vec(),
    };
    seat.desk.replies.push((question, articles_told));
    for row in articles {
        let question = AgentQuestion::Article { slug: row.slug.clone() };
        let article = Article {
            slug: row.slug.clone(),
            title: row.title.clone(),
            body: "Send it **back** within 30 days.\n\n- with the label".to_owned(),
            questions: None,
        };
        let row = row.clone();
        seat.desk.replies.push((question, AgentReply::Article { article, row }));
    }
}
