//! From what the desk has to what the HTTP API says, in the names of the API.

use minicom_protocol::{
    customer_event::{self as theirs, CustomerBody, CustomerEvent},
    event::{Author, Event, EventBody},
    ids::{ConversationId, Seq, Time},
    rest::{AccountAnswer, AgentAnswer, ConversationAnswer, MessageAnswer},
    summary::Summary,
};

use crate::{clock::rfc3339, store::people};

/// A conversation's row.
pub fn conversation(summary: &Summary) -> ConversationAnswer {
    ConversationAnswer {
        id: summary.conversation.to_string(),
        customer_id: summary.customer.name.to_string(),
        is_bot_active: summary.stage.is_bot(),
        status: summary.stage.status().to_owned(),
        agent: summary.stage.owner().map(|agent| agent.name.to_string()),
        created_at: rfc3339(summary.opened_at),
        message_count: summary.message_count,
        last_message_at: rfc3339(summary.last_at),
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
            (it.author.sender(), agent, it.text())
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
            (sender, agent, it.text())
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
pub fn account(it: &people::Agent) -> AccountAnswer {
    AccountAnswer {
        agent: AgentAnswer {
            id: it.agent.id.to_string(),
            name: it.agent.name.to_string(),
            email: it.email.clone(),
            role: it.role,
        },
        enabled: it.enabled,
        has_password: it.password_hash.is_some(),
        created_at: rfc3339(it.created_at),
    }
}
