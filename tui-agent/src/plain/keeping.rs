//! The desk without a connection, in lines: what an earlier program has kept is told where there is none, and as of when it is.

use minicom_client::{ClientEvent, ConnState};
use minicom_protocol::frame::Agents;
use minicom_tui_kit::Now;

use super::PlainAgent;
use crate::update::keeping::Gone;

impl PlainAgent {
    /// Begins with what was kept if there turns out to be no connection; one that comes tells all anew.
    pub(super) fn begin_with_kept(&mut self, event: &ClientEvent<Agents>, now: Now) {
        match event {
            ClientEvent::Fresh { .. } => (self.kept, self.past) = (None, false),
            ClientEvent::State(
                ConnState::Reconnecting { .. }
                | ConnState::Offline { .. }
                | ConnState::Draining { .. }
                | ConnState::Untrusted { .. },
            ) => {
                let Some(kept) = self.kept.take() else { return };
                let wall = kept.wall();
                let clock = self.zone.clock(wall);
                let when = match self.zone.same_day(wall, now.wall) {
                    true => clock,
                    false => format!("{} {clock}", self.zone.day(wall, now.wall)),
                };
                let instant = self.instant(now);
                self.replica.restore(kept, now.wall, instant);
                self.past = true;
                self.say(format!("-- offline: the desk as of {when}, kept on this computer"));
                self.tell_beginning();
            }
            _ => {}
        }
    }

    /// Hands over what has changed, to be kept.
    pub(super) fn keep_after(&mut self, gone: Gone, now: Now) {
        if self.past && gone != Gone::SignIn {
            // An earlier program's copy is not made younger by being written again.
            return;
        }
        let (live, instant) = (self.state.is_live(), self.instant(now));
        if let Some(order) = self.keeps.after(gone, live, &self.replica, now, instant) {
            self.order(order);
        }
    }
}

#[cfg(test)]
#[path = "keeping_tests.rs"]
mod tests;
