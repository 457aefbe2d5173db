//! What the bot need not work out again: vectors of the texts that it learnt from, by their digest. No text stands here.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::{Result, TenantKey};

/// SHA-256 of a text.
pub type TextDigest = [u8; 32];

/// All vectors by one encoder.
pub fn vectors(conn: &Connection, tenant: TenantKey, encoder: u32) -> Result<HashMap<TextDigest, Vec<u8>>> {
    let mut statement =
        conn.prepare_cached("SELECT text, vector FROM bot_vectors WHERE tenant = ?1 AND encoder = ?2")?;
    let rows = statement.query_map(params![tenant.0, encoder], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Keeps new ones, and forgets those that are not among `used` or by another encoder.
pub fn keep_vectors(
    conn: &Connection,
    tenant: TenantKey,
    encoder: u32,
    new: &[(TextDigest, Vec<u8>)],
    used: &HashSet<TextDigest>,
) -> Result<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO bot_vectors (tenant, encoder, text, vector) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, encoder, text) DO UPDATE SET vector = ?4",
    )?;
    for (text, vector) in new {
        insert.execute(params![tenant.0, encoder, text, vector])?;
    }
    conn.prepare_cached("DELETE FROM bot_vectors WHERE tenant = ?1 AND encoder <> ?2")?
        .execute(params![tenant.0, encoder])?;
    let mut forget = conn.prepare_cached("DELETE FROM bot_vectors WHERE tenant = ?1 AND encoder = ?2 AND text = ?3")?;
    for text in vectors(conn, tenant, encoder)?
        .keys()
        .filter(|text| !used.contains(*text))
    {
        forget.execute(params![tenant.0, encoder, text])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Store;

    #[test]
    fn what_is_not_used_any_more_is_forgotten_and_other_tenants_keep_theirs() {
        let store = Store::new();
        let conn = &store.conn;
        let (one, other) = (TenantKey(1), TenantKey(2));
        let new = |n: u8| ([n; 32], vec![n]);
        let used = |all: &[u8]| all.iter().map(|n| [*n; 32]).collect::<HashSet<_>>();
        keep_vectors(conn, one, 7, &[new(1), new(2)], &used(&[1, 2])).unwrap();
        keep_vectors(conn, other, 7, &[new(1)], &used(&[1])).unwrap();
        keep_vectors(conn, one, 7, &[new(3)], &used(&[2, 3])).unwrap();
        let kept = |tenant, encoder| {
            let mut kept: Vec<Vec<u8>> = vectors(conn, tenant, encoder).unwrap().into_values().collect();
            kept.sort();
            kept
        };
        assert_eq!(kept(one, 7), [[2], [3]]);
        assert_eq!(kept(other, 7), [[1]]);
        keep_vectors(conn, one, 8, &[new(2)], &used(&[2])).unwrap();
        assert!(kept(one, 7).is_empty() && kept(one, 8) == [[2]]);
    }
}
