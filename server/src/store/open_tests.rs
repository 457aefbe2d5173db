//! Folders and files that are not what they should be: each is refused by name, and left as it is.

use std::os::unix::fs::PermissionsExt;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn refused(path: &Path) -> OpenRefused {
    open(path).map(|_| ()).unwrap_err()
}

#[test]
fn the_settings_that_the_promises_stand_on_are_in_force() {
    let dir = folder();
    let (data, conn) = open(dir.path()).unwrap();
    let text = |row: &rusqlite::Row<'_>| {
        row.get::<_, String>(0)
            .or_else(|_| row.get::<_, i64>(0).map(|number| number.to_string()))
    };
    let read = |name: &str| conn.pragma_query_value(None, name, text).unwrap();
    assert_eq!(
        (
            read("journal_mode").as_str(),
            read("synchronous").as_str(),
            read("foreign_keys").as_str(),
            read("secure_delete").as_str()
        ),
        ("wal", "2", "1", "1")
    );
    assert!(rusqlite::version_number() >= SQLITE_MIN);
    let mode = std::fs::metadata(data.database()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others could read the database");
}

#[test]
fn a_second_server_is_refused_and_told_who_is_there() {
    let dir = folder();
    let first = open(dir.path()).unwrap();
    let OpenRefused::Locked { holder, .. } = refused(dir.path()) else {
        panic!("not refused as locked")
    };
    assert!(holder.contains(&std::process::id().to_string()), "{holder}");
    drop(first);
    assert!(open(dir.path()).is_ok());
}

#[test]
fn damage_is_named_and_the_file_left_as_it_is() {
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 4] = [
        ("header", |bytes| bytes[0] = b'X'),
        ("truncated", |bytes| bytes.truncate(bytes.len() / 2)),
        ("zeroed page", |bytes| bytes[4096..8192].fill(0)),
        ("page size", |bytes| bytes[16..18].copy_from_slice(&[3, 3])),
    ];
    for (name, damage) in damages {
        let dir = folder();
        drop(open(dir.path()).unwrap());
        let file = dir.path().join(DATABASE);
        let mut bytes = std::fs::read(&file).unwrap();
        damage(&mut bytes);
        std::fs::write(&file, &bytes).unwrap();
        assert!(matches!(refused(dir.path()), OpenRefused::Damaged { .. }), "{name}");
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{name}");
    }
}

#[test]
fn a_text_file_is_no_database() {
    let dir = folder();
    std::fs::write(
        dir.path().join(DATABASE),
        "Dear diary, today I was mistaken for a database. ".repeat(50),
    )
    .unwrap();
    assert!(matches!(refused(dir.path()), OpenRefused::Damaged { .. }));
}

#[test]
fn an_empty_file_beside_a_log_is_not_started_afresh() {
    let dir = folder();
    std::fs::write(dir.path().join(DATABASE), "").unwrap();
    std::fs::write(dir.path().join("minicom.db-wal"), "the rest of a database").unwrap();
    assert!(matches!(refused(dir.path()), OpenRefused::Damaged { .. }));
}

#[test]
fn a_foreign_and_a_newer_database_are_refused() {
    for (id, version) in [(7, 1), (migrations::APPLICATION_ID, migrations::VERSION + 1)] {
        let dir = folder();
        let conn = Connection::open(dir.path().join(DATABASE)).unwrap();
        conn.execute_batch("CREATE TABLE t (x)").unwrap();
        conn.pragma_update(None, "application_id", id).unwrap();
        conn.pragma_update(None, "user_version", version).unwrap();
        drop(conn);
        assert!(matches!(refused(dir.path()), OpenRefused::Refused { .. }));
    }
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let dir = folder();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(refused(&file), OpenRefused::Create { .. }));
    assert!(matches!(refused(&file.join("below")), OpenRefused::Create { .. }));
}

#[test]
fn a_database_that_another_program_holds_or_that_may_only_be_read_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (opened, conn) = open(folder.path()).unwrap();
    let file = opened.database();
    drop((opened, conn));
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = open(folder.path()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenRefused::Held { .. }), "{refused}");
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(open(folder.path()).is_ok());

    // Whoever may do everything may write this file too: SQLite itself is told to read only.
    let reader = Connection::open_with_flags(&file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let refused = can_write(&reader).map_err(|source| sqlite(folder.path(), &file, source));
    assert!(matches!(refused, Err(OpenRefused::NotWritable { .. })), "{refused:?}");
}
