//! Who owns a conversation: taking, assigning, transferring, handing back, putting aside, ending; and what the agents around
//! it say about it.

use minicom_protocol::{
    command::{TransferTo, Warning},
    event::{EventBody, HandedBack, Noted, Snoozed, TakenOver, Target, Transferred, Woken, WokenBy},
    ids::{AgentId, GroupId, LineNo, Time},
    people::AgentRef,
    queue::WhyNot,
    refusal::Refusal,
    staff::{Intent, StaffMember},
    stage::{Closer, HandOverReason, Stage},
    summary::Summary,
    text::MessageText,
};

use super::{Decision, Facts, agents::Agent, customers, plan::Plan};
use crate::order::{OwnerGone, Route, TimerKind};

/// Refuses if a colleague owns it.
pub fn mine(stage: &Stage, agent: &AgentRef) -> Result<(), Refusal> {
    match stage {
        Stage::Active { agent: owner, since }
        | Stage::Snoozed {
            agent: owner, since, ..
        } if owner.id != agent.id => Err(Refusal::TakenBy {
            agent: owner.clone(),
            since: *since,
        }),
        _ => Ok(()),
    }
}

/// Refuses unless this agent owns it.
fn owned(row: &Summary, agent: &AgentRef) -> Result<(), Refusal> {
    if !row.stage.is_open() {
        return Err(Refusal::Closed);
    }
    mine(&row.stage, agent)?;
    if row.stage.is_owned_by(agent.id) {
        Ok(())
    } else {
        Err(Refusal::NotOwner)
    }
}

/// The caller becomes the owner.
pub fn take(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, caller: Agent<'_>, row: &Summary) -> Result<(), Refusal> {
    let member = facts.staff()?.agent(caller.agent.id).ok_or(Refusal::SignIn)?;
    let warning = may(facts, caller, member, row)?;
    plan.event(EventBody::TakenOver(TakenOver {
        agent: caller.agent.clone(),
        by: None,
        routed: false,
    }));
    plan.warn(warning);
    plan.owned(row);
    Ok(())
}

/// Whether this agent may become the owner. What nobody else may, an admin may, and is warned.
fn may(facts: &Facts<'_>, caller: Agent<'_>, member: &StaffMember, row: &Summary) -> Result<Option<Warning>, Refusal> {
    let active = facts.active_of(member.agent.id);
    match facts.queue()?.may_take(member, active, row) {
        Ok(()) => Ok(None),
        Err(WhyNot::Full { active, capacity }) if caller.is_admin() => Ok(Some(Warning::OverCapacity {
            active: active.saturating_add(1),
            capacity,
        })),
        Err(_) if caller.is_admin() => Ok(Some(Warning::NotSuited)),
        Err(because) => Err(Refusal::MayNotTake {
            agent: member.agent.clone(),
            because,
        }),
    }
}

pub fn take_over(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, caller: Agent<'_>, row: &Summary) -> Result<(), Refusal> {
    match &row.stage {
        Stage::Bot | Stage::Waiting { .. } => take(plan, facts, caller, row),
        Stage::Active { .. } => mine(&row.stage, caller.agent),
        Stage::Snoozed { .. } => wake(plan, caller.agent, row),
        Stage::Closed { .. } => Err(Refusal::Closed),
    }
}

pub fn assign(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    caller: Agent<'_>,
    row: &Summary,
    to: AgentId,
) -> Result<(), Refusal> {
    caller.must_be_admin()?;
    if !row.stage.is_open() {
        return Err(Refusal::Closed);
    }
    let member = facts
        .staff()?
        .agent(to)
        .filter(|it| it.enabled)
        .ok_or(Refusal::NotFound)?;
    if row.stage.is_owned_by(to) {
        return Ok(());
    }
    let warning = may(facts, caller, member, row)?;
    plan.event(EventBody::TakenOver(TakenOver {
        agent: member.agent.clone(),
        by: (to != caller.agent.id).then(|| caller.agent.clone()),
        routed: false,
    }));
    plan.warn(warning);
    plan.owned(row);
    Ok(())
}

