//! One command in the writer's transaction: known? load, decide, append, fold, answer. Everything that was read and
//! everything that is written is of one moment.

mod audited;
mod choices;
pub mod erase;
mod gather;
mod note;
mod of_customer;
mod subject;

use std::cell::RefCell;

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done, Outcome},
    event::{Event, EventBody, Subject},
    ids::{CommandId, ConversationId, Mark, Rev, Time},
    refusal::Refusal,
    stage::Stage,
    summary::Summary,
};
use rand::RngExt;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

pub use self::choices::{Choice, Choices};
use crate::{
    clock,
    decide::{Decision, Facts, Settings, ThreadFacts, TimerChange, Write, decide},
    faults::Faults,
    order::{Caller, Fire, Order},
    store::{
        self, TenantKey,
        audit::{self, By},
        commands, examples, files,
        journal::{self, Chance, New, Standing},
        library, staff,
        tenants::removal,
        threads,
        timers::{self, Timer},
        webhooks,
    },
};

/// What a piece of work in the writer's transaction works with.
pub struct Scope<'a> {
    /// The connection, inside a savepoint.
    pub conn: &'a Connection,
    /// The tenant.
    pub tenant: TenantKey,
    /// The present time, the same for all that this work writes.
    pub now: Time,
    settings: Settings,
    choices: &'a RefCell<Choices>,
    faults: Faults,
    events: &'a mut Vec<(TenantKey, Event)>,
    timers_set: &'a mut bool,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        conn: &'a Connection,
        tenant: TenantKey,
        settings: Settings,
        choices: &'a RefCell<Choices>,
        faults: Faults,
        events: &'a mut Vec<(TenantKey, Event)>,
        timers_set: &'a mut bool,
    ) -> Self {
        Self {
            conn,
            tenant,
            now: clock::now(),
            settings,
            choices,
            faults,
            events,
            timers_set,
        }
    }

    /// Appends an event to the journal; it is published when the transaction is committed.
    pub fn append(&mut self, subject: Subject, command: Option<CommandId>, body: EventBody) -> store::Result<Event> {
        let mut standing = Standing::read(self.conn, self.tenant, subject)?;
        self.append_to(&mut standing, subject, command, body)
    }

    /// Does something for another tenant in the same transaction: for the operator, who makes and changes tenants.
    pub(crate) fn within<T>(&mut self, tenant: TenantKey, work: impl FnOnce(&mut Self) -> T) -> T {
        let mine = std::mem::replace(&mut self.tenant, tenant);
        let value = work(self);
        self.tenant = mine;
        value
    }

    /// Removes a piece of all that a tenant has; see [`removal::piece`].
    pub(crate) fn remove_piece(&mut self, tenant: TenantKey) -> store::Result<bool> {
        let done = removal::piece(self.conn, tenant)?;
        self.choices.borrow_mut().forget(tenant);
        Ok(done)
    }

    /// Writes to the audit log, in the transaction of what it tells. `action` is a noun, a dot and a participle, as
    /// `agent.disabled`; `object` names what it was done to; `detail` is an object with more of it. Never a secret, a
    /// password, a token or the text of a line.
    ///
    /// # Errors
    /// What kept it from being written.
    pub fn audit(
        &self,
        by: &By,
        action: &'static str,
        object: impl Into<String>,
        detail: serde_json::Value,
    ) -> store::Result<()> {
        let entry = audit::NewEntry {
            actor: by.actor.clone(),
            action,
            object: object.into(),
            detail,
            address: by.address.map(|address| address.to_string()),
        };
        audit::record(self.conn, self.tenant, self.now, &entry).map(drop)
    }

    /// Appends an event that happened on another desk, with the time and the mark that it has there. It is numbered anew.
    /// Its number here.
    pub fn append_from_elsewhere(&mut self, event: Event) -> store::Result<Rev> {
        let mut standing = Standing::read(self.conn, self.tenant, event.subject)?;
        let new = New {
            time: event.time,
            subject: event.subject,
            command: event.command,
            body: event.body,
            chance: Chance {
                mark: event.mark,
                salt: rand::rng().random(),
            },
        };
        let event = journal::append(self.conn, self.tenant, new, &mut standing)?;
        let rev = event.rev;
        self.events.push((self.tenant, event));
        // Its timers may come with the lines behind it.
        *self.timers_set = true;
        Ok(rev)
    }

    /// The same for who has read how the subject stands, in this piece of work.
    fn append_to(
        &mut self,
        standing: &mut Standing,
        subject: Subject,
        command: Option<CommandId>,
        body: EventBody,
    ) -> store::Result<Event> {
        let mut random = rand::rng();
        let chance = Chance {
            mark: Mark(random.random()),
            salt: random.random(),
        };
        let new = New {
            time: self.now,
            subject,
            command,
            body,
            chance,
        };
        let event = journal::append(self.conn, self.tenant, new, standing)?;
        webhooks::note(self.conn, self.tenant, &event)?;
        self.events.push((self.tenant, event.clone()));
        Ok(event)
    }
}

