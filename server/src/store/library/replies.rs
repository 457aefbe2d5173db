//! Saved replies. Their rows are written by events, their count of uses is not: it is no fact that anybody must know.

use minicom_protocol::{
    ids::{AgentId, ReplyId},
    library::SavedReply,
    words::{SubjectLine, Tag},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::{Result, TenantKey, damaged, from_json, full_text, pos_from_sql, to_json};

const REPLY: &str = "id, owner, code, title, text, actions, uses, questions";

fn read(row: &Row<'_>) -> Result<SavedReply> {
    let owner: Vec<u8> = row.get(1)?;
    Ok(SavedReply {
        id: ReplyId::from_bytes(row.get(0)?),
        owner: <[u8; 16]>::try_from(owner).ok().map(AgentId::from_bytes),
        code: Tag::parse(row.get::<_, String>(2)?).map_err(damaged)?,
        title: SubjectLine::parse(row.get::<_, String>(3)?).map_err(damaged)?,
        text: row.get(4)?,
        actions: from_json(&row.get::<_, String>(5)?)?,
        uses: pos_from_sql(row.get(6)?),
        questions: super::articles::some_questions(&row.get::<_, String>(7)?)?,
    })
}

/// The column of whose it is: empty for everybody's.
fn owner_to_sql(owner: Option<&AgentId>) -> &[u8] {
    owner.map_or(&[], |agent| agent.as_bytes())
}

/// A saved reply by its id.
pub fn reply(conn: &Connection, tenant: TenantKey, id: ReplyId) -> Result<Option<SavedReply>> {
    conn.prepare_cached(&format!("SELECT {REPLY} FROM replies WHERE tenant = ?1 AND id = ?2"))?
        .query_row(params![tenant.0, id.as_bytes()], read)
        .optional()
}

/// A saved reply by its code, among those of one owner, or among everybody's.
pub fn reply_by_code(
    conn: &Connection,
    tenant: TenantKey,
    owner: Option<AgentId>,
    code: &Tag,
) -> Result<Option<SavedReply>> {
    conn.prepare_cached(&format!(
        "SELECT {REPLY} FROM replies WHERE tenant = ?1 AND owner = ?2 AND code = ?3"
    ))?
    .query_row(params![tenant.0, owner_to_sql(owner.as_ref()), code.as_str()], read)
    .optional()
}

/// The saved replies that are used most, everybody's and agents' own, by id: what is learnt from.
pub fn most_used(conn: &Connection, tenant: TenantKey, limit: usize) -> Result<Vec<SavedReply>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {REPLY} FROM replies WHERE tenant = ?1 ORDER BY uses DESC, id LIMIT ?2"
    ))?;
    let mut found = statement
        .query_map(params![tenant.0, limit as i64], read)?
        .collect::<Result<Vec<_>>>()?;
    found.sort_unstable_by_key(|it| it.id);
    Ok(found)
}

/// How many saved replies the tenant has, everybody's and all agents' own.
pub fn reply_count(conn: &Connection, tenant: TenantKey) -> Result<u64> {
    conn.prepare_cached("SELECT count(*) FROM replies WHERE tenant = ?1")?
        .query_row([tenant.0], |row| row.get(0).map(pos_from_sql))
}

/// Saved replies that an agent may use, the own and everybody's, by code, and whether there are more. Those that fit a search,
/// or all if nothing is searched for; only what comes after a code. An own one and everybody's by the same code are on one
/// page: the next one begins after the code.
pub fn replies(
    conn: &Connection,
    tenant: TenantKey,
    agent: AgentId,
    query: &str,
    after: Option<&Tag>,
    limit: usize,
) -> Result<(Vec<SavedReply>, bool)> {
    let search = full_text::search(query);
    let fits = full_text::condition(&search, "replies_text", "code || ' ' || title || ' ' || text", "?4");
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {REPLY} FROM replies WHERE tenant = ?1 AND owner IN (x'', ?2) AND code > ?3 AND {fits}
         ORDER BY code, owner DESC LIMIT ?5"
    ))?;
    let after = after.map_or("", Tag::as_str);
    let bound = params![tenant.0, agent.as_bytes(), after, search.parameter(), limit as i64 + 1];
    let mut found = statement.query_map(bound, read)?.collect::<Result<Vec<_>>>()?;
    let more = found.len() > limit;
    if more && limit > 1 && found[limit - 1].code == found[limit].code {
        found.truncate(limit - 1);
    } else if more && found[limit - 1].code != found[limit].code {
        found.truncate(limit);
    }
    Ok((found, more))
}

/// Counts one more use.
pub fn count_use(conn: &Connection, tenant: TenantKey, id: ReplyId) -> Result<()> {
    conn.prepare_cached("UPDATE replies SET uses = uses + 1 WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, id.as_bytes()])?;
    Ok(())
}

/// Writes a saved reply, new or changed. The count of uses stays.
pub(in crate::store) fn save_reply(conn: &Connection, tenant: TenantKey, it: &SavedReply) -> Result<()> {
    unindex(conn, tenant, it.id)?;
    conn.prepare_cached(
        "INSERT INTO replies (tenant, id, owner, code, title, text, actions, uses, questions)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)
         ON CONFLICT (tenant, id) DO UPDATE SET owner = ?3, code = ?4, title = ?5, text = ?6, actions = ?7, questions = ?8",
    )?
    .execute(params![
        tenant.0,
        it.id.as_bytes(),
        owner_to_sql(it.owner.as_ref()),
        it.code.as_str(),
        it.title.as_str(),
        it.text,
        to_json(&it.actions)?,
        to_json(&it.questions.as_deref().unwrap_or_default())?
    ])?;
    conn.prepare_cached(
        "INSERT INTO replies_text (rowid, code, title, text)
         SELECT key, code, title, text FROM replies WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![tenant.0, it.id.as_bytes()])?;
    Ok(())
}

/// Forgets a saved reply.
pub(in crate::store) fn delete_reply(conn: &Connection, tenant: TenantKey, id: ReplyId) -> Result<()> {
    unindex(conn, tenant, id)?;
    conn.prepare_cached("DELETE FROM replies WHERE tenant = ?1 AND id = ?2")?
        .execute(params![tenant.0, id.as_bytes()])?;
    Ok(())
}

/// Takes a row's words out of the index, which must be done while the row still has them.
fn unindex(conn: &Connection, tenant: TenantKey, id: ReplyId) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO replies_text (replies_text, rowid, code, title, text)
         SELECT 'delete', key, code, title, text FROM replies WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![tenant.0, id.as_bytes()])?;
    Ok(())
}

#[cfg(test)]
#[path = "replies_tests.rs"]
mod tests;
