use minicom_protocol::command::CustomerCommand;

use super::*;
use crate::test_desk::{TestDesk, command_id};

#[tokio::test]
async fn a_tenant_whose_lane_is_full_puts_off_nobody_elses_timers() {
    let (test, there, bob) = TestDesk::new().with_tenant("other", "bob").await;
    let (here, alice) = (test.tenant(), test.customer("alice").await);
    // A customer's line sets the bot's deadline, of which the time comes now.
    test.post(&alice, 1, "hello").await;
    let hello = Order::Customer(CustomerCommand::post("hello"));
    test.desk.submit(&bob, command_id(2), hello).await.unwrap();
    for (tenant, due) in [(here, 1), (there, 2)] {
        let sooner = move |scope: &mut crate::execute::Scope<'_>| {
            let changed = scope.conn.execute(
                "UPDATE timers SET due = ?2 WHERE tenant = ?1 AND kind = 'bot_deadline'",
                (tenant.0, due),
            );
            changed.map(|count| assert_eq!(count, 1))
        };
        test.desk.write(tenant, sooner).await.unwrap();
    }
    let due = async || {
        let due = test
            .desk
            .read(|conn| timers::due(conn, Time(10), 10, &[]))
            .await
            .unwrap();
        due.iter().map(|timer| timer.tenant).collect::<Vec<_>>()
    };
    assert_eq!(due().await, [here, there]);

    let held = test.hold_writer().await;
    let flood = test.flood(here).await;
    let desk = test.desk.clone();
    let fired = tokio::spawn(async move { fire_due(&desk).await });
    test.until_waiting(crate::limits::TENANT_LANE_MAX + 1).await;
    drop(held);
    flood.join_all().await;
    assert!(fired.await.unwrap().is_some(), "it is looked again");
    assert_eq!(due().await, [here]);
    fire_due(&test.desk).await;
    assert_eq!(due().await, []);
}
