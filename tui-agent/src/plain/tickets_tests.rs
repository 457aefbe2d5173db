//! Tickets in lines.

use minicom_protocol::{
    command::{AgentCommand, Assignee, Done, Outcome},
    event::{EventBody, Subject, TicketChanged, Ticketed},
    frame::{AgentQuestion, AgentReply},
    ids::{TicketNo, Time},
    ticket::{Ticket, TicketChange, TicketComment, TicketStatus},
};
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, agent},
};

fn ticket(script: &Script) -> Ticket {
    Ticket {
        number: TicketNo(7),
        title: "Find it".parse().unwrap(),
        status: TicketStatus::Open,
        assignee: None,
        conversation: script.desk.conversation("carol"),
        customer: script.desk.row("carol").customer.clone(),
        opened_by: agent(ADA),
        opened_at: Time(BENCH_START - 60_000_000),
        updated_at: Time(BENCH_START),
        comments: 1,
    }
}

#[test]
fn a_ticket_is_made_once() {
    let mut script = carol(mine());
    let conversation = script.desk.conversation("carol");
    script.lines(&["/ticket Find the parcel"]);
    let order = script.command();
    let title = Some("Find the parcel".parse().unwrap());
    assert_eq!(order.1, AgentCommand::ConvertToTicket { conversation, title });
    let made = EventBody::Ticketed(Ticketed {
        agent: agent(ADA),
        ticket: TicketNo(7),
    });
    script.done(order, |desk| desk.happens("carol", made));
    script.says(&["[carol] 14:00 -- you made ticket 7 of it"]);
    script.tells("/ticket", &["It is ticket 7 already: /ticket-show 7."]);
    // The server knew it first.
    let mut script = carol(mine());
    script.lines(&["/ticket"]);
    let order = script.command();
    assert_eq!(
        order.1,
        AgentCommand::ConvertToTicket {
            conversation,
            title: None
        }
    );
    script.answer(
        order,
        Outcome::Done(Done {
            ticket: Some(TicketNo(7)),
            ..Done::default()
        }),
    );
    script.says(&["It is ticket 7 already: /ticket-show 7."]);
}

#[test]
fn tickets_are_listed_and_told_with_their_comments() {
    let mut script = Script::at(waiting());
    let known = ticket(&script);
    let (status, assignee) = (Some(TicketStatus::Open), Some(agent(ADA).id));
    let (tickets, more, limit, before) = (vec![known.clone()], true, 50, None);
    script.replies(
        AgentQuestion::Tickets {
            status,
            assignee,
            before,
            limit,
        },
        AgentReply::Tickets { tickets, more },
    );
    let comment = TicketComment {
        by: agent(BO),
        at: Time(BENCH_START - 30_000_000),
        text: "called\n\u{1b}[2J".to_owned(),
    };
    let (number, comments) = (known.number, vec![comment]);
    script.replies(
        AgentQuestion::Ticket { number },
        AgentReply::Ticket {
            ticket: known,
            comments,
        },
    );
    script.tells(
        "/tickets open mine",
        &[
            "ticket 7: Find it; open, nobody, of carol, 1 comment",
            "... and older ones: /tickets STATUS tells fewer.",
        ],
    );
    script.tells(
        "/ticket-show #7",
        &[
            "ticket 7: Find it; open, nobody, of carol, 1 comment",
            "Made 13:59 by you of the conversation with carol: /open carol",
            "13:59 Bo: called␤␛[2J",
        ],
    );
    script.tells("/tickets", &["There is no such ticket."]);
    script.tells(
        "/tickets closed",
        &["Write /tickets [open|pending|solved] [mine]. Nothing was done."],
    );
    script.tells("/ticket-show 9", &["There is no ticket 9. /tickets tells them."]);
    script.tells("/ticket-show 0", &["Write /ticket-show N. Nothing was done."]);
}

#[test]
fn a_ticket_is_changed_and_its_changes_are_heard() {
    let change = |status, assignee, title| AgentCommand::ChangeTicket {
        ticket: TicketNo(7),
        status,
        assignee,
        title,
    };
    let bo = Assignee::Agent { agent: agent(BO).id };
    let text = "call her".to_owned();
    for (line, expected) in [
        (
            "/ticket-status 7 solved",
            change(Some(TicketStatus::Solved), None, None),
        ),
        ("/ticket-assign 7 bo", change(None, Some(bo), None)),
        ("/ticket-assign 7 nobody", change(None, Some(Assignee::Nobody), None)),
        (
            "/ticket-title 7 Find it",
            change(None, None, Some("Find it".parse().unwrap())),
        ),
        (
            "/comment 7 call her",
            AgentCommand::CommentTicket {
                ticket: TicketNo(7),
                text,
            },
        ),
    ] {
        let mut script = Script::at(waiting());
        assert_eq!(script.gives(line), expected, "{line}");
    }
    let mut script = Script::at(waiting());
    for line in [
        "/ticket-status 7 done",
        "/ticket-assign 7",
        "/comment 7",
        "/comment x y",
    ] {
        script.lines(&[line]);
        assert!(script.said.pop().unwrap().starts_with("Write /"), "{line}");
    }
    let told = |script: &mut Script, what, change: fn(&mut Ticket)| {
        let mut ticket = ticket(script);
        change(&mut ticket);
        let (by, number) = (agent(BO), ticket.number);
        script.hear(|desk| {
            desk.add(
                Subject::Ticket { number },
                EventBody::TicketChanged(TicketChanged { ticket, by, what }),
            )
        });
        std::mem::take(&mut script.said)
    };
    let nobody: [&str; 0] = [];
    assert_eq!(told(&mut script, TicketChange::Opened, |_| {}), nobody);
    assert_eq!(
        told(&mut script, TicketChange::Status, |it| it.status =
            TicketStatus::Pending),
        ["[carol] 14:00 -- Bo set ticket 7 to pending"]
    );
    assert_eq!(
        told(&mut script, TicketChange::Assigned, |it| it.assignee = Some(agent(ADA))),
        ["[carol] 14:00 -- Bo gave ticket 7 to you"]
    );
    let text = "done\u{1b}".to_owned();
    assert_eq!(
        told(&mut script, TicketChange::Commented { text }, |_| {}),
        ["[carol] 14:00 -- [ticket 7] Bo: done␛"]
    );
}
