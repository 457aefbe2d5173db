use minicom_protocol::event::{ArticleChanged, ArticleDeleted, EventBody, Subject};

use super::*;
use crate::store::fixture::Store;

fn write(store: &mut Store, slug: &str, title: &str, body: &str) -> ArticleRow {
    let head = crate::store::tenants::head(&store.conn, store.tenant)
        .unwrap()
        .cursor
        .at;
    let row = ArticleRow {
        slug: Tag::parse(slug).unwrap(),
        title: SubjectLine::parse(title).unwrap(),
        tags: vec![Tag::parse("vip").unwrap()],
        published: true,
        updated_at: Time(head as i64),
        updated_by: Some(store.agent(&format!("{slug}{head}"))),
        excerpt: String::new(),
    };
    store.append(
        Subject::Library,
        EventBody::ArticleChanged(ArticleChanged { article: row.clone() }),
    );
    let article = Article {
        slug: row.slug.clone(),
        title: row.title.clone(),
        body: body.to_owned(),
        questions: None,
    };
    write_article(&store.conn, store.tenant, &row, &article).unwrap();
    row
}

fn slugs(store: &Store, query: &str) -> Vec<String> {
    let found = articles(&store.conn, store.tenant, query, 10).unwrap();
    found.iter().map(|it| it.slug.as_str().to_owned()).collect()
}

#[test]
fn the_best_come_first_and_any_text_is_a_search() {
    let mut store = Store::new();
    write(
        &mut store,
        "shipping",
        "How long shipping takes",
        "A parcel takes **three days**. Refunds are elsewhere.",
    );
    write(&mut store, "refunds", "Refunds", "# Money back\n\nWithin five days.");
    write(&mut store, "jp", "返金について", "返金には五日かかります。");
    let cases: [(&str, &[&str]); 9] = [
        ("", &["jp", "refunds", "shipping"]),
        ("refund", &["refunds", "shipping"]),
        ("THREE day", &["shipping"]),
        ("vip five", &["refunds"]),
        ("五日", &["jp"]),
        ("nothing like it", &[]),
        ("\"", &["jp", "refunds", "shipping"]),
        ("(refunds", &["refunds", "shipping"]),
        ("AND OR NOT", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(slugs(&store, query), expected, "{query:?}");
    }
}

#[test]
fn an_excerpt_is_plain_text_at_the_beginning_or_where_the_words_are() {
    let mut store = Store::new();
    let filler = "and so on ".repeat(60);
    write(
        &mut store,
        "long",
        "A long one",
        &format!("# Title\n\n> Some *bold* `code`.\n\n{filler}the needle is here"),
    );
    let excerpt = |query: &str| {
        articles(&store.conn, store.tenant, query, 1).unwrap()[0]
            .excerpt
            .clone()
    };
    assert!(
        excerpt("").starts_with("Title Some bold code. and so on"),
        "{}",
        excerpt("")
    );
    assert!(
        excerpt("needle").contains("the needle is here"),
        "{}",
        excerpt("needle")
    );
    assert!(excerpt("").chars().count() <= EXCERPT_CHARS);
}

#[test]
fn a_changed_article_is_found_by_its_new_words_alone() {
    let mut store = Store::new();
    let row = write(&mut store, "refunds", "Refunds", "the old body");
    write(&mut store, "refunds", "Money back", "the new body");
    assert_eq!(
        (
            slugs(&store, "old").len(),
            slugs(&store, "refunds").len(),
            slugs(&store, "money").len()
        ),
        (0, 0, 1)
    );
    let (found, known) = article(&store.conn, store.tenant, &row.slug).unwrap().unwrap();
    assert_eq!(
        (found.title.as_str(), found.body.as_str(), known.published),
        ("Money back", "the new body", true)
    );
    // What an event says of it leaves the body as it is.
    let draft = ArticleRow {
        published: false,
        ..known
    };
    store.append(
        Subject::Library,
        EventBody::ArticleChanged(ArticleChanged { article: draft }),
    );
    let (found, known) = article(&store.conn, store.tenant, &row.slug).unwrap().unwrap();
    assert_eq!((found.body.as_str(), known.published), ("the new body", false));
    store.append(
        Subject::Library,
        EventBody::ArticleDeleted(ArticleDeleted { slug: row.slug.clone() }),
    );
    assert_eq!(article(&store.conn, store.tenant, &row.slug).unwrap(), None);
    assert_eq!(slugs(&store, "money").len(), 0);
    store
        .conn
        .execute(
            "INSERT INTO articles_text (articles_text) VALUES ('integrity-check')",
            [],
        )
        .unwrap();
}

#[test]
fn all_of_them_come_page_by_page() {
    let mut store = Store::new();
    for slug in ["b", "a", "c", "größe", "d"] {
        write(&mut store, slug, slug, "text");
    }
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut after = None;
    loop {
        let page = all_articles(&store.conn, store.tenant, after.as_ref(), 2).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.slug.clone());
        pages.push(page.iter().map(|it| it.slug.as_str().to_owned()).collect());
    }
    assert_eq!(pages, [vec!["a", "b"], vec!["c", "d"], vec!["größe"]]);
    let tenant = TenantKey(store.tenant.0 + 1);
    assert!(all_articles(&store.conn, tenant, None, 2).unwrap().is_empty());
}
