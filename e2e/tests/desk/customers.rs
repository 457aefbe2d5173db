//! What customers are asked and told, and what is known of them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use minicom_client::{AgentReplica, CustomerReplica};
use minicom_e2e::program::Seen;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, TransferTo},
    customer_event::{Author, CustomerBody},
    frame::{AgentQuestion, AgentReply},
    hours::{Day, Hours, Week},
    ids::Time,
    intake::{ClientInfo, Intake, Introduction},
    refusal::Refusal,
    settings::{AttributeDef, AttributeKind, PreChatAnswer, PreChatQuestion},
    words::Email,
};

use super::desk::*;

/// Microseconds of a day.
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn how_it_was_is_asked_once_and_opens_nothing() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let (alice, bob) = (desk.waits("alice").await?, desk.waits("bob").await?);
    // Without a person there is nothing to ask about.
    bob.done(CustomerCommand::Close {}).await?;
    bob.sees("You ended this chat.").await?;
    assert!(!bob.look(|seen| seen.replica.ask_rating()));

    takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "All done").await?;
    ends(&desk.ada, "alice").await?;
    alice.sees("This chat has ended").await?;
    let asked = |seen: &Seen<CustomerReplica>| seen.replica.ask_rating().then_some(());
    alice.until("she is asked", asked).await?;
    let rate = |score, comment: Option<&str>| CustomerCommand::Rate {
        score,
        comment: comment.map(str::to_owned),
    };
    assert!(alice.send(rate(Some(6), None)).is_err(), "it is not even sent");
    alice.done(rate(Some(4), Some("quick"))).await?;
    alice.sees("You rated this chat 4 of 5.").await?;
    for looker in desk.agents() {
        let row = looker
            .row("alice", "what she said", |row| row.rating == Some(4))
            .await?;
        assert!(closed(&row) && row.number == 1);
    }
    desk.bo.sees("alice", "the customer rated it 4 of 5").await?;
    alice.done(rate(Some(1), None)).await?;
    let row = desk.ada.row("alice", "it is over", closed).await?;
    assert_eq!(row.rating, Some(4), "once");
    assert!(!alice.look(|seen| seen.replica.ask_rating()));
    Ok(())
}

