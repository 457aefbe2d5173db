//! Lines in their present form wherever they are read, what is erased gone for good, and digests that hold all the same.

use minicom_protocol::{
    command::{Done, Outcome, Sender},
    event::{Author, EventBody, Posted},
    ids::{LineNo, Rev, Seq},
    line::{LineRef, LineState, Quote},
    stage::{Closer, Side},
};

use super::*;
use crate::store::{
    checkpoint::Checkpointer,
    commands,
    fixture::{Store, Talk, by, desk_line},
    refold,
};

/// A customer's talk with the bot and an agent, a line each.
fn talk(store: &mut Store) -> (Talk, [LineRef; 4]) {
    let (carol, ada) = (store.customer("carol"), store.agent("Ada"));
    let talk = store.open(&carol);
    let lines = [
        store.post(talk, Author::Customer, "my card is SECRET-4711"),
        store.post(talk, Author::Bot, "a SECRET-4712 from the bot"),
        store.post(talk, Author::System, "a SECRET-4713 from the desk"),
        {
            store.take_over(talk, &ada);
            store.post(talk, by(&ada), "a SECRET-4714 from Ada")
        },
    ];
    (talk, lines)
}

/// All that anybody can read of a thread, as text.
fn all_readings(store: &Store, talk: Talk) -> Vec<String> {
    let (conn, tenant, customer) = (&store.conn, store.tenant, talk.customer());
    let events = |found: Vec<Event>| {
        found
            .iter()
            .map(|it| serde_json::to_string(it).unwrap())
            .collect::<Vec<_>>()
    };
    let theirs = |found: Vec<minicom_protocol::customer_event::CustomerEvent>| {
        found
            .iter()
            .map(|it| serde_json::to_string(it).unwrap())
            .collect::<Vec<_>>()
    };
    let mut read = events(after(conn, tenant, Rev(0), 100).unwrap());
    read.extend(events(thread_before(conn, tenant, customer, None, 100).unwrap().0));
    read.extend(events(numbered_before(conn, tenant, customer, None, 100).unwrap().0));
    read.extend(theirs(customer_before(conn, tenant, customer, None, 100).unwrap().0));
    read.extend(theirs(thread_after(conn, tenant, customer, Seq(0), 100).unwrap()));
    read.push(serde_json::to_string(&conversations::load(conn, tenant, talk.id()).unwrap()).unwrap());
    read
}

fn posted(store: &Store, talk: Talk, named: LineRef) -> Posted {
    match line(&store.conn, store.tenant, talk.customer(), named)
        .unwrap()
        .unwrap()
        .body
    {
        EventBody::Posted(posted) => posted,
        other => panic!("{other:?} is no line"),
    }
}

/// The customer's numbers are dense, and every one of them has an event.
fn has_no_gap(store: &Store, talk: Talk) {
    let events = thread_after(&store.conn, store.tenant, talk.customer(), Seq(0), 100).unwrap();
    let numbers: Vec<u64> = events.iter().map(|event| event.seq.0).collect();
    let view = threads::load(&store.conn, store.tenant, talk.customer()).unwrap().view;
    assert_eq!(numbers, (1..=view.seq.0).collect::<Vec<_>>());
}

#[test]
fn an_edited_line_is_told_with_what_it_says_now() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    store.change(talk, lines[0], LineState::Edited, "second", None);
    store.change(talk, lines[0], LineState::Edited, "third", None);
    let line = posted(&store, talk, lines[0]);
    assert_eq!((line.text().as_str(), line.state), ("third", LineState::Edited));
    for read in all_readings(&store, talk) {
        assert!(!read.contains("SECRET-4711") && !read.contains("second"), "{read}");
    }
    has_no_gap(&store, talk);
    assert_eq!(verify(&store.conn, store.tenant).unwrap(), None);
}

#[test]
fn a_line_taken_back_has_no_text_in_any_reading_not_even_what_it_said_in_between() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    store.change(talk, lines[0], LineState::Edited, "in between", None);
    store.change(talk, lines[0], LineState::Withdrawn, "", None);
    let line = posted(&store, talk, lines[0]);
    assert_eq!((line.parts.len(), line.state), (0, LineState::Withdrawn));
    for read in all_readings(&store, talk) {
        assert!(!read.contains("SECRET-4711") && !read.contains("in between"), "{read}");
    }
    has_no_gap(&store, talk);
}

