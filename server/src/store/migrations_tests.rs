use minicom_protocol::{
    event::{EventBody, Subject, TakenOver},
    ids::{Mark, Rev, Time},
    settings::DeskSettings,
    stage::Closer,
};
use sha2::{Digest, Sha256};

use super::*;
use crate::store::{
    TenantKey, conversations, followers, journal, library, search, settings, staff, threads, verify, webhooks,
};

fn open() -> (tempfile::TempDir, std::path::PathBuf, Connection) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minicom.db");
    let conn = Connection::open(&file).unwrap();
    (dir, file, conn)
}

#[test]
fn released_steps_are_frozen() {
    let released: Vec<&str> = include_str!("schema/released.sha256").lines().collect();
    assert!(!released.is_empty() && released.len() <= STEPS.len());
    for (line, step) in released.iter().zip(STEPS) {
        let digest = Sha256::digest(step);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(
            line.starts_with(&digest),
            "{line}: this step was released; add another instead"
        );
    }
}

#[test]
fn an_empty_file_becomes_todays_version_and_a_second_run_changes_nothing() {
    let (_dir, file, mut conn) = open();
    assert_eq!(migrate(&mut conn, &file).unwrap(), 0);
    assert_eq!(migrate(&mut conn, &file).unwrap(), VERSION);
    let id: i32 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .unwrap();
    assert_eq!(id, APPLICATION_ID);
}

