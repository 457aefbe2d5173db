//! Everything of a tenant goes: from every table that has tenants, in pieces, so that the other tenants' commits come in between.
//! The tables are read from the schema itself: one that a later step adds is not forgotten.

use std::collections::BTreeSet;

use minicom_protocol::{
    command::Sender,
    ids::{TenantId, Time},
};
use rusqlite::{Connection, params};

use super::super::{Result, TenantKey, commands::sender_key, search};

/// Rows of a piece. Events with their indices are the largest: a piece is some milliseconds of the writer's time.
const PIECE: u32 = 500;
/// Events of a piece.
const EVENTS_PIECE: u32 = 50;

/// Begins a removal. From here on it can only go on.
pub fn begin(conn: &Connection, tenant: TenantKey, now: Time) -> Result<()> {
    conn.execute(
        "UPDATE tenants SET deleted_at = ?2 WHERE key = ?1 AND deleted_at IS NULL",
        params![tenant.0, now.0],
    )?;
    Ok(())
}

/// Removes a piece. `true` when nothing was left and the tenant itself is removed.
pub fn piece(conn: &Connection, tenant: TenantKey) -> Result<bool> {
    let mut left = PIECE;
    for table in children_first(conn)? {
        // Of events fewer at once: the index of what can be found forgets each by all its words.
        let most = if table.name == "events" {
            left.min(EVENTS_PIECE)
        } else {
            left
        };
        forget_words(conn, &table, tenant, most)?;
        let key = table.key.join(", ");
        let name = &table.name;
        let removed = conn.execute(
            &format!(
                "DELETE FROM {name} WHERE tenant = ?1 AND ({key}) IN (SELECT {key} FROM {name} WHERE tenant = ?1
                 ORDER BY {key} LIMIT ?2)"
            ),
            params![tenant.0, most],
        )?;
        left = left.saturating_sub(u32::try_from(removed).unwrap_or(left));
        if left == 0 || removed == most as usize {
            return Ok(false);
        }
    }
    forget_name(conn, tenant)?;
    conn.execute("DELETE FROM tenants WHERE key = ?1", [tenant.0])?;
    Ok(true)
}

/// How many rows have this tenant's key, by table, where there are any. For the proof that a removal is one.
pub fn rows(conn: &Connection, tenant: TenantKey) -> Result<Vec<(String, u32)>> {
    let mut found = vec![];
    for table in children_first(conn)? {
        let count = format!("SELECT count(*) FROM {} WHERE tenant = ?1", table.name);
        found.push((table.name, conn.query_row(&count, [tenant.0], |row| row.get(0))?));
    }
    let itself = conn.query_row("SELECT count(*) FROM tenants WHERE key = ?1", [tenant.0], |row| {
        row.get(0)
    })?;
    found.push(("tenants".to_owned(), itself));
    found.retain(|(_, rows)| *rows > 0);
    Ok(found)
}

/// A table with tenants.
struct Table {
    name: String,
    /// The columns of its key.
    key: Vec<String>,
}

/// All tables with a column `tenant`, each after those that refer to it.
fn children_first(conn: &Connection) -> Result<Vec<Table>> {
    let mut names = conn.prepare_cached(
        "SELECT t.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'tenant' ORDER BY t.name",
    )?;
    let mut left: BTreeSet<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_>>()?;
    let mut edges = conn.prepare_cached(
        "SELECT t.name, f.\"table\" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
         WHERE t.schema = 'main' AND t.type = 'table'",
    )?;
    let edges: Vec<(String, String)> = edges
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_>>()?;
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_referred_to = |name: &String| {
            let by_others = edges.iter().filter(|(child, parent)| parent == name && child != name);
            by_others.into_iter().any(|(child, _)| left.contains(child))
        };
        let free = left.iter().find(|name| !is_referred_to(name));
        // A circle could only be made of rows that may be missing; SQLite says so if it is not.
        let Some(next) = free.or(left.first()).cloned() else {
            break;
        };
        left.remove(&next);
        let mut key = conn.prepare_cached("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
        let key = key.query_map([&next], |row| row.get(0))?.collect::<Result<_>>()?;
        order.push(Table { name: next, key });
    }
    Ok(order)
}

/// What the operator was answered is kept for a repeat, among the rows of the server's own tenant. It is as good with the short name.
fn forget_name(conn: &Connection, tenant: TenantKey) -> Result<()> {
    conn.execute(
        "UPDATE repeats SET answer = json_set(answer, '$.name', answer ->> '$.id')
         WHERE tenant = (SELECT key FROM tenants WHERE id = ?2) AND sender = ?3 AND answer ->> '$.key' = ?1
         AND answer ->> '$.id' = (SELECT id FROM tenants WHERE key = ?1)",
        params![
            tenant.0,
            TenantId::default_tenant().as_str(),
            sender_key(Sender::Server)
        ],
    )?;
    Ok(())
}

/// The words of events, replies and articles stand in an index of their own, which is told the text that it is to forget.
fn forget_words(conn: &Connection, table: &Table, tenant: TenantKey, most: u32) -> Result<()> {
    let columns = match table.name.as_str() {
        "events" => return search::forget_oldest(conn, tenant, most),
        "replies" => "code, title, text",
        "articles" => "title, tags, body",
        _ => return Ok(()),
    };
    let name = &table.name;
    conn.execute(
        &format!(
            "INSERT INTO {name}_text ({name}_text, rowid, {columns})
             SELECT 'delete', key, {columns} FROM {name} WHERE tenant = ?1 ORDER BY key LIMIT ?2"
        ),
        params![tenant.0, most],
    )?;
    Ok(())
}
