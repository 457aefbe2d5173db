//! Groups, savepoints, repeats: what the promises of durability and of once stand on.

use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    event::{EventBody, Subject},
};
use tokio::task::JoinSet;

use crate::{
    in_order::InOrder,
    limits,
    order::{BotTurn, Caller, Order, Turn},
    store::journal,
    test_desk::{TestDesk, command_id},
};
use minicom_protocol::{
    ids::{LineNo, Rev},
    refusal::Refusal,
};

async fn journal(test: &TestDesk) -> Vec<minicom_protocol::event::Event> {
    let tenant = test.tenant();
    test.desk
        .read(move |conn| journal::after(conn, tenant, Rev(0), 100_000))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_lone_message_is_one_commit() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let before = test.desk.counts().commits.load(Ordering::Relaxed);
    test.post(&alice, 1, "hello").await;
    assert_eq!(test.desk.counts().commits.load(Ordering::Relaxed) - before, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_in_flight_share_commits() {
    let test = TestDesk::new();
    let mut callers = Vec::new();
    for n in 0..64 {
        callers.push(test.customer(&format!("customer{n}")).await);
    }
    let before = test.desk.counts().commits.load(Ordering::Relaxed);
    let mut senders = JoinSet::new();
    for (n, caller) in callers.into_iter().enumerate() {
        let desk = test.desk.clone();
        senders.spawn(async move {
            for line in 0..16 {
                let order = Order::Customer(CustomerCommand::post("hello"));
                desk.submit(&caller, command_id(n as u64 * 100 + line), order)
                    .await
                    .unwrap();
            }
        });
    }
    senders.join_all().await;
    let commits = test.desk.counts().commits.load(Ordering::Relaxed) - before;
    assert!(commits <= 62, "{commits} commits for 1,024 messages with 64 in flight");
}

#[tokio::test]
async fn a_tenant_that_floods_is_refused_and_the_others_are_not() {
    let (test, there, _) = TestDesk::new().with_tenant("other", "bob").await;
    let here = test.tenant();
    let held = test.hold_writer().await;
    let flood = test.flood(here).await;
    let one_more = test.desk.write(here, |_| Ok(())).now_or_never();
    assert!(matches!(one_more, Some(Err(Refusal::Busy { .. }))), "{one_more:?}");
    let desk = test.desk.clone();
    let other = tokio::spawn(async move { desk.write(there, |_| Ok(())).await });
    test.until_waiting(limits::TENANT_LANE_MAX + 1).await;
    drop(held);
    assert_eq!(other.await.unwrap(), Ok(()));
    assert!(flood.join_all().await.into_iter().all(|done| done.is_ok()));
    assert_eq!(
        test.desk.write(here, |_| Ok(())).await,
        Ok(()),
        "its places are free again"
    );
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_also_after_a_restart() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let first = test.post(&alice, 1, "hello").await;
    let again = test.post(&alice, 1, "hello").await;
    assert!(!first.repeat && again.repeat);
    assert_eq!((first.seq, first.conversation), (again.seq, again.conversation));
    let test = test.restart();
    let later = test.post(&alice, 1, "hello").await;
    assert!(later.repeat);
    assert_eq!(later.seq, first.seq);
    assert_eq!(journal(&test).await.len(), 2);
}

#[tokio::test]
async fn the_same_id_with_other_content_is_a_conflict_and_stores_nothing() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "hello").await;
    let other = Order::Customer(CustomerCommand::post("bye"));
    assert_eq!(
        test.desk.submit(&alice, command_id(1), other.clone()).await,
        Err(Refusal::Conflict)
    );
    assert_eq!(journal(&test).await.len(), 2);
    // Another sender may use the same id.
    let bob = test.customer("bob").await;
    assert!(test.desk.submit(&bob, command_id(1), other).await.is_ok());
}