#[test]
fn foreign_newer_and_unversioned_databases_are_refused_and_left_alone() {
    let (_dir, file, mut conn) = open();
    conn.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    assert!(matches!(migrate(&mut conn, &file), Err(MigrationRefused::NotOurs)));
    conn.pragma_update(None, "application_id", 7).unwrap();
    assert!(matches!(migrate(&mut conn, &file), Err(MigrationRefused::Foreign(7))));
    conn.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    conn.pragma_update(None, "user_version", VERSION + 1).unwrap();
    assert!(matches!(migrate(&mut conn, &file), Err(MigrationRefused::Newer { found }) if found == VERSION + 1));
    let tables: i64 = conn
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn an_upgrade_copies_first_and_is_all_or_nothing() {
    let (dir, file, mut conn) = open();
    let migrate = |conn: &mut Connection, steps: &[&str]| migrate_with(conn, &file, steps, |_| Ok(()));
    migrate(&mut conn, &STEPS[..1]).unwrap();
    let broken = [
        STEPS[0],
        "CREATE TABLE extra (x INTEGER); CREATE TABLE extra (x INTEGER);",
    ];
    assert!(migrate(&mut conn, &broken).is_err());
    let version: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    assert!(conn.prepare("SELECT * FROM extra").is_err());
    // From an upgrade that was taken back, and from a copy that was cut.
    std::fs::write(dir.path().join("minicom.before-v2.db"), "old").unwrap();
    std::fs::write(dir.path().join("minicom.before-v2.part"), "half").unwrap();
    let good = [STEPS[0], "CREATE TABLE extra (x INTEGER);"];
    assert_eq!(migrate(&mut conn, &good).unwrap(), 1);
    assert!(conn.prepare("SELECT * FROM extra").is_ok());
    let copy = Connection::open(dir.path().join("minicom.before-v2.db")).unwrap();
    let version: i32 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

/// What the first schema's program wrote.
fn first_version() -> (tempfile::TempDir, std::path::PathBuf, Connection) {
    let (dir, file, mut conn) = open();
    migrate_with(&mut conn, &file, &STEPS[..1], |_| Ok(())).unwrap();
    conn.execute_batch(include_str!("schema/0001_rows.sql")).unwrap();
    (dir, file, conn)
}

#[test]
fn a_database_of_the_first_version_goes_on() {
    let (_dir, file, mut conn) = first_version();
    assert_eq!(migrate(&mut conn, &file).unwrap(), 1);
    let tenant = TenantKey(1);
    assert_eq!(journal::verify(&conn, tenant).unwrap(), None);
    let events = journal::after(&conn, tenant, Rev(0), 100).unwrap();
    assert_eq!(events.len(), 12);
    assert!(!events.iter().any(|event| matches!(event.body, EventBody::Unknown(_))));
    assert!(events.iter().all(|event| event.subject != Subject::Unknown));
    assert!(matches!(&events[8].body, EventBody::Closed(it) if it.by != Closer::System && !it.ask_rating));

    let carol = events[1].subject.customer().unwrap();
    let [waiting, closed] = &conversations::of_customers(&conn, tenant, &[carol], 10).unwrap()[..] else {
        panic!("two conversations")
    };
    assert_eq!(
        (waiting.queued_rev, waiting.queued_at),
        (Some(Rev(12)), Some(events[11].time))
    );
    assert_eq!(
        (closed.assigned_at, closed.first_response_at),
        (Some(events[5].time), Some(events[7].time))
    );
    assert_eq!(closed.last_line.as_ref().map(|it| it.line.0), Some(2));
    let staff = staff::load(&conn, tenant).unwrap();
    let counts = staff::counts(&conn, tenant).unwrap();
    let ada = &staff.agents[0].agent;
    assert_eq!(
        conversations::previous_owner(&conn, tenant, carol).unwrap().as_ref(),
        Some(ada)
    );
    assert_eq!(
        counts.iter().map(|it| it.last_assigned).collect::<Vec<_>>(),
        [Rev(6), Rev(0)]
    );
    assert_eq!(settings::load(&conn, tenant).unwrap(), DeskSettings::default());

    let view = threads::load(&conn, tenant, carol).unwrap().view;
    assert_eq!((view.seq.0, view.queued_at), (11, Some(events[11].time)));
    let subject = events[11].subject;
    let new = journal::New {
        time: Time(0),
        subject,
        command: None,
        body: EventBody::TakenOver(TakenOver {
            agent: ada.clone(),
            by: None,
            routed: false,
        }),
        chance: journal::Chance {
            mark: Mark(7),
            salt: [7; 16],
        },
    };
    let mut standing = journal::Standing::read(&conn, tenant, subject).unwrap();
    journal::append(&conn, tenant, new, &mut standing).unwrap();
    assert_eq!(journal::verify(&conn, tenant).unwrap(), None);
}

#[test]
fn an_event_of_the_first_version_that_was_changed_is_found_after_the_upgrade() {
    let (_dir, file, mut conn) = first_version();
    let changed = "UPDATE events SET body = replace(body, 'late', 'lost') WHERE rev = 3";
    assert_eq!(conn.execute(changed, []).unwrap(), 1);
    migrate(&mut conn, &file).unwrap();
    assert_eq!(journal::verify(&conn, TenantKey(1)).unwrap(), Some(Rev(3)));
}

/// The tables that hold rows of a desk: not those that SQLite or an index keeps for itself.
fn tables(conn: &Connection) -> Vec<String> {
    let mut names = conn
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             AND name NOT LIKE '%\\_text%' ESCAPE '\\' ORDER BY name",
        )
        .unwrap();
    let rows = names.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn rows(conn: &Connection, table: &str) -> i64 {
    let count = format!("SELECT count(*) FROM {table}");
    conn.query_row(&count, [], |row| row.get(0)).unwrap()
}

/// A database with rows of every table that its version has, written step by step by the programs of these versions, after the upgrade to
/// today's. It has had `tables_min` tables at least, and has lost no row.
fn upgraded(versions: &[(usize, &str)], tables_min: usize) -> (tempfile::TempDir, Connection) {
    let (dir, file, mut conn) = open();
    for (steps, rows) in versions {
        migrate_with(&mut conn, &file, &STEPS[..*steps], |_| Ok(())).unwrap();
        conn.execute_batch(rows).unwrap();
    }
    let before: Vec<(String, i64)> = tables(&conn)
        .into_iter()
        .map(|table| (table.clone(), rows(&conn, &table)))
        .collect();
    let empty: Vec<&str> = before.iter().filter(|it| it.1 == 0).map(|it| it.0.as_str()).collect();
    assert!(empty.is_empty() && before.len() > tables_min, "no rows of {empty:?}");

    let from = versions.last().map(|it| it.0);
    assert_eq!(usize::try_from(migrate(&mut conn, &file).unwrap()).ok(), from);
    for (table, count) in before {
        assert!(rows(&conn, &table) >= count, "{table} has lost rows");
    }
    let broken: i64 = conn
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(broken, 0);
    (dir, conn)
}

const THIRD: (usize, &str) = (3, include_str!("schema/0003_rows.sql"));
const FOURTH: (usize, &str) = (4, include_str!("schema/0004_rows.sql"));
const FIFTH: (usize, &str) = (5, include_str!("schema/0005_rows.sql"));

#[test]
fn a_database_of_the_third_version_goes_on_with_rows_of_every_table() {
    let (_dir, conn) = upgraded(&[THIRD], 20);
    let found = verify::all(&conn).unwrap();
    assert!(found.sound(), "{:?}", found.findings);
    assert_eq!((found.tenants, found.conversations), (2, 2));

    let tenant = TenantKey(1);
    let desk = settings::load(&conn, tenant).unwrap();
    assert!(desk.name == "Parcels" && desk.bot.is_default());
    let hooks = webhooks::list(&conn, tenant).unwrap();
    assert!(matches!(&hooks[..], [hook] if hook.old_secret.is_none()));
    let events = journal::after(&conn, tenant, Rev(0), 100).unwrap();
    assert!(!events.iter().any(|event| matches!(event.body, EventBody::Unknown(_))));
    let refunds = library::articles(&conn, tenant, "refun", 10).unwrap();
    assert_eq!(refunds.len(), 1, "the library is found as before");
}

#[test]
fn a_database_of_the_fourth_version_goes_on_with_rows_of_every_table() {
    let (_dir, conn) = upgraded(&[THIRD, FOURTH], 24);
    assert_eq!(rows(&conn, "bot_vectors"), 0);
}

#[test]
fn a_database_of_the_fifth_version_goes_on_with_rows_of_every_table() {
    let (_dir, conn) = upgraded(&[THIRD, FOURTH, FIFTH], 26);
    // An article of before the upgrade has no example questions, and may get some.
    let tenant = TenantKey(1);
    let row = library::articles(&conn, tenant, "refun", 10).unwrap().remove(0);
    let (article, row) = library::article(&conn, tenant, &row.slug).unwrap().unwrap();
    assert_eq!(article.questions, None);
    let asked = minicom_protocol::words::SubjectLine::parse("where is my money?").unwrap();
    let changed = minicom_protocol::library::Article {
        questions: Some(vec![asked]),
        ..article
    };
    library::write_article(&conn, tenant, &row, &changed).unwrap();
    let (kept, _) = library::article(&conn, tenant, &row.slug).unwrap().unwrap();
    assert_eq!(kept, changed);
    let replies: i64 = conn
        .query_row("SELECT count(*) FROM replies WHERE questions = '[]'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(replies, rows(&conn, "replies"));
}

#[test]
fn the_index_of_the_fourth_version_begins_anew_in_tables_of_its_own() {
    let (_dir, file, mut conn) = open();
    migrate_with(&mut conn, &file, &STEPS[..4], |_| Ok(())).unwrap();
    conn.execute_batch(
        "INSERT INTO found_text (rowid, words) VALUES (1099511627777, 'parcel');
         INSERT INTO followers (tenant, name, rev) VALUES (1, 'search', 9);",
    )
    .unwrap();
    assert_eq!(migrate(&mut conn, &file).unwrap(), 4);
    assert!(conn.prepare("SELECT * FROM found_text").is_err());
    let from = followers::position(&conn, TenantKey(1), search::FOLLOWER).unwrap();
    assert_eq!(from, Rev(0));
}
