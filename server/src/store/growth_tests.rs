//! What is read costs what it reads, however much else there is: each reading is counted in steps of SQLite's machine with a few
//! rows beside it and with many.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use minicom_protocol::{
    event::{Author, EventBody, Noted},
    ids::{AgentId, CustomerId, LineNo, Rev, Seq, Time},
    line::LineRef,
    stage::Side,
    text::MessageText,
    ticket::TicketStatus,
};
use rusqlite::Connection;

use super::{
    Result, TenantKey, conversations,
    fixture::{Store, Talk, by},
    journal, mentions, people, profiles, staff, tickets,
};

/// Closed conversations, customers, lines, agents' notes and tickets of others, so many of each.
const OTHERS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO customers (tenant, id, realm, name, secret_digest, created_at)
    SELECT ?1, CAST(printf('customer%08d', i) AS BLOB), 'named', 'x' || i, x'', 0 FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO conversations (tenant, id, customer, number, stage, rev, summary)
    SELECT ?1, CAST(printf('talk____%08d', i) AS BLOB), CAST(printf('customer%08d', i) AS BLOB), 1, 'closed', 1000 + i, '{}' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO events (tenant, rev, seq, mark, time, kind, thread, side, line, body_digest, digest)
    SELECT ?1, 1000 + i, 1, 0, 0, 'posted', CAST(printf('customer%08d', i) AS BLOB), 'customer', 1, x'', x'' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO tickets (tenant, number, conversation, customer, status, updated_at, ticket)
    SELECT ?1, 1000 + i, CAST(printf('talk____%08d', i) AS BLOB), CAST(printf('customer%08d', i) AS BLOB), 'solved', i, '{}' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO mentions (tenant, agent, rev) SELECT ?1, x'00', 1000 + i FROM n;
";

fn add_others(store: &Store, how_many: i64) {
    for statement in OTHERS.split_inclusive(';').filter(|it| !it.trim().is_empty()) {
        store.conn.execute(statement, (store.tenant.0, how_many)).unwrap();
    }
}

struct Place {
    store: Store,
    talk: Talk,
    agent: AgentId,
}

impl Place {
    fn with(others: i64) -> Self {
        let mut store = Store::new();
        let (carol, ada) = (store.customer("carol"), store.agent("Ada"));
        let talk = store.open(&carol);
        for text in ["one", "two", "three"] {
            store.post(talk, Author::Customer, text);
        }
        store.take_over(talk, &ada);
        store.post(talk, by(&ada), "hello");
        let noted = Noted {
            agent: ada.clone(),
            text: MessageText::parse("@Ada look").unwrap(),
            mentions: vec![ada.id],
            handover: false,
        };
        store.append(talk.0, EventBody::Noted(noted));
        add_others(&store, others);
        Self {
            store,
            talk,
            agent: ada.id,
        }
    }

    /// What a reading costs. It is done once before, so that what it prepares does not count.
    fn cost(&mut self, read: Reading) -> u64 {
        let (tenant, customer) = (self.store.tenant, self.talk.customer());
        let conn = &mut self.store.conn;
        read(conn, tenant, customer, self.agent).unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        let counted = steps.clone();
        let count = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        };
        conn.progress_handler(1, Some(count)).unwrap();
        read(conn, tenant, customer, self.agent).unwrap();
        conn.progress_handler(1, None::<fn() -> bool>).unwrap();
        steps.load(Ordering::Relaxed)
    }
}

type Reading = fn(&Connection, TenantKey, CustomerId, AgentId) -> Result<()>;

const FIRST: LineRef = LineRef {
    side: Side::Customer,
    line: LineNo(1),
};

