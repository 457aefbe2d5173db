//! An event's row as an event. A line whose text was changed or taken back is told with what stands there now, and one whose
//! body was erased is made anew from its header: whoever reads gets every event, in its present form, and no gap.

use minicom_protocol::{
    Touches, UnknownBody,
    event::{Author, Event, EventBody, LineChanged, Posted, Subject},
    ids::{AgentId, CommandId, ConversationId, CustomerId, LineNo, Rev, Seq, Time},
    line::{LineRef, LineState, Quote},
    people::AgentRef,
    stage::Side,
    summary::excerpt,
    text::DisplayName,
};
use rusqlite::{Connection, Params, Row};

use super::lines;
use crate::store::{Result, TenantKey, from_json, mark_from_sql, pos_from_sql, stored};

/// The columns that [`read`] takes. Where nothing became of a line, and nothing is erased, the join and the look-up of the name cost
/// nothing: both have nothing to look for.
const EVENTS: &str =
    "SELECT e.rev, e.seq, e.mark, e.time, e.kind, e.thread, e.conversation, e.agent, e.command, e.subject,
    e.body, now.body, e.side, e.line, e.author,
    CASE WHEN e.body IS NULL THEN (SELECT name FROM agents WHERE agents.tenant = e.tenant AND agents.id = e.agent) END
    FROM events e LEFT JOIN events now ON now.tenant = e.tenant AND now.rev = e.superseded_by";

/// The events that a condition on `e` names, in their present form.
pub(super) fn events(conn: &Connection, tenant: TenantKey, condition: &str, params: impl Params) -> Result<Vec<Event>> {
    let mut found = unquoted(conn, condition, params)?;
    for event in &mut found {
        if let (EventBody::Posted(Posted { quote: Some(quote), .. }), Some(customer)) =
            (&mut event.body, event.subject.customer())
        {
            fill(conn, tenant, customer, quote)?;
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
fn fill(conn: &Connection, tenant: TenantKey, customer: CustomerId, quote: &mut Quote) -> Result<()> {
    let quoted = lines::unquoted_line(conn, tenant, customer, quote.line)?;
    if let Some(EventBody::Posted(line)) = quoted.map(|event| event.body) {
        quote.excerpt = match line.state.words() {
            Some(words) => words.to_owned(),
            None => excerpt(&line.text()),
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
        None => erased(&kind, row)?,
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

/// What stands where a body was erased: a line without its text; of anything else the event, with nothing in it.
fn erased(kind: &str, row: &Row<'_>) -> Result<EventBody> {
    let side: Option<String> = row.get(12)?;
    let number: Option<i64> = row.get(13)?;
    let line = side.zip(number).map(|(side, number)| LineRef {
        side: stored::side_from(&side),
        line: LineNo(pos_from_sql(number)),
    });
    let id: Option<[u8; 16]> = row.get(7)?;
    let name: Option<String> = row.get(15)?;
    let agent = id.zip(name.and_then(|name| DisplayName::try_from(name).ok()));
    let agent = agent.map(|(id, name)| AgentRef {
        id: AgentId::from_bytes(id),
        name,
    });
    Ok(match (kind, line) {
        (stored::POSTED, Some(line)) => EventBody::Posted(Posted {
            author: match (line.side, agent, row.get::<_, Option<String>>(14)?.as_deref()) {
                (Side::Customer, ..) => Author::Customer,
                (Side::Desk, Some(agent), _) => Author::Agent { agent },
                (Side::Desk, None, Some("bot")) => Author::Bot,
                (Side::Desk, None, _) => Author::System,
            },
            line: line.line,
            parts: vec![],
            quote: None,
            notice: None,
            state: LineState::Blanked,
        }),
        (stored::LINE_CHANGED, Some(line)) => EventBody::LineChanged(LineChanged {
            line,
            state: LineState::Blanked,
            parts: vec![],
            agent,
        }),
        _ => EventBody::Unknown(UnknownBody {
            kind: "chat.erased".to_owned(),
            touches: Touches::Line,
            fallback: Some("(erased)".to_owned()),
            data: serde_json::Value::Null,
        }),
    })
}
