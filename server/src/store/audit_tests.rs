use minicom_protocol::ids::Time;
use serde_json::json;

use super::*;
use crate::store::fixture::Store;

fn entry(action: &'static str, object: &str) -> NewEntry {
    NewEntry {
        actor: Actor::Operator,
        action,
        object: object.to_owned(),
        detail: json!({"role": "agent"}),
        address: Some("127.0.0.1".to_owned()),
    }
}

fn store() -> Store {
    let store = Store::new();
    for (action, object) in [("agent.made", "ada@x"), ("token.made", "t1"), ("agent.made", "bo@x")] {
        record(&store.conn, store.tenant, Time(7), &entry(action, object)).unwrap();
    }
    store
}

#[test]
fn entries_come_newest_first_and_by_what_is_wanted() {
    let store = store();
    let failed = NewEntry {
        actor: Actor::Nobody,
        ..entry("login.failed", "eve@x")
    };
    record(&store.conn, store.tenant, Time(9), &failed).unwrap();
    let objects = |wanted: Filter, limit| -> Vec<String> {
        let page = page(&store.conn, store.tenant, &wanted, limit).unwrap();
        page.into_iter().map(|entry| entry.object).collect()
    };
    let all = Filter::default();
    assert_eq!(objects(all.clone(), 2), ["eve@x", "bo@x"]);
    let before = Some(2);
    assert_eq!(objects(Filter { before, ..all.clone() }, 2), ["ada@x"]);
    for (action, wanted) in [
        ("agent.made", &["bo@x", "ada@x"][..]),
        ("agent", &["bo@x", "ada@x"]),
        ("agent.", &[]),
        ("log", &[]),
    ] {
        let action = Some(action.to_owned());
        assert_eq!(objects(Filter { action, ..all.clone() }, 9), wanted);
    }
    let actor = |name: &str| Filter {
        actor: Some(name.to_owned()),
        ..all.clone()
    };
    assert_eq!(objects(actor("nobody"), 9), ["eve@x"]);
    assert_eq!(objects(actor("operator"), 9).len(), 3);
    assert!(objects(actor("ada@x"), 9).is_empty());
    let since = Some(Time(8));
    assert_eq!(objects(Filter { since, ..all }, 9), ["eve@x"]);
    assert_eq!(verify(&store.conn, store.tenant).unwrap(), None);
}

#[test]
fn nothing_is_changed_and_what_is_changed_all_the_same_is_found() {
    let store = store();
    let change = "UPDATE audit SET object = 'eve@x' WHERE number = 2";
    assert!(store.conn.execute(change, []).is_err(), "by the program");
    store.conn.execute_batch("DROP TRIGGER audit_is_not_changed").unwrap();
    store.conn.execute(change, []).unwrap();
    assert_eq!(verify(&store.conn, store.tenant).unwrap(), Some(2));
}

#[test]
fn a_missing_entry_is_found_wherever_it_was() {
    for number in 1..=3 {
        let store = store();
        let delete = "DELETE FROM audit WHERE number = ?1";
        store.conn.execute(delete, [number]).unwrap();
        assert_eq!(verify(&store.conn, store.tenant).unwrap(), Some(number));
    }
}
