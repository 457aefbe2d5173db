//! `minicom-agent queue`, `why` and `workload`: who waits, why, and who could end it. By the server's own rules; nothing is
//! judged here.

use minicom_client::Section;
use minicom_protocol::{
    frame::{AgentQuestion, AgentReply},
    ids::{ConversationId, Time},
    intake::Priority,
    people::AgentRef,
    queue::{Chance, QueueStats, Why, WhyNot},
    refusal::Refusal,
    stage::Stage,
    summary::Summary,
    words::Skill,
};
use minicom_tui_kit::{Shown, time};

use super::{
    Access, Told, agents,
    office::{field, segment},
    session::Session,
    table::{self, Table, cell},
};
use crate::{
    exit::{self, Failure},
    shell,
};

pub(super) async fn queue(access: &Access<'_>) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let stats = match session.ask(AgentQuestion::Queue {}).await? {
        AgentReply::Queue { stats } => stats,
        _ => return Err(session.not_that()),
    };
    let mut text = numbers(&stats);
    if stats.waiting > 0 {
        text.push('\n');
        text.push_str(&waiting(&session));
    }
    session.leave().await;
    Ok(text.into())
}

fn numbers(stats: &QueueStats) -> String {
    if stats.waiting == 0 {
        return "Nobody waits.\n".to_owned();
    }
    let mut lines = format!("waiting       {}\n", stats.waiting);
    // What a long wait has raised is told beside what was given.
    for ((priority, given), (_, effective)) in stats.given().each().into_iter().zip(stats.effective.each()) {
        let now = match stats.effective == stats.given() {
            true => String::new(),
            false => format!("  counting by the wait too: {effective}"),
        };
        lines.push_str(&format!("{:<14}{given}{now}\n", priority.word()));
    }
    for (name, ms) in [
        ("longest wait", stats.longest_wait_ms),
        ("average wait", stats.average_wait_ms),
    ] {
        lines.push_str(&format!("{name:<14}{}\n", time::waiting(ms.saturating_mul(1_000))));
    }
    lines
}

/// The priority that was given, and what it counts as where the wait has raised it.
fn priority(given: Priority, counts: Priority) -> Shown {
    match given == counts {
        true => Shown::fixed(given.word()),
        false => Shown::line(&format!("{}, counts as {}", given.word(), counts.word())),
    }
}

fn waiting(session: &Session) -> String {
    let mut table = Table::new(&[
        "PLACE", "CUSTOMER", "PRIORITY", "WAITED", "SKILLS", "GROUP", "WHY", "SUBJECT",
    ]);
    let now = session.now();
    for (at, row) in session.replica().section(Section::Waiting).enumerate() {
        let reason = match &row.stage {
            Stage::Waiting { reason, .. } => reason.words(),
            _ => "",
        };
        table.row(vec![
            cell(at + 1),
            row.customer.name.shown(),
            priority(
                row.intake.priority,
                session.replica().queue(now).effective_priority(row),
            ),
            waited(row, now),
            table::list(row.intake.skills.iter().map(Skill::as_str)),
            row.group.as_ref().map_or(Shown::fixed("-"), |it| it.name.shown()),
            Shown::fixed(reason),
            row.intake.subject.as_ref().map_or(Shown::fixed("-"), |it| it.shown()),
        ]);
    }
    table.or("Nobody waits.")
}

fn waited(row: &Summary, now: Time) -> Shown {
    row.waiting_since()
        .map_or(Shown::fixed("-"), |since| cell(time::waiting(now.since(since))))
}

pub(super) async fn workload(access: &Access<'_>) -> Result<Told, Failure> {
    let mut session = access.open().await?;
    let loads = agents::workload(&mut session).await?;
    let mut table = Table::new(&[
        "AGENT",
        "STATE",
        "ACTIVE",
        "CAPACITY",
        "IN USE",
        "FREE",
        "SNOOZED",
        "CONVERSATIONS",
    ]);
    let number = |it: Option<u32>| it.map_or(Shown::fixed("-"), cell);
    for load in &loads {
        let names = load.conversations.iter().map(|it| customer(&session, *it));
        let names: Vec<String> = names.collect();
        table.row(vec![
            load.presence.agent.name.shown(),
            Shown::fixed(load.presence.state.word()),
            cell(load.active),
            number(load.capacity),
            load.utilisation.map_or(Shown::fixed("-"), |it| cell(format!("{it}%"))),
            number(load.free),
            cell(load.snoozed),
            table::list(names.iter().map(String::as_str)),
        ]);
    }
    session.leave().await;
    Ok(table.or("There are no agents.").into())
}

