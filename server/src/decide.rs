//! The decision: what a command does to a conversation, as events or a refusal. Pure: it sees what the writer's
//! transaction read, and does nothing itself. It is the only place that decides; so that the bot cannot talk over
//! a person is a property of this file, not of timing.
//!
//! | Command (caller) | Bot | Waiting | Active, mine | Active, another's | Closed or none |
//! | --- | --- | --- | --- | --- | --- |
//! | Post (customer) | Posted | Posted | Posted | Posted | Opened + Posted |
//! | Post (agent) | refuse: not_owner | refuse: not_owner | Posted | refuse: taken_by | refuse: closed |
//! | Post (agent, `take_over`) | TakenOver + Posted | TakenOver + Posted | Posted | refuse: taken_by | refuse: closed |
//! | BotTurn (bot), trigger of this stretch | as told | nothing | nothing | nothing | nothing |
//! | RequestHuman (customer) | HumanRequested | nothing | nothing | nothing | refuse: closed |
//! | TakeOver (agent) | TakenOver | TakenOver | nothing | refuse: taken_by | refuse: closed |
//! | HandBack (agent) | nothing | HandedBack | HandedBack | refuse: taken_by | refuse: closed |
//! | MarkSeen (customer) | Seen, only forward | same | same | same | same |
//! | MarkSeen (agent) | nothing | nothing | Seen, only forward | nothing | nothing |
//! | Close (customer) | Closed | Closed | Closed | Closed | nothing |
//! | Close (agent) | Closed | Closed | Closed | refuse: taken_by (an admin may) | nothing |
//! | Fire (bot deadline), set in this stretch | Posted + HumanRequested | nothing | nothing | nothing | nothing |
//!
//! "Nothing" is success without an event: a wish that is already true is no error. A desk without a bot adds
//! HumanRequested to Opened and to HandedBack. An agent's Post is refused as `stale` when a colleague or the
//! bot has written since what the author saw, Close as `unseen` when the customer has.
//! TakeNext is TakeOver of what [`next_for`](minicom_protocol::summary::next_for) finds, or nothing if it is the agent's own already.

use minicom_protocol::{
    command::{AgentCommand, CustomerCommand, SeenLines},
    event::{Author, Closed, EventBody, HandedBack, HumanRequested, Opened, Part, Posted, Seen, TakenOver},
    ids::{ConversationId, LineNo, Rev, Time},
    people::{AgentRef, CustomerRef, Role},
    refusal::Refusal,
    stage::{Closer, HandOverReason, Side, Stage},
    summary::Summary,
    text::MessageText,
    thread_view::ThreadView,
};

use crate::order::{BotTurn, Fire, Order, TimerKind, Turn, Who};

/// What the transaction read before the decision.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The server's time.
    pub now: Time,
    /// Whose thread it is.
    pub customer: &'a CustomerRef,
    /// The thread.
    pub view: &'a ThreadView,
    /// The conversation that the command is about: the one it names, else the thread's newest. `None`
    /// before the first.
    pub conversation: Option<&'a Summary>,
    /// The newest desk's line that the calling agent has not seen, by somebody else; 0 if there is none. Only asked for when an
    /// agent posts.
    pub newest_by_others: LineNo,
    /// The id for a conversation that the command may open.
    pub fresh: ConversationId,
    /// The tenant's settings.
    pub settings: Settings,
}

/// What a tenant has chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Whether the bot answers first; without it every conversation goes to the queue at once.
    pub bot: bool,
    /// How long the bot may take, in milliseconds, before the desk hands over.
    pub bot_deadline_ms: i64,
}

/// What a command does.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The conversation it was about.
    pub conversation: Option<ConversationId>,
    /// What happens, in order. Empty if the wish is true already.
    pub events: Vec<EventBody>,
    /// What becomes of timers.
    pub timers: Vec<TimerChange>,
}

/// What becomes of a conversation's timers, in the transaction of their cause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerChange {
    /// Set one, by the decision's last event.
    Set {
        /// What for.
        kind: TimerKind,
        /// When it is due.
        due: Time,
    },
    /// Take away the one that this event set.
    Clear {
        /// What it was for.
        kind: TimerKind,
        /// The event.
        set_by: Rev,
    },
    /// Take away all of this kind.
    ClearAll {
        /// What they were for.
        kind: TimerKind,
    },
}

/// Decides what `order` by `who` does.
pub fn decide(facts: &Facts<'_>, who: &Who, order: &Order) -> Result<Decision, Refusal> {
    match (who, order) {
        (Who::Customer(_), Order::Customer(command)) => by_customer(facts, command),
        (Who::Agent { agent, role }, Order::Agent(command)) => by_agent(facts, agent, *role, command),
        (Who::Bot, Order::BotTurn(turn)) => bot_turn(facts, turn),
        (Who::Server, Order::Fire(fire)) => fire_timer(facts, fire),
        _ => Err(Refusal::Forbidden),
    }
}

