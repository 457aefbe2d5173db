use sha2::{Digest, Sha256};

use super::*;

fn open() -> (tempfile::TempDir, std::path::PathBuf, Connection) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("minicom.db");
    let conn = Connection::open(&file).unwrap();
    (dir, file, conn)
}

#[test]
fn the_first_schema_is_frozen() {
    let digest: String = Sha256::digest(STEPS[0])
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        digest,
        include_str!("schema/0001.sha256").trim(),
        "the first schema was released: add a step instead"
    );
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
    let good = [STEPS[0], "CREATE TABLE extra (x INTEGER);"];
    assert_eq!(migrate(&mut conn, &good).unwrap(), 1);
    assert!(conn.prepare("SELECT * FROM extra").is_ok());
    let copy = Connection::open(dir.path().join("minicom.before-v2.db")).unwrap();
    let version: i32 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}
