use minicom_protocol::{
    event::{Event, EventBody, MentionsRead, Noted, Subject},
    people::AgentRef,
    text::MessageText,
};

use super::*;
use crate::store::{
    fixture::{Store, Talk},
    journal,
};

fn note(store: &mut Store, talk: Talk, by: &AgentRef, text: &str, mentions: &[AgentId]) -> Event {
    let noted = Noted {
        agent: by.clone(),
        text: MessageText::parse(text).unwrap(),
        mentions: mentions.to_vec(),
        handover: false,
    };
    store.append(talk.0, EventBody::Noted(noted))
}

#[test]
fn mentions_are_listed_newest_first_and_read_up_to_a_mark() {
    let mut store = Store::new();
    let (ada, bob, carol) = (store.agent("Ada"), store.agent("Bob"), store.customer("carol"));
    let talk = store.open(&carol);
    let texts = ["one", "two", "three"];
    let notes: Vec<Event> = texts
        .iter()
        .map(|text| note(&mut store, talk, &ada, text, &[bob.id]))
        .collect();
    note(&mut store, talk, &bob, "nobody is mentioned", &[]);
    let list = |before, limit| {
        let (found, more) = page(&store.conn, store.tenant, bob.id, before, limit).unwrap();
        (found.iter().map(|it| it.note.text.clone()).collect::<Vec<_>>(), more)
    };
    assert_eq!(list(None, 2), (vec!["three".to_owned(), "two".to_owned()], true));
    assert_eq!(list(Some(notes[1].rev), 2), (vec!["one".to_owned()], false));
    let (found, _) = page(&store.conn, store.tenant, bob.id, None, 1).unwrap();
    assert_eq!(
        (&found[0].customer, &found[0].note.by, found[0].note.conversation),
        (&carol, &ada, talk.id())
    );
    assert_eq!(unread(&store.conn, store.tenant, bob.id).unwrap(), 3);
    assert_eq!(unread(&store.conn, store.tenant, ada.id).unwrap(), 0);
    // The mark never goes back.
    for up_to in [notes[1].rev, notes[0].rev] {
        let read = MentionsRead { agent: bob.id, up_to };
        store.append(Subject::Agent { agent: bob.id }, EventBody::MentionsRead(read));
        assert_eq!(read_mark(&store.conn, store.tenant, bob.id).unwrap(), notes[1].rev);
        assert_eq!(unread(&store.conn, store.tenant, bob.id).unwrap(), 1);
    }
}

#[test]
fn notes_of_a_customer_are_those_of_all_names_newest_first() {
    let mut store = Store::new();
    let (ada, carol, dan) = (store.agent("Ada"), store.customer("carol"), store.customer("dan"));
    let (first, second) = (store.open(&carol), store.open(&dan));
    note(&mut store, first, &ada, "one", &[]);
    note(&mut store, second, &ada, "two", &[]);
    note(&mut store, first, &ada, "three", &[]);
    let texts = |customers: &[_], limit| {
        let found = journal::notes_of(&store.conn, store.tenant, customers, limit).unwrap();
        found.into_iter().map(|it| it.text).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[carol.id, dan.id], 2), ["three", "two"]);
    assert_eq!(texts(&[dan.id], 9), ["two"]);
}
