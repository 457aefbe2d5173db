//! An event's row as an event. A line whose text was changed or taken back is told with what stands there now, and one whose
//! body was erased is told without it: whoever reads gets every event, in its present form, and no gap.

use minicom_protocol::{
    Touches, UnknownBody,
    event::{Event, EventBody, HumanRequested, LineChanged, Posted, Subject},
    ids::{AgentId, CommandId, ConversationId, CustomerId, Rev, Seq, Time},
    line::Quote,
    summary::excerpt,
};
use rusqlite::{Connection, Params, Row};

use super::lines;
use crate::{
    bot::masked,
    store::{Result, TenantKey, from_json, mark_from_sql, pos_from_sql, stored},
};

/// The columns that [`read`] takes. Where nothing became of a line the join costs nothing: it has nothing to look for.
const EVENTS: &str =
    "SELECT e.rev, e.seq, e.mark, e.time, e.kind, e.thread, e.conversation, e.agent, e.command, e.subject,
    e.body, now.body, e.rest
    FROM events e LEFT JOIN events now ON now.tenant = e.tenant AND now.rev = e.superseded_by";

/// The events that a condition on `e` names, in their present form.
pub(super) fn events(conn: &Connection, tenant: TenantKey, condition: &str, params: impl Params) -> Result<Vec<Event>> {
    let mut found = unquoted(conn, condition, params)?;
    for event in &mut found {
        let Some(customer) = event.subject.customer() else {
            continue;
        };
        match &mut event.body {
            EventBody::Posted(Posted { quote: Some(quote), .. }) => fill(conn, tenant, customer, quote, str::to_owned)?,
            EventBody::HumanRequested(HumanRequested { note: Some(note), .. }) => {
                if let Some(question) = &mut note.question {
                    fill(conn, tenant, customer, question, masked)?;
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// The same without the words of the lines that they quote.
pub(super) fn unquoted(conn: &Connection, condition: &str, params: impl Params) -> Result<Vec<Event>> {
    let mut statement = conn.prepare_cached(&format!("{EVENTS} WHERE {condition}"))?;
    statement.query_map(params, read)?.collect()
}

/// The words of a quoted line, as they stand now.
fn fill(
    conn: &Connection,
    tenant: TenantKey,
    customer: CustomerId,
    quote: &mut Quote,
    read: impl Fn(&str) -> String,
) -> Result<()> {
    let quoted = lines::unquoted_line(conn, tenant, customer, quote.line)?;
    if let Some(EventBody::Posted(line)) = quoted.map(|event| event.body) {
        quote.excerpt = match line.state.words() {
            Some(words) => words.to_owned(),
            None => excerpt(&read(&line.text())),
        };
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Event> {
    let about: Option<String> = row.get(9)?;
    let subject = match about {
        Some(about) => from_json(&about)?,
        None => subject(row.get(5)?, row.get(6)?, row.get(7)?),
    };
    let kind: String = row.get(4)?;
    let body = match row.get::<_, Option<String>>(10)? {
        Some(body) => {
            let mut body = stored::decode(&kind, &body)?;
            if let Some(now) = row.get::<_, Option<String>>(11)? {
                supersede(&mut body, from_json(&now)?);
            }
            body
        }
        None => erased(&kind, row.get(12)?)?,
    };
    Ok(Event {
        rev: Rev(pos_from_sql(row.get(0)?)),
        seq: row.get::<_, Option<i64>>(1)?.map(|seq| Seq(pos_from_sql(seq))),
        mark: mark_from_sql(row.get(2)?),
        time: Time(row.get(3)?),
        subject,
        command: row.get::<_, Option<[u8; 16]>>(8)?.map(CommandId::from_bytes),
        body,
    })
}

fn subject(thread: Option<[u8; 16]>, conversation: Option<[u8; 16]>, agent: Option<[u8; 16]>) -> Subject {
    match (thread, conversation, agent) {
        (Some(customer), Some(conversation), _) => Subject::Conversation {
            customer: CustomerId::from_bytes(customer),
            conversation: ConversationId::from_bytes(conversation),
        },
        (None, None, Some(agent)) => Subject::Agent {
            agent: AgentId::from_bytes(agent),
        },
        _ => Subject::Unknown,
    }
}

/// Puts what a line says now in the place of what it said.
fn supersede(body: &mut EventBody, now: LineChanged) {
    match body {
        EventBody::Posted(it) => (it.parts, it.state) = (now.parts, now.state),
        EventBody::LineChanged(it) => (it.parts, it.state) = (now.parts, now.state),
        _ => {}
    }
}

/// What stands where a body was erased: a line without its text, or the event with nothing in it.
fn erased(kind: &str, rest: Option<String>) -> Result<EventBody> {
    match rest {
        Some(rest) => stored::decode(kind, &rest),
        None => Ok(EventBody::Unknown(UnknownBody {
            kind: "chat.erased".to_owned(),
            touches: Touches::Line,
            fallback: Some("(erased)".to_owned()),
            data: serde_json::Value::Null,
        })),
    }
}
