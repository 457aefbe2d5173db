//! From what the desk has to what the HTTP API says, in the names of the API.

use minicom_protocol::{
    customer_event::{self as theirs, CustomerBody, CustomerEvent},
    event::{Author, Event, EventBody, Part, parts_text},
    ids::{ConversationId, Seq, Time},
    line::LineState,
    rest::{AccountAnswer, AgentAnswer, ConversationAnswer, DeskFields, MessageAnswer},
    stage::Stage,
    summary::Summary,
};

use crate::{accounts::Account, clock::rfc3339};

/// A conversation's row, for agents.
pub fn conversation(summary: &Summary) -> ConversationAnswer {
    let ended = match &summary.stage {
        Stage::Closed { at, .. } => Some(*at),
        _ => None,
    };
    let desk = DeskFields {
        subject: summary.intake.subject.as_ref().map(|it| it.as_str().to_owned()),
        priority: summary.intake.priority,
        assigned_at: summary.assigned_at.map(rfc3339),
        wait_ms: summary.wait_ms,
        ended_at: ended.map(rfc3339),
        // What still grows is no field: the answer to a repeat would not be the first one.
        handling_ms: ended.and_then(|at| summary.handling_ms(at)),
    };
    ConversationAnswer {
        desk: Some(desk),
        ..own_conversation(summary)
    }
}

/// A conversation's row, for its customer: nothing that agents keep to themselves.
pub fn own_conversation(summary: &Summary) -> ConversationAnswer {
    ConversationAnswer {
        id: summary.conversation.to_string(),
        customer_id: summary.customer.name.to_string(),
        is_bot_active: summary.stage.is_bot(),
        status: summary.stage.status().to_owned(),
        agent: summary.stage.owner().map(|agent| agent.name.to_string()),
        created_at: rfc3339(summary.opened_at),
        message_count: summary.message_count,
        last_message_at: rfc3339(summary.last_at),
        desk: None,
    }
}

/// An event as agents read it; `None` if there is nothing to read.
pub fn for_agents(event: &Event) -> Option<MessageAnswer> {
    let (sender, agent, content) = match &event.body {
        EventBody::Posted(it) => {
            let agent = match &it.author {
                Author::Agent { agent } => Some(agent.name.to_string()),
                _ => None,
            };
            (it.author.sender(), agent, content(it.state, &it.parts))
        }
        other => ("system", None, other.fallback()?),
    };
    let conversation = event.subject.conversation()?;
    Some(message(event.seq?, conversation, event.time, sender, agent, content))
}

/// An event as its customer reads it; `None` if there is nothing to read.
pub fn for_customer(event: &CustomerEvent) -> Option<MessageAnswer> {
    let (sender, agent, content) = match &event.body {
        CustomerBody::Posted(it) => {
            let (sender, agent) = match &it.author {
                theirs::Author::Customer => ("customer", None),
                theirs::Author::Bot => ("bot", None),
                theirs::Author::Agent { name } => ("agent", Some(name.to_string())),
                theirs::Author::System => ("system", None),
            };
            (sender, agent, content(it.state, &it.parts))
        }
        other => ("system", None, other.fallback()?),
    };
    Some(message(
        event.seq,
        event.conversation,
        event.time,
        sender,
        agent,
        content,
    ))
}

/// What a line says, or what stands in its place.
fn content(state: LineState, parts: &[Part]) -> String {
    state.words().map_or_else(|| parts_text(parts), str::to_owned)
}

fn message(
    seq: Seq,
    conversation: ConversationId,
    time: Time,
    sender: &str,
    agent: Option<String>,
    content: String,
) -> MessageAnswer {
    MessageAnswer {
        id: seq.0,
        conversation_id: conversation.to_string(),
        sender: sender.to_owned(),
        agent,
        content,
        timestamp: rfc3339(time),
    }
}

/// An account, for admins.
pub fn account(it: &Account) -> AccountAnswer {
    AccountAnswer {
        agent: AgentAnswer {
            id: it.agent.id.to_string(),
            name: it.agent.name.to_string(),
            email: it.email.clone(),
            role: it.role,
        },
        enabled: it.enabled,
        has_password: it.has_password,
        created_at: rfc3339(it.created_at),
    }
}
