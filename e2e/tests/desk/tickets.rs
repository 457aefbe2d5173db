//! Tickets: one for a conversation however often it is asked for, the same for all who look, and what became of them.

use anyhow::{Context, Result, bail};
use minicom_client::{AgentReplica, TicketFilter};
use minicom_e2e::program::Seen;
use minicom_protocol::{
    command::{AgentCommand, Assignee},
    frame::{AgentQuestion, AgentReply},
    ids::TicketNo,
    refusal::Refusal,
    ticket::TicketStatus,
};

use super::desk::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_becomes_one_ticket_whoever_asks_and_however_often() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    let convert = || AgentCommand::ConvertToTicket {
        conversation,
        title: None,
    };
    let both = [desk.ada.send(convert())?, desk.bo.send(convert())?];
    let mut numbers = Vec::new();
    for (who, id) in [&desk.ada, &desk.bo].into_iter().zip(both) {
        let done = who
            .answer(id)
            .await?
            .map_err(|refusal| anyhow::anyhow!("{}", refusal.code()))?;
        numbers.push((done.ticket, done.rev.is_some()));
    }
    numbers.sort_unstable();
    let first = Some(TicketNo(1));
    assert_eq!(
        numbers,
        [(first, false), (first, true)],
        "one made it, the other was told of it"
    );
    alice.sees("This is now ticket 1.").await?;
    let said = alice.shown().iter().filter(|line| line.contains("ticket")).count();
    assert_eq!(said, 1, "{:?}", alice.shown());
    for looker in desk.agents() {
        let row = looker.row("alice", "its ticket", |row| row.ticket.is_some()).await?;
        assert_eq!(row.ticket, first);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_worked_on_live_for_all() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    desk.waits("alice").await?;
    desk.waits("bob").await?;
    for name in ["alice", "bob"] {
        let conversation = takes(&desk.ada, name).await?;
        let title = (name == "bob").then(|| subject("call bob"));
        desk.ada
            .done(AgentCommand::ConvertToTicket { conversation, title })
            .await?;
    }
    let ticket = TicketNo(2);
    // Bo looks at the open ones, and sees them come and go.
    let filter = TicketFilter {
        status: Some(TicketStatus::Open),
        ..TicketFilter::default()
    };
    desk.bo
        .ask(|replica| replica.open_tickets(filter).into_iter().collect())?;
    let titles = |seen: &Seen<AgentReplica>| -> Option<Vec<String>> {
        let book = seen.replica.tickets().filter(|book| book.is_loaded())?;
        Some(book.tickets().iter().map(|it| it.title.as_str().to_owned()).collect())
    };
    let two = desk
        .bo
        .until("both", |seen| titles(seen).filter(|it| it.len() == 2))
        .await?;
    assert_eq!(two, ["call bob", "Conversation 1 with alice"]);
    let text = "he is in the office on Mondays".to_owned();
    desk.ada
        .done(AgentCommand::CommentTicket {
            ticket,
            text: text.clone(),
        })
        .await?;
    let change = |status, assignee| AgentCommand::ChangeTicket {
        ticket,
        status,
        assignee,
        title: None,
    };
    let bo = Assignee::Agent { agent: desk.bo_id() };
    desk.ada.done(change(None, Some(bo))).await?;
    let again = desk.ada.done(change(None, Some(bo))).await?;
    assert_eq!(again.rev, None, "he has it already");
    desk.bo.done(change(Some(TicketStatus::Solved), None)).await?;
    let one = desk
        .bo
        .until("one is left", |seen| titles(seen).filter(|it| it.len() == 1))
        .await?;
    assert_eq!(one, ["Conversation 1 with alice"]);

    let AgentReply::Ticket {
        ticket: whole,
        comments,
    } = told(&desk.cleo, AgentQuestion::Ticket { number: ticket }).await?
    else {
        bail!("no ticket")
    };
    let assignee = whole.assignee.context("it is Bo's")?;
    assert_eq!((whole.status, assignee.name.as_str()), (TicketStatus::Solved, "Bo"));
    assert_eq!(comments.iter().map(|it| it.text.clone()).collect::<Vec<_>>(), [text]);
    let none = AgentCommand::CommentTicket {
        ticket: TicketNo(3),
        text: "?".to_owned(),
    };
    assert_eq!(desk.ada.refused(none).await?, Refusal::NotFound);
    Ok(())
}
