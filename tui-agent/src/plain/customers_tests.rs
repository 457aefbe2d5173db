//! Customers in lines.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    context::CustomerContext,
    frame::{AgentQuestion, AgentReply},
    ids::{ConversationId, CustomerId, TicketNo, Time},
    intake::Introduction,
    refusal::Refusal,
    settings::PreChatAnswer,
    stage::Closer,
    ticket::{Ticket, TicketStatus},
};
use minicom_tui_kit::testing::BENCH_START;

use crate::{
    plain::tests::{Script, carol, mine, waiting},
    testing::{ADA, BO, Desk, agent},
};

/// What the desk says of a customer, changed.
fn known(script: &mut Script, name: &str, change: impl FnOnce(&mut CustomerContext)) {
    let row = script.desk.row(name);
    let customer = row.customer.id;
    let question = AgentQuestion::Customer { customer };
    let minicom_client::ClientEvent::Reply { told, .. } = script.desk.reply(question.clone()) else {
        panic!()
    };
    let minicom_protocol::frame::Told::Reply(AgentReply::Customer { mut context }) = told else {
        panic!()
    };
    change(&mut context);
    script.replies(question, AgentReply::Customer { context });
}

fn ticket(number: u64, conversation: ConversationId, desk: &Desk) -> Ticket {
    Ticket {
        number: TicketNo(number),
        title: "Find it".parse().unwrap(),
        status: TicketStatus::Open,
        assignee: Some(agent(BO)),
        conversation,
        customer: desk.row("carol").customer.clone(),
        opened_by: agent(ADA),
        opened_at: Time(BENCH_START),
        updated_at: Time(BENCH_START),
        comments: 2,
    }
}

fn id(script: &Script, name: &str) -> CustomerId {
    script.desk.row(name).customer.id
}

#[test]
fn what_is_known_is_told_in_a_few_lines() {
    let mut script = Script::at(waiting());
    known(&mut script, "carol", |context| {
        context.verified = true;
        context.profile.name = Some("Carol [31mC".parse().unwrap());
        context.profile.email = Some("carol@example.test".parse().unwrap());
        context.profile.client.client = Some("minicom-chat\u{1b}[2J".to_owned());
        context.profile.client.utc_offset_min = Some(-90);
        context.profile.answers = vec![PreChatAnswer {
            key: "order".into(),
            text: "12\n13".into(),
        }];
        context.profile.attributes = BTreeMap::from([("plan".to_owned(), "pro".to_owned())]);
        (context.tickets, context.open_tickets) = (3, 1);
    });
    let customer = id(&script, "carol");
    let lines = vec!["Balance: 5\u{7}".to_owned()];
    let trouble = Some("it took too long".to_owned());
    script.replies(AgentQuestion::Extra { customer }, AgentReply::Extra { lines, trouble });
    script.tells(
        "/customer carol",
        &[
            "carol: verified by the site, called Carol [31mC, e-mail carol@example.test, first here 13:59.",
            "client minicom-chat␛[2J, there it is 12:30",
            "order: 12␤13",
            "plan=pro",
            "1 conversation (1 open), 3 tickets (1 open), 0 notes. /earlier and /notes tell them.",
            "| Balance: 5␇",
            "The desk's own command says no more: it took too long",
        ],
    );
}

#[test]
fn earlier_conversations_are_listed_and_read() {
    let mut desk = Desk::new();
    desk.ago(86_400 + 90)
        .says("carol", "where is it?")
        .bot("carol", "On its way")
        .closed("carol", Closer::Customer);
    desk.ago(60)
        .says("carol", "still not here")
        .asks("carol")
        .taken("carol", ADA);
    let mut script = carol(desk);
    let conversation = script.desk.conversation("carol");
    let ticket = ticket(7, conversation, &script.desk);
    known(&mut script, "carol", |context| context.newest_tickets = vec![ticket]);
    script.tells(
        "/earlier",
        &[
            "1. carol, Wednesday 19 November 13:58, 2 messages, ended 13:58 by the customer: On its way",
            "ticket 7: Find it; open, Bo, of carol, 2 comments",
        ],
    );
    script.tells(
        "/earlier 1",
        &[
            "[carol] 13:58 carol: where is it?",
            "[carol] 13:58 bot: On its way",
            "[carol] 13:58 -- carol ended the chat",
        ],
    );
    script.tells(
        "/earlier 2",
        &["There is no earlier conversation 2. /earlier tells them."],
    );
    script.tells("/earlier x", &["Write /earlier [N]. Nothing was done."]);
    let mut script = carol(mine());
    script.tells("/earlier", &["There is nothing earlier."]);
}

#[test]
fn something_is_said_of_a_customer() {
    let mut script = carol(waiting());
    let customer = id(&script, "carol");
    script.lines(&[r#"/describe name="Carol C" email=carol@example.test plan=pro note="#]);
    let order = script.command();
    let introduction = Introduction {
        name: Some("Carol C".parse().unwrap()),
        email: Some("carol@example.test".parse().unwrap()),
    };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let attributes = BTreeMap::from([pair("plan", "pro"), pair("note", "")]);
    assert_eq!(
        order.1,
        AgentCommand::DescribeCustomer {
            customer,
            introduction,
            attributes
        }
    );
    let rev = Some(script.app.replica.at());
    script.answer(order, Outcome::Done(Done { rev, ..Done::default() }));
    script.says(&["Noted of the customer."]);
    script.tells(
        "/describe email=x",
        &["This is not an e-mail address: it needs a name, one @ and a domain. Nothing was done."],
    );
    script.tells("/describe pro", &["Pro is no key=value. Nothing was done."]);
    script.tells("/describe name=\"C", &["A \" is missing at the end."]);
}

#[test]
fn two_customers_are_joined_on_a_second_word() {
    let mut desk = waiting();
    desk.says("carola", "me too");
    let mut script = Script::at(desk);
    script.tells("/merge carol carola", &[
        "This cannot be undone: carol and carola are shown as one person from then on. /merge \"carol\" \"carola\" yes does it.",
    ]);
    script.lines(&["/merge carol carola yes"]);
    let order = script.command();
    let (customer, also) = (id(&script, "carol"), id(&script, "carola"));
    assert_eq!(order.1, AgentCommand::MergeCustomers { customer, also });
    script.refused(order, Refusal::Verified);
    script.says(&["Refused: A customer whom the site vouches for cannot be joined with another."]);
    script.tells(
        "/merge carol carol yes",
        &["carol is one customer already. Nothing was done."],
    );
    script.tells(
        "/merge carol zed",
        &["There is no conversation with zed. /list tells them."],
    );
}
