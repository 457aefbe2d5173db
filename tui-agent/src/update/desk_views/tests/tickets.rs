//! Tickets: made, listed, read, changed, exported.

use minicom_protocol::{
    command::{AgentCommand, Assignee},
    event::{EventBody, Ticketed},
    ids::TicketNo,
    ticket::{Ticket, TicketStatus},
};

use super::{comment, knows_tickets, line, seat, ticket, ticket_changes};
use crate::{
    app::Order,
    testing::{ADA, BO, Seat, agent},
};

fn with_tickets() -> Seat {
    let mut seat = seat();
    let tickets = [
        ticket(&seat, 2, "send a new label", TicketStatus::Open, Some(ADA)),
        ticket(&seat, 1, "look for the parcel", TicketStatus::Solved, None),
    ];
    knows_tickets(&mut seat, &tickets);
    seat.ordered();
    seat
}

fn made(seat: &Seat, title: &str) -> Vec<AgentCommand> {
    vec![AgentCommand::ConvertToTicket {
        conversation: seat.desk.conversation("carol"),
        title: Some(line(title)),
    }]
}

#[test]
fn a_ticket_begins_with_the_subject_and_copies_no_line() {
    let mut seat = seat();
    seat.press("K")
        .sees("Ticket of the chat with carol")
        .sees("Conversation 1 with carol");
    seat.press("<enter>");
    let expected = made(&seat, "Conversation 1 with carol");
    assert_eq!(seat.commands(), expected);
    seat.press("1K").sees("invoice 991");
    let mut seat = self::seat();
    seat.press("Kfind it<enter>");
    let expected = made(&seat, "find it");
    assert_eq!(
        seat.commands(),
        expected,
        "what is typed is the title, and not the end of one"
    );
}

#[test]
fn its_number_is_told_and_the_key_opens_it_from_then_on() {
    let mut seat = seat();
    seat.press("K<ctrl-u>find it<enter>");
    let sent = seat.sent();
    let [(id, command)] = &sent[..] else { panic!("{sent:?}") };
    let done = minicom_protocol::command::Done {
        ticket: Some(TicketNo(12)),
        rev: Some(minicom_protocol::ids::Rev(99)),
        ..Default::default()
    };
    seat.client(minicom_client::ClientEvent::Answered {
        id: *id,
        command: command.clone(),
        outcome: minicom_protocol::command::Outcome::Done(done),
    });
    seat.sees("Ticket 12 was made. K opens it.");
    let ticketed = EventBody::Ticketed(Ticketed {
        agent: agent(ADA),
        ticket: TicketNo(12),
    });
    seat.happens(|desk| desk.happens("carol", ticketed));
    seat.press("K")
        .sees("── Ticket 12 ──")
        .sees("There is nothing of that name or id here.");
    assert_eq!(seat.commands(), []);
}

#[test]
fn the_list_is_filtered_and_live() {
    let mut seat = with_tickets();
    seat.press("T")
        .sees("Tickets")
        .sees("send a new label")
        .sees("look for the parcel");
    assert!(seat.row_with("send a new label").contains("you"));
    assert!(seat.row_with("look for the parcel").contains("nobody"));
    seat.press("s").sees("Tickets · open").sees_no("look for the parcel");
    seat.press("s").sees("Tickets · pending").sees("No ticket is so");
    seat.press("s")
        .sees("Tickets · solved")
        .sees("look for the parcel")
        .sees_no("label");
    seat.press("s").sees("send a new label").sees("look for the parcel");
    seat.press("m").sees("Tickets · mine").sees_no("look for the parcel");
    seat.press("m");
    let third = Ticket {
        updated_at: minicom_protocol::ids::Time(seat.bench.now().wall),
        ..ticket(&seat, 3, "call alice", TicketStatus::Open, None)
    };
    ticket_changes(&mut seat, &third, vec![]);
    let screen = seat.bench.screen();
    assert!(screen.find("call alice") < screen.find("send a new label"), "{screen}");
}

#[test]
fn a_ticket_is_read_with_its_comments_and_kept_up() {
    let mut seat = with_tickets();
    seat.press("T")
        .press("<enter>")
        .sees("send a new label")
        .sees("status        open")
        .sees("done by       you");
    seat.sees("customer      alice")
        .sees("I called the depot.")
        .sees("They look for it.");
    let changed = Ticket {
        status: TicketStatus::Pending,
        assignee: Some(agent(BO)),
        comments: 2,
        updated_at: minicom_protocol::ids::Time(seat.bench.now().wall),
        ..ticket(&seat, 2, "send a new label", TicketStatus::Open, Some(ADA))
    };
    ticket_changes(&mut seat, &changed, vec![comment(BO, "one"), comment(ADA, "and two")]);
    seat.sees("status        pending")
        .sees("done by       Bo")
        .sees("COMMENTS 2")
        .sees("and two");
    seat.press("o").sees_no("COMMENTS").sees("yours since");
}