pub fn transfer(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    caller: Agent<'_>,
    row: &Summary,
    to: TransferTo,
    note: Option<&str>,
) -> Result<(), Refusal> {
    if caller.is_admin() {
        if !row.stage.is_open() {
            return Err(Refusal::Closed);
        }
    } else {
        owned(row, caller.agent)?;
    }
    if stands_there(row, to) {
        return Ok(());
    }
    if let Some(text) = note {
        plan.event(EventBody::Noted(Noted {
            agent: caller.agent.clone(),
            text: MessageText::parse(text)?,
            mentions: match to {
                TransferTo::Agent { agent } if agent != caller.agent.id => vec![agent],
                _ => vec![],
            },
            handover: true,
        }));
    }
    match to {
        TransferTo::Agent { agent } => to_agent(plan, facts, caller, row, agent),
        TransferTo::Group { group } => to_group(plan, facts, caller.agent, row, group),
        TransferTo::Queue => {
            moved(plan, facts, caller.agent, row, Target::Queue);
            Ok(())
        }
    }
}

/// Whether a transfer would change nothing.
fn stands_there(row: &Summary, to: TransferTo) -> bool {
    match (to, &row.stage) {
        (TransferTo::Agent { agent }, stage) => stage.is_owned_by(agent),
        (TransferTo::Group { group }, Stage::Waiting { .. }) => row.group.as_ref().is_some_and(|it| it.id == group),
        (TransferTo::Queue, Stage::Waiting { .. }) => row.group.is_none(),
        _ => false,
    }
}

fn to_agent(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    caller: Agent<'_>,
    row: &Summary,
    to: AgentId,
) -> Result<(), Refusal> {
    let member = facts
        .staff()?
        .agent(to)
        .filter(|it| it.enabled)
        .ok_or(Refusal::NotFound)?;
    let agent = member.agent.clone();
    // Skills are not asked for: who transfers to somebody knows why. Room and presence of mind are.
    let room = facts.queue()?.has_room(member, facts.active_of(to));
    let because = match (room, member.intent) {
        (Err(full), _) => Some(full),
        (Ok(()), intent @ (Intent::Away | Intent::AwayHandBack)) => Some(WhyNot::NotAvailable { intent }),
        (Ok(()), Intent::Available | Intent::Busy) => None,
    };
    match because {
        Some(because) if !caller.is_admin() => return Err(Refusal::MayNotTake { agent, because }),
        Some(WhyNot::Full { active, capacity }) => plan.warn(Some(Warning::OverCapacity {
            active: active.saturating_add(1),
            capacity,
        })),
        Some(_) => plan.warn(Some(Warning::NotSuited)),
        None => {}
    }
    plan.event(EventBody::Transferred(Transferred {
        by: caller.agent.clone(),
        to: Target::Agent { agent },
    }));
    plan.owned(row);
    Ok(())
}

/// Into the queue of a group. A full or absent group keeps it there.
pub fn to_group(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    by: &AgentRef,
    row: &Summary,
    group: GroupId,
) -> Result<(), Refusal> {
    let group = facts.staff()?.group(group).ok_or(Refusal::NotFound)?.to_ref();
    moved(plan, facts, by, row, Target::Group { group });
    Ok(())
}

fn moved(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, by: &AgentRef, row: &Summary, to: Target) {
    plan.event(EventBody::Transferred(Transferred { by: by.clone(), to }));
    plan.waits(row.queued_since().unwrap_or(facts.now));
}

pub fn hand_back(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, agent: &AgentRef, row: &Summary) -> Result<(), Refusal> {
    match &row.stage {
        Stage::Bot => return Ok(()),
        Stage::Closed { .. } => return Err(Refusal::Closed),
        stage => mine(stage, agent)?,
    }
    if !facts.bot_first() {
        // There is no bot that could have it: it goes back to the queue, where its first time is kept. What waits there stays.
        if row.stage.owner().is_some() {
            moved(plan, facts, agent, row, Target::Queue);
        }
        return Ok(());
    }
    plan.event(EventBody::HandedBack(HandedBack { agent: agent.clone() }));
    plan.clear_all();
    if row.unanswered_since.is_none() && row.desk_lines > LineNo(0) {
        plan.customers_turn();
    }
    Ok(())
}

