//! An agent's connection, as the others see it.

use std::sync::Arc;

use minicom_protocol::{
    ids::{AgentId, ConversationId},
    people::AgentRef,
};

use super::Floor;

/// An agent is connected as long as this lives.
pub struct Present {
    floor: Arc<Floor>,
    agent: AgentId,
    seat: u64,
}

impl Present {
    pub(super) fn new(floor: Arc<Floor>, agent: &AgentRef, acts: bool) -> Present {
        let seat = floor.change(|room, now| room.attendance.join(agent, acts, now));
        floor.acted.notify_one();
        Present {
            floor,
            agent: agent.id,
            seat,
        }
    }

    /// The agent did something.
    pub fn acts(&self) {
        let acted = self.floor.note(|room, now| room.attendance.act(self.agent, now));
        if acted.was_stored {
            self.floor.acted.notify_one();
        }
        if acted.was_idle {
            self.floor.change(|_, _| {});
        }
    }

    /// The agent looks at something, or at nothing in particular. It is an activity too.
    pub fn views(&self, conversation: Option<ConversationId>) {
        let acted = self.floor.change(|room, now| {
            room.attendance.view(self.agent, self.seat, conversation);
            room.attendance.act(self.agent, now)
        });
        if acted.was_stored {
            self.floor.acted.notify_one();
        }
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.floor
            .change(|room, now| room.attendance.leave(self.agent, self.seat, now));
        self.floor.acted.notify_one();
    }
}
