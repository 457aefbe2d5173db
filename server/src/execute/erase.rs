//! Erasing: a customer with everything, or old conversations. What is erased is told by an event to whoever shows it, and
//! stands in the audit log; what it said stands nowhere.

use minicom_protocol::{
    context::Profile,
    event::{Closed, CustomerChanged, Erased, EventBody, Subject},
    ids::{CommandId, ConversationId, CustomerId, Time},
    people::{AgentRef, CustomerRef},
    stage::Closer,
};
use serde_json::json;

use super::Scope;
use crate::{
    limits,
    store::{self, audit::By, conversations, erasure, journal, people},
};

/// Erases all that is kept of a customer. Whether there was one who is not erased yet; the name is free again.
pub fn customer(
    scope: &mut Scope<'_>,
    id: CustomerId,
    agent: Option<&AgentRef>,
    by: &By,
    command: Option<CommandId>,
) -> store::Result<bool> {
    let Some(known) = people::customer_by_id(scope.conn, scope.tenant, id)? else {
        return Ok(false);
    };
    if erasure::is_erased(scope.conn, scope.tenant, id)? {
        return Ok(false);
    }
    let nobody = erasure::nobody(&known)?;
    let all = conversations::ids_of(scope.conn, scope.tenant, id)?;
    if let Some(newest) = conversations::newest(scope.conn, scope.tenant, id)?.filter(|row| row.stage.is_open()) {
        let closed = EventBody::Closed(Closed {
            by: Closer::System,
            ask_rating: false,
        });
        let conversation = newest.conversation;
        scope.append(
            Subject::Conversation {
                customer: id,
                conversation,
            },
            command,
            closed,
        )?;
    }
    tell(scope, &nobody, agent, &all, command)?;
    let changed = EventBody::CustomerChanged(CustomerChanged {
        customer: nobody.clone(),
        profile: Profile::default(),
        agent: agent.cloned(),
    });
    scope.append(Subject::Customer { customer: id }, command, changed)?;
    erasure::customer(scope.conn, scope.tenant, &nobody, scope.now)?;
    scope.audit(
        by,
        "customer.erased",
        id.to_string(),
        json!({"conversations": all.len()}),
    )?;
    Ok(true)
}

/// Erases what was said in conversations of a customer that have ended. Whether there is such a customer.
fn ended(scope: &mut Scope<'_>, id: CustomerId, ended: &[ConversationId], by: &By) -> store::Result<bool> {
    let Some(customer) = people::customer_by_id(scope.conn, scope.tenant, id)? else {
        return Ok(false);
    };
    tell(scope, &customer, None, ended, None)?;
    erasure::conversations(scope.conn, scope.tenant, &customer, ended, scope.now)?;
    for conversation in ended {
        scope.audit(by, "conversation.erased", conversation.to_string(), json!({}))?;
    }
    Ok(true)
}

/// Erases what was said in conversations that ended before this time, the oldest first, a customer's together: each thread is
/// folded again once. As much as fits one transaction; how many conversations there were.
pub fn old(scope: &mut Scope<'_>, before: Time, by: &By) -> store::Result<usize> {
    within(scope, before, by, limits::ERASED_EVENTS_AT_ONCE_MAX)
}

/// The same, with a bound for how many events are touched; one conversation is erased however long.
fn within(scope: &mut Scope<'_>, before: Time, by: &By, most: usize) -> store::Result<usize> {
    let found = conversations::to_erase(scope.conn, scope.tenant, before, limits::ERASED_AT_ONCE_MAX)?;
    let mut threads: Vec<(CustomerId, Vec<ConversationId>)> = vec![];
    for (customer, conversation) in found {
        match threads.iter_mut().find(|(id, _)| *id == customer) {
            Some((_, theirs)) => theirs.push(conversation),
            None => threads.push((customer, vec![conversation])),
        }
    }
    let (mut count, mut events) = (0, 0);
    for (customer, mut theirs) in threads {
        let (sizes, thread) = journal::sizes(scope.conn, scope.tenant, customer)?;
        events += thread;
        let mut fit = 0;
        for conversation in &theirs {
            events += sizes.get(conversation).copied().unwrap_or(0);
            if events > most && count + fit > 0 {
                break;
            }
            fit += 1;
        }
        theirs.truncate(fit);
        if theirs.is_empty() {
            break;
        }
        if ended(scope, customer, &theirs, by)? {
            count += theirs.len();
        }
    }
    Ok(count)
}

fn tell(
    scope: &mut Scope<'_>,
    customer: &CustomerRef,
    agent: Option<&AgentRef>,
    conversations: &[ConversationId],
    command: Option<CommandId>,
) -> store::Result<()> {
    for conversation in conversations {
        let subject = Subject::Conversation {
            customer: customer.id,
            conversation: *conversation,
        };
        let erased = EventBody::Erased(Erased {
            customer: customer.clone(),
            agent: agent.cloned(),
        });
        scope.append(subject, command, erased)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "erase_tests.rs"]
mod tests;
