//! What calls the agent: somebody new in the queue, again and again until somebody acts; a conversation that was given to the agent;
//! a mention. Each rings and is told in words. What the agent may not take does not call, and nothing does while the agent is away.

use std::{collections::BTreeSet, time::Duration};

use minicom_client::{AgentReplica, ClientEvent, Section};
use minicom_protocol::{
    event::{Event, EventBody, Target},
    frame::Agents,
    ids::{AgentId, ConversationId},
    people::AgentRef,
    staff::Intent,
    stage::Stage,
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends, Notice, Order, TOLD_FOR},
    layout,
};

/// Who waits and is not acted upon calls again after so long.
pub const AGAIN: Duration = Duration::from_secs(30);

/// Who came into the queue while the agent was here and is there still.
#[derive(Debug, Clone, Default)]
pub struct Calling {
    waiting: BTreeSet<ConversationId>,
    /// The replica's version by which they wait.
    known_at: Option<u64>,
    again_at: Option<Duration>,
}

/// Who waited before something came.
#[derive(Debug, Default)]
pub(crate) struct WaitedBefore(BTreeSet<ConversationId>);

impl App {
    /// Of the conversations that are about to be told of, those that wait by now.
    pub(crate) fn waited_before(&self, event: &ClientEvent<Agents>) -> WaitedBefore {
        let waits = |it: &ConversationId| is_waiting(&self.replica, *it);
        WaitedBefore(match event {
            ClientEvent::Fresh { .. } => {
                let waiting = self.replica.section(Section::Waiting);
                waiting.map(|row| row.conversation).collect()
            }
            ClientEvent::Batch { events, .. } => touched(events).filter(waits).collect(),
            _ => BTreeSet::new(),
        })
    }

    /// Calls for whoever has come into the queue. `new` are those that might have.
    pub(crate) fn call_for_new(
        &mut self,
        new: impl IntoIterator<Item = ConversationId>,
        before: &WaitedBefore,
        now: Now,
    ) {
        self.end_waits_words();
        let replica = &self.replica;
        // Pages and answers come with every row that is looked at, and change nothing of who waits: thousands may.
        if self.calling.known_at.replace(replica.version()) != Some(replica.version()) {
            self.calling.waiting.retain(|it| is_waiting(replica, *it));
        }
        let new = new
            .into_iter()
            .filter(|it| is_waiting(replica, *it) && !before.0.contains(it));
        let new: Vec<ConversationId> = new.collect();
        self.calling.waiting.extend(&new);
        let calls = new.into_iter().find(|it| self.calls_me(*it));
        if let Some(conversation) = calls {
            self.ring(conversation, self.waits_words(conversation), now);
            self.tell_of_new(conversation, now);
        }
        // Who may not be taken now may be later.
        self.calling.again_at = match self.calling.waiting.is_empty() {
            true => None,
            false => Some(self.calling.again_at.unwrap_or(now.elapsed + AGAIN)),
        };
    }