fn by_customer(facts: &Facts<'_>, command: &CustomerCommand) -> Result<Decision, Refusal> {
    match command {
        CustomerCommand::Post { text } => customer_posts(facts, text),
        CustomerCommand::RequestHuman {} => match open(facts)?.stage {
            Stage::Bot => Ok(leaving_bot(
                facts,
                vec![human_requested(HandOverReason::CustomerAsked, true)],
            )),
            _ => Ok(nothing(facts)),
        },
        CustomerCommand::Close {} => match open(facts) {
            Ok(_) => Ok(leaving_bot(
                facts,
                vec![EventBody::Closed(Closed { by: Closer::Customer })],
            )),
            Err(_) => Ok(nothing(facts)),
        },
        CustomerCommand::MarkSeen { up_to } => {
            let up_to = (*up_to).min(facts.view.desk_lines);
            let moves = up_to > facts.view.customer_mark && facts.conversation.is_some();
            Ok(when(
                facts,
                moves,
                EventBody::Seen(Seen {
                    side: Side::Customer,
                    up_to,
                }),
            ))
        }
    }
}

fn by_agent(facts: &Facts<'_>, agent: &AgentRef, role: Role, command: &AgentCommand) -> Result<Decision, Refusal> {
    let stage = &facts.conversation.ok_or(Refusal::NotFound)?.stage;
    match command {
        AgentCommand::Post {
            text,
            seen,
            take_over,
            anyway,
            ..
        } => agent_posts(facts, agent, text, *seen, *take_over, *anyway),
        // The writer has chosen the conversation; what is the agent's own already stays so.
        AgentCommand::TakeOver { .. } | AgentCommand::TakeNext {} => match stage {
            Stage::Bot | Stage::Waiting { .. } => Ok(leaving_bot(facts, vec![taken_over(agent)])),
            Stage::Active { .. } => mine(stage, agent).map(|()| nothing(facts)),
            Stage::Closed { .. } => Err(Refusal::Closed),
        },
        AgentCommand::HandBack { .. } => match stage {
            Stage::Bot => Ok(nothing(facts)),
            Stage::Waiting { .. } => Ok(hand_back(facts, agent)),
            Stage::Active { .. } => mine(stage, agent).map(|()| hand_back(facts, agent)),
            Stage::Closed { .. } => Err(Refusal::Closed),
        },
        AgentCommand::Close { seen, .. } => match stage {
            Stage::Closed { .. } => Ok(nothing(facts)),
            _ => {
                if role != Role::Admin {
                    mine(stage, agent)?;
                }
                let newest = facts.view.customer_lines;
                if newest > *seen {
                    return Err(Refusal::Unseen { newest });
                }
                let by = Closer::Agent { agent: agent.clone() };
                Ok(leaving_bot(facts, vec![EventBody::Closed(Closed { by })]))
            }
        },
        AgentCommand::MarkSeen { up_to, .. } => {
            let up_to = (*up_to).min(facts.view.customer_lines);
            let moves = up_to > facts.view.desk_mark && stage.is_owned_by(agent.id);
            Ok(when(
                facts,
                moves,
                EventBody::Seen(Seen {
                    side: Side::Desk,
                    up_to,
                }),
            ))
        }
    }
}

fn customer_posts(facts: &Facts<'_>, text: &str) -> Result<Decision, Refusal> {
    let line = posted(Author::Customer, facts.view.customer_lines.next(), text)?;
    let deadline = TimerChange::Set {
        kind: TimerKind::BotDeadline,
        due: facts.now.plus_ms(facts.settings.bot_deadline_ms),
    };
    if let Ok(summary) = open(facts) {
        let timers = if summary.stage.is_bot() { vec![deadline] } else { vec![] };
        return Ok(Decision {
            conversation: Some(summary.conversation),
            events: vec![line],
            timers,
        });
    }
    let opened = EventBody::Opened(Opened {
        customer: facts.customer.clone(),
        number: facts.conversation.map_or(1, |last| last.number + 1),
        customer_lines: facts.view.customer_lines,
        desk_lines: facts.view.desk_lines,
        customer_mark: facts.view.customer_mark,
        desk_mark: facts.view.desk_mark,
    });
    let conversation = Some(facts.fresh);
    Ok(if facts.settings.bot {
        Decision {
            conversation,
            events: vec![opened, line],
            timers: vec![deadline],
        }
    } else {
        let wanted = human_requested(HandOverReason::NoBot, false);
        Decision {
            conversation,
            events: vec![opened, line, wanted],
            timers: vec![],
        }
    })
}

