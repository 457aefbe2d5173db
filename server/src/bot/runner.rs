//! The bot at work: follows the journal, and for each customer's line in the stage `Bot` submits one turn. It keeps
//! nothing: after a crash it reads again from its stored position, and the turn's derived id makes a repeat harmless.
//! It is not trusted to be there: the desk sets a deadline with the customer's line and hands over without it.
//! Turns of several conversations are under way at a time, those of one conversation one after the other.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use minicom_protocol::{
    event::{Author, Event, EventBody, HandOverNote, Posted},
    ids::{CommandId, ConversationId, Rev, TenantId},
    people::CustomerRef,
    refusal::Refusal,
    stage::HandOverReason,
    summary::Summary,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tracing::{debug, error, warn};

use super::{
    chosen::Chosen,
    decision::{self, Decision, Does, Knows, Talk, Why},
    program::{Program, Said},
    reading::{self, Asked},
    rules::Rules,
};
use crate::{
    clock,
    desk::Desk,
    followers::{self, Follow},
    limits::{BOT_PROGRAM_MARGIN, BOT_TURNS_AT_ONCE},
    order::{BotTurn, Order, Turn},
    signals::Signals,
    store::TenantKey,
    timers::derived_id,
};

/// Events of a thread that the bot looks back on to know how often in a row it did not understand.
const LOOK_BACK: usize = 40;
/// What the bot says when it breaks.
const BROKEN: &str = "Sorry, something went wrong on my side. I am asking a person to help you.";
/// What it says when its program asks for a person without words.
const HANDS_OVER: &str = "I am passing you to a person.";

/// The bot of a tenant.
pub struct Bot {
    hands: Hands,
    rules: Chosen,
}

/// A customer's line that wants an answer.
struct Trigger {
    rev: Rev,
    customer: CustomerRef,
    conversation: ConversationId,
}

impl Bot {
    /// With the server's rules, as the tenant changes them.
    pub fn new(desk: &Desk, signals: &Signals, tenant: &TenantId, key: TenantKey, rules: Arc<Rules>) -> Bot {
        Bot {
            hands: Hands {
                desk: desk.clone(),
                signals: signals.clone(),
                tenant: tenant.clone(),
                key,
                program: None,
                stop: CancellationToken::new(),
            },
            rules: Chosen::new(rules),
        }
    }

    /// With a program that answers what no rule gives to a person.
    #[must_use]
    pub fn with_program(mut self, program: Program) -> Bot {
        self.hands.program = Some(program);
        self
    }

    /// Works until `stop`, and until the turns that are under way then have ended.
    pub async fn run(mut self, stop: CancellationToken) {
        self.hands.stop = stop.clone();
        let (desk, key) = (self.hands.desk.clone(), self.hands.key);
        let turns = TaskTracker::new();
        let follower = Follower {
            hands: Arc::new(self.hands),
            rules: self.rules,
            room: Arc::new(Semaphore::new(BOT_TURNS_AT_ONCE)),
            turns: turns.clone(),
            last: HashMap::new(),
        };
        followers::run(desk, key, follower, stop).await;
        turns.close();
        turns.wait().await;
    }
}

struct Follower {
    hands: Arc<Hands>,
    rules: Chosen,
    /// How many turns may be under way. Without room the journal waits.
    room: Arc<Semaphore>,
    turns: TaskTracker,
    /// Of each conversation, the end of its newest turn.
    last: HashMap<ConversationId, CancellationToken>,
}

impl Follow for Follower {
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
        let (Some(_), Some(conversation)) = (event.subject.customer(), event.subject.conversation()) else {
            return;
        };
        // What is older than the deadline is the timer's.
        if self.hands.time_left(event).is_none() {
            return;
        }
        let stop = self.hands.stop.clone();
        let room = tokio::select! {
            () = stop.cancelled() => return,
            room = self.room.clone().acquire_owned() => room,
        };
        let knows = self.rules.now(&self.hands.desk, self.hands.key).await;
        self.last.retain(|_, ended| !ended.is_cancelled());
        let ended = CancellationToken::new();
        let before = self.last.insert(conversation, ended.clone());
        let work = Work {
            event: event.clone(),
            conversation,
            knows,
            program: self.rules.program(),
            before,
            _ended: ended.drop_guard(),
            _room: room.ok(),
        };
        let hands = self.hands.clone();
        self.turns.spawn(async move { hands.work(work).await });
    }
}

/// One line to be answered. The turn ends, for whoever waits for it, when this is dropped.
struct Work {
    event: Event,
    conversation: ConversationId,
    knows: Knows,
    /// Whether the tenant lets a program answer.
    program: bool,
    before: Option<CancellationToken>,
    _ended: DropGuard,
    _room: Option<OwnedSemaphorePermit>,
}

/// What every turn needs.
struct Hands {
    desk: Desk,
    signals: Signals,
    tenant: TenantId,
    key: TenantKey,
    program: Option<Program>,
    stop: CancellationToken,
}

impl Hands {
    /// Until the desk hands over by itself; `None`: it does now.
    fn time_left(&self, event: &Event) -> Option<Duration> {
        let left = self.desk.settings().bot_deadline_ms * 1_000 - clock::now().since(event.time);
        u64::try_from(left).ok().map(Duration::from_micros)
    }

