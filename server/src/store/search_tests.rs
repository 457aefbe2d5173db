use std::time::Duration;

use minicom_protocol::{
    event::{Author, EventBody, Noted, SubjectChanged, TagsChanged},
    ids::{Mark, TenantId, Time},
    line::LineState,
    people::AgentRef,
    search::{Found, Query},
    stage::Closer,
    text::MessageText,
    words::{SubjectLine, Tag},
};

use super::*;
use crate::store::{
    conversations, erasure,
    fixture::{Store, Talk, by},
    tenants::{self, removal},
};

fn asked(me: &AgentRef, text: &str) -> Asked {
    Asked {
        query: Query::parse(text),
        me: me.id,
        customer: None,
        conversation: None,
        since: None,
        until: None,
        before: None,
        limit: 50,
    }
}

fn find_all(store: &Store, asked: &Asked) -> Found {
    find(&store.conn, store.tenant, asked, Duration::from_secs(60))
        .unwrap()
        .unwrap()
}

fn index(store: &Store) {
    while go_on(&store.conn, store.tenant).unwrap().1 {}
}

fn note(store: &mut Store, talk: Talk, agent: &AgentRef, text: &str) -> Event {
    let noted = Noted {
        agent: agent.clone(),
        text: MessageText::parse(text).unwrap(),
        mentions: vec![],
        handover: false,
    };
    store.append(talk.0, EventBody::Noted(noted))
}

/// Every word of the index with where it stands.
fn all_words(store: &Store) -> Vec<(String, i64, i64)> {
    let mut words = Vec::new();
    for part in parts::between(&store.conn, Rev(0), Rev(REV_MAX))
        .unwrap()
        .into_iter()
        .rev()
    {
        let sql = format!("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', '{part}', 'instance')");
        store.conn.execute_batch(&sql).unwrap();
        let mut statement = store
            .conn
            .prepare("SELECT term, doc, offset FROM temp.words ORDER BY 2, 3")
            .unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        words.extend(rows.unwrap().collect::<Result<Vec<_>>>().unwrap());
        drop(statement);
        store.conn.execute_batch("DROP TABLE temp.words").unwrap();
    }
    words
}

/// What the index must be: made afresh of the journal as it stands.
fn is_as_made_afresh(store: &Store) {
    let kept = all_words(store);
    for part in parts::between(&store.conn, Rev(0), Rev(REV_MAX)).unwrap() {
        let sql = format!(
            "INSERT INTO {part} ({part}) VALUES ('integrity-check');
             DROP TABLE {part};"
        );
        store.conn.execute_batch(&sql).unwrap();
    }
    store
        .conn
        .execute_batch("DELETE FROM found_parts; DELETE FROM followers WHERE name = 'search';")
        .unwrap();
    index(store);
    assert_eq!(kept, all_words(store));
}

#[test]
fn what_was_said_is_found_by_its_words() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let talk = store.open(&carol);
    store.post(talk, Author::Customer, "My parcel is late, Crème brûlée order 48001");
    store.post(talk, Author::Bot, "Parcels come on time.");
    store.post(talk, by(&ada), "返金処理 is done");
    note(&mut store, talk, &ada, "A difficult parcel");
    let behind = find_all(&store, &asked(&ada, "parcel"));
    assert_eq!(
        (behind.hits.len(), behind.behind),
        (0, 5),
        "the index says what it does not have"
    );
    index(&store);
    let check = |text: &str, expected: &[&str]| {
        let found = find_all(&store, &asked(&ada, text));
        let hits: Vec<&str> = found.hits.iter().map(|it| it.excerpt.as_str()).collect();
        assert_eq!(hits, expected, "{text:?} {found:?}");
        assert_eq!(found.behind, 0);
    };
    let (line, bot, done, note) = (
        "My parcel is late, Crème brûlée order 48001",
        "Parcels come on time.",
        "返金処理 is done",
        "A difficult parcel",
    );
    check("parcel", &[note, bot, line]);
    check("\"parcel\"", &[note, line]);
    check("creme", &[line]);
    check("order 480", &[line]);
    check("\"is late\"", &[line]);
    check("\"late is\"", &[]);
    check("金処", &[done]);
    check("返", &[done]);
    check("処理 done", &[done]);
    check("parcel -late", &[note, bot]);
    check("from:customer", &[line]);
    check("from:bot", &[bot]);
    check("from:ada", &[note, done]);
    check("from:me in:lines", &[done]);
    check("from:carol parcel", &[line]);
    check("from:nobody parcel", &[]);
    check("in:notes", &[note]);
    check("customer:carol parcel", &[note, bot, line]);
    check("customer:dave parcel", &[]);
    check("carol", &["carol "]);
}

