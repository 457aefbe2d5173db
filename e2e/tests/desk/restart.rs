//! The day after: a restart in the middle of everything keeps all of it, and what time caused meanwhile happens.

use std::{
    fmt::Debug,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use minicom_client::AgentReplica;
use minicom_e2e::{
    desk_setup::{OpenDesk, refused},
    people::agent,
    program::{AgentProgram, Seen},
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    frame::{AgentQuestion, DeskState},
    ids::{CommandId, ConversationId, ReplyId, TicketNo, Time},
    intake::Priority,
    library::{Article, SavedReply},
    stage::Stage,
    summary::Summary,
};
use minicom_server::order::Order;

use super::desk::*;

/// All that an agent's program knows of a desk, as it is told to one who comes now.
#[derive(PartialEq, Debug)]
struct Known {
    desk: DeskState,
    rows: Vec<Summary>,
    order: Vec<String>,
    replies: Vec<SavedReply>,
    told: Vec<minicom_protocol::frame::AgentReply>,
    thread: Vec<String>,
}

async fn known(desk: &Desk) -> Result<Known> {
    let who = agent(desk.server.address, desk.account(0)).await?;
    who.sees("alice", "Ada: the last word").await?;
    let mut asked = Vec::new();
    for question in [
        AgentQuestion::Articles {
            query: String::new(),
            limit: 100,
        },
        AgentQuestion::Article { slug: tag("refunds") },
        AgentQuestion::Tickets {
            status: None,
            assignee: None,
            before: None,
            limit: 100,
        },
        AgentQuestion::Ticket { number: TicketNo(1) },
        AgentQuestion::Mentions {
            before: None,
            limit: 100,
        },
    ] {
        asked.push(told(&who, question).await?);
    }
    let customer = who.row("alice", "a conversation", |_| true).await?.customer.id;
    who.until("what is beside the chat", |seen| {
        seen.replica.context(customer).map(drop)
    })
    .await?;
    let all = |seen: &Seen<AgentReplica>| {
        let mut rows: Vec<Summary> = seen.replica.summaries().cloned().collect();
        rows.sort_by_key(|row| row.conversation);
        Some(Known {
            desk: seen.replica.desk()?.clone(),
            rows,
            order: queue(seen),
            replies: seen
                .replica
                .has_all_replies()
                .then(|| seen.replica.replies().to_vec())?,
            told: vec![],
            thread: seen.shown("alice"),
        })
    };
    let known = who.until("everything", all).await?;
    who.close().await;
    Ok(Known { told: asked, ..known })
}

/// Something of everything, with alice's conversation put aside and two who wait.
async fn a_full_desk(desk: &Desk) -> Result<()> {
    desk.group("money", &[desk.bo_id()], &["billing"]).await?;
    let reply = SavedReply {
        id: ReplyId(uuid::Uuid::now_v7()),
        code: tag("hi"),
        title: subject("A greeting"),
        text: "Hi {{customer_name|there}}".to_owned(),
        owner: None,
        actions: vec![],
        uses: 0,
        questions: None,
    };
    desk.ada.done(AgentCommand::SaveReply { reply }).await?;
    let article = Article {
        slug: tag("refunds"),
        title: subject("Refunds"),
        body: "# Refunds\n\nWithin *fourteen* days.".to_owned(),
        questions: None,
    };
    desk.ada
        .done(AgentCommand::SaveArticle {
            article,
            tags: vec![tag("money")],
            published: true,
        })
        .await?;
    let alice = desk.waits("alice").await?;
    desk.comes("bob", needs("billing")?).await?;
    desk.comes("carol", urgency(Priority::High)).await?;
    let dora = desk.waits("dora").await?;
    takes(&desk.bo, "dora").await?;
    ends(&desk.bo, "dora").await?;
    dora.done(CustomerCommand::Rate {
        score: Some(5),
        comment: None,
    })
    .await?;

    let conversation = takes(&desk.ada, "alice").await?;
    let (add, remove) = (vec![tag("vip")], vec![]);
    desk.ada
        .done(AgentCommand::Tag {
            conversation,
            add,
            remove,
        })
        .await?;
    desk.ada
        .done(AgentCommand::SetPriority {
            conversation,
            priority: Priority::Urgent,
        })
        .await?;
    desk.ada
        .done(AgentCommand::SetSubject {
            conversation,
            subject: Some(subject("late parcel")),
        })
        .await?;
    let (text, agents, groups) = ("look at this".to_owned(), vec![desk.bo_id()], vec![]);
    desk.cleo
        .done(AgentCommand::Note {
            conversation,
            text,
            agents,
            groups,
        })
        .await?;
    desk.ada
        .done(AgentCommand::ConvertToTicket {
            conversation,
            title: None,
        })
        .await?;
    desk.ada
        .done(AgentCommand::CommentTicket {
            ticket: TicketNo(1),
            text: "ask the carrier".to_owned(),
        })
        .await?;
    desk.ada.replies("alice", "the last word").await?;
    alice.sees("the last word").await?;
    desk.ada
        .done(AgentCommand::Snooze {
            conversation,
            until: None,
        })
        .await?;
    Ok(())
}

/// Puts a conversation of Ada's aside for so long, at a desk that no server has open: nothing happens there by itself.
async fn put_aside_while_nobody_runs(desk: &Desk, conversation: ConversationId, time: Duration) -> Result<()> {
    let open = OpenDesk::open(desk.server.data(), &setup())?;
    let caller = desk.account(0).caller();
    let until = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)? + time;
    let snooze = AgentCommand::Snooze {
        conversation,
        until: Some(Time(until.as_micros().try_into()?)),
    };
    let id = CommandId(uuid::Uuid::now_v7());
    open.desk
        .submit(&caller, id, Order::Agent(snooze))
        .await
        .map_err(refused)?;
    open.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_in_the_middle_of_everything_keeps_all_of_it() -> Result<()> {
    let mut desk = Desk::open(|settings| settings.capacity = Some(7)).await?;
    a_full_desk(&desk).await?;
    let before = known(&desk).await?;
    assert!(
        before.order == ["carol", "bob"] && before.rows.len() == 4,
        "{before:#?}"
    );
    let unread = |who: &AgentProgram| who.look(|seen| seen.replica.mentions().unread());
    assert_eq!(unread(&desk.bo), 1);

    desk.server.restart().await?;
    let after = known(&desk).await?;
    same(&before.desk, &after.desk);
    same(&before.rows, &after.rows);
    same(&before.thread, &after.thread);
    same(&before, &after);
    desk.bo.live().await?;
    assert_eq!(unread(&desk.bo), 1);
    // And it goes on: the rules are those that were chosen.
    let bob = desk.ada.conversation("bob").await?;
    refused_for_skills(&desk.ada, bob).await?;
    takes_next(&desk.bo).await?;
    desk.server.journal()?.verify()
}

#[track_caller]
fn same<T: PartialEq + Debug>(before: &T, after: &T) {
    assert!(before == after, "before: {before:#?}\nafter: {after:#?}");
}

async fn refused_for_skills(who: &AgentProgram, conversation: minicom_protocol::ids::ConversationId) -> Result<()> {
    super::desk::refused(who, AgentCommand::TakeOver { conversation }, "may_not_take")
        .await
        .map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_due_while_the_server_was_down_happens_when_it_is_back() -> Result<()> {
    let mut desk = Desk::open(|_| {}).await?;
    desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "I will call you").await?;
    desk.bo
        .row("alice", "answered", |row| row.unanswered_since.is_none())
        .await?;
    desk.server.stop().await?;

    // As if it had been put aside just before the end: its time comes when nobody runs, or when the server begins.
    put_aside_while_nobody_runs(&desk, conversation, Duration::from_millis(700)).await?;
    let stored = desk.server.journal()?;
    let row = desk.bo.look(|seen| seen.row("alice").cloned()).context("alice's row")?;
    let row = stored.summary(&row)?.context("the stored row")?;
    assert!(
        matches!(row.stage, Stage::Snoozed { until: Some(_), .. }),
        "{:?}",
        row.stage
    );
    drop(stored);
    desk.server.begin().await?;
    desk.ada.live().await?;
    desk.ada.row("alice", "its time has come", is_with("Ada")).await?;
    desk.ada.sees("alice", "the snooze ended").await?;
    Ok(())
}
