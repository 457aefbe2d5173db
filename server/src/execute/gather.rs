//! What only some orders look at: read for those alone, in the transaction that decides.

use std::collections::BTreeMap;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, TransferTo},
    ids::{AgentId, CustomerId, FileId, Rev},
    line::LineRef,
    staff::Staff,
    stage::{HandOverReason, Side},
};

use super::{Scope, note, subject::Place};
use crate::{
    accounts::device_id,
    decide::More,
    order::{Caller, Order, TimerKind, Turn, Who},
    store::{
        self, admission, conversations, devices,
        files::{self, FileRow},
        journal, library, mentions, people, profiles, staff, tenants, tickets,
    },
};

/// Reads what this order looks at besides its conversation.
pub fn more<'a>(
    scope: &Scope<'_>,
    caller: &Caller,
    order: &Order,
    place: Option<&Place>,
    staff: Option<&'a Staff>,
) -> store::Result<More<'a>> {
    let mut more = More {
        staff,
        ..More::default()
    };
    match (&caller.who, order) {
        (Who::Customer(customer), Order::Customer(command)) => {
            of_customer(scope, &mut more, customer.id, command, place)?;
        }
        (Who::Agent { agent, .. }, Order::Agent(command)) => {
            more.active = active(scope, agent.id, command)?;
            match place {
                Some(place) => of_conversation(scope, &mut more, agent.id, command, place)?,
                None => of_desk(scope, &mut more, agent.id, command)?,
            }
        }
        (Who::Bot, Order::BotTurn(turn)) => match (&turn.turn, place) {
            (Turn::Article { slug, .. }, _) => more.article = library::article(scope.conn, scope.tenant, slug)?,
            (Turn::HandOver { reason, .. }, Some(place)) => {
                let asks = *reason == HandOverReason::CustomerAsked;
                more.note = note::known(scope, place, Some(turn.trigger), asks)?;
                reachable(scope, &mut more, Some(place))?;
            }
            _ => {}
        },
        (Who::Server, Order::NobodyThere(_)) => reachable(scope, &mut more, place)?,
        (Who::Server, Order::Fire(fire)) => {
            owner(scope, &mut more, place)?;
            reachable(scope, &mut more, place)?;
            if let (TimerKind::BotDeadline, Some(place)) = (fire.kind, place) {
                more.note = note::known(scope, place, Some(fire.set_by), false)?;
            }
        }
        (Who::Server, Order::OwnerGone(_)) => {
            owner(scope, &mut more, place)?;
            reachable(scope, &mut more, place)?;
        }
        (Who::Server, Order::Route(route)) => {
            let count = staff::active_count(scope.conn, scope.tenant, route.agent)?;
            more.active = BTreeMap::from([(route.agent, count)]);
        }
        _ => {}
    }
    Ok(more)
}

/// Where the customer can be reached, for what is said to who waits.
/// What is looked at where the desk itself may say something: how the customer can be reached, and in which language.
fn reachable(scope: &Scope<'_>, more: &mut More<'_>, place: Option<&Place>) -> store::Result<()> {
    if let Some(place) = place {
        more.profile = Some(profiles::load(scope.conn, scope.tenant, place.customer.id)?);
        more.spoken = note::spoken(scope, place)?;
    }
    Ok(())
}

fn owner(scope: &Scope<'_>, more: &mut More<'_>, place: Option<&Place>) -> store::Result<()> {
    let conversation = place.and_then(|place| place.conversation.as_ref());
    if let Some(owner) = conversation.and_then(|row| row.stage.owner()) {
        more.owner = staff::member(scope.conn, scope.tenant, owner.id)?;
    }
    Ok(())
}

fn of_customer(
    scope: &Scope<'_>,
    more: &mut More<'_>,
    customer: CustomerId,
    command: &CustomerCommand,
    place: Option<&Place>,
) -> store::Result<()> {
    let (conn, tenant) = (scope.conn, scope.tenant);
    let open = place
        .and_then(|place| place.conversation.as_ref())
        .is_some_and(|row| row.stage.is_open());
    more.admission = admission::of(conn, tenant, customer, scope.now)?;
    match command {
        CustomerCommand::RevokeDevice { device } => {
            let known = devices::of(conn, tenant, customer)?;
            let named = known.into_iter().find(|it| device_id(&it.digest) == *device);
            more.device = named.map(|it| it.digest);
        }
        CustomerCommand::Post { quote, file, text, .. } => {
            more.file = attached(scope, *file)?;
            owner(scope, more, place)?;
            line(scope, more, customer, *quote)?;
            if !open {
                more.previous_owner = conversations::previous_owner(conn, tenant, customer)?;
            }
            let waits = |place: &Place| place.conversation.as_ref().is_some_and(|row| row.stage.is_waiting());
            if let Some(place) = place.filter(|place| !open || waits(place)) {
                more.profile = Some(profiles::load(conn, tenant, place.customer.id)?);
                // The desk says something at the beginning, and to who leaves an address: most lines cost no reading.
                more.spoken = match text.contains('@') && open {
                    true => note::spoken(scope, place)?,
                    false => vec![text.clone()],
                };
            }
        }
        CustomerCommand::Start { .. } => {
            more.previous_owner = conversations::previous_owner(conn, tenant, customer)?;
            more.profile = Some(profiles::load(conn, tenant, customer)?);
        }
        CustomerCommand::RequestHuman {} => {
            if let Some(place) = place {
                more.note = note::known(scope, place, None, false)?;
                reachable(scope, more, Some(place))?;
            }
        }
        CustomerCommand::Introduce { .. } => more.profile = Some(profiles::load(conn, tenant, customer)?),
        CustomerCommand::EditLine { line: number, .. } | CustomerCommand::WithdrawLine { line: number } => {
            let side = Side::Customer;
            line(scope, more, customer, Some(LineRef { side, line: *number }))?;
            more.newest_own = journal::newest_line_by(conn, tenant, customer, None)?;
        }
        _ => {}
    }
    Ok(())
}

