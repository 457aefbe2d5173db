//! Lines: writing to the customer, quoting, changing, taking back, blanking out.

use minicom_protocol::{
    command::{ReplyUse, SeenLines},
    event::{Author, CardPart, CardTag, Event, EventBody, LineChanged, Part, Posted},
    ids::{FileId, LineNo},
    library::{ReplyAction, beginning},
    line::{LineRef, LineState, Quote},
    people::AgentRef,
    refusal::Refusal,
    stage::Side,
    summary::excerpt,
    template::{FillError, Known, Template, Values},
    text::MessageText,
    words::Tag,
};

use super::{Decision, Facts, Write, agents::Agent, marking, owners, plan::Plan};
use crate::store::files::FileRow;

/// An agent's line, as it is asked for.
pub struct Draft<'c> {
    pub text: &'c str,
    pub seen: SeenLines,
    pub take_over: bool,
    pub anyway: bool,
    pub quote: Option<LineRef>,
    pub reply: Option<&'c ReplyUse>,
    pub article: Option<&'c Tag>,
    pub file: Option<FileId>,
}

pub fn post(facts: &Facts<'_>, caller: Agent<'_>, draft: &Draft<'_>) -> Result<Decision, Refusal> {
    let thread = facts.thread()?;
    facts.named()?;
    let row = facts.open()?;
    owners::mine(&row.stage, caller.agent)?;
    let owned = row.stage.is_owned_by(caller.agent.id);
    if !owned && !draft.take_over {
        return Err(Refusal::NotOwner);
    }
    if !draft.anyway && facts.more.newest_by_others > draft.seen.desk {
        return Err(Refusal::Stale {
            newest: thread.view.desk_lines,
        });
    }
    let mut plan = Plan::new(facts, thread);
    if !owned {
        owners::take(&mut plan, facts, caller, row)?;
    }
    let reply = match draft.reply {
        Some(used) => Some((facts.more.reply.as_ref().ok_or(Refusal::NotFound)?, used)),
        None => None,
    };
    let text = match reply {
        Some((_, used)) => filled(facts, caller.agent, draft.text, used)?,
        None => draft.text.to_owned(),
    };
    let mut parts = words(text, draft.file)?;
    parts.extend(draft.article.map(|_| card(facts)).transpose()?);
    parts.extend(attached(&mut plan, facts, draft.file, Some(caller.agent))?);
    let author = Author::Agent {
        agent: caller.agent.clone(),
    };
    plan.line(author, parts, quote(facts, draft.quote)?, None);
    plan.customers_turn();
    if let Some((reply, used)) = reply {
        plan.write(Write::ReplyUsed(used.id));
        act(&mut plan, facts, caller, &reply.actions, draft.seen.customer)?;
    }
    Ok(plan.done())
}

/// The saved reply's text with its holes filled, once and from what is true now.
fn filled(facts: &Facts<'_>, agent: &AgentRef, text: &str, used: &ReplyUse) -> Result<String, Refusal> {
    let field = |why: String| Refusal::BadField {
        why: format!("text: {why}"),
    };
    let template = Template::parse(text).map_err(|why| field(why.to_string()))?;
    template
        .fill(&values(facts, agent)?, &used.answers)
        .map_err(|error| match error {
            FillError::Unresolved { holes } => Refusal::Unresolved {
                holes: holes.iter().map(ToString::to_string).collect(),
            },
            other => field(other.to_string()),
        })
}

