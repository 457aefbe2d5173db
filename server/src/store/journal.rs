//! The journal: the append-only table of events, the truth of everything else.
//!
//! Each thread's events are chained by digests (and those of no thread by the tenant's own chain), so that a changed
//! byte on the disk is found: SQLite's pages have no checksum. The digest is over the previous digest, the header and
//! SHA-256(salt, body); erasing a body keeps the chain.

mod chain;

use minicom_protocol::{
    Touches, UnknownBody,
    customer_event::CustomerEvent,
    event::{Event, EventBody, Subject},
    ids::{AgentId, CommandId, ConversationId, Cursor, CustomerId, LineNo, Mark, Rev, Seq, Time},
    summary::Summary,
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

pub use self::chain::verify;
use self::chain::{body_digest, chain};
use super::{
    Result, TenantKey, conversations, mark_from_sql, mark_to_sql, pos_from_sql, pos_to_sql, stored, tenants,
    threads::{self, Thread},
};

/// Random numbers that the writer gives to an event.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// The event's mark.
    pub mark: Mark,
    /// Salt of its body's digest, so that an erased short text cannot be found by trying.
    pub salt: [u8; 16],
}

/// What is to be appended.
pub struct New {
    /// When it happened.
    pub time: Time,
    /// What it happened to.
    pub subject: Subject,
    /// The command that caused it.
    pub command: Option<CommandId>,
    /// What happened.
    pub body: EventBody,
    /// The event's random numbers.
    pub chance: Chance,
}

/// What an event is applied to: the thread and the conversation as they stand, before it and, once it is appended, after it.
/// Good only within the savepoint that it was read in.
pub struct Standing {
    /// The customer's thread, if the subject has one.
    pub thread: Option<(CustomerId, Thread)>,
    /// The conversation; `None` before the event that opens it.
    pub conversation: Option<Summary>,
}

impl Standing {
    /// Reads how a subject stands.
    pub fn read(conn: &Connection, tenant: TenantKey, subject: Subject) -> Result<Standing> {
        let thread = match subject.customer() {
            Some(customer) => Some((customer, threads::load(conn, tenant, customer)?)),
            None => None,
        };
        let conversation = match subject.conversation() {
            Some(id) => conversations::load(conn, tenant, id)?,
            None => None,
        };
        Ok(Standing { thread, conversation })
    }
}

/// Appends what happened: numbers it, chains it, and folds it into the conversation's summary and the thread's view.
pub fn append(conn: &Connection, tenant: TenantKey, new: New, standing: &mut Standing) -> Result<Event> {
    let mut head = tenants::head(conn, tenant)?;
    head.cursor = Cursor {
        at: head.cursor.at + 1,
        mark: new.chance.mark,
    };
    let visible = new.body.for_customer().is_some();
    let seq = standing
        .thread
        .as_ref()
        .filter(|_| visible)
        .map(|(_, thread)| thread.view.seq.next());
    let event = Event {
        rev: Rev(head.cursor.at),
        seq,
        mark: new.chance.mark,
        time: new.time,
        subject: new.subject,
        command: new.command,
        body: new.body,
    };

    let previous = standing
        .thread
        .as_ref()
        .map_or(head.digest, |(_, thread)| thread.digest);
    let digest = insert(conn, tenant, &event, &previous, &new.chance.salt)?;

    match &mut standing.thread {
        Some((customer, thread)) => {
            thread.digest = digest;
            if let Some(theirs) = event.for_customer() {
                thread.view.apply(&theirs);
                thread.mark = theirs.mark;
            }
            threads::save(conn, tenant, *customer, thread)?;
        }
        None => head.digest = digest,
    }
    tenants::set_head(conn, tenant, &head)?;
    if event.subject.conversation().is_some() {
        match &mut standing.conversation {
            Some(summary) => summary.apply(&event),
            none => *none = Summary::open(&event),
        }
        if let Some(summary) = &standing.conversation {
            conversations::save(conn, tenant, summary)?;
        }
    }
    Ok(event)
}

