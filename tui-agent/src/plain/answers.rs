//! What became of what was wished and asked: told in one line each. What an event tells is not told twice.

use minicom_client::ClientEvent;
use minicom_protocol::{
    command::{AgentCommand, Done, Outcome, TransferTo, Warning},
    frame::{AgentQuestion, AgentReply},
    ids::{AgentId, CommandId, ConversationId},
    people::Role,
    refusal::Refusal,
};
use minicom_tui_kit::{Now, Shown};

use super::{Awaiting, Line, PlainAgent, arguments, lines::Draft};
use crate::{exit, update::keeping_out, words};

impl PlainAgent {
    pub(super) fn answered(&mut self, id: CommandId, command: &AgentCommand, outcome: Outcome) {
        if self.awaiting == Some(Awaiting::Answer(id)) {
            self.awaiting = match &outcome {
                Outcome::Done(Done { rev: Some(rev), .. }) => Some(Awaiting::Event(*rev)),
                _ => None,
            };
        }
        let sent = self.sent.remove(&id);
        match (command, outcome) {
            (AgentCommand::MarkSeen { .. } | AgentCommand::MarkMentionsRead { .. }, _) => {}
            (AgentCommand::TakeNext {}, Outcome::Done(done)) => {
                self.open = done.conversation.or(self.open);
                self.numbered.lines = None;
                // Read first, as soon as it is ours: the cursor of a screen would be there too.
                self.lines.push_front(Line::word("open", ""));
                self.warn(command, done.warning);
            }
            (AgentCommand::Post { .. }, Outcome::Refused { refusal }) => self.line_refused(id, sent, &refusal),
            (AgentCommand::Note { text, .. }, Outcome::Refused { refusal }) => {
                self.replica.forget(id);
                let (why, text) = (self.why_refused(&refusal), arguments::beginning(text));
                self.deny_as(
                    exit::of_refusal(&refusal),
                    format!("The note was not written, {why}: {text}"),
                );
            }
            (command, Outcome::Refused { refusal }) => {
                let why = self.why_refused(&refusal);
                self.deny_as(exit::of_refusal(&refusal), format!("Refused: {why}"));
                if let (AgentCommand::TakeOver { conversation }, Refusal::TakenBy { .. }) = (command, &refusal) {
                    self.tell_assigning(*conversation);
                }
                if matches!(command, AgentCommand::TakeOver { .. } | AgentCommand::TakeNext {}) {
                    self.close_thread();
                }
            }
            (_, Outcome::Done(done)) => {
                if let Some(words) = self.done_words(command, &done) {
                    self.say(words);
                }
                self.warn(command, done.warning);
            }
        }
    }

    /// What is told of what was done, where no event of a thread tells it.
    fn done_words(&self, command: &AgentCommand, done: &Done) -> Option<String> {
        let changed = done.rev.is_some();
        Some(match command {
            AgentCommand::SetIntent { intent } => format!("You are {} now.", intent.word()),
            AgentCommand::DescribeCustomer { .. } if changed => "Noted of the customer.".to_owned(),
            AgentCommand::MergeCustomers { .. } if changed => "They are shown as one person now.".to_owned(),
            AgentCommand::BlockCustomer { minutes, .. } if changed => {
                format!("The customer is kept out {}.", keeping_out::how_long(*minutes))
            }
            AgentCommand::UnblockCustomer { .. } if changed => "The customer may come in again.".to_owned(),
            AgentCommand::SaveReply { reply } if changed => format!("Saved: /reply {}", reply.code.shown()),
            AgentCommand::DeleteReply { .. } if changed => "The saved reply is deleted.".to_owned(),
            AgentCommand::SaveArticle { article, published, .. } if changed => {
                let stands = if *published { "published" } else { "a draft" };
                format!("Saved: article {}, {stands}.", article.slug.shown())
            }
            AgentCommand::DeleteArticle { slug } if changed => format!("Article {} is deleted.", slug.shown()),
            AgentCommand::SaveGroup { group } if changed => format!("Saved: group {}.", group.name.shown()),
            AgentCommand::DeleteGroup { .. } if changed => "The group is deleted.".to_owned(),
            AgentCommand::SetAgent { agent, .. } if changed => format!("Saved: {}.", self.agent_name(*agent)),
            AgentCommand::ConvertToTicket { .. } if !changed => match done.ticket {
                Some(number) => format!("It is ticket {number} already: /ticket-show {number}."),
                None => return None,
            },
            AgentCommand::TakeOver { .. } if !changed => "It is yours already.".to_owned(),
            AgentCommand::Wake { .. } if !changed => "It was not put aside.".to_owned(),
            AgentCommand::Close { .. } if !changed => "The chat has ended already.".to_owned(),
            // A line is never there already.
            AgentCommand::Post { .. } | AgentCommand::Note { .. } | AgentCommand::CommentTicket { .. } => return None,
            _ if !changed => "It is so already.".to_owned(),
            _ => return None,
        })
    }

