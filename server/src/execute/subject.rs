//! Whose thread and which conversation an order is about, and what an event that is about no conversation is about.

use minicom_protocol::{
    command::AgentCommand,
    event::{EventBody, Subject},
    people::CustomerRef,
    queue::Queue,
    refusal::Refusal,
    settings::DeskSettings,
    staff::Staff,
    summary::Summary,
};

use super::Scope;
use crate::{
    order::{Caller, Order, Who},
    store::{self, conversations, people},
};

/// Where an order takes place.
pub struct Place {
    pub customer: CustomerRef,
    pub conversation: Option<Summary>,
}

/// Whether the order looks at agents and groups.
pub fn needs_staff(order: &Order) -> bool {
    match order {
        Order::Agent(command) => match command {
            AgentCommand::Post { take_over, reply, .. } => *take_over || reply.is_some(),
            AgentCommand::TakeOver { .. }
            | AgentCommand::TakeNext {}
            | AgentCommand::Assign { .. }
            | AgentCommand::Transfer { .. }
            | AgentCommand::Note { .. }
            | AgentCommand::SetIntent { .. }
            | AgentCommand::SetAgent { .. }
            | AgentCommand::ChangeTicket { .. }
            | AgentCommand::SaveReply { .. }
            | AgentCommand::SaveGroup { .. }
            | AgentCommand::DeleteGroup { .. } => true,
            _ => false,
        },
        Order::Route(_) => true,
        Order::Customer(_) | Order::BotTurn(_) | Order::Fire(_) | Order::OwnerGone(_) | Order::NobodyThere(_) => false,
    }
}

/// Where the order takes place; `None` if it is about no conversation. What is named is looked up within the caller's
/// tenant: a foreign id is an unknown one.
pub fn find(
    scope: &Scope<'_>,
    caller: &Caller,
    order: &Order,
    settings: &DeskSettings,
    staff: Option<&Staff>,
) -> store::Result<Result<Option<Place>, Refusal>> {
    let named = match (&caller.who, order) {
        (Who::Customer(customer), Order::Customer(_)) => return own(scope, customer),
        (Who::Agent { agent, .. }, Order::Agent(AgentCommand::TakeNext {})) => {
            let Some(staff) = staff else {
                return Ok(Err(Refusal::Internal));
            };
            let queue = Queue {
                staff,
                settings,
                now: scope.now,
            };
            let candidates = conversations::candidates(scope.conn, scope.tenant, agent.id)?;
            return Ok(match queue.next_for(agent.id, &candidates) {
                Some(next) => Ok(Some(Place {
                    customer: next.customer.clone(),
                    conversation: Some(next.clone()),
                })),
                None => Err(Refusal::NobodyWaits),
            });
        }
        (Who::Agent { .. }, Order::Agent(command)) => match command.conversation() {
            Some(conversation) => conversation,
            None => return Ok(Ok(None)),
        },
        (Who::Bot, Order::BotTurn(turn)) => turn.conversation,
        (Who::Server, Order::Fire(fire)) => fire.conversation,
        (Who::Server, Order::OwnerGone(gone)) => gone.conversation,
        (Who::Server, Order::Route(route)) => route.conversation,
        (Who::Server, Order::NobodyThere(it)) => it.conversation,
        _ => return Ok(Err(Refusal::Forbidden)),
    };
    Ok(match conversations::load(scope.conn, scope.tenant, named)? {
        Some(summary) => Ok(Some(Place {
            customer: summary.customer.clone(),
            conversation: Some(summary),
        })),
        None => Err(Refusal::NotFound),
    })
}

/// A customer's own thread. Who signed in is looked up again: the account may be gone since.
fn own(scope: &Scope<'_>, customer: &CustomerRef) -> store::Result<Result<Option<Place>, Refusal>> {
    let conversation = conversations::newest(scope.conn, scope.tenant, customer.id)?;
    Ok(match people::customer_by_id(scope.conn, scope.tenant, customer.id)? {
        Some(customer) => Ok(Some(Place { customer, conversation })),
        None => Err(Refusal::SignIn),
    })
}

/// What an event is about that is about no conversation; `None` for those that are about the order's conversation.
pub fn of(body: &EventBody) -> Option<Subject> {
    Some(match body {
        EventBody::AgentChanged(it) => Subject::Agent {
            agent: it.member.agent.id,
        },
        EventBody::MentionsRead(it) => Subject::Agent { agent: it.agent },
        EventBody::CustomerChanged(it) => Subject::Customer {
            customer: it.customer.id,
        },
        EventBody::CustomersMerged(it) => Subject::Customer {
            customer: it.customer.id,
        },
        EventBody::GroupChanged(_) | EventBody::GroupDeleted(_) | EventBody::SettingsChanged(_) => Subject::Desk,
        EventBody::ReplyChanged(_)
        | EventBody::ReplyDeleted(_)
        | EventBody::ArticleChanged(_)
        | EventBody::ArticleDeleted(_) => Subject::Library,
        EventBody::TicketChanged(it) => Subject::Ticket {
            number: it.ticket.number,
        },
        EventBody::Opened(_)
        | EventBody::Posted(_)
        | EventBody::TakenOver(_)
        | EventBody::HandedBack(_)
        | EventBody::HumanRequested(_)
        | EventBody::Seen(_)
        | EventBody::Closed(_)
        | EventBody::Transferred(_)
        | EventBody::Requeued(_)
        | EventBody::Snoozed(_)
        | EventBody::Woken(_)
        | EventBody::Noted(_)
        | EventBody::LineChanged(_)
        | EventBody::TagsChanged(_)
        | EventBody::SubjectChanged(_)
        | EventBody::PriorityChanged(_)
        | EventBody::Ticketed(_)
        | EventBody::Rated(_)
        | EventBody::Erased(_)
        | EventBody::Unknown(_) => return None,
    })
}
