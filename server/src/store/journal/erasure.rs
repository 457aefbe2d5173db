//! What was said, and who said it, taken out of events. The events stay, with what can be told without either, and their digests
//! still vouch for them: a body goes with the salt of its digest, and what is left of it is in no digest.

use std::collections::HashMap;

use minicom_protocol::{
    context::Profile,
    event::{EventBody, LineChanged, Posted},
    ids::{AgentId, ConversationId, CustomerId, Rev},
    intake::ClientInfo,
    line::LineState,
    people::CustomerRef,
    text::MessageText,
    ticket::{Ticket, TicketChange},
    words::SubjectLine,
};
use rusqlite::{Connection, Params, params};

use crate::store::{Result, TenantKey, commands, damaged, pos_from_sql, pos_to_sql, search, stored, to_json};

/// What stands where a text had to be something.
const GONE: &str = "(erased)";
/// Events that are read at a time.
const PAGE: usize = 1_000;

/// Takes all that was said out of these conversations of a customer, in one walk through the thread. `customer` is who the
/// customer is from here on.
pub fn conversations(
    conn: &Connection,
    tenant: TenantKey,
    customer: &CustomerRef,
    conversations: &[ConversationId],
) -> Result<()> {
    let condition =
        "tenant = ?1 AND thread = ?2 AND hex(conversation) IN (SELECT value FROM json_each(?3)) AND rev > ?4
         ORDER BY rev LIMIT ?5";
    let hex = |it: &ConversationId| {
        it.as_bytes()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    let ids = to_json(&conversations.iter().map(hex).collect::<Vec<_>>())?;
    let thread = *customer.id.as_bytes();
    in_pages(conn, tenant, customer, condition, |after| {
        (tenant.0, thread, ids.clone(), after, PAGE as i64)
    })
}

/// How many events each conversation of a customer has, and how many the thread has.
pub fn sizes(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
) -> Result<(HashMap<ConversationId, usize>, usize)> {
    let mut statement = conn.prepare_cached(
        "SELECT conversation, count(*) FROM events WHERE tenant = ?1 AND thread = ?2 GROUP BY conversation",
    )?;
    let rows = statement.query_map(params![tenant.0, customer.as_bytes()], |row| {
        let id: Option<[u8; 16]> = row.get(0)?;
        Ok((id.map(ConversationId::from_bytes), row.get::<_, i64>(1)?))
    })?;
    let (mut sizes, mut all) = (HashMap::new(), 0);
    for row in rows {
        let (id, count) = row?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        all += count;
        sizes.extend(id.map(|id| (id, count)));
    }
    Ok((sizes, all))
}

/// Takes a customer out of the events about this subject (JSON, as the journal has it).
pub fn subject(conn: &Connection, tenant: TenantKey, customer: &CustomerRef, subject: &str) -> Result<()> {
    let condition = "tenant = ?1 AND subject = ?2 AND rev > ?3 ORDER BY rev LIMIT ?4";
    in_pages(conn, tenant, customer, condition, |after| {
        (tenant.0, subject.to_owned(), after, PAGE as i64)
    })
}

/// A ticket without what was said in it.
pub fn ticket(ticket: &mut Ticket, customer: &CustomerRef) {
    ticket.title = gone_line();
    ticket.customer = customer.clone();
}

/// What stands where a comment was.
pub fn gone() -> &'static str {
    GONE
}

fn in_pages<P: Params>(
    conn: &Connection,
    tenant: TenantKey,
    customer: &CustomerRef,
    condition: &str,
    params: impl Fn(i64) -> P,
) -> Result<()> {
    let mut after = 0;
    loop {
        let rows = rows(conn, condition, params(after))?;
        for row in &rows {
            erase(conn, tenant, customer, row)?;
            after = row.rev;
        }
        if rows.len() < PAGE {
            return Ok(());
        }
    }
}

/// An event's row, as far as it is looked at here.
struct Row {
    rev: i64,
    kind: String,
    agent: Option<AgentId>,
    command: Option<[u8; 16]>,
    /// The body; [`None`] if it was erased before.
    body: Option<String>,
    /// What was left of it then.
    rest: Option<String>,
}

