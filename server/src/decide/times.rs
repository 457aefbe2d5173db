//! What the bot does, and what time causes. Each holds only if it still holds: the world may have moved on since.

use minicom_protocol::{
    event::{Author, EventBody, HandOverNote, Part, Woken, WokenBy},
    ids::LineNo,
    line::Notice,
    refusal::Refusal,
    staff::Intent,
    stage::{Closer, HandOverReason, Stage},
    summary::Summary,
    text::MessageText,
};

use super::{
    Decision, Facts, customers, lines,
    plan::{Plan, minutes},
};
use crate::order::{BotTurn, Fire, TimerKind, Turn};

pub fn bot_turn(facts: &Facts<'_>, turn: &BotTurn) -> Result<Decision, Refusal> {
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    // A turn counts only in the stretch that its trigger was written in: what was asked before a person took
    // over and handed back is not answered afterwards.
    if !row.stage.is_bot() || turn.trigger <= row.stage_rev {
        plan.clear_one(TimerKind::BotDeadline, turn.trigger);
        return Ok(plan.done());
    }
    let parts = |text: &str| Ok::<_, Refusal>(vec![Part::of_text(MessageText::parse(text)?)]);
    match &turn.turn {
        Turn::Silence => plan.clear_one(TimerKind::BotDeadline, turn.trigger),
        Turn::Reply { text } | Turn::Article { text, .. } | Turn::Offer { text, .. } => {
            let mut said = parts(text)?;
            if let Turn::Offer { choices, .. } = &turn.turn {
                said.push(Part::Choices(choices.clone()));
            }
            if let Turn::Article { asks, .. } = &turn.turn
                && let Ok(card) = lines::card(facts)
            {
                said.push(card);
                said.extend(asks.clone().map(Part::Choices));
            }
            plan.line(Author::Bot, said, None, None);
            plan.clear_one(TimerKind::BotDeadline, turn.trigger);
            plan.customers_turn();
        }
        Turn::HandOver { text, reason, note } => {
            plan.line(Author::Bot, parts(text)?, None, None);
            plan.wants_person(
                *reason,
                false,
                row.intake.priority,
                Some(completed(note, &facts.more.note)),
            );
        }
    }
    Ok(plan.done())
}

/// What the bot knows of why it hands over, with what is known of the conversation.
fn completed(note: &HandOverNote, known: &HandOverNote) -> HandOverNote {
    HandOverNote {
        question: known.question.clone(),
        tried: known.tried.clone(),
        language: note.language.clone().or_else(|| known.language.clone()),
        ..note.clone()
    }
}

pub fn fire(facts: &Facts<'_>, fire: &Fire) -> Result<Decision, Refusal> {
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    // What fired is done with, whatever comes of it.
    plan.clear_one(fire.kind, fire.set_by);
    match fire.kind {
        TimerKind::BotDeadline if row.stage.is_bot() && fire.set_by > row.stage_rev => {
            plan.says(&facts.words().bot_late, None);
            let note = facts.more.note.clone();
            plan.wants_person(HandOverReason::BotLate, false, row.intake.priority, Some(note));
        }
        TimerKind::BotDeadline => {}
        TimerKind::Snooze => snooze_ends(&mut plan, facts, row),
        TimerKind::WaitLimit => wait_limit(&mut plan, facts, row),
        TimerKind::OwnerSilent => owner_silent(&mut plan, facts, row),
        TimerKind::SilenceWarning => silence_warning(&mut plan, facts, row, fire),
        TimerKind::SilenceClose => {
            if is_customers_turn(row) && fire.set_by > row.stage_rev {
                customers::close(&mut plan, facts.desk, row, Closer::System);
            }
        }
    }
    Ok(plan.done())
}

/// No agent is there who could take what waits.
pub fn nobody_there(facts: &Facts<'_>) -> Result<Decision, Refusal> {
    let row = facts.named()?;
    let mut plan = Plan::new(facts, facts.thread()?);
    if row.stage.is_waiting() {
        plan.nobody_there(&facts.words().nobody);
    }
    Ok(plan.done())
}

fn snooze_ends(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary) {
    let Stage::Snoozed { agent, until, .. } = &row.stage else {
        return;
    };
    if until.is_none_or(|until| until > facts.now) {
        return;
    }
    let there = facts
        .more
        .owner
        .as_ref()
        .is_some_and(|it| it.enabled && matches!(it.intent, Intent::Available | Intent::Busy));
    if there {
        plan.event(EventBody::Woken(Woken {
            agent: agent.clone(),
            why: WokenBy::Time,
        }));
        plan.turn_of(row);
    } else {
        plan.requeue(row, agent, HandOverReason::SnoozeEnded);
    }
}

fn wait_limit(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary) {
    let limit = facts.desk.wait_limit_min;
    let told = row.notices.contains(&Notice::WaitLimit);
    let Some(since) = row
        .queued_since()
        .filter(|_| row.stage.is_waiting() && limit > 0 && !told)
    else {
        return;
    };
    if since.plus_ms(minutes(limit)) <= facts.now {
        plan.says(&facts.words().long_wait, Some(Notice::WaitLimit));
    }
}

fn owner_silent(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary) {
    let limit = facts.desk.owner_silent_min;
    let (Stage::Active { agent, since }, Some(waits)) = (&row.stage, row.owes_since()) else {
        return;
    };
    // A new owner has the whole time.
    let due = waits.max(*since).plus_ms(minutes(limit));
    if limit > 0 && due <= facts.now {
        plan.requeue(row, agent, HandOverReason::OwnerSilent);
    }
}

fn silence_warning(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary, fire: &Fire) {
    if !is_customers_turn(row) || fire.set_by < row.stage_rev || facts.desk.customer_silent_h == 0 {
        return;
    }
    let warned = minutes(facts.desk.silence_warning_min);
    plan.says(&facts.words().silence, Some(Notice::Silence));
    plan.set(TimerKind::SilenceClose, facts.now.plus_ms(warned));
}

/// Whether everything that the customer wrote is answered, by the bot or by the owner.
fn is_customers_turn(row: &Summary) -> bool {
    matches!(row.stage, Stage::Bot | Stage::Active { .. }) && row.owes_since().is_none() && row.desk_lines > LineNo(0)
}
