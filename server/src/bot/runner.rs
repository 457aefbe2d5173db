//! The bot at work: follows the journal, and for each customer's line in the stage `Bot` submits one turn. It keeps
//! nothing: after a crash it reads again from its stored position, and the turn's derived id makes a repeat harmless.
//! It is not trusted to be there: the desk sets a deadline with the customer's line and hands over without it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use minicom_protocol::{
    context::Profile,
    event::{Author, ChoicesPart, Event, EventBody, Part, Posted},
    ids::{ConversationId, CustomerId, Rev, TenantId},
    people::{CustomerRef, Realm},
    refusal::Refusal,
    stage::HandOverReason,
    summary::Summary,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use super::{
    chosen::Chosen,
    decision::{self, Does, Knows, Talk},
    rules::Rules,
};
use crate::{
    clock,
    desk::Desk,
    followers::{self, Follow},
    order::{BotTurn, Order, Turn},
    signals::Signals,
    store::TenantKey,
    timers::derived_id,
};

/// Events of a thread that the bot looks back on to know how often in a row it did not understand.
const LOOK_BACK: usize = 40;
/// Of the customer's lines among them, so many are read again.
const LINES_READ: usize = 8;
/// What the bot says when it breaks.
const BROKEN: &str = "Sorry, something went wrong on my side. I am asking a person to help you.";

/// Starts the bot of a tenant.
pub async fn run(
    desk: Desk,
    signals: Signals,
    tenant: TenantId,
    key: TenantKey,
    rules: Arc<Rules>,
    stop: CancellationToken,
) {
    let bot = Bot {
        desk: desk.clone(),
        signals,
        tenant,
        key,
        rules: Chosen::new(rules),
        stop: stop.clone(),
    };
    followers::run(desk, key, bot, stop).await;
}

struct Bot {
    desk: Desk,
    signals: Signals,
    tenant: TenantId,
    key: TenantKey,
    rules: Chosen,
    stop: CancellationToken,
}

/// A customer's line that wants an answer.
struct Trigger {
    rev: Rev,
    customer: CustomerRef,
    conversation: ConversationId,
}

impl Follow for Bot {
    fn name(&self) -> &'static str {
        "bot"
    }

    async fn event(&mut self, event: &Event) {
        let EventBody::Posted(Posted {
            author: Author::Customer,
            ..
        }) = &event.body
        else {
            return;
        };
        let (Some(customer), Some(conversation)) = (event.subject.customer(), event.subject.conversation()) else {
            return;
        };
        // What is older than the deadline is the timer's.
        if clock::now().since(event.time) > self.desk.settings().bot_deadline_ms * 1_000 {
            return;
        }
        let Ok(summary) = self.desk.summary(self.key, conversation).await else {
            return;
        };
        // Only to spare a command: whether the turn counts is decided in the transaction.
        if !summary.stage.is_bot() || event.rev <= summary.stage_rev {
            return;
        }
        let trigger = Trigger {
            rev: event.rev,
            customer: summary.customer.clone(),
            conversation,
        };
        self.signals.bot_types(self.key, customer, conversation).await;
        let began = Instant::now();
        if self.take_turn(event, &trigger, &summary).await {
            self.desk.counts().bot.took(began.elapsed());
        } else {
            self.desk.counts().bot.failed();
        }
        self.signals.bot_rests(self.key, customer, conversation);
    }
}

impl Bot {
    /// Whether it did not break and its turn was taken in.
    async fn take_turn(&mut self, event: &Event, trigger: &Trigger, summary: &Summary) -> bool {
        let Some(turn) = self.turn(trigger, summary, trigger.customer.id).await else {
            return false;
        };
        let broke = matches!(
            &turn,
            Turn::HandOver {
                reason: HandOverReason::BotFailed,
                ..
            }
        );
        let id = derived_id(
            event.time,
            &[b"bot", &self.key.0.to_be_bytes(), &event.rev.0.to_be_bytes()],
        );
        let turn = BotTurn {
            conversation: trigger.conversation,
            trigger: trigger.rev,
            turn,
        };
        self.submit(id, turn).await && !broke
    }