#[tokio::test]
async fn a_final_refusal_is_kept_too() {
    let test = TestDesk::new();
    let (alice, ada, bo) = (
        test.customer("alice").await,
        test.agent("ada").await,
        test.agent("bo").await,
    );
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    test.ask(&ada, 1, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    let lost = test.ask(&bo, 1, AgentCommand::TakeOver { conversation }).await;
    assert!(
        matches!(&lost, Err(Refusal::TakenBy { agent, .. }) if agent.name.as_str() == "ada"),
        "{lost:?}"
    );
    test.ask(&ada, 2, AgentCommand::HandBack { conversation })
        .await
        .unwrap();
    assert_eq!(
        test.ask(&bo, 1, AgentCommand::TakeOver { conversation }).await,
        lost,
        "the first answer stands for ever"
    );
    assert!(test.ask(&bo, 2, AgentCommand::TakeOver { conversation }).await.is_ok());
}

#[tokio::test]
async fn a_text_that_is_refused_at_the_door_is_not_remembered() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let empty = Order::Customer(CustomerCommand::post(" \u{200b}"));
    assert_eq!(
        test.desk.submit(&alice, command_id(1), empty).await,
        Err(Refusal::EmptyMessage)
    );
    assert!(!test.post(&alice, 1, "hello").await.repeat);
}

async fn break_off(test: &TestDesk, alice: &Caller, panics: bool) -> Result<(), Refusal> {
    let (tenant, customer) = (test.tenant(), alice.customer());
    let conversation = test.desk.newest(tenant, customer).await.unwrap().unwrap().conversation;
    let subject = Subject::Conversation { customer, conversation };
    let body = journal(test).await[1].body.clone();
    test.desk
        .write(tenant, move |scope| {
            scope.append(subject, None, body)?;
            assert!(!panics, "on purpose");
            scope.conn.execute("INSERT INTO no_such_table VALUES (1)", []).map(drop)
        })
        .await
}

#[tokio::test]
async fn work_that_fails_or_panics_leaves_no_number_no_summary_and_no_event_behind() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "one").await;
    for panics in [false, true] {
        assert_eq!(break_off(&test, &alice, panics).await, Err(Refusal::Internal));
    }
    test.post(&alice, 2, "two").await;
    let events = journal(&test).await;
    assert_eq!(events.iter().map(|event| event.rev.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        events
            .iter()
            .filter_map(|event| event.seq)
            .map(|seq| seq.0)
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    let summary = test
        .desk
        .newest(test.tenant(), alice.customer())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((summary.message_count, summary.customer_lines.0), (2, 2));
    assert!(matches!(&events[2].body, EventBody::Posted(posted) if posted.text() == "two"));
}

#[tokio::test]
async fn a_changed_byte_is_found() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "I paid 100 EUR").await;
    test.post(&alice, 2, "thanks").await;
    let tenant = test.tenant();
    assert_eq!(
        test.desk.read(move |conn| journal::verify(conn, tenant)).await.unwrap(),
        None
    );
    let flip = |sql: &'static str| {
        test.desk
            .write(tenant, move |scope| scope.conn.execute(sql, []).map(drop))
    };
    // Erasing a body keeps the chain; changing one does not.
    flip("UPDATE events SET body = NULL, salt = NULL WHERE rev = 3")
        .await
        .unwrap();
    assert_eq!(
        test.desk.read(move |conn| journal::verify(conn, tenant)).await.unwrap(),
        None
    );
    flip("UPDATE events SET body = replace(body, '100', '900') WHERE rev = 2")
        .await
        .unwrap();
    assert_eq!(
        test.desk.read(move |conn| journal::verify(conn, tenant)).await.unwrap(),
        Some(Rev(2))
    );
}

