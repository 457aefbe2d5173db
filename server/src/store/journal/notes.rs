//! Notes in lists: those about a customer, and those that mention an agent.

use minicom_protocol::{
    context::NoteRow,
    event::EventBody,
    ids::{ConversationId, CustomerId, Rev, Time},
};
use rusqlite::{Connection, Row, params};

use crate::store::{Result, TenantKey, damaged, pos_from_sql, pos_to_sql, stored};

/// The columns of `e` that [`read`] takes.
pub(in crate::store) const NOTE: &str = "e.rev, e.conversation, e.thread, e.time, e.kind, e.body";
/// How many these are.
pub(in crate::store) const COLUMNS: usize = 6;

/// A note, and in whose thread it is.
pub(in crate::store) fn read(row: &Row<'_>) -> Result<(NoteRow, CustomerId)> {
    let EventBody::Noted(noted) = stored::decode(&row.get::<_, String>(4)?, &row.get::<_, String>(5)?)? else {
        return Err(damaged(NoNote));
    };
    let note = NoteRow {
        rev: Rev(pos_from_sql(row.get(0)?)),
        conversation: ConversationId::from_bytes(row.get(1)?),
        by: noted.agent,
        at: Time(row.get(3)?),
        text: noted.text.as_str().to_owned(),
    };
    Ok((note, CustomerId::from_bytes(row.get(2)?)))
}

/// The newest notes in the threads of these customers, newest first.
pub fn notes_of(conn: &Connection, tenant: TenantKey, customers: &[CustomerId], limit: usize) -> Result<Vec<NoteRow>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {NOTE} FROM events e WHERE e.tenant = ?1 AND e.thread = ?2 AND e.kind = 'noted' AND e.body IS NOT NULL
         ORDER BY e.rev DESC LIMIT ?3"
    ))?;
    let mut found = Vec::new();
    for customer in customers {
        let rows = statement.query_map(params![tenant.0, customer.as_bytes(), limit as i64], read)?;
        for row in rows {
            found.push(row?.0);
        }
    }
    found.sort_by_key(|it| std::cmp::Reverse(it.rev));
    found.truncate(limit);
    Ok(found)
}

/// A page of a conversation's notes, newest first, and whether there are older ones.
pub fn notes_in(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    conversation: ConversationId,
    before: Option<Rev>,
    limit: usize,
) -> Result<(Vec<NoteRow>, bool)> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {NOTE} FROM events e WHERE e.tenant = ?1 AND e.thread = ?2 AND e.kind = 'noted' AND e.body IS NOT NULL
         AND e.conversation = ?3 AND e.rev < ?4 ORDER BY e.rev DESC LIMIT ?5"
    ))?;
    let bound = params![
        tenant.0,
        customer.as_bytes(),
        conversation.as_bytes(),
        before.map_or(i64::MAX, |rev| pos_to_sql(rev.0)),
        limit as i64 + 1
    ];
    let rows = statement.query_map(bound, read)?;
    let mut found = rows.map(|row| row.map(|(note, _)| note)).collect::<Result<Vec<_>>>()?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

#[derive(Debug, thiserror::Error)]
#[error("an event stands where a note should be")]
struct NoNote;
