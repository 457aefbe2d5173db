//! Conversations whose owner is gone, or went away and handed all back. What becomes of one is the decision's: it goes back
//! to the queue if its customer waits.

use std::time::Duration;

use minicom_protocol::ids::{AgentId, ConversationId, Rev, Time};
use tokio::time::Instant;

use super::{
    attendance::{Absence, Attendance},
    holdings::{Holding, Holdings},
};

/// A conversation that its owner does not look after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Forsaken {
    /// Which.
    pub conversation: ConversationId,
    /// The owner.
    pub agent: AgentId,
    /// When something is to be done about it.
    pub due: Instant,
    /// Since when the owner is gone: with `by`, what tells one occasion from another.
    pub since: Time,
    /// The event that made it the owner's, or by which it called for the owner after that.
    pub by: Rev,
}

/// All of them. `grace_s`: how long an owner may be gone, in seconds.
pub fn find(attendance: &Attendance, holdings: &Holdings, grace_s: u32) -> Vec<Forsaken> {
    let grace = Duration::from_secs(grace_s.into());
    let mut found = Vec::new();
    for absence in attendance.absences() {
        for (conversation, holding) in holdings.of_agent(absence.agent) {
            if let Some((due, since)) = due(&absence, holding, grace) {
                found.push(Forsaken {
                    conversation,
                    agent: absence.agent,
                    due,
                    since,
                    by: holding.owned_by.max(holding.call),
                });
            }
        }
    }
    found
}

fn due(absence: &Absence, holding: &Holding, grace: Duration) -> Option<(Instant, Time)> {
    if let Some((by, chosen)) = absence.hands_back {
        // What somebody takes who is away is meant: it goes back only when its customer writes again.
        let meant = holding.owned_by > by && holding.call < holding.owned_by;
        if !meant {
            return Some((chosen.at, chosen.time));
        }
    }
    let gone = absence.gone?;
    // Who is given something while gone has the whole time to come.
    Some((gone.at.max(holding.since.at) + grace, gone.time))
}
