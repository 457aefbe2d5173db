//! What the connection tells: how it stands, what happened, what the next line waits for.

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::{
    command::AgentCommand,
    frame::{AgentQuestion, Agents, Told},
};
use minicom_tui_kit::{Now, plain::PlainEffect};

use super::{Awaiting, PlainAgent};
use crate::{app::Order, exit, sign_in, update::keeping::Gone};

impl PlainAgent {
    pub(super) fn client(&mut self, event: ClientEvent<Agents>, now: Now) {
        let gone = Gone::by(&event);
        match &event {
            ClientEvent::State(state) => self.stands(state.clone()),
            // The word that it is live comes a moment later, and lines that waited for this go now.
            ClientEvent::Fresh { .. } | ClientEvent::Resumed { .. } => self.stands(ConnState::Live),
            ClientEvent::Deferred(refusal) => self.say(minicom_client::deferred_words(refusal)),
            ClientEvent::OutboxTrouble(words) => self.say(words),
            ClientEvent::Ended(ended) => {
                self.say(ended.words());
                if let Some(sign_in) = self.sign_in.clone().filter(|_| sign_in::mends(ended)) {
                    self.say(format!("Sign in:  {sign_in}"));
                }
                self.out.push(PlainEffect::Quit(exit::after(ended)));
            }
            ClientEvent::Stale { command, age, .. } => self.tell_stale(command, *age),
            _ => {}
        }
        self.begin_with_kept(&event, now);
        let reply = match &event {
            ClientEvent::Reply { question, told, .. } if self.awaits(question) => {
                Some((question.clone(), told.clone()))
            }
            _ => None,
        };
        let lost = matches!(&event, ClientEvent::AskFailed { question, .. } if self.awaits(question));
        let answered = match &event {
            ClientEvent::Answered { id, command, outcome } => Some((*id, command.clone(), outcome.clone())),
            _ => None,
        };
        let happened = match &event {
            ClientEvent::Batch { events, .. } => events.clone(),
            _ => Vec::new(),
        };
        let fresh = matches!(event, ClientEvent::Fresh { .. });
        for question in self.replica.apply(event, self.instant(now)) {
            self.order(Order::Ask(question));
        }
        self.tell_events(&happened, now);
        if fresh {
            self.tell_beginning();
        }
        if let Some((id, command, outcome)) = answered {
            self.answered(id, &command, outcome);
        }
        if let Some((question, told)) = reply {
            self.replied(question, told, now);
        }
        if lost {
            self.awaiting = None;
            let words = "The connection was lost before the answer came. Ask again.";
            self.deny_as(exit::UNAVAILABLE, words);
        }
        self.stop_waiting();
        self.mark_seen();
        self.keep_after(gone, now);
    }

    /// Whether the next line waits for the reply to a question.
    fn awaits(&self, question: &AgentQuestion) -> bool {
        match &self.awaiting {
            Some(Awaiting::Told(awaited)) => awaited == question,
            _ => false,
        }
    }

    fn stands(&mut self, state: ConnState) {
        let told;
        let words = match &state {
            ConnState::Untrusted { why, .. } => {
                told = minicom_tui_kit::Shown::line(why).to_string();
                told.as_str()
            }
            ConnState::Reconnecting { why, .. } | ConnState::Offline { why, .. } => {
                told = format!(
                    "no connection; it is tried again: {}",
                    minicom_tui_kit::Shown::line(why)
                );
                told.as_str()
            }
            ConnState::Connecting => "connecting",
            ConnState::Live => "connected",
            ConnState::Draining { .. } => "the server restarts, back soon",
            // The words of the end follow.
            ConnState::SignedOut | ConnState::WrongVersion { .. } | ConnState::Refused(_) => "",
        };
        self.state = state;
        if !words.is_empty() && self.told_state != words {
            self.told_state = words.to_owned();
            self.say(format!("-- {words}"));
        }
    }

    /// Looks whether what the next line waits for is here.
    pub(super) fn stop_waiting(&mut self) {
        let here = match &self.awaiting {
            None | Some(Awaiting::Answer(_) | Awaiting::Told(_) | Awaiting::Files) => false,
            Some(Awaiting::Event(rev)) => self.replica.at() >= *rev,
            Some(Awaiting::View { order, done }) => *done && (!self.state.is_live() || self.has_view(order)),
            Some(Awaiting::Replies) => !self.state.is_live() || !self.replica.are_replies_coming(),
            Some(Awaiting::Quiet) => !self.state.is_live() || self.under_way() == 0,
            Some(Awaiting::Thread(customer)) => {
                let customer = *customer;
                let loaded = self.replica.thread(customer).is_some_and(|thread| thread.is_loaded());
                if loaded {
                    self.tell_thread(customer);
                }
                loaded
            }
        };
        if here {
            self.awaiting = None;
        }
    }

    /// What is said in the open conversation was read, if a person reads this.
    fn mark_seen(&mut self) {
        let Some(summary) = self.open.and_then(|open| self.replica.summary(open)) else {
            return;
        };
        let mine = self.me().is_some_and(|me| summary.stage.is_owned_by(me));
        let marked = self.marked_unread.contains(&summary.conversation);
        if self.listener.person && mine && !marked && self.state.is_live() && summary.unread() > 0 {
            let (conversation, up_to) = (summary.conversation, summary.customer_lines);
            self.order(Order::SendMomentary(AgentCommand::MarkSeen { conversation, up_to }));
        }
    }

    /// The reply to a question that the next line waited for.
    fn replied(&mut self, question: AgentQuestion, told: Told<Agents>, now: Now) {
        self.awaiting = None;
        match told {
            Told::Reply(reply) => self.tell_reply(question, reply, now),
            Told::Refusal(refusal) => self.not_told(&question, &refusal),
        }
    }
}
