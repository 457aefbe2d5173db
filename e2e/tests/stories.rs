//! The story of a desk through the real client, line by line: what a customer, the bot and agents see of each other, from
//! the first hello to the day after a crash.

use anyhow::{Context, Result};
use minicom_client::{AgentReplica, PendingMark};
use minicom_e2e::{
    computer::{Computer, with_input},
    desk_setup::Setup,
    people::{agent, customer},
    program::{AgentProgram, CustomerProgram, Seen},
    pty::Pty,
    server::{ServerProcess, TestServer},
};
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    event::Author,
    ids::{ConversationId, LineNo},
    refusal::Refusal,
    stage::{Closer, Stage},
    summary::Summary,
    thread_view::CustomerStage,
};

/// A desk with Ada and Bo, both connected.
struct Desk {
    server: TestServer,
    ada: AgentProgram,
    bo: AgentProgram,
}

impl Desk {
    async fn open() -> Result<Desk> {
        let server = TestServer::start(Setup::with_agents(&["Ada", "Bo"])).await?;
        let ada = agent(server.address, &server.agents[0]).await?;
        let bo = agent(server.address, &server.agents[1]).await?;
        Ok(Desk { server, ada, bo })
    }

    async fn customer(&self, name: &str) -> Result<CustomerProgram> {
        customer(self.server.address, name).await
    }
}

fn waits(row: &Summary) -> bool {
    matches!(row.stage, Stage::Waiting { .. })
}

fn is_owned_by(name: &str) -> impl Fn(&Summary) -> bool {
    move |row| row.stage.owner().is_some_and(|owner| owner.name.as_str() == name)
}

/// Ada takes a conversation over, and sees that she has: whatever the bot wrote before it, she has seen too.
async fn takes(ada: &AgentProgram, customer: &str) -> Result<ConversationId> {
    let conversation = ada.takes(customer).await?;
    ada.row(customer, "it is Ada's", is_owned_by("Ada")).await?;
    Ok(conversation)
}

