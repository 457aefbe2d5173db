//! The journal: the append-only table of events, the truth of everything else.
//!
//! Each thread's events are chained by digests (and those of no thread by the tenant's own chain), so that a changed
//! byte on the disk is found: SQLite's pages have no checksum. The digest is over the previous digest, the header and
//! SHA-256(salt, body); erasing a body keeps the chain.
//!
//! Lines are told in their present form, wherever they are read: see `rows`. What becomes of them is written by `lines`.

mod chain;
pub(super) mod erasure;
mod lines;
pub mod notes;
mod pages;
mod rows;

use minicom_protocol::{
    event::{Event, EventBody, Subject},
    ids::{CommandId, Cursor, CustomerId, Mark, Rev, Time},
    summary::Summary,
};
use rusqlite::{Connection, params};

use self::chain::{Header, body_digest};
pub use self::erasure::sizes;
pub use self::pages::of_thread;
pub use self::{
    chain::{verify, wrong_heads},
    lines::{erases, line, posted_at},
    notes::{notes_in, notes_of},
    pages::{
        after, at, before_conversation, customer_before, first_since, mark_at, newest_line_by, newest_line_by_others,
        numbered_at, numbered_before, thread_after, thread_before, thread_mark_at,
    },
};
use super::{
    Result, TenantKey, conversations, mark_to_sql, pos_to_sql, project, stored, tenants,
    threads::{self, Thread},
    to_json,
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

/// Appends what happened: numbers it, chains it, folds it into the conversation's summary and the thread's view, and writes the
/// other rows that are made of it.
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
    if let EventBody::LineChanged(changed) = &event.body {
        lines::supersede(conn, tenant, &event, changed)?;
    }

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
    project::project(conn, tenant, &event)?;
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
    let about = stored::header(&event.body);
    let subject = match &event.subject {
        Subject::Conversation { .. } | Subject::Agent { .. } | Subject::Unknown => None,
        other => Some(to_json(other)?),
    };
    let header = Header {
        rev: event.rev.0,
        seq: event.seq.map_or(0, |seq| seq.0),
        mark: event.mark.0,
        time: event.time.0,
        kind,
        thread: event.subject.customer().map(|id| *id.as_bytes()),
        conversation: event.subject.conversation().map(|id| *id.as_bytes()),
        agent: match event.subject {
            Subject::Agent { agent } => Some(*agent.as_bytes()),
            _ => about.agent.map(|id| *id.as_bytes()),
        },
        line: about.line.map(|it| (stored::side_name(it.side), it.line.0)),
        command: event.command.map(|id| *id.as_bytes()),
        subject: subject.as_deref(),
        body: body_digest(salt, &body),
    };
    let digest = header.chain(previous, tenant);
    conn.prepare_cached(
        "INSERT INTO events (tenant, rev, seq, mark, time, kind, thread, conversation, agent, side, line, command, subject, body, salt, digest, body_digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        tenant.0,
        pos_to_sql(header.rev),
        event.seq.map(|seq| pos_to_sql(seq.0)),
        mark_to_sql(event.mark),
        header.time,
        kind,
        header.thread,
        header.conversation,
        header.agent,
        header.line.map(|(side, _)| side),
        header.line.map(|(_, number)| pos_to_sql(number)),
        header.command,
        header.subject,
        body,
        salt,
        digest,
        header.body,
    ])?;
    Ok(digest)
}

#[derive(Debug, thiserror::Error)]
#[error("an event of the kind `{0}` is not this version's to write")]
struct NotOurs(String);

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
