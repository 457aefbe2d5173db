use minicom_protocol::{
    event::{EventBody, ReplyChanged, ReplyDeleted, Subject},
    library::ReplyAction,
};

use super::*;
use crate::store::fixture::Store;

fn save(store: &mut Store, owner: Option<AgentId>, code: &str, title: &str, text: &str) -> SavedReply {
    let reply = SavedReply {
        id: ReplyId(store.id()),
        code: Tag::parse(code).unwrap(),
        title: SubjectLine::parse(title).unwrap(),
        text: text.to_owned(),
        owner,
        actions: vec![ReplyAction::Close],
        uses: 0,
        questions: None,
    };
    store.append(
        Subject::Library,
        EventBody::ReplyChanged(ReplyChanged { reply: reply.clone() }),
    );
    reply
}

#[test]
fn an_agent_finds_the_own_and_everybodys_and_nobody_elses() {
    let mut store = Store::new();
    let (ada, bob) = (store.agent("Ada").id, store.agent("Bob").id);
    save(
        &mut store,
        None,
        "refund",
        "How refunds work",
        "You get your money back within {{days|5}} days.",
    );
    save(
        &mut store,
        Some(ada),
        "bye",
        "Good bye",
        "Have a nice day, and come back!",
    );
    save(&mut store, Some(bob), "brb", "Be right back", "One moment please.");
    save(&mut store, None, "hello", "Grüße", "Guten Tag!");
    save(&mut store, None, "jp", "返金", "返金には五日かかります。");
    let found = |query: &str| {
        let (found, more) = replies(&store.conn, store.tenant, ada, query, None, 10).unwrap();
        assert!(!more);
        found.iter().map(|it| it.code.as_str().to_owned()).collect::<Vec<_>>()
    };
    let cases: [(&str, &[&str]); 12] = [
        ("", &["bye", "hello", "jp", "refund"]),
        ("ref", &["refund"]),
        ("MONEY back", &["refund"]),
        ("back", &["bye", "refund"]),
        ("grusse", &[]),
        ("gruße", &["hello"]),
        ("moment", &[]),
        ("返金", &["jp"]),
        ("五日 返金", &["jp"]),
        ("\" OR 1=1 --", &[]),
        ("* NEAR( ^ {", &[]),
        ("\0\u{202e}", &["bye", "hello", "jp", "refund"]),
    ];
    for (query, expected) in cases {
        assert_eq!(found(query), expected, "{query:?}");
    }
    let (page, more) = replies(&store.conn, store.tenant, ada, "", Some(&Tag::parse("bye").unwrap()), 2).unwrap();
    assert_eq!(
        (page[0].code.as_str(), page[1].code.as_str(), more),
        ("hello", "jp", true)
    );
    assert_eq!(reply_count(&store.conn, store.tenant).unwrap(), 5);
}

#[test]
fn a_changed_reply_keeps_its_uses_and_is_found_by_its_new_words_alone() {
    let mut store = Store::new();
    let ada = store.agent("Ada").id;
    let mut it = save(&mut store, None, "refund", "Refunds", "the old words");
    count_use(&store.conn, store.tenant, it.id).unwrap();
    it.text = "something new".to_owned();
    store.append(
        Subject::Library,
        EventBody::ReplyChanged(ReplyChanged { reply: it.clone() }),
    );
    it.uses = 1;
    assert_eq!(reply(&store.conn, store.tenant, it.id).unwrap(), Some(it.clone()));
    assert_eq!(
        reply_by_code(&store.conn, store.tenant, None, &it.code).unwrap(),
        Some(it.clone())
    );
    assert_eq!(
        reply_by_code(&store.conn, store.tenant, Some(ada), &it.code).unwrap(),
        None
    );
    let count = |query: &str| {
        replies(&store.conn, store.tenant, ada, query, None, 10)
            .unwrap()
            .0
            .len()
    };
    assert_eq!((count("old"), count("new")), (0, 1));
    store.append(Subject::Library, EventBody::ReplyDeleted(ReplyDeleted { reply: it.id }));
    let count = |query: &str| {
        replies(&store.conn, store.tenant, ada, query, None, 10)
            .unwrap()
            .0
            .len()
    };
    assert_eq!((count("new"), count("")), (0, 0));
    store
        .conn
        .execute("INSERT INTO replies_text (replies_text) VALUES ('integrity-check')", [])
        .unwrap();
}

#[test]
fn an_own_one_by_the_code_of_everybodys_is_lost_between_no_pages() {
    let mut store = Store::new();
    let ada = store.agent("Ada").id;
    for code in ["a", "b", "c"] {
        save(&mut store, None, code, "Everybody's", "for all");
        save(&mut store, Some(ada), code, "Ada's own", "for Ada");
    }
    for limit in 1..=7 {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let (page, more) = replies(&store.conn, store.tenant, ada, "", after.as_ref(), limit).unwrap();
            after = page.last().map(|it| it.code.clone());
            found.extend(page.iter().map(|it| (it.code.as_str().to_owned(), it.owner.is_some())));
            if !more {
                break;
            }
        }
        let all: Vec<(String, bool)> = ["a", "b", "c"]
            .into_iter()
            .flat_map(|code| [(code.to_owned(), true), (code.to_owned(), false)])
            .collect();
        assert_eq!(found, all, "{limit} a page");
    }
}