fn agent_posts(
    facts: &Facts<'_>,
    agent: &AgentRef,
    text: &str,
    seen: SeenLines,
    take_over: bool,
    anyway: bool,
) -> Result<Decision, Refusal> {
    let stage = &open(facts)?.stage;
    mine(stage, agent)?;
    let owned = stage.is_owned_by(agent.id);
    if !owned && !take_over {
        return Err(Refusal::NotOwner);
    }
    if !anyway && facts.newest_by_others > seen.desk {
        return Err(Refusal::Stale {
            newest: facts.view.desk_lines,
        });
    }
    let line = posted(
        Author::Agent { agent: agent.clone() },
        facts.view.desk_lines.next(),
        text,
    )?;
    Ok(if owned {
        happens(facts, vec![line])
    } else {
        leaving_bot(facts, vec![taken_over(agent), line])
    })
}

fn bot_turn(facts: &Facts<'_>, turn: &BotTurn) -> Result<Decision, Refusal> {
    let summary = facts.conversation.ok_or(Refusal::NotFound)?;
    let clear = TimerChange::Clear {
        kind: TimerKind::BotDeadline,
        set_by: turn.trigger,
    };
    // A turn counts only in the stretch that its trigger was written in: what was asked before a person took
    // over and handed back is not answered afterwards.
    if !summary.stage.is_bot() || turn.trigger <= summary.stage_rev {
        return Ok(Decision {
            timers: vec![clear],
            ..nothing(facts)
        });
    }
    let next = facts.view.desk_lines.next();
    Ok(match &turn.turn {
        Turn::Silence => Decision {
            timers: vec![clear],
            ..nothing(facts)
        },
        Turn::Reply { text } => Decision {
            timers: vec![clear],
            ..happens(facts, vec![posted(Author::Bot, next, text)?])
        },
        Turn::HandOver { text, reason } => leaving_bot(
            facts,
            vec![posted(Author::Bot, next, text)?, human_requested(*reason, false)],
        ),
    })
}

fn fire_timer(facts: &Facts<'_>, fire: &Fire) -> Result<Decision, Refusal> {
    let summary = facts.conversation.ok_or(Refusal::NotFound)?;
    let clear = TimerChange::Clear {
        kind: fire.kind,
        set_by: fire.set_by,
    };
    match fire.kind {
        TimerKind::BotDeadline if summary.stage.is_bot() && fire.set_by > summary.stage_rev => {
            let words = "The assistant did not answer in time, so a person has been asked for.";
            let line = posted(Author::System, facts.view.desk_lines.next(), words)?;
            Ok(leaving_bot(
                facts,
                vec![line, human_requested(HandOverReason::BotLate, false)],
            ))
        }
        TimerKind::BotDeadline => Ok(Decision {
            timers: vec![clear],
            ..nothing(facts)
        }),
    }
}

fn hand_back(facts: &Facts<'_>, agent: &AgentRef) -> Decision {
    let mut events = vec![EventBody::HandedBack(HandedBack { agent: agent.clone() })];
    if !facts.settings.bot {
        events.push(human_requested(HandOverReason::NoBot, false));
    }
    happens(facts, events)
}

/// The conversation, if it is open.
fn open<'a>(facts: &Facts<'a>) -> Result<&'a Summary, Refusal> {
    facts
        .conversation
        .filter(|summary| summary.stage.is_open())
        .ok_or(Refusal::Closed)
}

/// Refuses if a colleague owns it.
fn mine(stage: &Stage, agent: &AgentRef) -> Result<(), Refusal> {
    match stage {
        Stage::Active { agent: owner, since } if owner.id != agent.id => Err(Refusal::TakenBy {
            agent: owner.clone(),
            since: *since,
        }),
        _ => Ok(()),
    }
}

fn posted(author: Author, line: LineNo, text: &str) -> Result<EventBody, Refusal> {
    let text = MessageText::parse(text)?;
    Ok(EventBody::Posted(Posted {
        author,
        line,
        parts: vec![Part::of_text(text)],
    }))
}

fn taken_over(agent: &AgentRef) -> EventBody {
    EventBody::TakenOver(TakenOver { agent: agent.clone() })
}

fn human_requested(reason: HandOverReason, by_customer: bool) -> EventBody {
    EventBody::HumanRequested(HumanRequested { reason, by_customer })
}

fn happens(facts: &Facts<'_>, events: Vec<EventBody>) -> Decision {
    Decision {
        conversation: facts.conversation.map(|summary| summary.conversation),
        events,
        timers: vec![],
    }
}

fn nothing(facts: &Facts<'_>) -> Decision {
    happens(facts, vec![])
}

fn when(facts: &Facts<'_>, holds: bool, event: EventBody) -> Decision {
    happens(facts, if holds { vec![event] } else { vec![] })
}

/// What ends a stretch of the bot, if one was on: nobody waits for its answers any more.
fn leaving_bot(facts: &Facts<'_>, events: Vec<EventBody>) -> Decision {
    let timers = vec![TimerChange::ClearAll {
        kind: TimerKind::BotDeadline,
    }];
    Decision {
        timers,
        ..happens(facts, events)
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