    /// Conversations of these events.
    pub(crate) fn touched_by(event: &ClientEvent<Agents>) -> Vec<ConversationId> {
        match event {
            ClientEvent::Batch { events, .. } => touched(events).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether somebody who waits is worth a bell for the one who sits here.
    fn calls_me(&self, conversation: ConversationId) -> bool {
        let intent = self.replica.member().map(|member| member.intent).unwrap_or_default();
        !matches!(intent, Intent::Away | Intent::AwayHandBack) && self.replica.may_take(conversation).is_ok()
    }

    fn tell_of_new(&mut self, conversation: ConversationId, now: Now) {
        // Below fourteen rows words would move what is read; the list and the bell tell it.
        let visible = self.conversation() == Some(conversation) && self.chat_is_visible();
        if self.notice.is_some() || self.over.is_some() || visible || self.size.height < layout::STATUS_ROWS {
            return;
        }
        self.notice = Some(Notice {
            words: self.waits_words(conversation),
            error: false,
            ends: Ends::Waits(conversation, now.elapsed + TOLD_FOR),
        });
    }

    /// Takes back what is told of somebody who was taken meanwhile, by whomever.
    fn end_waits_words(&mut self) {
        let replica = &self.replica;
        let over = |notice: &Notice| matches!(notice.ends, Ends::Waits(who, _) if !is_waiting(replica, who));
        if self.notice.as_ref().is_some_and(over) {
            self.notice = None;
        }
    }

    /// Who waits, and why.
    fn waits_words(&self, conversation: ConversationId) -> Shown {
        let summary = self.replica.summary(conversation);
        match summary.map(|summary| (&summary.customer.name, &summary.stage)) {
            Some((name, Stage::Waiting { reason, .. })) => {
                Shown::line(&format!("{} waits: {}.", name.shown(), reason.words()))
            }
            _ => Shown::fixed("Somebody waits."),
        }
    }

    /// Calls again for those whom nobody has acted upon.
    pub(crate) fn call_again(&mut self, now: Now) {
        if self.calling.again_at.is_none_or(|at| at > now.elapsed) {
            return;
        }
        self.calling.again_at = (!self.calling.waiting.is_empty()).then_some(now.elapsed + AGAIN);
        let busy = self
            .replica
            .member()
            .is_some_and(|member| member.intent == Intent::Busy);
        let calls = self.calling.waiting.iter().copied().find(|it| self.calls_me(*it));
        if let Some(conversation) = calls.filter(|_| !busy && self.is_live()) {
            self.ring(conversation, self.waits_words(conversation), now);
        }
    }

    /// When somebody calls again.
    pub(crate) fn calls_again_at(&self) -> Option<Duration> {
        self.calling.again_at
    }

    /// Rings for what was given to the one who sits here, and where the agent is mentioned.
    pub(crate) fn call_for_given(&mut self, given: Vec<Given>, now: Now) {
        for Given {
            conversation,
            before,
            after,
        } in given
        {
            let words = Shown::line(&format!("{before}{}{after}", self.name_of(conversation)));
            self.ring(conversation, words.clone(), now);
            if self.notice.as_ref().is_none_or(|notice| !notice.error) {
                self.tell(words, now);
            }
        }
    }

    /// Unread mentions are told by conversation: they are asked for as soon as there are any.
    pub(crate) fn ask_mentions(&mut self) {
        let mentions = self.replica.mentions();
        if self.is_live()
            && mentions.unread() > 0
            && !mentions.is_loaded()
            && let Some(question) = self.replica.open_mentions()
        {
            self.order(Order::Ask(question));
        }
    }
}

/// Something that was given to the one who sits here: words before and after the customer's name.
#[derive(Debug)]
pub(crate) struct Given {
    conversation: ConversationId,
    before: String,
    after: &'static str,
}

/// What of this is given to an agent by somebody else.
pub(crate) fn given_by(event: &ClientEvent<Agents>, me: Option<AgentId>) -> Vec<Given> {
    let (ClientEvent::Batch { events, .. }, Some(me)) = (event, me) else {
        return Vec::new();
    };
    let given = events.iter().filter_map(|event| {
        let conversation = event.subject.conversation()?;
        let (before, after) = given_words(&event.body, me)?;
        Some(Given {
            conversation,
            before,
            after,
        })
    });
    given.collect()
}

fn given_words(body: &EventBody, me: AgentId) -> Option<(String, &'static str)> {
    let other = |agent: &AgentRef| agent.id != me;
    Some(match body {
        EventBody::TakenOver(it) if it.agent.id == me => match &it.by {
            Some(by) if other(by) => (format!("{} gave you ", by.name.shown()), "."),
            None if it.routed => (String::new(), " was given to you."),
            _ => return None,
        },
        EventBody::Transferred(it) if other(&it.by) => match &it.to {
            Target::Agent { agent } if agent.id == me => (format!("{} transferred ", it.by.name.shown()), " to you."),
            _ => return None,
        },
        // What comes with a transfer is told by the transfer.
        EventBody::Noted(it) if other(&it.agent) && it.mentions.contains(&me) && !it.handover => {
            (format!("{} mentions you in a note about ", it.agent.name.shown()), ".")
        }
        _ => return None,
    })
}

fn touched(events: &[Event]) -> impl Iterator<Item = ConversationId> + '_ {
    events.iter().filter_map(|event| event.subject.conversation())
}

fn is_waiting(replica: &AgentReplica, conversation: ConversationId) -> bool {
    replica.summary(conversation).is_some_and(|row| row.stage.is_waiting())
}

#[cfg(test)]
#[path = "calling_tests.rs"]
mod tests;