#[test]
fn a_blanked_line_keeps_its_author_and_place_and_nothing_else() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    let bob = store.agent("Bob");
    let authors: Vec<Author> = lines.iter().map(|line| posted(&store, talk, *line).author).collect();
    for line in lines {
        store.change(talk, line, LineState::Blanked, "", Some(&bob));
    }
    for (line, author) in lines.iter().zip(authors) {
        let now = posted(&store, talk, *line);
        assert_eq!(
            (now.line, now.author, now.parts.len(), now.state),
            (line.line, author, 0, LineState::Blanked)
        );
    }
    for read in all_readings(&store, talk) {
        assert!(!read.contains("SECRET"), "{read}");
    }
    has_no_gap(&store, talk);
    assert_eq!(verify(&store.conn, store.tenant).unwrap(), None);
}

#[test]
fn what_is_blanked_out_is_in_no_file_any_more() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    let ada = store.agent("Bob");
    store.change(talk, lines[0], LineState::Edited, "or was it SECRET-4799", None);
    // A long text spills over into pages of its own.
    let long = format!("{} SECRET-4798", "x".repeat(9_000));
    let last = store.post(talk, Author::Customer, &long);
    let quote = Quote {
        line: lines[0],
        excerpt: "or was it SECRET-4799".to_owned(),
    };
    store.post_quoting(talk, by(&ada), "which one?", Some(quote));
    let held = |store: &Store| {
        assert!(Checkpointer::open(&store.folder.database()).unwrap().empty().unwrap());
        let files = std::fs::read_dir(store.dir.path()).unwrap();
        let bytes = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let bytes: Vec<u8> = bytes.collect();
        bytes.windows(6).filter(|it| it == b"SECRET").count()
    };
    assert!(held(&store) > 0, "nothing to look for");
    for line in lines.into_iter().chain([last]) {
        store.change(talk, line, LineState::Blanked, "", Some(&ada));
    }
    assert_eq!(held(&store), 0);
}

#[test]
fn a_quote_has_the_words_that_stand_there_now() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    let quote = Quote {
        line: lines[0],
        excerpt: "my card is SECRET-4711".to_owned(),
    };
    let answer = store.post_quoting(talk, Author::Bot, "which one?", Some(quote.clone()));
    let read = |store: &Store| posted(store, talk, answer).quote.unwrap();
    assert_eq!(read(&store), quote);
    store.change(talk, lines[0], LineState::Edited, "my card", None);
    assert_eq!(read(&store).excerpt, "my card");
    store.change(talk, lines[0], LineState::Blanked, "", None);
    assert_eq!(read(&store).excerpt, "(blanked out)");
    for read in all_readings(&store, talk) {
        assert!(!read.contains("SECRET-4711"), "{read}");
    }
}

#[test]
fn stored_folds_equal_the_fold_of_the_events_as_they_are_told() {
    let mut store = Store::new();
    let (first, lines) = talk(&mut store);
    let ada = store.agent("Bob");
    store.change(first, lines[0], LineState::Edited, "edited", None);
    store.change(first, lines[3], LineState::Withdrawn, "", Some(&ada));
    store.change(first, lines[1], LineState::Blanked, "", Some(&ada));
    store.close(first, Closer::Customer);
    let customer = conversations::load(&store.conn, store.tenant, first.id())
        .unwrap()
        .unwrap()
        .customer;
    let second = store.open(&customer);
    let line = store.post(second, Author::Customer, "again");
    store.change(second, line, LineState::Blanked, "", Some(&ada));
    let folds = |store: &Store| {
        let rows = [first, second].map(|it| conversations::load(&store.conn, store.tenant, it.id()).unwrap());
        (rows, threads::load(&store.conn, store.tenant, customer.id).unwrap())
    };
    let before = folds(&store);
    refold::all(&store.conn).unwrap();
    assert_eq!(folds(&store), before);
}