/// How many conversations those have who may become owners.
fn active(scope: &Scope<'_>, caller: AgentId, command: &AgentCommand) -> store::Result<BTreeMap<AgentId, u32>> {
    let agent = match command {
        AgentCommand::Post { take_over: true, .. } | AgentCommand::TakeOver { .. } | AgentCommand::TakeNext {} => {
            caller
        }
        AgentCommand::Assign { agent, .. }
        | AgentCommand::Transfer {
            to: TransferTo::Agent { agent },
            ..
        } => *agent,
        _ => return Ok(BTreeMap::new()),
    };
    let count = staff::active_count(scope.conn, scope.tenant, agent)?;
    Ok(BTreeMap::from([(agent, count)]))
}

fn of_conversation(
    scope: &Scope<'_>,
    more: &mut More<'_>,
    agent: AgentId,
    command: &AgentCommand,
    place: &Place,
) -> store::Result<()> {
    let (conn, tenant, customer) = (scope.conn, scope.tenant, place.customer.id);
    match command {
        AgentCommand::Post {
            seen,
            quote,
            reply,
            article,
            file,
            ..
        } => {
            more.file = attached(scope, *file)?;
            more.newest_by_others = journal::newest_line_by_others(conn, tenant, customer, agent, seen.desk)?;
            line(scope, more, customer, *quote)?;
            if let Some(used) = reply {
                more.reply = visible(library::reply(conn, tenant, used.id)?, agent);
                more.profile = Some(profiles::load(conn, tenant, customer)?);
            }
            if let Some(slug) = article {
                more.article = library::article(conn, tenant, slug)?;
            }
        }
        AgentCommand::EditLine { line: number, .. } | AgentCommand::WithdrawLine { line: number, .. } => {
            let side = Side::Desk;
            line(scope, more, customer, Some(LineRef { side, line: *number }))?;
            more.newest_own = journal::newest_line_by(conn, tenant, customer, Some(agent))?;
        }
        AgentCommand::BlankLine { line: named, .. } => line(scope, more, customer, Some(*named))?,
        AgentCommand::Transfer { .. } => more.profile = Some(profiles::load(conn, tenant, customer)?),
        AgentCommand::ConvertToTicket { .. } => more.fresh_ticket = tickets::next_number(conn, tenant)?,
        _ => {}
    }
    Ok(())
}

fn of_desk(scope: &Scope<'_>, more: &mut More<'_>, agent: AgentId, command: &AgentCommand) -> store::Result<()> {
    let (conn, tenant) = (scope.conn, scope.tenant);
    match command {
        AgentCommand::ChangeTicket { ticket, .. } | AgentCommand::CommentTicket { ticket, .. } => {
            more.ticket = tickets::load(conn, tenant, *ticket)?;
        }
        AgentCommand::MarkMentionsRead { .. } => {
            let head = tenants::head(conn, tenant)?.cursor.at;
            more.mentions = (mentions::read_mark(conn, tenant, agent)?, Rev(head));
        }
        AgentCommand::DescribeCustomer { customer, .. }
        | AgentCommand::BlockCustomer { customer, .. }
        | AgentCommand::UnblockCustomer { customer } => {
            if let Some(known) = people::customer_by_id(conn, tenant, *customer)? {
                more.customers = Some((known.clone(), known, true));
                more.profile = Some(profiles::load(conn, tenant, *customer)?);
            }
        }
        AgentCommand::MergeCustomers { customer, also } => {
            let first = people::customer_by_id(conn, tenant, *customer)?;
            let second = people::customer_by_id(conn, tenant, *also)?;
            if let Some((first, second)) = first.zip(second) {
                let joined = profiles::same_person(conn, tenant, first.id)?;
                let one_person = joined.iter().any(|it| it.id == second.id);
                more.customers = Some((first, second, one_person));
            }
        }
        AgentCommand::SaveReply { reply } => {
            more.reply = library::reply(conn, tenant, reply.id)?;
            let same = library::reply_by_code(conn, tenant, reply.owner, &reply.code)?;
            more.same_code = same.map(|it| it.id);
            more.replies = library::reply_count(conn, tenant)?;
        }
        AgentCommand::DeleteReply { reply } => more.reply = library::reply(conn, tenant, *reply)?,
        AgentCommand::SaveArticle { article, .. } => more.article = library::article(conn, tenant, &article.slug)?,
        AgentCommand::DeleteArticle { slug } => more.article = library::article(conn, tenant, slug)?,
        _ => {}
    }
    Ok(())
}

fn attached(scope: &Scope<'_>, file: Option<FileId>) -> store::Result<Option<FileRow>> {
    match file {
        Some(file) => files::load(scope.conn, scope.tenant, file),
        None => Ok(None),
    }
}

/// A saved reply that the agent may use: everybody's, or the own.
fn visible(
    reply: Option<minicom_protocol::library::SavedReply>,
    agent: AgentId,
) -> Option<minicom_protocol::library::SavedReply> {
    reply.filter(|reply| reply.owner.is_none_or(|owner| owner == agent))
}

fn line(scope: &Scope<'_>, more: &mut More<'_>, customer: CustomerId, line: Option<LineRef>) -> store::Result<()> {
    if let Some(line) = line {
        more.line = journal::line(scope.conn, scope.tenant, customer, line)?;
    }
    Ok(())
}