#[test]
fn a_ticket_is_commented_given_set_and_renamed() {
    let ticket = TicketNo(2);
    let nothing = || AgentCommand::ChangeTicket {
        ticket,
        status: None,
        assignee: None,
        title: None,
    };
    let change = |change: fn(&mut AgentCommand)| {
        let mut command = nothing();
        change(&mut command);
        command
    };
    let to_bo = AgentCommand::ChangeTicket {
        ticket,
        status: None,
        assignee: Some(Assignee::Agent { agent: agent(BO).id }),
        title: None,
    };
    let to_nobody = AgentCommand::ChangeTicket {
        ticket,
        status: None,
        assignee: Some(Assignee::Nobody),
        title: None,
    };
    let solved = change(|it| {
        if let AgentCommand::ChangeTicket { status, .. } = it {
            *status = Some(TicketStatus::Solved);
        }
    });
    let renamed = AgentCommand::ChangeTicket {
        ticket,
        status: None,
        assignee: None,
        title: Some(line("send two labels")),
    };
    let commented = AgentCommand::CommentTicket {
        ticket,
        text: "on its way".to_owned(),
    };
    for (keys, expected, told) in [
        ("con its way<enter>", commented, "Ticket 2: commented."),
        ("a2", to_bo, "Ticket 2 is done by Bo."),
        ("anobody<enter>", to_nobody, "Ticket 2 is done by nobody."),
        ("s3", solved, "Ticket 2 is solved."),
        (
            "t<ctrl-u>send two labels<enter>",
            renamed,
            "Ticket 2 has another title.",
        ),
    ] {
        let mut seat = with_tickets();
        seat.press("T").press("<enter>").press(keys);
        let sent = seat.sent();
        assert_eq!(sent.iter().map(|it| &it.1).collect::<Vec<_>>(), [&expected], "{keys}");
        seat.sees("COMMENTS").orders.push(Order::Send {
            id: sent[0].0,
            command: expected,
        });
        seat.done(|desk| desk).sees(told);
    }
}

#[test]
fn an_empty_comment_is_refused_and_what_was_written_stays() {
    let mut seat = with_tickets();
    seat.press("T")
        .press("<enter>")
        .press("c<enter>")
        .sees("comment is needed");
    seat.press("half a sentence<esc>").sees("COMMENTS");
    assert_eq!(seat.commands(), []);
}

#[test]
fn without_a_connection_a_comment_is_kept() {
    let mut seat = with_tickets();
    seat.press("T").press("<enter>").lose();
    seat.press("clater<enter>")
        .sees("Kept on this computer, done when there is a connection.");
    assert!(matches!(seat.commands()[..], [AgentCommand::CommentTicket { .. }]));
}

#[test]
fn an_export_has_header_comments_and_the_whole_conversation() {
    let mut seat = with_tickets();
    for n in 0..450 {
        seat.desk.says("alice", &format!("line {n}"));
    }
    seat.hear();
    seat.press("T").press("<enter>");
    seat.ordered();
    seat.press("e");
    let files: Vec<(String, String)> = seat
        .ordered()
        .into_iter()
        .filter_map(|order| match order {
            Order::WriteFile { name, text } => Some((name, text)),
            _ => None,
        })
        .collect();
    let [(name, text)] = &files[..] else {
        panic!("{files:?}")
    };
    assert_eq!(name, "ticket-2");
    for words in [
        "# Ticket 2: send a new label",
        "I called the depot.",
        "    hello\n",
        "line 0\n",
        "line 449\n",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("parcel is late"), "another customer's words");
    seat.input(minicom_tui_kit::Input::Message(crate::app::Msg::Written(Ok(
        minicom_tui_kit::Shown::fixed("/home/ada/ticket-2.md"),
    ))));
    seat.sees("Written to /home/ada/ticket-2.md");
}

#[test]
fn the_chat_of_an_old_ticket_is_asked_for_and_opened_when_it_comes() {
    let mut seat = with_tickets();
    seat.happens(|desk| desk.closed("alice", minicom_protocol::stage::Closer::System));
    let old = seat.desk.conversation("alice");
    // The list has no rows of ended chats.
    let mut fresh = seat.desk.fresh();
    if let minicom_client::ClientEvent::Fresh { parts, .. } = &mut fresh {
        parts
            .iter_mut()
            .for_each(|part| part.conversations.retain(|row| row.conversation != old));
    }
    seat.client(fresh);
    seat.press("T").press("<enter>").sees("chat          ended").press("o");
    assert_eq!(seat.bench.app.conversation(), Some(old));
    seat.sees("alice");
}

#[test]
fn that_nothing_was_changed_is_told_no_longer_than_the_ticket_is_seen() {
    let mut seat = with_tickets();
    seat.press("T").press("<enter>").press("s1");
    let sent = seat.sent();
    let [(id, command)] = &sent[..] else { panic!("{sent:?}") };
    let (id, command) = (*id, command.clone());
    let outcome = minicom_protocol::command::Outcome::Done(minicom_protocol::command::Done::default());
    seat.client(minicom_client::ClientEvent::Answered { id, command, outcome });
    seat.sees("It was so already.").press("<esc>").sees_no("so already");
}
