//! A decision in the making: what happens in which order, and what follows from it by itself. The lines of one decision number
//! on from each other; entering and leaving the queue, the bot's stretch and an owner's hands each bring their timers with them.

use minicom_protocol::{
    command::Warning,
    event::{Author, Deadline, EventBody, HandOverNote, HumanRequested, Part, Posted, Requeued},
    ids::{LineNo, Time},
    intake::Priority,
    line::{LineState, Notice, Quote},
    people::AgentRef,
    stage::HandOverReason,
    summary::Summary,
    text::MessageText,
};

use super::{Decision, Facts, ThreadFacts, TimerChange, Write};
use crate::order::TimerKind;

/// Everything that a conversation can have a timer for.
const ALL_TIMERS: [TimerKind; 6] = [
    TimerKind::BotDeadline,
    TimerKind::Snooze,
    TimerKind::WaitLimit,
    TimerKind::OwnerSilent,
    TimerKind::SilenceWarning,
    TimerKind::SilenceClose,
];

/// A decision about a thread in the making.
pub struct Plan<'f, 'a> {
    pub facts: &'f Facts<'a>,
    thread: ThreadFacts<'a>,
    decision: Decision,
    desk_lines: LineNo,
    customer_lines: LineNo,
    /// Whether the desk has said when somebody is there, before or in this decision.
    told_hours: bool,
}

impl<'f, 'a> Plan<'f, 'a> {
    /// Nothing happens yet.
    pub fn new(facts: &'f Facts<'a>, thread: &ThreadFacts<'a>) -> Self {
        let notices = thread.conversation.map_or(&[][..], |row| &row.notices);
        Self {
            facts,
            thread: *thread,
            decision: Decision {
                conversation: thread.conversation.map(|row| row.conversation),
                ..Decision::default()
            },
            desk_lines: thread.view.desk_lines,
            customer_lines: thread.view.customer_lines,
            told_hours: notices.contains(&Notice::Hours),
        }
    }

    /// The finished decision.
    pub fn done(self) -> Decision {
        self.decision
    }

    /// Something happens.
    pub fn event(&mut self, event: EventBody) -> &mut Self {
        self.decision.events.push(event);
        self
    }

    /// It opens a new conversation.
    pub fn opens(&mut self) {
        self.decision.conversation = Some(self.thread.fresh);
        self.told_hours = false;
    }

    /// It should be known.
    pub fn warn(&mut self, warning: Option<Warning>) {
        self.decision.warning = self.decision.warning.or(warning);
    }

    /// It is about this ticket.
    pub fn ticket(&mut self, ticket: minicom_protocol::ids::TicketNo) {
        self.decision.ticket = Some(ticket);
    }

    /// Something is written besides.
    pub fn write(&mut self, write: Write) {
        self.decision.writes.push(write);
    }

    /// Somebody writes a line.
    pub fn line(&mut self, author: Author, parts: Vec<Part>, quote: Option<Quote>, notice: Option<Notice>) {
        let lines = match author {
            Author::Customer => &mut self.customer_lines,
            _ => &mut self.desk_lines,
        };
        *lines = lines.next();
        let line = *lines;
        self.event(EventBody::Posted(Posted {
            author,
            line,
            parts,
            quote,
            notice,
            state: LineState::Original,
        }));
    }

    /// The desk itself says something.
    pub fn says(&mut self, words: &str, notice: Option<Notice>) {
        // Our own words always make a line.
        if let Ok(text) = MessageText::parse(words) {
            self.line(Author::System, vec![Part::of_text(text)], None, notice);
        }
    }

    /// A timer, by the decision's last event.
    pub fn set(&mut self, kind: TimerKind, due: Time) {
        self.decision.timers.push(TimerChange::Set { kind, due });
    }

    /// No timers of this kind any more.
    pub fn clear(&mut self, kind: TimerKind) {
        self.decision.timers.push(TimerChange::ClearAll { kind });
    }

    /// The timer that has done its work.
    pub fn clear_one(&mut self, kind: TimerKind, set_by: minicom_protocol::ids::Rev) {
        self.decision.timers.push(TimerChange::Clear { kind, set_by });
    }

    /// No timers any more.
    pub fn clear_all(&mut self) {
        ALL_TIMERS.into_iter().for_each(|kind| self.clear(kind));
    }