#[test]
fn filters_look_at_the_conversation_as_it_is_now() {
    let mut store = Store::new();
    let (ada, bo) = (store.agent("Ada"), store.agent("Bo"));
    let (carol, dave) = (store.customer("carol"), store.customer("dave"));
    let (first, second) = (store.open(&carol), store.open(&dave));
    store.post(first, Author::Customer, "word one");
    store.post(second, Author::Customer, "word two");
    store.take_over(first, &ada);
    store.take_over(second, &bo);
    let tagged = TagsChanged {
        agent: ada.clone(),
        tags: vec![Tag::parse("vip").unwrap()],
    };
    store.append(first.0, EventBody::TagsChanged(tagged));
    store.close(first, Closer::Customer);
    index(&store);
    let check = |text: &str, expected: &[&str]| {
        let found = find_all(&store, &asked(&ada, text));
        let hits: Vec<&str> = found.hits.iter().map(|it| it.excerpt.as_str()).collect();
        assert_eq!(hits, expected, "{text:?}");
    };
    check("word tag:vip", &["word one"]);
    check("word stage:closed", &["word one"]);
    check("word is:open", &["word two"]);
    check("word agent:ada", &["word one"]);
    check("word owner:me", &["word one"]);
    check("word owner:bo", &["word two"]);
    check("word owner:nobody", &["word one"]);
    check("vip", &["vip"]);
    let found = find_all(
        &store,
        &Asked {
            conversation: Some(second.id()),
            ..asked(&ada, "word")
        },
    );
    assert_eq!(found.hits.len(), 1);
    // The events are a second apart, from the first on.
    let between = Asked {
        since: Some(Time(3_000_000)),
        until: Some(Time(4_000_000)),
        ..asked(&ada, "word")
    };
    assert_eq!(find_all(&store, &between).hits[0].excerpt, "word one");
    assert_eq!(find_all(&store, &between).hits.len(), 1);
}

#[test]
fn pages_join_and_say_when_time_was_over() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let talk = store.open(&carol);
    for n in 0..25 {
        store.post(talk, Author::Customer, &format!("line {n}"));
    }
    index(&store);
    let (mut before, mut all) = (None, vec![]);
    loop {
        let page = find_all(
            &store,
            &Asked {
                before,
                limit: 10,
                ..asked(&ada, "line")
            },
        );
        all.extend(page.hits.into_iter().map(|it| it.excerpt));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(all, (0..25).rev().map(|n| format!("line {n}")).collect::<Vec<_>>());
    let late = find(&store.conn, store.tenant, &asked(&ada, "line"), Duration::ZERO)
        .unwrap()
        .unwrap();
    assert!(late.incomplete && late.hits.is_empty());
}