#[tokio::test]
async fn a_full_disk_refuses_for_now_keeps_what_was_acknowledged_and_recovers_by_itself() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    let tenant = test.tenant();
    // SQLite answers a bound on the file's pages exactly as a full disk.
    let bound = |pages: i64| {
        test.desk.write(tenant, move |scope| {
            scope
                .conn
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
    };
    bound(1).await.unwrap(); // SQLite keeps the pages that are in use already.
    let text = "x".repeat(16_000);
    let mut acknowledged = 0;
    let refusal = loop {
        let order = Order::Customer(CustomerCommand::post(text.clone()));
        match test.desk.submit(&alice, command_id(acknowledged), order).await {
            Ok(_) => acknowledged += 1,
            Err(refusal) => break refusal,
        }
        assert!(acknowledged < 1_000, "the bound did not bite");
    };
    assert_eq!(refusal, Refusal::StorageFull);
    assert!(refusal.retryable());
    let lines = |events: &[minicom_protocol::event::Event]| {
        events
            .iter()
            .filter(|event| matches!(event.body, EventBody::Posted(_)))
            .count() as u64
    };
    assert_eq!(lines(&journal(&test).await), acknowledged);
    bound(1_000_000).await.unwrap();
    let order = Order::Customer(CustomerCommand::post(text));
    let done = test.desk.submit(&alice, command_id(acknowledged), order).await.unwrap();
    assert!(!done.repeat, "a refusal for now is no stored answer");
    assert_eq!(lines(&journal(&test).await), acknowledged + 1);
}

#[tokio::test]
async fn what_waits_behind_one_that_is_refused_for_now_does_not_overtake_it() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    test.post(&alice, 1, "hello").await;
    let tenant = test.tenant();
    let room = |pages: i64| {
        test.desk.write(tenant, move |scope| {
            // Pages of the file that nothing is in would be room too.
            let free: i64 = scope
                .conn
                .pragma_query_value(None, "freelist_count", |row| row.get(0))?;
            let filling = "CREATE TABLE IF NOT EXISTS filling (bytes BLOB NOT NULL)";
            scope.conn.execute_batch(filling)?;
            scope
                .conn
                .execute("INSERT INTO filling (bytes) VALUES (zeroblob(?1 * 4096))", [free])?;
            let now: i64 = scope.conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let bound = format!("PRAGMA max_page_count = {}", now + pages);
            scope.conn.query_row(&bound, [], |_| Ok(()))
        })
    };
    let post = |id, text: &str, among: &InOrder| {
        let order = Order::Customer(CustomerCommand::post(text.to_owned()));
        let among = Some(among.clone());
        test.desk.submit_among(&alice, command_id(id), order, among)
    };
    // A disk on which a short line still fits and a long one does not.
    room(1).await.unwrap();
    let (among, long) = (InOrder::new(), "long ".repeat(3_000));
    let (second, third) = tokio::join!(post(2, &long, &among), post(3, "short", &among));
    assert_eq!(second, Err(Refusal::StorageFull));
    assert_ne!(third.map(drop), Ok(()), "it has overtaken the line before it");
    assert_eq!(post(4, "later", &among).await, Err(Refusal::Behind));
    room(1_000).await.unwrap();
    let among = InOrder::new();
    let (second, third) = tokio::join!(post(2, &long, &among), post(3, "short", &among));
    assert!(second.unwrap().rev < third.unwrap().rev);
}

#[tokio::test]
async fn only_what_others_wrote_after_what_was_seen_is_missed() {
    let test = TestDesk::new();
    let (alice, anna) = (test.customer("alice").await, test.agent("Anna").await);
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    let turn = BotTurn {
        conversation,
        trigger: Rev(2),
        turn: Turn::Reply { text: "hi".into() },
    };
    let bot = test.desk.bot(&alice.tenant);
    let turn = test.desk.submit(&bot, command_id(2), Order::BotTurn(turn));
    turn.await.unwrap();
    let post = |desk: u64| AgentCommand::Post {
        conversation,
        text: "hello".into(),
        seen: SeenLines {
            customer: LineNo(1),
            desk: LineNo(desk),
        },
        take_over: true,
        anyway: false,
        quote: None,
        reply: None,
        article: None,
        file: None,
    };
    let stale = |newest| Err(Refusal::Stale { newest: LineNo(newest) });
    assert_eq!(test.ask(&anna, 3, post(0)).await, stale(1), "the bot's line was missed");
    test.ask(&anna, 4, post(1)).await.unwrap();
    test.ask(&anna, 5, post(1)).await.unwrap();
    assert_eq!(
        test.ask(&anna, 6, post(0)).await,
        stale(3),
        "still, under one's own lines"
    );
}

#[tokio::test]
async fn marks_that_move_nothing_leave_no_row_behind() {
    let test = TestDesk::new();
    let (alice, ada) = (test.customer("alice").await, test.agent("ada").await);
    let conversation = test.post(&alice, 1, "hello").await.conversation.unwrap();
    test.ask(&ada, 1, AgentCommand::TakeOver { conversation })
        .await
        .unwrap();
    let up_to = minicom_protocol::ids::LineNo(1);
    for id in 2..12 {
        test.ask(&ada, id, AgentCommand::MarkSeen { conversation, up_to })
            .await
            .unwrap();
    }
    let rows = test
        .desk
        .read(|conn| conn.query_row("SELECT count(*) FROM commands", [], |row| row.get::<_, i64>(0)));
    assert_eq!(
        rows.await.unwrap(),
        3,
        "a post, a take-over, and the one mark that moved"
    );
}
