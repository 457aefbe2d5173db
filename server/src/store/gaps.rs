//! Questions that the bot handed over because it knew no answer, as gaps: those of near meaning together, named by the first.

use minicom_protocol::ids::{ConversationId, CustomerId, Rev, Time};
use rusqlite::{Connection, Row, params};

use super::{Result, TenantKey, pos_from_sql, pos_to_sql};

/// Questions that are kept: the oldest go when there are more.
pub const QUESTIONS_MAX: usize = 2_000;

/// A question without an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unanswered {
    /// The event that handed it over.
    pub id: Rev,
    /// The gap: the first question's `id`.
    pub gap: Rev,
    /// Where it was asked.
    pub conversation: ConversationId,
    /// By whom.
    pub customer: CustomerId,
    /// What was asked, masked.
    pub question: String,
    /// Whether a person wants to hear no more of the gap.
    pub dismissed: bool,
    /// When it was asked.
    pub asked_at: Time,
}

const ROW: &str = "id, gap, conversation, customer, question, dismissed, asked_at";

fn read(row: &Row<'_>) -> Result<Unanswered> {
    Ok(Unanswered {
        id: Rev(pos_from_sql(row.get(0)?)),
        gap: Rev(pos_from_sql(row.get(1)?)),
        conversation: ConversationId::from_bytes(row.get(2)?),
        customer: CustomerId::from_bytes(row.get(3)?),
        question: row.get(4)?,
        dismissed: row.get(5)?,
        asked_at: Time(row.get(6)?),
    })
}

/// All questions, in order.
pub fn all(conn: &Connection, tenant: TenantKey) -> Result<Vec<Unanswered>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ROW} FROM bot_unanswered WHERE tenant = ?1 ORDER BY id"
    ))?;
    let rows = statement.query_map([tenant.0], read)?;
    rows.collect()
}

/// The questions of a gap, in order.
pub fn of(conn: &Connection, tenant: TenantKey, gap: Rev) -> Result<Vec<Unanswered>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ROW} FROM bot_unanswered WHERE tenant = ?1 AND gap = ?2 AND dismissed = 0 ORDER BY id"
    ))?;
    let rows = statement.query_map(params![tenant.0, pos_to_sql(gap.0)], read)?;
    rows.collect()
}

/// Writes a question, if none is known by its id, and forgets the oldest of too many.
pub fn add(conn: &Connection, tenant: TenantKey, it: &Unanswered) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO bot_unanswered (tenant, id, gap, conversation, customer, question, dismissed, asked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(it.id.0),
        pos_to_sql(it.gap.0),
        it.conversation.as_bytes(),
        it.customer.as_bytes(),
        it.question,
        it.dismissed,
        it.asked_at.0
    ])?;
    conn.prepare_cached(
        "DELETE FROM bot_unanswered WHERE tenant = ?1 AND id <= coalesce(
             (SELECT id FROM bot_unanswered WHERE tenant = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2), -1)",
    )?
    .execute(params![tenant.0, QUESTIONS_MAX as i64])?;
    Ok(())
}

/// A person wants to hear no more of a gap: what is asked again falls into it, and stays unseen. Whether it is there.
pub fn dismiss(conn: &Connection, tenant: TenantKey, gap: Rev) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE bot_unanswered SET dismissed = 1 WHERE tenant = ?1 AND gap = ?2 AND dismissed = 0")?
        .execute(params![tenant.0, pos_to_sql(gap.0)])?;
    Ok(changed > 0)
}

/// Forgets gaps: an article answers them now.
pub fn filled(conn: &Connection, tenant: TenantKey, gaps: &[Rev]) -> Result<()> {
    let mut forget = conn.prepare_cached("DELETE FROM bot_unanswered WHERE tenant = ?1 AND gap = ?2")?;
    for gap in gaps {
        forget.execute(params![tenant.0, pos_to_sql(gap.0)])?;
    }
    Ok(())
}