/// Does a command, or gives the stored answer to one that came before.
pub fn command(
    scope: &mut Scope<'_>,
    caller: &Caller,
    id: CommandId,
    order: &Order,
) -> store::Result<Result<Done, Refusal>> {
    let digest = digest(order);
    if !scope.faults.command_key_dropped
        && let Some(answered) = commands::find(scope.conn, scope.tenant, caller.sender(), id)?
    {
        return Ok(if answered.is_to(&digest) {
            metrics::counter!(crate::telemetry::DUPLICATES).increment(1);
            repeated(answered.outcome)
        } else {
            Err(Refusal::Conflict)
        });
    }
    let outcome = match execute(scope, caller, id, order)? {
        Ok(done) => Outcome::Done(done),
        Err(refusal) => Outcome::Refused { refusal },
    };
    if !scope.faults.command_key_dropped && !is_idle_mark(order, &outcome) {
        commands::store(scope.conn, scope.tenant, caller.sender(), id, &digest, &outcome)?;
    }
    Ok(match outcome {
        Outcome::Done(done) => Ok(done),
        Outcome::Refused { refusal } => Err(refusal),
    })
}

/// A read mark that moved nothing moves nothing when it comes again either, as marks only go forward: its answer stands
/// for ever without a row, and a client that marks in a loop fills no disk.
fn is_idle_mark(order: &Order, outcome: &Outcome) -> bool {
    let marks = matches!(
        order,
        Order::Agent(AgentCommand::MarkSeen { .. }) | Order::Customer(CustomerCommand::MarkSeen { .. })
    );
    marks && matches!(outcome, Outcome::Done(done) if done.rev.is_none())
}

fn repeated(outcome: Outcome) -> Result<Done, Refusal> {
    match outcome {
        Outcome::Done(done) => Ok(Done { repeat: true, ..done }),
        Outcome::Refused { refusal } => Err(refusal),
    }
}

/// SHA-256 of what is asked. The same command sent again has the same one.
fn digest(order: &Order) -> [u8; 32] {
    let text = serde_json::to_vec(order).expect("an order always has a JSON form");
    Sha256::digest(text).into()
}

