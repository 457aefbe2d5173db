use minicom_protocol::{
    event::{Author, CustomerChanged, CustomersMerged, EventBody, Subject},
    stage::Closer,
    words::SubjectLine,
};

use super::*;
use crate::store::{
    conversations,
    fixture::{Store, by},
};

#[test]
fn a_profile_is_what_was_said_last() {
    let mut store = Store::new();
    let carol = store.customer("carol");
    assert_eq!(load(&store.conn, store.tenant, carol.id).unwrap(), Profile::default());
    let mut profile = Profile {
        name: Some(SubjectLine::parse("Carol").unwrap()),
        ..Profile::default()
    };
    for value in ["gold", "silver"] {
        profile.attributes.insert("plan".to_owned(), value.to_owned());
        let body = CustomerChanged {
            customer: carol.clone(),
            profile: profile.clone(),
            agent: None,
        };
        store.append(
            Subject::Customer { customer: carol.id },
            EventBody::CustomerChanged(body),
        );
    }
    assert_eq!(load(&store.conn, store.tenant, carol.id).unwrap(), profile);
    assert!(first_seen(&store.conn, store.tenant, carol.id).unwrap().is_some());
    assert_eq!(
        first_seen(&store.conn, store.tenant, CustomerId(uuid::Uuid::nil())).unwrap(),
        None
    );
}

#[test]
fn who_is_joined_with_one_is_joined_with_all() {
    let mut store = Store::new();
    let ada = store.agent("Ada");
    let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|name| store.customer(name));
    for (one, other) in [(&a, &b), (&c, &d), (&b, &d)] {
        let body = CustomersMerged {
            agent: ada.clone(),
            customer: one.clone(),
            also: other.clone(),
        };
        store.append(Subject::Customer { customer: one.id }, EventBody::CustomersMerged(body));
    }
    let others = |of: &CustomerRef| same_person(&store.conn, store.tenant, of.id).unwrap();
    assert_eq!(others(&a), [b.clone(), c.clone(), d.clone()]);
    assert_eq!(others(&d), [a, b, c]);
    assert_eq!(others(&e), []);
}

#[test]
fn conversations_are_counted_over_all_names_and_the_last_owner_is_remembered() {
    let mut store = Store::new();
    let (ada, bob) = (store.agent("Ada"), store.agent("Bob"));
    let (carol, dan) = (store.customer("carol"), store.customer("dan"));
    let first = store.open(&carol);
    store.take_over(first, &ada);
    store.post(first, by(&ada), "hello");
    assert_eq!(
        conversations::previous_owner(&store.conn, store.tenant, carol.id).unwrap(),
        None
    );
    store.close(first, Closer::Customer);
    let owner = |store: &Store| conversations::previous_owner(&store.conn, store.tenant, carol.id).unwrap();
    assert_eq!(owner(&store), Some(ada.clone()));
    // One that nobody owned changes nothing; one that somebody else owned does.
    let second = store.open(&carol);
    store.post(second, Author::Customer, "hello again");
    store.close(second, Closer::System);
    assert_eq!(owner(&store), Some(ada));
    let third = store.open(&carol);
    store.take_over(third, &bob);
    store.close(third, Closer::Agent { agent: bob.clone() });
    assert_eq!(owner(&store), Some(bob));
    let fourth = store.open(&dan);
    let names = [carol.id, dan.id];
    assert_eq!(
        conversations::counts(&store.conn, store.tenant, &names).unwrap(),
        (4, 1)
    );
    let newest = conversations::of_customers(&store.conn, store.tenant, &names, 3).unwrap();
    let ids: Vec<_> = newest.iter().map(|it| it.conversation).collect();
    assert_eq!(ids, [fourth.id(), third.id(), second.id()]);
}
