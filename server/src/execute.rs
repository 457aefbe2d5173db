//! One command in the writer's transaction: known? load, decide, append, fold, answer. Everything that was read and
//! everything that is written is of one moment.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, Done, Outcome},
    event::{Event, EventBody, Subject},
    ids::{CommandId, ConversationId, CustomerId, LineNo, Mark, Rev, Time},
    people::CustomerRef,
    refusal::Refusal,
    stage::Stage,
    summary::{Summary, next_for},
};
use rand::RngExt;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::{
    clock,
    decide::{Decision, Facts, Settings, TimerChange, decide},
    faults::Faults,
    order::{Caller, Fire, Order, Who},
    store::{
        self, TenantKey, commands, conversations,
        journal::{self, Chance, New, Standing},
        people, threads,
        timers::{self, Timer},
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
    faults: Faults,
    events: &'a mut Vec<(TenantKey, Event)>,
    timers_set: &'a mut bool,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        conn: &'a Connection,
        tenant: TenantKey,
        settings: Settings,
        faults: Faults,
        events: &'a mut Vec<(TenantKey, Event)>,
        timers_set: &'a mut bool,
    ) -> Self {
        Self {
            conn,
            tenant,
            now: clock::now(),
            settings,
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
        return Ok(if answered.digest == digest {
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
    let (customer, conversation) = match find_subject(scope, caller, order)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let thread = threads::load(scope.conn, scope.tenant, customer.id)?;
    let newest_by_others = match (&caller.who, order) {
        (Who::Agent { agent, .. }, Order::Agent(AgentCommand::Post { seen, .. })) => {
            journal::newest_line_by_others(scope.conn, scope.tenant, customer.id, agent.id, seen.desk)?
        }
        _ => LineNo(0),
    };
    let mistaken = match &conversation {
        Some(summary) if scope.faults.bot_check_outside && matches!(order, Order::BotTurn(_)) => Some(Summary {
            stage: Stage::Bot,
            stage_rev: Rev(0),
            ..summary.clone()
        }),
        _ => None,
    };
    let facts = Facts {
        now: scope.now,
        customer: &customer,
        view: &thread.view,
        conversation: mistaken.as_ref().or(conversation.as_ref()),
        newest_by_others,
        fresh: ConversationId(uuid::Uuid::new_v4()),
        settings: scope.settings,
    };
    match decide(&facts, &caller.who, order) {
        Ok(decision) => {
            let standing = Standing {
                conversation: conversation.filter(|summary| Some(summary.conversation) == decision.conversation),
                thread: Some((customer.id, thread)),
            };
            write(scope, customer.id, id, decision, standing).map(Ok)
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Whose thread and which conversation a command is about.
#[allow(clippy::type_complexity)]
fn find_subject(
    scope: &Scope<'_>,
    caller: &Caller,
    order: &Order,
) -> store::Result<Result<(CustomerRef, Option<Summary>), Refusal>> {
    let named = match (&caller.who, order) {
        (Who::Customer(customer), _) => {
            let newest = conversations::newest(scope.conn, scope.tenant, customer.id)?;
            // Who signed in is looked up again: the account may be gone since.
            return Ok(match people::customer_by_id(scope.conn, scope.tenant, customer.id)? {
                Some(customer) => Ok((customer, newest)),
                None => Err(Refusal::SignIn),
            });
        }
        (Who::Agent { agent, .. }, Order::Agent(AgentCommand::TakeNext {})) => {
            let candidates = conversations::candidates(scope.conn, scope.tenant, agent.id)?;
            return Ok(match next_for(agent.id, &candidates) {
                Some(next) => Ok((next.customer.clone(), Some(next.clone()))),
                None => Err(Refusal::NobodyWaits),
            });
        }
        (_, Order::Agent(command)) => command.conversation(),
        (_, Order::BotTurn(turn)) => Some(turn.conversation),
        (_, Order::Fire(fire)) => Some(fire.conversation),
        (_, Order::Customer(_)) => None,
    };
    let Some(id) = named else {
        return Ok(Err(Refusal::Forbidden));
    };
    // Looked up within the caller's tenant: a foreign id is an unknown one.
    Ok(match conversations::load(scope.conn, scope.tenant, id)? {
        Some(summary) => Ok((summary.customer.clone(), Some(summary))),
        None => Err(Refusal::NotFound),
    })
}

fn write(
    scope: &mut Scope<'_>,
    customer: CustomerId,
    id: CommandId,
    decision: Decision,
    mut standing: Standing,
) -> store::Result<Done> {
    let mut done = Done {
        conversation: decision.conversation,
        ..Done::default()
    };
    let Some(conversation) = decision.conversation else {
        return Ok(done);
    };
    let subject = Subject::Conversation { customer, conversation };
    for body in decision.events {
        let event = scope.append_to(&mut standing, subject, Some(id), body)?;
        done.rev = Some(event.rev);
        done.seq = event.seq.or(done.seq);
    }
    for change in decision.timers {
        match change {
            TimerChange::Set { kind, due } => {
                let Some(set_by) = done.rev else { continue };
                let fire = Fire {
                    kind,
                    conversation,
                    set_by,
                };
                timers::set(
                    scope.conn,
                    &Timer {
                        tenant: scope.tenant,
                        fire,
                        due,
                    },
                )?;
                *scope.timers_set = true;
            }
            TimerChange::Clear { kind, set_by } => {
                timers::clear(scope.conn, scope.tenant, kind, conversation, Some(set_by))?;
            }
            TimerChange::ClearAll { kind } => timers::clear(scope.conn, scope.tenant, kind, conversation, None)?,
        }
    }
    Ok(done)
}