fn values(facts: &Facts<'_>, agent: &AgentRef) -> Result<Values, Refusal> {
    let thread = facts.thread()?;
    let row = facts.named()?;
    let profile = facts.more.profile.clone().unwrap_or_default();
    let mut values = Values::new();
    let name = profile
        .name
        .as_ref()
        .map_or(thread.customer.name.as_str(), |it| it.as_str());
    values.set(Known::CustomerName, name);
    if let Some(email) = &profile.email {
        values.set(Known::CustomerEmail, email.as_str());
    }
    values.set(Known::AgentName, agent.name.as_str());
    if let Some(subject) = &row.intake.subject {
        values.set(Known::Subject, subject.as_str());
    }
    values.set(Known::TenantName, facts.desk.name.as_str());
    values.set(Known::ConversationNumber, row.number.to_string());
    if let Some(ticket) = row.ticket {
        values.set(Known::Ticket, ticket.to_string());
    }
    Ok(values)
}

/// What a saved reply does besides saying something. What ends the owner's part comes last, whatever the order in the list.
fn act(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    caller: Agent<'_>,
    actions: &[ReplyAction],
    seen: LineNo,
) -> Result<(), Refusal> {
    let ends = |action: &&ReplyAction| {
        matches!(
            action,
            ReplyAction::Transfer { .. } | ReplyAction::Snooze { .. } | ReplyAction::Close
        )
    };
    let row = facts.named()?;
    let added: Vec<Tag> = actions
        .iter()
        .filter_map(|action| match action {
            ReplyAction::Tag { tag } => Some(tag.clone()),
            _ => None,
        })
        .collect();
    marking::tag(plan, row, caller.agent, &added, &[])?;
    if let Some(ReplyAction::Priority { priority }) =
        actions.iter().rfind(|it| matches!(it, ReplyAction::Priority { .. }))
    {
        marking::prioritise(plan, facts, row, caller.agent, *priority);
    }
    match actions.iter().find(ends) {
        Some(ReplyAction::Transfer { group }) => owners::to_group(plan, facts, caller.agent, row, *group),
        Some(ReplyAction::Snooze { minutes }) => {
            let until = minutes.map(|minutes| facts.now.plus_ms(super::plan::minutes(minutes)));
            owners::put_aside(plan, facts, caller.agent, row, until)
        }
        Some(ReplyAction::Close) => owners::end(plan, facts, caller, row, seen),
        _ => Ok(()),
    }
}

/// What a line says; a file may go without words.
pub fn words(text: String, file: Option<FileId>) -> Result<Vec<Part>, Refusal> {
    match file {
        Some(_) if text.is_empty() => Ok(vec![]),
        _ => Ok(vec![Part::of_text(MessageText::parse(text)?)]),
    }
}

/// The file that goes with a line: one that its author uploaded for this thread, an agent for this conversation, and that stands
/// in no line yet. A foreign one is as one that is not there.
pub fn attached(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    file: Option<FileId>,
    agent: Option<&AgentRef>,
) -> Result<Option<Part>, Refusal> {
    let Some(id) = file else { return Ok(None) };
    let thread = facts.thread()?;
    let own = |row: &&FileRow| match agent {
        Some(agent) => row.agent == Some(agent.id),
        None => row.agent.is_none() && row.customer == thread.customer.id,
    };
    let row = facts.more.file.as_ref().filter(|row| row.id == id).filter(own);
    let row = row.ok_or(Refusal::AttachmentNotFound)?;
    if row.line.is_some() {
        return Err(Refusal::AttachmentUsed);
    }
    let here = thread.conversation.map(|it| it.conversation);
    if agent.is_some() && row.conversation != here {
        return Err(Refusal::AttachmentNotFound);
    }
    plan.write(Write::FileSent(id));
    Ok(Some(Part::File(row.part())))
}

/// The article as a card. A draft is for agents only.
pub fn card(facts: &Facts<'_>) -> Result<Part, Refusal> {
    let found = facts.more.article.as_ref().filter(|(_, row)| row.published);
    let (article, row) = found.ok_or(Refusal::NotFound)?;
    Ok(Part::Card(CardPart {
        kind: CardTag::Card,
        slug: row.slug.clone(),
        title: row.title.clone(),
        excerpt: beginning(&article.body),
        fallback: format!("{} (article {})", row.title.as_str(), row.slug.as_str()),
    }))
}

