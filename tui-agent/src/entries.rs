//! From what happened to what stands in the transcript, in the words of an agent's screen. It refuses to know what is loaded and what
//! is in view.

use minicom_client::{CommandIds, PendingCommand, PendingMark};
use minicom_protocol::{
    Touches,
    command::AgentCommand,
    event::{Author, Event, EventBody, TakenOver, Target, Transferred, WokenBy},
    ids::{AgentId, LineNo},
    people::AgentRef,
    stage::{Closer, HandOverReason, Side},
};
use minicom_tui_kit::{
    Shown, Who, Zone,
    transcript::{DeliveryMark, Entry, EntryKey, Extras, Kind},
};

use crate::words;

/// Who reads, and about whom.
#[derive(Debug, Clone)]
pub struct Eyes {
    /// The agent who sits here; unknown before the first welcome.
    pub me: Option<AgentId>,
    /// The customer's name.
    pub customer: Shown,
    /// For clocks in the words.
    pub zone: Zone,
    /// Stands between small facts.
    pub dot: &'static str,
}

impl Eyes {
    /// The entry of an event; `None` where nothing is to be shown.
    pub fn entry(&self, event: &Event) -> Option<Entry> {
        let key = EntryKey::Stored(event.rev.0);
        let time = event.time.0;
        if let EventBody::Posted(posted) = &event.body
            && let Some((who, name, own)) = self.speaker(&posted.author)
        {
            return Some(Entry {
                key,
                kind: Kind::Line { who, name, own },
                text: Shown::text(&posted.text()),
                time,
                mark: own.then_some(DeliveryMark::Stored),
                extras: Extras::default(),
            });
        }
        let happened = self.happened(event)?;
        let text = match &event.body {
            // The desk's own line.
            EventBody::Posted(_) => happened,
            _ => Shown::line(&format!("{happened} {} {}", self.dot, self.zone.clock(time))),
        };
        Some(Entry {
            key,
            kind: Kind::System,
            text,
            time,
            mark: None,
            extras: Extras::default(),
        })
    }

    /// The line mode's form of an event: who speaks, or nobody, and the words.
    pub fn told(&self, event: &Event) -> Option<(Option<Shown>, Shown)> {
        if let EventBody::Posted(posted) = &event.body
            && let Some((_, name, _)) = self.speaker(&posted.author)
        {
            return Some((Some(name), Shown::text(&posted.text())));
        }
        Some((None, self.happened(event)?))
    }

    /// The role, the name, and whether it is the one who sits here. `None` for the desk itself.
    fn speaker(&self, author: &Author) -> Option<(Who, Shown, bool)> {
        match author {
            Author::Customer => Some((Who::Customer, self.customer.clone(), false)),
            Author::Bot => Some((Who::Bot, Shown::fixed("bot"), false)),
            Author::Agent { agent } if Some(agent.id) == self.me => Some((Who::Agent, Shown::fixed("you"), true)),
            Author::Agent { agent } => Some((Who::Agent, agent.name.shown(), false)),
            Author::System => None,
        }
    }