pub fn end(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    caller: Agent<'_>,
    row: &Summary,
    seen: LineNo,
) -> Result<(), Refusal> {
    if !row.stage.is_open() {
        return Ok(());
    }
    if !caller.is_admin() {
        mine(&row.stage, caller.agent)?;
    }
    let newest = facts.thread()?.view.customer_lines;
    if newest > seen {
        return Err(Refusal::Unseen { newest });
    }
    let agent = caller.agent.clone();
    customers::close(plan, facts.desk, row, Closer::Agent { agent });
    Ok(())
}

pub fn snooze(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    agent: &AgentRef,
    row: &Summary,
    until: Option<Time>,
) -> Result<(), Refusal> {
    owned(row, agent)?;
    if let Stage::Snoozed { until: already, .. } = &row.stage
        && *already == until
    {
        return Ok(());
    }
    put_aside(plan, facts, agent, row, until)
}

/// The owner puts it aside: nobody is called by it, and it counts no more.
pub fn put_aside(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    agent: &AgentRef,
    row: &Summary,
    until: Option<Time>,
) -> Result<(), Refusal> {
    if until.is_some_and(|until| until <= facts.now) {
        return Err(Refusal::BadField {
            why: "until: this time is past".to_owned(),
        });
    }
    // Another time is a new snooze: it is taken up and put aside again.
    if matches!(row.stage, Stage::Snoozed { .. }) {
        plan.event(EventBody::Woken(Woken {
            agent: agent.clone(),
            why: WokenBy::Agent,
        }));
    }
    plan.event(EventBody::Snoozed(Snoozed {
        agent: agent.clone(),
        until,
    }));
    plan.clear_all();
    if let Some(until) = until {
        plan.set(TimerKind::Snooze, until);
    }
    Ok(())
}

pub fn wake(plan: &mut Plan<'_, '_>, agent: &AgentRef, row: &Summary) -> Result<(), Refusal> {
    owned(row, agent)?;
    if matches!(row.stage, Stage::Snoozed { .. }) {
        plan.event(EventBody::Woken(Woken {
            agent: agent.clone(),
            why: WokenBy::Agent,
        }));
        plan.clear(TimerKind::Snooze);
        plan.turn_of(row);
    }
    Ok(())
}

/// The owner is gone for longer than the grace time, or went away and handed back. What nobody waits for stays.
pub fn gone(facts: &Facts<'_>, gone: &OwnerGone) -> Result<Decision, Refusal> {
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    if let Stage::Active { agent, .. } = &row.stage
        && agent.id == gone.agent
        && row.owes_since().is_some()
    {
        let handed_back = facts
            .more
            .owner
            .as_ref()
            .is_some_and(|it| it.intent == Intent::AwayHandBack);
        let reason = match handed_back {
            true => HandOverReason::OwnerAway,
            false => HandOverReason::OwnerGone,
        };
        plan.requeue(row, agent, reason);
    }
    Ok(plan.done())
}

/// Routing gives it to an agent. It may be too late: then nothing happens, as a person's own choice goes before.
pub fn route(facts: &Facts<'_>, route: &Route) -> Result<Decision, Refusal> {
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    let queue = facts.queue()?;
    let member = queue.staff.agent(route.agent).ok_or(Refusal::NotFound)?;
    let may = member.intent == Intent::Available
        && row.left_by != Some(route.agent)
        && queue.may_take(member, facts.active_of(route.agent), row).is_ok()
        && facts.desk.routing != minicom_protocol::settings::Routing::Off;
    if row.stage.is_waiting() && may {
        plan.event(EventBody::TakenOver(TakenOver {
            agent: member.agent.clone(),
            by: None,
            routed: true,
        }));
        plan.owned(row);
    }
    Ok(plan.done())
}
