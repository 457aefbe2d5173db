//! Who waits, in which order, and who may take whom.

use anyhow::Result;
use minicom_client::Section;
use minicom_protocol::{
    command::{AgentCommand, Warning},
    frame::{AgentQuestion, AgentReply},
    intake::Priority,
    queue::WhyNot,
    refusal::Refusal,
    settings::Routing,
    stage::HandOverReason,
};

use super::desk::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_more_urgent_first_then_who_came_first() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let low = desk.comes("low", urgency(Priority::Low)).await?;
    let first = desk.waits("first").await?;
    let urgent = desk.comes("urgent", urgency(Priority::Urgent)).await?;
    let second = desk.waits("second").await?;
    let high = desk.comes("high", urgency(Priority::High)).await?;
    let order = ["urgent", "high", "first", "second", "low"];
    for looker in desk.agents() {
        sees_queue(looker, &order).await?;
    }
    for (n, who) in (1..).zip([&urgent, &high, &first, &second, &low]) {
        sees_place(who, Some(n)).await?;
    }
    let row = desk.ada.row("low", "it waits", waits).await?;
    let why = told(
        &desk.bo,
        AgentQuestion::Why {
            conversation: row.conversation,
        },
    )
    .await?;
    let AgentReply::Why { why } = why else {
        anyhow::bail!("{why:?}")
    };
    assert_eq!((why.place, why.effective), (Some(5), Priority::Low));
    assert!(why.agents.iter().all(|it| it.take.is_none()), "{why:?}");
    let AgentReply::Queue { stats } = told(&desk.bo, AgentQuestion::Queue {}).await? else {
        anyhow::bail!("no numbers")
    };
    assert_eq!(
        (stats.waiting, stats.urgent, stats.high, stats.medium, stats.low),
        (5, 1, 1, 2, 1)
    );

    // Whoever becomes more urgent goes behind those who were that urgent before.
    let conversation = desk.ada.conversation("second").await?;
    let priority = Priority::Urgent;
    desk.bo
        .done(AgentCommand::SetPriority { conversation, priority })
        .await?;
    sees_queue(&desk.cleo, &["urgent", "second", "high", "first", "low"]).await?;
    sees_place(&second, Some(2)).await?;
    sees_place(&first, Some(4)).await?;

    let mut taken = Vec::new();
    for taker in [&desk.ada, &desk.bo, &desk.ada, &desk.bo, &desk.cleo] {
        taken.push(takes_next(taker).await?);
    }
    assert_eq!(taken, ["urgent", "second", "high", "first", "low"]);
    sees_place(&low, None).await?;
    assert_eq!(desk.ada.refused(AgentCommand::TakeNext {}).await?, Refusal::NobodyWaits);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_more_than_there_is_room_for_unless_an_admin_says_so() -> Result<()> {
    let desk = Desk::open(|settings| settings.capacity = Some(1)).await?;
    for name in ["alice", "bob", "carol"] {
        desk.waits(name).await?;
    }
    assert_eq!(takes_next(&desk.ada).await?, "alice");
    let bob = desk.ada.conversation("bob").await?;
    let refusal = refused(&desk.ada, AgentCommand::TakeOver { conversation: bob }, "may_not_take").await?;
    let full = WhyNot::Full { active: 1, capacity: 1 };
    assert!(
        matches!(&refusal, Refusal::MayNotTake { because, .. } if *because == full),
        "{refusal:?}"
    );
    assert_eq!(
        desk.ada.look(|seen| seen.replica.may_take(bob)),
        Err(full),
        "it is told before it is tried"
    );
    assert_eq!(desk.ada.refused(AgentCommand::TakeNext {}).await?, Refusal::NobodyWaits);

    // What is put aside does not count.
    let alice = desk.ada.conversation("alice").await?;
    desk.ada
        .done(AgentCommand::Snooze {
            conversation: alice,
            until: None,
        })
        .await?;
    assert_eq!(takes_next(&desk.ada).await?, "bob");

    let carol = desk.cleo.conversation("carol").await?;
    let agent = desk.ada_id();
    let assign = AgentCommand::Assign {
        conversation: carol,
        agent,
    };
    refused(&desk.bo, assign.clone(), "forbidden").await?;
    let done = desk.cleo.done(assign).await?;
    assert_eq!(done.warning, Some(Warning::OverCapacity { active: 2, capacity: 1 }));
    desk.ada.sees("carol", "Cleo assigned it to Ada").await?;
    let AgentReply::Workload { agents } = told(&desk.bo, AgentQuestion::Workload { agent: Some(agent) }).await? else {
        anyhow::bail!("no workload")
    };
    let ada = agents.first().expect("one agent");
    assert_eq!((ada.active, ada.snoozed, ada.capacity), (2, 1, Some(1)));
    assert_eq!((ada.utilisation, ada.free), (Some(200), Some(0)));

    // An own limit goes before the desk's.
    let (agent, skills, capacity) = (agent, vec![], Some(4));
    desk.cleo
        .done(AgentCommand::SetAgent {
            agent,
            skills,
            capacity,
        })
        .await?;
    desk.waits("dora").await?;
    takes(&desk.ada, "dora").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_and_groups_say_who_may_take_and_why_tells() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let money = desk.group("money", &[desk.bo_id()], &["billing"]).await?;
    desk.comes("alice", needs("billing")?).await?;
    let alice = desk.ada.conversation("alice").await?;
    let take = AgentCommand::TakeOver { conversation: alice };
    let refusal = refused(&desk.ada, take, "may_not_take").await?;
    assert!(refusal.message().contains("needs billing"), "{}", refusal.message());
    let AgentReply::Why { why } = told(&desk.ada, AgentQuestion::Why { conversation: alice }).await? else {
        anyhow::bail!("no why")
    };
    let names: Vec<(&str, bool)> = why
        .agents
        .iter()
        .map(|it| (it.agent.name.as_str(), it.take.is_none()))
        .collect();
    assert!(
        names.contains(&("Ada", false)) && names.contains(&("Bo", true)),
        "{names:?}"
    );
    assert!(!why.routing);
    assert_eq!(desk.ada.refused(AgentCommand::TakeNext {}).await?, Refusal::NobodyWaits);
    assert_eq!(
        takes_next(&desk.bo).await?,
        "alice",
        "the group's skills are its members'"
    );

    // To the group, with a word for whoever is next. The place in the queue is the first one.
    let (bob, carol) = (desk.waits("bob").await?, desk.waits("carol").await?);
    let conversation = takes(&desk.ada, "bob").await?;
    desk.ada.replies("bob", "I am asking my colleagues").await?;
    let before = desk
        .ada
        .row("bob", "answered", |row| row.unanswered_since.is_none())
        .await?;
    desk.ada
        .done(AgentCommand::Transfer {
            conversation,
            to: minicom_protocol::command::TransferTo::Group { group: money },
            note: Some("wants 40 euros back".to_owned()),
        })
        .await?;
    bob.sees("You are back in the queue; your place is kept.").await?;
    sees_place(&bob, Some(1)).await?;
    sees_place(&carol, Some(2)).await?;
    let row = desk
        .bo
        .row("bob", "it waits for the group", |row| row.group.is_some())
        .await?;
    assert_eq!(
        row.queued_since(),
        before.queued_since(),
        "the time in the queue is kept"
    );
    assert!(matches!(
        row.stage,
        minicom_protocol::stage::Stage::Waiting {
            reason: HandOverReason::Transferred,
            ..
        }
    ));
    desk.bo.sees("bob", "note by Ada").await?;
    desk.bo.sees("bob", "Ada transferred to money").await?;
    let refusal = refused(&desk.ada, AgentCommand::TakeOver { conversation }, "may_not_take").await?;
    assert!(refusal.message().contains("money"), "{}", refusal.message());
    assert_eq!(takes_next(&desk.ada).await?, "carol", "what Ada may take");
    assert_eq!(takes_next(&desk.bo).await?, "bob");
    bob.sees("Bo joined").await?;

    // A group that is no more holds nothing back.
    let dora = desk.waits("dora").await?;
    let conversation = takes(&desk.ada, "dora").await?;
    let to = minicom_protocol::command::TransferTo::Group { group: money };
    desk.ada
        .done(AgentCommand::Transfer {
            conversation,
            to,
            note: None,
        })
        .await?;
    desk.cleo.done(AgentCommand::DeleteGroup { group: money }).await?;
    takes(&desk.ada, "dora").await?;
    dora.sees("Ada joined").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_again_is_offered_first_to_the_agent_they_had() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    assert_eq!(takes_next(&desk.ada).await?, "alice");
    ends(&desk.ada, "alice").await?;
    desk.waits("bob").await?;
    alice.says("me again").await?;
    for looker in [&desk.ada, &desk.bo] {
        let row = looker
            .row("alice", "the next conversation", |row| row.number == 2 && waits(row))
            .await?;
        assert_eq!(row.hint.map(|it| it.name.as_str().to_owned()), Some("Ada".to_owned()));
    }
    sees_queue(&desk.ada, &["bob", "alice"]).await?;
    let offered = desk
        .ada
        .look(|seen| seen.replica.next().map(|row| row.customer.name.as_str().to_owned()));
    assert_eq!(
        offered.as_deref(),
        Some("alice"),
        "Ada's next key would open whom she had"
    );
    assert_eq!(takes_next(&desk.ada).await?, "alice");
    assert_eq!(takes_next(&desk.bo).await?, "bob");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn routing_gives_to_whoever_has_the_fewest_and_only_to_who_has_room() -> Result<()> {
    let desk = Desk::open(|settings| {
        settings.routing = Routing::LeastBusy;
        settings.capacity = Some(2);
    })
    .await?;
    for (n, name) in (1..).zip(["alice", "bob", "carol", "dora"]) {
        let who = desk.customer(name).await?;
        who.says("hello").await?;
        let given = |seen: &minicom_e2e::program::Seen<_>| {
            let replica: &minicom_client::AgentReplica = &seen.replica;
            let had = [replica.count(Section::Mine), replica.count(Section::Others)];
            (had.iter().sum::<usize>() == n).then_some(had)
        };
        let [ada, bo] = desk.ada.until("it is given", given).await?;
        assert!(ada.abs_diff(bo) <= 1, "{ada} and {bo}");
        who.sees(" joined").await?;
    }
    let erin = desk.customer("erin").await?;
    erin.says("hello").await?;
    desk.ada.row("erin", "nobody has room", waits).await?;
    sees_place(&erin, Some(1)).await?;

    let mine = |seen: &minicom_e2e::program::Seen<minicom_client::AgentReplica>| {
        let row = seen.replica.section(Section::Mine).next()?;
        Some(row.customer.name.as_str().to_owned())
    };
    let done_with = desk.bo.until("one of Bo's", mine).await?;
    ends(&desk.bo, &done_with).await?;
    desk.ada.row("erin", "it is Bo's, who has room", is_with("Bo")).await?;
    desk.ada.sees("erin", "given to Bo").await?;
    Ok(())
}