/// A week that is open on the day three days from now alone, in UTC: closed now whatever the hour, open within four days.
fn later_this_week(now: Time) -> Result<Hours> {
    let mut week = Week::default();
    // The first day of all was a Thursday, the fourth from Monday on.
    let weekday = (now.0.div_euclid(DAY_US) + 3 + 3).rem_euclid(7);
    let day = week
        .days
        .get_mut(usize::try_from(weekday)?)
        .context("a day of the week")?;
    *day = Day::parse(&["09:00-12:00", "13:00-17:00"]).map_err(anyhow::Error::msg)?;
    Ok(Hours {
        zone: "UTC".to_owned(),
        week,
        holidays: vec![],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn when_somebody_is_back_is_told_once() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.customer("alice").await?;
    let now = alice
        .until("the time", |seen| seen.replica.server_time(std::time::Instant::now()))
        .await?;
    let mut settings = desk
        .cleo
        .look(|seen| seen.replica.desk().map(|it| it.settings.clone()))
        .context("settings")?;
    settings.hours = Some(later_this_week(now)?);
    desk.configure(settings).await?;
    let shut = |seen: &Seen<CustomerReplica>| seen.replica.open().filter(|it| !it.open_now);
    let open = alice.until("she sees that it is closed", shut).await?;
    let opens = open.next_open_at.context("it opens again")?;
    assert!((2 * DAY_US..4 * DAY_US).contains(&opens.since(now)), "{opens:?}");

    let told = |seen: &Seen<CustomerReplica>| {
        let lines = seen.shown();
        lines
            .iter()
            .filter(|line| line.starts_with("desk: We are closed right now, and back"))
            .count()
    };
    alice.says("hello?").await?;
    alice.sees("desk: We are closed right now, and back").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    let to = TransferTo::Queue;
    desk.ada
        .done(AgentCommand::Transfer {
            conversation,
            to,
            note: None,
        })
        .await?;
    alice.sees("You are back in the queue").await?;
    alice.says("still there").await?;
    alice.sees("alice: still there").await?;
    assert_eq!(alice.look(told), 1, "{:?}", alice.shown());

    // The next conversation is another one.
    alice.done(CustomerCommand::Close {}).await?;
    alice.says("tomorrow then").await?;
    alice
        .until("told again", |seen| (told(seen) == 2).then_some(()))
        .await?;
    let by_the_desk = alice.look(|seen| {
        let events = seen.replica.thread().events();
        let lines = events.filter(|it| matches!(&it.body, CustomerBody::Posted(line) if line.author == Author::System));
        lines.count()
    });
    assert_eq!(by_the_desk, 2, "the desk says nothing else");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_before_and_said_of_a_customer_stands_beside_the_chat() -> Result<()> {
    let desk = Desk::open(|settings| {
        let question = |key: &str, text: &str| PreChatQuestion {
            key: key.to_owned(),
            text: text.to_owned(),
        };
        settings.questions = vec![
            question("order", "What is your order number?"),
            question("city", "Where are you?"),
        ];
        settings.attributes = vec![AttributeDef {
            key: "plan".to_owned(),
            kind: AttributeKind::YesNo,
        }];
    })
    .await?;
    let alice = desk.customer("alice").await?;
    let asked = alice.look(|seen| seen.replica.me().map(|me| me.questions.len()));
    assert_eq!(asked, Some(2));
    let answer = |key: &str, text: &str| PreChatAnswer {
        key: key.to_owned(),
        text: text.to_owned(),
    };
    alice
        .done(CustomerCommand::Start {
            intake: Intake {
                subject: Some(subject("late parcel")),
                channel: "tui".to_owned(),
                client: ClientInfo {
                    os: Some("Linux".to_owned()),
                    utc_offset_min: Some(60),
                    ..ClientInfo::default()
                },
                ..Intake::default()
            },
            introduction: Introduction {
                name: Some(subject("Alice Liddell")),
                email: Some(Email::parse("alice@example.test")?),
            },
            answers: vec![answer("order", "48213"), answer("unasked", "no")],
        })
        .await?;
    let row = desk.ada.row("alice", "it waits", waits).await?;
    assert_eq!(row.answers, [answer("order", "48213")], "what was asked, and no more");
    assert_eq!(row.intake.subject.as_ref().map(|it| it.as_str()), Some("late parcel"));
    let id = row.customer.id;
    desk.ada.ask(|replica| replica.open_thread(id))?;
    let context = desk
        .ada
        .until("the context", |seen| seen.replica.context(id).cloned())
        .await?;
    assert_eq!(
        context.profile.email.map(String::from).as_deref(),
        Some("alice@example.test")
    );
    assert_eq!(context.profile.client.os.as_deref(), Some("Linux"));
    assert!(!context.verified && context.open_conversations == 1);

    // Typed by what the tenant has chosen, live for a colleague who looks.
    desk.bo.ask(|replica| replica.open_thread(id))?;
    let describe = |key: &str, value: &str| AgentCommand::DescribeCustomer {
        customer: id,
        introduction: Introduction::default(),
        attributes: BTreeMap::from([(key.to_owned(), value.to_owned())]),
    };
    refused(&desk.ada, describe("plan", "perhaps"), "bad_field").await?;
    refused(&desk.ada, describe("shoe", "43"), "bad_field").await?;
    desk.ada.done(describe("plan", "TRUE")).await?;
    let plan = |seen: &Seen<AgentReplica>| {
        let context = seen.replica.context(id)?;
        (context.profile.attributes.get("plan").map(String::as_str) == Some("yes")).then_some(())
    };
    desk.bo.until("the attribute", plan).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_names_of_one_person_are_joined_on_purpose() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    desk.waits("alice").await?;
    desk.waits("al").await?;
    let alice = desk.ada.row("alice", "it waits", waits).await?.customer.id;
    let also = desk.ada.row("al", "it waits", waits).await?.customer.id;
    let merge = AgentCommand::MergeCustomers { customer: alice, also };
    desk.ada.done(merge.clone()).await?;
    let again = desk.bo.done(merge).await?;
    assert_eq!(again.rev, None, "they are joined already");
    for id in [alice, also] {
        let AgentReply::Customer { context } = told(&desk.bo, AgentQuestion::Customer { customer: id }).await? else {
            anyhow::bail!("no context")
        };
        assert_eq!(
            (context.also.len(), context.conversations, context.newest.len()),
            (1, 2, 2)
        );
    }
    let nobody = minicom_protocol::ids::CustomerId(uuid::Uuid::now_v7());
    let merge = AgentCommand::MergeCustomers {
        customer: alice,
        also: nobody,
    };
    assert_eq!(desk.ada.refused(merge).await?, Refusal::NotFound);
    Ok(())
}
