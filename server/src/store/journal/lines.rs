//! Single lines: how one stands now, and what becomes of it. Only a line's body is ever touched, and only so that its digest
//! still vouches for it: superseded by a later event, or erased.

use minicom_protocol::{
    command::Sender,
    event::{Event, EventBody, LineChanged},
    ids::{AgentId, CommandId, CustomerId, Rev},
    line::{LineRef, LineState},
    stage::Side,
};
use rusqlite::{Connection, OptionalExtension, Params, ToSql, params};

use super::rows;
use crate::store::{Result, TenantKey, commands, pos_from_sql, pos_to_sql, search, stored};

/// A line of a thread in its present form: the event that posted it.
pub fn line(conn: &Connection, tenant: TenantKey, customer: CustomerId, line: LineRef) -> Result<Option<Event>> {
    Ok(rows::events(conn, tenant, LINE, key(tenant, &customer, line))?.pop())
}

/// The same without the words of the line that it quotes.
pub(super) fn unquoted_line(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    line: LineRef,
) -> Result<Option<Event>> {
    Ok(rows::unquoted(conn, LINE, key(tenant, &customer, line))?.pop())
}

const LINE: &str = "e.tenant = ?1 AND e.thread = ?2 AND e.side = ?3 AND e.line = ?4 AND e.kind = 'posted'";

fn key<'a>(tenant: TenantKey, customer: &'a CustomerId, line: LineRef) -> impl Params + 'a {
    (
        tenant.0,
        customer.as_bytes(),
        stored::side_name(line.side),
        pos_to_sql(line.line.0),
    )
}

/// Whether an event has others' text erased when it is appended.
pub fn erases(event: &Event) -> bool {
    match &event.body {
        EventBody::LineChanged(it) => it.state == LineState::Blanked,
        EventBody::Erased(_) => true,
        _ => false,
    }
}

/// Marks all that was said on a line as superseded by what became of it now. What is blanked out is erased: body and salt of the
/// line and of all that became of it before, and the digests of the commands that said it; the events stay.
pub(super) fn supersede(conn: &Connection, tenant: TenantKey, event: &Event, changed: &LineChanged) -> Result<()> {
    let posted = match event.subject.customer() {
        Some(customer) => posted_at(conn, tenant, customer, changed.line)?,
        None => None,
    };
    // The index of what can be found forgets what is not said any more in this same transaction.
    let found = posted.map(|rev| search::Change::begin(conn, tenant, rev)).transpose()?;
    let customer = event.subject.customer().map(|it| *it.as_bytes());
    let earlier = params![
        tenant.0,
        customer,
        stored::side_name(changed.line.side),
        pos_to_sql(changed.line.line.0),
        pos_to_sql(event.rev.0)
    ];
    conn.prepare_cached(
        "UPDATE events SET superseded_by = ?5
         WHERE tenant = ?1 AND thread = ?2 AND side = ?3 AND line = ?4 AND rev < ?5",
    )?
    .execute(earlier)?;
    if changed.state == LineState::Blanked {
        forget_commands(conn, tenant, earlier)?;
        conn.prepare_cached(
            "UPDATE events SET body = NULL, salt = NULL, rest = json_set(body, '$.parts', json('[]'), '$.state', 'blanked')
             WHERE tenant = ?1 AND thread = ?2 AND side = ?3 AND line = ?4 AND rev < ?5 AND body IS NOT NULL",
        )?
        .execute(earlier)?;
    }
    found.map_or(Ok(()), |found| found.end(conn))
}

/// The event that posted a line.
/// Where a line of a thread was posted.
pub fn posted_at(conn: &Connection, tenant: TenantKey, customer: CustomerId, line: LineRef) -> Result<Option<Rev>> {
    let found: Option<i64> = conn
        .prepare_cached(
            "SELECT rev FROM events WHERE tenant = ?1 AND thread = ?2 AND side = ?3 AND line = ?4 AND kind = 'posted'",
        )?
        .query_row(key(tenant, &customer, line), |row| row.get(0))
        .optional()?;
    Ok(found.map(|rev| Rev(pos_from_sql(rev))))
}

/// Forgets what those commands asked that said what is erased now.
fn forget_commands(conn: &Connection, tenant: TenantKey, earlier: &[&dyn ToSql]) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT command, agent, side, thread FROM events
         WHERE tenant = ?1 AND thread = ?2 AND side = ?3 AND line = ?4 AND rev < ?5 AND command IS NOT NULL",
    )?;
    let said = statement.query_map(earlier, |row| {
        let agent: Option<[u8; 16]> = row.get(1)?;
        let sender = match agent.map(AgentId::from_bytes) {
            Some(agent) => Sender::Agent(agent),
            None if row.get::<_, String>(2)? == stored::side_name(Side::Customer) => {
                Sender::Customer(CustomerId::from_bytes(row.get(3)?))
            }
            None => Sender::Bot,
        };
        Ok((sender, CommandId::from_bytes(row.get(0)?)))
    })?;
    for command in said {
        let (sender, id) = command?;
        commands::forget_content(conn, tenant, sender, id)?;
    }
    Ok(())
}
