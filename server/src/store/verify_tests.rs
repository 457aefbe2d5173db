use minicom_protocol::ids::TenantId;
use rusqlite::Connection;

use super::*;
use crate::test_desk::TestDesk;

/// A desk with a conversation, an agent's answer to it and a change of the settings.
async fn filled() -> (TestDesk, Connection) {
    let desk = TestDesk::new();
    let alice = desk.customer("alice").await;
    desk.post(&alice, 1, "the first line").await;
    desk.post(&alice, 2, "the second line").await;
    let bob = desk.customer("bob").await;
    desk.post(&bob, 3, "another thread").await;
    let conn = Connection::open(desk.folder.database()).unwrap();
    (desk, conn)
}

#[track_caller]
fn found(conn: &Connection, words: &str) {
    let findings = all(conn).unwrap().findings;
    assert!(findings.iter().any(|it| it.contains(words)), "{words}: {findings:?}");
}

#[tokio::test]
async fn a_desk_as_it_was_written_is_sound_and_counted() {
    let (desk, conn) = filled().await;
    let verified = all(&conn).unwrap();
    assert!(verified.sound(), "{:?}", verified.findings);
    assert_eq!((verified.tenants, verified.conversations), (1, 2));
    assert!(verified.events >= 5 && verified.newest.is_some());
    drop(desk);
}

#[tokio::test]
async fn each_change_behind_the_programs_back_is_found() {
    for (change, words) in [
        ("UPDATE events SET body = replace(body, 'first', 'worst')", "seq 2"),
        ("UPDATE events SET time = time + 1 WHERE rev = 3", "(event 3)"),
        ("DELETE FROM events WHERE rev = 2", "its content is not"),
        (
            "DELETE FROM events WHERE rev = (SELECT max(rev) FROM events)",
            "the journal should have",
        ),
        (
            "UPDATE conversations SET summary = json_set(summary, '$.message_count', 77)",
            "the row of conversation",
        ),
        (
            "UPDATE threads SET view = json_set(view, '$.customer_lines', 77)",
            "the thread of customer",
        ),
        ("UPDATE tenants SET digest = randomblob(32)", "of no thread"),
        ("DELETE FROM conversations", "which has no row"),
    ] {
        let (_desk, conn) = filled().await;
        conn.execute_batch(change).unwrap();
        found(&conn, words);
    }
}

#[tokio::test]
async fn a_changed_audit_entry_is_named() {
    let (desk, conn) = filled().await;
    let tenant = desk.tenant();
    for _ in 0..3 {
        let entry = audit::NewEntry {
            actor: audit::Actor::Operator,
            action: "test.done",
            object: TenantId::default_tenant().to_string(),
            detail: serde_json::json!({}),
            address: None,
        };
        desk.desk
            .write(tenant, move |scope| audit::record(scope.conn, tenant, Time(1), &entry))
            .await
            .unwrap();
    }
    assert!(all(&conn).unwrap().sound());
    conn.execute_batch("DELETE FROM audit WHERE number = 2").unwrap();
    found(&conn, "audit entry 2");
}
