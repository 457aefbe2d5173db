//! Lines on their way, as the open thread shows them until they are events.

use minicom_client::{AgentReplica, PendingCommand, PendingMark};
use minicom_protocol::{command::AgentCommand, ids::CommandId};
use minicom_tui_kit::transcript::{Entry, EntryKey};

use super::Chat;
use crate::writing::saved;

/// A line on its way, as the transcript has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Waiting {
    id: CommandId,
    number: u64,
    mark: PendingMark,
}

impl Chat {
    /// A pending line whose event is here makes room for it, so that a view that is held by the one is held by the other.
    pub(super) fn settle_pending(&mut self, entries: &[Entry], replica: &AgentReplica) {
        let Some(thread) = replica.thread(self.customer) else {
            return;
        };
        for entry in entries {
            let EntryKey::Stored(at) = entry.key else { continue };
            let command = thread.event(at).and_then(|event| event.command);
            if let Some(place) = self.pending.iter().position(|it| Some(it.id) == command) {
                let waiting = self.pending.remove(place);
                self.transcript
                    .replace(EntryKey::Pending(waiting.number), entry.clone());
            }
        }
    }

    pub(super) fn sync_pending(&mut self, replica: &AgentReplica) {
        let now: Vec<&PendingCommand<AgentCommand>> = replica.pending_lines(self.conversation).collect();
        self.pending.retain(|waiting| {
            let stays = now.iter().any(|it| it.id == waiting.id);
            if !stays {
                self.transcript.remove(EntryKey::Pending(waiting.number));
            }
            stays
        });
        for pending in now {
            let known = self.pending.iter_mut().find(|it| it.id == pending.id);
            let number = match known {
                Some(known) if known.mark == pending.mark => continue,
                Some(known) => {
                    known.mark = pending.mark.clone();
                    known.number
                }
                None => {
                    self.numbered += 1;
                    self.pending.push(Waiting {
                        id: pending.id,
                        number: self.numbered,
                        mark: pending.mark.clone(),
                    });
                    self.numbered
                }
            };
            let reads = reads_of(pending, replica);
            self.transcript
                .extend(self.eyes.pending(pending, number, reads.as_deref()));
        }
    }

    /// The first line that was not sent and waits for the agent's word.
    pub fn unsent<'a>(&self, replica: &'a AgentReplica) -> Option<&'a PendingCommand<AgentCommand>> {
        replica
            .pending_lines(self.conversation)
            .find(|it| matches!(it.mark, PendingMark::Failed(_) | PendingMark::Stale))
    }
}

/// How a line that comes from a saved reply will read, as far as it is known here.
fn reads_of(pending: &PendingCommand<AgentCommand>, replica: &AgentReplica) -> Option<String> {
    let AgentCommand::Post {
        conversation,
        text,
        reply: Some(used),
        ..
    } = &pending.command
    else {
        return None;
    };
    let summary = replica.summary(*conversation)?;
    Some(saved::reads(text, used, &saved::values(replica, summary)))
}

/// Whether it is one of those.
pub(super) fn is_pending(entry: &Entry) -> bool {
    matches!(entry.key, EntryKey::Pending(_))
}
