//! A desk as lines of JSON, page by page, and rows made of such lines. What signs anybody in is in no line: no password, no
//! token, no key. The digest of a customer's secret is: nobody can find a secret of 256 random bits by it, and without it a
//! customer would not be known again.

mod customers;

use minicom_protocol::{
    event::EventBody,
    ids::{AgentId, ConversationId, Cursor, Mark, Rev, Time},
    library::{Article, questions_as_set},
    words::{SubjectLine, Tag},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::customers::{CustomerLine, DeviceLine, customers, erased_since, has_digests, take_customer};
use super::{
    Result, TenantKey, from_json, journal, library, mark_from_sql, mark_to_sql, pos_from_sql, tenants, timers,
};

/// The first line of a desk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeskLine {
    /// The version of the format.
    pub format: u32,
    /// The tenant's name.
    pub tenant: String,
    /// What tells this desk from every other: the mark of position 0, in hex.
    pub desk: String,
    /// The lines come after this cursor; `null` from the beginning.
    pub since: Option<String>,
    /// And up to this one.
    pub cursor: String,
    /// When they were read, in microseconds since 1970.
    pub at: i64,
}

/// An agent, without anything to sign in with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgentLine {
    /// Who.
    pub id: AgentId,
    /// The address that the agent signs in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// `agent` or `admin`.
    pub role: String,
    /// Skills, as a JSON array.
    pub skills: Value,
    /// Conversations at once; `null`: the desk's limit.
    pub capacity: Option<i64>,
}

/// Something that time will cause.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TimerLine {
    /// Of which kind.
    pub timer: String,
    /// In which conversation.
    pub conversation: ConversationId,
    /// The mark of the event that set it, in hex.
    pub set_by: String,
    /// When.
    pub due: Time,
}

/// A mark in hex.
pub fn mark_text(mark: Mark) -> String {
    format!("{:016x}", mark.0)
}

/// All agents.
pub fn agents(conn: &Connection, tenant: TenantKey) -> Result<Vec<AgentLine>> {
    let mut statement = conn
        .prepare_cached("SELECT id, email, name, role, skills, capacity FROM agents WHERE tenant = ?1 ORDER BY id")?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok(AgentLine {
            id: AgentId::from_bytes(row.get(0)?),
            email: row.get(1)?,
            name: row.get(2)?,
            role: row.get(3)?,
            skills: from_json(&row.get::<_, String>(4)?)?,
            capacity: row.get(5)?,
        })
    })?;
    rows.collect()
}

/// Articles after a slug, with their bodies.
pub fn articles(conn: &Connection, tenant: TenantKey, after: &str, limit: i64) -> Result<Vec<(String, Value)>> {
    let mut statement = conn.prepare_cached(
        "SELECT slug, title, body, tags, published, questions FROM articles WHERE tenant = ?1 AND slug > ?2 ORDER BY slug LIMIT ?3",
    )?;
    let rows = statement.query_map(params![tenant.0, after, limit], |row| {
        let slug: String = row.get(0)?;
        let line = json!({
            "slug": slug,
            "title": row.get::<_, String>(1)?,
            "body": row.get::<_, String>(2)?,
            "tags": from_json::<Value>(&row.get::<_, String>(3)?)?,
            "published": row.get::<_, bool>(4)?,
            "questions": from_json::<Value>(&row.get::<_, String>(5)?)?,
        });
        Ok((slug, line))
    })?;
    rows.collect()
}

/// Whole rows that are JSON already, after a key in text or as hex: conversations, groups, replies, tickets.
pub fn rows(conn: &Connection, tenant: TenantKey, of: Rows, after: &str, limit: i64) -> Result<Vec<(String, Value)>> {
    let sql = match of {
        Rows::Conversations => {
            "SELECT hex(id), summary FROM conversations WHERE tenant = ?1 AND hex(id) > ?2 ORDER BY id LIMIT ?3"
        }
        Rows::Tickets => {
            "SELECT printf('%020d', number), ticket FROM tickets
             WHERE tenant = ?1 AND number > CAST(?2 AS INTEGER) ORDER BY number LIMIT ?3"
        }
        Rows::Groups => {
            "SELECT name, json_object('id', lower(hex(id)), 'name', name, 'members', json(members), 'skills', json(skills))
             FROM groups WHERE tenant = ?1 AND name > ?2 ORDER BY name LIMIT ?3"
        }
        Rows::Replies => {
            "SELECT hex(owner) || code, json_object('code', code, 'title', title, 'text', text, 'actions', json(actions),
                 'uses', uses, 'own', length(owner) > 0)
             FROM replies WHERE tenant = ?1 AND hex(owner) || code > ?2 ORDER BY hex(owner) || code LIMIT ?3"
        }
    };
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement.query_map(params![tenant.0, after, limit], |row| {
        Ok((row.get(0)?, from_json(&row.get::<_, String>(1)?)?))
    })?;
    found.collect()
}

/// Which rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rows {
    /// Conversations, as their summaries.
    Conversations,
    /// Tickets.
    Tickets,
    /// Groups.
    Groups,
    /// Saved replies.
    Replies,
}