/// The line that is answered, with its beginning as it stands now. A line of another thread is none.
pub fn quote(facts: &Facts<'_>, line: Option<LineRef>) -> Result<Option<Quote>, Refusal> {
    let Some(line) = line else { return Ok(None) };
    let (_, posted) = named(facts)?;
    Ok(Some(Quote {
        line,
        excerpt: match posted.state.words() {
            Some(words) => words.to_owned(),
            None => excerpt(&posted.text()),
        },
    }))
}

/// The line that the command names, as it was read.
fn named<'f>(facts: &'f Facts<'_>) -> Result<(&'f Event, &'f Posted), Refusal> {
    let event = facts.more.line.as_ref().ok_or(Refusal::NotFound)?;
    match &event.body {
        EventBody::Posted(posted) => Ok((event, posted)),
        _ => Err(Refusal::NotFound),
    }
}

/// One's own last line, while it may be changed.
fn changeable<'f>(facts: &'f Facts<'_>, line: LineRef, agent: Option<&AgentRef>) -> Result<&'f Posted, Refusal> {
    let row = facts.open()?;
    let (event, posted) = named(facts)?;
    let own = match (&posted.author, agent) {
        (Author::Customer, None) => true,
        (Author::Agent { agent: author }, Some(agent)) => author.id == agent.id,
        _ => false,
    };
    let here = event.subject.conversation() == Some(row.conversation);
    let window = i64::from(facts.desk.edit_window_s) * 1_000_000;
    let in_time = facts.now.since(event.time) <= window;
    let there = matches!(posted.state, LineState::Original | LineState::Edited);
    if own && here && in_time && there && line.line == facts.more.newest_own {
        Ok(posted)
    } else {
        Err(Refusal::TooLate)
    }
}

pub fn edit(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    line: LineRef,
    agent: Option<&AgentRef>,
    text: &str,
) -> Result<(), Refusal> {
    let posted = changeable(facts, line, agent)?;
    let text = Part::of_text(MessageText::parse(text)?);
    let kept = posted
        .parts
        .iter()
        .filter(|part| !matches!(part, Part::Text(_)))
        .cloned();
    let parts: Vec<Part> = std::iter::once(text).chain(kept).collect();
    if parts != posted.parts {
        changed(plan, line, LineState::Edited, parts, agent);
    }
    Ok(())
}

pub fn withdraw(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    line: LineRef,
    agent: Option<&AgentRef>,
) -> Result<(), Refusal> {
    let posted = changeable(facts, line, agent)?;
    files_go(plan, posted);
    changed(plan, line, LineState::Withdrawn, vec![], agent);
    Ok(())
}

/// Any agent may, at any time: a secret that stands there is worse than anything.
pub fn blank(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, line: LineRef, agent: &AgentRef) -> Result<(), Refusal> {
    let row = facts.named()?;
    let (event, posted) = named(facts)?;
    if event.subject.conversation() != Some(row.conversation) {
        return Err(Refusal::NotFound);
    }
    if posted.state != LineState::Blanked {
        files_go(plan, posted);
        changed(plan, line, LineState::Blanked, vec![], Some(agent));
    }
    Ok(())
}

/// What stood in a line that is taken back goes with it.
fn files_go(plan: &mut Plan<'_, '_>, posted: &Posted) {
    for part in &posted.parts {
        if let Part::File(file) = part {
            plan.write(Write::FileGone(file.id));
        }
    }
}

fn changed(plan: &mut Plan<'_, '_>, line: LineRef, state: LineState, parts: Vec<Part>, agent: Option<&AgentRef>) {
    plan.event(EventBody::LineChanged(LineChanged {
        line,
        state,
        parts,
        agent: agent.cloned(),
    }));
}

/// The desk's line by its number.
pub fn of_desk(line: LineNo) -> LineRef {
    let side = Side::Desk;
    LineRef { side, line }
}
