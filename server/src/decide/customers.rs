//! What customers ask for.

use minicom_protocol::{
    command::CustomerCommand,
    context::Profile,
    event::{Author, Closed, CustomerChanged, EventBody, Opened, Rated, Seen, SubjectChanged, Woken, WokenBy},
    ids::FileId,
    intake::{Intake, Introduction},
    line::{LineRef, Notice},
    refusal::Refusal,
    settings::{AskRating, DeskSettings, PreChatAnswer},
    staff::Intent,
    stage::{Closer, HandOverReason, Side, Stage},
    summary::Summary,
    text::MessageText,
    words::Email,
};

use super::{Decision, Facts, OfCustomer, admission, lines, plan::Plan};
use crate::order::TimerKind;

pub fn decide(facts: &Facts<'_>, command: &CustomerCommand) -> Result<Decision, Refusal> {
    let thread = facts.thread()?;
    let mut plan = Plan::new(facts, thread);
    match command {
        CustomerCommand::Post { text, quote, file } => post(&mut plan, facts, (text, *file), *quote)?,
        CustomerCommand::Start {
            intake,
            introduction,
            answers,
        } => start(&mut plan, facts, intake, introduction, answers)?,
        CustomerCommand::Introduce { introduction } => introduce(&mut plan, facts, introduction, None, &[])?,
        CustomerCommand::SetSubject { subject } => {
            if facts.open()?.intake.subject.as_ref() != Some(subject) {
                plan.event(EventBody::SubjectChanged(SubjectChanged {
                    agent: None,
                    subject: Some(subject.clone()),
                }));
            }
        }
        CustomerCommand::EditLine { line, text } => {
            lines::edit(&mut plan, facts, own(*line), None, text)?;
        }
        CustomerCommand::WithdrawLine { line } => lines::withdraw(&mut plan, facts, own(*line), None)?,
        CustomerCommand::Rate { score, comment } => rate(&mut plan, facts, *score, comment.as_deref())?,
        CustomerCommand::RequestHuman {} => {
            let row = facts.open()?;
            if row.stage.is_bot() {
                let note = facts.more.note.clone();
                plan.wants_person(HandOverReason::CustomerAsked, true, row.intake.priority, Some(note));
            }
        }
        CustomerCommand::Close {} => {
            if let Ok(row) = facts.open() {
                close(&mut plan, facts.desk, row, Closer::Customer);
            }
        }
        CustomerCommand::Consent { text } => {
            return admission::consent(facts, text);
        }
        CustomerCommand::RevokeDevice { .. } => {
            let device = facts.more.device.ok_or(Refusal::NotFound)?;
            return Ok(admission::writes(OfCustomer::RevokesDevice(device)));
        }
        CustomerCommand::Forget {} => return Ok(admission::writes(OfCustomer::Forgets)),
        CustomerCommand::MarkSeen { up_to } => {
            let up_to = (*up_to).min(thread.view.desk_lines);
            if up_to > thread.view.customer_mark && thread.conversation.is_some() {
                let side = Side::Customer;
                plan.event(EventBody::Seen(Seen { side, up_to }));
            }
        }
    }
    Ok(plan.done())
}

fn own(line: minicom_protocol::ids::LineNo) -> LineRef {
    let side = Side::Customer;
    LineRef { side, line }
}

fn post(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    (text, file): (&str, Option<FileId>),
    quote: Option<LineRef>,
) -> Result<(), Refusal> {
    let mut parts = lines::words(text.to_owned(), file)?;
    parts.extend(lines::attached(plan, facts, file, None)?);
    let quote = lines::quote(facts, quote)?;
    let Ok(row) = facts.open() else {
        opened(plan, facts, Intake::default(), vec![])?;
        plan.line(Author::Customer, parts, quote, None);
        begins(plan, facts, &Intake::default());
        if facts.bot_first() {
            bot_must_answer(plan, facts);
        }
        return Ok(());
    };
    plan.line(Author::Customer, parts, quote, None);
    plan.clear(TimerKind::SilenceWarning);
    plan.clear(TimerKind::SilenceClose);
    let intent =
        facts.more.owner.as_ref().map_or(
            Intent::Away,
            |it| {
                if it.enabled { it.intent } else { Intent::AwayHandBack }
            },
        );
    match &row.stage {
        Stage::Bot => bot_must_answer(plan, facts),
        Stage::Active { agent, .. } if intent == Intent::AwayHandBack => {
            plan.requeue(row, agent, HandOverReason::OwnerAway);
        }
        Stage::Active { .. } if row.owes_since().is_none() => plan.owner_must_answer(),
        Stage::Snoozed { agent, .. } => match intent {
            Intent::Available | Intent::Busy => {
                plan.event(EventBody::Woken(Woken {
                    agent: agent.clone(),
                    why: WokenBy::Customer,
                }));
                plan.clear(TimerKind::Snooze);
                plan.owner_must_answer();
            }
            Intent::Away | Intent::AwayHandBack => plan.requeue(row, agent, HandOverReason::SnoozeEnded),
        },
        Stage::Waiting { .. } => reached_at(plan, facts, row, text)?,
        Stage::Active { .. } | Stage::Closed { .. } => {}
    }
    Ok(())
}

