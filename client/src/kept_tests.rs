//! What is kept is there again, whole, for its owner alone, and goes when it is to go.

use std::{os::unix::fs::PermissionsExt, path::Path};

use minicom_protocol::{
    event::{Event, EventBody, Subject},
    ids::{AgentId, ConversationId, Mark, Rev, TenantId},
    people::{AgentRef, Role},
    text::DisplayName,
};

use super::*;
use crate::{ServerUrl, StateDir, limits::*};

const NOW: i64 = 1_795_231_200_000_000;

fn customer(n: u8) -> CustomerId {
    CustomerId::from_bytes([n; 16])
}

fn desk(threads: &[u8]) -> KeptDesk {
    KeptDesk {
        wall: NOW,
        time: Time(NOW),
        cursor: Cursor { at: 3, mark: Mark(7) },
        whole: true,
        me: AgentMe {
            agent: AgentRef {
                id: AgentId::from_bytes([1; 16]),
                name: DisplayName::parse("Ada").unwrap(),
            },
            role: Role::Agent,
            tenant: TenantId::default_tenant(),
        },
        desk: DeskState::default(),
        rows: vec![],
        more_closed: false,
        replies: vec![],
        all_replies: true,
        views: vec![],
        threads: threads.iter().map(|n| customer(*n)).collect(),
    }
}

fn thread(n: u8, events: u64) -> KeptThread {
    let event = |at: u64| Event {
        rev: Rev(at),
        seq: None,
        mark: Mark(at),
        time: Time(NOW),
        subject: Subject::Conversation {
            customer: customer(n),
            conversation: ConversationId::from_bytes([n; 16]),
        },
        command: None,
        body: EventBody::HumanRequested(minicom_protocol::event::HumanRequested {
            reason: minicom_protocol::stage::HandOverReason::CustomerAsked,
            by_customer: true,
            respond_by: None,
            note: None,
        }),
    };
    KeptThread {
        customer: customer(n),
        events: (1..=events).map(event).collect(),
        more: false,
    }
}

fn store(state: &Path, identity: &str) -> KeptStore {
    let server = ServerUrl::parse("http://127.0.0.1:8000", false).unwrap();
    KeptStore::new(&StateDir::at(state), &server, &TenantId::default_tenant(), identity)
}

fn parcel(desk: KeptDesk, threads: Vec<KeptThread>) -> Parcel {
    Parcel { desk, threads }
}

/// The files that are there, by name, without the lock.
fn files(state: &Path) -> Vec<String> {
    let folder = std::fs::read_dir(state.join("kept")).unwrap().next().unwrap().unwrap();
    let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = entries
        .inspect(|entry| assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0))
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| name != "lock")
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_kept_is_there_again_for_its_account_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut ada = store(folder.path(), "ada");
    assert_eq!(ada.load(NOW), None);
    let whole = parcel(desk(&[1, 2]), vec![thread(1, 3), thread(2, 1)]);
    assert!(ada.write(&whole).unwrap());
    let kept = ada.load(NOW + 5).unwrap();
    assert_eq!(
        (kept.wall(), kept.cursor()),
        (NOW, Some(Cursor { at: 3, mark: Mark(7) }))
    );
    assert_eq!((kept.desk, kept.threads), (whole.desk, whole.threads));
    assert_eq!(store(folder.path(), "bo").load(NOW), None);
    assert_eq!(files(folder.path()).len(), 3);
    // A thread that is not wanted any more leaves the disk, and so does what a crash has left.
    let folder_of = std::fs::read_dir(folder.path().join("kept"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    std::fs::write(folder_of.path().join(".tmp-1"), "half").unwrap();
    std::fs::set_permissions(folder_of.path().join(".tmp-1"), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(ada.write(&parcel(desk(&[2]), vec![])).unwrap());
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!(ada.load(NOW).unwrap().threads, [thread(2, 1)]);
    ada.remove().unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("kept")).unwrap().count(), 0);
    ada.remove().unwrap();
}

#[test]
fn one_program_writes_at_a_time_and_the_next_one_writes_what_it_could_not() {
    let folder = tempfile::tempdir().unwrap();
    let (mut first, mut second) = (store(folder.path(), "ada"), store(folder.path(), "ada"));
    assert!(first.write(&parcel(desk(&[1]), vec![thread(1, 1)])).unwrap());
    let unwritten = parcel(desk(&[1, 2]), vec![thread(1, 2), thread(2, 1)]);
    assert!(!second.write(&unwritten).unwrap());
    assert_eq!(second.load(NOW).unwrap().threads, [thread(1, 1)], "but it reads");
    drop(first);
    let next = parcel(desk(&[1, 2]), vec![thread(2, 5)]).after(unwritten);
    assert!(second.write(&next).unwrap());
    assert_eq!(second.load(NOW).unwrap().threads, [thread(1, 2), thread(2, 5)]);
}

#[test]
fn what_is_old_or_strange_or_was_open_to_others_is_not_shown_and_goes() {
    let week = i64::try_from(KEPT_FOR.as_micros()).unwrap();
    let check = |what: &str, spoil: &dyn Fn(&Path), at: i64| {
        let folder = tempfile::tempdir().unwrap();
        let mut ada = store(folder.path(), "ada");
        assert!(ada.write(&parcel(desk(&[1]), vec![thread(1, 1)])).unwrap());
        let of = std::fs::read_dir(folder.path().join("kept"))
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        spoil(&of.path().join("desk.json"));
        assert_eq!(ada.load(at), None, "{what}");
        assert_eq!(
            std::fs::read_dir(folder.path().join("kept")).unwrap().count(),
            0,
            "{what}"
        );
    };
    check("old", &|_| {}, NOW + week + 1);
    check("half", &|path| std::fs::write(path, "{\"format\":1").unwrap(), NOW);
    let open = |path: &Path| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    check("open", &open, NOW);
    let other = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        std::fs::write(path, text.replace("\"format\":1", "\"format\":99")).unwrap();
    };
    check("another format", &other, NOW);
}

#[test]
fn the_threads_looked_at_last_are_kept_as_far_as_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut ada = store(folder.path(), "ada");
    let large = |n: u8| {
        let mut thread = thread(n, 1);
        let text = minicom_protocol::UnknownBody {
            kind: "later".to_owned(),
            touches: minicom_protocol::Touches::Line,
            fallback: Some("x".repeat(usize::try_from(KEPT_THREADS_BYTES_MAX / 3).unwrap())),
            data: serde_json::Value::Null,
        };
        thread.events[0].body = EventBody::Unknown(text);
        thread
    };
    let all = [1, 2, 3, 4];
    assert!(ada.write(&parcel(desk(&all), all.map(large).to_vec())).unwrap());
    let kept: Vec<CustomerId> = ada.load(NOW).unwrap().threads.iter().map(|it| it.customer).collect();
    assert_eq!(kept, [customer(3), customer(4)]);
}
