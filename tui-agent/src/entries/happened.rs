//! What happened between the lines, in the words of an agent's screen: who has it, what it is about, how it ended.

use minicom_protocol::{
    Touches,
    event::{
        Event, EventBody, Rated, Requeued, Snoozed, SubjectChanged, TagsChanged, TakenOver, Target, Transferred,
        WokenBy,
    },
    line::LineState,
    people::AgentRef,
    stage::{Closer, HandOverReason},
};
use minicom_tui_kit::Shown;

use super::Eyes;

impl Eyes {
    /// What happened, in words; `None` for what is told otherwise, or beside the thread.
    pub(super) fn happened(&self, event: &Event) -> Option<Shown> {
        let customer = &self.customer;
        let words = match &event.body {
            EventBody::Opened(it) if it.number > 1 => format!("conversation {}", it.number),
            EventBody::TakenOver(it) => self.taken_over(it),
            EventBody::HandedBack(it) => format!("{} handed back to the bot", self.agent(&it.agent)),
            EventBody::Transferred(it) => self.transferred(it),
            EventBody::Requeued(it) => self.requeued(it),
            EventBody::Snoozed(it) => self.snoozed(it, event.time.0),
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
            EventBody::LineChanged(it) if it.state == LineState::Blanked => match &it.agent {
                Some(agent) => format!("{} blanked a line out", self.agent(agent)),
                None => "a line was blanked out".to_owned(),
            },
            // Whoever does it sees it; colleagues should know.
            EventBody::TagsChanged(it) if Some(it.agent.id) != self.me => self.tagged(it),
            EventBody::SubjectChanged(it) => self.named(it),
            EventBody::PriorityChanged(it) => {
                format!("{} set the priority to {}", self.agent(&it.agent), it.priority.word())
            }
            EventBody::Ticketed(it) => format!("{} made ticket {} of this", self.agent(&it.agent), it.ticket),
            EventBody::Rated(it) => self.rated(it),
            EventBody::Erased(it) => match &it.agent {
                Some(agent) => format!("{} erased the texts of this chat", self.agent(agent)),
                None => "the texts of this chat were erased".to_owned(),
            },
            EventBody::Unknown(it) if it.touches == Touches::Line => it.fallback.clone()?,
            EventBody::Posted(_)
            | EventBody::Opened(_)
            | EventBody::Seen(_)
            | EventBody::Noted(_)
            | EventBody::LineChanged(_)
            | EventBody::TagsChanged(_)
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

    fn requeued(&self, it: &Requeued) -> String {
        let queue = "this went back to the queue";
        match it.reason {
            HandOverReason::OwnerGone => format!("{} gone: {queue}", self.is(&it.agent)),
            HandOverReason::OwnerAway => format!("{} away: {queue}", self.is(&it.agent)),
            HandOverReason::OwnerSilent => format!("{} did not answer: {queue}", self.agent(&it.agent)),
            other => format!("{queue}: {}", other.words()),
        }
    }

    fn snoozed(&self, it: &Snoozed, at: i64) -> String {
        let (agent, customer) = (self.agent(&it.agent), &self.customer);
        match it.until {
            Some(until) => format!("{agent} put this aside until {}", self.zone.moment(until.0, at)),
            None => format!("{agent} put this aside until {customer} writes"),
        }
    }

    fn tagged(&self, it: &TagsChanged) -> String {
        let tags: Vec<String> = it.tags.iter().map(|tag| tag.shown().to_string()).collect();
        match tags.is_empty() {
            true => format!("{} took the tags away", self.agent(&it.agent)),
            false => format!("{} set the tags: {}", self.agent(&it.agent), tags.join(", ")),
        }
    }

    fn named(&self, it: &SubjectChanged) -> String {
        let who = match &it.agent {
            Some(agent) => self.agent(agent),
            None => self.customer.to_string(),
        };
        match &it.subject {
            Some(subject) => format!("{who} said what this is about: {}", subject.shown()),
            None => format!("{who} took the subject away"),
        }
    }

    fn rated(&self, it: &Rated) -> String {
        let comment = it
            .comment
            .as_ref()
            .map(|comment| Shown::line(&super::one_line(comment.as_str())));
        let customer = &self.customer;
        match (it.score, comment) {
            (Some(score), Some(comment)) => format!("{customer} rated this {score} of 5: \"{comment}\""),
            (Some(score), None) => format!("{customer} rated this {score} of 5"),
            (None, Some(comment)) => format!("{customer} did not rate this, but said: \"{comment}\""),
            (None, None) => format!("{customer} did not want to rate this"),
        }
    }

    /// `you`, or the name.
    pub(super) fn agent(&self, agent: &AgentRef) -> String {
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
}
