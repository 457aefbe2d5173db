use std::collections::BTreeSet;

use minicom_protocol::event::{Event, HumanRequested, Subject};

use super::*;
use crate::store::{fixture::Store, journal};

/// An event of every kind: the examples of the protocol's specification.
fn examples() -> Vec<Event> {
    let spec = include_str!("../../../protocol/src/spec.md");
    let lines = spec.lines().skip_while(|line| *line != "```events agents").skip(1);
    let lines = lines.take_while(|line| *line != "```");
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_kind_is_stored_under_a_name_of_its_own_and_read_as_it_was() {
    let examples = examples();
    let kinds: BTreeSet<&str> = examples.iter().map(|event| event.body.kind()).collect();
    assert_eq!(kinds, EventBody::KINDS.iter().copied().collect());
    let mut names = BTreeSet::new();
    for event in &examples {
        let (name, stored) = encode(&event.body).unwrap().unwrap();
        names.insert(name);
        let mut expected = event.body.clone();
        if let EventBody::Posted(Posted { quote: Some(quote), .. }) = &mut expected {
            quote.excerpt.clear();
        }
        if let EventBody::HumanRequested(HumanRequested { note: Some(note), .. }) = &mut expected
            && let Some(question) = &mut note.question
        {
            question.excerpt.clear();
        }
        assert_eq!(decode(name, &stored).unwrap(), expected);
    }
    assert_eq!(names.len(), kinds.len());
}

#[test]
fn every_subject_is_read_as_it_was_written() {
    let mut store = Store::new();
    let subjects: Vec<Subject> = examples().iter().map(|event| event.subject).collect();
    let of = |wanted: fn(&Subject) -> bool| *subjects.iter().find(|it| wanted(it)).unwrap();
    let settings = || {
        EventBody::SettingsChanged(minicom_protocol::event::SettingsChanged {
            settings: Box::default(),
        })
    };
    // The body does not matter: the subject stands beside it.
    for subject in [
        of(|it| matches!(it, Subject::Customer { .. })),
        Subject::Desk,
        Subject::Library,
        of(|it| matches!(it, Subject::Ticket { .. })),
        of(|it| matches!(it, Subject::Agent { .. })),
    ] {
        let written = store.append(subject, settings());
        let read = journal::after(
            &store.conn,
            store.tenant,
            minicom_protocol::ids::Rev(written.rev.0 - 1),
            1,
        )
        .unwrap();
        assert_eq!(read, [written]);
    }
    assert_eq!(journal::verify(&store.conn, store.tenant).unwrap(), None);
}