fn execute(
    scope: &mut Scope<'_>,
    caller: &Caller,
    id: CommandId,
    order: &Order,
) -> store::Result<Result<Done, Refusal>> {
    let choice = scope.choices.borrow_mut().of(scope.conn, scope.tenant)?;
    let staff = match subject::needs_staff(order) {
        true => Some(staff::load(scope.conn, scope.tenant)?),
        false => None,
    };
    let place = match subject::find(scope, caller, order, &choice.settings, staff.as_ref())? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let thread = match &place {
        Some(place) => Some(threads::load(scope.conn, scope.tenant, place.customer.id)?),
        None => None,
    };
    let mut more = gather::more(scope, caller, order, place.as_ref(), staff.as_ref())?;
    more.words = Some(crate::bot::words_of_desk(&choice.settings.bot.language, &more.spoken));
    if scope.faults.capacity_outside {
        more.active.clear();
    }
    let mistaken = match place.as_ref().and_then(|it| it.conversation.as_ref()) {
        Some(summary) if scope.faults.bot_check_outside && matches!(order, Order::BotTurn(_)) => Some(Summary {
            stage: Stage::Bot,
            stage_rev: Rev(0),
            ..summary.clone()
        }),
        _ => None,
    };
    let facts = Facts {
        now: scope.now,
        settings: scope.settings,
        desk: &choice.settings,
        calendar: choice.calendar.as_deref(),
        thread: place.as_ref().zip(thread.as_ref()).map(|(place, thread)| ThreadFacts {
            customer: &place.customer,
            view: &thread.view,
            conversation: mistaken.as_ref().or(place.conversation.as_ref()),
            fresh: ConversationId(uuid::Uuid::new_v4()),
        }),
        more,
    };
    match decide(&facts, &caller.who, order) {
        Ok(decision) => {
            let standing = place.zip(thread).map(|(place, thread)| Standing {
                conversation: place
                    .conversation
                    .filter(|summary| Some(summary.conversation) == decision.conversation),
                thread: Some((place.customer.id, thread)),
            });
            audited::decision(scope, caller, order, &decision, &choice.settings)?;
            write(scope, (caller, id), decision, standing).map(Ok)
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Writes what was decided: events, timers, and what is no event, all in the command's savepoint.
fn write(
    scope: &mut Scope<'_>,
    (caller, id): (&Caller, CommandId),
    decision: Decision,
    mut standing: Option<Standing>,
) -> store::Result<Done> {
    let mut done = Done {
        conversation: decision.conversation,
        warning: decision.warning,
        ticket: decision.ticket,
        ..Done::default()
    };
    let customer = standing
        .as_ref()
        .and_then(|it| it.thread.as_ref())
        .map(|(customer, _)| *customer);
    let here = customer
        .zip(decision.conversation)
        .map(|(customer, conversation)| Subject::Conversation { customer, conversation });
    let mut line = None;
    for body in decision.events {
        let event = match (subject::of(&body), here, &mut standing) {
            (Some(subject), _, _) => scope.append(subject, Some(id), body)?,
            (None, Some(subject), Some(standing)) => scope.append_to(standing, subject, Some(id), body)?,
            // Decided about a conversation that there is none of: a mistake of ours, rolled back.
            (None, _, _) => return Err(store::damaged(NoSubject)),
        };
        if matches!(event.body, EventBody::Posted(_)) {
            line = line.or(Some(event.rev));
        }
        done.rev = Some(event.rev);
        done.seq = event.seq.or(done.seq);
    }
    for change in decision.writes {
        match change {
            Write::Article(it) => library::write_article(scope.conn, scope.tenant, &it.1, &it.0)?,
            Write::ReplyUsed(reply) => {
                library::count_use(scope.conn, scope.tenant, reply)?;
                if let Some(conversation) = decision.conversation {
                    examples::reply_used(scope.conn, scope.tenant, conversation, reply, scope.now)?;
                }
            }
            Write::FileSent(file) => {
                let (conversation, line) = decision
                    .conversation
                    .zip(line)
                    .ok_or_else(|| store::damaged(NoSubject))?;
                files::sent(scope.conn, scope.tenant, file, conversation, line)?;
            }
            Write::FileGone(file) => files::gone(scope.conn, scope.tenant, file, scope.now)?,
            Write::OfCustomer(what) => of_customer::write(scope, caller, id, &what)?,
        }
    }
    if let Some(conversation) = decision.conversation {
        change_timers(scope, conversation, done.rev, &decision.timers)?;
    }
    Ok(done)
}

fn change_timers(
    scope: &mut Scope<'_>,
    conversation: ConversationId,
    set_by: Option<Rev>,
    changes: &[TimerChange],
) -> store::Result<()> {
    for change in changes {
        match *change {
            TimerChange::Set { kind, due } => {
                let Some(set_by) = set_by else { continue };
                let fire = Fire {
                    kind,
                    conversation,
                    set_by,
                };
                let tenant = scope.tenant;
                timers::set(scope.conn, &Timer { tenant, fire, due })?;
                *scope.timers_set = true;
            }
            TimerChange::Clear { kind, set_by } => {
                timers::clear(scope.conn, scope.tenant, kind, conversation, Some(set_by))?;
            }
            TimerChange::ClearAll { kind } => timers::clear(scope.conn, scope.tenant, kind, conversation, None)?,
        }
    }
    Ok(())
}

#[derive(Debug, thiserror::Error)]
#[error("an event of a conversation was decided for a command that is about none")]
struct NoSubject;
