//! Conversations' rows: the stored folds, and the lists made of them.

use minicom_protocol::{
    ids::{AgentId, ConversationId, CustomerId, Rev, Time},
    people::AgentRef,
    stage::Stage,
    summary::Summary,
    text::DisplayName,
};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::{Result, TenantKey, damaged, from_json, pos_from_sql, pos_to_sql, to_json};

/// A conversation by its id.
pub fn load(conn: &Connection, tenant: TenantKey, id: ConversationId) -> Result<Option<Summary>> {
    one(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND id = ?2",
        params![tenant.0, id.as_bytes()],
    )
}

/// The newest conversation of a thread.
pub fn newest(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Option<Summary>> {
    one(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND customer = ?2 ORDER BY number DESC LIMIT 1",
        params![tenant.0, customer.as_bytes()],
    )
}

/// Writes a conversation's row.
pub fn save(conn: &Connection, tenant: TenantKey, summary: &Summary) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO conversations (tenant, id, customer, number, stage, owner, last_owner, rev, summary, closed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9)
         ON CONFLICT (tenant, id) DO UPDATE
         SET stage = ?5, owner = ?6, last_owner = coalesce(?6, last_owner), rev = ?7, summary = ?8, closed_at = ?9,
             erased = CASE rev WHEN ?7 THEN erased ELSE 0 END",
    )?
    .execute(params![
        tenant.0,
        summary.conversation.as_bytes(),
        summary.customer.id.as_bytes(),
        pos_to_sql(summary.number),
        stage_name(&summary.stage),
        summary.stage.owner().map(|agent| *agent.id.as_bytes()),
        pos_to_sql(summary.rev.0),
        to_json(summary)?,
        closed_at(&summary.stage).map(|at| at.0)
    ])?;
    Ok(())
}

/// All open conversations, those that wait first, then by their newest event, newest first.
pub fn open(conn: &Connection, tenant: TenantKey) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND stage IN ('waiting', 'active', 'snoozed', 'bot')
         ORDER BY stage = 'waiting' DESC, rev DESC",
        [tenant.0],
    )
}

/// Open conversations whose newest event is before a position, newest first.
pub fn open_before(conn: &Connection, tenant: TenantKey, before: Option<Rev>, limit: i64) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations
         WHERE tenant = ?1 AND stage IN ('waiting', 'active', 'snoozed', 'bot') AND rev < ?2 ORDER BY rev DESC LIMIT ?3",
        params![tenant.0, before.map_or(i64::MAX, |rev| pos_to_sql(rev.0)), limit],
    )
}

/// Closed conversations whose newest event is before a position, newest first.
pub fn closed(conn: &Connection, tenant: TenantKey, before: Option<Rev>, limit: i64) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND stage = 'closed' AND rev < ?2
         ORDER BY rev DESC LIMIT ?3",
        params![tenant.0, before.map_or(i64::MAX, |rev| pos_to_sql(rev.0)), limit],
    )
}

/// All that waits in the queue.
pub fn waiting(conn: &Connection, tenant: TenantKey) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND stage = 'waiting'",
        [tenant.0],
    )
}

/// What an agent owns or could take from the queue: all that the choice of the next one looks at.
pub fn candidates(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations
         WHERE tenant = ?1 AND (stage = 'waiting' OR (stage IN ('active', 'snoozed') AND owner = ?2))",
        params![tenant.0, agent.as_bytes()],
    )
}

/// What an agent owns and has not put aside.
pub fn active_of(conn: &Connection, tenant: TenantKey, agent: AgentId) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND owner = ?2 AND stage = 'active'",
        params![tenant.0, agent.as_bytes()],
    )
}

/// Conversations of these customers, newest first.
pub fn of_customers(
    conn: &Connection,
    tenant: TenantKey,
    customers: &[CustomerId],
    limit: usize,
) -> Result<Vec<Summary>> {
    let mut found = Vec::new();
    for customer in customers {
        found.extend(many(
            conn,
            "SELECT summary FROM conversations WHERE tenant = ?1 AND customer = ?2 ORDER BY number DESC LIMIT ?3",
            params![tenant.0, customer.as_bytes(), limit as i64],
        )?);
    }
    found.sort_by_key(|it| std::cmp::Reverse((it.opened_at, it.number)));
    found.truncate(limit);
    Ok(found)
}

/// Conversations of customers by this name, whoever vouches for it, those that began last first.
pub fn of_name(conn: &Connection, tenant: TenantKey, name: &str, limit: usize) -> Result<Vec<Summary>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM customers WHERE tenant = ?1 AND realm IN ('named', 'signed', 'anonymous') AND name = ?2",
    )?;
    let ids = statement.query_map(params![tenant.0, name], |row| row.get(0).map(CustomerId::from_bytes))?;
    let ids: Vec<CustomerId> = ids.collect::<Result<_>>()?;
    of_customers(conn, tenant, &ids, limit)
}

/// Conversations whose ids lie between these two, both included, those that began last first.
pub fn between(
    conn: &Connection,
    tenant: TenantKey,
    (from, to): ([u8; 16], [u8; 16]),
    limit: usize,
) -> Result<Vec<Summary>> {
    many(
        conn,
        "SELECT summary FROM conversations WHERE tenant = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT ?4",
        params![tenant.0, from, to, limit as i64],
    )
}

