//! What the server answers to what the agent wished: told in words, once for a wish about many conversations. What a refused line does
//! to its text is `sending.rs`'s.

use std::collections::HashSet;

use minicom_client::{ClientEvent, Section};
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    ids::{CommandId, ConversationId},
    refusal::Refusal,
};
use minicom_tui_kit::{Now, Shown};

use super::moving::TakingNext;
use crate::{
    app::{App, Ends},
    keys::Action,
    words,
};

/// A wish that was sent as one command for each of its conversations.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// What is told when it is done: `Transferred to Bo`.
    what: String,
    left: HashSet<CommandId>,
    done: usize,
    /// The first thing that is worth telling besides: a refusal or a warning, and where.
    remark: Option<(ConversationId, String)>,
    refused: usize,
}

impl App {
    /// Sends one command for each of these conversations; what became of them is told when all have answered.
    pub(crate) fn send_each(
        &mut self,
        what: &str,
        about: &[ConversationId],
        now: Now,
        command: impl Fn(ConversationId) -> AgentCommand,
    ) {
        let left = about.iter().map(|it| self.send(command(*it), now.wall)).collect();
        if !self.is_live() {
            let words = format!("{what}: kept on this computer, done when there is a connection.");
            match about {
                [one] => self.tell_of(*one, &words, now),
                _ => self.tell(Shown::line(&words), now),
            }
        }
        self.wishes.push(Wish {
            what: what.to_owned(),
            left,
            done: 0,
            remark: None,
            refused: 0,
        });
    }

    pub(crate) fn answered(&mut self, id: CommandId, command: &AgentCommand, outcome: Outcome, now: Now) {
        if let Some(at) = self.wishes.iter().position(|wish| wish.left.contains(&id)) {
            return self.wish_answered(at, id, command, &outcome, now);
        }
        if self.desk_answered(id, command, &outcome, now) {
            return;
        }
        match (command, outcome) {
            (AgentCommand::Post { .. }, Outcome::Done(done)) => {
                self.sent.remove(&id);
                self.warn(command, done);
            }
            (AgentCommand::Post { .. }, Outcome::Refused { refusal }) => self.line_refused(id, &refusal, now),
            (AgentCommand::Note { conversation, text, .. }, Outcome::Refused { refusal }) => {
                self.note_refused(id, *conversation, text, &refusal, now);
            }
            (
                AgentCommand::EditLine {
                    conversation,
                    line,
                    text,
                },
                Outcome::Refused { refusal },
            ) => {
                self.edit_refused(*conversation, *line, text, &refusal, now);
            }
            (AgentCommand::WithdrawLine { conversation, .. }, Outcome::Done(_)) => {
                self.tell_of(*conversation, "Taken back.", now);
            }
            (AgentCommand::BlankLine { conversation, .. }, Outcome::Done(_)) => {
                self.tell_of(*conversation, "Blanked out. Nobody can read it any more.", now);
            }
            (AgentCommand::BlockCustomer { customer, minutes }, Outcome::Done(done)) => {
                self.block_answered(*customer, Some(*minutes), done.rev.is_some(), now);
            }
            (AgentCommand::UnblockCustomer { customer }, Outcome::Done(done)) => {
                self.block_answered(*customer, None, done.rev.is_some(), now);
            }
            (AgentCommand::TakeNext {}, outcome) => {
                if let Some(at) = self.taking_next.iter().position(|taking| taking.id == id) {
                    let taking = self.taking_next.remove(at);
                    self.next_taken(taking, outcome, now);
                }
            }
            (AgentCommand::SetIntent { intent }, Outcome::Done(_)) => {
                let words = format!("You are {} now.", super::ownership::intent_words(*intent));
                self.tell(Shown::line(&words), now);
            }
            (AgentCommand::Close { conversation, .. }, Outcome::Done(_)) => {
                let words = format!("The chat with {} has ended.", self.name_of(*conversation));
                self.tell(Shown::line(&words), now);
            }
            (AgentCommand::MarkSeen { .. }, _) => {}
            (command, Outcome::Done(done)) => self.warn(command, done),
            (command, Outcome::Refused { refusal }) => self.wish_refused(command, &refusal),
        }
    }

    /// One of a wish's commands was answered.
    fn wish_answered(&mut self, at: usize, id: CommandId, command: &AgentCommand, outcome: &Outcome, now: Now) {
        let remark = match outcome {
            Outcome::Done(done) => done.warning.map(|warning| self.warning_words(command, warning.words())),
            Outcome::Refused { refusal } => Some(self.refusal_words(command, refusal)),
        };
        let Some(wish) = self.wishes.get_mut(at) else { return };
        wish.left.remove(&id);
        match outcome {
            Outcome::Done(_) => wish.done += 1,
            Outcome::Refused { .. } => wish.refused += 1,
        }
        if let (Some(remark), Some(conversation)) = (remark, command.conversation()) {
            wish.remark.get_or_insert((conversation, remark));
        }
        if wish.left.is_empty() {
            let wish = self.wishes.remove(at);
            self.tell_wish(&wish, command, now);
        }
    }

