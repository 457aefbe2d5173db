//! Whether the desk is open and whether somebody is there: two facts for customers, told when one comes and when they change; and
//! what else they see of the settings, when that changes. One timer, set to when the hours change next.

use std::{sync::Arc, time::Duration};

use minicom_protocol::{frame::CustomerSignal, ids::Time, settings::DeskSettings};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Floor, looks::look};
use crate::{
    clock::{self, until},
    hours::Calendar,
    limits,
};

/// The two facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open {
    /// Whether it is within the desk's hours.
    pub open_now: bool,
    /// Whether an agent is there who takes customers.
    pub agents_available: bool,
    /// When it opens next, if it is closed.
    pub next_open_at: Option<Time>,
}

impl From<Open> for CustomerSignal {
    fn from(open: Open) -> CustomerSignal {
        CustomerSignal::Open {
            open_now: open.open_now,
            agents_available: open.agents_available,
            next_open_at: open.next_open_at,
        }
    }
}

/// Runs until `stop`.
pub async fn keep(floor: Arc<Floor>, stop: CancellationToken) {
    let mut stirred = floor.stirred();
    let mut hours = Hours::default();
    loop {
        stirred.borrow_and_update();
        let found = floor.room(|room| {
            let staffed = room.is_staffed(Instant::now());
            room.is_known().then(|| (room.settings().clone(), staffed))
        });
        let mut next = None;
        if let Some((settings, agents_available)) = found {
            if hours.follow(&settings) {
                let look = look(&settings);
                floor
                    .look
                    .send_if_modified(|told| told.replace(look.clone()).is_none_or(|before| before != look));
            }
            let (open, changes_at) = hours.at(clock::now(), agents_available);
            next = changes_at;
            floor.open.send_if_modified(|told| told.replace(open) != Some(open));
        }
        tokio::select! {
            () = stop.cancelled() => return,
            moved = stirred.changed() => if moved.is_err() { return },
            () = until(next) => {}
        }
    }
}

/// The calendar of the settings that were seen last.
#[derive(Default)]
pub(super) struct Hours {
    of: Option<Arc<DeskSettings>>,
    calendar: Option<Calendar>,
}

impl Hours {
    /// Makes another calendar if the settings are others. Whether they are.
    pub(super) fn follow(&mut self, settings: &Arc<DeskSettings>) -> bool {
        if self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, settings)) {
            return false;
        }
        self.of = Some(settings.clone());
        self.calendar = settings.hours.as_ref().and_then(|hours| match Calendar::new(hours) {
            Ok(calendar) => Some(calendar),
            Err(error) => {
                // Settings are checked before they are stored; the zones of the computer may be others since.
                warn!(%error, "the desk's hours cannot be read; it counts as open");
                None
            }
        });
        true
    }

    /// The facts at a time, and when to look again for the hours' sake.
    pub(super) fn at(&self, now: Time, agents_available: bool) -> (Open, Option<Instant>) {
        let Some(calendar) = &self.calendar else {
            let open = Open {
                open_now: true,
                agents_available,
                next_open_at: None,
            };
            return (open, None);
        };
        let open_now = calendar.open_at(now);
        let next_open_at = if open_now { None } else { calendar.next_open(now) };
        let changes_at = if open_now {
            calendar.next_close(now)
        } else {
            next_open_at
        };
        let wait = changes_at.map(|at| Duration::from_micros(at.since(now).cast_unsigned()));
        // A clock that was set, or a computer that slept, must not delay it by as much.
        let next = wait.map(|wait| Instant::now() + wait.min(limits::HOURS_LOOK_EVERY));
        let open = Open {
            open_now,
            agents_available,
            next_open_at,
        };
        (open, next)
    }
}
