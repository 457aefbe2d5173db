//! The desk without a connection: what is kept of it for then, what is shown of it at a start without one, and as of when it is. It
//! refuses to know where it is kept.

use std::time::{Duration, Instant};

use minicom_client::{
    AgentReplica, ClientEvent, ConnState, Ended,
    kept::{Keeping, Kept},
    transfers::Attachment,
};
use minicom_protocol::{
    command::AgentCommand,
    event::{Event, EventBody},
    frame::Agents,
    line::LineState,
};
use minicom_tui_kit::{Effect, Now};

use crate::{
    app::{App, Order, SentLine},
    writing::With,
};

/// What has changed is kept this often, when something comes.
const KEPT_EVERY: Duration = Duration::from_secs(10);

/// As of when the desk is, while there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AsOf {
    /// By this computer's clock.
    pub wall: i64,
    /// Whether it is what an earlier program has kept.
    pub kept: bool,
}

impl App {
    /// Begins with the desk that an earlier program has kept.
    pub(crate) fn restore(&mut self, kept: Kept, now: Now) {
        let wall = kept.wall();
        self.replica.restore(kept, now.wall, self.instant(now));
        self.as_of = Some(AsOf { wall, kept: true });
        self.list.pass_time(self.server_time(now), &self.replica);
        self.show_views();
        let _ = self.begin();
    }

    /// The connection stands differently: as of when what is shown is.
    pub(crate) fn date_the_desk(&mut self, state: &ConnState, now: Now) {
        if state.is_live() {
            self.as_of = None;
        } else if self.is_live() {
            let wall = now.wall;
            self.as_of = Some(AsOf { wall, kept: false });
        }
    }

    /// Since when nothing new is known, where that is long enough ago to be told with all that is shown.
    pub(crate) fn shown_as_of(&self) -> Option<i64> {
        let offline = matches!(self.connection.state, ConnState::Offline { .. });
        self.as_of.filter(|it| it.kept || offline).map(|it| it.wall)
    }

    /// In words: `14:02`, or with its day.
    pub(crate) fn as_of_words(&self, wall: i64, now: Now) -> String {
        let clock = self.zone.clock(wall);
        match self.zone.same_day(wall, now.wall) {
            true => clock,
            false => format!("{} {clock}", self.zone.day(wall, now.wall)),
        }
    }

    /// Hands over what has changed, to be kept: whatever was kept a moment ago.
    pub(crate) fn keep_now(&mut self, now: Now) {
        self.keep_after(Gone::Text, now);
    }

    /// Something has come from the connection, and this is gone by it.
    pub(crate) fn keep_after(&mut self, gone: Gone, now: Now) {
        // An earlier program's copy is not made younger by being written again.
        if self.as_of.is_some_and(|it| it.kept) && gone != Gone::SignIn {
            return;
        }
        let (live, instant) = (self.is_live(), self.instant(now));
        let order = self.keeps.after(gone, live, &self.replica, now, instant);
        self.out.extend(order.map(Effect::Program));
    }

    /// A reply that an earlier program has left in the outbox is this one's: if it is refused, it comes back as a reply of this one's
    /// does.
    pub(crate) fn adopt(&mut self, event: &ClientEvent<Agents>) {
        let ClientEvent::Pending {
            id,
            command,
            adopted: true,
        } = event
        else {
            return;
        };
        if let AgentCommand::Post {
            conversation,
            text,
            seen,
            quote,
            reply,
            article,
            file,
            ..
        } = command.clone()
        {
            let line = SentLine {
                conversation,
                text,
                with: With::of_command(quote, article, reply),
                file: file.map(Attachment::known),
                seen_desk: seen.desk,
            };
            self.sent.insert(*id, line);
        }
    }
}

/// Whether, and when, the desk is kept on this computer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keeps {
    on: bool,
    keeping: Keeping,
    last: Option<Duration>,
}

impl Keeps {
    pub fn new(on: bool) -> Keeps {
        Keeps { on, ..Keeps::default() }
    }

    /// What is to be done now that something has come.
    pub fn after(
        &mut self,
        gone: Gone,
        live: bool,
        replica: &AgentReplica,
        now: Now,
        instant: Instant,
    ) -> Option<Order> {
        if !self.on {
            return None;
        }
        if gone == Gone::SignIn {
            self.on = false;
            return Some(Order::ForgetKept);
        }
        let due = self.last.is_none_or(|at| now.elapsed >= at + KEPT_EVERY);
        // Without a connection nothing comes that could be kept a little later.
        if gone == Gone::Nothing && live && !due {
            return None;
        }
        let parcel = self.keeping.parcel(replica, now.wall, instant)?;
        self.last = Some(now.elapsed);
        Some(Order::Keep(Box::new(parcel)))
    }
}

/// What is gone by something that came, and must leave the disk too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Nothing.
    Nothing,
    /// What was said: erased, blanked out, taken back.
    Text,
    /// The way in.
    SignIn,
}

impl Gone {
    /// What is gone by it.
    pub(crate) fn by(event: &ClientEvent<Agents>) -> Gone {
        let erases = |event: &Event| match &event.body {
            EventBody::Erased(_) => true,
            EventBody::LineChanged(it) => matches!(it.state, LineState::Withdrawn | LineState::Blanked),
            _ => false,
        };
        match event {
            ClientEvent::Ended(Ended::SignedOut | Ended::Refused(_)) => Gone::SignIn,
            ClientEvent::Batch { events, .. } if events.iter().any(erases) => Gone::Text,
            // What was kept before is not known to be true any more.
            ClientEvent::Fresh { .. } => Gone::Text,
            _ => Gone::Nothing,
        }
    }
}

#[cfg(test)]
#[path = "keeping_tests.rs"]
mod tests;