/// How many conversations these customers had, and how many of them are open.
pub fn counts(conn: &Connection, tenant: TenantKey, customers: &[CustomerId]) -> Result<(u64, u64)> {
    let mut statement = conn.prepare_cached(
        "SELECT count(*), count(*) FILTER (WHERE stage <> 'closed') FROM conversations WHERE tenant = ?1 AND customer = ?2",
    )?;
    let (mut all, mut open) = (0, 0);
    for customer in customers {
        let (some, are_open) = statement.query_row(params![tenant.0, customer.as_bytes()], |row| {
            Ok((pos_from_sql(row.get(0)?), pos_from_sql(row.get(1)?)))
        })?;
        all += some;
        open += are_open;
    }
    Ok((all, open))
}

/// Who owned the customer's conversations last, if the account may still sign in. The name is the present one.
pub fn previous_owner(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Option<AgentRef>> {
    conn.prepare_cached(
        "SELECT a.id, a.name FROM conversations c JOIN agents a ON a.tenant = c.tenant AND a.id = c.last_owner
         WHERE c.tenant = ?1 AND c.customer = ?2 AND c.stage = 'closed' AND a.enabled = 1 ORDER BY c.number DESC LIMIT 1",
    )?
    .query_row(params![tenant.0, customer.as_bytes()], |row| {
        Ok(AgentRef {
            id: AgentId::from_bytes(row.get(0)?),
            name: DisplayName::try_from(row.get::<_, String>(1)?).map_err(damaged)?,
        })
    })
    .optional()
}

/// Ids of closed conversations that ended before this time and of which something is left, the oldest first. One whose ticket
/// is not solved is still needed.
pub fn to_erase(
    conn: &Connection,
    tenant: TenantKey,
    before: Time,
    limit: usize,
) -> Result<Vec<(CustomerId, ConversationId)>> {
    let mut statement = conn.prepare_cached(
        "SELECT c.customer, c.id FROM conversations c
         WHERE c.tenant = ?1 AND c.closed_at < ?2 AND c.closed_at IS NOT NULL AND c.erased = 0
         AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.tenant = c.tenant AND t.conversation = c.id AND t.status <> 'solved')
         ORDER BY c.closed_at LIMIT ?3",
    )?;
    let rows = statement.query_map(params![tenant.0, before.0, limit as i64], |row| {
        Ok((
            CustomerId::from_bytes(row.get(0)?),
            ConversationId::from_bytes(row.get(1)?),
        ))
    })?;
    rows.collect()
}

/// All conversations of a customer, the oldest first.
pub fn ids_of(conn: &Connection, tenant: TenantKey, customer: CustomerId) -> Result<Vec<ConversationId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM conversations WHERE tenant = ?1 AND customer = ?2 ORDER BY number")?;
    let rows = statement.query_map(params![tenant.0, customer.as_bytes()], |row| {
        row.get(0).map(ConversationId::from_bytes)
    })?;
    rows.collect()
}

/// Notes that nothing that was said in a conversation is left. The next event in it takes that back.
pub fn mark_erased(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<()> {
    conn.prepare_cached("UPDATE conversations SET erased = 1 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, conversation.as_bytes()])?;
    Ok(())
}

/// Whether nothing that was said in a conversation is left.
pub fn is_erased(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<bool> {
    conn.prepare_cached("SELECT 1 FROM conversations WHERE tenant = ?1 AND id = ?2 AND erased = 1")?
        .exists(params![tenant.0, conversation.as_bytes()])
}

/// Conversations in the order of their ids, each with who owns it or owned it last.
pub fn by_id(
    conn: &Connection,
    tenant: TenantKey,
    after: Option<ConversationId>,
    limit: usize,
) -> Result<Vec<(Summary, Option<AgentId>)>> {
    let mut statement = conn.prepare_cached(
        "SELECT summary, last_owner FROM conversations WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let after = after.map_or(vec![], |id| id.as_bytes().to_vec());
    let rows = statement.query_map(params![tenant.0, after, limit as i64], |row| {
        let owner: Option<[u8; 16]> = row.get(1)?;
        Ok((from_json(&row.get::<_, String>(0)?)?, owner.map(AgentId::from_bytes)))
    })?;
    rows.collect()
}

fn closed_at(stage: &Stage) -> Option<Time> {
    match stage {
        Stage::Closed { at, .. } => Some(*at),
        _ => None,
    }
}

fn stage_name(stage: &Stage) -> &'static str {
    match stage {
        Stage::Bot => "bot",
        Stage::Waiting { .. } => "waiting",
        Stage::Active { .. } => "active",
        Stage::Snoozed { .. } => "snoozed",
        Stage::Closed { .. } => "closed",
    }
}

fn one(conn: &Connection, sql: &str, params: impl Params) -> Result<Option<Summary>> {
    let text: Option<String> = conn
        .prepare_cached(sql)?
        .query_row(params, |row| row.get(0))
        .optional()?;
    text.map(|text| from_json(&text)).transpose()
}

fn many(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Summary>> {
    let mut statement = conn.prepare_cached(sql)?;
    let texts = statement.query_map(params, |row| row.get::<_, String>(0))?;
    texts.map(|text| from_json(&text?)).collect()
}
