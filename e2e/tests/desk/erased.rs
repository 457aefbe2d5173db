//! Lines that are changed, taken back and blanked out: what they said is gone from who looks, from who comes, and, blanked
//! out, from the disk.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use minicom_client::{AgentReplica, CustomerReplica};
use minicom_e2e::{
    people::{agent, customer},
    program::{CustomerProgram, Seen},
    wait::until,
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand},
    ids::{ConversationId, LineNo},
    line::LineRef,
    refusal::Refusal,
    stage::Side,
};

use super::{desk::*, secrets::Wire};

/// The files under a folder in which these bytes are.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if fs::read(&path).is_ok_and(|all| all.windows(bytes.len()).any(|it| it == bytes)) {
            found.push(path.display().to_string());
        }
    }
    found
}

/// All that an agent's program has in its memory of what was said.
fn known_to_agent(seen: &Seen<AgentReplica>) -> Result<String> {
    let customer = seen.row("alice").context("alice's row")?.customer.id;
    let thread = seen
        .replica
        .thread(customer)
        .into_iter()
        .flat_map(|thread| thread.events());
    let rows: Vec<_> = seen.replica.summaries().collect();
    let own: Vec<_> = seen.replica.pending_commands().map(|it| &it.command).collect();
    Ok([
        serde_json::to_string(&thread.collect::<Vec<_>>())?,
        serde_json::to_string(&rows)?,
        serde_json::to_string(&own)?,
        serde_json::to_string(&seen.replica.context(customer))?,
    ]
    .concat())
}

/// All that a customer's program has in its memory of what was said.
fn known_to_customer(seen: &Seen<CustomerReplica>) -> Result<String> {
    let own: Vec<_> = seen.replica.pending_commands().map(|it| &it.command).collect();
    Ok([
        serde_json::to_string(&seen.replica.thread().events().collect::<Vec<_>>())?,
        serde_json::to_string(seen.replica.view())?,
        serde_json::to_string(&own)?,
    ]
    .concat())
}

async fn nobody_has(desk: &Desk, alice: &CustomerProgram, words: &str) -> Result<()> {
    let lacks = |known: Result<String>| known.is_ok_and(|it| !it.contains(words)).then_some(());
    for looker in desk.agents() {
        let found = looker
            .until("it to be gone from agents", |seen| lacks(known_to_agent(seen)))
            .await;
        found.with_context(|| looker.look(|seen| format!("{words} in {:?}", known_to_agent(seen))))?;
    }
    let found = alice
        .until("it to be gone from the customer", |seen| lacks(known_to_customer(seen)))
        .await;
    found.with_context(|| alice.look(|seen| format!("{words} in {:?}", known_to_customer(seen))))?;

    let fresh = customer(desk.server.address, "alice").await?;
    fresh.sees("the last word").await?;
    let looker = agent(desk.server.address, desk.account(1)).await?;
    looker.sees("alice", "the last word").await?;
    let customer = looker.row("alice", "a conversation", |_| true).await?.customer.id;
    looker
        .until("what is beside the chat", |seen| {
            seen.replica.context(customer).map(drop)
        })
        .await?;
    let wire = Wire::open(desk, "alice").await?;
    for (place, known) in [
        ("a new customer's program", fresh.look(known_to_customer)?),
        ("a new agent's program", looker.look(known_to_agent)?),
        ("a new socket", wire.all()),
    ] {
        assert!(known.contains("the last word"), "{place} knows the thread: {known}");
        assert!(!known.contains(words), "{words} is in {place}: {known}");
    }
    Ok(())
}

