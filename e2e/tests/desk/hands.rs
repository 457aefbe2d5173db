//! From hand to hand: putting aside, giving on, going away, and what colleagues see of each other.

use anyhow::Result;
use minicom_client::AgentReplica;
use minicom_e2e::{people::agent, program::Seen};
use minicom_protocol::{
    command::{AgentCommand, TransferTo},
    frame::{AgentSignal, Typist},
    ids::LineNo,
    staff::{Intent, PresenceState},
    stage::{HandOverReason, Stage},
    summary::Summary,
    thread_view::CustomerStage,
};

use super::desk::*;

fn back_because(reason: HandOverReason) -> impl Fn(&Summary) -> bool {
    move |row| matches!(&row.stage, Stage::Waiting { reason: known, .. } if *known == reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn put_aside_until_the_customer_writes() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "Send me the number when you have it").await?;
    alice.sees("Ada: Send me the number").await?;
    let known = alice.look(|seen| seen.replica.at());

    refused(
        &desk.bo,
        AgentCommand::Snooze {
            conversation,
            until: None,
        },
        "taken_by",
    )
    .await?;
    desk.ada
        .done(AgentCommand::Snooze {
            conversation,
            until: None,
        })
        .await?;
    for looker in desk.agents() {
        let aside = |row: &Summary| matches!(row.stage, Stage::Snoozed { until: None, .. });
        let row = looker.row("alice", "it is put aside", aside).await?;
        assert_eq!(row.waiting_since(), None, "it calls nobody");
    }
    // She is told nothing of it: what she hears next is her own line.
    alice.says("it is 48213").await?;
    alice.sees("alice: it is 48213").await?;
    let heard: Vec<_> = alice.look(|seen| {
        let since = seen.replica.thread().events().filter(|event| event.seq > known);
        since.map(|event| event.body.kind().to_owned()).collect()
    });
    assert_eq!(heard, ["chat.message.new"]);
    for looker in desk.agents() {
        let row = looker.row("alice", "it is back at Ada's", is_with("Ada")).await?;
        assert!(row.unanswered_since.is_some());
    }
    desk.ada.sees("alice", "the customer wrote: the snooze ended").await?;

    // Taken up by hand, too.
    desk.ada
        .done(AgentCommand::Snooze {
            conversation,
            until: None,
        })
        .await?;
    desk.ada.done(AgentCommand::Wake { conversation }).await?;
    desk.bo.sees("alice", "Ada came back to it").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn given_on_at_once_with_a_word_for_the_next_one() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    alice.sees("Ada joined").await?;
    let to = TransferTo::Agent { agent: desk.bo_id() };
    let note = Some("she has paid twice".to_owned());
    refused(
        &desk.bo,
        AgentCommand::Transfer {
            conversation,
            to,
            note: None,
        },
        "taken_by",
    )
    .await?;
    desk.ada.done(AgentCommand::Transfer { conversation, to, note }).await?;
    for looker in desk.agents() {
        looker.row("alice", "it is Bo's", is_with("Bo")).await?;
        looker.sees("alice", "note by Ada").await?;
        looker.sees("alice", "Ada transferred to Bo").await?;
    }
    alice.sees("Bo joined").await?;
    let with_bo = |seen: &Seen<minicom_client::CustomerReplica>| {
        let stage = seen.replica.view().stage.as_ref();
        stage
            .filter(|it| matches!(it, CustomerStage::Active { name, .. } if name.as_str() == "Bo"))
            .map(drop)
    };
    alice.until("the header says Bo", with_bo).await?;
    let told = |seen: &Seen<AgentReplica>| (seen.replica.mentions().unread() == 1).then_some(());
    desk.bo.until("the word for Bo among the mentions", told).await?;

    // Whoever is away is given nothing by colleagues; an admin may, and is warned.
    desk.ada.done(AgentCommand::SetIntent { intent: Intent::Away }).await?;
    let to = TransferTo::Agent { agent: desk.ada_id() };
    let back = AgentCommand::Transfer {
        conversation,
        to,
        note: None,
    };
    refused(&desk.bo, back.clone(), "may_not_take").await?;
    assert!(desk.cleo.done(back).await?.warning.is_some());
    alice.sees("Ada joined").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_owner_who_is_gone_leaves_goes_back_to_its_first_place() -> Result<()> {
    let desk = Desk::open(|settings| settings.owner_grace_s = 1).await?;
    let alice = desk.waits("alice").await?;
    let bob = desk.waits("bob").await?;
    desk.waits("carol").await?;
    let first = takes(&desk.ada, "alice").await?;
    let queued = desk
        .bo
        .row("alice", "it is Ada's", is_with("Ada"))
        .await?
        .queued_since();
    takes(&desk.ada, "carol").await?;
    desk.ada.replies("carol", "I will look into it").await?;
    desk.bo
        .row("carol", "answered", |row| row.unanswered_since.is_none())
        .await?;
    sees_place(&bob, Some(1)).await?;

    let Desk { server, ada, bo, cleo } = desk;
    ada.close().await;
    let row = bo
        .row(
            "alice",
            "it is back in the queue",
            back_because(HandOverReason::OwnerGone),
        )
        .await?;
    assert_eq!(row.queued_since(), queued);
    alice.sees("You are back in the queue; your place is kept.").await?;
    sees_place(&alice, Some(1)).await?;
    sees_place(&bob, Some(2)).await?;
    sees_queue(&bo, &["alice", "bob"]).await?;

    // Where nobody waits nothing happens, but that colleagues see that the owner is gone.
    let carol = bo.row("carol", "it is Ada's still", is_with("Ada")).await?.conversation;
    bo.until("Ada is gone", |seen| seen.replica.gone_since(carol)).await?;
    let ada = agent(server.address, &server.agents[0]).await?;
    bo.until("Ada is back", |seen| {
        seen.replica.gone_since(carol).is_none().then_some(())
    })
    .await?;
    ada.done(AgentCommand::TakeOver { conversation: first }).await?;
    cleo.row("alice", "it is Ada's again", is_with("Ada")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn away_and_hand_back_gives_back_whoever_waits() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let (alice, bob) = (desk.waits("alice").await?, desk.waits("bob").await?);
    takes(&desk.ada, "alice").await?;
    takes(&desk.ada, "bob").await?;
    desk.ada.replies("bob", "One moment").await?;
    desk.bo
        .row("bob", "answered", |row| row.unanswered_since.is_none())
        .await?;
    let intent = Intent::AwayHandBack;
    desk.ada.done(AgentCommand::SetIntent { intent }).await?;
    desk.bo
        .row("alice", "she waits again", back_because(HandOverReason::OwnerAway))
        .await?;
    alice.sees("You are back in the queue").await?;
    desk.bo.row("bob", "he is answered and stays", is_with("Ada")).await?;
    let away = |seen: &Seen<AgentReplica>| {
        let presence = seen
            .replica
            .presence()
            .iter()
            .find(|it| it.agent.name.as_str() == "Ada")?;
        (presence.state == PresenceState::Away && presence.intent == intent).then_some(())
    };
    desk.bo.until("Ada is away", away).await?;
    bob.says("are you there?").await?;
    desk.bo
        .row("bob", "he waits too", back_because(HandOverReason::OwnerAway))
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_who_types_and_what_has_arrived_is_seen() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.bo.handle().viewing(Some(conversation));
    let bo_looks = |seen: &Seen<AgentReplica>| {
        let mut viewers = seen.replica.viewers(conversation);
        viewers.any(|it| it.name.as_str() == "Bo").then_some(())
    };
    desk.ada.until("Bo looks", bo_looks).await?;
    desk.bo.handle().viewing(None);
    desk.ada
        .until("Bo looks elsewhere", |seen| bo_looks(seen).is_none().then_some(()))
        .await?;

    desk.bo.handle().typing(Some(conversation), true);
    let bo_types = |signal: &AgentSignal| matches!(signal, AgentSignal::Typing { who: Typist::Agent { agent }, on: true, .. } if agent.name.as_str() == "Bo");
    desk.ada
        .until("Bo types", |seen| seen.signals.iter().any(bo_types).then_some(()))
        .await?;

    desk.ada.replies("alice", "Hello").await?;
    alice.sees("Ada: Hello").await?;
    alice.handle().delivered(None, LineNo(1));
    let arrived = |seen: &Seen<AgentReplica>| (seen.replica.delivered(conversation) == LineNo(1)).then_some(());
    desk.ada.until("it has arrived", arrived).await?;
    desk.ada.handle().delivered(Some(conversation), LineNo(1));
    let arrived = |seen: &Seen<minicom_client::CustomerReplica>| (seen.replica.delivered() == LineNo(1)).then_some(());
    alice.until("hers has arrived", arrived).await?;
    Ok(())
}