#[test]
fn what_is_changed_or_erased_leaves_the_index_at_once() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let talk = store.open(&carol);
    let edited = store.post(talk, by(&ada), "canaryedited");
    let withdrawn = store.post(talk, by(&ada), "canarywithdrawn");
    let blanked = store.post(talk, Author::Customer, "canaryblanked");
    store.post(talk, Author::Customer, "canaryerased");
    note(&mut store, talk, &ada, "canarynote");
    let subject = SubjectChanged {
        agent: None,
        subject: Some(SubjectLine::parse("canarysubject").unwrap()),
    };
    store.append(talk.0, EventBody::SubjectChanged(subject));
    index(&store);
    assert_eq!(find_all(&store, &asked(&ada, "canary*")).hits.len(), 6);
    store.change(talk, edited, LineState::Edited, "replaced", Some(&ada));
    store.change(talk, withdrawn, LineState::Withdrawn, "", Some(&ada));
    store.change(talk, blanked, LineState::Blanked, "", Some(&ada));
    assert_eq!(
        find_all(&store, &asked(&ada, "canary*")).hits.len(),
        3,
        "with no word to the index"
    );
    assert_eq!(find_all(&store, &asked(&ada, "replaced")).hits.len(), 1);
    store.close(talk, Closer::Customer);
    erasure::conversations(&store.conn, store.tenant, &carol, &[talk.id()], Time(9)).unwrap();
    assert_eq!(find_all(&store, &asked(&ada, "canary*")).hits.len(), 0);
    assert!(all_words(&store).iter().all(|(word, ..)| !word.starts_with("canary")));
    // Not only unlinked: the pages have it no more.
    store
        .conn
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let bytes = std::fs::read(store.folder.database()).unwrap();
    for word in ["canaryblanked", "canaryerased", "canarynote", "canarysubject", "erased"] {
        let there = bytes.windows(word.len()).any(|it| it == word.as_bytes());
        assert_eq!(there, word == "erased", "{word}");
    }
    is_as_made_afresh(&store);
}

#[test]
fn tenants_are_walls_and_one_that_goes_leaves_nothing() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let talk = store.open(&carol);
    store.post(talk, Author::Customer, "mine alone");
    index(&store);
    let here = store.tenant;
    store.tenant = tenants::ensure(&store.conn, &TenantId::parse("other").unwrap(), Mark(2), Time(0)).unwrap();
    let (bo, dave) = (store.agent("Bo"), store.customer("dave"));
    let theirs = store.open(&dave);
    for n in 0..120 {
        store.post(theirs, Author::Customer, &format!("theirs alone {n}"));
    }
    index(&store);
    assert_eq!(find_all(&store, &asked(&bo, "alone mine")).hits.len(), 0);
    assert_eq!(find_all(&store, &asked(&bo, "alone")).hits.len(), 50);
    assert!(
        find(
            &store.conn,
            store.tenant,
            &Asked {
                conversation: Some(talk.id()),
                ..asked(&bo, "x")
            },
            Duration::MAX.min(Duration::from_secs(9))
        )
        .unwrap()
        .is_none()
    );
    removal::begin(&store.conn, store.tenant, Time(9)).unwrap();
    while !removal::piece(&store.conn, store.tenant).unwrap() {}
    assert_eq!(count(&store.conn, store.tenant).unwrap(), 0);
    store.tenant = here;
    assert_eq!(find_all(&store, &asked(&ada, "alone")).hits.len(), 1);
    assert!(
        conversations::load(&store.conn, store.tenant, talk.id())
            .unwrap()
            .is_some()
    );
    is_as_made_afresh(&store);
}

#[test]
fn no_text_that_is_typed_is_an_error() {
    let mut store = Store::new();
    let (ada, carol) = (store.agent("Ada"), store.customer("carol"));
    let talk = store.open(&carol);
    store.post(
        talk,
        Author::Customer,
        "a b c AND OR NOT NEAR found_text_0 words rank \u{E000}c",
    );
    index(&store);
    let pieces = [
        "\"",
        "'",
        "*",
        "-",
        ":",
        "(",
        ")",
        "^",
        "+",
        "{",
        "}",
        "[",
        "]",
        "\\",
        "%",
        "_",
        ";",
        "--",
        "/*",
        "\0",
        "\u{E000}c",
        "AND",
        "OR",
        "NOT",
        "NEAR(a b, 2)",
        "words:a",
        "rowid:1",
        "found_text_0",
        "rank",
        "from:",
        "customer:\"",
        "in:notes",
        "tag:'; DROP TABLE events",
        "before:9999-99-99",
        "after:-1d",
        "返",
        "\u{202E}",
        "\u{1F600}",
        "a*",
        "-a",
        "\"a b",
    ];
    let mut tried = 0;
    for first in pieces {
        for second in ["", "a", "\"b", "* c", "-", "返金 (", "from:ada"] {
            let text = format!("{first} {second}");
            for text in [text.clone(), text.replace(' ', ""), text.repeat(4)] {
                find(&store.conn, store.tenant, &asked(&ada, &text), Duration::from_secs(9)).unwrap();
                tried += 1;
            }
        }
    }
    assert!(tried > 200);
}