fn edit(conversation: ConversationId, line: u64, text: &str) -> AgentCommand {
    AgentCommand::EditLine {
        conversation,
        line: LineNo(line),
        text: text.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_last_line_can_be_changed_and_taken_back_for_a_while() -> Result<()> {
    let desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "It costs quadrillions").await?;
    alice.sees("Ada: It costs quadrillions").await?;
    desk.bo.sees("alice", "Ada: It costs quadrillions").await?;
    assert_eq!(
        desk.bo.refused(edit(conversation, 1, "no")).await?,
        Refusal::TooLate,
        "not Bo's"
    );
    desk.ada.done(edit(conversation, 1, "It costs forty")).await?;
    alice.sees("Ada: It costs forty").await?;
    desk.bo.sees("alice", "Ada: It costs forty").await?;

    desk.ada.replies("alice", "wrong windowpane").await?;
    alice.sees("Ada: wrong windowpane").await?;
    assert_eq!(
        desk.ada.refused(edit(conversation, 1, "no")).await?,
        Refusal::TooLate,
        "not the last"
    );
    let line = LineNo(2);
    desk.ada.done(AgentCommand::WithdrawLine { conversation, line }).await?;

    alice.says("my mistaken bookshelf").await?;
    alice
        .done(CustomerCommand::EditLine {
            line: LineNo(2),
            text: "my mistaken wardrobe".to_owned(),
        })
        .await?;
    desk.ada.sees("alice", "alice: my mistaken wardrobe").await?;
    alice.done(CustomerCommand::WithdrawLine { line: LineNo(2) }).await?;
    desk.ada.replies("alice", "the last word").await?;
    alice.sees("the last word").await?;
    desk.cleo.sees("alice", "the last word").await?;
    for words in ["quadrillions", "windowpane", "bookshelf", "wardrobe"] {
        nobody_has(&desk, &alice, words).await?;
    }
    let none = AgentCommand::WithdrawLine { conversation, line };
    assert_eq!(
        desk.ada.refused(none).await?,
        Refusal::TooLate,
        "it is taken back already"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_time_for_it_nothing_can_be_changed() -> Result<()> {
    let desk = Desk::open(|settings| settings.edit_window_s = 0).await?;
    let alice = desk.waits("alice").await?;
    let line = LineNo(1);
    assert_eq!(
        alice.refused(CustomerCommand::WithdrawLine { line }).await?,
        Refusal::TooLate
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_secret_is_erased_from_screens_and_disk() -> Result<()> {
    let mut desk = Desk::open(|_| {}).await?;
    let alice = desk.waits("alice").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    alice.says("my pin is kx7719").await?;
    let secret = LineRef {
        side: Side::Customer,
        line: LineNo(2),
    };
    // Its author corrects it, and both sides quote it: no copy may stay.
    alice
        .done(CustomerCommand::EditLine {
            line: secret.line,
            text: "no, my pin is kx7720".to_owned(),
        })
        .await?;
    let text = "it does not work".to_owned();
    alice
        .done(CustomerCommand::Post {
            text,
            quote: Some(secret),
            file: None,
        })
        .await?;
    desk.ada.sees("alice", "it does not work").await?;
    let row = desk
        .ada
        .row("alice", "all is seen", |row| row.customer_lines == LineNo(3))
        .await?;
    let seen = minicom_protocol::command::SeenLines {
        customer: row.customer_lines,
        desk: row.desk_lines,
    };
    desk.ada
        .done(AgentCommand::Post {
            conversation,
            text: "never tell me that".to_owned(),
            seen,
            take_over: false,
            anyway: false,
            quote: Some(secret),
            reply: None,
            article: None,
            file: None,
        })
        .await?;
    desk.ada.replies("alice", "the last word").await?;
    alice.sees("the last word").await?;
    let data = desk.server.data().to_owned();
    assert!(
        !files_with(&data, b"kx7719").is_empty(),
        "it was written, or this shows nothing"
    );
    let known = desk
        .bo
        .look(|seen| seen.row("alice").map(|row| row.customer.id))
        .context("alice")?;
    desk.bo.ask(|replica| replica.open_thread(known))?;
    desk.bo.sees("alice", "kx7720").await?;

    desk.bo
        .done(AgentCommand::BlankLine {
            conversation,
            line: secret,
        })
        .await?;
    for words in ["kx7719", "kx7720"] {
        nobody_has(&desk, &alice, words).await?;
        // The log is moved and emptied by itself, while the server runs.
        let gone = || files_with(&data, words.as_bytes()).is_empty().then_some(());
        until("it to be gone from the disk", gone)
            .await
            .with_context(|| format!("{:?}", files_with(&data, words.as_bytes())))?;
    }
    let again = desk
        .ada
        .done(AgentCommand::BlankLine {
            conversation,
            line: secret,
        })
        .await?;
    assert_eq!(again.rev, None, "it is blank already");
    // Nobody who was away for all of it finds it either, nor does anybody after a restart, and the chain still holds.
    desk.server.restart().await?;
    desk.ada.live().await?;
    nobody_has(&desk, &alice, "kx77").await?;
    assert_eq!(files_with(&data, b"kx77"), Vec::<String>::new());
    desk.server.stop().await?;
    assert_eq!(files_with(&data, b"kx77"), Vec::<String>::new());
    desk.server.journal()?.verify()
}
