//! What the server answers to what was done in the views of the desk, told in a line.

use minicom_protocol::{
    command::{AgentCommand, Assignee, Done, Outcome},
    ids::{CommandId, TicketNo},
};
use minicom_tui_kit::{Now, Shown};

use crate::{
    app::{App, Ends},
    keys::Action,
    words,
};

/// Of a command that changed nothing.
const SO_ALREADY: &str = "It was so already.";

impl App {
    /// Sends a command that may wait for a connection, and tells if it does.
    pub(super) fn send_kept(&mut self, command: AgentCommand, now: Now) -> CommandId {
        if !self.is_live() {
            self.tell(
                Shown::fixed("Kept on this computer, done when there is a connection."),
                now,
            );
        }
        self.send(command, now.wall)
    }

    /// Tells what became of a command of these views. Returns whether it was one.
    pub(crate) fn desk_answered(&mut self, id: CommandId, command: &AgentCommand, outcome: &Outcome, now: Now) -> bool {
        if !is_ours(command) {
            return false;
        }
        match outcome {
            Outcome::Done(done) => {
                self.work_answered(id, None, now);
                match self.done_words(command, done) {
                    // What was, is seen only there.
                    Some(words) if words == SO_ALREADY => self.tell_here(Shown::fixed(SO_ALREADY), now),
                    Some(words) => self.tell(Shown::line(&words), now),
                    None => {}
                }
            }
            Outcome::Refused { refusal } => {
                if !self.work_answered(id, Some(refusal), now) {
                    let words = words::capital(&refusal.message());
                    self.trouble(Shown::line(&words), Ends::Leaving);
                }
            }
        }
        true
    }

    fn done_words(&self, command: &AgentCommand, done: &Done) -> Option<String> {
        // What was so already made no event.
        let same = done.rev.is_none() && !done.repeat;
        let opens = self.list_key_words(Action::Ticket);
        Some(match command {
            AgentCommand::ConvertToTicket { .. } => match (done.ticket, same) {
                (Some(number), true) => format!("It is ticket {number} already: {opens} opens it."),
                (Some(number), false) => format!("Ticket {number} was made. {opens} opens it."),
                (None, _) => "The ticket was made.".to_owned(),
            },
            AgentCommand::MarkMentionsRead { .. } => return None,
            _ if same => SO_ALREADY.to_owned(),
            AgentCommand::CommentTicket { ticket, .. } => format!("Ticket {ticket}: commented."),
            AgentCommand::ChangeTicket {
                ticket,
                status,
                assignee,
                ..
            } => self.ticket_change_words(*ticket, status.map(|it| it.word()), *assignee),
            AgentCommand::DescribeCustomer { .. } => "The customer is described.".to_owned(),
            AgentCommand::MergeCustomers { .. } => "They are one person now: each shows the other's chats.".to_owned(),
            AgentCommand::SaveReply { reply } => format!("Saved reply {} is saved.", reply.code.shown()),
            AgentCommand::DeleteReply { .. } => "The saved reply is deleted.".to_owned(),
            AgentCommand::SaveArticle { article, published, .. } => {
                let state = if *published { "published" } else { "a draft" };
                format!("Article {} is saved, {state}.", article.slug.shown())
            }
            AgentCommand::DeleteArticle { slug } => format!("Article {} is deleted.", slug.shown()),
            AgentCommand::SaveGroup { group } => format!("Group {} is saved.", group.name.shown()),
            AgentCommand::DeleteGroup { .. } => {
                "The group is deleted. What waited for it waits for anybody.".to_owned()
            }
            AgentCommand::SetAgent { agent, .. } => format!("{} is changed.", self.name_of_agent(*agent)),
            AgentCommand::Configure { .. } => "The desk's settings are changed.".to_owned(),
            _ => return None,
        })
    }

    fn ticket_change_words(&self, ticket: TicketNo, status: Option<&str>, assignee: Option<Assignee>) -> String {
        match (status, assignee) {
            (Some(status), _) => format!("Ticket {ticket} is {status}."),
            (None, Some(Assignee::Agent { agent })) if Some(agent) == self.me() => {
                format!("Ticket {ticket} is done by you.")
            }
            (None, Some(Assignee::Agent { agent })) => {
                format!("Ticket {ticket} is done by {}.", self.name_of_agent(agent))
            }
            (None, Some(Assignee::Nobody)) => format!("Ticket {ticket} is done by nobody."),
            (None, None) => format!("Ticket {ticket} has another title."),
        }
    }
}

/// Whether a command is of these views.
fn is_ours(command: &AgentCommand) -> bool {
    matches!(
        command,
        AgentCommand::ConvertToTicket { .. }
            | AgentCommand::ChangeTicket { .. }
            | AgentCommand::CommentTicket { .. }
            | AgentCommand::MarkMentionsRead { .. }
            | AgentCommand::DescribeCustomer { .. }
            | AgentCommand::MergeCustomers { .. }
            | AgentCommand::SaveReply { .. }
            | AgentCommand::DeleteReply { .. }
            | AgentCommand::SaveArticle { .. }
            | AgentCommand::DeleteArticle { .. }
            | AgentCommand::SaveGroup { .. }
            | AgentCommand::DeleteGroup { .. }
            | AgentCommand::SetAgent { .. }
            | AgentCommand::Configure { .. }
    )
}