const READINGS: &[(&str, Reading)] = &[
    ("a page of a thread", |conn, tenant, customer, _| {
        journal::thread_before(conn, tenant, customer, None, 50).map(drop)
    }),
    ("a customer's page", |conn, tenant, customer, _| {
        journal::customer_before(conn, tenant, customer, None, 50).map(drop)
    }),
    ("a customer's feed", |conn, tenant, customer, _| {
        journal::thread_after(conn, tenant, customer, Seq(2), 50).map(drop)
    }),
    ("an agents' feed", |conn, tenant, _, _| {
        journal::after(conn, tenant, Rev(2), 5).map(drop)
    }),
    ("a line", |conn, tenant, customer, _| {
        journal::line(conn, tenant, customer, FIRST).map(drop)
    }),
    ("an agent's newest line", |conn, tenant, customer, agent| {
        journal::newest_line_by(conn, tenant, customer, Some(agent)).map(drop)
    }),
    ("others' newest line", |conn, tenant, customer, agent| {
        journal::newest_line_by_others(conn, tenant, customer, agent, LineNo(0)).map(drop)
    }),
    ("notes", |conn, tenant, customer, _| {
        journal::notes_of(conn, tenant, &[customer], 10).map(drop)
    }),
    ("all open", |conn, tenant, _, _| {
        conversations::open(conn, tenant).map(drop)
    }),
    ("open ones in pages", |conn, tenant, _, _| {
        conversations::open_before(conn, tenant, None, 50).map(drop)
    }),
    ("what waits", |conn, tenant, _, _| {
        conversations::waiting(conn, tenant).map(drop)
    }),
    ("what one may take", |conn, tenant, _, agent| {
        conversations::candidates(conn, tenant, agent).map(drop)
    }),
    ("a customer's conversations", |conn, tenant, customer, _| {
        conversations::of_customers(conn, tenant, &[customer], 20).map(drop)
    }),
    ("conversations by a customer's name", |conn, tenant, _, _| {
        conversations::of_name(conn, tenant, "carol", 20).map(drop)
    }),
    ("conversations by an id", |conn, tenant, _, _| {
        conversations::between(conn, tenant, ([0xff; 16], [0xff; 16]), 20).map(drop)
    }),
    ("what one has", |conn, tenant, _, agent| {
        conversations::active_of(conn, tenant, agent).map(drop)
    }),
    ("how many of these", |conn, tenant, customer, _| {
        conversations::counts(conn, tenant, &[customer]).map(drop)
    }),
    ("the owner before", |conn, tenant, customer, _| {
        conversations::previous_owner(conn, tenant, customer).map(drop)
    }),
    ("how many are active", |conn, tenant, _, agent| {
        staff::active_count(conn, tenant, agent).map(drop)
    }),
    ("everybody's counts", |conn, tenant, _, _| {
        staff::counts(conn, tenant).map(drop)
    }),
    ("what one owns", |conn, tenant, _, agent| {
        staff::owned(conn, tenant, agent).map(drop)
    }),
    ("a person's names", |conn, tenant, customer, _| {
        profiles::same_person(conn, tenant, customer).map(drop)
    }),
    ("a customer by id", |conn, tenant, customer, _| {
        people::customer_by_id(conn, tenant, customer).map(drop)
    }),
    ("unread mentions", |conn, tenant, _, agent| {
        mentions::unread(conn, tenant, agent).map(drop)
    }),
    ("mentions", |conn, tenant, _, agent| {
        mentions::page(conn, tenant, agent, None, 10).map(drop)
    }),
    ("a customer's tickets", |conn, tenant, customer, _| {
        tickets::of_customers(conn, tenant, &[customer], 10).map(drop)
    }),
    ("how many of those", |conn, tenant, customer, _| {
        tickets::counts(conn, tenant, &[customer]).map(drop)
    }),
    ("open tickets", |conn, tenant, _, _| {
        tickets::list(conn, tenant, Some(TicketStatus::Open), None, None, 10).map(drop)
    }),
    ("an agent's tickets", |conn, tenant, _, agent| {
        tickets::list(conn, tenant, None, Some(agent), None, 10).map(drop)
    }),
    ("tickets of long ago", |conn, tenant, _, _| {
        tickets::list(conn, tenant, None, None, Some(Time(0)), 10).map(drop)
    }),
];

#[test]
fn what_others_have_costs_a_reading_nothing() {
    let (mut few, mut many) = (Place::with(5), Place::with(500));
    let costly: Vec<(&str, u64, u64)> = READINGS
        .iter()
        .map(|(what, read)| (*what, few.cost(*read), many.cost(*read)))
        .filter(|(_, few, many)| *many > few + 50)
        .collect();
    assert!(costly.is_empty(), "with few and with many others: {costly:?}");
}
