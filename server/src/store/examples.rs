//! Examples that conversations propose, until a person accepts or drops them, and what of conversations is needed to propose one.

use minicom_protocol::{
    ids::{ConversationId, ReplyId, Rev, Time},
    words::Tag,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Result, TenantKey, damaged, pos_from_sql, pos_to_sql};

/// Examples that wait for a person: the oldest go when there are more. Nobody reads through more than that.
pub const PENDING_MAX: usize = 500;
/// Dropped ones that are remembered.
pub const DROPPED_MAX: usize = 2_000;

/// What answered a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// An article.
    Article(Tag),
    /// A saved reply.
    Reply(ReplyId),
}

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The event that proposed it.
    pub id: Rev,
    /// The conversation that it comes from.
    pub conversation: ConversationId,
    /// What was asked, masked.
    pub question: String,
    /// What answered it.
    pub answer: Answer,
    /// Whether a person has dropped it.
    pub dropped: bool,
    /// When it was proposed.
    pub made_at: Time,
}

const ROW: &str = "id, conversation, question, article, reply, dropped, made_at";

fn read(row: &Row<'_>) -> Result<Example> {
    let article: Option<String> = row.get(3)?;
    let answer = match article {
        Some(slug) => Answer::Article(Tag::parse(slug).map_err(damaged)?),
        None => Answer::Reply(ReplyId::from_bytes(row.get(4)?)),
    };
    Ok(Example {
        id: Rev(pos_from_sql(row.get(0)?)),
        conversation: ConversationId::from_bytes(row.get(1)?),
        question: row.get(2)?,
        answer,
        dropped: row.get(5)?,
        made_at: Time(row.get(6)?),
    })
}

/// Those that wait, oldest first, after one.
pub fn pending(conn: &Connection, tenant: TenantKey, after: Rev, limit: usize) -> Result<Vec<Example>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {ROW} FROM bot_examples WHERE tenant = ?1 AND id > ?2 AND dropped = 0 ORDER BY id LIMIT ?3"
    ))?;
    let rows = statement.query_map(params![tenant.0, pos_to_sql(after.0), limit as i64], read)?;
    rows.collect()
}

/// One that waits.
pub fn one(conn: &Connection, tenant: TenantKey, id: Rev) -> Result<Option<Example>> {
    conn.prepare_cached(&format!(
        "SELECT {ROW} FROM bot_examples WHERE tenant = ?1 AND id = ?2 AND dropped = 0"
    ))?
    .query_row(params![tenant.0, pos_to_sql(id.0)], read)
    .optional()
}

/// The questions that were proposed for an answer, dropped ones too.
pub fn questions_of(conn: &Connection, tenant: TenantKey, answer: &Answer) -> Result<Vec<String>> {
    let (article, reply) = columns(answer);
    let mut statement = conn.prepare_cached(
        "SELECT question FROM bot_examples WHERE tenant = ?1 AND article IS ?2 AND reply IS ?3 ORDER BY id",
    )?;
    let rows = statement.query_map(params![tenant.0, article, reply], |row| row.get(0))?;
    rows.collect()
}

fn columns(answer: &Answer) -> (Option<&str>, Option<&[u8]>) {
    match answer {
        Answer::Article(slug) => (Some(slug.as_str()), None),
        Answer::Reply(id) => (None, Some(id.as_bytes())),
    }
}

/// Writes one, if none is known by its id, and forgets the oldest of too many.
pub fn add(conn: &Connection, tenant: TenantKey, it: &Example) -> Result<()> {
    let (article, reply) = columns(&it.answer);
    conn.prepare_cached(
        "INSERT INTO bot_examples (tenant, id, conversation, question, article, reply, dropped, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(it.id.0),
        it.conversation.as_bytes(),
        it.question,
        article,
        reply,
        it.made_at.0
    ])?;
    for (dropped, most) in [(false, PENDING_MAX), (true, DROPPED_MAX)] {
        conn.prepare_cached(
            "DELETE FROM bot_examples WHERE tenant = ?1 AND dropped = ?2 AND id <= coalesce(
                 (SELECT id FROM bot_examples WHERE tenant = ?1 AND dropped = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3), -1)",
        )?
        .execute(params![tenant.0, dropped, most as i64])?;
    }
    Ok(())
}

/// Gives one that waits other words. Whether it is there.
pub fn change(conn: &Connection, tenant: TenantKey, id: Rev, question: &str) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE bot_examples SET question = ?3 WHERE tenant = ?1 AND id = ?2 AND dropped = 0")?
        .execute(params![tenant.0, pos_to_sql(id.0), question])?;
    Ok(changed > 0)
}

/// Drops one that waits. Whether it was there.
pub fn drop_one(conn: &Connection, tenant: TenantKey, id: Rev) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE bot_examples SET dropped = 1 WHERE tenant = ?1 AND id = ?2 AND dropped = 0")?
        .execute(params![tenant.0, pos_to_sql(id.0)])?;
    Ok(changed > 0)
}

/// Forgets one that was accepted.
pub fn accepted(conn: &Connection, tenant: TenantKey, id: Rev) -> Result<()> {
    conn.prepare_cached("DELETE FROM bot_examples WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, pos_to_sql(id.0)])?;
    Ok(())
}

/// A saved reply was sent in a conversation.
pub fn reply_used(
    conn: &Connection,
    tenant: TenantKey,
    conversation: ConversationId,
    reply: ReplyId,
    now: Time,
) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO reply_uses (tenant, conversation, reply, used_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, conversation) DO UPDATE SET reply = ?3, used_at = ?4",
    )?
    .execute(params![tenant.0, conversation.as_bytes(), reply.as_bytes(), now.0])?;
    Ok(())
}

/// The saved reply that was sent last in a conversation, and when.
pub fn last_reply(
    conn: &Connection,
    tenant: TenantKey,
    conversation: ConversationId,
) -> Result<Option<(ReplyId, Time)>> {
    conn.prepare_cached("SELECT reply, used_at FROM reply_uses WHERE tenant = ?1 AND conversation = ?2")?
        .query_row(params![tenant.0, conversation.as_bytes()], |row| {
            Ok((ReplyId::from_bytes(row.get(0)?), Time(row.get(1)?)))
        })
        .optional()
}

/// Forgets which saved reply was sent in a conversation, if that was up to a moment.
pub fn forget_reply(conn: &Connection, tenant: TenantKey, conversation: ConversationId, up_to: Time) -> Result<()> {
    conn.prepare_cached("DELETE FROM reply_uses WHERE tenant = ?1 AND conversation = ?2 AND used_at <= ?3")?
        .execute(params![tenant.0, conversation.as_bytes(), up_to.0])?;
    Ok(())
}

/// Forgets what a conversation taught, as far as no person has made it the desk's own.
pub(super) fn erase(conn: &Connection, tenant: TenantKey, conversation: ConversationId) -> Result<()> {
    for sql in [
        "DELETE FROM bot_examples WHERE tenant = ?1 AND conversation = ?2",
        "DELETE FROM bot_unanswered WHERE tenant = ?1 AND conversation = ?2",
        "DELETE FROM reply_uses WHERE tenant = ?1 AND conversation = ?2",
    ] {
        conn.prepare_cached(sql)?
            .execute(params![tenant.0, conversation.as_bytes()])?;
    }
    Ok(())
}
