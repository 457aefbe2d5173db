//! Tickets and their comments. Numbers are given from the tenant's row, dense from 1.

use minicom_protocol::{
    ids::{AgentId, ConversationId, CustomerId, Rev, TicketNo, Time},
    ticket::{Ticket, TicketComment, TicketStatus},
};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::{Result, TenantKey, from_json, pos_from_sql, pos_to_sql, to_json};

/// The number that the next ticket gets. It is taken when the ticket's first event is appended.
pub fn next_number(conn: &Connection, tenant: TenantKey) -> Result<TicketNo> {
    conn.prepare_cached("SELECT tickets FROM tenants WHERE key = ?1")?
        .query_row([tenant.0], |row| Ok(TicketNo(pos_from_sql(row.get(0)?)).next()))
}

/// A ticket by its number.
pub fn load(conn: &Connection, tenant: TenantKey, number: TicketNo) -> Result<Option<Ticket>> {
    one(
        conn,
        "SELECT ticket FROM tickets WHERE tenant = ?1 AND number = ?2",
        params![tenant.0, pos_to_sql(number.0)],
    )
}

/// The ticket that was made of a conversation.
pub fn of_conversation(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<Option<Ticket>> {
    one(
        conn,
        "SELECT ticket FROM tickets WHERE tenant = ?1 AND conversation = ?2",
        params![tenant.0, conversation.as_bytes()],
    )
}

/// Tickets, the last changed first, and whether there are older ones. What is `None` does not matter.
pub fn list(
    conn: &Connection,
    tenant: TenantKey,
    status: Option<TicketStatus>,
    assignee: Option<AgentId>,
    before: Option<Time>,
    limit: usize,
) -> Result<(Vec<Ticket>, bool)> {
    let mut sql = "SELECT ticket FROM tickets WHERE tenant = ?1 AND updated_at < ?2".to_owned();
    // Two texts of SQL instead of one that is planned for neither.
    if assignee.is_some() {
        sql += " AND assignee = ?4 AND coalesce(status = ?3, true)";
    } else if status.is_some() {
        sql += " AND status = ?3 AND ?4 IS NULL";
    } else {
        sql += " AND ?3 IS NULL AND ?4 IS NULL";
    }
    sql += " ORDER BY updated_at DESC, number DESC LIMIT ?5";
    let mut found = many(
        conn,
        &sql,
        params![
            tenant.0,
            before.map_or(i64::MAX, |time| time.0),
            status.map(TicketStatus::word),
            assignee.map(|agent| *agent.as_bytes()),
            limit as i64 + 1
        ],
    )?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

/// The newest tickets of these customers, newest first.
pub fn of_customers(
    conn: &Connection,
    tenant: TenantKey,
    customers: &[CustomerId],
    limit: usize,
) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for customer in customers {
        found.extend(many(
            conn,
            "SELECT ticket FROM tickets WHERE tenant = ?1 AND customer = ?2 ORDER BY number DESC LIMIT ?3",
            params![tenant.0, customer.as_bytes(), limit as i64],
        )?);
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.number));
    found.truncate(limit);
    Ok(found)
}

/// How many tickets these customers have, and how many of them are not solved.
pub fn counts(conn: &Connection, tenant: TenantKey, customers: &[CustomerId]) -> Result<(u64, u64)> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE status <> 'solved') FROM tickets WHERE tenant = ?1 AND customer = ?2",
    )?;
    let (mut all, mut unsolved) = (0, 0);
    for customer in customers {
        let (some, open) = statement.query_row(params![tenant.0, customer.as_bytes()], |row| {
            Ok((pos_from_sql(row.get(0)?), pos_from_sql(row.get(1)?)))
        })?;
        all += some;
        unsolved += open;
    }
    Ok((all, unsolved))
}

/// The newest comments of a ticket, oldest first.
pub fn comments(conn: &Connection, tenant: TenantKey, number: TicketNo, limit: usize) -> Result<Vec<TicketComment>> {
    let mut statement = conn.prepare_cached(
        "SELECT by, at, text FROM ticket_comments WHERE tenant = ?1 AND number = ?2 ORDER BY rev DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![tenant.0, pos_to_sql(number.0), limit as i64], |row| {
        Ok(TicketComment {
            by: from_json(&row.get::<_, String>(0)?)?,
            at: Time(row.get(1)?),
            text: row.get(2)?,
        })
    })?;
    let mut found = rows.collect::<Result<Vec<_>>>()?;
    found.reverse();
    Ok(found)
}

/// Writes a ticket, new or changed.
pub(super) fn save(conn: &Connection, tenant: TenantKey, it: &Ticket) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO tickets (tenant, number, conversation, customer, status, assignee, updated_at, ticket)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (tenant, number) DO UPDATE SET status = ?5, assignee = ?6, updated_at = ?7, ticket = ?8",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(it.number.0),
        it.conversation.as_bytes(),
        it.customer.id.as_bytes(),
        it.status.word(),
        it.assignee.as_ref().map(|agent| *agent.id.as_bytes()),
        it.updated_at.0,
        to_json(it)?
    ])?;
    conn.prepare_cached("UPDATE tenants SET tickets = max(tickets, ?2) WHERE key = ?1")?
        .execute(params![tenant.0, pos_to_sql(it.number.0)])?;
    Ok(())
}

/// Puts these words in the place of what was commented.
pub(super) fn erase_comments(conn: &Connection, tenant: TenantKey, number: TicketNo, words: &str) -> Result<()> {
    conn.prepare_cached("UPDATE ticket_comments SET text = ?3 WHERE tenant = ?1 AND number = ?2")?
        .execute(params![tenant.0, pos_to_sql(number.0), words])?;
    Ok(())
}

/// Writes a comment.
pub(super) fn comment(
    conn: &Connection,
    tenant: TenantKey,
    number: TicketNo,
    rev: Rev,
    comment: &TicketComment,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO ticket_comments (tenant, number, rev, by, at, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(number.0),
        pos_to_sql(rev.0),
        to_json(&comment.by)?,
        comment.at.0,
        comment.text
    ])?;
    Ok(())
}

fn one(conn: &Connection, sql: &str, params: impl Params) -> Result<Option<Ticket>> {
    let text: Option<String> = conn
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))
        .optional()?;
    text.map(|text| from_json(&text)).transpose()
}

fn many(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Ticket>> {
    let mut statement = conn.prepare_cached(sql)?;
    let texts = statement.query_map(params, |row| row.get::<_, String>(0))?;
    texts.map(|text| from_json(&text?)).collect()
}

#[cfg(test)]
#[path = "tickets_tests.rs"]
mod tests;
