//! Pages of the journal and of threads, and the marks at their ends.

use minicom_protocol::{
    customer_event::CustomerEvent,
    event::Event,
    ids::{AgentId, ConversationId, Cursor, CustomerId, LineNo, Mark, Rev, Seq, Time},
    stage::Side,
};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::rows::{self, events};
use crate::store::{Result, TenantKey, mark_from_sql, pos_from_sql, pos_to_sql, stored, tenants};

/// The tenant's events after a position, in order, at most `limit`.
pub fn after(conn: &Connection, tenant: TenantKey, after: Rev, limit: i64) -> Result<Vec<Event>> {
    events(
        conn,
        tenant,
        "e.tenant = ?1 AND e.rev > ?2 ORDER BY e.rev LIMIT ?3",
        params![tenant.0, pos_to_sql(after.0), limit],
    )
}

/// The event at a position, in its present form, without the words of a line that it quotes.
pub fn at(conn: &Connection, tenant: TenantKey, rev: Rev) -> Result<Option<Event>> {
    let found = rows::unquoted(
        conn,
        "e.tenant = ?1 AND e.rev = ?2",
        params![tenant.0, pos_to_sql(rev.0)],
    );
    Ok(found?.pop())
}

/// The first event that is not before a time, or the position behind the last one. It is looked for as if no clock had ever been
/// set back.
pub fn first_since(conn: &Connection, tenant: TenantKey, time: Time) -> Result<Rev> {
    let mut at = conn.prepare_cached("SELECT time FROM events WHERE tenant = ?1 AND rev = ?2")?;
    let (mut low, mut high) = (1, tenants::head(conn, tenant)?.cursor.at + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let found: Option<i64> = at
            .query_row(params![tenant.0, pos_to_sql(middle)], |row| row.get(0))
            .optional()?;
        match found {
            Some(found) if found >= time.0 => high = middle,
            _ => low = middle + 1,
        }
    }
    Ok(Rev(low))
}