/// The timers that are set.
pub fn timer_lines(conn: &Connection, tenant: TenantKey) -> Result<Vec<TimerLine>> {
    let mut statement = conn.prepare_cached(
        "SELECT t.kind, t.conversation, e.mark, t.due FROM timers t
         JOIN events e ON e.tenant = t.tenant AND e.rev = t.set_by WHERE t.tenant = ?1 ORDER BY t.due",
    )?;
    let found = statement.query_map([tenant.0], |row| {
        Ok(TimerLine {
            timer: row.get(0)?,
            conversation: ConversationId::from_bytes(row.get(1)?),
            set_by: mark_text(mark_from_sql(row.get(2)?)),
            due: Time(row.get(3)?),
        })
    })?;
    found.collect()
}

/// The mark at a position; `None` if the journal does not hold it.
pub fn mark_at(conn: &Connection, tenant: TenantKey, rev: Rev) -> Result<Option<Mark>> {
    match rev {
        Rev(0) => tenants::birth_mark(conn, tenant),
        rev => journal::mark_at(conn, tenant, rev),
    }
}

/// The head of the journal, and what tells this desk from others.
pub fn head(conn: &Connection, tenant: TenantKey) -> Result<(Cursor, Mark)> {
    let cursor = tenants::head(conn, tenant)?.cursor;
    Ok((cursor, tenants::birth_mark(conn, tenant)?.unwrap_or(Mark(0))))
}

/// The name of the position up to which a desk was taken over from another one.
pub fn source_name(desk: &str) -> String {
    format!("import:{desk}")
}

/// Whether a desk has neither customers nor a library, groups or tickets: nothing that lines could get mixed up with.
pub fn is_empty(conn: &Connection, tenant: TenantKey) -> Result<bool> {
    conn.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM customers WHERE tenant = ?1) AND NOT EXISTS (SELECT 1 FROM replies WHERE tenant = ?1)
            AND NOT EXISTS (SELECT 1 FROM articles WHERE tenant = ?1) AND NOT EXISTS (SELECT 1 FROM groups WHERE tenant = ?1)",
        [tenant.0],
        |row| row.get(0),
    )
}

/// The id by which this desk knows an agent, or will: an account with the same address is the same person.
pub fn agent_here(conn: &Connection, tenant: TenantKey, it: &AgentLine) -> Result<AgentId> {
    let known: Option<[u8; 16]> = conn
        .prepare_cached("SELECT id FROM agents WHERE tenant = ?1 AND email = ?2")?
        .query_row(params![tenant.0, it.email], |row| row.get(0))
        .optional()?;
    Ok(known.map_or(it.id, AgentId::from_bytes))
}

/// Writes an agent who cannot sign in until an admin says so, if there is none with that address.
pub fn take_agent(conn: &Connection, tenant: TenantKey, it: &AgentLine, now: Time) -> Result<()> {
    conn.execute(
        "INSERT INTO agents (tenant, id, email, name, role, skills, capacity, enabled, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8) ON CONFLICT DO NOTHING",
        params![
            tenant.0,
            it.id.as_bytes(),
            it.email,
            it.name,
            if it.role == "admin" { "admin" } else { "agent" },
            it.skills.to_string(),
            it.capacity,
            now.0
        ],
    )?;
    Ok(())
}

/// Writes the body of an article that an event has made, and its example questions; those that it has, if the line says none.
pub fn take_article(
    conn: &Connection,
    tenant: TenantKey,
    slug: &Tag,
    body: &str,
    questions: Option<Vec<SubjectLine>>,
) -> Result<bool> {
    let Some((article, row)) = library::article(conn, tenant, slug)? else {
        return Ok(false);
    };
    let taken = Article {
        body: body.to_owned(),
        questions: questions.map_or_else(|| article.questions.clone(), questions_as_set),
        ..article.clone()
    };
    if taken == article {
        return Ok(false);
    }
    library::write_article(conn, tenant, &row, &taken).map(|()| true)
}

/// Sets a timer, if the event that set it was taken over.
pub fn take_timer(conn: &Connection, tenant: TenantKey, it: &TimerLine) -> Result<bool> {
    let Ok(mark) = u64::from_str_radix(&it.set_by, 16) else {
        return Ok(false);
    };
    let written = conn.execute(
        "INSERT INTO timers (tenant, kind, conversation, set_by, due)
         SELECT ?1, ?2, v.id, e.rev, ?5 FROM conversations v
         JOIN events e ON e.tenant = ?1 AND e.thread = v.customer AND e.mark = ?4
         WHERE v.tenant = ?1 AND v.id = ?3 ON CONFLICT DO NOTHING",
        params![
            tenant.0,
            timers::known_kind(&it.timer)?,
            it.conversation.as_bytes(),
            mark_to_sql(Mark(mark)),
            it.due.0
        ],
    )?;
    Ok(written > 0)
}

/// Whether an event is taken over: accounts are this desk's own, and what was erased is not there to take.
pub fn is_taken(body: &EventBody) -> bool {
    !matches!(
        body,
        EventBody::AgentChanged(_) | EventBody::MentionsRead(_) | EventBody::Unknown(_)
    )
}

/// The position up to which a desk was taken over from another one.
pub fn taken_up_to(conn: &Connection, tenant: TenantKey, desk: &str) -> Result<Option<Rev>> {
    conn.prepare_cached("SELECT rev FROM followers WHERE tenant = ?1 AND name = ?2")?
        .query_row(params![tenant.0, source_name(desk)], |row| {
            row.get(0).map(|rev| Rev(pos_from_sql(rev)))
        })
        .optional()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(digit).collect();
    bytes.filter(|_| text.len() == 64)?.try_into().ok()
}
