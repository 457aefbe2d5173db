//! Erasing: a customer with everything, or old conversations. What is erased is told by an event to whoever shows it, and
//! stands in the audit log; what it said stands nowhere.

use minicom_protocol::{
    context::Profile,
    event::{Closed, CustomerChanged, Erased, EventBody, Subject},
    ids::{CommandId, ConversationId, CustomerId},
    people::{AgentRef, CustomerRef},
    stage::Closer,
};
use serde_json::json;

use super::Scope;
use crate::store::{self, audit::By, conversations, erasure, people};

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

/// Erases what was said in conversations of a customer that have ended.
pub fn ended(scope: &mut Scope<'_>, id: CustomerId, ended: &[ConversationId], by: &By) -> store::Result<()> {
    let Some(customer) = people::customer_by_id(scope.conn, scope.tenant, id)? else {
        return Ok(());
    };
    tell(scope, &customer, None, ended, None)?;
    erasure::conversations(scope.conn, scope.tenant, &customer, ended, scope.now)?;
    for conversation in ended {
        scope.audit(by, "conversation.erased", conversation.to_string(), json!({}))?;
    }
    Ok(())
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
