use minicom_protocol::{command::AgentCommand, ids::LineNo};

use super::*;
use crate::{order::Caller, test_desk::TestDesk};

/// A customer with so many closed conversations of `lines` lines each; `first` is the first id of a command.
async fn closed(test: &TestDesk, customer: &Caller, first: u64, count: u64, lines: u64) {
    let ada = test.agent(&format!("ada{first}")).await;
    for n in 0..count {
        let id = first + n * (lines + 1);
        for line in 1..lines {
            test.post(customer, id + line, "hello").await;
        }
        let conversation = test.post(customer, id, "hello").await.conversation.unwrap();
        test.ask(
            &ada,
            id,
            AgentCommand::Close {
                conversation,
                seen: LineNo(u64::MAX),
            },
        )
        .await
        .unwrap();
    }
}

/// How many were erased in one transaction, and how many rows that has changed.
async fn erased(test: &TestDesk) -> (usize, u64) {
    let done = test.desk.write(test.tenant(), |scope| {
        let before = scope.conn.total_changes();
        let count = old(scope, Time(i64::MAX), &By::server())?;
        Ok((count, scope.conn.total_changes() - before))
    });
    done.await.unwrap()
}

#[tokio::test]
async fn a_customers_conversations_are_erased_together() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    closed(&test, &alice, 1_000, 3, 1).await;
    let (count, few) = erased(&test).await;
    assert_eq!(count, 3);
    let bob = test.customer("bob").await;
    closed(&test, &bob, 2_000, 24, 1).await;
    let (count, many) = erased(&test).await;
    assert_eq!(count, 24);
    assert!(many <= few * 8, "{many} changes for eight times those of {few}");
    assert_eq!(erased(&test).await.0, 0);
}

#[tokio::test]
async fn a_transaction_erases_so_many_events_and_one_conversation_at_least() {
    let test = TestDesk::new();
    let alice = test.customer("alice").await;
    closed(&test, &alice, 1_000, 5, 1).await;
    assert_eq!(erased_within(&test, 1).await, 1, "one at least");
    assert_eq!(erased_within(&test, 10_000).await, 4);
    assert_eq!(erased_within(&test, 10_000).await, 0);
}

async fn erased_within(test: &TestDesk, events: usize) -> usize {
    let done = test.desk.write(test.tenant(), move |scope| {
        within(scope, Time(i64::MAX), &By::server(), events)
    });
    done.await.unwrap()
}