    fn tell_wish(&mut self, wish: &Wish, command: &AgentCommand, now: Now) {
        let remark = wish.remark.as_ref().map(|(conversation, words)| {
            let here = Some(*conversation) == self.conversation() && wish.done + wish.refused == 1;
            match here {
                true => words::capital(words),
                false => format!("{}: {words}", self.name_of(*conversation)),
            }
        });
        let what = match (wish.done, wish.refused) {
            (0, _) => None,
            (1, 0) => command
                .conversation()
                .map(|it| self.told_of(it, &format!("{}.", wish.what)).to_string()),
            (done, 0) => Some(format!("{}: {done} chats.", wish.what)),
            (done, refused) => Some(format!("{}: {done} done, {refused} refused.", wish.what)),
        };
        match (what, remark) {
            (Some(what), Some(remark)) => {
                self.trouble(Shown::line(&format!("{what} {remark}")), Ends::Leaving);
            }
            (None, Some(remark)) => self.trouble(Shown::line(&remark), Ends::Leaving),
            // Where one chat is meant that is looked at, its name is missing: in another it would be told of that one.
            (Some(what), None) if command.conversation() == self.conversation() && wish.done == 1 => {
                self.tell_here(Shown::line(&what), now);
            }
            (Some(what), None) => self.tell(Shown::line(&what), now),
            (None, None) => {}
        }
    }

    fn next_taken(&mut self, taking: TakingNext, outcome: Outcome, now: Now) {
        match outcome {
            Outcome::Done(Done {
                conversation: Some(conversation),
                ..
            }) => self.next_chosen(taking, conversation, now),
            Outcome::Done(_) => {}
            Outcome::Refused {
                refusal: Refusal::NobodyWaits,
            } if self.all_who_wait_are_not_for_me() => {
                let words = format!(
                    "Nobody waits whom you may take over; {} in the list tells why.",
                    self.list_key_words(Action::Why)
                );
                self.tell(Shown::line(&words), now);
            }
            Outcome::Refused { refusal } => self.tell(Shown::line(&refusal.message()), now),
        }
    }

    /// Whether somebody waits, and every one of them is for others.
    fn all_who_wait_are_not_for_me(&self) -> bool {
        let mut waiting = self.replica.section(Section::Waiting).peekable();
        waiting.peek().is_some() && waiting.all(|row| self.may_not_take(row.conversation).is_some())
    }

    /// It was done, but something should be known.
    fn warn(&mut self, command: &AgentCommand, done: Done) {
        if let Some(warning) = done.warning {
            let words = self.warning_words(command, warning.words());
            self.trouble(Shown::line(&words::capital(&words)), Ends::Leaving);
        }
    }

    /// `Bo has 6 of 5 now`.
    fn warning_words(&self, command: &AgentCommand, words: String) -> String {
        use minicom_protocol::command::TransferTo;
        let who = match command {
            AgentCommand::Assign { agent, .. }
            | AgentCommand::Transfer {
                to: TransferTo::Agent { agent },
                ..
            } => Some(*agent),
            _ => self.me(),
        };
        let name = match who {
            Some(agent) if Some(agent) != self.me() => self.name_of_agent(agent).to_string(),
            _ => "you".to_owned(),
        };
        match (name.as_str(), words.strip_prefix("has "), words.strip_prefix("is ")) {
            ("you", Some(rest), _) => format!("you have {rest}."),
            ("you", _, Some(rest)) => format!("you are {rest}."),
            _ => format!("{name} {words}."),
        }
    }

    fn refusal_words(&self, command: &AgentCommand, refusal: &Refusal) -> String {
        match refusal {
            Refusal::TakenBy { .. } => {
                let words = words::refusal(refusal, &self.zone);
                let kept = command.conversation().is_some_and(|it| self.writing.has_draft(it));
                format!("{words}{}", if kept { ". Your text is kept." } else { "." })
            }
            Refusal::MayNotTake { agent, because } if Some(agent.id) == self.me() => {
                format!("you may not take this: {}.", words::why_not_you(because))
            }
            other => other.message(),
        }
    }

    fn wish_refused(&mut self, command: &AgentCommand, refusal: &Refusal) {
        let words = self.refusal_words(command, refusal);
        let words = match command.conversation().filter(|it| Some(*it) != self.conversation()) {
            Some(elsewhere) => format!("{}: {words}", self.name_of(elsewhere)),
            None => words::capital(&words),
        };
        self.trouble(Shown::line(&words), Ends::Leaving);
    }

    /// A command was not taken: as if the server had refused it.
    pub(crate) fn unsent_command(&mut self, id: CommandId, why: &Shown, now: Now) {
        let command = self
            .replica
            .pending_commands()
            .find(|it| it.id == id)
            .map(|it| it.command.clone());
        let Some(command) = command else { return };
        let refusal = Refusal::Unknown {
            code: "not_taken".to_owned(),
            message: why.to_string(),
            retryable: false,
        };
        let outcome = Outcome::Refused { refusal };
        self.client(ClientEvent::Answered { id, command, outcome }, now);
    }
}

#[cfg(test)]
#[path = "many_tests.rs"]
mod tests;