    /// What the bot says, made from the thread as it stands in the journal.
    async fn turn(&mut self, trigger: &Trigger, summary: &Summary, customer: CustomerId) -> Option<Turn> {
        let before = Some(trigger.rev.next());
        let (page, _) = self.desk.thread(self.key, customer, before, LOOK_BACK).await.ok()?;
        let lines = customer_lines(&page, trigger.conversation);
        let stretch: Vec<String> = lines
            .iter()
            .filter(|(rev, _)| *rev > summary.stage_rev)
            .map(|(_, text)| text.clone())
            .collect();
        // A long stretch with a person can have pushed the customer's earlier lines out of the page.
        let begins_here = page.iter().any(|event| {
            matches!(event.body, EventBody::Opened(_)) && event.subject.conversation() == Some(trigger.conversation)
        });
        let read = stretch.len().saturating_sub(LINES_READ);
        let asked = Asked {
            begins: begins_here && lines.len() == 1 && read == 0,
            offered: offered(&page, trigger),
            lines: stretch[read..].to_vec(),
            customer_name: {
                let row = self.desk.customer_row(self.key, customer).await.ok()?;
                called(&row.customer, &row.profile)
            },
        };
        let mut knows = self.rules.now(&self.desk, self.key).await;
        knows.model = self.desk.minds().newest(self.key).await.articles;
        // Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
        let decided = tokio::task::spawn_blocking(move || answer(&knows, &asked)).await;
        Some(decided.unwrap_or_else(|_| {
            error!(
                trigger = trigger.rev.0,
                "the bot broke; the conversation goes to a person"
            );
            Turn::HandOver {
                text: BROKEN.to_owned(),
                reason: HandOverReason::BotFailed,
                note: Box::default(),
            }
        }))
    }

    /// Whether it was taken in.
    async fn submit(&self, id: minicom_protocol::ids::CommandId, turn: BotTurn) -> bool {
        let caller = self.desk.bot(&self.tenant);
        loop {
            match self.desk.submit(&caller, id, Order::BotTurn(turn.clone())).await {
                Ok(_) => return true,
                Err(refusal) if refusal.retryable() => {
                    let wait = Duration::from_millis(refusal.retry_after_ms().unwrap_or(1_000));
                    tokio::select! {
                        () = self.stop.cancelled() => return true,
                        () = tokio::time::sleep(wait) => {}
                    }
                }
                // The id was answered with another turn before a restart: the first one stands.
                Err(Refusal::Conflict) => {
                    debug!(trigger = turn.trigger.0, "a turn stands already");
                    return true;
                }
                Err(refusal) => {
                    warn!(code = refusal.code(), trigger = turn.trigger.0, "a turn was refused");
                    return false;
                }
            }
        }
    }
}

/// How the bot calls a customer: as the site says, else as the customer does. What the server made up for somebody who gave no
/// name is no name to greet by.
fn called(customer: &CustomerRef, profile: &Profile) -> String {
    let said = profile.vouched.name.as_ref().or(profile.name.as_ref());
    match said {
        Some(name) => name.as_str().to_owned(),
        None if customer.realm == Realm::Anonymous => String::new(),
        None => customer.name.as_str().to_owned(),
    }
}

/// The customer's lines of a conversation, in order.
fn customer_lines(page: &[Event], conversation: ConversationId) -> Vec<(Rev, String)> {
    let of_customer = page
        .iter()
        .filter(|event| event.subject.conversation() == Some(conversation));
    let lines = of_customer.filter_map(|event| match &event.body {
        EventBody::Posted(posted) if posted.author == Author::Customer => Some((event.rev, posted.text())),
        _ => None,
    });
    lines.collect()
}

/// What the bot offered last before a line of the customer's, if nobody wrote anything else in between.
fn offered(page: &[Event], trigger: &Trigger) -> Option<ChoicesPart> {
    let posted = page.iter().rev().filter_map(|event| match &event.body {
        EventBody::Posted(posted)
            if event.subject.conversation() == Some(trigger.conversation) && event.rev < trigger.rev =>
        {
            Some(posted)
        }
        _ => None,
    });
    let mut said = posted.take_while(|posted| posted.author != Author::Customer);
    let posted = said.find(|posted| posted.author == Author::Bot)?;
    posted.parts.iter().find_map(|part| match part {
        Part::Choices(choices) => Some(choices.clone()),
        _ => None,
    })
}

/// What a turn is decided from.
struct Asked {
    customer_name: String,
    lines: Vec<String>,
    begins: bool,
    offered: Option<ChoicesPart>,
}

/// The turn for the last of the lines. How often in a row nothing was understood is found by deciding about them again, so
/// that the bot needs no memory of its own.
fn answer(knows: &Knows, asked: &Asked) -> Turn {
    let lines: Vec<&str> = asked.lines.iter().map(String::as_str).collect();
    let talk = Talk {
        customer_name: &asked.customer_name,
        lines: &lines,
        begins: asked.begins,
        offered: asked.offered.as_ref(),
    };
    let Some(decision) = decision::decide(knows, &talk) else {
        return Turn::Silence;
    };
    debug!(why = ?decision.why, "decided");
    match decision.does {
        Does::Nothing => Turn::Silence,
        Does::Answer { article: slug, text } => Turn::Article { text, slug },
        Does::Say {
            text,
            article: Some(slug),
        } => Turn::Article { text, slug },
        Does::Offer { text, choices } => Turn::Offer { text, choices },
        Does::Say { text, article: None } | Does::Clarify { text } => Turn::Reply { text },
        Does::HandOver { reason, text, note } => Turn::HandOver { text, reason, note },
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
