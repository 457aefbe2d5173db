//! Which commands of agents stand in the audit log: what an admin does to others' work, to the desk and to its people, and
//! what is deleted. The daily work is in the journal, with who did it.

use minicom_protocol::{command::AgentCommand, event::EventBody, line::LineState, settings::DeskSettings};
use serde_json::{Value, json};

use super::Scope;
use crate::{
    clock::rfc3339,
    decide::Decision,
    order::{Caller, Order, Who},
    store::{
        self,
        audit::{Actor, By},
    },
};

/// What is told of an event: the action, what it was done to, and more of it.
type Told = (&'static str, String, Value);

/// Writes down what is to be written down of a decision, in the command's own transaction.
pub fn decision(
    scope: &Scope<'_>,
    caller: &Caller,
    order: &Order,
    decision: &Decision,
    before: &DeskSettings,
) -> store::Result<()> {
    let (Who::Agent { agent, .. }, Order::Agent(command)) = (&caller.who, order) else {
        return Ok(());
    };
    let told: Vec<Told> = decision
        .events
        .iter()
        .filter_map(|event| told(event, command, decision, before))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let by = caller.by.clone().unwrap_or_else(|| By {
        actor: Actor::agent(agent.clone()),
        address: None,
    });
    for (action, object, detail) in told {
        scope.audit(&by, action, object, detail)?;
    }
    Ok(())
}

fn told(event: &EventBody, command: &AgentCommand, decision: &Decision, before: &DeskSettings) -> Option<Told> {
    let here = || decision.conversation.map(|it| it.to_string()).unwrap_or_default();
    Some(match event {
        EventBody::TakenOver(it) if it.by.is_some() => {
            let detail = json!({"agent": it.agent.id.to_string(), "name": it.agent.name.as_str()});
            ("conversation.assigned", here(), detail)
        }
        EventBody::AgentChanged(it) if matches!(command, AgentCommand::SetAgent { .. }) => {
            let detail = json!({"skills": it.member.skills, "capacity": it.member.capacity});
            ("agent.changed", it.member.agent.id.to_string(), detail)
        }
        EventBody::SettingsChanged(it) => {
            let detail = json!({"fields": other_fields(before, &it.settings)});
            ("settings.changed", "settings".to_owned(), detail)
        }
        EventBody::GroupChanged(it) => {
            let detail = json!({"name": it.group.name.as_str(), "members": it.group.members.len()});
            ("group.changed", it.group.id.to_string(), detail)
        }
        EventBody::GroupDeleted(it) => ("group.deleted", it.group.to_string(), json!({})),
        EventBody::ReplyDeleted(it) => ("reply.deleted", it.reply.to_string(), json!({})),
        EventBody::ArticleDeleted(it) => ("article.deleted", it.slug.as_str().to_owned(), json!({})),
        EventBody::CustomersMerged(it) => {
            let detail = json!({"also": it.also.id.to_string()});
            ("customer.merged", it.customer.id.to_string(), detail)
        }
        EventBody::CustomerChanged(it)
            if matches!(
                command,
                AgentCommand::BlockCustomer { .. } | AgentCommand::UnblockCustomer { .. }
            ) =>
        {
            let (action, until) = match &it.profile.blocked {
                Some(block) => ("customer.blocked", block.until.map(rfc3339)),
                None => ("customer.unblocked", None),
            };
            (action, it.customer.id.to_string(), json!({"until": until}))
        }
        EventBody::LineChanged(it) if it.state == LineState::Blanked => {
            let detail = json!({"side": it.line.side, "line": it.line.line});
            ("line.blanked", here(), detail)
        }
        _ => return None,
    })
}

/// The names of the settings that are to be other ones. Not their values: a consent text is long, and the journal has them.
fn other_fields(before: &DeskSettings, after: &DeskSettings) -> Vec<String> {
    let (Ok(Value::Object(before)), Ok(Value::Object(after))) =
        (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return vec![];
    };
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    let mut other: Vec<String> = names
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    other.sort_unstable();
    other
}

#[cfg(test)]
#[path = "audited_tests.rs"]
mod tests;