fn customer(session: &Session, conversation: ConversationId) -> String {
    let row = session.replica().summary(conversation);
    row.map_or_else(|| conversation.to_string(), |row| row.customer.name.as_str().to_owned())
}

pub(super) async fn why(name: &str, json: bool, access: &Access<'_>) -> Result<Told, Failure> {
    let office = access.office()?;
    let found = shell::find(&office, name).await?;
    let id = field(&found, "session_id");
    if json {
        let answer = office.get(&format!("/sessions/{}/why", segment(id))).await?;
        return Ok(shell::json_line(&answer).into());
    }
    let mut session = access.open().await?;
    let conversation = id.parse().map_err(|_| session.not_that())?;
    let Some(row) = session.replica().summary(conversation).cloned() else {
        return Err(nobody(name));
    };
    let why = match session.ask_if(AgentQuestion::Why { conversation }).await? {
        Ok(AgentReply::Why { why }) => why,
        // It was open a moment ago.
        Err(Refusal::Closed) => return Err(nobody(name)),
        Err(refusal) => return Err(session.refused(&refusal)),
        Ok(_) => return Err(session.not_that()),
    };
    let text = explain(&row, &why, session.now());
    session.leave().await;
    Ok(text.into())
}

fn nobody(name: &str) -> Failure {
    let words = format!(
        "{} has no open conversation. Who waits:  minicom-agent queue",
        Shown::line(name)
    );
    Failure::new(exit::NOTHING, words)
}

fn explain(row: &Summary, why: &Why, now: Time) -> String {
    let name = row.customer.name.shown();
    let mut out = match (&row.stage, why.place) {
        (Stage::Waiting { reason, .. }, Some(place)) => format!(
            "{name} waits: place {place}, since {}, {}\n",
            waited(row, now),
            reason.words()
        ),
        (Stage::Bot, _) => format!("{name} does not wait: the bot answers\n"),
        (Stage::Snoozed { agent, .. }, _) => format!("{name} does not wait: {} has put it aside\n", agent.name.shown()),
        (stage, _) => match stage.owner() {
            Some(owner) => format!("{name} does not wait: {} has this conversation\n", owner.name.shown()),
            None => format!("{name} does not wait any more\n"),
        },
    };
    out.push_str(&format!("priority {}\n", priority(row.intake.priority, why.effective)));
    if !row.intake.skills.is_empty() {
        out.push_str(&format!(
            "needs {}\n",
            table::list(row.intake.skills.iter().map(Skill::as_str))
        ));
    }
    if let Some(group) = &row.group {
        out.push_str(&format!("waits for the group {}\n", group.name.shown()));
    }
    let owner = row.stage.owner();
    // Only what waits is given to somebody.
    if !why.routing && owner.is_none() {
        out.push_str("routing is off: it goes to whoever takes it\n");
    }
    out.push('\n');
    out.push_str(&chances(&why.agents, why.routing && owner.is_none(), owner));
    out
}

fn chances(agents: &[Chance], routing: bool, owner: Option<&AgentRef>) -> String {
    let yes_or = |not: &Option<WhyNot>| match not {
        None => Shown::fixed("yes"),
        Some(why) => cell(format!("no: {}", why.words())),
    };
    let mut table = match routing {
        true => Table::new(&["AGENT", "MAY TAKE IT", "IS GIVEN IT"]),
        false => Table::new(&["AGENT", "MAY TAKE IT"]),
    };
    for chance in agents {
        let take = match owner.is_some_and(|owner| owner.id == chance.agent.id) {
            true => Shown::fixed("has it"),
            false => yes_or(&chance.take),
        };
        let mut cells = vec![chance.agent.name.shown(), take];
        if routing {
            cells.push(yes_or(&chance.route));
        }
        table.row(cells);
    }
    table.or("There are no agents.")
}