fn insert(
    conn: &Connection,
    tenant: TenantKey,
    event: &Event,
    previous: &[u8; 32],
    salt: &[u8; 16],
) -> Result<[u8; 32]> {
    let Some((kind, body)) = stored::encode(&event.body)? else {
        return Err(super::damaged(NotOurs(event.body.kind().to_owned())));
    };
    let header = stored::header(&event.body);
    let agent = header.agent.or(match event.subject {
        Subject::Agent { agent } => Some(agent),
        _ => None,
    });
    let line = header.line.map(|(side, number)| (stored::side_name(side), number));
    let body_digest = body_digest(salt, &body);
    let digest = chain(previous, tenant, event, kind, agent, line, &body_digest);
    conn.prepare_cached(
        "INSERT INTO events (tenant, rev, seq, mark, time, kind, thread, conversation, agent, side, line, command, body, salt, digest, body_digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(event.rev.0),
        event.seq.map(|seq| pos_to_sql(seq.0)),
        mark_to_sql(event.mark),
        event.time.0,
        kind,
        event.subject.customer().map(|id| *id.as_bytes()),
        event.subject.conversation().map(|id| *id.as_bytes()),
        agent.map(|id| *id.as_bytes()),
        line.map(|(side, _)| side),
        line.map(|(_, number)| pos_to_sql(number)),
        event.command.map(|id| *id.as_bytes()),
        body,
        salt,
        digest,
        body_digest,
    ])?;
    Ok(digest)
}

#[derive(Debug, thiserror::Error)]
#[error("an event of the kind `{0}` is not this version's to write")]
struct NotOurs(String);

/// The columns that [`read`] takes.
const COLUMNS: &str = "rev, seq, mark, time, kind, thread, conversation, agent, command, body";

fn read(row: &Row<'_>) -> Result<Event> {
    let thread: Option<[u8; 16]> = row.get(5)?;
    let conversation: Option<[u8; 16]> = row.get(6)?;
    let agent: Option<[u8; 16]> = row.get(7)?;
    let subject = match (thread, conversation, agent) {
        (Some(customer), Some(conversation), _) => Subject::Conversation {
            customer: CustomerId::from_bytes(customer),
            conversation: ConversationId::from_bytes(conversation),
        },
        (None, None, Some(agent)) => Subject::Agent {
            agent: AgentId::from_bytes(agent),
        },
        _ => Subject::Unknown,
    };
    Ok(Event {
        rev: Rev(pos_from_sql(row.get(0)?)),
        seq: row.get::<_, Option<i64>>(1)?.map(|seq| Seq(pos_from_sql(seq))),
        mark: mark_from_sql(row.get(2)?),
        time: Time(row.get(3)?),
        subject,
        command: row.get::<_, Option<[u8; 16]>>(8)?.map(CommandId::from_bytes),
        body: match row.get::<_, Option<String>>(9)? {
            Some(body) => stored::decode(&row.get::<_, String>(4)?, &body)?,
            None => erased(),
        },
    })
}

/// What stands where a body was erased: the event stays, with nothing in it.
fn erased() -> EventBody {
    EventBody::Unknown(UnknownBody {
        kind: "chat.erased".to_owned(),
        touches: Touches::Line,
        fallback: Some("(erased)".to_owned()),
        data: serde_json::Value::Null,
    })
}

fn events(conn: &Connection, condition: &str, params: impl Params) -> Result<Vec<Event>> {
    let mut statement = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE {condition}"))?;
    statement.query_map(params, read)?.collect()
}

/// The tenant's events after a position, in order, at most `limit`.
pub fn after(conn: &Connection, tenant: TenantKey, after: Rev, limit: i64) -> Result<Vec<Event>> {
    events(
        conn,
        "tenant = ?1 AND rev > ?2 ORDER BY rev LIMIT ?3",
        params![tenant.0, pos_to_sql(after.0), limit],
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
        "tenant = ?1 AND thread = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
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
        "tenant = ?1 AND thread = ?2 AND rev < ?3 ORDER BY rev DESC LIMIT ?4",
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
        "tenant = ?1 AND thread = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4",
        params![
            tenant.0,
            customer.as_bytes(),
            before.map_or(i64::MAX, |seq| pos_to_sql(seq.0)),
            limit as i64 + 1
        ],
    )?;
    Ok(page(found, limit))
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
    let mut statement = conn.prepare_cached(
        "SELECT line, agent FROM events WHERE tenant = ?1 AND thread = ?2 AND side = 'desk' ORDER BY rev DESC",
    )?;
    let mut rows = statement.query(params![tenant.0, customer.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let line = LineNo(pos_from_sql(row.get(0)?));
        if line <= seen {
            break;
        }
        if row.get::<_, Option<[u8; 16]>>(1)? != Some(*agent.as_bytes()) {
            return Ok(line);
        }
    }
    Ok(LineNo(0))
}