    /// A person is wanted.
    pub fn wants_person(
        &mut self,
        reason: HandOverReason,
        by_customer: bool,
        priority: Priority,
        note: Option<HandOverNote>,
    ) {
        let respond_by = respond_by(self.facts, priority, self.facts.now);
        self.event(EventBody::HumanRequested(HumanRequested {
            reason,
            by_customer,
            respond_by,
            note: note.filter(|note| !note.is_empty()).map(Box::new),
        }));
        self.waits(self.facts.now);
    }

    /// It goes back to the queue without an agent's doing.
    pub fn requeue(&mut self, row: &Summary, agent: &AgentRef, reason: HandOverReason) {
        self.event(EventBody::Requeued(Requeued {
            agent: agent.clone(),
            reason,
        }));
        self.waits(row.queued_since().unwrap_or(self.facts.now));
    }

    /// What being in the queue brings with it: nobody's timers, the limit of the wait, and a word if nobody is there.
    pub fn waits(&mut self, since: Time) {
        self.clear_all();
        let told = self
            .thread
            .conversation
            .is_some_and(|row| row.notices.contains(&Notice::WaitLimit));
        if !self.told_hours
            && let Some(calendar) = self.facts.calendar
            && !calendar.open_at(self.facts.now)
            && let Some(opens) = calendar.next_open(self.facts.now)
        {
            let words = self.facts.words();
            let when = calendar.said_in(&words.when, opens, self.facts.now);
            self.nobody_there(&words.closed.replace("{{when}}", &when));
        }
        let limit = self.facts.desk.wait_limit_min;
        if limit > 0 && !told {
            self.set(TimerKind::WaitLimit, since.plus_ms(minutes(limit)));
        }
    }

    /// Says that nobody is there, once in a conversation, and asks for an address if none is known.
    pub fn nobody_there(&mut self, beginning: &str) {
        if std::mem::replace(&mut self.told_hours, true) {
            return;
        }
        let known = self.facts.more.profile.as_ref();
        let reach = match known.is_some_and(|it| it.email.is_some() || it.vouched.email.is_some()) {
            true => &self.facts.words().answer_here,
            false => &self.facts.words().leave_address,
        };
        let words = format!("{beginning} {reach}");
        self.says(&words, Some(Notice::Hours));
    }

    /// It has an owner from here on, who has so long to answer a customer who waits.
    pub fn owned(&mut self, row: &Summary) {
        self.clear_all();
        self.turn_of(row);
    }

    /// Somebody has it again who can speak: whose turn it was, the owner's or the customer's, it still is, and its time begins.
    pub fn turn_of(&mut self, row: &Summary) {
        if row.owes_since().is_some() {
            self.owner_must_answer();
        } else if row.desk_lines > LineNo(0) {
            self.customers_turn();
        }
    }

    /// The owner has so long to answer.
    pub fn owner_must_answer(&mut self) {
        let limit = self.facts.desk.owner_silent_min;
        if limit > 0 {
            self.set(TimerKind::OwnerSilent, self.facts.now.plus_ms(minutes(limit)));
        }
    }

    /// The desk has spoken: it is the customer's turn.
    pub fn customers_turn(&mut self) {
        self.clear(TimerKind::OwnerSilent);
        self.clear(TimerKind::SilenceWarning);
        self.clear(TimerKind::SilenceClose);
        let hours = self.facts.desk.customer_silent_h;
        if hours > 0 {
            let wait = minutes(hours.saturating_mul(60)) - minutes(self.facts.desk.silence_warning_min);
            self.set(TimerKind::SilenceWarning, self.facts.now.plus_ms(wait.max(60_000)));
        }
    }
}

/// Minutes in milliseconds.
pub fn minutes(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000
}

/// When a person must have answered what came into the queue then, in business time.
pub fn respond_by(facts: &Facts<'_>, priority: Priority, from: Time) -> Option<Deadline> {
    let target = minutes(*facts.desk.first_response_min.get(&priority)?);
    let soon = target / 100 * i64::from(facts.desk.first_response_warn_percent);
    match facts.calendar {
        None => Some(Deadline {
            warn: from.plus_ms(soon),
            due: from.plus_ms(target),
        }),
        // A desk that never opens again promises nothing.
        Some(calendar) => Some(Deadline {
            warn: calendar.add_business(from, soon)?,
            due: calendar.add_business(from, target)?,
        }),
    }
}