    /// It was done, but something should be known.
    fn warn(&mut self, command: &AgentCommand, warning: Option<Warning>) {
        let Some(warning) = warning else { return };
        let who: Option<AgentId> = match command {
            AgentCommand::Assign { agent, .. }
            | AgentCommand::Transfer {
                to: TransferTo::Agent { agent },
                ..
            } => Some(*agent),
            _ => self.me(),
        };
        let name = who.map_or(Shown::fixed("somebody"), |agent| self.agent_name(agent));
        self.say(format!("Mind: {name} {}.", warning.words()));
    }

    /// Nobody takes what a colleague has; an admin gives it to whom it is to have.
    fn tell_assigning(&mut self, conversation: ConversationId) {
        let (Some(me), Some(summary)) = (self.replica.me(), self.replica.summary(conversation)) else {
            return;
        };
        if me.role == Role::Admin {
            let (name, own) = (summary.customer.name.shown(), me.agent.name.shown());
            self.say(format!(
                "As an admin you can give it to yourself: /open {name}, then /assign {own}."
            ));
        }
    }

    fn why_refused(&self, refusal: &Refusal) -> String {
        match refusal {
            Refusal::NotOwner => "it is not yours; /take takes it over".to_owned(),
            Refusal::MayNotTake { agent, because } if Some(agent.id) == self.me() => {
                format!("you may not take this: {}.", words::why_not_you(because))
            }
            other => words::refusal(other, &self.zone),
        }
    }

    fn line_refused(&mut self, id: CommandId, sent: Option<Draft>, refusal: &Refusal) {
        self.replica.forget(id);
        let text = sent
            .as_ref()
            .map_or(String::new(), |sent| format!(": {}", arguments::beginning(&sent.text)));
        let why = self.why_refused(refusal);
        let words = format!("Not sent, {}{text}", why.trim_end_matches('.'));
        self.deny_as(exit::of_refusal(refusal), words);
        match refusal {
            Refusal::Stale { .. } if sent.is_some() => self.say("Read it above; /anyway sends yours all the same."),
            _ if sent.is_some() => self.say("/resend tries again, /discard throws it away."),
            _ => {}
        }
        self.held = sent.or(self.held.take());
    }

    /// A command was not taken: as if the server had refused it.
    pub(super) fn unsent(&mut self, id: CommandId, why: &Shown, now: Now) {
        let known = self.replica.pending_commands().find(|it| it.id == id);
        let Some(command) = known.map(|it| it.command.clone()) else {
            return;
        };
        let refusal = Refusal::Unknown {
            code: "not_taken".to_owned(),
            message: why.to_string(),
            retryable: false,
        };
        let outcome = Outcome::Refused { refusal };
        self.client(ClientEvent::Answered { id, command, outcome }, now);
    }

    /// Tells what was asked.
    pub(super) fn tell_reply(&mut self, question: AgentQuestion, reply: AgentReply, now: Now) {
        match &question {
            AgentQuestion::Thread { .. } => self.tell_page(&question, &reply),
            AgentQuestion::Customer { .. } | AgentQuestion::Extra { .. } => self.tell_known(&question, reply, now),
            AgentQuestion::Queue {}
            | AgentQuestion::Workload { .. }
            | AgentQuestion::Why { .. }
            | AgentQuestion::Suggestions { .. }
            | AgentQuestion::Recap { .. }
            | AgentQuestion::Draft { .. }
            | AgentQuestion::Statistics { .. } => self.tell_desk(reply),
            AgentQuestion::Articles { .. } | AgentQuestion::Article { .. } => self.tell_library(reply),
            AgentQuestion::Tickets { .. } | AgentQuestion::Ticket { .. } => self.tell_tickets(reply, now),
            AgentQuestion::Mentions { .. } => self.tell_mentions(now),
            AgentQuestion::Search { .. } => self.tell_found(reply, now),
            // The replica's own questions.
            _ => {}
        }
    }

    /// The server would not tell.
    pub(super) fn not_told(&mut self, question: &AgentQuestion, refusal: &Refusal) {
        match question {
            AgentQuestion::Article { slug } if *refusal == Refusal::NotFound => {
                if !self.make_article(slug) {
                    let words = format!("There is no article {}. /articles tells them.", slug.shown());
                    self.deny_as(exit::NOTHING, words);
                }
            }
            AgentQuestion::Ticket { number } if *refusal == Refusal::NotFound => {
                let words = format!("There is no ticket {number}. /tickets tells them.");
                self.deny_as(exit::NOTHING, words);
            }
            _ => self.deny_as(exit::of_refusal(refusal), format!("Refused: {}", refusal.message())),
        }
    }
}