    fn happened(&self, event: &Event) -> Option<Shown> {
        let customer = &self.customer;
        let words = match &event.body {
            EventBody::Posted(posted) => return Some(Shown::text(&posted.text())),
            EventBody::Opened(it) if it.number > 1 => format!("conversation {}", it.number),
            EventBody::TakenOver(it) => self.taken_over(it),
            EventBody::HandedBack(it) => format!("{} handed back to the bot", self.agent(&it.agent)),
            EventBody::Transferred(it) => self.transferred(it),
            EventBody::Requeued(it) => {
                let queue = "this went back to the queue";
                match it.reason {
                    HandOverReason::OwnerGone => format!("{} gone: {queue}", self.is(&it.agent)),
                    HandOverReason::OwnerAway => format!("{} away: {queue}", self.is(&it.agent)),
                    HandOverReason::OwnerSilent => format!("{} did not answer: {queue}", self.agent(&it.agent)),
                    other => format!("{queue}: {}", other.words()),
                }
            }
            EventBody::Snoozed(it) => match it.until {
                Some(until) => {
                    let until = self.zone.moment(until.0, event.time.0);
                    format!("{} put this aside until {until}", self.agent(&it.agent))
                }
                None => format!("{} put this aside until {customer} writes", self.agent(&it.agent)),
            },
            EventBody::Woken(it) => match it.why {
                WokenBy::Time => "the time of the snooze has come".to_owned(),
                WokenBy::Customer => format!("{customer} has written: this is back"),
                WokenBy::Agent => format!("{} took this up again", self.agent(&it.agent)),
            },
            EventBody::HumanRequested(it) => match it.reason {
                HandOverReason::CustomerAsked => format!("{customer} asked for a person"),
                other => format!("a person is wanted: {}", other.words()),
            },
            EventBody::Closed(it) => match &it.by {
                Closer::Customer => format!("{customer} ended the chat"),
                Closer::Agent { agent } => format!("{} ended the chat", self.agent(agent)),
                Closer::System => "the chat was ended".to_owned(),
            },
            EventBody::Unknown(it) if it.touches == Touches::Line => it.fallback.clone()?,
            EventBody::Opened(_)
            | EventBody::Seen(_)
            | EventBody::Noted(_)
            | EventBody::LineChanged(_)
            | EventBody::TagsChanged(_)
            | EventBody::SubjectChanged(_)
            | EventBody::PriorityChanged(_)
            | EventBody::Ticketed(_)
            | EventBody::Rated(_)
            | EventBody::CustomerChanged(_)
            | EventBody::CustomersMerged(_)
            | EventBody::AgentChanged(_)
            | EventBody::MentionsRead(_)
            | EventBody::GroupChanged(_)
            | EventBody::GroupDeleted(_)
            | EventBody::SettingsChanged(_)
            | EventBody::ReplyChanged(_)
            | EventBody::ReplyDeleted(_)
            | EventBody::ArticleChanged(_)
            | EventBody::ArticleDeleted(_)
            | EventBody::TicketChanged(_)
            | EventBody::Unknown(_) => return None,
        };
        Some(Shown::line(&words))
    }

    fn taken_over(&self, it: &TakenOver) -> String {
        let owner = self.agent(&it.agent);
        match &it.by {
            Some(by) => format!("{} gave this to {owner}", self.agent(by)),
            None if it.routed => format!("this was given to {owner}"),
            None => format!("{owner} took over"),
        }
    }

    fn transferred(&self, it: &Transferred) -> String {
        let by = self.agent(&it.by);
        match &it.to {
            Target::Agent { agent } => format!("{by} transferred this to {}", self.agent(agent)),
            Target::Group { group } => format!("{by} transferred this to the group {}", group.name.shown()),
            Target::Queue => format!("{by} put this back into the queue"),
        }
    }

    fn agent(&self, agent: &AgentRef) -> String {
        match Some(agent.id) == self.me {
            true => "you".to_owned(),
            false => agent.name.shown().to_string(),
        }
    }

    /// `you are`, `Bo is`.
    fn is(&self, agent: &AgentRef) -> String {
        let verb = if Some(agent.id) == self.me { "are" } else { "is" };
        format!("{} {verb}", self.agent(agent))
    }

    /// The entry of a line that is not stored yet; `number` is its place among those.
    pub fn pending(&self, pending: &PendingCommand<AgentCommand>, number: u64) -> Option<Entry> {
        let AgentCommand::Post { text, .. } = &pending.command else {
            return None;
        };
        let mark = match &pending.mark {
            PendingMark::Waiting => DeliveryMark::Waiting,
            PendingMark::Stored => DeliveryMark::Stored,
            PendingMark::Stale => DeliveryMark::Failed(Shown::fixed("older than a day  r send  d discard")),
            PendingMark::Failed(refusal) => DeliveryMark::Failed(Shown::line(&format!(
                "{}  r retry  d discard",
                words::refusal(refusal, &self.zone)
            ))),
        };
        Some(Entry {
            key: EntryKey::Pending(number),
            kind: Kind::Line {
                who: Who::Agent,
                name: Shown::fixed("you"),
                own: true,
            },
            text: Shown::text(text),
            time: CommandIds::made_at(pending.id).unwrap_or(0),
            mark: Some(mark),
            extras: Extras::default(),
        })
    }
}

/// The number of one's own line, if the event is one.
pub fn own_line(event: &Event, me: Option<AgentId>) -> Option<LineNo> {
    match &event.body {
        EventBody::Posted(posted) => match &posted.author {
            Author::Agent { agent } if Some(agent.id) == me => Some(posted.line),
            _ => None,
        },
        _ => None,
    }
}

/// The line up to which the customer has read from this event on.
pub fn read_up_to(event: &Event) -> Option<LineNo> {
    match &event.body {
        EventBody::Seen(seen) if seen.side == Side::Customer => Some(seen.up_to),
        _ => None,
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
