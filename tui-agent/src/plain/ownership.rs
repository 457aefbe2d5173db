//! Who has a conversation: taking it, giving it to somebody else, putting it aside, ending it; and what the agent wants to be. The
//! server decides; here is only what makes a wish clear.

use minicom_protocol::{
    command::{AgentCommand, TransferTo},
    ids::{ConversationId, Time},
    staff::Intent,
};

use super::{Awaiting, Line, PlainAgent, UNDO, arguments, words::Given};
use crate::{app::HeldClose, later, words};

impl PlainAgent {
    pub(super) fn next(&mut self, given: Given<'_>) {
        let ends = |it: ConversationId| self.closing.iter().any(|held| held.conversation == it);
        if self.replica.next().is_some_and(|it| ends(it.conversation)) {
            // The server would choose what is about to end: it hears of that only when it cannot be taken back any more.
            let next = self.replica.next_but(ends);
            return match next.map(|it| (it.conversation, it.stage.owner().is_some())) {
                Some((conversation, mine)) => {
                    if !mine {
                        self.lines.push_front(Line::word("take", ""));
                    }
                    self.open_thread(conversation);
                }
                None => self.deny("Nobody is waiting."),
            };
        }
        let id = self.send(AgentCommand::TakeNext {}, given.now);
        self.awaiting = Some(Awaiting::Answer(id));
    }

    pub(super) fn take(&mut self, given: Given<'_>) {
        let Some(conversation) = self.named(given.rest) else {
            return;
        };
        if self.open == Some(conversation) {
            return self.wish(AgentCommand::TakeOver { conversation }, given.now);
        }
        // What was asked is to be read before it is answered.
        self.lines.push_front(Line::word(given.word.name, ""));
        self.open_thread(conversation);
    }

    pub(super) fn hand_back(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            self.closing.retain(|held| held.conversation != conversation);
            self.wish(AgentCommand::HandBack { conversation }, given.now);
        }
    }

    pub(super) fn transfer(&mut self, given: Given<'_>) {
        let (to, note) = arguments::apart(given.rest);
        if to.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        let to = match (to, to.strip_prefix('#')) {
            ("queue", _) => Some(TransferTo::Queue),
            (_, Some(group)) => self.group_of(group).map(|group| TransferTo::Group { group: group.id }),
            (group, None) if self.names_a_group_only(group) => {
                self.group_of(group).map(|group| TransferTo::Group { group: group.id })
            }
            (agent, None) => self.agent_of(agent).map(|agent| TransferTo::Agent { agent }),
        };
        let Some(to) = to else { return };
        let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
        self.closing.retain(|held| held.conversation != conversation);
        self.wish(AgentCommand::Transfer { conversation, to, note }, given.now);
    }

    pub(super) fn assign(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            return self.usage(given);
        }
        let Some(conversation) = self.subject("") else { return };
        if let Some(agent) = self.agent_of(given.rest) {
            self.wish(AgentCommand::Assign { conversation, agent }, given.now);
        }
    }

    pub(super) fn snooze(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject("") else { return };
        let until = match given.rest {
            "" => None,
            text => match later::parse(text, self.server_time(given.now).0, &self.zone) {
                Ok(until) => Some(Time(until)),
                Err(forms) => return self.deny(format!("That is no time to come: {forms}. Nothing was done.")),
            },
        };
        self.closing.retain(|held| held.conversation != conversation);
        self.wish(AgentCommand::Snooze { conversation, until }, given.now);
    }

    pub(super) fn wake(&mut self, given: Given<'_>) {
        if let Some(conversation) = self.subject(given.rest) {
            self.wish(AgentCommand::Wake { conversation }, given.now);
        }
    }

    pub(super) fn done(&mut self, given: Given<'_>) {
        let Some(conversation) = self.subject(given.rest) else {
            return;
        };
        let Some(summary) = self.replica.summary(conversation) else {
            return;
        };
        let (seen, customer) = (summary.customer_lines, summary.customer.name.shown());
        if !summary.stage.is_open() {
            return self.say(format!("The chat with {customer} has ended already."));
        }
        self.closing.retain(|held| held.conversation != conversation);
        self.closing.push(HeldClose {
            conversation,
            seen,
            until: given.now.elapsed + UNDO,
        });
        self.say(format!("The chat with {customer} ends in 5 seconds; /undo keeps it."));
    }

    /// Keeps what was ended last; all of it, if that was many at once.
    pub(super) fn undo(&mut self, _: Given<'_>) {
        let Some(until) = self.closing.last().map(|held| held.until) else {
            return self.deny("There is nothing to undo.");
        };
        let before = self.closing.len();
        self.closing.retain(|held| held.until != until);
        match before - self.closing.len() {
            1 => self.say("Kept: the chat goes on."),
            many => self.say(format!("Kept: {} go on.", words::count(many as u64, "chat", "chats"))),
        }
    }

    pub(super) fn set_intent(&mut self, given: Given<'_>) {
        if given.rest.is_empty() {
            let intent = self.replica.member().map(|member| member.intent).unwrap_or_default();
            return self.say(format!("You are {}.", intent.word()));
        }
        match given.rest.parse::<Intent>() {
            Ok(intent) => self.wish(AgentCommand::SetIntent { intent }, given.now),
            Err(forms) => self.deny(format!("{}. Nothing was done.", words::capital(&forms))),
        }
    }
}

#[cfg(test)]
#[path = "ownership_tests.rs"]
mod tests;