/// Takes the address that the customer was asked for, if there is exactly one in the line and none is known. It is what the customer
/// says, as with `/email`: nobody vouches for it.
fn reached_at(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, row: &Summary, text: &str) -> Result<(), Refusal> {
    let asked = row
        .notices
        .iter()
        .any(|it| matches!(it, Notice::Hours | Notice::WaitLimit));
    let known = facts.more.profile.as_ref();
    if !asked || known.is_none_or(|it| it.email.is_some() || it.vouched.email.is_some()) {
        return Ok(());
    }
    let Some(email) = only_address(text) else {
        return Ok(());
    };
    let introduction = Introduction {
        name: None,
        email: Some(email),
    };
    introduce(plan, facts, &introduction, None, &[])?;
    plan.says(&facts.words().address_taken, None);
    Ok(())
}

/// The e-mail address in a line that has one and no other.
fn only_address(text: &str) -> Option<Email> {
    let edge = |c: char| !c.is_alphanumeric();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '(' | ')'));
    let mut found = words
        .filter(|word| word.contains('@'))
        .map(|word| Email::parse(word.strip_prefix("mailto:").unwrap_or(word).trim_matches(edge)));
    let first = found.next()?.ok()?;
    found.next().is_none().then_some(first)
}

fn bot_must_answer(plan: &mut Plan<'_, '_>, facts: &Facts<'_>) {
    plan.set(
        TimerKind::BotDeadline,
        facts.now.plus_ms(facts.settings.bot_deadline_ms),
    );
}

fn opened(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    intake: Intake,
    answers: Vec<PreChatAnswer>,
) -> Result<(), Refusal> {
    let thread = facts.thread()?;
    plan.opens();
    plan.event(EventBody::Opened(Opened {
        customer: thread.customer.clone(),
        number: thread.conversation.map_or(1, |last| last.number + 1),
        customer_lines: thread.view.customer_lines,
        desk_lines: thread.view.desk_lines,
        customer_mark: thread.view.customer_mark,
        desk_mark: thread.view.desk_mark,
        intake,
        answers,
        hint: facts.more.previous_owner.clone(),
    }));
    Ok(())
}

/// Where no bot answers first, the queue is where it begins.
fn begins(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, intake: &Intake) {
    if !facts.bot_first() {
        plan.wants_person(HandOverReason::NoBot, false, intake.priority, None);
    }
}

fn start(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    intake: &Intake,
    introduction: &Introduction,
    answers: &[PreChatAnswer],
) -> Result<(), Refusal> {
    let intake = intake.clone().bounded();
    let answers = bounded(facts.desk, answers);
    if facts.open().is_err() {
        opened(plan, facts, intake.clone(), answers.clone())?;
        begins(plan, facts, &intake);
    }
    introduce(plan, facts, introduction, Some(&intake), &answers)
}

/// Answers to the questions that are asked here, each once and cut to its bound.
fn bounded(desk: &DeskSettings, answers: &[PreChatAnswer]) -> Vec<PreChatAnswer> {
    let asked = desk.questions.iter();
    asked
        .filter_map(|question| {
            let answer = answers.iter().find(|it| it.key == question.key)?;
            let kept = answer.text.chars().filter(|c| !c.is_control());
            let text: String = kept.take(PreChatAnswer::CHARS_MAX).collect();
            let key = answer.key.clone();
            (!text.trim().is_empty()).then_some(PreChatAnswer { key, text })
        })
        .collect()
}

fn introduce(
    plan: &mut Plan<'_, '_>,
    facts: &Facts<'_>,
    introduction: &Introduction,
    intake: Option<&Intake>,
    answers: &[PreChatAnswer],
) -> Result<(), Refusal> {
    let known = facts.more.profile.clone().unwrap_or_default();
    let mut profile = Profile {
        name: introduction.name.clone().or_else(|| known.name.clone()),
        email: introduction.email.clone().or_else(|| known.email.clone()),
        ..known.clone()
    };
    if let Some(intake) = intake.filter(|it| !it.client.is_empty()) {
        profile.client = intake.client.clone();
    }
    if !answers.is_empty() {
        profile.answers = answers.to_vec();
    }
    if profile != known {
        let customer = facts.thread()?.customer.clone();
        plan.event(EventBody::CustomerChanged(CustomerChanged {
            customer,
            profile,
            agent: None,
        }));
    }
    Ok(())
}

fn rate(plan: &mut Plan<'_, '_>, facts: &Facts<'_>, score: Option<u8>, comment: Option<&str>) -> Result<(), Refusal> {
    let row = facts.named()?;
    if !row.stage.is_open() && row.asked_rating && !row.rated {
        let comment = comment.map(MessageText::parse).transpose()?;
        plan.event(EventBody::Rated(Rated { score, comment }));
    }
    Ok(())
}

/// The conversation ends.
pub fn close(plan: &mut Plan<'_, '_>, desk: &DeskSettings, row: &Summary, by: Closer) {
    let ask_rating = match desk.ask_rating {
        AskRating::Never => false,
        AskRating::AfterPerson => row.assigned_at.is_some(),
        AskRating::Always => true,
    };
    plan.event(EventBody::Closed(Closed { by, ask_rating }));
    plan.clear_all();
}