/// The position before a conversation's first event; 0 if it has none.
pub fn before_conversation(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    conversation: ConversationId,
) -> Result<Rev> {
    let first: Option<i64> = conn
        .prepare_cached(
            "SELECT rev FROM events WHERE tenant = ?1 AND thread = ?2 AND conversation = ?3 ORDER BY rev LIMIT 1",
        )?
        .query_row(params![tenant.0, customer.as_bytes(), conversation.as_bytes()], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(Rev(first.map_or(0, |rev| pos_from_sql(rev).saturating_sub(1))))
}

/// All of a thread after a position, in order, at most `limit` events.
pub fn of_thread(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    after: Rev,
    limit: i64,
) -> Result<Vec<Event>> {
    events(
        conn,
        tenant,
        "e.tenant = ?1 AND e.thread = ?2 AND e.rev > ?3 ORDER BY e.rev LIMIT ?4",
        params![tenant.0, customer.as_bytes(), pos_to_sql(after.0), limit],
    )
}

/// What a customer may see of the own thread after a position, in order, at most `limit` events.
pub fn thread_after(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    after: Seq,
    limit: i64,
) -> Result<Vec<CustomerEvent>> {
    let found = events(
        conn,
        tenant,
        "e.tenant = ?1 AND e.thread = ?2 AND e.seq > ?3 ORDER BY e.seq LIMIT ?4",
        params![tenant.0, customer.as_bytes(), pos_to_sql(after.0), limit],
    )?;
    Ok(found.iter().filter_map(Event::for_customer).collect())
}

/// A page of a thread before a position, oldest first, and whether there is more before it.
pub fn thread_before(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    before: Option<Rev>,
    limit: usize,
) -> Result<(Vec<Event>, bool)> {
    let found = events(
        conn,
        tenant,
        "e.tenant = ?1 AND e.thread = ?2 AND e.rev < ?3 ORDER BY e.rev DESC LIMIT ?4",
        params![
            tenant.0,
            customer.as_bytes(),
            before.map_or(i64::MAX, |rev| pos_to_sql(rev.0)),
            limit as i64 + 1
        ],
    )?;
    Ok(page(found, limit))
}

/// A page of what a customer may see before a position, oldest first, and whether there is more before it.
pub fn customer_before(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    before: Option<Seq>,
    limit: usize,
) -> Result<(Vec<CustomerEvent>, bool)> {
    let (events, more) = numbered_before(conn, tenant, customer, before, limit)?;
    Ok((events.iter().filter_map(Event::for_customer).collect(), more))
}

/// The same page with all that agents know of its events.
pub fn numbered_before(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    before: Option<Seq>,
    limit: usize,
) -> Result<(Vec<Event>, bool)> {
    let found = events(
        conn,
        tenant,
        "e.tenant = ?1 AND e.thread = ?2 AND e.seq < ?3 ORDER BY e.seq DESC LIMIT ?4",
        params![
            tenant.0,
            customer.as_bytes(),
            before.map_or(i64::MAX, |seq| pos_to_sql(seq.0)),
            limit as i64 + 1
        ],
    )?;
    Ok(page(found, limit))
}

/// The position behind the newest event that the customer may see, up to an event of the journal: what is before it ends
/// there. The mark is that event's, and 0 where there is none.
pub fn numbered_at(conn: &Connection, tenant: TenantKey, customer: CustomerId, up_to: Rev) -> Result<Option<Cursor>> {
    conn.prepare_cached(
        "SELECT seq, mark FROM events WHERE tenant = ?1 AND thread = ?2 AND rev <= ?3 AND seq IS NOT NULL
         ORDER BY rev DESC LIMIT 1",
    )?
    .query_row(params![tenant.0, customer.as_bytes(), pos_to_sql(up_to.0)], |row| {
        Ok(Cursor {
            at: pos_from_sql(row.get(0)?) + 1,
            mark: row.get(1).map(mark_from_sql)?,
        })
    })
    .optional()
}

fn page(mut newest_first: Vec<Event>, limit: usize) -> (Vec<Event>, bool) {
    let more = newest_first.len() > limit;
    newest_first.truncate(limit);
    newest_first.reverse();
    (newest_first, more)
}

/// The mark at a position of the tenant's journal.
pub fn mark_at(conn: &Connection, tenant: TenantKey, rev: Rev) -> Result<Option<Mark>> {
    if rev == Rev(0) {
        return tenants::birth_mark(conn, tenant);
    }
    conn.prepare_cached("SELECT mark FROM events WHERE tenant = ?1 AND rev = ?2")?
        .query_row(params![tenant.0, pos_to_sql(rev.0)], |row| {
            row.get(0).map(mark_from_sql)
        })
        .optional()
}

/// The mark at a position of a thread.
pub fn thread_mark_at(conn: &Connection, tenant: TenantKey, customer: CustomerId, seq: Seq) -> Result<Option<Mark>> {
    if seq == Seq(0) {
        return tenants::birth_mark(conn, tenant);
    }
    conn.prepare_cached("SELECT mark FROM events WHERE tenant = ?1 AND thread = ?2 AND seq = ?3")?
        .query_row(params![tenant.0, customer.as_bytes(), pos_to_sql(seq.0)], |row| {
            row.get(0).map(mark_from_sql)
        })
        .optional()
}

/// The newest desk's line of a thread after `seen` that was not written by this agent; 0 if there is none. It reads back no
/// further than to `seen`: a thread can be long, and all of it the agent's own.
pub fn newest_line_by_others(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    agent: AgentId,
    seen: LineNo,
) -> Result<LineNo> {
    newest_line(
        conn,
        "SELECT line FROM events WHERE tenant = ?1 AND thread = ?2 AND side = 'desk' AND line > ?4 AND kind = 'posted'
         AND agent IS NOT ?3 ORDER BY line DESC LIMIT 1",
        params![tenant.0, customer.as_bytes(), agent.as_bytes(), pos_to_sql(seen.0)],
    )
}

/// The newest line of a thread that was written by this agent, or without one by the customer; 0 if there is none.
pub fn newest_line_by(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    agent: Option<AgentId>,
) -> Result<LineNo> {
    let side = if agent.is_some() { Side::Desk } else { Side::Customer };
    newest_line(
        conn,
        "SELECT line FROM events WHERE tenant = ?1 AND thread = ?2 AND side = ?3 AND kind = 'posted' AND agent IS ?4
         ORDER BY line DESC LIMIT 1",
        params![
            tenant.0,
            customer.as_bytes(),
            stored::side_name(side),
            agent.map(|it| *it.as_bytes())
        ],
    )
}

fn newest_line(conn: &Connection, sql: &str, params: impl Params) -> Result<LineNo> {
    let found: Option<i64> = conn
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))
        .optional()?;
    Ok(LineNo(found.map_or(0, pos_from_sql)))
}