#[test]
fn a_line_is_found_on_its_side_and_only_if_it_was_posted() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    store.change(talk, lines[3], LineState::Edited, "a new text", None);
    let found = |side, number| {
        let named = LineRef {
            side,
            line: LineNo(number),
        };
        line(&store.conn, store.tenant, talk.customer(), named)
            .unwrap()
            .map(|event| event.rev)
    };
    assert_eq!(found(Side::Customer, 1), Some(Rev(2)));
    assert_eq!(found(Side::Desk, 3), Some(Rev(6)));
    assert_eq!(found(Side::Desk, 4), None);
    let newest = |agent| newest_line_by(&store.conn, store.tenant, talk.customer(), agent).unwrap();
    assert_eq!(newest(None), LineNo(1));
    let Author::Agent { agent } = posted(&store, talk, desk_line(3)).author else {
        panic!("not Ada's")
    };
    assert_eq!(newest(Some(agent.id)), LineNo(3));
    let others =
        |seen| newest_line_by_others(&store.conn, store.tenant, talk.customer(), agent.id, LineNo(seen)).unwrap();
    assert_eq!((others(0), others(1), others(2)), (LineNo(2), LineNo(2), LineNo(0)));
}

#[test]
fn what_is_not_as_it_was_written_is_found() {
    let changes = [
        (
            "the subject",
            "UPDATE events SET subject = '{\"of\":\"library\"}' WHERE rev = 8",
            8,
        ),
        (
            "no subject any more",
            "UPDATE events SET subject = NULL WHERE rev = 8",
            8,
        ),
        (
            "a body",
            "UPDATE events SET body = replace(body, 'SECRET', 'public') WHERE rev = 2",
            2,
        ),
        (
            "superseded by another line's",
            "UPDATE events SET superseded_by = 7 WHERE rev = 3",
            3,
        ),
    ];
    for (what, sql, rev) in changes {
        let mut store = Store::new();
        let (talk, lines) = talk(&mut store);
        store.change(talk, lines[0], LineState::Edited, "edited", None);
        let settings = Box::default();
        let chosen = minicom_protocol::event::SettingsChanged { settings };
        store.append(Subject::Desk, EventBody::SettingsChanged(chosen));
        assert_eq!(verify(&store.conn, store.tenant).unwrap(), None);
        assert_eq!(store.conn.execute(sql, []).unwrap(), 1, "{what}");
        assert_eq!(verify(&store.conn, store.tenant).unwrap(), Some(Rev(rev)), "{what}");
    }
}

#[test]
fn what_a_command_asked_is_forgotten_with_what_it_said() {
    let mut store = Store::new();
    let (talk, lines) = talk(&mut store);
    let Author::Agent { agent } = posted(&store, talk, lines[3]).author else {
        panic!("not Ada's")
    };
    let senders = [
        Sender::Customer(talk.customer()),
        Sender::Bot,
        Sender::Bot,
        Sender::Agent(agent.id),
    ];
    let id = |n: usize| CommandId::from_bytes([n as u8; 16]);
    for (n, (sender, line)) in senders.into_iter().zip(lines).enumerate() {
        let outcome = Outcome::Done(Done::default());
        commands::store(&store.conn, store.tenant, sender, id(n), &[n as u8; 32], &outcome).unwrap();
        let command = "UPDATE events SET command = ?1 WHERE side = ?2 AND line = ?3";
        let side = stored::side_name(line.side);
        store
            .conn
            .execute(command, params![id(n).as_bytes(), side, line.line.0 as i64])
            .unwrap();
    }
    let digest = |store: &Store, n: usize| {
        let found = commands::find(&store.conn, store.tenant, senders[n], id(n))
            .unwrap()
            .unwrap();
        assert!(found.is_to(&[n as u8; 32]));
        found.digest
    };
    for (n, line) in lines.into_iter().enumerate() {
        assert_eq!(digest(&store, n), Some([n as u8; 32]));
        store.change(talk, line, LineState::Blanked, "", None);
        assert_eq!(digest(&store, n), None);
    }
}