fn rows(conn: &Connection, condition: &str, params: impl Params) -> Result<Vec<Row>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT rev, kind, agent, command, body, rest FROM events WHERE {condition}"
    ))?;
    let rows = statement.query_map(params, |row| {
        Ok(Row {
            rev: row.get(0)?,
            kind: row.get(1)?,
            agent: row.get::<_, Option<[u8; 16]>>(2)?.map(AgentId::from_bytes),
            command: row.get(3)?,
            body: row.get(4)?,
            rest: row.get(5)?,
        })
    })?;
    rows.collect()
}

fn erase(conn: &Connection, tenant: TenantKey, customer: &CustomerRef, row: &Row) -> Result<()> {
    let Some(text) = row.body.as_ref().or(row.rest.as_ref()) else {
        return Ok(());
    };
    let before = stored::decode(&row.kind, text)?;
    let mut body = before.clone();
    strip(&mut body, customer);
    if body == before {
        return Ok(());
    }
    let rev = pos_to_sql(pos_from_sql(row.rev));
    // While the text is still there: the index of what can be found forgets it by its words.
    let found = search::Change::begin(conn, tenant, Rev(pos_from_sql(row.rev)))?;
    let (_, rest) = stored::encode(&body)?.ok_or_else(|| damaged(NotOurs))?;
    conn.prepare_cached("UPDATE events SET body = NULL, salt = NULL, rest = ?3 WHERE tenant = ?1 AND rev = ?2")?
        .execute(params![tenant.0, rev, rest])?;
    found.end(conn)?;
    if let Some(command) = row.command {
        commands::forget_content_of(conn, tenant, customer.id, row.agent, command)?;
    }
    Ok(())
}

/// Takes texts and names out of what happened. The match is exhaustive on purpose: a new kind must say what of it is a text.
fn strip(body: &mut EventBody, customer: &CustomerRef) {
    let rename = |it: &mut CustomerRef| {
        if it.id == customer.id {
            it.clone_from(customer);
        }
    };
    match body {
        EventBody::Opened(it) => {
            rename(&mut it.customer);
            (it.intake.subject, it.intake.client) = (None, ClientInfo::default());
            it.answers.clear();
        }
        EventBody::Posted(Posted { parts, state, .. }) | EventBody::LineChanged(LineChanged { parts, state, .. }) => {
            parts.clear();
            *state = LineState::Blanked;
        }
        EventBody::Noted(it) => it.text = gone_text(),
        EventBody::HumanRequested(it) => it.note = None,
        EventBody::SubjectChanged(it) => it.subject = None,
        EventBody::Rated(it) => it.comment = None,
        EventBody::Erased(it) => rename(&mut it.customer),
        EventBody::CustomerChanged(it) => {
            if it.customer.id == customer.id {
                rename(&mut it.customer);
                it.profile = Profile::default();
            }
        }
        EventBody::CustomersMerged(it) => {
            rename(&mut it.customer);
            rename(&mut it.also);
        }
        EventBody::TicketChanged(it) => {
            ticket(&mut it.ticket, customer);
            if let TicketChange::Commented { text } = &mut it.what {
                GONE.clone_into(text);
            }
        }
        EventBody::TakenOver(_)
        | EventBody::HandedBack(_)
        | EventBody::Seen(_)
        | EventBody::Closed(_)
        | EventBody::Transferred(_)
        | EventBody::Requeued(_)
        | EventBody::Snoozed(_)
        | EventBody::Woken(_)
        | EventBody::TagsChanged(_)
        | EventBody::PriorityChanged(_)
        | EventBody::Ticketed(_)
        | EventBody::AgentChanged(_)
        | EventBody::MentionsRead(_)
        | EventBody::GroupChanged(_)
        | EventBody::GroupDeleted(_)
        | EventBody::SettingsChanged(_)
        | EventBody::ReplyChanged(_)
        | EventBody::ReplyDeleted(_)
        | EventBody::ArticleChanged(_)
        | EventBody::ArticleDeleted(_)
        | EventBody::Unknown(_) => {}
    }
}

fn gone_text() -> MessageText {
    MessageText::parse(GONE).expect("a few letters are a text")
}

fn gone_line() -> SubjectLine {
    SubjectLine::parse(GONE).expect("a few letters are a line")
}

/// For the message only.
#[derive(Debug, thiserror::Error)]
#[error("what is left of an event cannot be written")]
struct NotOurs;

/// A name that says nothing, for a customer who is erased. No customer chooses it: it is as long as an id.
pub fn nobody(customer: CustomerId) -> String {
    format!("erased-{customer}")
}