    async fn work(&self, work: Work) {
        if let Some(before) = &work.before {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = before.cancelled() => {}
            }
        }
        let (event, conversation) = (&work.event, work.conversation);
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
        let customer = trigger.customer.id;
        self.signals.bot_types(self.key, customer, conversation).await;
        let began = Instant::now();
        tokio::select! {
            () = self.stop.cancelled() => {}
            good = self.take_turn(&work, &trigger, &summary) => match good {
                true => self.desk.counts().bot.took(began.elapsed()),
                false => self.desk.counts().bot.failed(),
            }
        }
        self.signals.bot_rests(self.key, customer, conversation);
    }

    /// Whether it did not break and its turn was taken in.
    async fn take_turn(&self, work: &Work, trigger: &Trigger, summary: &Summary) -> bool {
        let Some(turn) = self.turn(work, trigger, summary).await else {
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
            work.event.time,
            &[b"bot", &self.key.0.to_be_bytes(), &trigger.rev.0.to_be_bytes()],
        );
        let turn = BotTurn {
            conversation: trigger.conversation,
            trigger: trigger.rev,
            turn,
        };
        self.submit(id, turn).await && !broke
    }

    /// What the bot says, made from the thread as it stands in the journal.
    async fn turn(&self, work: &Work, trigger: &Trigger, summary: &Summary) -> Option<Turn> {
        let customer = trigger.customer.id;
        let before = Some(trigger.rev.next());
        let (page, _) = self.desk.thread(self.key, customer, before, LOOK_BACK).await.ok()?;
        let row = self.desk.customer_row(self.key, customer).await.ok()?;
        let called = reading::called(&row.customer, &row.profile);
        let asked = Asked::of(&page, trigger.conversation, trigger.rev, summary.stage_rev, called);
        let program = self.program.as_ref().filter(|_| work.program);
        let question =
            program.map(|_| reading::question(&self.tenant, &asked, &page, trigger.conversation, trigger.rev));
        let mut knows = work.knows.clone();
        if program.is_none() {
            knows.model = self.desk.minds().newest(self.key).await.articles;
        }
        // Reading meaning takes milliseconds of a processor: not on a thread that others' frames wait for.
        let decided = tokio::task::spawn_blocking(move || decide(&knows, &asked)).await;
        let Ok(decided) = decided else {
            error!(
                trigger = trigger.rev.0,
                "the bot broke; the conversation goes to a person"
            );
            return Some(broken(HandOverNote::default()));
        };
        match (program.zip(question), decided) {
            (_, None) => Some(Turn::Silence),
            // Who asks for a person gets one, and so does what no program may answer.
            (Some((program, question)), Some(decision)) if !wants_person(&decision) => {
                let left = self.time_left(&work.event).unwrap_or_default();
                let deadline = tokio::time::Instant::now() + left.saturating_sub(BOT_PROGRAM_MARGIN);
                Some(match program.ask(&question, deadline).await {
                    Ok(said) => as_said(said, question.language),
                    Err(why) => {
                        warn!(tenant = self.tenant.as_str(), trigger = trigger.rev.0, %why, "the conversation goes to a person");
                        broken(HandOverNote {
                            why: Some(why.to_string()),
                            ..HandOverNote::default()
                        })
                    }
                })
            }
            (_, Some(decision)) => Some(as_decided(decision)),
        }
    }

    /// Whether it was taken in.
    async fn submit(&self, id: CommandId, turn: BotTurn) -> bool {
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

/// What is decided about the last of the lines. How often in a row nothing was understood is found by deciding about them again, so
/// that the bot needs no memory of its own.
fn decide(knows: &Knows, asked: &Asked) -> Option<Decision> {
    let lines: Vec<&str> = asked.lines.iter().map(String::as_str).collect();
    let talk = Talk {
        customer_name: &asked.customer_name,
        lines: &lines,
        begins: asked.begins,
        offered: asked.offered.as_ref(),
    };
    let decision = decision::decide(knows, &talk)?;
    debug!(why = ?decision.why, "decided");
    Some(decision)
}

/// Whether a rule, or the customer, wants a person: nothing comes before that.
fn wants_person(decision: &Decision) -> bool {
    matches!(decision.does, Does::HandOver { .. }) && matches!(decision.why, Why::Rule(_) | Why::NoneOfThese)
}

fn as_decided(decision: Decision) -> Turn {
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

fn as_said(said: Said, language: String) -> Turn {
    match said {
        Said::Reply(text) => Turn::Reply {
            text: text.as_str().to_owned(),
        },
        Said::Nothing => Turn::Silence,
        Said::HandOff { words, reason } => Turn::HandOver {
            text: words.map_or_else(|| HANDS_OVER.to_owned(), |words| words.as_str().to_owned()),
            reason: HandOverReason::Rule,
            note: Box::new(HandOverNote {
                why: reason,
                language: Some(language),
                ..HandOverNote::default()
            }),
        },
    }
}

fn broken(note: HandOverNote) -> Turn {
    Turn::HandOver {
        text: BROKEN.to_owned(),
        reason: HandOverReason::BotFailed,
        note: Box::new(note),
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
