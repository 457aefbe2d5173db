//! Notes that mention an agent, and how far the agent has read them.

use minicom_protocol::{
    context::{Mention, NoteRow},
    ids::{AgentId, Rev},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Result, TenantKey,
    journal::notes::{self, NOTE},
    pos_from_sql, pos_to_sql,
};

/// How many mentions an agent has not read.
pub fn unread(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<u64> {
    let read = read_mark(conn, tenant, agent)?;
    conn.prepare_cached("SELECT count(*) FROM mentions WHERE tenant = ?1 AND agent = ?2 AND rev > ?3")?
        .query_row(params![tenant.0, agent.as_bytes(), pos_to_sql(read.0)], |row| {
            row.get(0).map(pos_from_sql)
        })
}

/// The newest mention that an agent has read; 0 if none.
pub fn read_mark(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Rev> {
    let found = conn
        .prepare_cached("SELECT mentions_read FROM agents WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.0, agent.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(Rev(found.map_or(0, pos_from_sql)))
}

/// Mentions of an agent before a position, newest first, and whether there are older ones.
pub fn page(
    conn: &Connection,
    tenant: TenantKey,
    agent: AgentId,
    before: Option<Rev>,
    limit: usize,
) -> Result<(Vec<Mention>, bool)> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {NOTE}, c.realm, c.name FROM mentions m
         JOIN events e ON e.tenant = m.tenant AND e.rev = m.rev
         JOIN customers c ON c.tenant = e.tenant AND c.id = e.thread
         WHERE m.tenant = ?1 AND m.agent = ?2 AND m.rev < ?3 ORDER BY m.rev DESC LIMIT ?4"
    ))?;
    let rows = statement.query_map(
        params![
            tenant.0,
            agent.as_bytes(),
            before.map_or(i64::MAX, |rev| pos_to_sql(rev.0)),
            limit as i64 + 1
        ],
        |row| {
            let (note, customer): (NoteRow, _) = notes::read(row)?;
            let customer =
                super::people::customer_ref(customer, row.get(notes::COLUMNS)?, row.get(notes::COLUMNS + 1)?)?;
            Ok(Mention { note, customer })
        },
    )?;
    let mut found = rows.collect::<Result<Vec<Mention>>>()?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// Notes whom a note mentions.
pub(super) fn add(conn: &Connection, tenant: TenantKey, note: Rev, agents: &[AgentId]) -> Result<()> {
    let mut statement =
        conn.prepare_cached("INSERT INTO mentions (tenant, agent, rev) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for agent in agents {
        statement.execute(params![tenant.0, agent.as_bytes(), pos_to_sql(note.0)])?;
    }
    Ok(())
}

/// Moves an agent's mark; never back.
pub(super) fn mark_read(conn: &Connection, tenant: TenantKey, agent: AgentId, up_to: Rev) -> Result<()> {
    conn.prepare_cached("UPDATE agents SET mentions_read = max(mentions_read, ?3) WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, agent.as_bytes(), pos_to_sql(up_to.0)])?;
    Ok(())
}

#[cfg(test)]
#[path = "mentions_tests.rs"]
mod tests;
