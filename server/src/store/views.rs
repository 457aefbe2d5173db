//! Views: names that an agent gave to filters of the list.

use minicom_protocol::{ids::AgentId, search::SavedView};
use rusqlite::{Connection, params};

use super::{Result, TenantKey};

/// An agent's views, in their order.
pub fn of_agent(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Vec<SavedView>> {
    let mut statement =
        conn.prepare_cached("SELECT name, filter FROM views WHERE tenant = ?1 AND agent = ?2 ORDER BY place, name")?;
    let rows = statement.query_map(params![tenant.0, agent.as_bytes()], |row| {
        Ok(SavedView {
            name: row.get(0)?,
            filter: row.get(1)?,
        })
    })?;
    rows.collect()
}

/// Writes a view: a new one is the last, one that is there keeps its place.
pub fn save(conn: &Connection, tenant: TenantKey, agent: AgentId, view: &SavedView) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO views (tenant, agent, name, filter, place)
         VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(place), 0) + 1 FROM views WHERE tenant = ?1 AND agent = ?2))
         ON CONFLICT (tenant, agent, name) DO UPDATE SET filter = ?4",
    )?
    .execute(params![tenant.0, agent.as_bytes(), view.name, view.filter])?;
    Ok(())
}

/// Removes a view. Whether it was there.
pub fn remove(conn: &Connection, tenant: TenantKey, agent: AgentId, name: &str) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM views WHERE tenant = ?1 AND agent = ?2 AND name = ?3")?
        .execute(params![tenant.0, agent.as_bytes(), name])?;
    Ok(removed > 0)
}
