//! One's own commands between the key and the event: shown after all else, and replaced by the event with the same id.

use minicom_protocol::{
    command::{Done, Outcome},
    ids::CommandId,
    refusal::Refusal,
};

/// A command of one's own that is not (yet) an event.
#[derive(Clone, PartialEq, Debug)]
pub struct PendingCommand<C> {
    /// Its id.
    pub id: CommandId,
    /// What it asks for.
    pub command: C,
    /// How far it has come.
    pub mark: PendingMark,
    /// The position of its event, once the server has said.
    done_at: Option<u64>,
}

/// How far a command has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PendingMark {
    /// In the outbox.
    Waiting,
    /// The server has it on disk; its event is on the way.
    Stored,
    /// Older than a day: it waits for the user's word.
    Stale,
    /// Refused for good, with the reason.
    Failed(Refusal),
}

/// Pending commands in the order in which they were given.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct PendingList<C>(Vec<PendingCommand<C>>);

impl<C> PendingList<C> {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn iter(&self) -> impl Iterator<Item = &PendingCommand<C>> {
        self.0.iter()
    }

    /// Adds one, unless it is there.
    pub fn add(&mut self, id: CommandId, command: C) {
        if self.find(id).is_none() {
            self.0.push(PendingCommand {
                id,
                command,
                mark: PendingMark::Waiting,
                done_at: None,
            });
        }
    }

    /// Its event is here.
    pub fn event_came(&mut self, command: Option<CommandId>) {
        if let Some(id) = command {
            self.forget(id);
        }
    }

    /// The final answer is here. What is known up to `known` needs no waiting for: its event is in the transcript, or
    /// will be in the page that is asked for. `keep_failed` is for lines, whose text must not be lost.
    pub fn answered(
        &mut self,
        id: CommandId,
        outcome: Outcome,
        known: u64,
        keep_failed: bool,
        at: fn(&Done) -> Option<u64>,
    ) {
        match outcome {
            Outcome::Done(done) => match at(&done) {
                Some(position) if position > known => {
                    if let Some(it) = self.find(id) {
                        (it.mark, it.done_at) = (PendingMark::Stored, Some(position));
                    }
                }
                _ => self.forget(id),
            },
            Outcome::Refused { refusal } if keep_failed => {
                if let Some(it) = self.find(id) {
                    it.mark = PendingMark::Failed(refusal);
                }
            }
            Outcome::Refused { .. } => self.forget(id),
        }
    }

    /// Everything up to here is known, so what was stored before it is an event by now.
    pub fn known_up_to(&mut self, known: u64) {
        self.0.retain(|it| it.done_at.is_none_or(|at| at > known));
    }

    pub fn stale(&mut self, id: CommandId) {
        if let Some(it) = self.find(id) {
            it.mark = PendingMark::Stale;
        }
    }

    pub fn waiting_again(&mut self, id: CommandId) {
        if let Some(it) = self.find(id) {
            it.mark = PendingMark::Waiting;
        }
    }

    pub fn forget(&mut self, id: CommandId) {
        self.0.retain(|it| it.id != id);
    }

    fn find(&mut self, id: CommandId) -> Option<&mut PendingCommand<C>> {
        self.0.iter_mut().find(|it| it.id == id)
    }
}
