//! All that is stored of a tenant, as digests: what nobody may change has not changed.

use std::{collections::BTreeMap, path::Path};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use sha2::{Digest, Sha256};

/// What the server itself writes down from time to time.
const ITS_OWN: &[(&str, &[&str])] = &[
    ("agents", &["last_activity_at"]),
    ("agent_tokens", &["last_used_at", "last_address"]),
    (
        "deliveries",
        &["state", "attempts", "due", "last_at", "status", "error"],
    ),
    ("followers", &["rev"]),
    ("webhooks", &["failing_since", "disabled_for", "enabled"]),
];

/// What a colleague asked and was refused is kept for the repeat.
const ANSWERS: &[&str] = &["commands", "repeats"];

/// A digest of each table's rows of this tenant, with their number.
pub fn of_tenant(data: &Path, tenant: &str) -> BTreeMap<String, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let conn = Connection::open_with_flags(data.join("minicom.db"), flags).unwrap();
    // All of one moment.
    conn.execute_batch("BEGIN").unwrap();
    let key: i64 = conn
        .query_row("SELECT key FROM tenants WHERE id = ?1", [tenant], |row| row.get(0))
        .unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let mut tables = conn.prepare(tables).unwrap();
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut found = BTreeMap::new();
    for table in names.into_iter().filter(|it| !ANSWERS.contains(&it.as_str())) {
        let columns = format!("SELECT name FROM pragma_table_info('{table}')");
        let mut columns = conn.prepare(&columns).unwrap();
        let columns: Vec<String> = columns
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let whose = match columns.iter().any(|it| it == "tenant") {
            true => "tenant",
            false if table == "tenants" => "key",
            false => continue,
        };
        let own = ITS_OWN
            .iter()
            .find(|(name, _)| *name == table)
            .map_or(&[] as &[&str], |it| it.1);
        let kept: Vec<String> = columns.into_iter().filter(|it| !own.contains(&it.as_str())).collect();
        let list = kept.join("\", \"");
        let rows = format!("SELECT \"{list}\" FROM \"{table}\" WHERE {whose} = ?1 ORDER BY 1, 2");
        found.insert(table, digest(&conn, &rows, key, kept.len()));
    }
    assert!(found.len() > 15, "{found:?}");
    found
}

fn digest(conn: &Connection, sql: &str, key: i64, columns: usize) -> String {
    let mut statement = conn.prepare(sql).unwrap();
    let mut rows = statement.query([key]).unwrap();
    let (mut digest, mut count) = (Sha256::new(), 0);
    while let Some(row) = rows.next().unwrap() {
        count += 1;
        for column in 0..columns {
            let bytes = match row.get_ref(column).unwrap() {
                ValueRef::Null => b"null".to_vec(),
                ValueRef::Integer(it) => it.to_be_bytes().to_vec(),
                ValueRef::Real(it) => it.to_be_bytes().to_vec(),
                ValueRef::Text(it) | ValueRef::Blob(it) => it.to_vec(),
            };
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        }
    }
    let hex: String = digest
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{count} rows {hex}")
}