fn is_closed(row: &Summary) -> bool {
    matches!(row.stage, Stage::Closed { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bot_greets_and_hands_over_when_it_is_asked_to() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    assert_eq!(alice.shown(), Vec::<String>::new(), "an empty chat");
    alice.says("Hello, I need help").await?;
    alice.sees("alice: Hello, I need help").await?;
    alice.sees("bot: Hello alice").await?;
    desk.ada
        .row("alice", "the bot has it", |row| {
            row.stage.is_bot() && row.message_count == 2
        })
        .await?;

    alice.says("human please").await?;
    alice.sees("A person has been asked for.").await?;
    let place = |n| move |seen: &Seen<minicom_client::CustomerReplica>| (seen.replica.place() == Some(n)).then_some(());
    alice.until("the first place", place(1)).await?;
    let row = desk.ada.row("alice", "she waits", waits).await?;
    assert!(row.waiting_since().is_some());

    let bob = desk.customer("bob").await?;
    bob.says("can I talk to a person?").await?;
    bob.until("the second place", place(2)).await?;
    takes(&desk.ada, "alice").await?;
    bob.until("one place further", place(1)).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_shows_before_it_is_stored() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    let id = alice.types("Hello")?;
    // Whatever comes first, the mark of waiting or the stored line: it is never gone in between.
    alice
        .until("the line", |seen| {
            seen.shown().iter().any(|line| line.contains("Hello")).then_some(())
        })
        .await?;
    alice
        .answer(id)
        .await?
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    alice.sees("alice: Hello").await?;
    let waiting = |seen: &Seen<minicom_client::CustomerReplica>| {
        let mut pending = seen.replica.pending_lines();
        pending.all(|line| line.mark == PendingMark::Stored).then_some(())
    };
    alice.until("the mark of waiting to go", waiting).await?;
    let shown = alice.shown();
    assert_eq!(
        shown
            .iter()
            .filter(|line| line.contains("Hello") && line.contains("alice"))
            .count(),
        1,
        "{shown:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_see_every_conversation_live_and_looking_leaves_no_trace() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("Hello, I need help").await?;
    let row = desk.bo.row("alice", "two lines", |row| row.message_count == 2).await?;
    assert_eq!((row.number, row.unread()), (1, 1));
    let last = row.last_line.context("a last line")?;
    assert_eq!(last.author, Author::Bot);
    alice.says("What are your opening hours?").await?;
    desk.bo.row("alice", "four lines", |row| row.message_count == 4).await?;

    let head = desk.server.journal()?.head();
    for looker in [&desk.ada, &desk.bo] {
        looker.sees("alice", "alice: Hello, I need help").await?;
        looker.sees("alice", "alice: What are your opening hours?").await?;
    }
    let ours = desk.ada.shown("alice");
    assert_eq!(ours, desk.bo.shown("alice"));
    assert!(ours.iter().any(|line| line.starts_with("bot: ")), "{ours:?}");
    assert_eq!(desk.server.journal()?.head(), head, "looking wrote nothing");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_take_over_is_seen_everywhere_and_silences_the_bot() -> Result<()> {
    let desk = Desk::open().await?;
    let (alice, window) = (desk.customer("alice").await?, desk.customer("alice").await?);
    alice.says("Hello").await?;
    alice.sees("bot: ").await?;
    let row = desk
        .bo
        .row("alice", "the bot's answer", |row| row.message_count == 2)
        .await?;
    let refused = desk.bo.refused(desk.bo.reply(&row, "Me first")).await?;
    assert_eq!(refused, Refusal::NotOwner, "nobody sends without owning");

    takes(&desk.ada, "alice").await?;
    for looker in [&desk.ada, &desk.bo] {
        looker.row("alice", "Ada's badge", is_owned_by("Ada")).await?;
    }
    for window in [&alice, &window] {
        window.sees("Ada joined").await?;
        let with_ada =
            |stage: &CustomerStage| matches!(stage, CustomerStage::Active { name, .. } if name.as_str() == "Ada");
        window
            .until("the header says Ada", |seen| {
                seen.replica.view().stage.as_ref().filter(|it| with_ada(it)).map(drop)
            })
            .await?;
    }
    let row = desk.bo.row("alice", "Ada's badge", is_owned_by("Ada")).await?;
    let refused = desk.bo.refused(desk.bo.reply(&row, "Me too")).await?;
    assert!(
        matches!(&refused, Refusal::NotOwner | Refusal::TakenBy { .. }),
        "{refused:?}"
    );

    // Questions that the bot would answer, and a wish for a person: both are Ada's now.
    for (n, line) in ["What are your opening hours?", "human please", "thanks"]
        .iter()
        .enumerate()
    {
        alice.says(line).await?;
        desk.ada
            .row("alice", "her line", |row| row.customer_lines == LineNo(n as u64 + 2))
            .await?;
    }
    desk.ada.replies("alice", "Nine to five, Alice.").await?;
    alice.sees("Ada: Nine to five, Alice.").await?;
    let journal = desk.server.journal()?;
    let taken = journal
        .events
        .iter()
        .position(|event| event.body.kind() == "chat.session.assigned");
    let after = taken.context("the take-over is in the journal")?;
    let bot = journal
        .lines()
        .filter(|(event, author, _)| **author == Author::Bot && event.rev.0 > after as u64);
    assert_eq!(bot.count(), 0, "the bot is silent");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_and_every_window_have_the_same_lines_and_nobody_else_has_them() -> Result<()> {
    let desk = Desk::open().await?;
    let (alice, window, bob) = (
        desk.customer("alice").await?,
        desk.customer("alice").await?,
        desk.customer("bob").await?,
    );
    alice.says("human please").await?;
    takes(&desk.ada, "alice").await?;
    for n in 1..=5 {
        alice.says(&format!("question {n}")).await?;
        desk.ada
            .row("alice", "the question", |row| row.customer_lines == LineNo(n + 1))
            .await?;
        desk.ada.replies("alice", &format!("answer {n}")).await?;
    }
    window.says("from the other window").await?;
    bob.says("I am bob").await?;

    for window in [&alice, &window] {
        window.sees("from the other window").await?;
        window.sees("answer 5").await?;
    }
    assert_eq!(alice.shown(), window.shown());
    desk.ada.sees("alice", "from the other window").await?;
    desk.ada.sees("alice", "Ada: answer 5").await?;
    let talk = |lines: Vec<String>| -> Vec<String> {
        lines
            .into_iter()
            .filter(|line| line.starts_with("alice: ") || line.starts_with("Ada: "))
            .collect()
    };
    let hers = talk(alice.shown());
    assert_eq!(hers, talk(desk.ada.shown("alice")), "the same order on both sides");
    assert_eq!(hers.len(), 12);

    bob.sees("bob: I am bob").await?;
    let of_alice = |lines: &[String]| {
        lines
            .iter()
            .any(|line| line.contains("question") || line.contains("alice"))
    };
    assert!(!of_alice(&bob.shown()), "{:?}", bob.shown());
    assert!(!alice.shown().iter().any(|line| line.contains("bob")));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_over_at_once_one_wins_and_the_other_is_told_who() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("human please").await?;
    let row = desk.ada.row("alice", "she waits", waits).await?;
    desk.bo.row("alice", "she waits", waits).await?;
    let both = |agent: &AgentProgram, text: &str| -> Result<_> {
        let post = match agent.reply(&row, text) {
            AgentCommand::Post {
                conversation,
                text,
                seen,
                anyway,
                ..
            } => AgentCommand::Post {
                conversation,
                text,
                seen,
                anyway,
                take_over: true,
                quote: None,
                reply: None,
                article: None,
                file: None,
            },
            other => other,
        };
        Ok(agent.send(post)?)
    };
    let (of_ada, of_bo) = (both(&desk.ada, "Ada here")?, both(&desk.bo, "Bo here")?);
    let (of_ada, of_bo) = (desk.ada.answer(of_ada).await?, desk.bo.answer(of_bo).await?);
    let (winner, refused) = match (of_ada, of_bo) {
        (Ok(_), Err(refused)) => ("Ada", refused),
        (Err(refused), Ok(_)) => ("Bo", refused),
        other => anyhow::bail!("not one winner: {other:?}"),
    };
    assert!(
        matches!(&refused, Refusal::TakenBy { agent, .. } if agent.name.as_str() == winner),
        "{refused:?}"
    );
    for looker in [&desk.ada, &desk.bo] {
        looker.row("alice", "the winner's badge", is_owned_by(winner)).await?;
    }
    alice.sees(&format!("{winner}: {winner} here")).await?;
    let theirs = alice.shown().iter().filter(|line| line.contains(" here")).count();
    assert_eq!(theirs, 1, "{:?}", alice.shown());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_to_what_is_old_is_held_until_its_author_has_seen_the_new() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("What are your opening hours?").await?;
    let row = desk
        .ada
        .row("alice", "the bot's answer", |row| row.desk_lines == LineNo(1))
        .await?;
    let post = |seen, anyway| AgentCommand::Post {
        conversation: row.conversation,
        text: "Nine to five".to_owned(),
        seen,
        take_over: true,
        anyway,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    // Ada began to write before the bot's answer was there.
    let before = SeenLines {
        customer: LineNo(1),
        desk: LineNo(0),
    };
    let refused = desk.ada.refused(post(before, false)).await?;
    assert!(matches!(refused, Refusal::Stale { .. }), "{refused:?}");
    desk.ada
        .row("alice", "nothing was taken", |row| row.stage.is_bot())
        .await?;
    desk.ada.done(post(before, true)).await?;
    alice.sees("Ada: Nine to five").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn handed_back_the_bot_answers_again() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("human please").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.done(AgentCommand::HandBack { conversation }).await?;
    alice.sees("The assistant answers again.").await?;
    let before = desk.bo.row("alice", "the bot has it", |row| row.stage.is_bot()).await?;
    alice.says("What are your opening hours?").await?;
    let lines = before.desk_lines;
    let row = desk
        .bo
        .row("alice", "the bot's answer", |row| row.desk_lines > lines)
        .await?;
    assert_eq!(row.last_line.map(|line| line.author), Some(Author::Bot));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn done_ends_the_conversation_and_the_next_line_opens_another_in_the_same_thread() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("human please").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "All done").await?;
    alice.says("one more thing").await?;
    let close = |seen| AgentCommand::Close { conversation, seen };
    let refused = desk.ada.refused(close(LineNo(1))).await?;
    assert!(
        matches!(refused, Refusal::Unseen { .. }),
        "she has written since: {refused:?}"
    );
    desk.ada.done(close(LineNo(2))).await?;
    alice.sees("This chat has ended").await?;
    let row = desk.bo.row("alice", "it is over", is_closed).await?;
    assert!(matches!(&row.stage, Stage::Closed { by: Closer::Agent { agent }, .. } if agent.name.as_str() == "Ada"));

    alice.says("It is me again").await?;
    let row = desk
        .ada
        .row("alice", "the next conversation", |row| row.number == 2)
        .await?;
    assert_ne!(row.conversation, conversation);
    assert!(row.stage.is_bot(), "the bot is first again");
    desk.ada.sees("alice", "Ada: All done").await?;
    desk.ada.sees("alice", "alice: It is me again").await?;
    let again = desk.customer("alice").await?;
    again.sees("Ada: All done").await?;
    again.sees("alice: It is me again").await?;

    again.done(CustomerCommand::Close {}).await?;
    again.sees("You ended this chat.").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn next_is_who_needs_me_most() -> Result<()> {
    let desk = Desk::open().await?;
    for name in ["first", "second", "third"] {
        let customer = desk.customer(name).await?;
        customer.says("human please").await?;
        desk.ada.row(name, "it waits", waits).await?;
    }
    for name in ["first", "second", "third"] {
        let done = desk.ada.done(AgentCommand::TakeNext {}).await?;
        let row = desk.ada.row(name, "it is Ada's", is_owned_by("Ada")).await?;
        assert_eq!(done.conversation, Some(row.conversation), "the oldest first");
        desk.ada.replies(name, "Hello, Ada here").await?;
        // Answered: it needs nobody until the customer writes.
        desk.ada
            .row(name, "answered", |row| row.unanswered_since.is_none())
            .await?;
    }
    assert_eq!(desk.ada.refused(AgentCommand::TakeNext {}).await?, Refusal::NobodyWaits);
    let second = desk.customer("second").await?;
    second.says("and another question").await?;
    let row = desk
        .ada
        .row("second", "it waits for Ada", |row| row.unanswered_since.is_some())
        .await?;
    let done = desk.ada.done(AgentCommand::TakeNext {}).await?;
    assert_eq!(done.conversation, Some(row.conversation));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_all_history_is_there() -> Result<()> {
    let mut desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("human please").await?;
    takes(&desk.ada, "alice").await?;
    desk.ada.replies("alice", "Hi Alice").await?;
    alice.sees("Ada: Hi Alice").await?;
    // The first line too: then the page that was asked for is there.
    desk.ada.sees("alice", "alice: human please").await?;
    desk.ada.sees("alice", "Ada: Hi Alice").await?;
    let before = (alice.shown(), desk.ada.shown("alice"));
    let row = desk.ada.row("alice", "it is Ada's", is_owned_by("Ada")).await?;

    desk.server.restart().await?;
    // Those who were connected come back by themselves.
    alice.says("still me").await?;
    desk.ada
        .row("alice", "her line", |row| row.customer_lines == LineNo(2))
        .await?;
    // And those who start now find everything.
    let (again, bo) = (
        desk.customer("alice").await?,
        agent(desk.server.address, &desk.server.agents[1]).await?,
    );
    again.sees("alice: still me").await?;
    bo.sees("alice", "alice: human please").await?;
    bo.sees("alice", "alice: still me").await?;
    assert_eq!(again.shown()[..before.0.len()], before.0);
    assert_eq!(bo.shown("alice")[..before.1.len()], before.1);
    let after = bo.row("alice", "it is Ada's", is_owned_by("Ada")).await?;
    assert_eq!((after.conversation, after.opened_at), (row.conversation, row.opened_at));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_people_write_nothing_is_lost_or_doubled() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let setup = Setup::with_agents(&["Ada"]);
    let agents = setup.prepare(&data).await?;
    let mut server = ServerProcess::start(&data, setup).await?;
    let ada = agent(server.address, &agents[0]).await?;
    let alice = customer(server.address, "alice").await?;
    alice.says("human please").await?;
    takes(&ada, "alice").await?;
    let mut sent = Vec::new();
    for round in 0..3 {
        // Some are answered, some are on the wire, some are written while nobody is there.
        sent.push(alice.types(&format!("alice {round}, before"))?);
        let row = ada.row("alice", "a conversation", |_| true).await?;
        let reply = ada.send(ada.reply(&row, &format!("Ada {round}")))?;
        server.kill().await?;
        let lost = |seen: &Seen<minicom_client::CustomerReplica>| (!seen.state.is_live()).then_some(());
        alice.until("the loss", lost).await?;
        sent.push(alice.types(&format!("alice {round}, offline"))?);
        server.begin().await?;
        ada.answer(reply)
            .await?
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    }
    for id in sent {
        alice
            .answer(id)
            .await?
            .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    }
    alice.sees("alice: alice 2, offline").await?;
    alice.sees("Ada: Ada 2").await?;
    ada.sees("alice", "alice: alice 2, offline").await?;
    let mine: Vec<String> = alice
        .shown()
        .into_iter()
        .filter(|line| line.starts_with("alice: alice"))
        .collect();
    let written: Vec<String> = (0..3)
        .flat_map(|round| {
            [
                format!("alice: alice {round}, before"),
                format!("alice: alice {round}, offline"),
            ]
        })
        .collect();
    assert_eq!(mine, written, "once each, in order");
    let shown = alice.shown();
    let of_ada: Vec<&String> = shown.iter().filter(|line| line.starts_with("Ada: ")).collect();
    assert_eq!(of_ada, ["Ada: Ada 0", "Ada: Ada 1", "Ada: Ada 2"]);
    assert_eq!(server.terminate().await?.code(), Some(0));
    minicom_e2e::journal::Journal::read(&data)?.verify()
}

/// Nobody has read the desk's lines before they say so; the marks then stand on both sides.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_known_on_the_other_side() -> Result<()> {
    let desk = Desk::open().await?;
    let alice = desk.customer("alice").await?;
    alice.says("human please").await?;
    let conversation = takes(&desk.ada, "alice").await?;
    desk.ada.row("alice", "one unread", |row| row.unread() == 1).await?;
    desk.ada
        .done(AgentCommand::MarkSeen {
            conversation,
            up_to: LineNo(1),
        })
        .await?;
    desk.bo.row("alice", "nothing unread", |row| row.unread() == 0).await?;
    desk.ada.replies("alice", "Hi Alice").await?;
    let row = desk
        .ada
        .row("alice", "the reply", |row| {
            row.last_line.as_ref().is_some_and(|it| it.excerpt == "Hi Alice")
        })
        .await?;
    alice.done(CustomerCommand::MarkSeen { up_to: row.desk_lines }).await?;
    let lines = row.desk_lines;
    desk.ada
        .row("alice", "read by her", |row| row.customer_mark == lines)
        .await?;

    alice.handle().typing(None, true);
    let typing = |seen: &Seen<AgentReplica>| {
        use minicom_protocol::frame::AgentSignal;
        let typing = |signal: &AgentSignal| matches!(signal, AgentSignal::Typing { on: true, .. });
        seen.signals.iter().any(typing).then_some(())
    };
    desk.ada.until("alice is typing", typing).await?;
    Ok(())
}

/// The same two people with the programs' line mode, over pipes and on a terminal.
#[tokio::test(flavor = "multi_thread")]
async fn the_story_in_lines() -> Result<()> {
    let desk = Desk::open().await?;
    let computer = Computer::new(desk.server.url())?;
    let said = with_input(
        &computer.chat("alice", &["--plain"])?,
        "Hello, I need help\nhuman please\n",
    )?;
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let out = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(out.contains("Hello, I need help") && !out.contains('\x1b'), "{out}");

    let mut ada = Pty::start(&computer.agent(&desk.server.agents[0], &["--plain"])?, 120, 40)?;
    ada.sees("1 waiting")?;
    ada.press("/take alice\n")?;
    desk.bo.row("alice", "Ada's badge", is_owned_by("Ada")).await?;
    ada.press("Hi Alice, Ada here.\n")?;
    let mut alice = Pty::start(&computer.chat("alice", &["--plain"])?, 120, 40)?;
    alice.sees("Ada: Hi Alice, Ada here.")?;
    alice.press("There you are\n")?;
    ada.sees("alice: There you are")?;
    ada.press("/done\n")?;
    desk.bo.row("alice", "it is over", is_closed).await?;
    alice.press("/quit\n")?;
    assert_eq!(alice.end()?, 0);
    ada.press("/quit\n")?;
    assert_eq!(ada.end()?, 0);

    let once = with_input(&computer.chat("alice", &["-m", "One more thing"])?, "")?;
    assert!(once.status.success(), "{}", String::from_utf8_lossy(&once.stderr));
    desk.bo
        .row("alice", "a second conversation", |row| row.number == 2)
        .await?;
    let listed = with_input(&computer.agent(&desk.server.agents[0], &["list"])?, "")?;
    assert!(String::from_utf8_lossy(&listed.stdout).contains("alice"), "{listed:?}");
    Ok(())
}
