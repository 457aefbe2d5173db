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
    chosen::{Chosen, WithProvider},
    decision::Knows,
    program::Program,
    provider::Provider,
    reading::{self, Asked},
    rules::Rules,
    turns::{as_decided, as_said, broken, decide, wants_person},
    worded::{self, Ends, Wording},
};
use crate::{
    clock,
    desk::Desk,
    followers::{self, Follow},
    limits::{BOT_PROGRAM_MARGIN, BOT_TURNS_AT_ONCE},
    order::{BotTurn, Order, Turn},
    signals::{Saying, Signals},
    store::TenantKey,
    timers::derived_id,
};

/// Events of a thread that the bot looks back on to know how often in a row it did not understand.
const LOOK_BACK: usize = 40;

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
                provider: None,
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

    /// With a provider that puts into words what the articles answer.
    #[must_use]
    pub fn with_provider(mut self, provider: Arc<Provider>) -> Bot {
        self.hands.provider = Some(provider);
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
    /// Of each conversation, the end of its newest turn, and what ends it early.
    last: HashMap<ConversationId, (CancellationToken, Ends)>,
}

impl Follow for Follower {
    fn name(&self) -> &'static str {
        "bot"
    }

    async fn event(&mut self, event: &Event) {
        if let (Some(conversation), true) = (event.subject.conversation(), ends_the_bots_part(&event.body))
            && let Some((_, ends)) = self.last.get(&conversation)
        {
            ends.for_nothing.cancel();
        }
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
        self.last.retain(|_, (ended, _)| !ended.is_cancelled());
        let (ended, ends) = (CancellationToken::new(), Ends::default());
        let before = self.last.insert(conversation, (ended.clone(), ends.clone()));
        let before = before.map(|(ended, ends)| {
            // Whoever writes again is answered now, as far as that goes: the next turn comes after it.
            ends.now.cancel();
            ended
        });
        let work = Work {
            event: event.clone(),
            conversation,
            knows,
            program: self.rules.program(),
            provider: self.rules.provider(),
            ends,
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
    provider: WithProvider,
    ends: Ends,
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
    provider: Option<Arc<Provider>>,
    stop: CancellationToken,
}

/// Whether the conversation is not the bot's after this.
fn ends_the_bots_part(body: &EventBody) -> bool {
    matches!(
        body,
        EventBody::TakenOver(_) | EventBody::HumanRequested(_) | EventBody::Closed(_) | EventBody::Erased(_)
    )
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
        let Some((mut turn, wording)) = self.turn(work, trigger, summary).await else {
            return false;
        };
        // It is shown until the turn is taken in: then the line takes the place of what grew.
        let saying = match wording {
            Some(wording) => self.word(work, trigger, wording, &mut turn).await,
            None => None,
        };
        if work.ends.for_nothing.is_cancelled() {
            return true;
        }
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
        let taken = self.submit(id, turn).await;
        drop(saying);
        taken && !broke
    }

    /// Has the provider put what an article answers into words, if the tenant wants that. What is shown meanwhile.
    async fn word(&self, work: &Work, trigger: &Trigger, wording: Wording, turn: &mut Turn) -> Option<Saying> {
        let provider = self.provider.as_ref().filter(|_| work.provider.on)?;
        let Turn::Article { text, .. } = turn else { return None };
        let customer = trigger.customer.id;
        let saying = self.signals.saying(self.key, customer, trigger.conversation).await;
        let left = self.signals.customer_left(self.key, customer);
        let called_off = async {
            tokio::select! {
                () = work.ends.told() => {}
                () = self.stop.cancelled() => {}
                () = left => {}
            }
        };
        let waits = worded::Waits {
            tenant: self.key,
            customer,
            since: work.event.time,
            budget: work.provider.budget,
        };
        *text = worded::word(&self.desk, provider, waits, wording, text, saying.as_ref(), called_off).await;
        saying
    }

    /// What the bot says, made from the thread as it stands in the journal.
    async fn turn(&self, work: &Work, trigger: &Trigger, summary: &Summary) -> Option<(Turn, Option<Wording>)> {
        let customer = trigger.customer.id;
        let before = Some(trigger.rev.next());
        let (page, _) = self.desk.thread(self.key, customer, before, LOOK_BACK).await.ok()?;
        let row = self.desk.customer_row(self.key, customer).await.ok()?;
        let called = reading::called(&row.customer, &row.profile);
        let asked = Asked::of(&page, trigger.conversation, trigger.rev, summary.stage_rev, called);
        let program = self.program.as_ref().filter(|_| work.program);
        let question = program.map(|_| {
            reading::question(
                &self.tenant,
                work.knows.rules.default_language(),
                &asked,
                &page,
                trigger.conversation,
                trigger.rev,
            )
        });
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
            return Some((broken(HandOverNote::default()), None));
        };
        let (decided, wording) = decided;
        let turn = match (program.zip(question), decided) {
            (_, None) => Turn::Silence,
            // Who asks for a person gets one, and so does what no program may answer.
            (Some((program, question)), Some(decision)) if !wants_person(&decision) => {
                let left = self.time_left(&work.event).unwrap_or_default();
                let deadline = tokio::time::Instant::now() + left.saturating_sub(BOT_PROGRAM_MARGIN);
                match program.ask(&question, deadline).await {
                    Ok(said) => as_said(said, question.language),
                    Err(why) => {
                        warn!(tenant = self.tenant.as_str(), trigger = trigger.rev.0, %why, "the conversation goes to a person");
                        broken(HandOverNote {
                            why: Some(why.to_string()),
                            ..HandOverNote::default()
                        })
                    }
                }
            }
            (_, Some(decision)) => as_decided(decision),
        };
        Some((turn, wording))
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

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
