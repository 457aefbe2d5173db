//! What each tenant has used of a provider in a month: tokens and requests, no text.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, TenantKey};

/// What was used in a month.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Spent {
    /// Tokens of questions and answers together.
    pub tokens: u64,
    /// Requests.
    pub requests: u64,
}

/// What was used in a month, written as `2026-11`.
pub fn spent(conn: &Connection, tenant: TenantKey, month: &str) -> Result<Spent> {
    let mut statement =
        conn.prepare_cached("SELECT tokens, requests FROM bot_spending WHERE tenant = ?1 AND month = ?2")?;
    let row = statement.query_row(params![tenant.0, month], |row| {
        Ok(Spent {
            tokens: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
            requests: u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default(),
        })
    });
    Ok(row.optional()?.unwrap_or_default())
}

/// Adds one request of so many tokens.
pub fn add(conn: &Connection, tenant: TenantKey, month: &str, tokens: u64) -> Result<()> {
    let tokens = i64::try_from(tokens).unwrap_or(i64::MAX / 2);
    conn.prepare_cached(
        "INSERT INTO bot_spending (tenant, month, tokens, requests) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT (tenant, month) DO UPDATE SET tokens = min(tokens + ?3, 1 << 60), requests = requests + 1",
    )?
    .execute(params![tenant.0, month, tokens])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Store;

    #[test]
    fn what_is_used_is_counted_by_tenant_and_month() {
        let store = Store::new();
        let (one, other) = (TenantKey(1), TenantKey(2));
        assert_eq!(spent(&store.conn, one, "2026-11").unwrap(), Spent::default());
        for (tenant, month, tokens) in [
            (one, "2026-11", 10),
            (one, "2026-11", 5),
            (one, "2026-12", 7),
            (other, "2026-11", 1),
        ] {
            add(&store.conn, tenant, month, tokens).unwrap();
        }
        let used = |tokens, requests| Spent { tokens, requests };
        assert_eq!(spent(&store.conn, one, "2026-11").unwrap(), used(15, 2));
        assert_eq!(spent(&store.conn, one, "2026-12").unwrap(), used(7, 1));
        assert_eq!(spent(&store.conn, other, "2026-11").unwrap(), used(1, 1));
    }
}
