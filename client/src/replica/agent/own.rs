//! What one's own commands do before they are events.

use minicom_protocol::{
    command::{AgentCommand, Done, Outcome},
    event::{Author, EventBody, Part},
    ids::{AgentId, CommandId, ConversationId, LineNo, Time},
    line::LineState,
};

use super::AgentReplica;
use crate::replica::pending::PendingCommand;

impl AgentReplica {
    /// A command is on its way. Call it with what [`crate::Handle::send`] returned, so that the line is on the screen
    /// before the next key; the same again changes nothing.
    pub fn pending(&mut self, id: CommandId, command: AgentCommand) {
        self.pending.add(id, command);
    }

    pub(super) fn answered(&mut self, id: CommandId, command: &AgentCommand, outcome: Outcome) {
        let at = |done: &Done| done.rev.map(|rev| rev.0);
        self.pending.answered(id, outcome, self.at.0, is_line(command), at);
    }

    /// The user wants a stale command sent after all: it waits again.
    pub fn confirm(&mut self, id: CommandId) {
        self.pending.waiting_again(id);
    }

    /// The user does not want a failed or stale line any more.
    pub fn forget(&mut self, id: CommandId) {
        self.pending.forget(id);
    }

    /// All of one's own commands that are no events yet.
    pub fn pending_commands(&self) -> impl Iterator<Item = &PendingCommand<AgentCommand>> {
        self.pending.iter()
    }

    /// One's own lines and notes of a conversation that are no events yet, in order: shown after all else.
    pub fn pending_lines(&self, conversation: ConversationId) -> impl Iterator<Item = &PendingCommand<AgentCommand>> {
        let here = move |it: &&PendingCommand<AgentCommand>| {
            is_line(&it.command) && it.command.conversation() == Some(conversation)
        };
        self.pending.iter().filter(here)
    }

    /// One's own newest line, and its text, while it can be changed or taken back: for `/edit` and `/undo`. `now` is the
    /// server's time. The server decides by the same rule.
    pub fn editable(&self, conversation: ConversationId, now: Time) -> Option<(LineNo, &str)> {
        let row = self.list.get(conversation).filter(|row| row.stage.is_open())?;
        let thread = self.threads.get(&row.customer.id)?;
        let newest = thread.events().rev().find_map(|event| match &event.body {
            EventBody::Posted(posted) => match &posted.author {
                Author::Agent { agent } if self.is_me(agent.id) => Some((event, posted)),
                _ => None,
            },
            _ => None,
        });
        let (event, posted) = newest?;
        let here = event.subject.conversation() == Some(conversation);
        let window = self.desk.state().settings.edit_window_s;
        (here && is_changeable(posted.state, event.time, now, window)).then(|| (posted.line, first_text(&posted.parts)))
    }

    pub(super) fn is_me(&self, agent: AgentId) -> bool {
        self.me.as_ref().is_some_and(|me| me.agent.id == agent)
    }
}

/// Whether a command adds something to read: its text must not be lost when it is refused.
fn is_line(command: &AgentCommand) -> bool {
    matches!(command, AgentCommand::Post { .. } | AgentCommand::Note { .. })
}

/// Whether a line can still be changed by its author, in a window of so many seconds.
pub(crate) fn is_changeable(state: LineState, written: Time, now: Time, window_s: u32) -> bool {
    state.words().is_none() && now.since(written) <= i64::from(window_s) * 1_000_000
}

/// What of a line its author can change.
pub(crate) fn first_text(parts: &[Part]) -> &str {
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    texts.take(1).next().unwrap_or_default()
}
